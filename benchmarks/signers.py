"""Processes that sign statements before anything is timed.

For filling a ledger they also hand over each statement as the log takes it: read
and named, with every signature real. Only its examination is left out, since the
process that signed a statement a moment ago need not verify it.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import msgspec

from benchmarks.cast import OFFICIALS, official_key, official_of, use_event
from benchmarks.machine import processors
from benchmarks.workers import Workers
from crypto.chain import chain_names
from crypto.keys import PrivateKey
from crypto.notation import format_time
from crypto.statement import Statement, read_statement, sign_statement
from ledger.admission.admission import candidate_of
from ledger.admission.checks import Examined
from ledger.log.candidate import Candidate
from ledger.log.clock import system_clock

SPAN = 1_000  # statements a message, and a transaction while filling


class _Signed(msgspec.Struct, array_like=True):
    """A statement in plain values."""

    envelope: bytes
    digest: bytes
    event: dict[str, Any]
    names: tuple[str, ...]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[_Signed]).decode


class Signers(Workers):
    """The pool, and the number of the next statement that nobody has signed yet."""

    def __init__(self) -> None:
        self._time = format_time(system_clock())
        self._next = 0
        self._workers = processors()
        super().__init__(_begin, each=self._workers)
        [self._pool] = self.pools

    def lines(self, count: int) -> list[bytes]:
        """Return the envelopes of the next *count* statements."""
        futures = [
            self._pool.submit(_sign_lines, span, self._time) for span in _spans(self._take(count))
        ]
        return [line for future in futures for line in future.result()]

    def batches(self, count: int, lines: int) -> list[list[bytes]]:
        """Return *count* batches of *lines* statements each."""
        signed = self.lines(count * lines)
        return [signed[start : start + lines] for start in range(0, len(signed), lines)]

    def candidates(self, count: int) -> Iterator[list[Candidate]]:
        """Yield the next *count* statements as the log takes them, a span at a time."""
        under_way: deque[Future[bytes]] = deque()
        for span in _spans(self._take(count)):
            under_way.append(self._pool.submit(_sign_whole, span, self._time))
            if len(under_way) > 2 * self._workers:  # what waits is memory
                yield _opened(under_way.popleft().result())
        for future in under_way:
            yield _opened(future.result())

    def _take(self, count: int) -> range:
        start, self._next = self._next, self._next + count
        return range(start, self._next)


def _spans(numbers: range) -> list[range]:
    return [numbers[start : start + SPAN] for start in range(0, len(numbers), SPAN)]


def _opened(raw: bytes) -> list[Candidate]:
    return [_candidate(signed) for signed in _decode(raw)]


def _candidate(signed: _Signed) -> Candidate:
    statement = Statement(signed.envelope, signed.digest, b"", signed.event, ())
    return candidate_of(Examined(statement, signed.names, None, None, (), None))


# What follows runs in the workers.

_keys: list[PrivateKey]


def _begin() -> None:
    global _keys  # a worker has no other state
    _keys = [official_key(official) for official in range(OFFICIALS)]


def _sign(n: int, time: str) -> bytes:
    return sign_statement(use_event(n, time), [_keys[official_of(n)]])


def _sign_lines(numbers: range, time: str) -> list[bytes]:
    return [_sign(n, time) for n in numbers]


def _sign_whole(numbers: range, time: str) -> bytes:
    return _encode([_plain(read_statement(_sign(n, time))) for n in numbers])


def _plain(statement: Statement) -> _Signed:
    return _Signed(
        statement.envelope, statement.digest, statement.event, chain_names(statement.event)
    )
