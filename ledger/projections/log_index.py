"""A way into the log besides the index: by statement digest.

It follows from headers alone, which are public; a missing or wrong row here can
mislead a reader about where to look, never about what is proved.
"""

import sqlalchemy as sa

from crypto.header import statement_of
from ledger.projections.span import Span
from ledger.store.projection_rows import ProjectionRows
from ledger.store.tables import log_digests


class LogIndex:
    """Rows of ``log_digests``."""

    name = "log_index.v1"
    reads_statements = False

    def __init__(self, rows: ProjectionRows) -> None:
        self._rows = rows

    def write(self, connection: sa.Connection, span: Span) -> None:
        digests = ((statement_of(raw), index) for index, raw in span.headers)
        self._rows.add_digests(connection, sorted(digests))

    def forget(self, connection: sa.Connection, index: int) -> None:
        """A digest stays known when its statement is gone (spec 3)."""

    def drop(self, connection: sa.Connection) -> None:
        self._rows.clear(connection, log_digests)
