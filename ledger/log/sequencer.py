"""Give statements their places: one group, one transaction, one signed checkpoint.

Many threads submit. One of them, the leader, takes what all have queued and
commits it as a group; then it hands the lead to the first that still waits. No
thread of its own is needed, and a lone client pays no hand-over.

What a crash leaves at each step of :meth:`Sequencer._commit`:

1. the head is locked, duplicates dropped, candidates judged: nothing happened;
2. headers, chains, tree and checkpoint are computed and the checkpoint signed:
   nobody has seen it, since only step 4 lets it out;
3. rows are inserted and the head moved, not yet committed: the database rolls
   all of it back;
4. committed: the entries stand. Receipts may not have left; a client that sends
   the same bytes again gets its receipt. Tiles are rendered from the tables by
   the publisher, whether or not this process lives.

A failure whose outcome is unknown (the connection broke while committing) is
answered with ReadOnly; the next group finds out from the head what happened,
and checks that it continues what this process had seen.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from crypto.checkpoint import Checkpoint, sign_checkpoint
from crypto.header import parse_header
from crypto.keys import PrivateKey
from crypto.merkle import Edge, grow, leaf_hash
from crypto.notation import format_time, parse_time
from ledger.errors import ReadOnly, Refused
from ledger.log.candidate import Accepted, Candidate, Judge, Outcome, Repeated, id_conflict
from ledger.log.chain_ids import ChainIds
from ledger.log.clock import Clock
from ledger.log.failures import (
    TRANSIENT,
    clock_ran_back,
    from_database,
    head_foreign,
    head_missing,
    head_older,
    unexpected,
)
from ledger.log.group import Group, plan_group
from ledger.store.log_rows import HeadRow, IdRow, LogRows
from ledger.store.removal_rows import RemovalRow, add_removals

GROUP_LIMIT = 1_000  # candidates a transaction: bounds how long single posts wait
CLOCK_SLACK_MS = 1_000  # SPEC: spec 3, a clock that ran back by more stops the ledger
REGISTRAR = "registrar"

OrderOf = Callable[[Candidate, int], RemovalRow | None]


@dataclass(slots=True, eq=False)
class _Ticket:
    """One submission in the queue; its thread sleeps on ``wake``."""

    candidates: Sequence[Candidate]
    outcomes: list[Outcome] = field(default_factory=list)
    failure: ReadOnly | None = None
    wake: threading.Lock = field(default_factory=lambda: _closed_gate())

    @property
    def done(self) -> bool:
        return self.failure is not None or len(self.outcomes) == len(self.candidates)


def _closed_gate() -> threading.Lock:
    gate = threading.Lock()
    gate.acquire()
    return gate


class Sequencer:
    """The only writer of the log tables in this process.

    Args:
        engine, rows: the database and its queries.
        origin, key: what signs checkpoints.
        names: salts and ids of chains.
        judge: asked about every candidate inside the transaction.
        clock: milliseconds since 1970.
        committed: told the new size after each commit; must not block.
        order_of: what row an order to withhold or erase adds, given the index of its entry.
    """

    def __init__(
        self,
        engine: sa.Engine,
        rows: LogRows,
        origin: str,
        key: PrivateKey,
        names: ChainIds,
        judge: Judge,
        clock: Clock,
        committed: Callable[[int], None] = lambda size: None,
        order_of: OrderOf = lambda candidate, index: None,
    ) -> None:
        self._engine, self._rows, self._order_of = engine, rows, order_of
        self._origin, self._key = origin, key
        self._names, self._judge = names, judge
        self._clock, self._committed = clock, committed
        self._connection: sa.Connection | None = None
        self._seen: HeadRow | None = None
        self._mutex = threading.Lock()
        self._queue: deque[_Ticket] = deque()
        self._leading = False
        self.failure: ReadOnly | None = None

    def submit(self, candidates: Sequence[Candidate]) -> list[Outcome]:
        """Commit what is admitted of *candidates*; return an outcome for each, in order.

        Raises:
            ReadOnly: nothing of what has no outcome was acknowledged; sending
                the same bytes again is safe.
        """
        if not candidates:
            return []
        ticket = _Ticket(candidates)
        self._await_turn(ticket)
        if not ticket.done:
            self._lead(ticket)
        if ticket.failure is not None:
            raise ticket.failure
        return ticket.outcomes

    @property
    def seen_size(self) -> int:
        """Entries of the newest head that this process has seen."""
        return 0 if self._seen is None else self._seen.size

    def check_open(self) -> None:
        """Raise the failure that stands until somebody has looked, if there is one."""
        if self.failure is not None and self.failure.reason not in TRANSIENT:
            raise self.failure

    def _await_turn(self, ticket: _Ticket) -> None:
        """Return once *ticket* is done or its thread is to lead."""
        with self._mutex:
            self._queue.append(ticket)
            lead, self._leading = not self._leading, True
        if not lead:
            ticket.wake.acquire()  # opened by the leader: done, or promoted

    def _lead(self, ticket: _Ticket) -> None:
        try:
            while not ticket.done:
                self._commit_next()
        finally:
            with self._mutex:
                if not ticket.done:  # interrupted: nobody waits for it any more
                    self._queue.remove(ticket)
                successor = self._queue[0] if self._queue else None
                self._leading = successor is not None
            if successor is not None:
                successor.wake.release()

    def _commit_next(self) -> None:
        """Commit one group from the front of the queue and wake whose tickets it finished."""
        batch, parts = self._gather()
        try:
            outcomes: list[Outcome] = self._run(batch)
            failure = None
        except ReadOnly as error:
            outcomes, failure = [], error
        except Exception as error:  # nobody who waits may wait for ever
            outcomes, failure = [], unexpected(error)
            self._fail(failure)
        finished = self._hand_out(parts, outcomes, failure)
        for ticket in finished:
            ticket.wake.release()

    def _gather(self) -> tuple[list[Candidate], list[tuple[_Ticket, int]]]:
        """Take up to GROUP_LIMIT candidates; parts tell how many are whose."""
        batch: list[Candidate] = []
        parts = []
        with self._mutex:
            for ticket in self._queue:
                done = len(ticket.outcomes)
                take = ticket.candidates[done : done + GROUP_LIMIT - len(batch)]
                batch.extend(take)
                parts.append((ticket, len(take)))
                if len(batch) == GROUP_LIMIT:
                    break
        return batch, parts

    def _hand_out(
        self,
        parts: Sequence[tuple[_Ticket, int]],
        outcomes: Sequence[Outcome],
        failure: ReadOnly | None,
    ) -> list[_Ticket]:
        """Give outcomes to tickets; a group cut short leaves the rest queued.

        Returns the finished tickets of sleeping threads.
        """
        at = 0
        with self._mutex:
            leader = self._queue[0]
            for ticket, count in parts:
                ticket.outcomes.extend(outcomes[at : at + count])
                ticket.failure = failure
                at += count
            finished = [ticket for ticket, _ in parts if ticket.done]
            for _ in finished:  # parts are the front of the queue, finished ones first
                self._queue.popleft()
        return [ticket for ticket in finished if ticket is not leader]

    def _run(self, batch: Sequence[Candidate]) -> list[Outcome]:
        self.check_open()
        try:
            outcomes = self._commit(batch)
        except ReadOnly as error:
            self._fail(error)
            raise
        except sa.exc.SQLAlchemyError as error:
            failure = from_database(error)
            self._fail(failure)
            raise failure from error
        if self.failure is not None and self.failure.reason in TRANSIENT:
            self.failure = None  # what others found meanwhile stands
        return outcomes

    def _fail(self, failure: ReadOnly) -> None:
        self.failure = failure
        self._let_go()
        if failure.reason == "head_older":
            self._engine.dispose()  # what else is pooled leads to the same former leader

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _commit(self, batch: Sequence[Candidate]) -> list[Outcome]:
        """One transaction over the front of *batch*; outcomes stop at a registry entry."""
        connection, transaction, head = self._begin()
        with transaction:
            self._follow(connection, head)
            now_ms = self._now(head)
            recorded_at = max(head.recorded_at, format_time(now_ms))
            taken = self._rows.find_ids(connection, [(c.source, c.id) for c in batch])
            outcomes, accepted = self._admit(batch, head.size, recorded_at, now_ms, taken)
            if not accepted:
                transaction.rollback()
                return [outcome for outcome in outcomes if outcome is not None]
            group = self._append(connection, head, recorded_at, accepted)
            note = self._sign(connection, group)
        self._after_commit(group, accepted)
        return self._receipts(outcomes, group, accepted, note)

    def _begin(self) -> tuple[sa.Connection, sa.Transaction, HeadRow]:
        """Lock the head; a kept connection that died meanwhile is replaced, once.

        Nothing is written before the lock, so nothing can be written twice.
        """
        kept = self._connection is not None
        try:
            return self._locked_head()
        except sa.exc.DBAPIError as error:
            if not (kept and error.connection_invalidated):
                raise
        self._let_go()
        return self._locked_head()

    def _locked_head(self) -> tuple[sa.Connection, sa.Transaction, HeadRow]:
        connection = self._writer()
        transaction = connection.begin()
        head = self._rows.lock_head(connection)
        if head is None:
            raise head_missing()
        return connection, transaction, head

    def _writer(self) -> sa.Connection:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(writes=True)
        return self._connection

    def _follow(self, connection: sa.Connection, head: HeadRow) -> None:
        """Take in what others added, where *head* continues what this process has seen."""
        if self._seen is not None and head != self._seen:
            self._check_continues(connection, self._seen, head)
        follow_registry(connection, self._rows, self._judge, head)
        self._seen = head

    def _check_continues(self, connection: sa.Connection, seen: HeadRow, head: HeadRow) -> None:
        """Raise unless the rows that another writer added lead from *seen* to *head*."""
        if head.size < seen.size:
            raise head_older(seen.size, head.size)
        headers = self._rows.headers(connection, seen.size, head.size)
        if head.size == seen.size or len(headers) != head.size - seen.size:
            raise head_foreign(seen.size, head.size)
        edge = grow(Edge.unpack(seen.size, seen.edge), [leaf_hash(raw) for raw in headers])
        linked = parse_header(headers[0]).prev == seen.leaf
        if not linked or edge.pack() != head.edge or leaf_hash(headers[-1]) != head.leaf:
            raise head_foreign(seen.size, head.size)

    def _now(self, head: HeadRow) -> int:
        now_ms = self._clock()
        last_ms = parse_time(head.recorded_at) if head.recorded_at else now_ms
        if now_ms < last_ms - CLOCK_SLACK_MS:
            raise clock_ran_back(last_ms - now_ms)
        return now_ms

    def _admit(
        self,
        batch: Sequence[Candidate],
        size: int,
        recorded_at: str,
        now_ms: int,
        taken: dict[tuple[str, str], IdRow],
    ) -> tuple[list[Outcome | None], list[Candidate]]:
        """Judge in order; None stands for an accepted one.

        Ends after a registry statement and before one that looks back, so that
        every statement is judged as if it had been posted alone.
        """
        outcomes: list[Outcome | None] = []
        accepted: list[Candidate] = []
        for candidate in batch:
            if candidate.looks_back and accepted:
                break
            index = size + len(accepted)
            outcome = self._decide(candidate, index, recorded_at, now_ms, taken)
            outcomes.append(outcome)
            if outcome is not None:
                continue
            key = (candidate.source, candidate.id)
            taken[key] = IdRow(*key, candidate.digest, index)
            accepted.append(candidate)
            if candidate.registry:
                break
        return outcomes, accepted

    def _decide(
        self,
        candidate: Candidate,
        index: int,
        recorded_at: str,
        now_ms: int,
        taken: dict[tuple[str, str], IdRow],
    ) -> Outcome | None:
        row = taken.get((candidate.source, candidate.id))
        if row is not None and row.digest == candidate.digest:
            return Repeated(row.index)
        try:
            self._judge.judge(candidate, index, recorded_at, now_ms)
        except Refused as refusal:
            return refusal
        return None if row is None else id_conflict(candidate, row.index)

    def _append(
        self,
        connection: sa.Connection,
        head: HeadRow,
        recorded_at: str,
        accepted: Sequence[Candidate],
    ) -> Group:
        chains = [self._names.sorted_of(candidate.names) for candidate in accepted]
        wanted = sorted({chain.id for row in chains for chain in row})
        found = self._rows.find_chains(connection, wanted)
        group = plan_group(head, recorded_at, accepted, chains, found)
        self._rows.add_entries(connection, group.entries)
        self._rows.put_chains(connection, sorted(group.chains.values()))
        self._record_order(connection, accepted[0], head.size)
        if not self._rows.move_head(connection, head.size, group.head):
            raise head_foreign(head.size, group.head.size)
        return group

    def _record_order(self, connection: sa.Connection, first: Candidate, index: int) -> None:
        """What looks back is the first of its group, so all entries before it are committed."""
        row = self._order_of(first, index) if first.looks_back else None
        if row is not None:
            add_removals(connection, [row])

    def _sign(self, connection: sa.Connection, group: Group) -> str:
        checkpoint = Checkpoint(self._origin, group.head.size, group.root)
        note = sign_checkpoint(checkpoint, self._key)
        self._rows.add_checkpoint(connection, group.head.size, group.head.checkpoints - 1, note)
        return note

    def _after_commit(self, group: Group, accepted: Sequence[Candidate]) -> None:
        self._seen = group.head
        if accepted[-1].registry:
            last = group.entries[-1]
            self._judge.fold(last.index, group.head.recorded_at, last.envelope)
        self._judge.advance(group.head.size)
        self._committed(group.head.size)

    def _receipts(
        self,
        outcomes: Sequence[Outcome | None],
        group: Group,
        accepted: Sequence[Candidate],
        note: str,
    ) -> list[Outcome]:
        made = (
            Accepted(
                row.index,
                row.header,
                tuple([(chain.name, chain.salt) for chain in chains]),
                path,
                note,
            )
            for row, chains, path in zip(group.entries, group.chain_ids, group.paths, strict=True)
        )
        return [next(made) if outcome is None else outcome for outcome in outcomes]

    def close(self) -> None:
        """Let go of the connection; a later submit would open another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def follow_registry(connection: sa.Connection, rows: LogRows, judge: Judge, head: HeadRow) -> None:
    """Fold the registry entries from where *judge* stands up to *head*."""
    if head.registry_size > judge.size:
        for index in rows.indexes_of_source(connection, REGISTRAR, judge.size, head.size):
            header = rows.headers(connection, index, index + 1)
            envelope = rows.envelope(connection, index)
            if not header or envelope is None:
                raise head_foreign(judge.size, head.size)
            judge.fold(index, parse_header(header[0]).recorded_at, envelope)
    judge.advance(head.size)
