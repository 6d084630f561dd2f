"""Start what is asked over HTTP, each in a process of its own, and end it again."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.errors import BenchError
from ledger.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
START_S = 60
END_S = 30
SETTLE_S = 1_800  # to publish and project a million entries
ZELIAN = "from cli.main import main; main()"  # what the installed command runs


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


@contextmanager
def serve_ledger(settings: Settings) -> Iterator[Server]:
    """Serve a home by ``zelian serve``, on one port until the block ends."""
    port = _free_port()
    arguments = ["-c", ZELIAN, "serve", "--home", str(settings.home), "--port", str(port)]
    with (settings.home / "serve.log").open("wb") as said, _running(arguments, said) as process:
        _await_ready(process, port, Path(said.name))
        yield Server(port, process.pid)


@contextmanager
def serve_module(module: str) -> Iterator[Server]:
    """Run a program of this package that prints its port."""
    with _running(["-m", module], subprocess.DEVNULL) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.strip().isdigit():
            raise BenchError(f"{module} did not start")
        yield Server(int(line), process.pid)


@contextmanager
def _running(
    arguments: Sequence[str], errors: IO[bytes] | int
) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ZELIAN_")}
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=errors,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _await_ready(process: "subprocess.Popen[bytes]", port: int, said: Path) -> None:
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
    status, body = _ask(port, "/readyz")
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
