"""Find entries by their terms, in a sight, newest first.

The search begins with the rarest term that is asked for, or with the sight's own
terms where these are rarer, and asks the rest of each candidate by primary key.
The sight is part of the question: what lies outside it is never fetched, so no
page, length or cursor can tell of it.
"""

import heapq
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, islice

import sqlalchemy as sa

from crypto.header import parse_header
from ledger.access.sight import Sight
from ledger.access.terms import VOICES
from ledger.projections.query import Query
from ledger.store.engine import reading
from ledger.store.log_rows import LogRows
from ledger.store.posting_rows import PostingRows, TermRow, Wanted

ASKED = 8  # headers whose times are read together


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the search begins, and what it asks of each candidate."""

    drivers: tuple[TermRow, ...]
    all_of: tuple[int, ...]
    none_of: tuple[int, ...]
    any_of: tuple[int, ...] | None


class Search:
    """Searches the postings of one log.

    Args:
        log_engine, log_rows: the log, for the times of entries.
        engine, rows: the postings.
    """

    def __init__(
        self, log_engine: sa.Engine, log_rows: LogRows, engine: sa.Engine, rows: PostingRows
    ) -> None:
        self._log_engine, self._log_rows = log_engine, log_rows
        self._engine, self._rows = engine, rows

    def find(
        self, sight: Sight, query: Query, as_of: int, after: int | None, limit: int
    ) -> list[int]:
        """Return up to *limit* indexes below *as_of* of what *query* asks, newest first.

        Args:
            sight: what of it is seen.
            as_of: a size that is projected.
            after: the last index of the page before; None: the first page.
        """
        low, high = self.between(query, as_of)
        high = high if after is None else min(high, after)
        if low >= high:
            return []
        with reading(self._engine) as connection:
            plan = self._plan(connection, sight, query)
            if plan is None:
                return []
            found = [
                self._rows.find(
                    connection,
                    Wanted(driver, plan.all_of, plan.none_of, plan.any_of, low, high),
                    limit,
                )
                for driver in plan.drivers
            ]
        return list(islice(_merged(found), limit))

    def _plan(self, connection: sa.Connection, sight: Sight, query: Query) -> _Plan | None:
        """Return how to search, or None where nothing can be found."""
        # Each statement has a voice, so that to see everything is to see each of these; an
        # entry whose statement is gone has none.
        seen = frozenset(VOICES) if sight.any_of is None else sight.any_of
        hidden = query.none_of | sight.none_of
        known = self._rows.find_terms(connection, query.all_of | hidden | seen)
        if not query.all_of <= known.keys() or seen.isdisjoint(known):
            return None
        asked = sorted((known[name] for name in query.all_of), key=_rarity)
        sights = [known[name] for name in seen if name in known]
        none_of = _ids(known[name] for name in hidden if name in known)
        if asked and asked[0].entries <= sum(row.entries for row in sights):
            any_of = None if sight.any_of is None else _ids(sights)
            return _Plan((asked[0],), _ids(asked[1:]), none_of, any_of)
        return _Plan(tuple(sights), _ids(asked), none_of, None)

    def between(self, query: Query, as_of: int) -> tuple[int, int]:
        """Return between which indexes entries of the times asked for lie."""
        if query.since is None and query.until is None:
            return 0, as_of
        with reading(self._log_engine) as connection:
            low = 0 if query.since is None else self._first_at(connection, query.since, as_of)
            until = query.until
            high = as_of if until is None else self._first_at(connection, until, as_of)
        return low, high

    def _first_at(self, connection: sa.Connection, time: str, as_of: int) -> int:
        """Return the first index recorded at *time* or later: times never fall along the log."""
        low, high = 0, as_of
        while low < high:
            # Some at once: to be asked costs a database more than to read a header.
            step = -(-(high - low) // ASKED)
            asked = range(low, high, step)
            headers = self._log_rows.headers_of(connection, asked)
            before = bisect_left(
                asked, time, key=lambda index: parse_header(headers[index]).recorded_at
            )
            if before == 0:
                return low
            low, high = asked[before - 1] + 1, min(asked[before - 1] + step, high)
        return low


def _rarity(row: TermRow) -> tuple[int, int]:
    return row.entries, row.id


def _ids(rows: Iterable[TermRow]) -> tuple[int, ...]:
    return tuple(row.id for row in rows)


def _merged(found: Iterable[list[int]]) -> Iterable[int]:
    """Yield each index of several falling lists once, falling."""
    return (index for index, _ in groupby(heapq.merge(*found, reverse=True)))
