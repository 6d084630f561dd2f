"""What supervision keeps, while a span is taken in: read in bulk, changed in place, then told.

A row of ``watched`` holds one memory, or a thing: its body, what rules note with it and
the list of what is open about it, which are asked for together. The fold asks for each
by a name of its own.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import msgspec
import orjson
import sqlalchemy as sa

from ledger.sharing.machine import Body
from ledger.sharing.touched import MACHINES
from ledger.store.supervision_rows import FindingRow, ObligationRow, SupervisionRows
from ledger.supervision.obligation import due_of
from ledger.supervision.scene import NOTES

_FINDING, _OBLIGATION, _OPEN = "finding", "obligation", "open"


class Changed(msgspec.Struct, array_like=True, gc=False):
    """Rows that are new or take the place of others, each kind in the order of its key."""

    watched: list[tuple[str, str]]
    findings: list[FindingRow]
    obligations: list[ObligationRow]


class Held:
    """Bodies by name.

    Args:
        start: the first entry that is taken in: nothing that is named after it was kept before.
        newer: texts of rows by name, which go before what the tables have.

    Attributes:
        get: returns the body under a name, or None; the dict's own, as it is asked for so often.
        found: names of the rows that were there.
    """

    def __init__(
        self,
        connection: sa.Connection,
        rows: SupervisionRows,
        start: int,
        newer: Mapping[str, str],
    ) -> None:
        self._connection, self._rows, self._start = connection, rows, start
        self._newer = newer
        self._bodies = _Bodies(self._read_one)
        self._changed: set[str] = set()
        self.found: set[str] = set()
        self.get: Callable[[str], Body | None] = self._bodies.__getitem__

    def close(self) -> None:
        """Let go of every body at once, which else hold each other until garbage is collected."""
        self._bodies.clear()
        del self._bodies, self.get

    # Reading

    def fetch(self, names: Iterable[str]) -> None:
        """Read what is kept under *names*; what is not there is known not to be."""
        bodies = self._bodies
        unknown = {row for row in map(_row_of, names) if row not in bodies}
        bodies.update(dict.fromkeys(unknown))
        for name, text in self._read(unknown):
            self.found.add(name)
            body = orjson.loads(text)
            if name.partition("/")[0] in MACHINES:
                self._know_thing(name, body)
            else:
                bodies[name] = body

    def _know_thing(self, name: str, row: Body) -> None:
        body = self._bodies[name] = row.get("body")
        if body is not None and "notes" in row:
            body[NOTES] = row["notes"]
        if "open" in row:
            self._bodies[f"open/{name}"] = {"refs": row["open"]}

    def know_absent(self, names: Iterable[str]) -> None:
        """Note what cannot be there: nothing was kept for a statement before it was logged."""
        for name in names:
            self._bodies.setdefault(name)

    def fetch_listed(self) -> None:
        """Read the obligations that the lists read so far name."""
        lists = [body for name, body in self._bodies.items() if name.startswith("open/")]
        refs = {ref for body in lists if body is not None for ref in body["refs"]}
        self.fetch([f"obligation/{ref}" for ref in refs])

    def _read(self, names: Collection[str]) -> Iterator[tuple[str, str]]:
        newer = self._newer
        if newer:
            yield from ((name, newer[name]) for name in names if name in newer)
            names = [name for name in names if name not in newer]
        kinds = _Kinds(names)
        for ref, body in self._rows.find_findings(self._connection, kinds.refs(_FINDING)):
            yield f"finding/{ref}", body
        for ref, body in self._rows.find_obligations(self._connection, kinds.refs(_OBLIGATION)):
            yield f"obligation/{ref}", body
        yield from self._rows.find_watched(self._connection, kinds.watched())

    def _read_one(self, name: str) -> Body | None:
        row = _row_of(name)
        if row not in self._bodies:
            if _entry_of(name) >= self._start:
                return None  # named after an entry that is being taken in
            self.fetch((name,))
        return self._bodies.setdefault(name)

    def owed(self) -> list[Body]:
        """Return every obligation that is open, by ref."""
        self.fetch([name for name in self._newer if name.startswith("obligation/")])
        for ref, text in self._rows.open_obligations(self._connection):
            name = f"obligation/{ref}"
            if self._bodies.get(name) is None:
                self._bodies[name] = orjson.loads(text)
        owed = (
            self._bodies[name] for name in sorted(self._bodies) if name.startswith("obligation/")
        )
        return [body for body in owed if body is not None and body["open"]]

    # Changing

    def put(self, name: str, body: Body, /) -> None:
        self._bodies[name] = body
        self._changed.add(name)

    def changed(self) -> "tuple[Changed, dict[str, str]]":
        """Return the rows of what was put, in the order of names; and bodies of things as JSON.

        What rules note with things is no more to be asked for then.
        """
        kinds = _Kinds(self._changed)
        texts: dict[str, str] = {}
        watched = [(name, self._row_text(name, texts)) for name in kinds.watched()]
        raised = [_finding(body) for body in self._under(_FINDING, kinds)]
        owed = [_obligation(body) for body in self._under(_OBLIGATION, kinds)]
        return Changed(watched, raised, owed), texts

    def _under(self, kind: str, kinds: "_Kinds") -> Iterator[Body]:
        for ref in kinds.refs(kind):
            body = self._bodies[f"{kind}/{ref}"]
            if body is not None:
                yield body

    def _row_text(self, name: str, texts: dict[str, str]) -> str:
        """Return the text of a row of ``watched``; add a thing's body to *texts*."""
        body = self._bodies[name]
        if name.partition("/")[0] not in MACHINES:
            return _text(body or {})
        members = []  # of one JSON object, in the order of their names
        if body is not None:
            notes = body.pop(NOTES, None)
            text = texts[name] = _text(body)
            members.append(f'"body":{text}')
            if notes is not None:
                members.append(f'"notes":{_text(notes)}')
        listed = self._bodies.get(f"open/{name}")
        if listed is not None and listed["refs"]:
            members.append(f'"open":{_text(listed["refs"])}')
        return f"{{{','.join(members)}}}"


