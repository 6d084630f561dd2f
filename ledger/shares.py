"""Look things up through a sight: requests, grants and the rest, their states and histories.

A thing is there for whoever may see the statement that opened it, and is what the
statements make of it that he may see. Where some of it is hidden from him, or where
an earlier tree size is asked for, it is folded anew from the others: so neither its
state nor its history tells of what is hidden. An item that somebody sees because the
catalogue is made known to all is shown as the catalogue has it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from crypto.notation import format_time
from ledger.access.reader import as_party
from ledger.access.sight import Sight
from ledger.access.terms import catalogue_term
from ledger.errors import NotFound
from ledger.log.failures import telling_of_the_database
from ledger.parts import Parts
from ledger.projections.lists import STORED
from ledger.projections.saying import Reread, successions_of
from ledger.projections.things import folded, name_of
from ledger.share_openings import openings
from ledger.sharing.grants import retention_from, state_with_item
from ledger.sharing.machine import Body
from ledger.sharing.succession import Answerable, Succession, answerable
from ledger.sharing.touched import MACHINES
from ledger.shown import Asked, Shown
from ledger.store.engine import reading
from ledger.store.posting_rows import posting_rows
from ledger.store.supervision_rows import supervision_rows
from ledger.store.thing_rows import Seeing, StepRow, ThingRow, thing_rows
from ledger.supervision.use_state import feedback_ref, use_state

PAGE = 200  # things that are looked at together
# Kinds that are there for whoever sees any of the statements that may open one: what is in the
# making is hidden from most, and what is then issued is not.
_OPENED_VARIOUSLY = frozenset({"determination"})

_reads = telling_of_the_database(reading=True)


class Shares:
    """Looks things up in one open ledger."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._rows, self._terms = thing_rows(parts.engine), posting_rows(parts.engine)
        self._obligations = supervision_rows(parts.engine)
        self._reread = Reread(parts.engine, parts.rows)

    def now(self) -> str:
        """The T of this moment, for what follows from time alone."""
        return format_time(self._parts.clock())

    def size(self) -> int:
        """Entries that the stored bodies have taken in."""
        return self._parts.runner.size(STORED)

    @_reads
    def listed(self, sight: Sight, asked: Asked, after: int | None, limit: int) -> list[Shown]:
        """Up to *limit* things opened below *after*, newest first."""
        found: list[Shown] = []
        with reading(self._parts.projection_engine) as connection:
            looking = _Looking(self, connection, sight, asked.as_of, asked.at)
            sifted = asked.state is not None or bool(asked.stored) or asked.never_shared
            for shown in looking.all(asked, after, PAGE if sifted else min(limit, PAGE)):
                found.append(shown)
                if len(found) == limit:
                    break
        return found

    @_reads
    def one(self, sight: Sight, kind: str, ref: str, as_of: int, at: str) -> Shown:
        """Return one thing; raise NotFound, whether it is hidden or is not there."""
        with reading(self._parts.projection_engine) as connection:
            looking = _Looking(self, connection, sight, as_of, at)
            row = self._rows.find(connection, [name_of(kind, ref)]).get(name_of(kind, ref))
            if row is None or not looking.opens(row):
                raise _nothing()
            return looking.shown(row)

    @_reads
    def steps(self, shown: Shown, as_of: int, start: int, limit: int) -> list[StepRow]:
        """Up to *limit* steps of a thing's history from entry *start* on, as it was shown."""
        if shown.steps is not None:
            return [step for step in shown.steps if step.entry >= start][:limit]
        thing = name_of(shown.kind, shown.ref)
        with reading(self._parts.projection_engine) as connection:
            return self._rows.steps(connection, thing, start, as_of, Seeing(None, ()), limit)

    @_reads
    def islands(self, sight: Sight, as_of: int) -> list[str]:
        """Departments that nothing was exchanged with, by what is seen."""
        with reading(self._parts.projection_engine) as connection:
            seeing = self.seeing(connection, sight)
            exchanging = self._rows.exchanging(connection, as_of, seeing)
        registry = self._parts.judge.registry
        return [
            one.department
            for one in registry.departments(as_of)
            if one.department not in exchanging
        ]

    def successions(
        self, connection: sa.Connection, seeing: Seeing, as_of: int
    ) -> tuple[Succession, ...]:
        """Return the successions below *as_of* that are seen, in order."""
        return successions_of(
            row
            for row in self._rows.successions(connection)
            if row.entry < as_of and self._rows.sees(connection, row.entry, seeing)
        )

    def seeing(self, connection: sa.Connection, sight: Sight) -> Seeing:
        """Return the numbers of the terms of a sight."""
        names = {*(sight.any_of or ()), *sight.none_of}
        known = self._terms.find_terms(connection, names)
        any_of = None if sight.any_of is None else _numbers(known, sight.any_of)
        return Seeing(any_of, _numbers(known, sight.none_of))


