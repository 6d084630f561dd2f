"""Move projections along the log: those that stand at the same entry, together.

Together is one transaction, one reading of the span, and every position moved in it
by compare and swap; so a crash leaves whole steps, and several processes may run the
same projections. One that is new or was left behind catches up by itself, up to where
the next one stands, and goes on with it from there. What one cannot take in keeps
none of the others: then each steps alone.
"""

from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from typing import Protocol, runtime_checkable

import sqlalchemy as sa

from ledger.projections.span import Span, SpanReader
from ledger.store.engine import reading, writing
from ledger.store.log_rows import LogRows
from ledger.store.projection_rows import ProjectionRows


class Projection(Protocol):
    """One fold: named, versioned by its name, writing its own tables."""

    name: str
    reads_statements: bool

    def write(self, connection: sa.Connection, span: Span) -> None:
        """Write what follows from these entries; the span is not to be changed."""

    def forget(self, connection: sa.Connection, index: int) -> None:
        """Take back what followed from the statement of an entry that was taken in."""

    def drop(self, connection: sa.Connection) -> None:
        """Remove every row."""


@runtime_checkable
class Foreseeing(Protocol):
    """A projection that may prepare what it will write."""

    def foresee(self, start: int, stop: int, further: int, size: int) -> None:
        """Of the log's *size*, entries up to *stop* come next, and then those up to *further*."""

    def close(self) -> None:
        """Prepare nothing any more."""


Group = tuple[Projection, ...]


class Steps:
    """The projections of one log, and how far each has come."""

    def __init__(
        self,
        log_engine: sa.Engine,
        engine: sa.Engine,
        log_rows: LogRows,
        rows: ProjectionRows,
        projections: Sequence[Projection],
    ) -> None:
        self._log_engine, self._engine = log_engine, engine
        self._rows = rows
        self._spans = SpanReader(log_rows)
        # One order, so that processes that hold several positions never wait for each other.
        self._projections = sorted(projections, key=lambda one: one.name)

    def positions(self) -> dict[str, int]:
        """Entries that each projection has taken in, by its name."""
        with reading(self._engine) as connection:
            known = self._rows.positions(connection)
        return {one.name: known.get(one.name, 0) for one in self._projections}

    def take(self, size: int, most: int) -> int:
        """Take in up to *most* of the first *size* entries; return what all have taken in then.

        Raises:
            Exception: what kept one of them; the others went on.
        """
        standing = self._standing()
        ends = [start for start, _ in standing[1:]] + [size]
        lowest, failures = size, []
        joined: Group = ()
        for (start, members), end in zip(standing, ends, strict=True):
            group = tuple(sorted(joined + members, key=lambda one: one.name))
            stop = min(start + most, end, size)
            self._foresee(group, start, stop, min(stop + most, size), size)
            try:
                reached = self._step(group, start, stop)
            except Exception as failure:  # whatever it is, the next ones are not kept by it
                failures.append(failure)
                reached = start
            joined = group if reached == end else ()
            lowest = min(lowest, reached)
        if failures:
            raise failures[0]
        return lowest

    def _foresee(self, group: Group, start: int, stop: int, further: int, size: int) -> None:
        for projection in group:
            if isinstance(projection, Foreseeing) and start < stop:
                projection.foresee(start, stop, further, size)

    def close(self) -> None:
        """Have no projection prepare anything any more."""
        for projection in self._projections:
            if isinstance(projection, Foreseeing):
                projection.close()

    def _standing(self) -> list[tuple[int, Group]]:
        """Where projections stand, ascending, and which."""
        known = self.positions()
        placed = sorted(self._projections, key=lambda one: known[one.name])
        return [
            (position, tuple(group))
            for position, group in groupby(placed, key=lambda one: known[one.name])
        ]

    def _step(self, group: Group, start: int, stop: int) -> int:
        """Take in ``start <= index < stop``; return the position reached."""
        if start >= stop:
            return start
        if len(group) == 1:
            return self._together(group, start, stop)
        with suppress(Exception):
            return self._together(group, start, stop)
        return self._each(group, start, stop)

    def _together(self, group: Group, start: int, stop: int) -> int:
        try:
            with writing(self._engine) as connection:
                self._move(connection, group, start, stop)
                # Only now: `forget` waits for the position, so nothing read here slips past it.
                span = self._read(group, start, stop)
                for projection in group:
                    if start == 0:  # of an earlier version of it rows may be left
                        projection.drop(connection)
                    projection.write(connection, span)
        except _TakenError:
            return start
        return stop

    def _each(self, group: Group, start: int, stop: int) -> int:
        failures = []
        for projection in group:
            try:
                self._together((projection,), start, stop)
            except Exception as failure:
                failures.append(failure)
        if failures:
            raise failures[0]
        return stop

    def _move(self, connection: sa.Connection, group: Group, start: int, stop: int) -> None:
        for projection in group:
            if not self._rows.move(connection, projection.name, start, stop):
                raise _TakenError

    def _read(self, group: Group, start: int, stop: int) -> Span:
        whole = any(projection.reads_statements for projection in group)
        with reading(self._log_engine) as connection:
            read = self._spans.whole if whole else self._spans.headers
            return read(connection, start, stop)

    def forget(self, indexes: Sequence[int]) -> None:
        """Take back what was projected from statements that are no longer to be found."""
        for projection in self._projections:
            with writing(self._engine) as connection:
                position = self._held_position(connection, projection)
                for index in indexes:
                    if index < position:
                        projection.forget(connection, index)

    def _held_position(self, connection: sa.Connection, projection: Projection) -> int:
        """The position, which nobody moves until this transaction ends."""
        while True:
            position = self._rows.position(connection, projection.name)
            if self._rows.move(connection, projection.name, position, position):
                return position

    def drop(self) -> None:
        """Leave nothing of any projection."""
        for projection in self._projections:
            with writing(self._engine) as connection:
                projection.drop(connection)
                self._rows.reset(connection, projection.name)


class _TakenError(Exception):
    """Another process took this span: nothing of the transaction is to stay."""
