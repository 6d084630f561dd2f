"""Which entries have which terms: writing in bulk, and the search among them.

Nothing here knows what a term says. A term is numbered when it is first used, so
that the same log gives the same rows in whatever steps it is taken in; how many
entries have it tells the search where to begin.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from ledger.store.tables import postings, terms

CHUNK = 5_000  # names asked for in one statement; SQLite takes 32,766 variables


class TermRow(NamedTuple):
    """A term's number, and how many entries have it."""

    id: int
    entries: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for among the entries ``low <= index < high``, by numbers of terms.

    Attributes:
        driver: every entry found has this one.
        all_of: and each of these.
        none_of: and none of these.
        any_of: and one of these; None: that is not asked.
    """

    driver: int
    all_of: tuple[int, ...]
    none_of: tuple[int, ...]
    any_of: tuple[int, ...] | None
    low: int
    high: int


class PostingRows:
    """What both databases say in the same words."""

    def find_terms(self, connection: sa.Connection, names: Iterable[str]) -> dict[str, TermRow]:
        """Those of *names* that any entry has had."""
        found = {}
        for chunk in _chunks(sorted(set(names)), CHUNK):
            query = sa.select(terms.c.name, terms.c.id, terms.c.count)
            for name, number, count in connection.execute(query.where(terms.c.name.in_(chunk))):
                found[name] = TermRow(number, count)
        return found

    def add(self, connection: sa.Connection, entries: Sequence[tuple[int, Iterable[str]]]) -> None:
        """Insert (index, names of its terms), indexes ascending and none posted before."""
        named = [(index, sorted(names)) for index, names in entries]
        numbers = self._numbered(connection, [name for _, names in named for name in names])
        pairs = sorted((numbers[name], index) for index, names in named for name in names)
        self._insert(connection, postings, pairs)

    def _numbered(self, connection: sa.Connection, names: Sequence[str]) -> dict[str, int]:
        """Count *names* in and return their numbers; new ones are numbered in their order."""
        uses: dict[str, int] = {}
        for name in names:
            uses[name] = uses.get(name, 0) + 1
        known = self.find_terms(connection, uses)
        following = (connection.scalar(sa.select(sa.func.max(terms.c.id))) or 0) + 1
        fresh = [name for name in uses if name not in known]
        numbers = {name: row.id for name, row in known.items()}
        numbers |= {name: number for number, name in enumerate(fresh, following)}
        self._insert(connection, terms, [(numbers[name], name, uses[name]) for name in fresh])
        self._count(connection, [(numbers[name], uses[name]) for name in uses if name in known])
        return numbers

    def remove(self, connection: sa.Connection, index: int, kept: str) -> None:
        """Take back the terms of one entry, but for those whose names begin with *kept*.

        The whole table is read for them: that is rare, and by then nothing else tells them.
        """
        of_entry = sa.select(postings.c.term).join(terms, terms.c.id == postings.c.term)
        of_entry = of_entry.where(
            postings.c["index"] == index, sa.not_(terms.c.name.startswith(kept, autoescape=True))
        )
        numbers = list(connection.scalars(of_entry))
        self._count(connection, [(number, -1) for number in numbers])
        column = postings.c
        connection.execute(
            sa.delete(postings).where(column.term.in_(numbers), column["index"] == index)
        )

    def clear(self, connection: sa.Connection) -> None:
        connection.execute(sa.delete(postings))
        connection.execute(sa.delete(terms))

    def find(self, connection: sa.Connection, wanted: Wanted, limit: int) -> list[int]:
        """Up to *limit* of the entries that are *wanted*, newest first."""
        column = postings.c["index"]
        query = sa.select(column).where(postings.c.term == wanted.driver)
        query = query.where(column >= wanted.low, column < wanted.high)
        for number in wanted.all_of:
            query = query.where(_has(number))
        if wanted.none_of:
            query = query.where(sa.not_(_has(*wanted.none_of)))
        if wanted.any_of is not None:
            query = query.where(_has(*wanted.any_of))
        return list(connection.scalars(query.order_by(column.desc()).limit(limit)))

    def ascending(
        self, connection: sa.Connection, number: int, low: int, high: int, limit: int
    ) -> list[int]:
        """Up to *limit* entries ``low <= index < high`` that have a term, oldest first."""
        column = postings.c["index"]
        query = sa.select(column).where(postings.c.term == number)
        query = query.where(column >= low, column < high)
        return list(connection.scalars(query.order_by(column).limit(limit)))

    def count(self, connection: sa.Connection, number: int, below: int) -> int:
        """How many entries below that index have a term."""
        query = sa.select(sa.func.count()).select_from(postings)
        query = query.where(postings.c.term == number, postings.c["index"] < below)
        return connection.scalar(query) or 0

    def terms_of(self, connection: sa.Connection, index: int) -> frozenset[str]:
        """Every term of one entry. It reads the whole table: for tests and repairs."""
        query = sa.select(terms.c.name).join(postings, terms.c.id == postings.c.term)
        return frozenset(connection.scalars(query.where(postings.c["index"] == index)))

    # Each database is given many rows in its own words.

    def _insert(
        self, connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]
    ) -> None:
        raise NotImplementedError

    def _count(self, connection: sa.Connection, changes: Sequence[tuple[int, int]]) -> None:
        """Change the counts of terms: (number, by how much)."""
        raise NotImplementedError


def _has(*numbers: int) -> sa.ColumnElement[bool]:
    """That the entry of the row outside has one of these terms."""
    other = postings.alias()
    return sa.exists().where(other.c.term.in_(numbers), other.c["index"] == postings.c["index"])


class SqlitePostingRows(PostingRows):
    """Many rows a statement: the driver steps through each one by itself."""

    ROWS = 250

    def _insert(
        self, connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]
    ) -> None:
        for chunk in _chunks(rows, self.ROWS):
            place = f"({','.join('?' * len(chunk[0]))})"
            connection.exec_driver_sql(
                f"INSERT INTO {table.name} VALUES {','.join([place] * len(chunk))}",
                tuple(value for row in chunk for value in row),
            )

    def _count(self, connection: sa.Connection, changes: Sequence[tuple[int, int]]) -> None:
        if changes:
            connection.exec_driver_sql(
                "UPDATE terms SET count = count + ? WHERE id = ?",
                [(by, number) for number, by in changes],
            )


class PostgresqlPostingRows(PostingRows):
    """Arrays and ``unnest``: one round trip a table."""

    TYPES: Mapping[str, str] = {"name": "text"}

    def _insert(
        self, connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]
    ) -> None:
        if rows:
            arrays = ", ".join(
                f"%s::{self.TYPES.get(column.name, 'bigint')}[]" for column in table.columns
            )
            connection.exec_driver_sql(
                f"INSERT INTO {table.name} SELECT * FROM unnest({arrays})",
                tuple(list(column) for column in zip(*rows, strict=True)),
            )

    def _count(self, connection: sa.Connection, changes: Sequence[tuple[int, int]]) -> None:
        if changes:
            connection.exec_driver_sql(
                "UPDATE terms SET count = terms.count + changed.change "
                "FROM unnest(%s::bigint[], %s::bigint[]) AS changed (id, change) "
                "WHERE terms.id = changed.id",
                tuple(list(column) for column in zip(*changes, strict=True)),
            )


def _chunks(values: Sequence[Any], length: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), length):
        yield values[start : start + length]


def posting_rows(engine: sa.Engine) -> PostingRows:
    """The queries in the words of this engine's database."""
    sqlite = engine.dialect.name == "sqlite"
    return SqlitePostingRows() if sqlite else PostgresqlPostingRows()
