"""A real ``zelian serve`` in a process group of its own, and a plain client over real sockets."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from ledger.errors import ReadOnly
from ledger.home import Home
from ledger.settings import Settings

ROOT = Path(__file__).parents[2]
ZELIAN = (sys.executable, "-c", "from cli.main import main; main(prog_name='zelian')")
PATIENCE_S = 60.0
JSON, NDJSON = "application/json", "application/x-ndjson"


class Wire:
    """One connection that is kept alive, for one thread."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)

    def call(
        self, method: str, path: str, body: bytes | None = None, kind: str = JSON
    ) -> tuple[int, bytes]:
        """Send one request; raise OSError or HTTPException where no whole answer comes."""
        headers = {"Content-Type": kind} if body is not None else {}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def get(self, path: str) -> bytes:
        """Return what is at *path*; it must be there."""
        status, body = self.call("GET", path)
        assert status == 200, (path, body)
        return body

    def post(self, raw: bytes) -> tuple[int, bytes]:
        """Send one statement; return status and receipt or problem."""
        return self.call("POST", "/api/v1/statements", raw)

    def batch(self, lines: Sequence[bytes]) -> list[tuple[int, bytes]]:
        """Send a batch; return status and receipt or problem of each line."""
        status, body = self.call("POST", "/api/v1/statements/batch", b"\n".join(lines), NDJSON)
        return [_line(line) for line in body.splitlines()] if status == 200 else [(status, body)]

    def close(self) -> None:
        self._connection.close()


def _line(line: bytes) -> tuple[int, bytes]:
    body, _, status = line.rpartition(b',"status":')
    return int(status.removesuffix(b"}")), body.partition(b":")[2]


@contextmanager
def wired(port: int) -> Iterator[Wire]:
    wire = Wire(port)
    try:
        yield wire
    finally:
        wire.close()


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which ``zelian`` works on the home of *settings*."""
    return {
        **os.environ,
        "ZELIAN_HOME": str(settings.home),
        "ZELIAN_DATABASE_URL": settings.database_url,
        "ZELIAN_PUBLISH_MS": str(settings.publish_ms),
        "ZELIAN_CACHE_MIB": str(settings.cache_mib),
        "ZELIAN_CHECKERS": str(settings.checkers),
    }


class Server:
    """One run of ``zelian serve``, from its start to its end, however it ends."""

    def __init__(
        self, settings: Settings, workers: int = 1, through: Sequence[str] = (), ready: bool = True
    ) -> None:
        self.settings, self.port = settings, _free_port()
        self.process = subprocess.Popen(
            [*through, *ZELIAN, "serve", "--port", str(self.port), "--workers", str(workers)],
            cwd=ROOT,
            env=environment(settings),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if ready:
            self.await_ready()

    def await_ready(self) -> None:
        """Wait until /readyz says 200."""
        until(self._is_ready)

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, f"the server ended with {self.process.returncode}"
        try:
            with wired(self.port) as wire:
                return wire.call("GET", "/readyz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def children(self) -> list[psutil.Process]:
        """Every process below the first."""
        found: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return found

    def kill(self) -> None:
        """SIGKILL to the whole process group; nothing is left that could write."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        until(self.home_is_free)

    def home_is_free(self) -> bool:
        """Whether no process holds the home's lock any more."""
        try:
            Home(self.settings.home).lock().close()
        except ReadOnly:
            return False
        return True

    def end(self) -> None:
        """Whatever is left of it."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self.process.wait()


@contextmanager
def serving(settings: Settings, workers: int = 1, through: Sequence[str] = ()) -> Iterator[Server]:
    """Serve for as long as the block runs, unless it ends the server itself."""
    server = Server(settings, workers, through, ready=False)
    try:
        server.await_ready()
        yield server
    finally:
        server.end()


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that must come; nothing depends on how long it takes."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, holds
        time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def run_zelian(settings: Settings, *args: str) -> subprocess.CompletedProcess[str]:
    """Run one command on the home."""
    return subprocess.run(
        [*ZELIAN, *args],
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
