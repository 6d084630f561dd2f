"""A chain that was altered, cut or taken from elsewhere does not pass for complete."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import msgspec
import pytest

from cli.chain_check import ChainCheck
from cli.door import Chained, Shown
from crypto.errors import CryptoError
from crypto.header import format_header, parse_header
from crypto.tiles import entries_path, parse_bundle
from ledger.access.sight import EVERYTHING
from ledger.settings import Settings
from ledger.verification.report import Report
from ledger.verification.trust import open_published
from tests.world import MZ, World

START = "2020-01-01T00:00:00.000Z"
ACT = f"act/{MZ}/A-1"
Change = Callable[[list[Shown]], Sequence[Shown]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("chain") / "home"
    made = World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)).begin()
    for number in range(5):
        made.submit(made.use(number), made.zhang)
        made.submit(made.use(100 + number, act="A-2"), made.zhang)
    assert made.ledger is not None
    made.ledger.catch_up()
    yield made
    made.close()


def given(world: World) -> list[Shown]:
    assert world.ledger is not None
    page = world.ledger.look_up.chain(EVERYTHING, ACT, world.ledger.size(), 0, 100)
    entries = [world.ledger.entry(index) for index, _ in page.links]
    return [Shown(e.index, e.header, e.envelope, e.event, "signed") for e in entries]


def checked(world: World, entries: Sequence[Shown], tail: bool = True, **changes: object) -> Report:
    """The report on *entries*, given as the chain of an act."""
    ledger = world.ledger
    assert ledger is not None
    size = ledger.size()
    known = ledger.parts.names.of(ACT)
    length = int(changes.pop("length", len(entries)))
    chain = Chained(ACT, known.salt, known.id, length, size, iter(entries))
    check = ChainCheck(replace(chain, **changes))
    list(check.read())
    published = open_published(ledger.published(), ledger.parts.log)
    start = entries[-1].index + 1 if entries else size
    headers = parse_bundle(ledger.tile(entries_path(0, size)))[start:] if tail else None
    check.close(published, lambda index: ledger.inclusion_proof(index, size), headers)
    return check.report(published)


def wrong(report: Report) -> set[str]:
    return {check.name for check in report.checks if check.verdict == "failed"}


def test_a_whole_chain_is_complete_but_for_what_is_said(world: World) -> None:
    report = checked(world, given(world))
    assert wrong(report) == set()
    assert report.check("seq").done == 5
    assert report.check("tail").verdict == "verified"
    assert report.check("signatures").verdict == "not_checked"
    assert not report.check("signatures").counts


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda rows: rows[:-1], {"tail"}),
        (lambda rows: rows[1:], {"seq", "prev"}),
        (lambda rows: [*rows[:2], *rows[3:]], {"seq", "prev"}),
        (lambda rows: [*rows[:2], rows[1], *rows[2:]], {"seq", "prev"}),
        (lambda rows: [rows[1], rows[0], *rows[2:]], {"seq", "prev"}),
    ],
    ids=["the newest", "the first", "one between", "one twice", "another order"],
)
def test_what_is_left_out_or_moved_is_found(world: World, change: Change, names: set[str]) -> None:
    assert wrong(checked(world, change(given(world)))) == names


def test_another_count_salt_or_name_is_found(world: World) -> None:
    rows = given(world)
    assert wrong(checked(world, rows, length=6)) == {"seq"}
    assert wrong(checked(world, rows, salt=bytes(16))) == {"id"}
    assert wrong(checked(world, rows, name=f"act/{MZ}/A-2")) == {"id", "statements"}


def test_an_altered_last_header_is_not_in_the_tree(world: World) -> None:
    rows = given(world)
    header = parse_header(rows[-1].header)
    altered = format_header(msgspec.structs.replace(header, recorded_at=START))
    forged = [*rows[:-1], replace(rows[-1], header=altered)]
    found = wrong(checked(world, forged))
    assert {"inclusion", "tail"} <= found


def test_another_statement_than_the_recorded_is_refused(world: World) -> None:
    rows = given(world)
    swapped = [replace(rows[0], envelope=rows[1].envelope), *rows[1:]]
    with pytest.raises(CryptoError):
        checked(world, swapped)


def test_a_statement_that_is_not_shown_leaves_its_place_checked(world: World) -> None:
    rows = given(world)
    hidden = [replace(rows[0], envelope=None, event=None, absent="x"), *rows[1:]]
    report = checked(world, hidden)
    assert wrong(report) == set()
    statements = report.check("statements")
    assert (statements.verdict, statements.done, statements.of) == ("not_checked", 4, 5)


def test_without_the_tail_it_is_not_known_to_be_complete(world: World) -> None:
    report = checked(world, given(world)[:-1], tail=False)
    assert wrong(report) == set()
    assert report.check("tail").verdict == "not_checked"
    assert report.verdict == "not_checked"


def test_a_tail_with_a_hole_proves_nothing(world: World) -> None:
    ledger = world.ledger
    assert ledger is not None
    rows, size = given(world), ledger.size()
    known = ledger.parts.names.of(ACT)
    published = open_published(ledger.published(), ledger.parts.log)
    whole = parse_bundle(ledger.tile(entries_path(0, size)))[rows[-1].index + 1 :]
    for tail in ([], whole[1:], whole[:-1]):
        check = ChainCheck(Chained(ACT, known.salt, known.id, len(rows), size, iter(rows)))
        list(check.read())
        check.close(published, lambda index: ledger.inclusion_proof(index, size), tail)
        assert wrong(check.report(published)) <= {"tail"}
        assert wrong(check.report(published)) == ({"tail"} if whole else set())
