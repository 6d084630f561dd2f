"""A matrix of responsibility as value, and which row of which holds for a defect.

The one that ships has nobody's force: it tells roles, and never a name. An authority's
holds for acts from its effective date on, in its region; a local row goes before a
national one unless it is laxer, and where an adopted matrix has no row, the one that
ships tells roles.

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
    known = list(matrices)
    aside = set_aside(known, defect, at, region)
    having = [one for one in _having(known, defect, at, region) if one not in aside]
    best = max(having, key=_rank, default=None)
    return None if best is None else (best, best.rows[defect])


def set_aside(matrices: Iterable[Matrix], defect: str, at: str, region: str | None) -> list[Matrix]:
    """Return the local matrices whose row is laxer than the national one in force.

    They hold for nothing in that row.

    SPEC: decree 809, article 23, as domain 0A reads it: local rules may only be stricter.
    """
    having = _having(matrices, defect, at, region)
    national = max((one for one in having if one.layer == "national"), key=_rank, default=None)
    if national is None:
        return []
    return [
        one
        for one in having
        if one.layer == "local" and _is_laxer(one.rows[defect], national.rows[defect])
    ]


def _having(matrices: Iterable[Matrix], defect: str, at: str, region: str | None) -> list[Matrix]:
    return [one for one in matrices if defect in one.rows and one.holds(at, region)]


def _rank(matrix: Matrix) -> tuple[int, str, int]:
    return _LAYERS[matrix.layer], matrix.starts, -1 if matrix.entry is None else matrix.entry


def _is_laxer(row: Mapping[str, Any], than: Mapping[str, Any]) -> bool:
    """Whether a row lets off somebody whom the other has looked at, or looks at him later."""
    more_excuses = set(row.get("nobody_when", ())) - set(than.get("nobody_when", ()))
    kept = all(
        any(_keeps(one, role) for earlier in MARKS[: rank + 1] for one in row[earlier])
        for rank, mark in enumerate(MARKS)
        for role in than[mark]
    )
    return bool(more_excuses) or not kept


def _keeps(one: Mapping[str, Any], role: Mapping[str, Any]) -> bool:
    """Whether a role of one row stands for that of another: on no further condition."""
    same = (one["side"], one["role"]) == (role["side"], role["role"])
    return same and one.get("when") in (None, role.get("when"))


def _covers(outer: str | None, inner: str | None) -> bool:
    """Whether a division is another, or its city, or its province."""
    if outer is None or inner is None:
        return False
    return outer in (inner, f"{inner[:4]}00", f"{inner[:2]}0000")
