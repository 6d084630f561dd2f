"""What withholding and erasing do to reads, repeats, projections and rows; on every store."""

from hashlib import sha256

import pytest
import sqlalchemy as sa

from crypto.checkpoint import open_checkpoint
from crypto.receipt import verify_receipt
from crypto.statement import sign_statement
from ledger.entries import Entry
from ledger.store.removal_rows import (
    RemovalRow,
    Removed,
    add_removals,
    blank_statements,
    is_blank,
    removals_between,
    removed_of,
)
from tests.erasures import ERASED, WITHHELD, ledger_of, logged, order, remove
from tests.world import World, seed

BOTH = pytest.mark.parametrize("kind", [WITHHELD, ERASED])


def rows(world: World) -> list[RemovalRow]:
    with ledger_of(world).parts.engine.connect() as connection:
        return removals_between(connection)


def envelope(world: World, index: int) -> bytes:
    """What lies in the table, whoever may read it."""
    parts = ledger_of(world).parts
    with parts.engine.connect() as connection:
        found = parts.rows.envelope(connection, index)
    assert found is not None
    return found


def shown(world: World, index: int) -> Entry:
    return ledger_of(world).entry(index)


@BOTH
def test_nobody_is_shown_it_and_everybody_is_told_why(world: World, kind: str) -> None:
    raw, index = logged(world)
    by = remove(world, raw, kind).index
    found = shown(world, index)
    assert (found.envelope, found.event, found.attested) == (None, None, None)
    assert found.removed == Removed(kind.removeprefix("statement."), by)
    assert shown(world, by).envelope is not None
    assert ledger_of(world).entry_of(sha256(raw).hexdigest()) == found
    assert ledger_of(world).entries(index, 1, by + 1, newest_first=False) == [found]
    assert rows(world) == [RemovalRow(index, by, kind.removeprefix("statement."))]


def test_what_is_erased_is_overwritten_and_what_is_withheld_stays(world: World) -> None:
    (first, at), (second, behind) = logged(world, 1), logged(world, 2)
    remove(world, first, ERASED)
    remove(world, second, WITHHELD)
    assert is_blank(envelope(world, at))
    assert len(envelope(world, at)) == len(first)
    assert envelope(world, behind) == second
    remove(world, second, ERASED)
    assert is_blank(envelope(world, behind))
    assert shown(world, behind).removed.kind == "erased"


@BOTH
def test_a_repeat_still_gets_its_receipt(world: World, kind: str) -> None:
    raw = sign_statement(world.use(), [world.zhang])
    first = ledger_of(world).submit(raw)
    remove(world, raw, kind)
    again = ledger_of(world).submit(raw)
    assert (again.receipt, again.index, again.created) == (first.receipt, first.index, False)
    log = ledger_of(world).parts.log
    verify_receipt(again.receipt, raw, lambda note: open_checkpoint(note, log))
    [line] = ledger_of(world).submit_batch([raw]).lines
    assert line == again
    assert shown(world, first.index).envelope is None


def test_an_order_is_carried_out_from_a_batch_too(world: World) -> None:
    raw = sign_statement(world.use(), [world.zhang])
    after = sign_statement(world.use(1), [world.zhang])
    lines = ledger_of(world).submit_batch([raw, order(world, raw), after]).lines
    assert is_blank(envelope(world, lines[0].index))
    assert envelope(world, lines[2].index) == after


def test_the_department_may_order_again_what_is_gone(world: World) -> None:
    raw, index = logged(world)
    first, second = remove(world, raw).index, remove(world, raw).index
    assert [row.by for row in rows(world)] == [first, second]
    assert shown(world, index).removed == Removed("erased", first)


def test_an_order_about_what_is_logged_only_later_does_nothing(world: World) -> None:
    """Only a competent body can give one: a department names what it spoke itself."""
    court = seed(80)
    world.register("FY", "云岭省法院", "court")
    world.enrol("FY", court)
    raw = sign_statement(world.use(), [world.zhang])
    event = world.event("FY", ERASED, "department/FY", orders_data(raw, "FY"))
    world.submit(event, court)
    index = ledger_of(world).submit(raw).index
    assert rows(world) == []
    assert shown(world, index).envelope == raw


def orders_data(raw: bytes, department: str) -> dict[str, str]:
    return {
        "decided_by": department,
        "document": "云法〔2026〕1号",
        "ground": "court",
        "target": sha256(raw).hexdigest(),
    }


