"""What the rules found and what is owed, kept a moment behind the log.

One fold in the order of entries (``ledger.supervision.supervisor``): what a run of
statements will ask for is read in bulk before, what it changed is written in bulk
after. What is removed is as if it had never been said: then all of it is dropped and
replayed without, for what a rule remembers of one statement may stand anywhere.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from ledger.projections.held import Held
from ledger.projections.saying import SUCCESSION, row_of
from ledger.projections.span import Span
from ledger.projections.spoken import Folded, saying
from ledger.registry.state import Registry
from ledger.sharing.machine import Step
from ledger.store.projection_rows import ProjectionRows
from ledger.store.supervision_rows import SupervisionRows
from ledger.store.thing_rows import SuccessionRow
from ledger.supervision.instruments import Instruments
from ledger.supervision.rules import RULES
from ledger.supervision.scene import Spoken
from ledger.supervision.supervisor import INSTRUMENTS, Supervisor

SUCCESSIONS = "successions"  # the name under which those that were told are kept
_OF_STATEMENTS = ("statement", "ended")  # lists that are named after a statement


class Supervision:
    """Rows of ``watched``, ``findings`` and ``obligations``."""

    name = "supervision.v4"
    reads_statements = True

    def __init__(
        self, rows: SupervisionRows, positions: ProjectionRows, built_in: Instruments
    ) -> None:
        self._rows, self._positions, self._built_in = rows, positions, built_in

    def write(self, connection: sa.Connection, span: Span) -> None:
        held = Held(connection, self._rows, span.start)
        try:
            self._take_in(held, span)
        finally:
            held.close()

    def _take_in(self, held: Held, span: Span) -> None:
        held.fetch((SUCCESSIONS, INSTRUMENTS))
        known = held.get(SUCCESSIONS) or {"rows": []}
        told = saying(span, [SuccessionRow(*row) for row in known["rows"]])
        for one in told.said:
            if one.event["type"] == SUCCESSION:
                known["rows"].append(list(row_of(one)))
                held.put(SUCCESSIONS, known)
        steps = self._supervise(held, told.said, span.registry)
        texts = held.write()
        for name, taken in steps.items():
            body, new = held.get(name), name not in held.found
            if body is not None:
                told.folded[name] = Folded(body, texts[name], taken, new)

    def _supervise(
        self, held: Held, said: Sequence[Spoken], registry: Registry
    ) -> dict[str, list[Step]]:
        """Take statements in; return what they did to things, by name."""
        supervisor = Supervisor(held, RULES, self._built_in)
        held.know_absent(f"open/{of}/{one.digest}" for one in said for of in _OF_STATEMENTS)
        held.fetch({name for one in said for name in supervisor.names(one)})
        held.fetch_listed()
        steps: dict[str, list[Step]] = {}
        for one in said:
            taken = supervisor.take(one, registry)
            for (_, name), step in zip(one.touched, taken.steps.values(), strict=True):
                steps.setdefault(name, []).append(step)
        return steps

    def forget(self, connection: sa.Connection, index: int) -> None:
        self.drop(connection)
        self._positions.reset(connection, self.name)

    def drop(self, connection: sa.Connection) -> None:
        self._rows.clear(connection)
