"""What each request, grant, use and so on has come to, kept a moment behind the log.

A run of entries is folded on from where the last one ended, and only the things
that it touches. What is removed is as if it had never been said: the things that it
touched are folded anew without it, from their beginning.
"""

from collections.abc import Iterable, Mapping, Sequence

import orjson
import sqlalchemy as sa

from ledger.access.terms import opening
from ledger.projections.saying import SUCCESSION, Reread, Sayer, row_of, said_in
from ledger.projections.span import Span
from ledger.projections.spoken import Folded, folded_as, folded_in, spoken_in
from ledger.sharing.machine import Body, Said, Step, fold, fold_on, fresh
from ledger.sharing.touched import MACHINES
from ledger.store.log_rows import LogRows
from ledger.store.thing_rows import StepValues, ThingRow, ThingRows
from ledger.supervision.scene import Spoken

BATCH = 1_000  # statements of one thing that are folded anew at a time

Heard = tuple[Said, frozenset[str]]  # what was said, and the terms that open it


class Things:
    """Rows of ``things``, ``thing_steps`` and ``successions``."""

    name = "things.v4"
    reads_statements = True

    def __init__(self, log_engine: sa.Engine, log_rows: LogRows, rows: ThingRows) -> None:
        self._rows = rows
        self._reread = Reread(log_engine, log_rows)

    def write(self, connection: sa.Connection, span: Span) -> None:
        known = self._rows.successions(connection)
        if any(event["type"] == SUCCESSION for event in span.events.values()):
            for one in spoken_in(span, known):
                if one.event["type"] == SUCCESSION:
                    self._rows.add_succession(connection, row_of(one))
        folded = folded_in(span, known)
        if folded is None:
            self._fold_on(connection, _heard(span, spoken_in(span, known)))
        else:
            self._take_over(connection, span, folded)

    def _take_over(
        self, connection: sa.Connection, span: Span, folded: Mapping[str, Folded]
    ) -> None:
        """Keep what the supervision that stands at the same entry has folded."""
        known = self._rows.find_seen_by(
            connection, [thing for thing, one in folded.items() if not one.new]
        )
        open_by = {index: opening(terms) for index, terms in span.terms.items()}
        things, steps = [], []
        for thing, one in folded.items():
            seen_by = _common(known.get(thing), [open_by[index] for index, _, _ in one.steps])
            things.append(_row(thing, one, seen_by))
            steps += [(thing, *step) for step in one.steps]
        self._put(connection, things, steps)

    def _fold_on(self, connection: sa.Connection, said: Mapping[str, Sequence[Heard]]) -> None:
        known = self._rows.find_kept(connection, said)
        things, steps = [], []
        for thing, heard in said.items():
            kind, _, ref = thing.partition("/")
            kept, seen = known.get(thing, (None, None))
            body = fresh(ref) if kept is None else orjson.loads(kept)
            history = fold_on(MACHINES[kind], body, [one for one, _ in heard])
            seen_by = _common(seen, [terms for _, terms in heard])
            text = orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()
            one = folded_as(thing, body, text, history, new=kept is None)
            things.append(_row(thing, one, seen_by))
            steps += [(thing, *step) for step in one.steps]
        self._put(connection, things, steps)

    def _put(
        self, connection: sa.Connection, things: list[ThingRow], steps: list[StepValues]
    ) -> None:
        things.sort()
        steps.sort()  # no two have the same thing and index
        self._rows.put(connection, things)
        self._rows.add_steps(connection, steps)

    def forget(self, connection: sa.Connection, index: int) -> None:
        if self._rows.remove_succession(connection, index):
            # Whoever answered in another's place from then on did not.
            again = self._rows.touched_from(connection, index)
        else:
            again = self._rows.touched_by(connection, index)
        for thing in again:
            self._fold_anew(connection, thing, index)

    def _fold_anew(self, connection: sa.Connection, thing: str, without: int) -> None:
        last = self._rows.find(connection, [thing])[thing].last
        indexes = self._rows.indexes(connection, thing, last + 1)
        sayer = Sayer(self._rows.successions(connection))
        self._rows.remove(connection, thing)
        kept = [index for index in indexes if index != without]
        for start in range(0, len(kept), BATCH):
            heard = [
                (one, opening(span.terms[one.index]))
                for span in self._reread.spans(kept[start : start + BATCH])
                for one in said_in(span, sayer)
            ]
            if heard:
                self._fold_on(connection, {thing: heard})

    def drop(self, connection: sa.Connection) -> None:
        self._rows.clear(connection)


def name_of(kind: str, ref: str) -> str:
    """Return what a thing is called here, ``grant/GA/G-1``."""
    return f"{kind}/{ref}"


def folded(thing: str, said: Iterable[Said], body: Body | None) -> tuple[Body, list[Step]]:
    """Fold what was said of a thing on from *body*."""
    kind, _, ref = thing.partition("/")
    return fold(MACHINES[kind], ref, said, body)


def _common(seen_by: str | None, terms: Sequence[frozenset[str]]) -> str:
    """Return the terms that all of these have, and all that was said before."""
    first = terms[0] if seen_by is None else frozenset(seen_by.split())
    return " ".join(sorted(first.intersection(*terms)))


def _row(thing: str, one: Folded, seen_by: str) -> ThingRow:
    return ThingRow(
        thing, one.kind, one.state, one.owner, one.counterparty, one.item, one.opened, one.last,
        one.due, seen_by, one.text,
    )  # fmt: skip


def _heard(span: Span, said: Iterable[Spoken]) -> dict[str, list[Heard]]:
    """Return by thing what was said of it."""
    found: dict[str, list[Heard]] = {}
    for one in said:
        heard = (one, opening(span.terms[one.index]))
        for _, name in one.touched:
            found.setdefault(name, []).append(heard)
    return found
