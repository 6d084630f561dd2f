"""Which entries have which terms: what search and sight are asked of.

A statement's terms follow from it and from the registry before it; a chain's term
follows from the header, so that chains stay whole where a statement is gone.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from crypto.header import parse_header
from ledger.access.terms import terms_of
from ledger.projections.span import Span
from ledger.store.posting_rows import PostingRows

CHAIN = "chain/"


class Postings:
    """Rows of ``terms`` and ``postings``."""

    name = "postings.v1"
    reads_statements = True

    def __init__(self, rows: PostingRows) -> None:
        self._rows = rows

    def write(self, connection: sa.Connection, span: Span) -> None:
        entries = ((index, _names(span, index, raw)) for index, raw in span.headers)
        self._rows.add(connection, [(index, list(names)) for index, names in entries])

    def forget(self, connection: sa.Connection, index: int) -> None:
        """Let nobody find the statement of an entry by what it said."""
        self._rows.remove(connection, index, kept=CHAIN)

    def drop(self, connection: sa.Connection) -> None:
        self._rows.clear(connection)


def chain_term(chain: bytes) -> str:
    """Return the term of all entries of a chain, by its public id."""
    return CHAIN + chain.hex()


def _names(span: Span, index: int, raw: bytes) -> Iterator[str]:
    for link in parse_header(raw).chains:
        yield chain_term(link.id)
    if index in span.events:
        yield from terms_of(span.events[index], span.registry, index)
