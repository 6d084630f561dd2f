"""Which entries have which terms: writing in bulk, and the search among them.

Nothing here knows what a term says. A term is numbered when it is first used, so
that the same log gives the same rows in whatever steps it is taken in; how many
entries have it tells the search where to begin.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, islice, repeat
from operator import or_
from typing import NamedTuple

import sqlalchemy as sa

from ledger.store.bulk import Bulk, bulk_of
from ledger.store.posting_blocks import Bits, PostingBlocks, between, falling, indexes
from ledger.store.tables import postings, terms

FEW = 1_000  # entries that have a term, up to which each is asked
FIRST = 256  # of more, about how many are asked


class TermRow(NamedTuple):
    """A term's number, and how many entries have it."""

    id: int
    entries: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for among the entries ``low <= index < high``, by numbers of terms.

    Attributes:
        driver: every entry found has this one; best one that few have.
        all_of: and each of these.
        none_of: and none of these.
        any_of: and one of these; None: that is not asked.
        high: no more than are projected.
    """

    driver: TermRow
    all_of: tuple[int, ...]
    none_of: tuple[int, ...]
    any_of: tuple[int, ...] | None
    low: int
    high: int


class PostingRows:
    """The queries; *bulk* says those of many rows."""

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk
        self._blocks = PostingBlocks(bulk)

    def find_terms(self, connection: sa.Connection, names: Iterable[str]) -> dict[str, TermRow]:
        """Those of *names* that any entry has had."""
        asked = sorted(set(names))
        found = self._bulk.select(connection, "name, id, count", terms.c.name, asked)
        return {name: TermRow(number, count) for name, number, count in found}

    def add(self, connection: sa.Connection, entries: Sequence[tuple[int, Iterable[str]]]) -> None:
        """Insert (index, names of its terms), indexes ascending and none posted before."""
        having: defaultdict[str, list[int]] = defaultdict(list)
        for index, names in entries:
            for name in sorted(names):
                having[name].append(index)
        numbers = self._numbered(connection, having)
        # In the order of the table's key, so that what is written lies together.
        placed = sorted((numbers[name], found) for name, found in having.items())
        pairs = chain.from_iterable(zip(repeat(number), found) for number, found in placed)
        self._bulk.insert(connection, postings, pairs)
        self._blocks.close(connection, entries[0][0], entries[-1][0] + 1)

    def _numbered(
        self, connection: sa.Connection, having: Mapping[str, Sequence[int]]
    ) -> dict[str, int]:
        """Count names in and return their numbers; new ones are numbered in their order."""
        known = self.find_terms(connection, having)
        following = (connection.scalar(sa.select(sa.func.max(terms.c.id))) or 0) + 1
        fresh = [name for name in having if name not in known]
        numbers = {name: row.id for name, row in known.items()}
        numbers |= {name: number for number, name in enumerate(fresh, following)}
        new = [(numbers[name], name, len(having[name])) for name in fresh]
        self._bulk.insert(connection, terms, new)
        more = [(row.id, len(having[name])) for name, row in known.items()]
        self._bulk.change(connection, terms.c.count, sorted(more))
        had = {name: row.entries for name, row in known.items()}
        counts = ((numbers[name], had.get(name, 0), len(found)) for name, found in having.items())
        self._blocks.count_in(connection, counts)
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
        self._bulk.change(connection, terms.c.count, [(number, -1) for number in numbers])
        column = postings.c
        connection.execute(
            sa.delete(postings).where(column.term.in_(numbers), column["index"] == index)
        )
        self._blocks.forget(connection, index, numbers)
        # A name that nothing has any more may be all that is left of what was said.
        connection.execute(sa.delete(terms).where(terms.c.id.in_(numbers), terms.c.count == 0))

    def clear(self, connection: sa.Connection) -> None:
        self._blocks.clear(connection)
        connection.execute(sa.delete(postings))
        connection.execute(sa.delete(terms))

    def find(self, connection: sa.Connection, wanted: Wanted, limit: int) -> list[int]:
        """Up to *limit* of the entries that are *wanted*, newest first.

        Of a driver that many have only the newest entries are asked for the rest one by one:
        beyond them bits tell, since what is wanted may be seldom or nowhere.
        """
        low, high = wanted.low, wanted.high
        if low >= high or wanted.any_of == ():
            return []
        if wanted.driver.entries <= FEW:
            return self._probe(connection, wanted, low, high, limit)
        newest = max(low, high - high * FIRST // wanted.driver.entries)
        found = self._probe(connection, wanted, newest, high, limit)
        for blocks in falling(low, newest):
            if len(found) >= limit:
                break
            for block, bits in self._matching(connection, wanted, blocks):
                some = indexes(block, bits & between(block, low, newest))
                found += islice(some, limit - len(found))
        return found

    def _matching(
        self, connection: sa.Connection, wanted: Wanted, blocks: Sequence[int]
    ) -> Iterator[tuple[int, Bits]]:
        """Yield the bits of what is wanted in each of these blocks, in their order."""
        driver, any_of = wanted.driver.id, wanted.any_of
        numbers = {driver, *wanted.all_of, *wanted.none_of, *(any_of or ())}
        bits = self._blocks.bits(connection, numbers, blocks)
        for block in blocks:
            found = bits[driver, block]
            for number in wanted.all_of:
                found &= bits[number, block]
            for number in wanted.none_of:
                found &= ~bits[number, block]
            if any_of is not None:
                found &= reduce(or_, (bits[number, block] for number in any_of))
            yield block, found

    def _probe(
        self, connection: sa.Connection, wanted: Wanted, low: int, high: int, limit: int
    ) -> list[int]:
        """As ``find``, between other bounds: ask each entry that has the driver for the rest."""
        column = postings.c["index"]
        query = sa.select(column).where(postings.c.term == wanted.driver.id)
        query = query.where(column >= low, column < high)
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

    def entries_of(
        self, connection: sa.Connection, numbers: Collection[int]
    ) -> dict[int, list[int]]:
        """Every entry that has each of these terms, oldest first: for terms that few have."""
        found: dict[int, list[int]] = {number: [] for number in numbers}
        query = sa.select(postings).where(postings.c.term.in_(list(numbers)))
        for number, index in connection.execute(query.order_by(*postings.primary_key)).all():
            found[number].append(index)
        return found

    def count(self, connection: sa.Connection, term: TermRow, below: int) -> int:
        """How many entries below that index have a term, of which *term* was read with them."""
        query = sa.select(sa.func.count()).select_from(postings)
        # Mostly few stand above: all are counted already.
        query = query.where(postings.c.term == term.id, postings.c["index"] >= below)
        return term.entries - (connection.scalar(query) or 0)

    def terms_of(self, connection: sa.Connection, index: int) -> frozenset[str]:
        """Every term of one entry. It reads the whole table: for tests and repairs."""
        query = sa.select(terms.c.name).join(postings, terms.c.id == postings.c.term)
        return frozenset(connection.scalars(query.where(postings.c["index"] == index)))


def _has(*numbers: int) -> sa.ColumnElement[bool]:
    """That the entry of the row outside has one of these terms."""
    other = postings.alias()
    return sa.exists().where(other.c.term.in_(numbers), other.c["index"] == postings.c["index"])


def posting_rows(engine: sa.Engine) -> PostingRows:
    """The queries in the words of this engine's database."""
    return PostingRows(bulk_of(engine))
