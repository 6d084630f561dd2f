"""The ledger under drill: ``zelian serve`` with several workers, and its commands."""

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.cast import make_ledger
from crypto.note import VKey
from crypto.policy import parse_policy
from drills.cluster import free_port, until
from drills.errors import DrillError
from drills.programs import Running, run
from drills.wire import Wire
from ledger.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
ZELIAN = (sys.executable, "-c", "from cli.main import main; main(prog_name='zelian')")
COMMAND_S = 300


class Service:
    """A ledger on the database at *url*, made in *folder* and served from there."""

    def __init__(self, folder: Path, url: str, workers: int) -> None:
        self._folder, self._home = folder, folder / "home"
        self.port = free_port()
        variables = {"ZELIAN_HOME": str(self._home), "ZELIAN_DATABASE_URL": url}
        self._variables = variables | {"PYTHONPATH": str(ROOT)}
        make_ledger(Settings.from_environment(variables))
        self._serving: Running = run(
            [*ZELIAN, "serve", "--port", self.port, "--workers", workers],
            folder / "serve.log",
            variables=self._variables,
            folder=ROOT,
        )

    def log_key(self) -> VKey:
        """The key by which the log signs, from the trust policy."""
        return parse_policy((self._home / "trust-policy").read_bytes()).logs[0].key

    def await_ready(self) -> None:
        """Return once ``/readyz`` says 200; the process that was started must live."""
        until("/readyz 200", lambda: self._state() is not None)

    def settle(self) -> None:
        """Return once all that is logged is published."""
        until("all entries published", self._settled)

    def check(self) -> None:
        """Raise DrillError unless ``fsck`` and ``watch`` find all as it must be."""
        self._command("fsck")
        self._command(
            "watch",
            "--once",
            "--folder",
            str(self._folder / "watched"),
            "--server",
            f"http://127.0.0.1:{self.port}",
            "--policy",
            str(self._home / "trust-policy"),
        )

    def end(self) -> None:
        self._serving.end()

    def last_words(self) -> str:
        return self._serving.last_words()

    def _settled(self) -> bool:
        state = self._state()
        return state is not None and state["published_size"] == state["size"]

    def _state(self) -> dict[str, int] | None:
        if self._serving.process.poll() is not None:
            raise DrillError("the service has ended by itself", "服务自行终止")
        wire = Wire(self.port, 10)
        try:
            status, body = wire.ask("GET", "/readyz")
        finally:
            wire.close()
        if status != 200:
            return None
        state: dict[str, int] = json.loads(body)
        return state

    def _command(self, *arguments: str) -> None:
        ended = subprocess.run(
            [*ZELIAN, *arguments],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **self._variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_S,
        )
        if ended.returncode:
            words = (ended.stdout + ended.stderr)[-2_000:]
            raise DrillError(
                f"zelian {arguments[0]} exited {ended.returncode}: {words}",
                f"zelian {arguments[0]} 退出码为 {ended.returncode}",
            )
