"""Read a ledger out of its own tables, for verification: header by header, as they lie there.

Nothing is believed of a row but its place. A row that is missing is given as
missing, so that the verifier names it; and so is a statement that is blank by
order: whether an entry explains it is for the verifier to find.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import sqlalchemy as sa

from ledger.store.engine import reading
from ledger.store.log_rows import LogRows
from ledger.store.removal_rows import ERASED, is_blank, removed_between
from ledger.verification.source import MISSING, Span

Watch = Callable[[sa.Connection, Span], None]

Missing = TypeVar("Missing", bytes, None)


class TableSource:
    """A ``Source`` over the log's tables.

    Args:
        engine, rows: the database and its queries.
        origin: of this ledger.
        size: how many entries there ought to be.
        published: the checkpoint note that stands for all of them, or None.
        watch: shown every span as it is read, on the connection that read it.
    """

    whole = True
    has_statements = True
    has_notes = True
    read_tile = None

    def __init__(
        self,
        engine: sa.Engine,
        rows: LogRows,
        origin: str,
        size: int,
        published: str | None,
        watch: Watch | None = None,
    ) -> None:
        self._engine, self._rows, self._watch = engine, rows, watch
        self.origin, self.size, self.published = origin, size, published

    def spans(self, start: int, stop: int, length: int) -> Iterator[Span]:
        """Give the entries of the range in order, at most *length* at a time."""
        for first in range(start, stop, length):
            with reading(self._engine) as connection:
                span = self._span(connection, first, min(first + length, stop))
                if self._watch is not None:
                    self._watch(connection, span)
            yield span

    def _span(self, connection: sa.Connection, start: int, stop: int) -> Span:
        headers = self._rows.header_rows(connection, start, stop)
        rows = self._rows.envelope_rows(connection, start, stop)
        envelopes: list[bytes | None] = _laid_out(rows, start, stop, None)
        for index, removed in removed_between(connection, start, stop).items():
            # What ought to be blank and is not is read on: it is no less a statement.
            if removed.kind == ERASED and is_blank(envelopes[index - start] or b""):
                envelopes[index - start] = None
        notes = self._rows.checkpoint_rows(connection, start, stop - start)
        return Span(
            start,
            _laid_out(headers, start, stop, MISSING),
            envelopes,
            [(size, note) for size, note in notes if size <= stop],
        )


def _laid_out(
    rows: Sequence[tuple[int, bytes]], start: int, stop: int, missing: Missing
) -> list[bytes | Missing]:
    """Return the values of *rows*, which ascend by index, one for each index of the range."""
    if len(rows) == stop - start:  # by their primary key, so each index is there
        return [value for _, value in rows]
    found = dict(rows)
    return [found.get(index, missing) for index in range(start, stop)]
