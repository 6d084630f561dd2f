"""For whom each department reads in the place of another, by the successions of one log.

A succession opens nothing to whom its own speaker's department gave by it, as with an
authorisation: that it was said is recorded, and others may say the same.
"""

import threading
from collections.abc import Sequence

from crypto.statement import read_statement
from ledger.access.inherited import Inherited
from ledger.access.terms import source_of
from ledger.parts import Parts
from ledger.projections.saying import successions_of
from ledger.sharing.succession import Succession, inherited
from ledger.store.engine import reading
from ledger.store.removal_rows import is_blank
from ledger.store.thing_rows import thing_rows


class Inheritance:
    """Asks the successions that are projected; what is asked again is kept."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._rows = thing_rows(parts.engine)
        self._keeping = threading.Lock()
        self._known: tuple[Succession, ...] = ()
        self._entries: tuple[int, ...] = ()  # those from which the above was made
        self._found: dict[tuple[str, int], Inherited] = {}

    def of(self, department: str, now: str) -> Inherited:
        """Return for whom *department* reads at the T *now*."""
        with reading(self._parts.projection_engine) as connection:
            rows = self._rows.successions(connection)
        with self._keeping:
            entries = tuple(row.entry for row in rows)
            if entries != self._entries:
                self._known = self._effective(successions_of(rows))
                self._entries, self._found = entries, {}
            started = sum(one.effective <= now for one in self._known)
            key = (department, started)
            if key not in self._found:
                self._found[key] = inherited(self._known, department, now)
            return self._found[key]

    def _effective(self, told: Sequence[Succession]) -> tuple[Succession, ...]:
        return tuple(one for one in told if not self._gives_himself(one))

    def _gives_himself(self, one: Succession) -> bool:
        with reading(self._parts.engine) as connection:
            envelope = self._parts.rows.envelope(connection, one.index)
        if envelope is None or is_blank(envelope):
            return True
        speaker = source_of(read_statement(envelope).event)
        return speaker in {*one.successors, one.abolished_by, *one.custody.values()}
