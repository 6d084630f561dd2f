"""A way into the log besides the index: by statement digest.

It follows from headers alone, which are public; a missing or wrong row here can
mislead a reader about where to look, never about what is proved.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from crypto.header import parse_header
from ledger.store.projection_rows import ProjectionRows
from ledger.store.tables import log_digests


class LogIndex:
    """Rows of ``log_digests``."""

    name = "log_index.v1"

    def write(
        self, connection: sa.Connection, rows: ProjectionRows, headers: Sequence[tuple[int, bytes]]
    ) -> None:
        parsed = [parse_header(raw) for _, raw in headers]
        rows.add_digests(connection, sorted((header.statement, header.index) for header in parsed))

    def drop(self, connection: sa.Connection, rows: ProjectionRows) -> None:
        rows.clear(connection, log_digests)
