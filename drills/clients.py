"""Clients that keep sending statements, and onlookers that keep asking how things are.

A client sends one statement until it has a receipt, as it is told to: the same bytes again
and again. Every receipt is kept, and so is every checkpoint that was seen.
"""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.cast import official_key, official_of, use_event
from crypto.notation import format_time
from crypto.statement import sign_statement
from drills.errors import DrillError
from drills.wire import NO_ANSWER, Wire
from ledger.log.clock import system_clock

PATIENCE_S = 5.0  # a client's, for one answer
PAUSE_S = 0.1  # between two statements, and before the same is sent again
LOOK_S = 0.2
TAKEN = (200, 201)
LATER = (NO_ANSWER, 503)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A statement and its receipt; times in seconds of the monotonic clock."""

    raw: bytes
    receipt: bytes
    sent: float
    came: float


@dataclass(slots=True)
class Seen:
    """What all clients and onlookers have seen so far."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    ready: list[tuple[float, bool]] = field(default_factory=list)
    notes: dict[bytes, None] = field(default_factory=dict)  # published checkpoints, in order
    again: int = 0
    wrong: list[str] = field(default_factory=list)  # answers that nobody may get

    def check(self) -> None:
        """Raise DrillError where an answer was wrong."""
        if self.wrong:
            raise DrillError(f"a wrong answer: {self.wrong[0]}", f"错误的应答：{self.wrong[0]}")


class Clients:
    """Threads that send statements to the ledger on *port*, and those that look on."""

    def __init__(self, port: int, count: int) -> None:
        self.seen = Seen()
        self._port, self._numbers = port, itertools.count()
        self._going, self._ended = threading.Event(), threading.Event()
        self._going.set()
        self._idle = [threading.Event() for _ in range(count)]
        self._threads = [
            threading.Thread(target=self._send_on, args=(idle,), daemon=True) for idle in self._idle
        ]
        for look in (self._look_ready, self._look_published):
            self._threads.append(threading.Thread(target=look, daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Let every thread come to its end; each gives up a statement that nobody takes."""
        self._ended.set()
        self._going.set()
        for thread in self._threads:
            thread.join(PATIENCE_S + 1)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nobody sends within the block; what was under way has its receipt before."""
        self._going.clear()
        try:
            for idle in self._idle:
                if not idle.wait(10 * PATIENCE_S):
                    raise DrillError("a client gets no receipt", "客户端得不到回执")
            yield
        finally:
            self._going.set()

    def _send_on(self, idle: threading.Event) -> None:
        wire = Wire(self._port, PATIENCE_S)
        while not self._ended.is_set():
            if not self._going.is_set():
                idle.set()
                self._going.wait()
                idle.clear()
            self._send(wire, _statement(next(self._numbers)))
            time.sleep(PAUSE_S)

    def _send(self, wire: Wire, raw: bytes) -> None:
        sent = time.monotonic()
        while not self._ended.is_set():
            status, body = wire.ask("POST", "/api/v1/statements", raw)
            if status in TAKEN:
                now = time.monotonic()
                self.seen.acknowledged.append(Acknowledged(raw, body, sent, now))
                return
            if status not in LATER:
                self.seen.wrong.append(f"{status} {body[:400]!r}")
                return
            self.seen.again += 1
            time.sleep(PAUSE_S)

    def _look_ready(self) -> None:
        wire = Wire(self._port, PATIENCE_S)
        while not self._ended.wait(LOOK_S):
            asked = time.monotonic()
            status, _ = wire.ask("GET", "/readyz")
            self.seen.ready.append((asked, status == 200))
            wire.close()  # so that another worker may be asked next

    def _look_published(self) -> None:
        wire = Wire(self._port, PATIENCE_S)
        while not self._ended.wait(LOOK_S):
            status, note = wire.ask("GET", "/log/checkpoint")
            if status == 200:
                self.seen.notes[note] = None


def _statement(number: int) -> bytes:
    event = use_event(number, format_time(system_clock()))
    return sign_statement(event, [official_key(official_of(number))])
