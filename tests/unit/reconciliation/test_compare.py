"""Exchanges beside what the ledger holds: differences both ways, windows, coverage."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from ledger.reconciliation.compare import compare, span_of
from ledger.reconciliation.names import Names
from ledger.reconciliation.outcome import Coverage, Difference, Outcome, members
from ledger.reconciliation.recorded import Book, Told
from ledger.reconciliation.span import Span
from tests.unit.reconciliation.exchanged import (
    BETWEEN,
    CLIENT,
    GRANT,
    ITEM,
    MINUTE,
    NAMES,
    PROVIDER,
    SERVICE,
    START,
    book,
    both,
    delivery,
    paired,
    record,
    recorded,
    told,
    use,
    window,
)

DAY = Span(START, START + 60 * MINUTE, 5_000)


def compared(
    records: list[dict[str, Any]], entries: Sequence[Told], span: Span = DAY, names: Names = NAMES
) -> Outcome:
    return compare(paired(records), book(*entries), names, span)


def kinds(outcome: Outcome) -> list[tuple[str, str | None]]:
    return [(one.kind, one.party) for one in outcome.differences]


def covered(outcome: Outcome) -> dict[tuple[str | None, str], tuple[int, int]]:
    return {(one.name, one.party): (one.recorded, one.calls) for one in outcome.coverage}


def test_where_all_is_recorded_nothing_differs() -> None:
    outcome = compared(both(1, 2), recorded(1, 2))
    assert outcome.differences == ()
    assert covered(outcome) == {
        ("MZ", "consumer"): (2, 2),
        ("GA", "provider"): (2, 2),
        (GRANT, "consumer"): (2, 2),
    }
    assert outcome.platform["both_sides"] == 2


def test_exchanged_and_not_recorded_by_one_party_or_both() -> None:
    outcome = compared(both(1, 2, 3), [*recorded(1), use(9, 2, call_ref="m-2")])
    assert kinds(outcome) == [
        ("not_recorded", "provider"),
        ("not_recorded", "provider"),
        ("not_recorded", "consumer"),
    ]
    assert [one.id for one in outcome.differences] == ["r-2", "r-3", "r-3"]
    first = members(outcome.differences[0])
    assert first["theirs"] == BETWEEN
    assert first["at"] == "2026-11-02T01:02:00.100Z"
    assert (first["calls"], first["recorded"], first["source"]) == (1, 0, "records.json:4")
    assert covered(outcome)["MZ", "consumer"] == (2, 3)
    assert covered(outcome)["GA", "provider"] == (1, 3)


def test_recorded_and_not_exchanged() -> None:
    outcome = compared(both(1), [*recorded(1), use(8, 5, call_ref="r-5"), delivery(9, 6)])
    assert kinds(outcome) == [("not_exchanged", "consumer"), ("not_exchanged", "provider")]
    assert [one.entry for one in outcome.differences] == [8, 9]


def test_told_by_one_side_only_though_the_ledger_has_both() -> None:
    """The provider's record is withheld: his statement still tells of the exchange."""
    outcome = compared([record("Client", 1), *both(2)], recorded(1, 2))
    assert kinds(outcome) == [("one_side", "provider")]
    assert covered(outcome)["GA", "provider"] == (2, 2)


def test_a_side_that_says_it_failed_need_not_record() -> None:
    failed = record("Client", 1, succeeded=False)
    outcome = compared([failed, record("Producer", 1)], recorded(1)[:1])
    assert kinds(outcome) == [("one_side", "consumer")]
    assert ("MZ", "consumer") not in covered(outcome)


def test_failures_stand_apart() -> None:
    failed = [record("Client", 1, succeeded=False, faultCode="Server.ServerProxy.AccessDenied")]
    outcome = compared([*failed, *both(2)], recorded(2))
    assert outcome.differences == ()
    [one] = outcome.failed
    assert (one.fault, one.theirs, one.id) == ("Server.ServerProxy.AccessDenied", BETWEEN, "r-1")


@pytest.mark.parametrize(
    ("late", "wanted"),
    [(0, []), (5_000, []), (-5_000, []), (5_001, "both"), (-5_001, "both")],
)
def test_a_statement_that_names_no_exchange_is_matched_within_the_tolerance(
    late: int, wanted: object
) -> None:
    outcome = compared(both(1), [delivery(2, 1), use(3, 1, late=late)])
    both_ways = [("not_recorded", "consumer"), ("not_exchanged", "consumer")]
    assert kinds(outcome) == (both_ways if wanted else [])


