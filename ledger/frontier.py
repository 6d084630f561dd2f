"""Find what a round of searches asks for, in somebody's sight: all of them together.

The sight is part of the question, as it is of every search: what lies outside it is
never fetched. Whatever a term's number is, is asked once for a whole fetch, which sees
one moment of the tables.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

import sqlalchemy as sa

from ledger.access.sight import Sight
from ledger.responsibility.reach import Search
from ledger.store.frontier_rows import Sought, frontier_rows
from ledger.store.posting_rows import TermRow, posting_rows
from ledger.store.thing_rows import Seeing


class Frontier:
    """Finds entries below one tree size.

    Args:
        connection: to the postings; one snapshot.
        as_of: a size that is projected.
    """

    def __init__(self, connection: sa.Connection, as_of: int) -> None:
        self._connection, self._as_of = connection, as_of
        self._terms = posting_rows(connection.engine)
        self._rows = frontier_rows(connection.engine)
        self._known: dict[str, TermRow | None] = {}

    def found(self, searches: Collection[Search], sight: Sight, limit: int) -> set[int]:
        """Return the entries that any of the searches finds.

        Args:
            limit: where there are so many, at least so many are returned, and perhaps not all.
        """
        self._learn(name for one in searches for name in one.terms)
        seeing = self._seeing(sight)
        if seeing.any_of == ():
            return set()
        every = self._sought(one for one in searches if not one.newest)
        newest = self._sought(one for one in searches if one.newest)
        found = self._rows.every(self._connection, every, seeing, limit)
        return found | self._rows.newest(self._connection, newest, seeing)

    def _seeing(self, sight: Sight) -> Seeing:
        """Return the numbers of the terms of a sight."""
        self._learn([*(sight.any_of or ()), *sight.none_of])
        any_of = None if sight.any_of is None else self._numbers(sight.any_of)
        return Seeing(any_of, self._numbers(sight.none_of))

    def findings(self, entries: Collection[int]) -> set[int]:
        """Return the places of the findings that *entries* raised, whoever may see them."""
        return self._rows.findings(self._connection, entries)

    def _learn(self, names: Iterable[str]) -> None:
        asked = {name for name in names if name not in self._known}
        if asked:
            found = self._terms.find_terms(self._connection, asked)
            self._known.update({name: found.get(name) for name in asked})

    def _numbers(self, names: Collection[str]) -> tuple[int, ...]:
        rows = (self._known[name] for name in sorted(names))
        return tuple([row.id for row in rows if row is not None])

    def _sought(self, searches: Iterable[Search]) -> Sequence[Sought]:
        return list(self._each_sought(searches))

    def _each_sought(self, searches: Iterable[Search]) -> Iterator[Sought]:
        """Yield the searches that can find anything, each with its rarest term to begin with."""
        for one in searches:
            rows = [self._known[name] for name in one.terms]
            known = sorted((row.entries, row.id) for row in rows if row is not None)
            if len(known) == len(rows):
                high = self._as_of if one.below is None else min(one.below, self._as_of)
                yield Sought(known[0][1], tuple([number for _, number in known[1:]]), high)
