"""Look things up through a sight: entries by a search, chains by their names, the registry.

Answers are taken at a tree size, so that they can be repeated: a page of a list
says at which, and what is not projected that far is waited for, a moment, or not
answered at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crypto.header import Header, Link, parse_header
from ledger.access.chain_sight import opens_chain, sees_all_of
from ledger.access.sight import EVERYTHING, Sight
from ledger.access.terms import VOICES, of_term
from ledger.errors import NotFound, NotProjected
from ledger.log.chain_ids import ChainId
from ledger.log.failures import telling_of_the_database
from ledger.parts import Parts, follow_log
from ledger.projections.lists import ALL, Reads
from ledger.projections.postings import chain_term
from ledger.projections.query import Query
from ledger.projections.search import Search
from ledger.registry.state import Registry
from ledger.store.engine import reading
from ledger.store.posting_rows import TermRow, Wanted, posting_rows

WAIT_S = 10.0
MANY = 100  # corrections and countersignings of one statement, newest first

_reads = telling_of_the_database(reading=True)


@dataclass(frozen=True, slots=True)
class ChainPage:
    """Some entries of a chain.

    Attributes:
        chain: its name, salt and id.
        length: how many entries it has at the size asked for.
        links: (index, link) of each, in order.
    """

    chain: ChainId
    length: int
    links: tuple[tuple[int, Link], ...]


class LookUp:
    """Looks up in one open ledger."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._rows = posting_rows(parts.engine)
        self._search = Search(parts.engine, parts.rows, parts.projection_engine, self._rows)

    @_reads
    def projected(self, of: Reads = ALL) -> int:
        """Entries that can be looked up in what reads *of*: of ``ledger.projections.lists``."""
        return self._parts.runner.size(of)

    @_reads
    def behind(self) -> dict[str, int]:
        """Entries that each projection has not taken in yet, by its name."""
        known = self._parts.runner.positions()
        with reading(self._parts.engine) as connection:
            head = self._parts.rows.read_head(connection)
        size = head.size if head else 0
        return {name: max(0, size - at) for name, at in known.items()}

    @_reads
    def wait_for(self, size: int, of: Reads = ALL, timeout_s: float = WAIT_S) -> int:
        """Wait until *size* entries can be looked up, or not any longer; return how many can."""
        self._parts.runner.wait_for(size, timeout_s, of)
        return self._parts.runner.size(of)

    def reach(self, size: int, of: Reads = ALL) -> None:
        """Wait until *size* entries can be looked up; raise NotProjected where it takes long."""
        if self.wait_for(size, of) < size:
            raise NotProjected(
                f"the first {size} entries cannot all be searched yet: ask again in a moment",
                f"前 {size} 条记录尚未全部可查：请稍后再试",
            )

    @_reads
    def find(
        self, sight: Sight, query: Query, as_of: int, after: int | None, limit: int
    ) -> list[int]:
        """Indexes of what *query* asks among the first *as_of* entries, newest first."""
        return self._search.find(sight, query, as_of, after, limit)

    @_reads
    def said_of(self, sight: Sight, digests: Iterable[str], as_of: int) -> dict[str, list[int]]:
        """By digest, which corrections and countersignings of it are seen, oldest first."""
        with reading(self._parts.projection_engine) as connection:
            known = self._rows.find_terms(connection, map(of_term, digests))
        found = {
            term.partition("/")[2]: self.find(sight, Query(frozenset({term})), as_of, None, MANY)
            for term in known
        }
        return {digest: indexes[::-1] for digest, indexes in found.items() if indexes}

    @_reads
    def between(self, query: Query, as_of: int) -> tuple[int, int]:
        """Between which indexes the entries of the times that *query* asks for lie."""
        return self._search.between(query, as_of)

    @_reads
    def chain(self, sight: Sight, name: str, as_of: int, start: int, limit: int) -> ChainPage:
        """Up to *limit* entries of a chain, from the index *start* on; raise NotFound.

        That there is no such chain, and that it may not be read, is one answer.
        """
        chain = self._parts.names.of(name)
        with reading(self._parts.projection_engine) as connection:
            term = chain_term(chain.id)
            known = self._rows.find_terms(connection, [term]).get(term)
            if known is None or not self._opens(connection, sight, name, known, as_of):
                raise _no_chain()
            length = self._rows.count(connection, known, as_of)
            indexes = self._rows.ascending(connection, known.id, start, as_of, limit)
        if length == 0:
            raise _no_chain()
        return ChainPage(chain, length, self._links(indexes, chain))

    def _opens(
        self, connection: sa.Connection, sight: Sight, name: str, term: TermRow, as_of: int
    ) -> bool:
        """Whether the chain may be asked for, and every statement on it be read."""
        if sight == EVERYTHING:
            return True
        if not opens_chain(sight, name, self._registry(as_of), as_of):
            return False
        if sees_all_of(sight, name):
            return True
        seen = frozenset(VOICES) if sight.any_of is None else sight.any_of
        named = self._rows.find_terms(connection, {*seen, *sight.none_of, *VOICES})
        voices, opened, closed = (
            tuple(named[name].id for name in names if name in named)
            for names in (VOICES, seen, sight.none_of)
        )
        unseen = Wanted(term, (), opened, voices, 0, as_of)
        hidden = Wanted(term, (), (), closed, 0, as_of)
        return not any(self._rows.find(connection, one, 1) for one in (unseen, hidden))

    def _links(self, indexes: Sequence[int], chain: ChainId) -> tuple[tuple[int, Link], ...]:
        """How each of the entries continues the chain."""
        with reading(self._parts.engine) as connection:
            rows = self._parts.rows.headers_of(connection, indexes)
        headers = ((index, parse_header(rows[index])) for index in indexes)
        return tuple((index, _link(header, chain)) for index, header in headers)

    @_reads
    def registry(self, at: int) -> Registry:
        """The registry, folded up to *at* or further: ask it with ``at``."""
        return self._registry(at)

    def _registry(self, at: int) -> Registry:
        if self._parts.judge.size < at:  # another writer's entries
            follow_log(self._parts)
        return self._parts.judge.registry


def _link(header: Header, chain: ChainId) -> Link:
    return next(link for link in header.chains if link.id == chain.id)


def _no_chain() -> NotFound:
    return NotFound(
        "there is no such chain that you may read: a chain is shown to whom all of it belongs",
        "没有您可以查阅的该链：链只向有权查阅其全部记录者提供",
    )
