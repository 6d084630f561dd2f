"""Lay a platform's counts by grant and window beside what the ledger holds, both ways.

In each window the uses that the consumer recorded and the deliveries that the provider
recorded are counted, each against the platform's calls. A window of calls that either
recorded stands for its number, and single statements within it are among that number.
Where one party recorded all of them and the other nothing, that is told by one side only.

What is recorded under a grant in no window of the platform's, between the first and the
last of all of them, is listed too: either nobody counted it, or it was not exchanged.
"""

from bisect import bisect_left
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
from ledger.reconciliation.recorded import PARTIES, Book, Party, Recorded, Window


@dataclass(frozen=True, slots=True)
class GrantParties:
    """Who provides and who uses under a grant, and which item."""

    provider: str
    consumer: str
    item: str


@dataclass(slots=True)
class _Under:
    """What one party recorded under one grant; single statements by time."""

    windows: list[tuple[Recorded, Window]] = field(default_factory=list)
    singles: list[Recorded] = field(default_factory=list)

    def all(self) -> list[Recorded]:
        return [*(one for one, _ in self.windows), *self.singles]

    def within(self, since: int, until: int) -> list[Recorded]:
        """Return the single statements from *since* on and before *until*."""
        start, end = (
            bisect_left(self.singles, moment, key=lambda one: one.at) for moment in (since, until)
        )
        return self.singles[start:end]


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
            work.differences += _not_counted(found.all(), party, since, until, work.counted)
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


def _by_grant(book: Book, party: Party) -> dict[str, _Under]:
    """Return what *party* recorded under each grant, single statements by time."""
    found: dict[str, _Under] = {}
    for one in book.windows:
        if one.window is None or one.window.counted_by not in (party, "platform"):
            continue
        if one.grant is not None and one.through_the_gateway:
            found.setdefault(one.grant, _Under()).windows.append((one, one.window))
    elsewhere = book.elsewhere(party)
    for one in sorted(book.of(party), key=lambda one: (one.at, one.index)):
        if one.grant is not None and one.index not in elsewhere:
            found.setdefault(one.grant, _Under()).singles.append(one)
    return found


def _parties(by_grant: Iterable[Mapping[str, _Under]]) -> dict[str, GrantParties]:
    """Return the parties of grants by what was recorded under them: some were never issued."""
    found: dict[str, GrantParties] = {}
    for recorded in by_grant:
        for grant, under in recorded.items():
            first = under.all()[0]
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
    by_grant: Mapping[Party, Mapping[str, _Under]],
    work: _Work,
) -> None:
    recorded = {
        party: _number(by_grant[party].get(grant, _Under()), party, one, work) for party in PARTIES
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


def _number(under: _Under, party: Party, one: Counted, work: _Work) -> int:
    """Return how many calls are recorded in the window of *one*."""
    total = 0
    inside: list[Window] = []
    for each, window in under.windows:
        if one.since <= window.since and window.until <= one.until:
            inside.append(window)
            total += window.count
        elif window.since < one.until and one.since < window.until:
            work.differences.append(_straddling(each, window, party, one))
        else:
            continue
        work.counted.add(each.index)
    singles = under.within(one.since, one.until)
    work.counted.update(each.index for each in singles)
    among = {each.index for window in inside for each in under.within(window.since, window.until)}
    return total + sum(each.index not in among for each in singles)


def _straddling(each: Recorded, window: Window, party: Party, one: Counted) -> Difference:
    return Difference(
        STRADDLES,
        party=party,
        provider=each.provider,
        consumer=each.consumer,
        item=each.item,
        grant=each.grant,
        since=window.since,
        until=window.until,
        recorded=window.count,
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
