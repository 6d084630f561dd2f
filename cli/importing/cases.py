"""Put events in order: by time, cases kept together where they must be.

The order is that of time, and that of the file where times are equal: so an event
comes after every one in its case on which it can rely, and the ledger receives a
parent before the child. What opens a case stands before the case's first. Where batches
are sent side by side, each case belongs to one lane, whose batches follow one another.
Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cli.importing.declared import OFFICIAL, OPENING, LogMapping, Opening
from cli.importing.values import Row


@dataclass(frozen=True, slots=True)
class Step:
    """An event and the one that follows in its case, if any."""

    row: Row
    following: Row | None


def in_order(rows: Iterable[Row], mapping: LogMapping | None = None) -> list[Step]:
    """Return all events in the order of time, each with the next one in its case.

    Args:
        mapping: may have an event that opens each case.
    """
    ordered = sorted(rows, key=lambda row: row.instant)  # stable: else as in the file
    if mapping is not None and mapping.opening is not None:
        ordered = _with_openings(ordered, mapping.opening, mapping)
    following: dict[str, Row] = {}
    steps = []
    for row in reversed(ordered):
        case = row.text("case")
        steps.append(Step(row, following.get(case)))
        following[case] = row
    return steps[::-1]


def _with_openings(rows: Iterable[Row], opening: Opening, mapping: LogMapping) -> list[Row]:
    seen: set[str] = set()
    found = []
    for row in rows:
        case = row.text("case")
        if case not in seen:
            found.append(opening_row(row, opening, mapping))
        seen.add(case)
        found.append(row)
    return found


def opening_row(first: Row, opening: Opening, mapping: LogMapping) -> Row:
    """Return the row of the event that opens the case of *first*."""
    said = {**mapping.constants, **first.values}
    official = None if opening.official is None else opening.official.fill(said)
    own = {
        "activity": OPENING,
        "department": opening.department.fill(said),
        "event": opening.id.fill(said),
        "time": opening.time.fill(said),
        OFFICIAL: official,
    }
    return Row(first.line, first.instant, {**first.values, **own})


def lanes_of(steps: Sequence[Step], count: int) -> list[list[Step]]:
    """Share *steps* among *count* lanes by case, each time to the lane with least to do."""
    sizes: dict[str, int] = {}
    for step in steps:
        case = step.row.text("case")
        sizes[case] = sizes.get(case, 0) + 1
    load = [0] * count
    lane_of: dict[str, int] = {}
    for case, size in sizes.items():
        lane = load.index(min(load))
        lane_of[case] = lane
        load[lane] += size
    lanes: list[list[Step]] = [[] for _ in range(count)]
    for step in steps:
        lanes[lane_of[step.row.text("case")]].append(step)
    return lanes
