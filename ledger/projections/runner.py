"""Keep projections a moment behind the log: in order, in bulk, each by one fold.

A projection is a table that can be dropped and replayed: its rows follow from
entries 0 … size - 1 and nothing else, whoever runs it and in what steps. The
position is moved in the transaction that writes the rows, by compare and swap,
so that several processes may run the same projection.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import sqlalchemy as sa
import structlog

from ledger.store.engine import reading, writing
from ledger.store.log_rows import LogRows
from ledger.store.projection_rows import ProjectionRows

SPAN = 2_000  # entries a transaction
IDLE_S = 1.0
PAUSE_S = 0.05
REST = 9  # times as long as a step took

log = structlog.get_logger("zelian.projections")


class Projection(Protocol):
    """One fold: named, versioned by its name, writing its own table."""

    name: str

    def write(
        self, connection: sa.Connection, rows: ProjectionRows, headers: Sequence[tuple[int, bytes]]
    ) -> None:
        """Write what follows from these entries, given as (index, header) in order."""

    def drop(self, connection: sa.Connection, rows: ProjectionRows) -> None:
        """Remove every row."""


class Runner:
    """Runs projections in the background, or on demand."""

    def __init__(
        self,
        log_engine: sa.Engine,
        engine: sa.Engine,
        log_rows: LogRows,
        rows: ProjectionRows,
        projections: Sequence[Projection],
    ) -> None:
        self._log_engine, self._engine = log_engine, engine
        self._log_rows, self._rows = log_rows, rows
        self._projections = projections
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self.failure: Exception | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="projections", daemon=True)
        self._thread.start()

    def want(self, _size: int = 0) -> None:
        """Say that there is something new; never blocks."""
        self._wanted.set()

    def close(self) -> None:
        self._closing.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wanted.wait(IDLE_S)
            self._wanted.clear()
            began = time.monotonic()
            self._attempt()
            took = time.monotonic() - began
            # Single posts gather into one bulk step, and a burst is served before it is projected.
            self._closing.wait(min(max(PAUSE_S, REST * took), IDLE_S))

    def _attempt(self) -> None:
        try:
            self.catch_up()
        except Exception as error:  # whatever it is, the thread lives on and tries again
            if self.failure is None:
                log.warning("projecting failed", error=type(error).__name__)
            self.failure = error
        else:
            self.failure = None

    def size(self) -> int:
        """Entries that every projection has taken in."""
        with reading(self._engine) as connection:
            return min(self._rows.position(connection, one.name) for one in self._projections)

    def catch_up(self, progress: Callable[[int], None] = lambda size: None) -> int:
        """Bring every projection up to the head as it is now; return that size."""
        with reading(self._log_engine) as connection:
            head = self._log_rows.read_head(connection)
        size = head.size if head else 0
        for projection in self._projections:
            while not self._closing.is_set() and (at := self._step(projection, size)) < size:
                progress(at)
        return size

    def _step(self, projection: Projection, size: int) -> int:
        """Take in one span; return the position reached."""
        with reading(self._engine) as connection:
            start = self._rows.position(connection, projection.name)
        stop = min(start + SPAN, size)
        with reading(self._log_engine) as connection:
            headers = self._log_rows.header_rows(connection, start, stop)
        if start >= stop:
            return start
        with writing(self._engine) as connection:
            if not self._rows.move(connection, projection.name, start, stop):
                return start  # another process took this span
            projection.write(connection, self._rows, headers)
        return stop

    def wait_for(self, size: int, timeout_s: float) -> bool:
        """Wait until *size* entries are projected; tell whether they are."""
        end = time.monotonic() + timeout_s
        while self.size() < size:
            if time.monotonic() > end:
                return False
            self.want()
            time.sleep(0.01)
        return True

    def rebuild(self, progress: Callable[[int], None] = lambda size: None) -> None:
        """Drop every projection and replay it."""
        for projection in self._projections:
            with writing(self._engine) as connection:
                projection.drop(connection, self._rows)
                self._rows.reset(connection, projection.name)
        self.catch_up(progress)
