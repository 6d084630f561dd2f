"""Send the prepared statements in batches, and count what becomes of them.

A lane's batches follow one another, so that a parent is logged before the child;
lanes run side by side. Statements are built as they are needed. Whatever stops the
work, all that was acknowledged is logged, and sending everything again is safe.

Units: batches of at most 1,000 statements and 16 MiB.

Source: spec 6; design (batch).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Protocol

from cli.door import Door
from cli.importing.compact import Said, verify_batch
from cli.importing.events import Prepared
from cli.receipts import Outbox, Unkept
from crypto.errors import CryptoError
from crypto.policy import Policy
from ledger.errors import LedgerError, Refused

MAX_LINES = 1_000
MAX_BATCH = 16 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """A statement that the ledger did not take, and the line from which it came."""

    line: int
    id: str
    error: LedgerError


@dataclass(slots=True)
class Counts:
    """How many statements of a type were logged now, were logged before, were refused."""

    family: str
    new: int = 0
    there: int = 0
    refused: int = 0


@dataclass(slots=True)
class Tally:
    """What became of the statements so far, by type."""

    types: dict[str, Counts] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many were answered."""
        return sum(one.new + one.there + one.refused for one in self.types.values())

    @property
    def logged(self) -> int:
        """How many are in the ledger."""
        return sum(one.new + one.there for one in self.types.values())

    def add(self, prepared: Prepared, outcome: "bool | LedgerError") -> None:
        """Count one: True where it is new, False where it was logged before."""
        counts = self.types.setdefault(prepared.type, Counts(prepared.family))
        if isinstance(outcome, LedgerError):
            counts.refused += 1
            self.refusals.append(Refusal(prepared.line, prepared.id, outcome))
        elif outcome:
            counts.new += 1
        else:
            counts.there += 1


Answered = tuple[Sequence[Prepared], list[bool | LedgerError]]


class Send(Protocol):
    """Sends a batch and tells of each statement whether it is new, or why it is refused."""

    def __call__(self, batch: Sequence[Prepared], /) -> "list[bool | LedgerError]":
        """Return an outcome for each, in order; raise where nothing is known of them."""


def send_compact(door: Door, policy: Policy) -> Send:
    """Return a sender that verifies compact receipts and keeps none."""
    origin = door.origin

    def send(batch: Sequence[Prepared]) -> "list[bool | LedgerError]":
        answer = door.submit_compact([one.envelope for one in batch])
        said = [Said(one.digest, one.event) for one in batch]
        verified = verify_batch(said, answer, origin, policy)
        return [one if isinstance(one, LedgerError) else one.created for one in verified]

    return send


def send_keeping(outbox: Outbox) -> Send:
    """Return a sender that verifies whole receipts and keeps them."""

    def send(batch: Sequence[Prepared]) -> "list[bool | LedgerError]":
        outcomes: list[bool | LedgerError] = []
        for result in outbox.send([one.envelope for one in batch]):
            if not isinstance(result, Unkept):
                outcomes.append(result.created)
            elif isinstance(result.error, CryptoError):
                raise result.error
            else:
                outcomes.append(result.error)
        return outcomes

    return send


def check_only(judge: Callable[[Prepared], None]) -> Send:
    """Return a sender that sends nothing: *judge* refuses what a ledger would for its form."""

    def send(batch: Sequence[Prepared]) -> "list[bool | LedgerError]":
        return [_outcome(judge, one) for one in batch]

    return send


def _outcome(judge: Callable[[Prepared], None], one: Prepared) -> "bool | LedgerError":
    try:
        judge(one)
    except Refused as refusal:
        return refusal
    return True


def send_lanes(
    lanes: Sequence[Iterable[Prepared]], send: Send, tally: Tally, told: Callable[[int], None]
) -> None:
    """Send all lanes, one batch of each at a time, and count the outcomes in *tally*.

    Args:
        told: is told how many statements were answered.

    Raises:
        LedgerError, CryptoError, Failure: a batch got no answer that holds; those
            before it are counted.
    """
    batches = {at: batches_of(lane) for at, lane in enumerate(lanes)}

    def work(lane: int) -> Answered:
        batch = next(batches[lane], [])
        return batch, send(batch) if batch else []

    with ThreadPoolExecutor(len(lanes)) as executor:

        def begin(lane: int) -> "Future[Answered]":
            # A thread knows the language that is spoken only by a copy of the context.
            return executor.submit(copy_context().run, work, lane)

        running = {begin(lane): lane for lane in batches}
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                lane = running.pop(future)
                batch, outcomes = future.result()
                for one, outcome in zip(batch, outcomes, strict=True):
                    tally.add(one, outcome)
                told(tally.done)
                if batch:
                    running[begin(lane)] = lane


def batches_of(prepared: Iterable[Prepared]) -> Iterator[list[Prepared]]:
    """Yield *prepared* in batches that a server takes."""
    batch: list[Prepared] = []
    size = 0
    for one in prepared:
        if batch and (len(batch) == MAX_LINES or size + len(one.envelope) + 1 > MAX_BATCH):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += len(one.envelope) + 1
    if batch:
        yield batch
