"""Whether the ledger takes entries, why not, and how far each part has come.

What stopped the sequencer is asked about again whenever somebody wants to know:
by looking where looking can tell, by trying where only that can.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from crypto.notation import parse_time
from ledger.errors import ReadOnly
from ledger.log.failures import clock_ran_back, from_database, head_missing
from ledger.log.room import Room
from ledger.log.sequencer import CLOCK_SLACK_MS
from ledger.parts import Parts
from ledger.store.engine import reading
from ledger.store.log_rows import HeadRow


@dataclass(frozen=True, slots=True)
class State:
    """How the ledger is: whether it takes entries, why not, and how far each part is."""

    writable: bool
    reason: str | None
    en: str | None
    zh: str | None
    size: int
    published_size: int
    registry_size: int
    projected_size: int
    ready: bool


class Readiness:
    """Tells of one open ledger."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.room = Room(parts.engine)

    def state(self, start_size: int) -> State:
        """How the ledger is now; ready needs *start_size* entries published."""
        parts = self._parts
        failure = parts.sequencer.failure
        head: HeadRow | None = None
        projected = 0
        try:
            with reading(parts.engine) as connection:
                head = parts.rows.read_head(connection)
            projected = parts.runner.size()
            failure = self._still(failure, head)
        except sa.exc.SQLAlchemyError as error:
            failure = from_database(error, reading=True)
        size = head.size if head else 0
        published = parts.publisher.published_size
        caught_up = published >= min(start_size, size) and parts.publisher.failure is None
        return State(
            writable=failure is None,
            reason=failure.reason if failure else None,
            en=failure.en if failure else None,
            zh=failure.zh if failure else None,
            size=size,
            published_size=published,
            registry_size=parts.judge.size,
            projected_size=projected,
            ready=failure is None and caught_up,
        )

    def _still(self, failure: ReadOnly | None, head: HeadRow | None) -> ReadOnly | None:
        """Whether a passing failure still stands, as far as looking, or trying, can tell."""
        if head is None:
            return failure or head_missing()
        if head.recorded_at:
            behind_ms = parse_time(head.recorded_at) - self._parts.clock()
            if behind_ms > CLOCK_SLACK_MS:
                return clock_ran_back(behind_ms)
        if failure is None or failure.reason in ("database_lost", "busy", "clock_ran_back"):
            return None
        if failure.reason == "head_older" and head.size >= self._parts.sequencer.seen_size:
            return None  # whether it continues what was seen, the next submission tells
        if failure.reason == "disk_full" and self.room.is_back(failure):
            return None
        return failure
