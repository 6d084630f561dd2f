"""Rules take longer than all other projections together: where much waits, a second process
makes what they change, a span ahead of where it is written. The first span is made where it
is written, while that process starts.

It only reads. What it made of the span before, which may not be written yet, goes before
what it finds in the tables. Whoever writes holds the position, sees that the span had the
same statements when it was read here, and makes all by himself where it had not, or where
nothing comes from here: the rows are the same.

For SQLite, where one process writes; with PostgreSQL several share the work as they are.
"""

import gc
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain

import msgspec
import sqlalchemy as sa
import structlog

from ledger.processes import begin_worker
from ledger.projections.span import SpanReader
from ledger.projections.supervising import Made, Newer, make
from ledger.store.engine import open_engine, reading
from ledger.store.log_rows import log_rows
from ledger.store.supervision_rows import supervision_rows
from ledger.supervision.instruments import Instruments

WORTH_IT = 20_000  # entries that wait: for fewer no process is started
LEAST = 1_000  # entries of a span: smaller ones are made where they are written

BuiltIn = Callable[[], Instruments]  # a function of a module, which the other process loads

log = structlog.get_logger("zelian.projections")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Made).decode


class Ahead:
    """One process at most, as long as much waits; for one thread at a time."""

    def __init__(self, log_engine: sa.Engine, engine: sa.Engine, built_in: BuiltIn) -> None:
        self._from = _url(log_engine), _url(engine), built_in
        self._executor: ProcessPoolExecutor | None = None
        self._asked: dict[tuple[int, int], Future[bytes]] = {}
        self._next = -1  # where what was asked for ends
        self._given_up = False

    def foresee(self, start: int, stop: int, further: int, size: int) -> None:
        """Have ``start <= index < stop`` made, which comes next, and what follows up to *further*.

        Args:
            size: of the log.
        """
        if stop == size:
            self._given_up = False
        if stop - start < LEAST or (self._executor is None and size - start < WORTH_IT):
            return
        try:
            if self._given_up:
                return
            if self._executor is None:
                self._executor = self._start()  # this span is written before it is ready to read
                return
            self._ask(self._executor, start, stop)
            if further - stop >= LEAST:
                self._ask(self._executor, stop, further)
        except (BrokenProcessPool, OSError) as error:
            self._give_up(error)

    def _start(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        executor = ProcessPoolExecutor(
            1, mp_context=context, initializer=_begin, initargs=self._from
        )
        executor.submit(os.getpid)  # a process starts when something is asked of it
        return executor

    def _ask(self, executor: ProcessPoolExecutor, start: int, stop: int) -> None:
        if (start, stop) in self._asked:
            return
        anew = start != self._next
        if anew:
            self._asked.clear()
        self._asked[start, stop] = executor.submit(_make, start, stop, anew)
        self._next = stop

    def take(self, start: int, stop: int) -> Made | None:
        """Return what was made of a span, once it is; None: nothing comes, so make it yourself."""
        future = self._asked.pop((start, stop), None)
        if future is None:
            return None
        try:
            made = _decode(future.result())
        except Exception as error:  # whatever it is, it comes again where it can be told
            self._give_up(error)
            return None
        if not self._asked:
            self.close()  # nothing follows
        return made

    def _give_up(self, error: Exception) -> None:
        """Start no process again until all that waits is taken in."""
        log.warning("nothing is made ahead", error=type(error).__name__)
        self.close()
        self._given_up = True

    def forsake(self) -> None:
        """Take nothing of what was asked for."""
        self._asked.clear()
        self._next = -1

    def close(self) -> None:
        """End the process."""
        self.forsake()
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)


def ahead_of(log_engine: sa.Engine, engine: sa.Engine, built_in: BuiltIn) -> Ahead | None:
    """Return what makes ahead for the tables of *engine*, where that is worth it."""
    return Ahead(log_engine, engine, built_in) if engine.dialect.name == "sqlite" else None


def _url(engine: sa.Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


# What follows runs in the other process.


class _Maker:
    """Makes spans of one log one after the other."""

    def __init__(self, log_url: str, url: str, built_in: BuiltIn) -> None:
        self._log_engine, self._engine = open_engine(log_url, 2), open_engine(url, 2, "NORMAL")
        self._rows = supervision_rows(self._engine)
        self._spans = SpanReader(log_rows(self._log_engine))
        self._built_in = built_in()
        self._newer: Newer = {}

    def make(self, start: int, stop: int, *, anew: bool) -> Made:
        newer: Newer = {} if anew else self._newer
        with reading(self._log_engine) as connection:
            span = self._spans.whole(connection, start, stop)
        with reading(self._engine) as connection:
            made = make(connection, self._rows, self._built_in, span, newer)
        changed = made.changed
        # The span before last is written by now: this one was asked for after that.
        self._newer = dict(
            chain(
                changed.watched,
                ((f"finding/{row.ref}", row.body) for row in changed.findings),
                ((f"obligation/{row.ref}", row.body) for row in changed.obligations),
            )
        )
        return made


_makers: list[_Maker] = []


def _begin(log_url: str, url: str, built_in: BuiltIn) -> None:
    begin_worker()
    gc.disable()  # nearly all dies by its references, span by span; what is left waits for `_make`
    _makers.append(_Maker(log_url, url, built_in))
    gc.freeze()  # packs, rules and modules stay: no collection looks through them again


def _make(start: int, stop: int, anew: bool) -> bytes:
    made = _encode(_makers[0].make(start, stop, anew=anew))
    gc.collect()
    return made
