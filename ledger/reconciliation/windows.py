"""What windows of calls stand for, in which many are counted together.

A window stands for the calls in it of which no statement tells, the earliest first, up to
its count. Its count is compared with all calls in it, where the platform's file holds all
of its time. A call of which a compared window tells is not missed by itself as well: the
difference of the two numbers says it.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ledger.reconciliation.matching import Call, Matched
from ledger.reconciliation.names import Names
from ledger.reconciliation.recorded import Book, Party, Recorded, Window
from ledger.reconciliation.span import Span

_Relation = tuple[str, str, str]
_InTime = Mapping[_Relation, list[tuple[int, int]]]  # (when, place in the list of calls)


@dataclass(slots=True)
class Told:
    """What windows tell of calls, by the calls' places in the list.

    Attributes:
        stood_for: calls that a window records.
        spoken_of: these, and all others in windows that were compared.
        uneven: windows whose count differs, with how many calls there are.
        beyond: how many windows reach out of the platform's file.
    """

    stood_for: set[int] = field(default_factory=set)
    spoken_of: set[int] = field(default_factory=set)
    uneven: list[tuple[Recorded, int]] = field(default_factory=list)
    beyond: int = 0


def windows_of(book: Book, party: Party, names: Names) -> list[Recorded]:
    """Return the windows in which *party*, or the platform for both, counted calls."""
    items, departments = {*names.services.values()}, {*names.subsystems.values()}
    return [
        one
        for one in book.windows
        if one.window is not None
        and one.item in items
        and {one.provider, one.consumer} <= departments
        and one.window.counted_by in (party, "platform")
        and one.through_the_gateway
    ]


def cover(
    calls: Sequence[Call],
    matched: Matched,
    windows: Sequence[Recorded],
    party: Party,
    span: Span,
) -> Told:
    """Return what *windows* tell of *calls*, some of which are *matched* already."""
    told = Told()
    in_time: dict[_Relation, list[tuple[int, int]]] = {}
    for place, call in enumerate(calls):
        relation = (call.provider, call.consumer, call.item)
        in_time.setdefault(relation, []).append((call.at[party], place))
    for queue in in_time.values():
        queue.sort()
    for one in windows:
        if one.window is not None:
            within = _within(one, one.window, calls, in_time)
            _stand_for(one.window, within, matched, told)
            _hold_against(one, one.window, within, span, told)
    told.spoken_of |= told.stood_for
    return told


def _within(one: Recorded, window: Window, calls: Sequence[Call], in_time: _InTime) -> list[int]:
    """Return the calls of a window's relation that lie in it, by time."""
    queue = in_time.get((one.provider, one.consumer, one.item), [])
    start, end = (bisect_left(queue, (moment,)) for moment in (window.since, window.until))
    grants = (None, one.grant)
    return [
        place for _, place in queue[start:end] if one.grant is None or calls[place].grant in grants
    ]


def _stand_for(window: Window, within: Sequence[int], matched: Matched, told: Told) -> None:
    free = [at for at in within if at not in matched.of_call and at not in told.stood_for]
    already = len(within) - len(free)
    told.stood_for.update(free[: max(0, window.count - already)])


def _hold_against(
    one: Recorded, window: Window, within: Sequence[int], span: Span, told: Told
) -> None:
    if window.until <= span.since or span.until < window.since:
        return
    if window.since < span.since or span.until + 1 < window.until:
        told.beyond += 1  # the file need not hold all of its calls
        return
    told.spoken_of.update(within)
    if window.count != len(within):
        told.uneven.append((one, len(within)))
