"""Start what is asked over HTTP, each in a process of its own, and end it again."""

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import BenchError
from benchmarks.programs import ZELIAN, Process, running
from ledger.settings import Settings

START_S = 60
SETTLE_S = 1_800  # to publish and project a million entries


@dataclass(frozen=True, slots=True)
class Server:
    """A process that answers on a port of this machine."""

    port: int
    pid: int

    def settle(self) -> None:
        """Wait until a ledger's server has published and projected all that it committed."""
        end = time.monotonic() + SETTLE_S
        while time.monotonic() < end:
            state = _ready(self.port)
            if state and state["size"] == state["published_size"] == state["projected_size"]:
                return
            time.sleep(0.05)
        raise BenchError(f"the server has not caught up in {SETTLE_S} seconds")

    def project(self) -> float:
        """Wait until a ledger's server has projected all that it committed; return the seconds."""
        began = time.monotonic()
        while time.monotonic() < began + SETTLE_S:
            state = _ready(self.port)
            if state and state["size"] == state["projected_size"]:
                return time.monotonic() - began
            time.sleep(0.05)
        raise BenchError(f"the server has not projected in {SETTLE_S} seconds")


@contextmanager
def serve_ledger(
    settings: Settings, variables: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Serve a home by ``zelian serve``, with *variables* too, on one port until the block ends."""
    port = _free_port()
    arguments = [*ZELIAN, "serve", "--home", str(settings.home), "--port", str(port)]
    words = settings.home / "serve.log"
    where = dict(variables or {})
    if not settings.on_sqlite:
        where["ZELIAN_DATABASE_URL"] = settings.database_url
    with words.open("wb") as said, running(arguments, said, said, where) as process:
        _await_ready(process, port, words)
        yield Server(port, process.pid)


@contextmanager
def serve_module(module: str) -> Iterator[Server]:
    """Run a program of this package that prints its port."""
    with running(["-m", module], subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.strip().isdigit():
            raise BenchError(f"{module} did not start")
        yield Server(int(line), process.pid)


def _await_ready(process: Process, port: int, said: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        if _answers(port):
            return
        time.sleep(0.05)
    last = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
    raise BenchError(f"zelian serve did not start: {' '.join(last)}")


def _answers(port: int) -> bool:
    try:
        _ask(port, "/healthz")
    except OSError:
        return False
    return True


def _ready(port: int) -> dict[str, int] | None:
    """Return the sizes that a ready server tells; None from one that is not, or is too busy."""
    try:
        status, body = _ask(port, "/readyz")
    except ConnectionRefusedError:
        raise BenchError("the server has ended") from None
    except OSError:
        return None
    state: dict[str, int] = json.loads(body)
    return state if status == 200 else None


def _ask(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port
