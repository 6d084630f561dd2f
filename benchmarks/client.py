"""The client: one process, one loop, kept-alive connections, bytes that were prepared before.

It shares the processors with the server that it measures, so it does as little as
it can: no parsing but of the status and the Content-Length. The same program asks
the ledger, the empty service and the bare responder.
"""

import gc
import select
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.errors import BenchError
from benchmarks.wire import message_length
from benchmarks.workers import Workers

ANSWER_S = 60  # a server that says nothing for so long is given up
RECEIVED = 1 << 20  # bytes asked for at a time


@dataclass(frozen=True, slots=True)
class Expected:
    """The status of every answer, and how often *marker* occurs in it."""

    status: bytes
    marker: bytes = b""
    count: int = 0


OK, CREATED = Expected(b"200"), Expected(b"201")


@dataclass(frozen=True, slots=True)
class Driven:
    """How long all requests took together, and each of them, in seconds."""

    seconds: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds


class Client(Workers):
    """The client's process."""

    def __init__(self) -> None:
        super().__init__(_begin)

    def drive(
        self, port: int, requests: Sequence[bytes], clients: int, expected: Expected
    ) -> Driven:
        """Send all *requests* over *clients* connections; raise BenchError for a wrong answer."""
        [pool] = self.pools
        return pool.submit(_drive, port, requests, clients, expected).result()


# What follows runs in the client's process.


def _begin() -> None:
    gc.disable()  # nothing here makes cycles


class _Connection:
    """One request at a time: sent as the server takes it, its answer read to the end."""

    def __init__(self, port: int, poll: select.epoll) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)
        self._poll = poll
        self.number = self._socket.fileno()
        self.began = 0.0
        self.answer = bytearray()
        self._length = 0
        self._unsent = memoryview(b"")
        poll.register(self.number, select.EPOLLIN)

    def ask(self, request: bytes) -> None:
        """Begin to send *request*."""
        self.answer, self._length = bytearray(), 0
        self.began = time.perf_counter()
        sent = self._send(memoryview(request))
        if sent < len(request):
            self._unsent = memoryview(request)[sent:]
            self._poll.modify(self.number, select.EPOLLIN | select.EPOLLOUT)

    def go_on(self) -> None:
        """Send more of what the server did not take at once."""
        self._unsent = self._unsent[self._send(self._unsent) :]
        if not self._unsent:
            self._poll.modify(self.number, select.EPOLLIN)

    def _send(self, rest: memoryview) -> int:
        try:
            return self._socket.send(rest)
        except BlockingIOError:
            return 0

    def receive(self) -> bool:
        """Read what is there; tell whether the answer is whole."""
        part = self._socket.recv(RECEIVED)
        if not part:
            raise BenchError("the server closed a connection")
        self.answer += part
        self._length = self._length or message_length(self.answer)
        return 0 < self._length <= len(self.answer)

    def close(self) -> None:
        self._socket.close()


def _drive(port: int, requests: Sequence[bytes], clients: int, expected: Expected) -> Driven:
    with select.epoll() as poll:
        connections = [_Connection(port, poll) for _ in range(min(clients, len(requests)))]
        try:
            return _run(poll, connections, requests, expected)
        finally:
            for connection in connections:
                connection.close()


def _run(
    poll: select.epoll,
    connections: Sequence[_Connection],
    requests: Sequence[bytes],
    expected: Expected,
) -> Driven:
    waiting = iter(requests)
    latencies: list[float] = []
    by_number = {connection.number: connection for connection in connections}
    began = time.perf_counter()
    for connection in connections:
        connection.ask(next(waiting))
    while len(latencies) < len(requests):
        happened = poll.poll(ANSWER_S)
        if not happened:
            raise BenchError(f"no answer for {ANSWER_S} seconds")
        for number, what in happened:
            _serve(by_number[number], what, waiting, latencies, expected)
    return Driven(time.perf_counter() - began, latencies)


def _serve(
    connection: _Connection,
    what: int,
    waiting: Iterator[bytes],
    latencies: list[float],
    expected: Expected,
) -> None:
    if what & select.EPOLLOUT:
        connection.go_on()
    if not what & ~select.EPOLLOUT or not connection.receive():
        return
    latencies.append(time.perf_counter() - connection.began)
    _check(connection.answer, expected)
    following = next(waiting, None)
    if following is not None:
        connection.ask(following)


def _check(answer: bytearray, expected: Expected) -> None:
    as_expected = answer[9:12] == expected.status and (
        not expected.count or answer.count(expected.marker) == expected.count
    )
    if not as_expected:
        raise BenchError(f"an answer that was not expected: {bytes(answer[:400])!r}")