class _Looking:
    """One look at the tables: what it finds belongs to one moment and one sight."""

    def __init__(
        self, shares: Shares, connection: sa.Connection, sight: Sight, as_of: int, at: str
    ) -> None:
        self._shares = shares
        self._rows, self._terms, self._reread = shares._rows, shares._terms, shares._reread
        self._connection, self._sight = connection, sight
        self._seeing = shares.seeing(connection, sight)
        self._as_party = shares.seeing(connection, as_party(sight))
        self._as_of, self._at = as_of, at
        # What is stored is what is shown, but for what follows from time.
        everything = sight.any_of is None and not sight.none_of
        self._sees_all = everything and as_of >= shares.size()
        self._others: dict[str, Body | None] = {}
        self._seen: dict[tuple[int, Seeing], bool] = {}  # whether entries are
        self._catalogued: dict[str, list[StepRow]] = {}  # what the catalogue has of items
        self._owed: dict[str, Body | None] = {}
        self._obligations = shares._obligations

    def all(self, asked: Asked, after: int | None, page: int) -> Iterator[Shown]:
        """Yield what is asked for, newest first, looking at *page* rows at a time."""
        below = asked.as_of if after is None else min(after, asked.as_of)
        while True:
            rows = self._page(asked, below, page)
            self._fetch_others([row for _, row in rows])
            for opened, row in rows:
                shown = self.shown(row)
                here = shown.body["opened"] == opened and asked.state in (None, shown.state)
                if here and not self._passed_over(asked, shown):
                    yield shown
            if len(rows) < page:
                return
            below = rows[-1][0]

    def _page(self, asked: Asked, below: int, page: int) -> list[tuple[int, ThingRow]]:
        """Things that may be listed, each with the entry that opens it, newest first."""
        if asked.kind in _OPENED_VARIOUSLY:
            return self._rows.opening(
                self._connection, asked.kind, self._types(asked.kind), below, self._seeing, page
            )
        seeing = self._as_party if asked.never_shared else self._seeing
        stored = asked.stored if self._sees_all else ()
        wanted = None
        if asked.item is None:  # few things are of one item
            wanted = openings(
                self._terms, self._connection, asked.kind, asked.department, seeing, below
            )
        if wanted is not None:
            rows = self._rows.opened_by(
                self._connection, asked.kind, wanted, page, asked.department, stored
            )
        else:
            rows = self._rows.opened(
                self._connection, asked.kind, below, seeing, page,
                asked.department, asked.item, stored,
            )  # fmt: skip
        return [(row.opened, row) for row in rows if row.opened is not None]

    def _types(self, kind: str) -> tuple[int, ...]:
        """Numbers of the terms of the types that open a kind."""
        names = {f"type/{name}" for name in MACHINES[kind].opened_by}
        return _numbers(self._terms.find_terms(self._connection, names), frozenset(names))

    def _passed_over(self, asked: Asked, shown: Shown) -> bool:
        body = shown.body
        if asked.kind in _OPENED_VARIOUSLY and not _is_of(asked, body):
            return True
        if asked.stored and body["state"] not in asked.stored:
            return True
        return asked.never_shared and self._rows.shared(
            self._connection, shown.ref, self._as_of, self._seeing
        )

    def opens(self, row: ThingRow) -> bool:
        """Whether a statement that opened a thing is there and is seen."""
        if row.opened is None:
            return False
        if row.opened < self._as_of and self._sees_opening(row):
            return True
        return row.kind in _OPENED_VARIOUSLY and self._body(row)[0]["opened"] is not None

    def _sees_opening(self, row: ThingRow) -> bool:
        return self._sees_all_of(row) or self._sees(row.opened or 0)

    def shown(self, row: ThingRow) -> Shown:
        body, steps = self._body(row)
        ref = body["ref"]
        kept = retention_from(body, self._at) if row.kind == "grant" else None
        state, answering = self._state(row.kind, body), self._answering(body)
        return Shown(row.kind, ref, state, body, answering, kept, steps)

    def _answering(self, body: Body) -> dict[str, Answerable]:
        code = body.get("matter_code")
        found = {
            side: answerable(self._successions, side, code, self._at)
            for side in (body["owner"], body["counterparty"])
            if side is not None and self._successions
        }
        return {side: one for side, one in found.items() if one.department != side}

    @cached_property
    def _successions(self) -> tuple[Succession, ...]:
        return self._shares.successions(self._connection, self._seeing, self._as_of)

    def _body(self, row: ThingRow) -> tuple[Body, tuple[StepRow, ...] | None]:
        if self._is_catalogued(row):
            return self._as_catalogued(row)
        if row.last < self._as_of and not self._hides_any(row):
            return json.loads(row.body), None
        steps = self._rows.steps(
            self._connection, row.thing, 0, self._as_of, self._seeing, row.last + 1
        )
        return self._folded(row, [step.entry for step in steps])

    def _folded(self, row: ThingRow, entries: Sequence[int]) -> tuple[Body, tuple[StepRow, ...]]:
        said = self._reread.said(entries, self._rows.successions(self._connection))
        body, history = folded(row.thing, said, None)
        return body, tuple(
            StepRow(row.thing, step.index, step.state, step.reason) for step in history
        )

    def _is_catalogued(self, row: ThingRow) -> bool:
        """Whether a thing is an item that is seen in the catalogue alone."""
        if row.kind != "item" or self._as_party == self._seeing or self._sees_all_of(row):
            return False
        return not self._sees(row.opened or 0, self._as_party)

    def _as_catalogued(self, row: ThingRow) -> tuple[Body, tuple[StepRow, ...]]:
        """Return an item as the catalogue's statements make it: no other changes it."""
        if row.thing not in self._catalogued:
            self._read_catalogue([row.thing])
        steps = self._catalogued[row.thing]
        known = [step.entry for step in steps if step.entry < self._as_of]
        if len(known) < len(steps):
            return self._folded(row, known)
        unfit = sum(step.reason is not None for step in steps)
        return json.loads(row.body) | {"last": known[-1], "unfit": unfit}, tuple(steps)

    def _hides_any(self, row: ThingRow) -> bool:
        if self._sees_all_of(row):
            return False
        return self._rows.hides_any(self._connection, row.thing, self._as_of, self._seeing)

    def _sees_all_of(self, row: ThingRow) -> bool:
        """Whether a term of the sight opens all that was said of a thing; else one has to look."""
        sight = self._sight
        if sight.none_of:
            return False
        return sight.any_of is None or not sight.any_of.isdisjoint(row.seen_by.split())

    def _state(self, kind: str, body: Body) -> str:
        if kind == "grant":
            return state_with_item(body, self._at, self._other("item", body["item"]))
        if kind == "use":
            return self._use_state(body)
        return MACHINES[kind].state_at(body, self._at)

    def _use_state(self, use: Body) -> str:
        ref = feedback_ref(use)
        self._fetch_owed([ref])
        owed = self._owed[ref]
        hidden: set[int] = set()
        if owed is not None and not self._sees_all:
            entries = {step["index"] for step in owed["life"]}
            hidden = {one for one in entries if not self._sees(one)}
        return use_state(use, owed, self._at, self._as_of, hidden)

    def _sees(self, entry: int, seeing: Seeing | None = None) -> bool:
        self._look_at([entry], seeing)
        return self._seen[entry, seeing or self._seeing]

    def _look_at(self, entries: Sequence[int], seeing: Seeing | None = None) -> None:
        """Ask at once whether entries are seen."""
        asked = seeing or self._seeing
        unknown = {entry for entry in entries if (entry, asked) not in self._seen}
        if unknown:
            seen = self._rows.seen_among(self._connection, unknown, asked)
            self._seen |= {(entry, asked): entry in seen for entry in unknown}

    def _prepare(self, rows: Sequence[ThingRow]) -> None:
        """Read at once by what things are seen, and what the catalogue has of items."""
        partly = [row for row in rows if row.opened is not None and not self._sees_all_of(row)]
        self._look_at([row.opened or 0 for row in partly])
        items = [row for row in partly if row.kind == "item"]
        if self._as_party != self._seeing:
            self._look_at([row.opened or 0 for row in items], self._as_party)
        self._read_catalogue([row.thing for row in items if self._is_catalogued(row)])

    def _read_catalogue(self, things: Sequence[str]) -> None:
        """Keep the steps of items that the catalogue's statements are."""
        names = {catalogue_term(thing.partition("/")[2]): thing for thing in things}
        known = self._terms.find_terms(self._connection, names)
        of_terms = self._terms.entries_of(self._connection, [row.id for row in known.values()])
        entries = {names[name]: of_terms[row.id] for name, row in known.items()}
        steps = self._rows.steps_at(self._connection, entries)
        self._catalogued |= {thing: steps.get(thing, []) for thing in things}

    def _fetch_owed(self, refs: Sequence[str]) -> None:
        """Read at once the obligations on which the states of uses hang."""
        unknown = [ref for ref in refs if ref not in self._owed]
        self._owed.update(dict.fromkeys(unknown))
        found = self._obligations.find_obligations(self._connection, unknown)
        self._owed |= {ref: json.loads(text) for ref, text in found}
        if not self._sees_all:
            owed = [one for ref in unknown if (one := self._owed[ref]) is not None]
            self._look_at([step["index"] for one in owed for step in one["life"]])

    def _other(self, kind: str, ref: str) -> Body | None:
        """Return another thing on which a state hangs, as it is seen."""
        name = name_of(kind, ref)
        self._fetch([name])
        return self._others[name]

    def _fetch_others(self, rows: Sequence[ThingRow]) -> None:
        """Read at once the items on which states of grants hang, and what is owed of uses."""
        items = [name_of("item", row.item) for row in rows if row.kind == "grant" and row.item]
        bodies = [json.loads(row.body) for row in rows if row.kind == "use"]
        self._prepare(rows)
        self._fetch(items)
        self._fetch_owed([feedback_ref(one) for one in bodies])

    def _fetch(self, names: Sequence[str]) -> None:
        unknown = {name for name in names if name not in self._others}
        found = self._rows.find(self._connection, unknown) if unknown else {}
        self._prepare(list(found.values()))
        for name in unknown:
            row = found.get(name)
            seen = row is not None and self.opens(row)
            self._others[name] = self._body(row)[0] if row is not None and seen else None


def _is_of(asked: Asked, body: Body) -> bool:
    """Whether a thing is of the department and about the item that are asked for."""
    sides = (body["owner"], body["counterparty"], *body["concerned"])
    return asked.department in (None, *sides) and asked.item in (None, body.get("item"))


def _numbers(known: Mapping[str, Any], names: Sequence[str] | frozenset[str]) -> tuple[int, ...]:
    return tuple(sorted(known[name].id for name in names if name in known))


def _nothing() -> NotFound:
    return NotFound(
        "there is nothing of this name that you may read: check <department>/<id>",
        "没有您可以查阅的此项内容：请核对“部门/编号”",
    )
