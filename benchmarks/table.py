"""The table: one row a figure, with its limit, the ratio to it, and its floor.

A ratio says which share of the limit's speed is reached: 1 is the limit itself.
Rows that compare a cost with the same cost at another size have no limit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

HEADINGS = ("what", "measured", "limit", "ratio", "floor", "met")


@dataclass(frozen=True, slots=True)
class Floor:
    """What a row must reach: *value* at least, or at most, *bound*; both in *unit*."""

    value: float
    side: Literal[">=", "<="]
    bound: float
    unit: str = ""

    @property
    def met(self) -> bool:
        return self.value >= self.bound if self.side == ">=" else self.value <= self.bound

    def __str__(self) -> str:
        return f"{self.side} {self.bound:g}{self.unit}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    measured: str
    limit: str = ""
    ratio: float | None = None
    floor: Floor | None = None

    def cells(self, judged: bool) -> tuple[str, ...]:
        """Return the row's texts in the order of ``HEADINGS``."""
        met = ""
        if self.floor is not None:
            met = ("yes" if self.floor.met else "NO") if judged else "not judged"
        floor = "" if self.floor is None else str(self.floor)
        return (self.what, self.measured, self.limit, _share(self.ratio), floor, met)


def _share(ratio: float | None) -> str:
    if ratio is None:
        return ""
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.4f}"


def missed(rows: Iterable[Row]) -> list[Row]:
    """Return the rows whose floors are not met."""
    return [row for row in rows if row.floor is not None and not row.floor.met]


def table_lines(rows: Sequence[Row], judged: bool) -> list[str]:
    """Return the table as lines of text whose columns stand under one another."""
    cells = [HEADINGS, *(row.cells(judged) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in cells]
    return [lines[0], "-" * max(map(len, lines)), *lines[1:]]


def speed(value: float, of: str = "") -> str:
    """Return *value* a second, and of what."""
    return f"{value:,.0f}/s{of and ' '}{of}"


def millis(seconds: float, of: str = "") -> str:
    """Return *seconds* in milliseconds, and of what."""
    return f"{seconds * 1e3:,.2f} ms{of and ' '}{of}"


def megabytes(value: float) -> str:
    """Return bytes in MB of a million."""
    return f"{value / 1e6:,.1f} MB"
