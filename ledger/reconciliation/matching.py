"""Find which statement tells of which call: by the platform's id, else by time.

By id each call, in the order of time, takes the statement nearest in time of those that
name it. By time calls and statements of the same parties and item go in step: each call
takes the earliest statement within the tolerance that is left, which matches as many as
can be matched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ledger.reconciliation.recorded import Party, Recorded


@dataclass(frozen=True, slots=True)
class Call:
    """One exchange in the ledger's names.

    Attributes:
        at: when, by the clock of either party; milliseconds.
        ids: all that the platform calls it; ``id``: what it is shown by.
        theirs: the platform's name of client and service; ``source``: file and place.
    """

    provider: str
    consumer: str
    item: str
    grant: str | None
    at: Mapping[Party, int]
    ids: frozenset[str]
    id: str | None
    theirs: str
    source: str


@dataclass(slots=True)
class Matched:
    """What tells of what.

    Attributes:
        of_call: the statement by the call's place in the list.
        rest: statements that tell of no call alone.
        again: indexes of those in the rest that tell of a call which another tells of too.
    """

    of_call: dict[int, Recorded] = field(default_factory=dict)
    rest: list[Recorded] = field(default_factory=list)
    again: set[int] = field(default_factory=set)


def match(
    calls: Sequence[Call], statements: Sequence[Recorded], party: Party, tolerance: int
) -> Matched:
    """Return which of *statements*, said by *party*, tells of which of *calls*.

    Args:
        tolerance: milliseconds.
    """
    found = Matched()
    taken: set[int] = set()
    _by_id(calls, statements, party, found, taken)
    _by_time(calls, statements, party, tolerance, found, taken)
    found.rest = [one for one in statements if one.index not in taken]
    found.again = _again(calls, found, party)
    return found


def _fits(call: Call, one: Recorded, party: Party) -> bool:
    parties = (call.consumer,) if party == "consumer" else (call.consumer, call.provider)
    own = (one.consumer,) if party == "consumer" else (one.consumer, one.speaker)
    return call.item == one.item and parties == own


def _by_id(
    calls: Sequence[Call],
    statements: Sequence[Recorded],
    party: Party,
    found: Matched,
    taken: set[int],
) -> None:
    naming: dict[str, list[Recorded]] = {}
    for one in statements:
        for name in one.ids:
            naming.setdefault(name, []).append(one)
    for at in sorted(range(len(calls)), key=lambda at: calls[at].at[party]):
        call = calls[at]
        free = [
            one
            for name in call.ids
            for one in naming.get(name, ())
            if one.index not in taken and _fits(call, one, party)
        ]
        if free:
            nearest = min(free, key=lambda one: (abs(one.at - call.at[party]), one.index))
            found.of_call[at] = nearest
            taken.add(nearest.index)


def _by_time(
    calls: Sequence[Call],
    statements: Sequence[Recorded],
    party: Party,
    tolerance: int,
    found: Matched,
    taken: set[int],
) -> None:
    waiting: dict[tuple[str, ...], list[Recorded]] = {}
    for one in sorted(statements, key=lambda one: (one.at, one.index)):
        if not one.ids and one.index not in taken:
            waiting.setdefault(_relation(one, party), []).append(one)
    heads = dict.fromkeys(waiting, 0)
    for at in sorted(range(len(calls)), key=lambda at: calls[at].at[party]):
        key = _relation(calls[at], party)
        if at in found.of_call or key not in waiting:
            continue
        queue, moment = waiting[key], calls[at].at[party]
        while heads[key] < len(queue) and queue[heads[key]].at < moment - tolerance:
            heads[key] += 1
        if heads[key] < len(queue) and queue[heads[key]].at <= moment + tolerance:
            found.of_call[at] = queue[heads[key]]
            taken.add(queue[heads[key]].index)
            heads[key] += 1


def _relation(one: Call | Recorded, party: Party) -> tuple[str, ...]:
    parties = (one.consumer,) if party == "consumer" else (one.consumer, one.provider)
    return (one.item, *parties)


def _again(calls: Sequence[Call], found: Matched, party: Party) -> set[int]:
    """Return those that name a call, or rely on a delivery, of which another tells already."""
    names = {
        (name, calls[at].item, calls[at].consumer) for at in found.of_call for name in calls[at].ids
    }
    deliveries = {one.delivery for one in found.of_call.values() if one.delivery is not None}
    return {
        one.index
        for one in found.rest
        if any((name, one.item, one.consumer) in names for name in one.ids)
        or (one.kind == "use" and one.delivery in deliveries)
    }
