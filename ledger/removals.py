"""Carry out what an order says: that a statement be withheld, or erased.

What a crash leaves at each step:

1. The sequencer commits the order's entry together with its row of ``removals``.
   Before that nothing happened; after it nobody is shown the statement any more,
   for every read asks ``removals``, and all that follows is done again at start-up.
2. The projections forget what followed from the statement, and of what is erased
   the copy goes that the command line may have kept in this home. Both are done
   again for every order at start-up; forgetting twice is forgetting once.
3. What is erased is overwritten where it lies, all of it in one transaction; the
   statement is blank or whole, never half. What is not blank yet is found by its
   row, so no mark of progress has to be kept.
4. SQLite's write-ahead logs, which still hold the old pages, are brought into the
   files and emptied. A reader may hold one up: it is tried again until it is done,
   and at start-up wherever anything was ever erased.

What the registrar said is never removed, for everybody's keys rest on it; nor is
an order itself, for it is the trace of who took something away. Such an order is
recorded as ``kept``. There is no order that releases what was withheld.

Source: spec 3 (erasure), 9.2.
"""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import sqlalchemy as sa
import structlog

from crypto.header import statement_of
from crypto.statement import read_statement
from ledger.events.statements import ERASED as ERASED_TYPE
from ledger.events.statements import WITHHELD as WITHHELD_TYPE
from ledger.log.candidate import Candidate
from ledger.log.sequencer import REGISTRAR
from ledger.projections.finder import DigestFinder
from ledger.store.engine import fold_wal, reading, writing
from ledger.store.log_rows import LogRows
from ledger.store.removal_rows import (
    ERASED,
    KEPT,
    WITHHELD,
    RemovalRow,
    blank_statements,
    due_to_blank,
    index_of_statement,
    is_blank,
    removed_between,
    source_of_index,
)

RETRY_S = 2.0

KIND_OF = {WITHHELD_TYPE.name: WITHHELD, ERASED_TYPE.name: ERASED}

log = structlog.get_logger("zelian.removals")


class Orders:
    """Tells what row an order adds: which entry it is aimed at, and whether it counts there.

    Args:
        engine, rows: the log; entries before the order are committed.
        finder: where to look; what it says is held against the header.
        noticed: told the index of an order that is about to be committed.
    """

    def __init__(
        self,
        engine: sa.Engine,
        rows: LogRows,
        finder: DigestFinder,
        noticed: Callable[[int], None],
    ) -> None:
        self._engine, self._rows, self._finder = engine, rows, finder
        self._noticed = noticed

    def __call__(self, candidate: Candidate, by: int) -> RemovalRow | None:
        """Return the row of the order that becomes entry *by*; None: it aims at no entry here."""
        statement = read_statement(candidate.envelope)
        kind = KIND_OF.get(statement.type)
        if kind is None:
            return None
        digest = bytes.fromhex(statement.data["target"])
        found = self._finder.index_of(digest)
        with reading(self._engine) as connection:
            index = target_of(connection, self._rows, digest, found)
            if index is None:
                return None
            kept = is_kept(connection, self._rows, index)
        self._noticed(by)
        return RemovalRow(index, by, KEPT if kept else kind)


def target_of(
    connection: sa.Connection, rows: LogRows, digest: bytes, hint: int | None
) -> int | None:
    """Index of the entry whose header records this statement digest; *hint* is looked at first."""
    if hint is not None and _records(connection, rows, hint, digest):
        return hint
    index = index_of_statement(connection, digest)
    return index if index is not None and _records(connection, rows, index, digest) else None


def _records(connection: sa.Connection, rows: LogRows, index: int, digest: bytes) -> bool:
    headers = rows.headers(connection, index, index + 1)
    return bool(headers) and statement_of(headers[0]) == digest


def is_kept(connection: sa.Connection, rows: LogRows, index: int) -> bool:
    """Whether no order removes this statement: the registrar said it, or it is an order itself."""
    envelope = rows.envelope(connection, index)
    if envelope is None or is_blank(envelope):  # whatever was erased was not of these
        return source_of_index(connection, index) == REGISTRAR
    statement = read_statement(envelope)
    return statement.source == REGISTRAR or statement.type in KIND_OF


