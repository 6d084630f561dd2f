"""A platform's own counts: how they are read, and how they are laid beside the ledger."""

import pytest

from ledger.errors import BadRequest
from ledger.reconciliation.compare_counts import GrantParties, compare_counts
from ledger.reconciliation.counts import Counted, check_apart, read_counts
from ledger.reconciliation.names import Names
from ledger.reconciliation.outcome import Outcome
from ledger.reconciliation.recorded import Told
from tests.unit.reconciliation.exchanged import (
    GRANT,
    ITEM,
    MINUTE,
    START,
    book,
    delivery,
    recorded,
    told,
    use,
    window,
)

HEADER = "grant,from,to,calls\n"
PARTIES = {GRANT: GrantParties("GA", "MZ", ITEM)}


def counted(text: str, names: Names | None = None) -> list[Counted]:
    return read_counts(text, "counts.csv", names or Names())


def row(calls: int, since: int = 0, until: int = 10, grant: str = GRANT) -> Counted:
    return Counted(
        "counts.csv", 2, grant, grant, START + since * MINUTE, START + until * MINUTE, calls, 0
    )


def compared(counts: list[Counted], *entries: Told) -> Outcome:
    return compare_counts(counts, book(*entries), PARTIES)


def kinds(outcome: Outcome) -> list[tuple[str, str | None]]:
    return [(one.kind, one.party) for one in outcome.differences]


# Reading


def test_times_with_an_offset_and_days_in_china() -> None:
    [one, other] = counted(
        "to,calls,grant,failed,from\n"
        "2026-11-02T02:00Z,7,GA/G-1,1,2026-11-02T09:00+08:00\n"
        "2026-11-04,0,GA/G-1,0,2026-11-03\n"
    )
    assert (one.since, one.until) == (START, START + 60 * MINUTE)
    assert (one.calls, one.failed, one.grant, one.line) == (7, 1, GRANT, 2)
    assert other.since == START + 15 * 60 * MINUTE
    assert other.until - other.since == 24 * 60 * MINUTE


def test_a_platforms_own_name_of_a_grant_is_translated_or_none() -> None:
    text = f"{HEADER}api-7,2026-11-02,2026-11-03,1\napi-8,2026-11-02,2026-11-03,1\n"
    one, other = counted(text, Names(grants={"api-7": GRANT}))
    assert (one.grant, one.theirs, other.grant) == (GRANT, "api-7", None)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "line 1, column 'grant'"),
        ("grant,from,to\n", "line 1, column 'calls'"),
        ("grant,from,to,calls,note\n", "line 1, column 'note'"),
        ("grant,from,to,calls,calls\n", "line 1, column 'calls'"),
        (f"{HEADER}GA/G-1,2026-11-02,2026-11-03\n", "line 2: 3 cells"),
        (f"{HEADER},2026-11-02,2026-11-03,1\n", "line 2, column 'grant'"),
        (f"{HEADER}GA/G-1,2026-11-02T00:00,2026-11-03,1\n", "line 2, column 'from'"),
        (f"{HEADER}GA/G-1,2026-02-30,2026-11-03,1\n", "line 2, column 'from'"),
        (f"{HEADER}GA/G-1,1969-01-01,2026-11-03,1\n", "line 2, column 'from'"),
        (f"{HEADER}GA/G-1,2026-11-03,2026-11-03,1\n", "line 2, column 'to'"),
        (f"{HEADER}GA/G-1,2026-11-02,2026-11-03,-1\n", "line 2, column 'calls'"),
        (f"{HEADER}GA/G-1,2026-11-02,2026-11-03,1.0\n", "line 2, column 'calls'"),
        (f'{HEADER}"GA/G-1,2026-11-02\n', "line 2: not CSV"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, where: str) -> None:
    with pytest.raises(BadRequest) as caught:
        counted(text)
    assert caught.value.en.startswith(f"counts.csv, {where}")


