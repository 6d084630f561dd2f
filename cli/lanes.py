"""Draw who spoke beside a list of entries: a column for each department.

The columns come in the order in which their departments first stand in the list, and
are named above it.
"""

from collections.abc import Iterable, Iterator, Sequence


def in_lanes(lines: Iterable[str], departments: Sequence[str]) -> Iterator[str]:
    """Yield *lines*, one an entry, with the mark of its department's column at their left."""
    lanes = list(dict.fromkeys(departments))
    for at, name in enumerate(lanes):
        yield " ".join(["|"] * at + ["+-" + "--" * (len(lanes) - at - 1), name])
    for line, department in zip(lines, departments, strict=True):
        marks = ("*" if lane == department else "|" for lane in lanes)
        yield f"{' '.join(marks)}  {line}"
