"""Read entries with their statements, as far as these are shown to anybody.

What is withheld or erased is given without its statement, whoever asks; whether the
asker may read the others is for whoever answers him (``ledger.access.sight``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crypto.merkle import leaf_hash
from crypto.statement import read_statement
from ledger.access.citations import Citation, citations_of, cites
from ledger.access.speak import signed_or_attested
from ledger.log.reader import no_entry
from ledger.parts import Parts, follow_log
from ledger.store.engine import reading
from ledger.store.removal_rows import Removed, removed_between


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``envelope``, ``event`` and ``attested`` are None where it is not shown.

    ``removed``: why, where an order withheld or erased it; else it is missing.
    ``citations``: how it stands with the statements of other ledgers that it cites.
    """

    index: int
    header: bytes
    leaf: bytes
    envelope: bytes | None
    event: dict[str, Any] | None
    attested: bool | None
    removed: Removed | None = None
    citations: tuple[Citation, ...] = ()


_Row = tuple[int, bytes, bytes | None, Removed | None]


class Entries:
    """The entries of one open ledger."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def between(self, start: int, limit: int, as_of: int, newest_first: bool) -> list[Entry]:
        """Return up to *limit* entries below *as_of*: from *start* upwards, or downwards."""
        if newest_first:
            low, high = max(0, start + 1 - limit), min(start + 1, as_of)
        else:
            low, high = start, min(start + limit, as_of)
        found = [self._entry(*row) for row in self._rows_between(low, max(low, high))]
        return found[::-1] if newest_first else found

    def of(self, indexes: Sequence[int]) -> list[Entry]:
        """Return the entries of these indexes, in their order; raise NotFound."""
        with reading(self._parts.engine) as connection:
            found = {row[0]: row for row in self._rows_of(connection, indexes)}
        if missing := [index for index in indexes if index not in found]:
            raise no_entry(missing[0])
        return [self._entry(*found[index]) for index in indexes]

    def _rows_between(self, start: int, stop: int) -> list[_Row]:
        with reading(self._parts.engine) as connection:
            return self._rows_in(connection, start, stop)

    def _rows_of(self, connection: sa.Connection, indexes: Sequence[int]) -> list[_Row]:
        """As ``_rows_in``, of entries that may lie far apart."""
        if not indexes:
            return []
        headers = self._parts.rows.headers_of(connection, indexes)
        envelopes = self._parts.rows.envelopes_of(connection, indexes)
        removed = removed_between(connection, min(indexes), max(indexes) + 1)
        return [
            (index, raw, None if index in removed else envelopes.get(index), removed.get(index))
            for index, raw in headers.items()
        ]

    def _rows_in(self, connection: sa.Connection, start: int, stop: int) -> list[_Row]:
        """What is withheld or erased is given without its statement."""
        headers = self._parts.rows.header_rows(connection, start, stop)
        envelopes = dict(self._parts.rows.envelope_rows(connection, start, stop))
        removed = removed_between(connection, start, stop)
        for index in removed:
            envelopes.pop(index, None)
        return [(index, raw, envelopes.get(index), removed.get(index)) for index, raw in headers]

    def _entry(
        self, index: int, header: bytes, envelope: bytes | None, removed: Removed | None
    ) -> Entry:
        if envelope is None:
            return Entry(index, header, leaf_hash(header), None, None, None, removed)
        event = read_statement(envelope).event
        registry = self._parts.judge.registry
        try:
            attested = signed_or_attested(event, registry) == "attested"
        except LookupError:  # another writer enrolled the key since this one looked
            follow_log(self._parts)
            attested = signed_or_attested(event, registry) == "attested"
        if cites(event) and registry.size <= index:  # a peer may be among what others wrote
            follow_log(self._parts)
        cited = citations_of(event, registry, index)
        leaf = leaf_hash(header)
        return Entry(index, header, leaf, envelope, event, attested, citations=cited)
