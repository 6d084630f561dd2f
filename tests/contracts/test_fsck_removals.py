"""What fsck and verify say of what was withheld and erased, and of what only seems so."""

from crypto.policy import parse_policy
from ledger.fsck import Fsck
from ledger.home_report import verify_home
from ledger.verification.report import Report
from tests.contracts.test_fsck import tamper
from tests.erasures import WITHHELD, ledger_of, logged, remove
from tests.world import World


def fsck(world: World) -> Report:
    return Fsck(ledger_of(world).parts).run(workers=0)


def verified(world: World) -> Report:
    home = ledger_of(world).parts.home
    identity = bytes.fromhex(home.read_identity() or "")
    return verify_home(ledger_of(world), parse_policy(home.trust_policy.read_bytes()), identity)


def overwrite(world: World, index: int, raw: bytes) -> None:
    """Put something else in the place of a statement, as the holder of the database can."""
    tamper(world, f'UPDATE statements SET envelope = :raw WHERE "index" = {index}', raw=raw)


def bad(report: Report) -> list[tuple[str, int | None]]:
    return [(check.name, check.first_bad) for check in report.checks if check.bad]


def test_what_was_erased_by_order_is_counted_apart(world: World) -> None:
    for number in range(3):
        remove(world, logged(world, number)[0])
    remove(world, logged(world, 4)[0], WITHHELD)
    ledger_of(world).catch_up()
    report = fsck(world)
    assert (bad(report), report.verdict) == ([], "verified")
    assert report.check("removals").detail.en == "3 erased, 1 withheld, 0 not to be removed"
    report = verified(world)
    assert (bad(report), report.verdict) == ([], "verified")
    assert report.check("digests").detail.en == "3 erased by order"
    size = ledger_of(world).size()
    assert (report.check("digests").done, report.check("digests").of) == (size - 3, size - 3)


def test_a_statement_that_is_gone_without_an_order_is_damage(world: World) -> None:
    _, index = logged(world)
    tamper(world, f'DELETE FROM statements WHERE "index" = {index}')
    report = fsck(world)
    assert report.verdict == "failed"
    assert report.check("tables").first_bad == index
    assert report.check("digests").first_bad == index


def test_a_statement_that_is_blank_without_an_order_is_damage(world: World) -> None:
    _, index = logged(world)
    tamper(
        world, f'UPDATE statements SET envelope = :zeros WHERE "index" = {index}', zeros=bytes(9)
    )
    assert fsck(world).check("statements").first_bad == index
    assert verified(world).verdict == "failed"


def test_a_withholding_does_not_explain_what_is_gone(world: World) -> None:
    raw, index = logged(world)
    remove(world, raw, WITHHELD)
    tamper(
        world, f'UPDATE statements SET envelope = :zeros WHERE "index" = {index}', zeros=bytes(9)
    )
    assert fsck(world).verdict == "failed"


def test_a_statement_that_ought_to_be_gone_and_is_not_is_damage(world: World) -> None:
    raw, index = logged(world)
    remove(world, raw)
    overwrite(world, index, raw)
    report = fsck(world)
    assert bad(report) == [("removals", index)]
    assert report.verdict == "failed"
    world.close()
    world.open()
    assert fsck(world).verdict == "verified"


def test_a_row_without_an_order_and_an_order_without_a_row_are_damage(world: World) -> None:
    raw, index = logged(world)
    by = remove(world, raw, WITHHELD).index
    tamper(world, "DELETE FROM removals")
    assert bad(fsck(world)) == [("removals", index)]
    tamper(world, f"INSERT INTO removals VALUES ({index}, {by}, 'withheld'), (3, {by + 1}, 'kept')")
    assert bad(fsck(world)) == [("removals", 3)]


def test_an_erased_id_that_was_altered_is_found(world: World) -> None:
    raw, index = logged(world)
    remove(world, raw)
    tamper(
        world, f'UPDATE statement_ids SET digest = :other WHERE "index" = {index}', other=bytes(32)
    )
    assert fsck(world).check("removals").first_bad == index
