"""What the rules found and what is owed, kept a moment behind the log.

One fold in the order of entries (``ledger.supervision.supervisor``): what a run of
statements will ask for is read in bulk before, what it changed is written in bulk
after. What is removed is as if it had never been said: then all of it is dropped and
replayed without, for what a rule remembers of one statement may stand anywhere.
"""

from collections.abc import Callable, Collection, Iterable, Iterator

import orjson
import sqlalchemy as sa

from ledger.projections.saying import SUCCESSION, Sayer, row_of, said_in
from ledger.projections.span import Span
from ledger.sharing.machine import Body
from ledger.store.projection_rows import ProjectionRows
from ledger.store.supervision_rows import FindingRow, ObligationRow, SupervisionRows
from ledger.store.thing_rows import SuccessionRow
from ledger.supervision.instruments import Instruments
from ledger.supervision.rules import RULES
from ledger.supervision.scene import spoken_of
from ledger.supervision.supervisor import INSTRUMENTS, Supervisor

SUCCESSIONS = "successions"  # the name under which those that were told are kept
FINDING, OBLIGATION = "finding/", "obligation/"  # what names of those begin with


class Supervision:
    """Rows of ``watched``, ``findings`` and ``obligations``."""

    name = "supervision.v2"
    reads_statements = True

    def __init__(
        self, rows: SupervisionRows, positions: ProjectionRows, built_in: Instruments
    ) -> None:
        self._rows, self._positions, self._built_in = rows, positions, built_in

    def write(self, connection: sa.Connection, span: Span) -> None:
        held = _Held(connection, self._rows, span.start)
        known = held.get(SUCCESSIONS) or {"rows": []}
        sayer = Sayer(SuccessionRow(*row) for row in known["rows"])
        said = [spoken_of(one) for one in said_in(span, sayer)]
        supervisor = Supervisor(held, RULES, self._built_in)
        held.know_absent([f"open/statement/{one.digest}" for one in said])
        held.fetch({name for one in said for name in supervisor.names(one)})
        held.fetch_listed()
        for one in said:
            if one.event["type"] == SUCCESSION:
                known["rows"].append(list(row_of(one)))
                held.put(SUCCESSIONS, known)
            supervisor.take(one, span.registry)
        held.write()

    def forget(self, connection: sa.Connection, index: int) -> None:
        self.drop(connection)
        self._positions.reset(connection, self.name)

    def drop(self, connection: sa.Connection) -> None:
        self._rows.clear(connection)


class _Bodies(dict[str, Body | None]):
    """Bodies by name; one that was not read ahead is read when it is asked for."""

    def __init__(self, read: Callable[[str], Body | None]) -> None:
        self._read = read

    def __missing__(self, name: str) -> Body | None:
        return self._read(name)


class _Held:
    """Bodies by name, of one transaction: read ahead, changed in place, written at the end.

    Attributes:
        get: returns the body under a name, or None; the dict's own, as it is asked for so often.
    """

    def __init__(self, connection: sa.Connection, rows: SupervisionRows, start: int) -> None:
        self._connection, self._rows, self._start = connection, rows, start
        self._bodies = _Bodies(self._read_one)
        self._changed: set[str] = set()
        self.get: Callable[[str], Body | None] = self._bodies.__getitem__
        self.fetch({SUCCESSIONS, INSTRUMENTS})

    def fetch(self, names: Collection[str]) -> None:
        """Read what is kept under *names*; what is not there is known not to be."""
        unknown = [name for name in names if name not in self._bodies]
        self._bodies.update(dict.fromkeys(unknown))
        for name, body in self._read(unknown):
            self._bodies[name] = orjson.loads(body)

    def know_absent(self, names: Iterable[str]) -> None:
        """Note what cannot be there: nothing was kept for a statement before it was logged."""
        for name in names:
            self._bodies.setdefault(name)

    def fetch_listed(self) -> None:
        """Read the obligations that the lists read so far name."""
        lists = [body for name, body in self._bodies.items() if name.startswith("open/")]
        refs = {ref for body in lists if body is not None for ref in body["refs"]}
        self.fetch({OBLIGATION + ref for ref in refs})

    def _read(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        found: list[str] = []
        owed: list[str] = []
        watched: list[str] = []
        for name in names:
            if name.startswith(FINDING):
                found.append(name[len(FINDING) :])
            elif name.startswith(OBLIGATION):
                owed.append(name[len(OBLIGATION) :])
            else:
                watched.append(name)
        for ref, body in self._rows.find_findings(self._connection, found):
            yield FINDING + ref, body
        for ref, body in self._rows.find_obligations(self._connection, owed):
            yield OBLIGATION + ref, body
        yield from self._rows.find_watched(self._connection, watched)

    def _read_one(self, name: str) -> Body | None:
        if _entry_of(name) >= self._start:
            return None  # named after an entry that is being taken in
        self.fetch({name})
        return self._bodies[name]

    def put(self, name: str, body: Body, /) -> None:
        self._bodies[name] = body
        self._changed.add(name)

    def write(self) -> None:
        """Write what was put, in the order of names."""
        watched: list[tuple[str, str]] = []
        findings: list[FindingRow] = []
        obligations: list[ObligationRow] = []
        for name in sorted(self._changed):
            body = self._bodies[name]
            if body is None:
                continue
            if name.startswith(FINDING):
                findings.append(_finding(body))
            elif name.startswith(OBLIGATION):
                obligations.append(_obligation(body))
            else:
                watched.append((name, _text(body)))
        self._rows.put_watched(self._connection, watched)
        self._rows.put_findings(self._connection, findings)
        self._rows.put_obligations(self._connection, obligations)


def _entry_of(name: str) -> int:
    """Return the entry in the name of a finding or an obligation; -1 where it has none."""
    if not name.startswith((FINDING, OBLIGATION)):
        return -1
    number = name.rpartition("/")[2].partition("-")[2].partition("-")[0]
    return int(number) if number.isascii() and number.isdigit() else -1


def _finding(body: Body) -> FindingRow:
    return FindingRow(
        body["ref"], body["rule"], body["entry"], body["place"], body["department"], body["state"],
        body["severity"], body["basis"], body["visible"], _text(body),
    )  # fmt: skip


def _obligation(body: Body) -> ObligationRow:
    due = next(step["due"] for step in reversed(body["life"]) if "due" in step)
    started = body["started"]["index"]
    return ObligationRow(
        body["ref"], body["kind"], body["department"], started, due, int(body["open"]), _text(body)
    )


def _text(body: Body) -> str:
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()
