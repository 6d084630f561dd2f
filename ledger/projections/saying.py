"""Statements as the folds take them: with what the registry and the successions knew then."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ledger.access.speak import role_of, signed_or_attested
from ledger.access.terms import source_of
from ledger.projections.span import Span, SpanReader
from ledger.projections.told import Told, event_of, told_by
from ledger.registry.state import Registry
from ledger.sharing.machine import Said
from ledger.sharing.succession import Succession, fold, stands_for
from ledger.store.engine import reading
from ledger.store.log_rows import LogRows
from ledger.store.removal_rows import removed_among
from ledger.store.thing_rows import SuccessionRow

SUCCESSION = "zelian.succession.recorded.v1"


class Sayer:
    """Makes statements of the log into what folds take, in the order of their entries.

    Args:
        known: the successions of entries before the first that is said; more may be there.
    """

    def __init__(self, known: Iterable[SuccessionRow]) -> None:
        self._successions = list(successions_of(known))
        self._places: dict[tuple[str, tuple[int, ...]], frozenset[str]] = {}

    def said(self, index: int, told: Told, event: Mapping[str, Any], registry: Registry) -> Said:
        """Return one statement, of which the header says *told*; a succession counts from here."""
        source = source_of(event)
        if event["type"] == SUCCESSION:
            self._successions += fold([(index, told.recorded_at, event)])
        return Said(
            index,
            told.recorded_at,
            event,
            told.statement,
            role_of(source, registry, index),
            signed_or_attested(event, registry),
            self._stands_for(source, index, told.recorded_at),
        )

    def _stands_for(self, source: str, index: int, at: str) -> frozenset[str]:
        known = self._successions
        if known:
            known = [one for one in known if one.index < index and one.effective <= at]
        key = (source, tuple([one.index for one in known]))
        if key not in self._places:
            self._places[key] = stands_for(known, source, at)
        return self._places[key]


def said_in(span: Span, sayer: Sayer) -> Iterator[Said]:
    """Yield the statements of a span that are there."""
    for index, told in span.told:
        if index in span.events:
            yield sayer.said(index, told, span.events[index], span.registry)


def said_at(
    connection: sa.Connection,
    rows: LogRows,
    indexes: Sequence[int],
    sayer: Sayer,
    registry: Registry,
) -> Iterator[Said]:
    """Yield those of the entries *indexes* whose statement is there, read all at once.

    Args:
        indexes: ascending; some thousands at most.
        registry: folded beyond all of them.
    """
    headers = rows.headers_of(connection, indexes)
    envelopes = rows.envelopes_of(connection, indexes)
    removed = removed_among(connection, indexes)
    for index in indexes:
        if index in envelopes and index not in removed:
            event = event_of(envelopes[index])
            yield sayer.said(index, told_by(headers[index]), event, registry)


class Reread:
    """Reads statements of one log again, wherever they stand in it."""

    def __init__(self, engine: sa.Engine, rows: LogRows) -> None:
        self._engine = engine
        self._spans = SpanReader(rows)

    def said(self, indexes: Iterable[int], known: Iterable[SuccessionRow]) -> Iterator[Said]:
        """Yield those of the entries *indexes*, ascending, whose statement is there."""
        sayer = Sayer(known)
        for span in self.spans(indexes):
            yield from said_in(span, sayer)

    def spans(self, indexes: Iterable[int]) -> Iterator[Span]:
        """Yield each of the entries *indexes*, ascending, as a span of its own."""
        with reading(self._engine) as connection:
            for index in indexes:
                yield self._spans.whole(connection, index, index + 1)


def row_of(said: Said) -> SuccessionRow:
    """Return the row that keeps a succession."""
    return SuccessionRow(said.index, said.recorded_at, json.dumps(said.event["data"]))


def successions_of(rows: Iterable[SuccessionRow]) -> tuple[Succession, ...]:
    return fold((row.entry, row.recorded_at, {"data": json.loads(row.data)}) for row in rows)
