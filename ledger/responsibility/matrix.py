"""A matrix of responsibility as value, and which row of which holds for a defect.

The one that ships has nobody's force: it tells roles, and never a name. An authority's
holds for acts from its effective date on, in its region; a local row goes before a
national one, and where an adopted matrix has no row, the one that ships tells roles.

Source: domain, 4.6 and 0A; seed, on responsibility that rests on a basis.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.sharing.machine import Said

MARKS = ("examine_first", "examine_next", "informational")
_LAYERS = {"built_in": 0, "national": 1, "local": 2}


@dataclass(frozen=True, slots=True)
class Matrix:
    """One version of a matrix.

    Attributes:
        layer: ``built_in``, ``national`` or ``local``; ``region``: of a local one.
        starts, ends: T's between which it is in force; "" and None without bound.
        entry: of the statement that adopted it; None: nobody did.
    """

    version: str
    layer: str
    region: str | None
    starts: str
    ends: str | None
    entry: int | None
    rows: Mapping[str, Mapping[str, Any]]

    def holds(self, at: str, region: str | None) -> bool:
        """Whether it is in force at a T for a department of *region*."""
        timely = self.starts <= at and (self.ends is None or at < self.ends)
        return timely and (self.layer != "local" or _covers(self.region, region))

    @property
    def members(self) -> dict[str, Any]:
        """The matrix as it is cited."""
        adopted = self.entry is not None
        found = {"adopted": adopted, "entry": self.entry, "version": self.version}
        return {name: value for name, value in found.items() if value is not None}


def adopted(said: Said) -> Matrix:
    """Return the matrix that a ``matrix.adopted`` adopts."""
    data = said.data
    rows = {row["defect"]: row for row in data["rows"]}
    effective = data["effective"]
    return Matrix(
        data["version"], data["layer"], data.get("region"),
        max(effective["from"], said.recorded_at), effective.get("to"), said.index, rows,
    )  # fmt: skip


def row_of(
    matrices: Iterable[Matrix], defect: str, at: str, region: str | None
) -> tuple[Matrix, Mapping[str, Any]] | None:
    """Return the row that holds for a defect at a T, and the matrix that has it."""
    having = [one for one in matrices if defect in one.rows and one.holds(at, region)]
    if not having:
        return None
    best = max(having, key=lambda one: (_LAYERS[one.layer], one.starts, one.entry or -1))
    return best, best.rows[defect]


def _covers(outer: str | None, inner: str | None) -> bool:
    """Whether a division is another, or its city, or its province."""
    if outer is None or inner is None:
        return False
    return outer in (inner, f"{inner[:4]}00", f"{inner[:2]}0000")