def test_by_time_as_many_are_matched_as_can_be() -> None:
    """Of two calls 4 s apart and uses at 2 s before the second and 4 s after it, both match."""
    records = both(1)
    later = [one | {"xRequestId": "r-x", "messageId": "m-x"} for one in both(1)]
    for one in later:
        one["responseOutTs"] += 4_000
    entries = [
        delivery(1, 1), delivery(2, 1, late=4_000), use(3, 1, late=2_000), use(4, 1, late=8_000),
    ]  # fmt: skip
    assert compared([*records, *later], entries).differences == ()


def test_a_statement_that_names_another_exchange_is_not_taken_for_this() -> None:
    outcome = compared(both(1), [delivery(2, 1), use(3, 1, call_ref="another")])
    assert kinds(outcome) == [("not_recorded", "consumer"), ("not_exchanged", "consumer")]


def test_an_id_alone_is_not_enough() -> None:
    """A use of another item, or by another department, tells of another exchange."""
    two = replace(NAMES, subsystems={**NAMES.subsystems, "YL/GOV/JY/X": "JY"})
    for strange in (
        use(3, 1, call_ref="r-1", refs={"item": "GA/other"}),
        use(3, 1, call_ref="r-1", source="JY"),
    ):
        found = kinds(compared(both(1), [delivery(2, 1), strange], names=two))
        assert ("not_recorded", "consumer") in found


def test_the_nearest_of_those_that_name_a_call_tells_of_it() -> None:
    outcome = compared(
        both(1),
        [delivery(2, 1), use(3, 1, late=9_000, call_ref="r-1"), use(4, 1, call_ref="r-1")],
    )
    assert outcome.differences == ()
    assert outcome.ledger["again"] == 1


def test_a_use_that_relies_on_the_same_delivery_is_no_other_exchange() -> None:
    own = {"delivery": "GA/D-1"}
    entries = [
        delivery(2, 1, refs=own), use(3, 1, refs=own), use(4, 9, refs=own),
    ]  # fmt: skip
    outcome = compared(both(1), entries)
    assert (outcome.differences, outcome.ledger["again"]) == ((), 1)


def test_time_and_grant_that_differ() -> None:
    entries = [
        delivery(2, 1, platform_ref="r-1", refs={"grant": "GA/G-2"}),
        use(3, 1, late=6_000, call_ref="r-1"),
    ]
    assert kinds(compared(both(1), entries)) == [
        ("time_differs", "consumer"),
        ("grant_differs", "provider"),
    ]


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (lambda index: use(index, 5, refs={"item": "GA/other"}), False),
        (lambda index: use(index, 5, source="JY"), False),
        (lambda index: use(index, 5, late=3 * 3_600_000), False),
        (lambda index: delivery(index, 5, channel="file"), False),
        (lambda index: delivery(index, 5, consumer="JY"), False),
        (lambda index: delivery(index, 5, window={"from": "x", "to": "y"}), False),
        (lambda index: delivery(index, 5, channel="not_stated"), True),
        (lambda index: use(index, 5), True),
    ],
)
def test_what_is_not_of_this_platform_is_not_missed_there(
    change: Callable[[int], Told], kept: bool
) -> None:
    outcome = compared(both(1), [*recorded(1), change(9)])
    assert [kind for kind, _ in kinds(outcome)] == (["not_exchanged"] if kept else [])


def test_a_use_of_data_that_came_by_another_way_is_counted_apart() -> None:
    by_file = delivery(8, 5, channel="file", refs={"delivery": "GA/D-9"})
    outcome = compared(both(1), [*recorded(1), by_file, use(9, 5, refs={"delivery": "GA/D-9"})])
    assert (outcome.differences, outcome.ledger["other_channel"]) == ((), 2)


# Windows of calls


def test_a_window_stands_for_calls_that_no_statement_tells_of() -> None:
    provider = window(1, 0, 10, 3, source="GA", counted_by="provider")
    consumer = window(2, 0, 10, 3)
    outcome = compared(both(1, 2, 3), [provider, consumer])
    assert outcome.differences == ()
    assert covered(outcome)["MZ", "consumer"] == (3, 3)


def test_a_platforms_window_stands_for_both() -> None:
    outcome = compared(both(1, 2), [window(1, 0, 10, 2, counted_by="platform")])
    assert outcome.differences == ()