class Eraser:
    """Makes true in the tables and files what the orders in the log say.

    Args:
        engine, rows: of the log.
        projection_engine: of the projections; the same on PostgreSQL.
        forget: has the projections forget statements; may be asked twice.
        copies: folder in which the command line keeps what it sends from this home.
    """

    def __init__(
        self,
        engine: sa.Engine,
        rows: LogRows,
        projection_engine: sa.Engine,
        forget: Callable[[Sequence[int]], None],
        copies: Path,
    ) -> None:
        self._engine, self._rows, self._copies = engine, rows, copies
        self._projection_engine, self._forget = projection_engine, forget
        self._working = threading.Lock()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._forgotten: set[int] = set()
        self._awaited: int | None = None
        self._unfolded = False
        self._last_look: Callable[[Sequence[int]], None] = lambda _indexes: None

    def before(self, look: Callable[[Sequence[int]], None]) -> None:
        """Have *look* see which statements go, while they are there; it may be asked twice."""
        self._last_look = look

    @property
    def pending(self) -> bool:
        """Whether there is anything left to do, or may be."""
        return self._awaited is not None or self._unfolded

    def want(self, by: int) -> None:
        """Say that entry *by*, an order, is about to be committed; never blocks."""
        self._awaited = max(by, self._awaited or 0)

    def recover(self) -> None:
        """Finish what a crash may have left at any step; raise what the database raises."""
        with self._working:
            self._carry_out()
            with reading(self._engine) as connection:
                removed = removed_between(connection).items()
            erased = [index for index, one in removed if one.kind == ERASED]
            self._drop_copies(erased)
            self._unfolded = bool(erased)
            self._fold()

    def carry_out(self) -> None:
        """Do what is to be done, if anything is; what fails is tried again later."""
        if self.pending:
            self._attempt()
            if self.pending:
                self._wake.set()

    def _attempt(self) -> None:
        with self._working:
            try:
                self._carry_out()
                self._fold()
            except (sa.exc.SQLAlchemyError, OSError) as error:
                log.warning("an order is not carried out yet", error=type(error).__name__)

    def _carry_out(self) -> None:
        """Steps 2 and 3, for every order that is committed by now."""
        awaited = self._awaited
        with reading(self._engine) as connection:
            head = self._rows.read_head(connection)
            removed = set(removed_between(connection))
            due = due_to_blank(connection)
        fresh = sorted(removed - self._forgotten)
        if fresh:
            self._last_look(fresh)
            self._forget(fresh)
        if due:
            self._drop_copies(due)
            with writing(self._engine) as connection:
                blank_statements(connection, due)
        self._forgotten.update(fresh)
        self._unfolded = self._unfolded or bool(due)
        # Another thread may have come by before the order's own was committed.
        if self._awaited == awaited and awaited is not None and head and head.size > awaited:
            self._awaited = None

    def _drop_copies(self, indexes: Sequence[int]) -> None:
        if not indexes or not self._copies.is_dir():
            return
        for index in indexes:
            with reading(self._engine) as connection:
                headers = self._rows.headers(connection, index, index + 1)
            for header in headers:
                name = f"{statement_of(header).hex()}.statement"
                (self._copies / name).unlink(missing_ok=True)

    def _fold(self) -> None:
        """Step 4."""
        if self._unfolded:
            folded = [fold_wal(engine) for engine in (self._engine, self._projection_engine)]
            self._unfolded = not all(folded)

    # In the background

    def start(self) -> None:
        """Try again in the background whatever could not be done at once."""
        self._thread = threading.Thread(target=self._work, name="eraser", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and try a last time."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.carry_out()

    def _work(self) -> None:
        while not self._stop.is_set():
            self._wake.wait()
            self._wake.clear()
            while self.pending and not self._stop.wait(RETRY_S):
                self._attempt()
