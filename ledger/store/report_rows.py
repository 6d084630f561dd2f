"""Reads what a report on a period counts: entries by a term, findings, obligations, in bulk."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from ledger.store.supervision_rows import FindingRow, ObligationRow
from ledger.store.tables import findings, obligations, postings

AT_ONCE = 1_000  # rows that are held


class ReportRows:
    """The queries; every one reads, and yields as it reads."""

    def entries_of(
        self, connection: sa.Connection, term: int, low: int, high: int
    ) -> Iterator[int]:
        """Yield the entries ``low <= index < high`` that have a term, oldest first."""
        column = postings.c["index"]
        query = sa.select(column).where(postings.c.term == term, column >= low, column < high)
        yield from connection.execution_options(yield_per=AT_ONCE).scalars(query.order_by(column))

    def raised(self, connection: sa.Connection, low: int, high: int) -> Iterator[FindingRow]:
        """Yield the findings that those entries raised, oldest first."""
        column = findings.c
        query = sa.select(findings).where(column.entry >= low, column.entry < high)
        for row in _streamed(connection, query.order_by(column.place)):
            yield FindingRow(*row)

    def due(
        self, connection: sa.Connection, since: str, until: str, below: int | None
    ) -> Iterator[ObligationRow]:
        """Yield what is due at a T ``since <= T < until``, by the entry that started it.

        Args:
            below: a tree size before the newest, when other dates may have held: then all that
                entries below it started; None: the newest.
        """
        column = obligations.c
        query = sa.select(obligations)
        if below is None:
            query = query.where(column.due >= since, column.due < until)
        else:
            query = query.where(column.entry < below)
        for row in _streamed(connection, query.order_by(column.entry, column.ref)):
            yield ObligationRow(*row)


def _streamed(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[tuple[Any, ...]]:
    yield from map(tuple, connection.execution_options(yield_per=AT_ONCE).execute(query))
