"""The served process: it opens, answers over a real socket, stops, and leaves no writer behind."""

import http.client
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
def home(tmp_path: Path) -> Path:
    """A home with a ledger that nobody has open."""
    where = tmp_path / "home"
    world = World(Settings(where, f"sqlite:///{where / 'ledger.db'}", 10, 16, 1)).begin()
    world.close()
    return where


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


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def is_ready(port: int) -> bool:
    try:
        return get(port, "/readyz")[0] == 200
    except OSError:
        return False


@contextmanager
def running(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    environment = os.environ | {"ZELIAN_HOME": str(home), "ZELIAN_CHECKERS": "1"}
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
        for one in (
            [*psutil.Process(process.pid).children(recursive=True)]
            if psutil.pid_exists(process.pid)
            else []
        ):
            one.kill()
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def lock_is_free(home: Path) -> bool:
    try:
        Home(home).lock().close()
    except ReadOnly:
        return False
    return True


def test_it_answers_holds_the_lock_and_stops_when_asked(home: Path) -> None:
    with running(home) as (process, port):
        until(lambda: is_ready(port))
        assert not lock_is_free(home)
        status, page = get(port, "/")
        assert status == 200
        assert b"zelian verify ledger" in page
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
        assert lock_is_free(home)


def test_a_killed_main_process_leaves_no_writer(home: Path) -> None:
    with running(home) as (process, port):
        until(lambda: is_ready(port))
        left = psutil.Process(process.pid).children(recursive=True)
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