def test_registry_statements_and_orders_are_never_removed(world: World) -> None:
    court = seed(80)
    world.register("FY", "云岭省法院", "court")
    world.enrol("FY", court)
    registration = envelope(world, 1)
    event = world.event("FY", ERASED, "department/FY", orders_data(registration, "FY"))
    world.submit(event, court)
    raw, _ = logged(world)
    given = order(world, raw)
    at = ledger_of(world).submit(given).index
    event = world.event("FY", ERASED, "department/FY", orders_data(given, "FY"))
    world.submit(event, court)
    assert [row.kind for row in rows(world)].count("kept") == 2
    assert shown(world, 1).envelope == registration
    assert shown(world, at).envelope == given
    world.close()
    assert world.open().state().reason is None


@BOTH
def test_projections_forget_it_and_a_rebuild_gives_the_same_rows(world: World, kind: str) -> None:
    raw, index = logged(world)
    ledger_of(world).catch_up()
    assert terms(world, index) - chains(world, index)
    remove(world, raw, kind)
    ledger_of(world).catch_up()
    assert terms(world, index) == chains(world, index) != set()
    before = projected(world)
    ledger_of(world).rebuild()
    assert projected(world) == before


@BOTH
def test_no_name_is_left_that_only_it_had(world: World, kind: str) -> None:
    """A subject's reference and a claim code's digest are names, too."""
    use = world.use(1)
    use["data"]["subject_ref"] = "ab" * 32
    raw = sign_statement(use, [world.zhang])
    ledger_of(world).submit(raw)
    ledger_of(world).submit(sign_statement(world.use(2, act="A-2"), [world.zhang]))
    ledger_of(world).catch_up()
    assert f"subject/{'ab' * 32}" in names(world)
    remove(world, raw, kind)
    ledger_of(world).catch_up()
    left = names(world)
    assert not [name for name in left if name.startswith("subject/")]
    assert "type/use.recorded" in left  # another has it
    ledger_of(world).rebuild()
    assert names(world) == left


def names(world: World) -> set[str]:
    with ledger_of(world).parts.projection_engine.connect() as connection:
        return set(connection.scalars(sa.text("SELECT name FROM terms")))


def terms(world: World, index: int) -> set[str]:
    parts = ledger_of(world).parts
    query = 'SELECT name FROM terms JOIN postings ON term = id WHERE "index" = :at'
    with parts.projection_engine.connect() as connection:
        return set(connection.scalars(sa.text(query), {"at": index}))


def chains(world: World, index: int) -> set[str]:
    return {name for name in terms(world, index) if name.startswith("chain/")}


def projected(world: World) -> list[tuple[str, int]]:
    query = 'SELECT name, "index" FROM terms JOIN postings ON term = id ORDER BY 1, 2'
    with ledger_of(world).parts.projection_engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


# The triggers


def refused(world: World, *texts: str) -> None:
    for text in texts:
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            ledger_of(world).parts.engine.begin() as connection,
        ):
            connection.exec_driver_sql(text)


def test_only_an_ordered_erasure_changes_a_statement(world: World) -> None:
    (_, free), (held, withheld) = logged(world, 1), logged(world, 2)
    remove(world, held, WITHHELD)
    for index in (free, withheld):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            ledger_of(world).parts.engine.begin() as connection,
        ):
            blank_statements(connection, [index])
        refused(world, f'DELETE FROM statements WHERE "index" = {index}')


def test_an_ordered_erasure_only_blanks(world: World) -> None:
    raw, index = logged(world)
    parts = ledger_of(world).parts
    with parts.engine.begin() as connection:
        add_removals(connection, [RemovalRow(index, index + 1, "erased")])
    half = "X'00'" if connection.dialect.name == "sqlite" else "'\\x00'::bytea"
    refused(
        world,
        f'UPDATE statements SET envelope = {half} WHERE "index" = {index}',
        f'UPDATE statements SET "index" = 99999 WHERE "index" = {index}',
        f'DELETE FROM statements WHERE "index" = {index}',
    )
    assert envelope(world, index) == raw
    with parts.engine.begin() as connection:
        blank_statements(connection, [index])
    assert is_blank(envelope(world, index))


# What is in force


def test_an_erasure_stands_before_a_withholding_and_the_first_order_counts() -> None:
    given = [
        RemovalRow(1, 5, "withheld"),
        RemovalRow(1, 9, "erased"),
        RemovalRow(1, 7, "erased"),
        RemovalRow(2, 6, "kept"),
        RemovalRow(3, 8, "withheld"),
    ]
    assert removed_of(given) == {1: Removed("erased", 7), 3: Removed("withheld", 8)}
