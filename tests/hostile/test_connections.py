"""Odd and slow connections to the real server: each is bounded, refused in words, or cut off.

Everything runs on loopback and stops by itself. While a client misbehaves, another one is
answered.
"""

import json
import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from api.serving import THREADS
from crypto.statement import sign_statement
from tests.hostile.serving import PATIENCE_S, Served, answering, served_town
from tests.world import seed

HEAD = b"POST /api/v1/statements HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
END = b"\r\n"
SHUT = b"Connection: close\r\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_town(tmp_path_factory.mktemp("connections") / "home") as made:
        yield made


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), PATIENCE_S)


def exchange(port: int, raw: bytes) -> bytes:
    """Send *raw* and return all that comes back until the server closes."""
    with connect(port) as client:
        try:
            client.sendall(raw)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before all of it was sent
        return rest(client)


def rest(client: socket.socket) -> bytes:
    found = b""
    try:
        while part := client.recv(65_536):
            found += part
    except ConnectionResetError:
        pass
    return found


def statuses(raw: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1\.[01] ([0-9]{3}) [A-Z]", raw)]


def still_answers(port: int) -> None:
    """Somebody else is answered meanwhile."""
    assert statuses(exchange(port, GET + SHUT + END)) == [200]


# Framing: where a body ends is told once, or not at all


@pytest.mark.parametrize(
    ("status", "raw"),
    [
        (400, HEAD + CHUNKED + b"Content-Length: 3\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
        (400, HEAD + b"Content-Length: 3\r\n" + CHUNKED + b"\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
        (400, HEAD.replace(b"1.1", b"1.0") + CHUNKED + b"\r\n2\r\n{}\r\n0\r\n\r\n"),
        (400, HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} "),
        (400, HEAD + b"Content-Length: +2\r\n\r\n{}"),
        (400, HEAD + b"Content-Length: -1\r\n\r\n"),
        (400, HEAD + b"Content-Length: 0x2\r\n\r\n{}"),
        (400, HEAD + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n{}"),
        (400, HEAD + b"Content-Length : 2\r\n\r\n{}"),
        (501, HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\n"),
        (400, HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n"),
        (501, HEAD + b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}"),
        (400, HEAD + CHUNKED + b"\r\nzz\r\n{}\r\n0\r\n\r\n"),
        (400, HEAD + CHUNKED + b"\r\n-2\r\n{}\r\n0\r\n\r\n"),
        (400, HEAD + CHUNKED + b"\r\n2\r\n{}XX0\r\n\r\n"),
        (400, HEAD + CHUNKED + b"\r\n0x2\r\n{}\r\n0\r\n\r\n"),
        (413, HEAD + b"Content-Length: 99999999999\r\n\r\n"),
        (400, b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, b"GET / HTTP/1.1\nHost: x\n\r\n\r\n"),
        (400, b"GET / HTTP/1.1\r\n Host: x\r\n\r\n"),
        (400, b"get / HTTP/1.1\r\n\r\n"),
        (400, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"),
        (400, b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\rc: d\r\n\r\n"),
        (431, GET + b"X: " + b"a" * 300_000 + b"\r\n\r\n"),
        (431, b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\n\r\n"),
        (431, GET + b"".join(b"x%d: y\r\n" % n for n in range(40_000)) + b"\r\n"),
    ],
    ids=range(26),
)
def test_a_request_that_cannot_be_read_is_refused_once(
    served: Served, status: int, raw: bytes
) -> None:
    """In a problem document; what follows it on the connection is nobody's request."""
    answer = exchange(served.port, raw)
    assert statuses(answer) == [status], answer[:500]
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == status
    still_answers(served.port)


@pytest.mark.parametrize(
    ("status", "raw"),
    [
        (404, b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\n" + SHUT + END),
        (400, b"GET /api/v1/entries?q=" + b"a" * 60_000 + b" HTTP/1.1\r\n" + SHUT + END),
        (400, b"GET /api/v1/entries?" + b"a&" * 20_000 + b" HTTP/1.1\r\n" + SHUT + END),
        (200, GET + b"".join(b"x%d: y\r\n" % n for n in range(5_000)) + SHUT + END),
        (200, GET + b"Cookie: " + b"a=b; " * 10_000 + b"\r\n" + SHUT + END),
        (200, GET + b"x: y\r\n" * 8_000 + SHUT + END),
        (400, HEAD + b"Content-Length: 60000\r\n" + SHUT + END + b"[" * 60_000),
        (400, HEAD + b"Content-Length: 60000\r\n" + SHUT + END + b'{"a":' * 12_000),
        (400, HEAD + CHUNKED + SHUT + END + b"2;x=y\r\n{}\r\n0\r\nTrailer: x\r\n\r\n"),
        (415, HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n" + SHUT + END + b"{}"),
    ],
    ids=range(10),
)
def test_a_large_request_is_answered(served: Served, status: int, raw: bytes) -> None:
    assert statuses(exchange(served.port, raw)) == [status]
    still_answers(served.port)


def test_a_body_cut_short_is_nobodys_statement(served: Served) -> None:
    ledger = served.town.world.ledger
    assert ledger is not None
    size = ledger.size()
    raw = sign_statement(served.town.world.use(), [seed(5)])
    for framing in (b"Content-Length: %d\r\n\r\n" % (len(raw) + 1), CHUNKED + b"\r\nffff\r\n"):
        assert statuses(exchange(served.port, HEAD + framing + raw)) in ([], [400])
    assert ledger.size() == size


def test_many_requests_at_once_are_answered_in_their_order(served: Served) -> None:
    """Pipelining: 200 requests in one piece, the refused ones among them."""
    asked = [(GET, 200), (b"GET /nowhere HTTP/1.1\r\nHost: x\r\n", 404)] * 100
    answer = exchange(served.port, b"".join(raw + END for raw, _ in asked[:-1]) + GET + SHUT + END)
    assert statuses(answer) == [*(status for _, status in asked[:-1]), 200]


# Slowness: nobody holds a thread, and nobody holds a connection for ever

IDLE_S = 2
QUICK = {"channel_timeout": IDLE_S, "cleanup_interval": 1, "connection_limit": 60}


@pytest.fixture(scope="module")
def quick(served: Served) -> Iterator[int]:
    """The port of the same service with a shorter patience, and fewer connections."""
    with answering(served.app, **QUICK) as (port, _):
        yield port


def closed_within(client: socket.socket, seconds: float) -> bool:
    """Wait until the server closes a connection on which nothing more is sent."""
    client.settimeout(seconds)
    try:
        return rest(client) == b""
    except TimeoutError:
        return False


@pytest.mark.parametrize(
    "begun",
    [b"", b"GET", HEAD, HEAD + b"Content-Length: 9\r\n\r\n{", HEAD + CHUNKED + b"\r\n5\r\n{"],
)
def test_a_client_that_falls_silent_is_cut_off(quick: int, begun: bytes) -> None:
    with connect(quick) as client:
        client.sendall(begun)
        still_answers(quick)
        assert closed_within(client, PATIENCE_S)


def drips_until_cut_off(client: socket.socket) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            client.sendall(b"X")
        except OSError:  # reset or broken pipe, as the kernel likes
            return True
        time.sleep(0.1)
    return False


@pytest.mark.long
@pytest.mark.parametrize("begun", [GET, HEAD + b"Content-Length: 60000\r\n\r\n"], ids=range(2))
def test_a_client_that_drips_is_cut_off(quick: int, begun: bytes) -> None:
    """A byte now and then does not keep a connection: slowloris, by headers and by body."""
    with connect(quick) as client:
        client.sendall(begun)
        assert drips_until_cut_off(client)
        still_answers(quick)


def until_held_up(server: Any) -> None:
    """Wait until every thread waits for a client, so that the rest wait for a thread."""
    deadline = time.monotonic() + PATIENCE_S
    while sum(bool(c.total_outbufs_len) for c in [*server.active_channels.values()]) < THREADS:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.long
def test_clients_that_read_nothing_hold_no_thread(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More of them than threads, each with more to be sent than is buffered for anybody."""
    monkeypatch.setattr("api.unread.RATE", 4_000_000)  # what the kernel took counts as sent
    patience = QUICK | {"connection_limit": 200, "outbuf_high_watermark": 65_536}
    with answering(served.app, **patience) as (port, server):
        held = [connect(port) for _ in range(THREADS + 10)]
        try:
            for one in held:
                one.sendall(b"GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 50)
            until_held_up(server)
            still_answers(port)
        finally:
            for one in held:
                one.close()


@pytest.mark.long
def test_a_steady_client_may_take_its_time(quick: int) -> None:
    """One that sends as fast as is asked for is served, however long it takes."""
    body = b" " * 120_000
    with connect(quick) as client:
        client.sendall(HEAD + SHUT + b"Content-Length: %d\r\n\r\n" % len(body))
        for start in range(0, len(body), 12_000):
            client.sendall(body[start : start + 12_000])
            time.sleep(IDLE_S / 6)
        assert statuses(rest(client)) == [400]


def test_more_connections_than_there_may_be(quick: int) -> None:
    """Whoever comes too late waits until the idle are cut off, and is then answered."""
    held = [connect(quick) for _ in range(QUICK["connection_limit"] + 20)]
    try:
        still_answers(quick)
    finally:
        for one in held:
            one.close()
    still_answers(quick)


def test_many_connections_leave_room(served: Served) -> None:
    """Three hundred half-open requests hold no thread: each is read whole before it gets one."""
    held = [connect(served.port) for _ in range(300)]
    try:
        for one in held:
            one.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
        for _ in range(5):
            still_answers(served.port)
    finally:
        for one in held:
            one.close()
