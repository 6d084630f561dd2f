"""A way into the log besides the index: by statement digest.

It follows from headers alone, which are public; a missing or wrong row here can
mislead a reader about where to look, never about what is proved.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from crypto.header import statement_of
from ledger.store.projection_rows import ProjectionRows
from ledger.store.tables import log_digests


class LogIndex:
    """Rows of ``log_digests``."""

    name = "log_index.v1"

    def write(
        self, connection: sa.Connection, rows: ProjectionRows, headers: Sequence[tuple[int, bytes]]
    ) -> None:
        rows.add_digests(connection, sorted((statement_of(raw), index) for index, raw in headers))

    def drop(self, connection: sa.Connection, rows: ProjectionRows) -> None:
        rows.clear(connection, log_digests)
