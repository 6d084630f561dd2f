"""Lay a platform's counts by grant and window beside what the ledger holds, both ways.

In each window the uses that the consumer recorded and the deliveries that the provider
recorded are counted, each against the platform's calls. A window of calls that either
recorded stands for its number, and single statements within it are among that number.
Where one party recorded all of them and the other nothing, that is told by one side only.

What is recorded under a grant in no window of the platform's, between the first and the
last of all of them, is listed too: either nobody counted it, or it was not exchanged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.reconciliation.counts import Counted
from ledger.reconciliation.outcome import (
    FEWER_RECORDED,
    MORE_RECORDED,
    NOT_COUNTED,
    ONE_SIDE,
    STRADDLES,
    UNKNOWN_GRANT,
    UNMAPPED,
    Count,
    Difference,
    Outcome,
    coverage_of,
    in_listing_order,
)
from ledger.reconciliation.recorded import PARTIES, Book, Party, Recorded


@dataclass(frozen=True, slots=True)
class GrantParties:
    """Who provides and who uses under a grant, and which item."""

    provider: str
    consumer: str
    item: str


@dataclass(slots=True)
class _Work:
    differences: list[Difference] = field(default_factory=list)
    coverage: dict[tuple[str, str | None, str], Count] = field(default_factory=dict)
    counted: set[int] = field(default_factory=set)  # entries that are in some window

    def add(self, of: str, name: str, party: str, recorded: int, calls: int) -> None:
        one = self.coverage.setdefault((of, name, party), Count())
        one.calls += calls
        one.recorded += min(recorded, calls)


def compare_counts(
    counts: Sequence[Counted], book: Book, grants: Mapping[str, GrantParties]
) -> Outcome:
    """Return in what *counts*, which hold one row at least, and *book* differ.

    Args:
        grants: those that were issued, of the grants that *counts* name.
    """
    work = _Work()
    by_grant = {party: _by_grant(book, party) for party in PARTIES}
    named = {**_parties(by_grant.values()), **grants}
    for one in counts:
        if one.grant is None or one.grant not in named:
            work.differences.append(_unknown(one))
        else:
            _compare(one, one.grant, named[one.grant], by_grant, work)
    since, until = min(one.since for one in counts), max(one.until for one in counts)
    for party in PARTIES:
        for found in by_grant[party].values():
            work.differences += _not_counted(found, party, since, until, work.counted)
    return Outcome(
        since,
        until,
        {
            "rows": len(counts),
            "grants": len({one.grant or one.theirs for one in counts}),
            "calls": sum(one.calls for one in counts),
            "failed": sum(one.failed for one in counts),
        },
        {
            "uses": len(book.uses),
            "deliveries": len(book.deliveries),
            "windows": len(book.windows),
            "void": book.void,
            "absent": book.absent,
        },
        in_listing_order(work.differences),
        (),
        coverage_of(work.coverage),
    )


def _by_grant(book: Book, party: Party) -> dict[str, list[Recorded]]:
    """Return what *party* recorded under each grant, windows first."""
    windows = (
        one
        for one in book.windows
        if one.window is not None and one.window.counted_by in (party, "platform")
    )
    found: dict[str, list[Recorded]] = {}
    elsewhere = book.elsewhere(party)
    for one in (*windows, *book.of(party)):
        if one.grant is not None and one.through_the_gateway and one.index not in elsewhere:
            found.setdefault(one.grant, []).append(one)
    return found


def _parties(by_grant: Iterable[Mapping[str, list[Recorded]]]) -> dict[str, GrantParties]:
    """Return the parties of grants by what was recorded under them: some were never issued."""
    found: dict[str, GrantParties] = {}
    for recorded in by_grant:
        for grant, statements in recorded.items():
            first = statements[0]
            found.setdefault(grant, GrantParties(first.provider, first.consumer, first.item))
    return found


def _unknown(one: Counted) -> Difference:
    return Difference(
        UNMAPPED if one.grant is None else UNKNOWN_GRANT,
        grant=one.grant,
        since=one.since,
        until=one.until,
        calls=one.calls,
        theirs=one.theirs,
        source=_place(one),
    )


def _place(one: Counted) -> str:
    return f"{one.file}:{one.line}"


def _compare(
    one: Counted,
    grant: str,
    parties: GrantParties,
    by_grant: Mapping[Party, Mapping[str, list[Recorded]]],
    work: _Work,
) -> None:
    recorded = {
        party: _number(by_grant[party].get(grant, ()), party, one, work) for party in PARTIES
    }
    work.add("grant", grant, "consumer", recorded["consumer"], one.calls)
    work.add("department", parties.consumer, "consumer", recorded["consumer"], one.calls)
    work.add("department", parties.provider, "provider", recorded["provider"], one.calls)
    for party in PARTIES:
        other = recorded["consumer" if party == "provider" else "provider"]
        kind = _kind(one.calls, recorded[party], other)
        if kind is not None:
            work.differences.append(
                Difference(
                    kind,
                    party=party,
                    provider=parties.provider,
                    consumer=parties.consumer,
                    item=parties.item,
                    grant=grant,
                    since=one.since,
                    until=one.until,
                    calls=one.calls,
                    recorded=recorded[party],
                    theirs=one.theirs if one.theirs != grant else None,
                    source=_place(one),
                )
            )


def _kind(calls: int, recorded: int, other: int) -> str | None:
    if recorded == calls:
        return None
    if recorded == 0 and other == calls:
        return ONE_SIDE
    return FEWER_RECORDED if recorded < calls else MORE_RECORDED


def _number(found: Iterable[Recorded], party: Party, one: Counted, work: _Work) -> int:
    """Return how many calls *found* tell of in the window of *one*."""
    total = 0
    within: list[tuple[int, int]] = []
    for each in found:
        window = each.window
        if window is not None:
            if one.since <= window.since and window.until <= one.until:
                work.counted.add(each.index)
                within.append((window.since, window.until))
                total += window.count
            elif window.since < one.until and one.since < window.until:
                work.counted.add(each.index)
                work.differences.append(_straddling(each, party, one))
        elif one.since <= each.at < one.until:
            work.counted.add(each.index)
            total += not any(since <= each.at < until for since, until in within)
    return total


def _straddling(each: Recorded, party: Party, one: Counted) -> Difference:
    window = each.window
    return Difference(
        STRADDLES,
        party=party,
        provider=each.provider,
        consumer=each.consumer,
        item=each.item,
        grant=each.grant,
        since=window.since if window else None,
        until=window.until if window else None,
        recorded=window.count if window else None,
        entry=each.index,
        source=_place(one),
    )


def _not_counted(
    found: Sequence[Recorded], party: Party, since: int, until: int, counted: set[int]
) -> Iterable[Difference]:
    """Yield what is in none of the platform's windows, from the first to the last of them."""
    for one in found:
        window = one.window
        at = one.at if window is None else window.since
        if one.index in counted or not since <= at < until:
            continue
        yield Difference(
            NOT_COUNTED,
            party=party,
            provider=one.provider,
            consumer=one.consumer,
            item=one.item,
            grant=one.grant,
            at=one.at if window is None else None,
            since=None if window is None else window.since,
            until=None if window is None else window.until,
            recorded=1 if window is None else window.count,
            id=min(one.ids, default=None),
            entry=one.index,
        )
