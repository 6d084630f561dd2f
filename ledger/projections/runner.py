"""Keep projections a moment behind the log: in order, in bulk, each by one fold.

A projection is a table that can be dropped and replayed: its rows follow from
entries 0 … size - 1 and nothing else, whoever runs it and in what steps
(``ledger.projections.steps``).

In the background this rests nineteen times as long as it worked while entries keep
coming, so that a burst is served before it is projected; once they stop, or
somebody waits for what is projected, it works on until it has caught up.
"""

import threading
import time
from collections.abc import Callable, Collection, Sequence

import sqlalchemy as sa
import structlog

from ledger.projections.steps import Projection, Steps
from ledger.store.engine import count_rows, reading
from ledger.store.log_rows import LogRows
from ledger.store.projection_rows import ProjectionRows

SPAN = 5_000  # entries a transaction: what many of them touch is written once
BURST_SPAN = 200  # while entries keep coming: steps so short that no request notices one
IDLE_S = 1.0
PAUSE_S = 0.05
QUIET_S = 0.5  # after so long without an entry no burst is under way
REST = 19  # times as long as a step worked
COUNTED = 1_000  # entries from which on the database counts rows, whenever there are twice as many

log = structlog.get_logger("zelian.projections")


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
        self._log_engine, self._engine, self._log_rows = log_engine, engine, log_rows
        self._counted = 0  # size of the log when the database last counted rows for its plans
        self._steps = Steps(log_engine, engine, log_rows, rows, projections)
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._hurry = threading.Event()  # somebody waits: no rest until he has what he waits for
        self._thread: threading.Thread | None = None
        self._seen = 0  # size of the log at the last look
        self._grew_at = 0.0  # when it was last seen to have grown
        self._awaited = {one.name: 0 for one in projections}  # how far each is waited for
        self.failure: Exception | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="projections", daemon=True)
        self._thread.start()

    def want(self, _size: int = 0) -> None:
        """Say that there is something new; never blocks."""
        self._wanted.set()

    def close(self) -> None:
        self._closing.set()
        self._hurry.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._steps.close()

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wanted.wait(IDLE_S)
            self._wanted.clear()
            behind = True
            while behind and not self._closing.is_set():
                began = time.thread_time()
                behind = self._attempt()
                self._pause(time.thread_time() - began, behind)

    def _pause(self, worked_s: float, behind: bool) -> None:
        """Rest after a step: long in a burst, not at all while it drains."""
        if self._in_burst():
            end = time.monotonic() + max(PAUSE_S, REST * worked_s)
            while self._in_burst() and (left := end - time.monotonic()) > 0:
                self._hurry.wait(min(left, PAUSE_S))
        elif not behind:
            self._hurry.wait(PAUSE_S)  # single posts gather into one step

    def _in_burst(self) -> bool:
        """Whether entries keep coming and nobody waits for them to be projected."""
        return not self._hurry.is_set() and time.monotonic() - self._grew_at < QUIET_S

    def _attempt(self) -> bool:
        """One step of each projection; tell whether any is still behind."""
        try:
            size = self._look()
            reached = self._step(size, BURST_SPAN if self._in_burst() else SPAN)
        except Exception as error:  # whatever it is, the thread lives on and tries again
            if self.failure is None:
                log.warning("projecting failed", error=type(error).__name__)
            self.failure = error
            return False
        self.failure = None
        if self._hurry.is_set() and not self._closing.is_set() and self._has_come(size):
            self._hurry.clear()
        return reached < size

    def _has_come(self, size: int) -> bool:
        """Whether everything is projected that somebody waits for; what never comes is not."""
        known = self._steps.positions()
        return all(known[name] >= min(awaited, size) for name, awaited in self._awaited.items())

    def _step(self, size: int, most: int) -> int:
        """One step of each projection; return how far all have come."""
        reached = self._steps.take(size, most)
        if reached >= size >= max(2 * self._counted, COUNTED):
            count_rows(self._engine)
            self._counted = size
        return reached

    def _look(self) -> int:
        """Return the size of the log, and notice that it grew, whoever wrote."""
        with reading(self._log_engine) as connection:
            head = self._log_rows.read_head(connection)
        size = head.size if head else 0
        if size > self._seen:
            self._seen, self._grew_at = size, time.monotonic()
        return size

    def positions(self) -> dict[str, int]:
        """Entries that each projection has taken in, by its name."""
        return self._steps.positions()

    def size(self, of: Collection[str] = ()) -> int:
        """Entries that the projections of these names have taken in; none named: every one."""
        known = self._steps.positions()
        return min(known[name] for name in of or known)

    def catch_up(self, progress: Callable[[int], None] = lambda size: None) -> int:
        """Bring every projection up to the head as it is now; return that size."""
        size = self._look()
        while not self._closing.is_set() and (at := self._step(size, SPAN)) < size:
            progress(at)
        return size

    def wait_for(self, size: int, timeout_s: float, of: Collection[str] = ()) -> bool:
        """Wait until *size* entries are projected, by those named as for :meth:`size`.

        Tell whether they are.
        """
        if self._thread is None and self.size(of) < size:
            self.catch_up()
        end = time.monotonic() + timeout_s
        while self.size(of) < size:
            if time.monotonic() > end:
                return False
            self._await(size, of)
            time.sleep(0.01)
        return True

    def _await(self, size: int, of: Collection[str]) -> None:
        for name in of or self._awaited:
            self._awaited[name] = max(self._awaited[name], size)
        self._hurry.set()
        self.want()

    def forget(self, indexes: Sequence[int]) -> None:
        """Take back what was projected from statements that are no longer to be found."""
        self._steps.forget(indexes)

    def rebuild(self, progress: Callable[[int], None] = lambda size: None) -> None:
        """Drop every projection and replay it."""
        self._steps.drop()
        self.catch_up(progress)
