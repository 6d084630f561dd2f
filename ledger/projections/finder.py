"""Find a statement by its digest, whether or not the projection has seen it yet."""

import sqlalchemy as sa

from crypto.header import parse_header
from crypto.statement import read_statement
from ledger.projections.log_index import LogIndex
from ledger.store.engine import reading
from ledger.store.log_rows import LogRows
from ledger.store.projection_rows import ProjectionRows
from ledger.store.removal_rows import is_blank, source_of_index

SPAN = 2_000


class DigestFinder:
    """Looks in the projection, then through the headers behind it, newest last."""

    def __init__(
        self,
        engine: sa.Engine,
        projection_engine: sa.Engine,
        rows: LogRows,
        projection_rows: ProjectionRows,
    ) -> None:
        self._engine, self._projection_engine = engine, projection_engine
        self._rows, self._projection_rows = rows, projection_rows

    def index_of(self, digest: bytes) -> int | None:
        """Index of the entry that holds the statement of this digest, or None."""
        with reading(self._projection_engine) as connection:
            index = self._projection_rows.index_of_digest(connection, digest)
            start = self._projection_rows.position(connection, LogIndex.name)
        if index is not None:
            return index
        return self._search_tail(digest, start)

    def _search_tail(self, digest: bytes, start: int) -> int | None:
        with reading(self._engine) as connection:
            head = self._rows.read_head(connection)
            for low in range(start, head.size if head else 0, SPAN):
                for index, raw in self._rows.header_rows(connection, low, low + SPAN):
                    if parse_header(raw).statement == digest:
                        return index
        return None

    def source_of(self, digest: str, /) -> str | None:
        """Department that spoke the statement of this hex digest, or None."""
        index = self.index_of(bytes.fromhex(digest))
        if index is None:
            return None
        with reading(self._engine) as connection:
            envelope = self._rows.envelope(connection, index)
            if envelope is None or is_blank(envelope):
                return source_of_index(connection, index)
        return read_statement(envelope).source