@pytest.mark.parametrize(
    ("count", "kind", "coverage"), [(1, "fewer_recorded", (1, 3)), (5, "more_recorded", (3, 3))]
)
def test_a_windows_count_that_differs_is_told_once(
    count: int, kind: str, coverage: tuple[int, int]
) -> None:
    deliveries = recorded(1, 2, 3)[::2]
    outcome = compared(both(1, 2, 3), [*deliveries, window(9, 0, 10, count)])
    [one] = outcome.differences
    assert (one.kind, one.calls, one.recorded, one.entry) == (kind, 3, count, 9)
    assert covered(outcome)["MZ", "consumer"] == coverage


def test_single_statements_within_a_window_are_among_its_count() -> None:
    entries = [*recorded(1, 2)[::2], recorded(1)[1], window(9, 0, 10, 1)]
    outcome = compared(both(1, 2), entries)
    assert kinds(outcome) == [("fewer_recorded", "consumer")]
    assert covered(outcome)["MZ", "consumer"] == (1, 2)


def test_a_window_beyond_the_file_is_not_compared() -> None:
    entries = [*recorded(1, 2)[::2], window(9, 0, 90, 7)]
    outcome = compared(both(1, 2), entries)
    assert outcome.differences == ()
    assert outcome.ledger["windows_beyond"] == 1


def test_a_window_of_others_stands_for_nothing() -> None:
    entries = [*recorded(1)[::2], window(9, 0, 10, 1, consumer="JY")]
    assert kinds(compared(both(1), entries)) == [("not_recorded", "consumer")]


# Names, spans, corrections


def test_what_has_no_name_is_listed_and_not_compared() -> None:
    names = replace(NAMES, services={})
    outcome = compared(both(1), recorded(1), names=names)
    [one] = outcome.differences
    assert (one.kind, one.theirs, one.provider, one.item) == ("unmapped", BETWEEN, "GA", None)
    assert outcome.coverage == ()


def test_what_shares_no_data_is_passed_over() -> None:
    names = Names({CLIENT: "MZ", PROVIDER: "GA"}, {}, {}, frozenset({SERVICE}))
    outcome = compared([record("Client", 1), *both(2)], [], names=names)
    assert (outcome.differences, outcome.platform["passed_over"]) == ((), 2)


def test_calls_without_a_grant_have_a_line_of_their_own() -> None:
    outcome = compared(both(1), recorded(1), names=replace(NAMES, grants={}))
    assert outcome.coverage[-1] == Coverage("grant", None, "consumer", 1, 1)


def test_the_period_is_the_files_unless_it_is_said() -> None:
    found = paired(both(1, 4))
    assert span_of(found, None, None, 7) == Span(START + MINUTE, START + 4 * MINUTE + 200, 7)
    said = span_of(found, START, START + 2 * MINUTE, 7)
    outcome = compare(found, book(*recorded(1)), NAMES, said)
    assert outcome.differences == ()
    assert outcome.platform["outside_the_period"] == 1


def test_what_its_author_corrected_counts_no_more() -> None:
    entries = [*recorded(1), told("statement.corrected", 9, START, target=f"{3:064x}")]
    outcome = compared(both(1), entries)
    assert kinds(outcome) == [("not_recorded", "consumer")]
    assert outcome.ledger["void"] == 1
    others = [*recorded(1), told("statement.corrected", 9, START, source="JY", target=f"{3:064x}")]
    assert compared(both(1), others).differences == ()


def test_an_entry_without_statement_is_counted() -> None:
    made: Book = book(*recorded(1), (9, "0" * 64, None))
    assert made.absent == 1


def test_whoever_is_spoken_for_is_the_party() -> None:
    by_platform = use(3, 1, call_ref="r-1", source="PT", on_behalf_of="MZ")
    assert compared(both(1), [recorded(1)[0], by_platform]).differences == ()


def test_the_order_of_entries_and_records_changes_nothing() -> None:
    records = [*both(1, 2, 3, 4), record("Client", 7), record("Client", 8, succeeded=False)]
    entries = [*recorded(1, 2), use(20, 3), window(21, 3, 10, 9), delivery(22, 30)]
    first = compared(records, entries)
    other = compared(records, entries[::-1])
    assert first == other
    differences: set[Difference] = {
        replace(one, source=None) for one in compared(records[::-1], entries).differences
    }
    assert differences == {replace(one, source=None) for one in first.differences}
    assert ITEM in {one.item for one in differences}