class _Bodies(dict[str, Body | None]):
    """Bodies by name; one that was not read ahead is read when it is asked for."""

    def __init__(self, read: Callable[[str], Body | None]) -> None:
        self._read = read

    def __missing__(self, name: str) -> Body | None:
        return self._read(name)


class _Kinds:
    """The rows in which names are kept, apart by table and in order."""

    def __init__(self, names: Iterable[str]) -> None:
        self._watched: set[str] = set()
        self._refs: dict[str, set[str]] = {_FINDING: set(), _OBLIGATION: set()}
        for name in names:
            kind, _, ref = name.partition("/")
            if kind in self._refs:
                self._refs[kind].add(ref)
            elif kind == _OPEN and ref.partition("/")[0] in MACHINES:
                self._watched.add(ref)  # as `_row_of`, which would take each name apart again
            else:
                self._watched.add(name)

    def refs(self, kind: str) -> list[str]:
        return sorted(self._refs[kind])

    def watched(self) -> list[str]:
        return sorted(self._watched)


def _row_of(name: str) -> str:
    """Return the name of the row in which something is kept: lists of a thing are kept with it."""
    kind, _, rest = name.partition("/")
    return rest if kind == _OPEN and rest.partition("/")[0] in MACHINES else name


def _entry_of(name: str) -> int:
    """Return the entry in the name of a finding or an obligation; -1 where it has none."""
    kind, _, ref = name.partition("/")
    if kind not in (_FINDING, _OBLIGATION):
        return -1
    number = ref.rpartition("/")[2].partition("-")[2].partition("-")[0]
    return int(number) if number.isascii() and number.isdigit() else -1


def _finding(body: Body) -> FindingRow:
    return FindingRow(
        body["ref"], body["rule"], body["entry"], body["place"], body["department"], body["state"],
        body["severity"], body["basis"], body["visible"], _text(body),
    )  # fmt: skip


def _obligation(body: Body) -> ObligationRow:
    due, started = due_of(body), body["started"]["index"]
    return ObligationRow(
        body["ref"], body["kind"], body["department"], started, due, int(body["open"]), _text(body)
    )


def _text(body: Body | list[str]) -> str:
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()
