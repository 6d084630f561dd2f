"""What the rules found and what is owed, kept a moment behind the log.

One fold in the order of entries (``ledger.supervision.supervisor``): what a run of
statements will ask for is read in bulk before, what it changed is written in bulk
after. What is removed is as if it had never been said: then all of it is dropped and
replayed without, for what a rule remembers of one statement may stand anywhere.
"""

import sqlalchemy as sa

from ledger.projections.ahead import Ahead
from ledger.projections.span import Span
from ledger.projections.spoken import share_folded
from ledger.projections.supervising import Made, make
from ledger.store.projection_rows import ProjectionRows
from ledger.store.supervision_rows import SupervisionRows
from ledger.supervision.instruments import Instruments


class Supervision:
    """Rows of ``watched``, ``findings`` and ``obligations``.

    Args:
        ahead: makes what is written, beside this process; None: all is made here.
    """

    name = "supervision.v5"
    reads_statements = True

    def __init__(
        self,
        rows: SupervisionRows,
        positions: ProjectionRows,
        built_in: Instruments,
        ahead: Ahead | None = None,
    ) -> None:
        self._rows, self._positions, self._built_in = rows, positions, built_in
        self._ahead = ahead

    def write(self, connection: sa.Connection, span: Span) -> None:
        made = self._made_ahead(span) or make(connection, self._rows, self._built_in, span)
        self._rows.put_watched(connection, made.changed.watched)
        self._rows.put_findings(connection, made.changed.findings)
        self._rows.put_obligations(connection, made.changed.obligations)
        share_folded(span, made.known, made.folded)

    def _made_ahead(self, span: Span) -> Made | None:
        made = None if self._ahead is None else self._ahead.take(span.start, span.stop)
        if self._ahead is not None and made is not None and made.read != list(span.events):
            self._ahead.forsake()  # something was removed since it was read
            return None
        return made

    def foresee(self, start: int, stop: int, further: int, size: int) -> None:
        """Say that ``start <= index < stop`` will be taken in now, and *further* after that."""
        if self._ahead is not None:
            self._ahead.foresee(start, stop, further, size)

    def close(self) -> None:
        """End the process that makes what is written, if there is one."""
        if self._ahead is not None:
            self._ahead.close()

    def forget(self, connection: sa.Connection, index: int) -> None:
        self.drop(connection)
        self._positions.reset(connection, self.name)

    def drop(self, connection: sa.Connection) -> None:
        self._rows.clear(connection)
