"""Put events in order: by time, cases kept together where they must be.

The order is that of time, and that of the file where times are equal: so an event
comes after every one in its case on which it can rely, and the ledger receives a
parent before the child. Where batches are sent side by side, each case belongs to
one lane, whose batches follow one another. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cli.importing.values import Row


@dataclass(frozen=True, slots=True)
class Step:
    """An event and the one that follows in its case, if any."""

    row: Row
    following: Row | None


def in_order(rows: Iterable[Row]) -> list[Step]:
    """Return all events in the order of time, each with the next one in its case."""
    ordered = sorted(rows, key=lambda row: (row.instant, row.line))
    following: dict[str, Row] = {}
    steps = []
    for row in reversed(ordered):
        case = row.text("case")
        steps.append(Step(row, following.get(case)))
        following[case] = row
    return steps[::-1]


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
