"""Which entries have which terms: what search and sight are asked of.

A statement's terms follow from it and from the registry before it; a chain's term
follows from the header, so that chains stay whole where a statement is gone.
"""

import sqlalchemy as sa

from ledger.projections.span import Span
from ledger.projections.told import Told
from ledger.store.posting_rows import PostingRows

CHAIN = "chain/"


class Postings:
    """Rows of ``terms`` and ``postings``."""

    name = "postings.v5"
    reads_statements = True

    def __init__(self, rows: PostingRows) -> None:
        self._rows = rows

    def write(self, connection: sa.Connection, span: Span) -> None:
        self._rows.add(
            connection, [(index, _names(span, index, told)) for index, told in span.told]
        )

    def forget(self, connection: sa.Connection, index: int) -> None:
        """Let nobody find the statement of an entry by what it said."""
        self._rows.remove(connection, index, kept=CHAIN)

    def drop(self, connection: sa.Connection) -> None:
        self._rows.clear(connection)


def chain_term(chain: bytes) -> str:
    """Return the term of all entries of a chain, by its public id."""
    return CHAIN + chain.hex()


def _names(span: Span, index: int, told: Told) -> list[str]:
    chains = [CHAIN + link.id for link in told.chains]
    return [*chains, *span.terms.get(index, ())]