def test_windows_of_one_grant_lie_apart() -> None:
    check_apart([row(1, 0, 10), row(1, 10, 20), row(1, 5, 15, "GA/G-2")])
    with pytest.raises(BadRequest, match="overlaps"):
        check_apart([row(1, 0, 10), row(1, 9, 20)])


# Comparing


def test_where_all_is_recorded_nothing_differs() -> None:
    outcome = compared([row(2)], *recorded(1, 2))
    assert outcome.differences == ()
    assert [(one.of, one.name, one.recorded, one.calls) for one in outcome.coverage] == [
        ("department", "GA", 2, 2),
        ("department", "MZ", 2, 2),
        ("grant", GRANT, 2, 2),
    ]


@pytest.mark.parametrize(
    ("calls", "wanted"),
    [
        (3, [("fewer_recorded", "consumer"), ("fewer_recorded", "provider")]),
        (1, [("more_recorded", "consumer"), ("more_recorded", "provider")]),
    ],
)
def test_numbers_that_differ_either_way(calls: int, wanted: list[tuple[str, str]]) -> None:
    outcome = compared([row(calls)], *recorded(1, 2))
    assert kinds(outcome) == wanted
    assert {(one.calls, one.recorded) for one in outcome.differences} == {(calls, 2)}
    # Coverage never exceeds the whole.
    assert {(one.recorded, one.calls) for one in outcome.coverage} == {(min(2, calls), calls)}


def test_what_one_party_alone_recorded() -> None:
    outcome = compared([row(2)], *recorded(1, 2)[::2])
    assert kinds(outcome) == [("one_side", "consumer")]


def test_the_end_of_a_window_is_not_in_it() -> None:
    at_the_end = told("use.recorded", 5, START + 10 * MINUTE)
    outcome = compared([row(0, 0, 10), row(1, 10, 20)], at_the_end, delivery(6, 12))
    assert outcome.differences == ()


def test_what_no_window_counts_is_listed() -> None:
    outcome = compared([row(1, 0, 5), row(0, 10, 20)], *recorded(1), use(9, 7))
    assert kinds(outcome) == [("not_counted", "consumer")]
    assert outcome.differences[0].entry == 9
    other = told("use.recorded", 9, START + MINUTE, refs={"grant": "GA/G-7"})
    assert kinds(compared([row(1)], *recorded(1), other)) == [("not_counted", "consumer")]
    outside = use(9, 70)
    assert compared([row(1)], *recorded(1), outside).differences == ()


def test_a_recorded_window_stands_for_its_number() -> None:
    provider = window(1, 0, 5, 4, source="GA", counted_by="provider")
    consumer = window(2, 0, 5, 3)
    within, beside = use(3, 2), use(4, 7)
    assert compared([row(4)], provider, consumer, within, beside).differences == ()


def test_a_window_across_windows_cannot_be_compared() -> None:
    outcome = compared([row(1, 0, 10)], *recorded(1), window(9, 5, 15, 3))
    assert kinds(outcome) == [("straddles", "consumer")]


def test_data_that_came_by_another_way_are_not_counted() -> None:
    by_file = delivery(8, 2, channel="file", refs={"delivery": "GA/D-9"})
    relying = use(9, 3, refs={"delivery": "GA/D-9"})
    assert compared([row(1)], *recorded(1), by_file, relying).differences == ()


def test_a_grant_that_was_never_issued_is_known_by_what_was_recorded_under_it() -> None:
    known = compare_counts([row(1)], book(*recorded(1)), {})
    assert known.differences == ()
    assert {one.name for one in known.coverage} == {"GA", "MZ", GRANT}
    [one] = compare_counts([row(1)], book(), {}).differences
    assert (one.kind, one.grant, one.calls) == ("unknown_grant", GRANT, 1)


def test_a_name_without_a_grant_is_not_compared() -> None:
    unnamed = Counted("counts.csv", 2, "api-8", None, START, START + MINUTE, 5, 0)
    [one] = compare_counts([unnamed], book(), {}).differences
    assert (one.kind, one.theirs) == ("unmapped", "api-8")
