"""What projections are shown of the log: a run of entries, read once, in order.

Statements are read only where a projection asks for them, and then with the
registry folded up to the end of the run: what was known at each of its entries
is asked of the registry by the entry's index.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from crypto.chain import REGISTRY_TYPES
from crypto.header import parse_header
from crypto.statement import read_statement
from ledger.access.terms import terms_of
from ledger.projections.told import Told, event_of, told_by
from ledger.registry.records import REGISTRAR
from ledger.registry.state import Registry
from ledger.store.log_rows import LogRows
from ledger.store.removal_rows import shown_rows


@dataclass(frozen=True)
class Span:
    """Entries ``start <= index < stop``. Several projections share one: none changes it.

    Attributes:
        headers: (index, header), in order.
        events: the event of each entry whose statement is there, neither withheld nor erased.
        registry: folded up to ``stop`` or further.
        shared: what one projection made of the span and the next takes, by a key that both have.
    """

    start: int
    stop: int
    headers: Sequence[tuple[int, bytes]]
    events: Mapping[int, dict[str, Any]]
    registry: Registry
    shared: dict[Any, Any] = field(default_factory=dict)

    @cached_property
    def terms(self) -> Mapping[int, frozenset[str]]:
        """The terms of each statement that is there."""
        registry = self.registry
        return {index: terms_of(event, registry, index) for index, event in self.events.items()}

    @cached_property
    def told(self) -> Sequence[tuple[int, Told]]:
        """(index, what its header says), in order."""
        return [(index, told_by(raw)) for index, raw in self.headers]


class SpanReader:
    """Reads spans of one log, and folds its registry on the way.

    The registry is this reader's own: the sequencer's runs ahead of what is projected.
    """

    def __init__(self, rows: LogRows) -> None:
        self._rows = rows
        self._registry = Registry()
        self._folding = threading.Lock()

    def headers(self, connection: sa.Connection, start: int, stop: int) -> Span:
        """The span as its headers alone tell it."""
        rows = self._rows.header_rows(connection, start, stop)
        return Span(start, stop, rows, {}, self._registry)

    def whole(self, connection: sa.Connection, start: int, stop: int) -> Span:
        """The span with its statements."""
        rows = self._rows.header_rows(connection, start, stop)
        envelopes = shown_rows(connection, self._rows, start, stop)
        events = {index: event_of(raw) for index, raw in envelopes}
        self._fold(connection, stop)
        return Span(start, stop, rows, events, self._registry)

    def _fold(self, connection: sa.Connection, size: int) -> None:
        with self._folding:
            start = self._registry.size
            if start >= size:
                return
            for index in self._rows.indexes_of_source(connection, REGISTRAR, start, size):
                self._fold_one(connection, index)
            self._registry.advance(size)

    def _fold_one(self, connection: sa.Connection, index: int) -> None:
        envelope = self._rows.envelope(connection, index)
        if envelope is None:
            raise LookupError(f"registry statement {index} is missing")
        event = read_statement(envelope).event
        if event["type"] in REGISTRY_TYPES:  # the registrar may say other things too
            header = self._rows.headers(connection, index, index + 1)[0]
            self._registry.apply(index, parse_header(header).recorded_at, event)
