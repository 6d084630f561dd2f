"""What things have come to: rows of ``things``, ``thing_steps`` and ``successions``, in bulk.

Nothing here knows what a state means. A body is JSON text that is handed in and out.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import merge
from itertools import islice
from typing import NamedTuple

import sqlalchemy as sa

from ledger.store.bulk import Bulk, bulk_of
from ledger.store.posting_rows import PostingRows, Wanted
from ledger.store.tables import postings, successions, thing_steps, things

_ALL = ", ".join(column.name for column in things.columns)
_CHANGED = ", ".join(
    f"{column.name} = excluded.{column.name}" for column in things.columns if not column.primary_key
)

MOST = 2_000  # entries that are looked at together for what they opened


class ThingRow(NamedTuple):
    """One thing; the columns of ``things`` in their order."""

    thing: str
    kind: str
    state: str
    owner: str
    counterparty: str | None
    item: str | None
    opened: int | None
    last: int
    due: str | None
    seen_by: str
    body: str


class StepRow(NamedTuple):
    """That an entry touched a thing; *reason*: why it did not fit."""

    thing: str
    entry: int
    state: str
    reason: str | None


StepValues = tuple[str, int, str, str | None]  # those of a StepRow: four are made of each entry


class SuccessionRow(NamedTuple):
    """One succession; *data* is the JSON of what was said."""

    entry: int
    recorded_at: str
    data: str


class Seeing(NamedTuple):
    """Numbers of terms by which entries are seen: any of these (None: all), none of those."""

    any_of: tuple[int, ...] | None
    none_of: tuple[int, ...]


class ThingRows:
    """The queries; *bulk* says those of many rows."""

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk
        self._postings = PostingRows(bulk)

    # Writing

    def put(self, connection: sa.Connection, rows: Sequence[ThingRow]) -> None:
        """Insert things, or put new rows in the place of those that are there."""
        changing = f" ON CONFLICT (thing) DO UPDATE SET {_CHANGED}"
        self._bulk.insert(connection, things, rows, changing)

    def add_steps(self, connection: sa.Connection, rows: Sequence[StepValues]) -> None:
        self._bulk.insert(connection, thing_steps, rows)

    def add_succession(self, connection: sa.Connection, row: SuccessionRow) -> None:
        connection.execute(sa.insert(successions).values(tuple(row)))

    def remove_succession(self, connection: sa.Connection, index: int) -> bool:
        """Delete the succession of an entry; tell whether there was one."""
        gone = connection.execute(sa.delete(successions).where(successions.c["index"] == index))
        return gone.rowcount == 1

    def remove(self, connection: sa.Connection, thing: str) -> None:
        """Delete a thing and its steps."""
        connection.execute(sa.delete(things).where(things.c.thing == thing))
        connection.execute(sa.delete(thing_steps).where(thing_steps.c.thing == thing))

    def clear(self, connection: sa.Connection) -> None:
        for table in (things, thing_steps, successions):
            connection.execute(sa.delete(table))

    # Reading

    def find(self, connection: sa.Connection, names: Iterable[str]) -> dict[str, ThingRow]:
        """Those of *names* that anything was said of."""
        found = self._bulk.select(connection, _ALL, things.c.thing, sorted(set(names)))
        return {row[0]: ThingRow(*row) for row in found}

    def find_kept(
        self, connection: sa.Connection, names: Iterable[str]
    ) -> dict[str, tuple[str, str]]:
        """Body and ``seen_by`` of those of *names* that anything was said of."""
        asked = sorted(set(names))
        found = self._bulk.select(connection, "thing, body, seen_by", things.c.thing, asked)
        return {thing: (body, seen_by) for thing, body, seen_by in found}

    def find_seen_by(self, connection: sa.Connection, names: Iterable[str]) -> dict[str, str]:
        """``seen_by`` of those of *names* that anything was said of."""
        asked = sorted(set(names))
        return dict(self._bulk.select(connection, "thing, seen_by", things.c.thing, asked))

    def successions(self, connection: sa.Connection) -> list[SuccessionRow]:
        query = sa.select(successions).order_by(successions.c["index"])
        return [SuccessionRow(*row) for row in connection.execute(query)]

    def touched_by(self, connection: sa.Connection, index: int) -> list[str]:
        """The things that an entry touched. It reads every step: this is rarely asked."""
        query = sa.select(thing_steps.c.thing).where(thing_steps.c["index"] == index)
        return list(connection.scalars(query.order_by(thing_steps.c.thing)))

    def touched_from(self, connection: sa.Connection, index: int) -> list[str]:
        """The things that an entry from *index* on touched."""
        query = sa.select(things.c.thing).where(things.c.last >= index)
        return list(connection.scalars(query.order_by(things.c.thing)))

    def indexes(self, connection: sa.Connection, thing: str, below: int) -> list[int]:
        """The entries below *below* that touched a thing, ascending."""
        column = thing_steps.c["index"]
        query = sa.select(column).where(thing_steps.c.thing == thing, column < below)
        return list(connection.scalars(query.order_by(column)))

    def steps(
        self,
        connection: sa.Connection,
        thing: str,
        start: int,
        below: int,
        seeing: Seeing,
        limit: int,
    ) -> list[StepRow]:
        """Up to *limit* seen steps of a thing with ``start <= index < below``, oldest first."""
        column = thing_steps.c["index"]
        query = sa.select(thing_steps).where(thing_steps.c.thing == thing)
        query = query.where(column >= start, column < below, seen(column, seeing))
        found = connection.execute(query.order_by(column).limit(limit))
        return [StepRow(*row) for row in found]

    def steps_at(
        self, connection: sa.Connection, entries: Mapping[str, Sequence[int]]
    ) -> dict[str, list[StepRow]]:
        """The steps of things at a few *entries* of each, oldest first."""
        column = thing_steps.c
        pairs = [(thing, entry) for thing, some in entries.items() for entry in some]
        query = sa.select(thing_steps).where(sa.tuple_(column.thing, column["index"]).in_(pairs))
        found: dict[str, list[StepRow]] = {}
        for row in connection.execute(query.order_by(column["index"])) if pairs else ():
            found.setdefault(row[0], []).append(StepRow(*row))
        return found

    def hides_any(self, connection: sa.Connection, thing: str, below: int, seeing: Seeing) -> bool:
        """Whether an entry below *below* that touched a thing is not seen."""
        column = thing_steps.c["index"]
        query = sa.select(column).where(thing_steps.c.thing == thing, column < below)
        query = query.where(sa.not_(seen(column, seeing))).limit(1)
        return connection.execute(query).first() is not None

    def sees(self, connection: sa.Connection, index: int, seeing: Seeing) -> bool:
        """Whether one entry is seen."""
        return connection.scalar(sa.select(seen(sa.literal(index), seeing))) or False

    def seen_among(
        self, connection: sa.Connection, indexes: Collection[int], seeing: Seeing
    ) -> set[int]:
        """Those of the entries *indexes* that are seen."""
        every = set(indexes)
        if seeing.any_of is not None:
            every = self._having(connection, every, seeing.any_of)
        return every - self._having(connection, every, seeing.none_of)

    def _having(
        self, connection: sa.Connection, indexes: Collection[int], numbers: Collection[int]
    ) -> set[int]:
        if not (indexes and numbers):
            return set()
        column = postings.c
        query = sa.select(column["index"]).where(column.term.in_(numbers))
        return set(connection.scalars(query.where(column["index"].in_(sorted(indexes)))))

    def opened(
        self,
        connection: sa.Connection,
        kind: str,
        below: int,
        seeing: Seeing,
        limit: int,
        department: str | None = None,
        item: str | None = None,
        states: Sequence[str] = (),
    ) -> list[ThingRow]:
        """Up to *limit* things that seen entries below *below* opened, newest first.

        Args:
            department: its owner or its counterparty.
            states: those stored; empty: any.
        """
        column = things.c
        query = sa.select(things).where(column.kind == kind, column.opened < below)
        query = query.where(seen(column.opened, seeing))
        query = query.where(*_of(department, states))
        if item is not None:
            query = query.where(column.item == item)
        found = connection.execute(query.order_by(column.opened.desc()).limit(limit))
        return [ThingRow(*row) for row in found]

    def opened_by(
        self,
        connection: sa.Connection,
        kind: str,
        wanted: Sequence[Wanted],
        limit: int,
        department: str | None = None,
        states: Sequence[str] = (),
    ) -> list[ThingRow]:
        """As ``opened``, where any of these sets of entries opens them and no entry is in two.

        Where much is hidden or is others' this looks at less than ``opened`` does.
        """
        query = sa.select(things).where(things.c.kind == kind, *_of(department, states))
        query = query.order_by(things.c.opened.desc())
        found: list[ThingRow] = []
        for some in self._falling(connection, wanted, limit):
            rows = connection.execute(query.where(things.c.opened.in_(some)))
            found += [ThingRow(*row) for row in rows]
            if len(found) >= limit:
                break
        return found[:limit]

    def _falling(
        self, connection: sa.Connection, wanted: Sequence[Wanted], count: int
    ) -> Iterator[list[int]]:
        """Yield the wanted entries, newest first, more and more at a time."""
        while True:
            each = [self._postings.find(connection, one, count) for one in wanted]
            found = list(islice(merge(*each, reverse=True), count))
            if found:
                yield found
            if len(found) < count:
                return
            wanted = [replace(one, high=found[-1]) for one in wanted]
            count = min(2 * count, MOST)

    def opening(
        self,
        connection: sa.Connection,
        kind: str,
        types: Sequence[int],
        below: int,
        seeing: Seeing,
        limit: int,
    ) -> list[tuple[int, ThingRow]]:
        """Up to *limit* things by each seen entry below *below* that may open it, newest first.

        Args:
            types: numbers of the terms of the types that do.
        """
        column = thing_steps.c["index"]
        query = sa.select(column, things).join(things, things.c.thing == thing_steps.c.thing)
        query = query.where(things.c.kind == kind, column < below)
        query = query.where(_has(column, types), seen(column, seeing))
        found = connection.execute(query.order_by(column.desc()).limit(limit))
        return [(row[0], ThingRow(*row[1:])) for row in found]

    def exchanging(self, connection: sa.Connection, below: int, seeing: Seeing) -> set[str]:
        """The departments on either side of a delivery or a use that seen entries opened."""
        found: set[str] = set()
        for column in (things.c.owner, things.c.counterparty):
            query = sa.select(column).distinct().where(_exchange(below, seeing))
            found.update(name for name in connection.scalars(query) if name is not None)
        return found

    def shared(self, connection: sa.Connection, item: str, below: int, seeing: Seeing) -> bool:
        """Whether anything of an item was delivered or used, as seen."""
        query = sa.select(things.c.thing).where(things.c.item == item, _exchange(below, seeing))
        return connection.execute(query.limit(1)).first() is not None


def _of(department: str | None, states: Sequence[str]) -> Iterator[sa.ColumnElement[bool]]:
    """That a thing is of a department, and in one of these states."""
    column = things.c
    if department is not None:
        yield sa.or_(column.owner == department, column.counterparty == department)
    if states:
        yield column.state.in_(list(states))


def _exchange(below: int, seeing: Seeing) -> sa.ColumnElement[bool]:
    opened = things.c.opened
    kinds = things.c.kind.in_(["delivery", "use"])
    return sa.and_(kinds, opened < below, seen(opened, seeing))


def seen(index: sa.ColumnElement[int], seeing: Seeing) -> sa.ColumnElement[bool]:
    """That an entry is seen."""
    conditions = [sa.not_(_has(index, seeing.none_of))] if seeing.none_of else []
    if seeing.any_of is not None:
        conditions.append(_has(index, seeing.any_of))
    return sa.and_(sa.true(), *conditions)


def _has(index: sa.ColumnElement[int], numbers: Sequence[int]) -> sa.ColumnElement[bool]:
    """That an entry has one of these terms."""
    row = postings.alias()
    return sa.exists().where(row.c.term.in_(numbers), row.c["index"] == index)


def thing_rows(engine: sa.Engine) -> ThingRows:
    """The queries in the words of this engine's database."""
    return ThingRows(bulk_of(engine))
