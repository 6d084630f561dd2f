"""The served process: it opens, answers over a real socket, stops, and leaves no writer behind."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from api.serving import check_workers
from ledger.errors import BadRequest, ReadOnly
from ledger.home import Home
from ledger.settings import Settings
from tests.world import World

ROOT = Path(__file__).parents[3]
PATIENCE_S = 60.0
NDJSON = "application/x-ndjson"
RUN = """
import sys
from api.serving import serve
from ledger.errors import LedgerError
from ledger.settings import Settings
try:
    serve(Settings.from_environment(), "127.0.0.1", int(sys.argv[1]))
except LedgerError as error:
    print(error.en, file=sys.stderr)
    sys.exit(7)
"""


@pytest.fixture
def closed(tmp_path: Path) -> World:
    """A world whose ledger nobody has open."""
    home = tmp_path / "home"
    world = World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)).begin()
    world.close()
    return world


@pytest.fixture
def home(closed: World) -> Path:
    return closed.settings.home


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def call(
    port: int, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body, {"Content-Type": kind} if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def unreadable(port: int) -> bytes:
    """What is no HTTP gets a problem document all the same."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as client:
        client.sendall(b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n")
        head, _, body = client.makefile("rb").read().partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400"))
    assert b"application/problem+json" in head
    return body


def is_ready(port: int) -> bool:
    try:
        return call(port, "GET", "/readyz")[0] == 200
    except OSError:
        return False


def children(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


@contextmanager
def running(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    # Once published, nothing is published for a minute but by closing the ledger.
    environment = os.environ | {
        "ZELIAN_CHECKERS": "1",
        "ZELIAN_HOME": str(home),
        "ZELIAN_PUBLISH_MS": "60000",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(port)],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process, port
    finally:
        for child in children(process.pid):
            child.kill()
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def batch(world: World) -> bytes:
    return b"\n".join(world.uses(20))


def lock_is_free(home: Path) -> bool:
    try:
        Home(home).lock().close()
    except ReadOnly:
        return False
    return True


def refuse_too_large(port: int) -> None:
    """Over a real socket, with a length and chunked; the service goes on."""
    for headers, body in (
        ({}, b" " * 200_000),
        ({"Transfer-Encoding": "chunked"}, iter([b" " * 65_536] * 4)),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        connection.request("POST", "/api/v1/statements", body, headers, encode_chunked=True)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (413, "too_large")
        connection.close()


def test_a_service_lives_and_stops_when_asked(closed: World) -> None:
    """It holds the lock, answers, and closes the ledger, so that all is published."""
    home = closed.settings.home
    with running(home) as (process, port):
        until(lambda: is_ready(port))
        assert not lock_is_free(home)
        assert b"zelian verify ledger" in call(port, "GET", "/")[1]
        refuse_too_large(port)
        assert json.loads(unreadable(port))["code"] == "bad_request"
        assert "statement" not in json.loads(call(port, "GET", "/api/v1/entries/0")[1])
        status, receipt = call(port, "POST", "/api/v1/statements", closed.uses(1)[0])
        assert status == 201
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    assert lock_is_free(home)
    index = json.loads(json.loads(receipt)["header"])["index"]
    published = (home / "tiles" / "checkpoint").read_text()
    assert int(published.splitlines()[1]) == index + 1


def test_a_killed_process_leaves_nothing_behind(closed: World) -> None:
    home = closed.settings.home
    with running(home) as (process, port):
        until(lambda: is_ready(port))
        # A batch starts the processes that examine it.
        assert call(port, "POST", "/api/v1/statements/batch", batch(closed), NDJSON)[0] == 200
        left = children(process.pid)
        assert left
        process.kill()
        process.wait()
        _, alive = psutil.wait_procs(left, PATIENCE_S)
        assert not alive
        assert lock_is_free(home)


def test_a_worker_that_cannot_open_says_why(tmp_path: Path) -> None:
    with running(tmp_path / "nothing") as (process, _):
        _, talk = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 7
        assert talk.decode().strip() == (
            "there is no ledger in this home: make one with `zelian init --origin NAME`"
        )


def test_one_process_writes_sqlite(tmp_path: Path) -> None:
    lite = Settings(tmp_path, "sqlite:///x")
    check_workers(lite, 1)
    for workers in (0, 2):
        with pytest.raises(BadRequest, match="--workers"):
            check_workers(lite, workers)
    check_workers(Settings(tmp_path, "postgresql://x/y"), 4)
