"""Rows of supervision: what it remembers, what the rules found, what is owed.

Nothing here knows a rule. Bodies are JSON text that is handed in and out.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import sqlalchemy as sa

from ledger.store.bulk import Bulk, bulk_of
from ledger.store.tables import findings, obligations, postings, watched
from ledger.store.thing_rows import Seeing, seen

PLACES = 1_000  # findings that one entry can raise
TOGETHER = 5_000  # entries that are asked for together


class FindingRow(NamedTuple):
    """One finding; the columns of ``findings`` in their order."""

    ref: str
    rule: str
    entry: int
    place: int
    department: str
    state: str
    severity: str
    basis: str
    visible: str
    body: str


class ObligationRow(NamedTuple):
    """One obligation; the columns of ``obligations`` in their order."""

    ref: str
    kind: str
    department: str
    entry: int
    due: str | None
    open: int
    body: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Which findings are asked for; None: whatever it is.

    Attributes:
        entry: that raised it; ``places``: among which its own is.
        own, by: those of other departments only where they are out of the state of being
            raised, or visible at the T *by*; None: all are shown.
        inherited, by_terms: departments whose findings are as the asker's own where the
            entry has one of these terms, by number.
    """

    rule: str | None = None
    department: str | None = None
    severity: str | None = None
    basis: str | None = None
    entry: int | None = None
    places: tuple[int, ...] | None = None
    own: str | None = None
    by: str | None = None
    inherited: tuple[str, ...] = ()
    by_terms: tuple[int, ...] = ()


class SupervisionRows:
    """The queries; *bulk* says those of many rows."""

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk

    # Writing

    def put_watched(self, connection: sa.Connection, rows: Sequence[tuple[str, str]]) -> None:
        self._bulk.insert(connection, watched, rows, _again(watched))

    def put_findings(self, connection: sa.Connection, rows: Sequence[FindingRow]) -> None:
        self._bulk.insert(connection, findings, rows, _again(findings))

    def put_obligations(self, connection: sa.Connection, rows: Sequence[ObligationRow]) -> None:
        self._bulk.insert(connection, obligations, rows, _again(obligations))

    def clear(self, connection: sa.Connection) -> None:
        for table in (watched, findings, obligations):
            connection.execute(sa.delete(table))

    # Reading

    def find_watched(
        self, connection: sa.Connection, names: Collection[str]
    ) -> Iterator[tuple[str, str]]:
        yield from self._find(connection, watched.c.name, names)

    def find_findings(
        self, connection: sa.Connection, refs: Collection[str]
    ) -> Iterator[tuple[str, str]]:
        yield from self._find(connection, findings.c.ref, refs)

    def find_obligations(
        self, connection: sa.Connection, refs: Collection[str]
    ) -> Iterator[tuple[str, str]]:
        yield from self._find(connection, obligations.c.ref, refs)

    def open_obligations(self, connection: sa.Connection) -> list[tuple[str, str]]:
        """Return ref and body of each that is neither met nor over, by ref."""
        column = obligations.c
        query = sa.select(column.ref, column.body).where(column.open == 1).order_by(column.ref)
        return [(ref, body) for ref, body in connection.execute(query)]

    def _find(
        self, connection: sa.Connection, key: sa.Column[str], names: Collection[str]
    ) -> Iterator[tuple[str, str]]:
        if names:
            rows = self._bulk.select(connection, f"{key.name}, body", key, names)
            yield from ((name, body) for name, body in rows)

    def raised(
        self,
        connection: sa.Connection,
        below: int,
        seeing: Seeing,
        asked: Filters,
        after: int | None,
        limit: int,
    ) -> list[FindingRow]:
        """Up to *limit* findings that seen entries below *below* raised, newest first.

        Args:
            after: place of the last that was read.
        """
        column = findings.c
        top = below * PLACES if after is None else min(after, below * PLACES)
        query = sa.select(findings).where(column.place < top, seen(column.entry, seeing))
        if asked.entry is not None:
            first = asked.entry * PLACES
            query = query.where(column.place >= first, column.place < first + PLACES)
        if asked.places is not None:
            query = query.where(column.place.in_(asked.places))
        for name in ("rule", "department", "severity", "basis"):
            value = getattr(asked, name)
            if value is not None:
                query = query.where(column[name] == value)
        if asked.by is not None:
            query = query.where(_shown(asked))
        found = connection.execute(query.order_by(column.place.desc()).limit(limit))
        return [FindingRow(*row) for row in found]

    def seen_entries(
        self, connection: sa.Connection, entries: Collection[int], seeing: Seeing
    ) -> set[int]:
        """Those of *entries* that are seen."""
        found = set(entries)
        if seeing.any_of is not None:
            found = self._having(connection, found, seeing.any_of)
        return found - self._having(connection, found, seeing.none_of)

    def _having(
        self, connection: sa.Connection, entries: Collection[int], numbers: Sequence[int]
    ) -> set[int]:
        """Those of *entries* that have one of these terms."""
        found: set[int] = set()
        column, waiting = postings.c, iter(entries if numbers else ())
        while some := tuple(islice(waiting, TOGETHER)):
            query = sa.select(column["index"]).where(column.term.in_(numbers))
            found.update(connection.scalars(query.where(column["index"].in_(some))))
        return found


def _shown(asked: Filters) -> sa.ColumnElement[bool]:
    """That a finding is the asker's own, or is shown above the department concerned."""
    column = findings.c
    inherited = sa.and_(
        column.department.in_(asked.inherited), seen(column.entry, Seeing(asked.by_terms, ()))
    )
    return sa.or_(
        column.department == (asked.own or ""),
        *([inherited] if asked.inherited else []),
        column.basis == "integrity",
        column.state != "raised",
        column.visible <= asked.by,
    )


def _again(table: sa.Table) -> str:
    """Return what puts a new row in the place of one that is there."""
    key = next(iter(table.primary_key)).name
    changed = [column.name for column in table.columns if not column.primary_key]
    changes = ", ".join(f"{name} = excluded.{name}" for name in changed)
    return f" ON CONFLICT ({key}) DO UPDATE SET {changes}"


def supervision_rows(engine: sa.Engine) -> SupervisionRows:
    """The queries in the words of this engine's database."""
    return SupervisionRows(bulk_of(engine))
