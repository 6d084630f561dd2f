"""The command line as people use it: in this process where that shows all, else as a program.

``ground`` is a demo ledger with one department, one official and her key, made once
by the commands themselves; ``demo`` is a test's own copy of it, to be changed.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from tests.integration.cli.imports import Importing

ORIGIN = "cli.example/yunling"
PROGRAM = [sys.executable, "-c", "from cli.main import main; main(prog_name='zelian')"]
ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Zelian:
    """Runs commands in this process on one home."""

    home: Path

    def __call__(
        self, *args: object, stdin: str | bytes | None = None, env: Mapping[str, str] | None = None
    ) -> Result:
        """Run one command in English; no expected error may show a traceback."""
        result = CliRunner().invoke(
            main,
            [str(arg) for arg in args],
            input=stdin,
            env={
                "ZELIAN_HOME": str(self.home),
                "LC_ALL": "en_US.UTF-8",
                "ZELIAN_DATABASE_URL": None,
                **(env or {}),
            },
        )
        assert "Traceback" not in result.stderr, result.stderr
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result

    def ok(self, *args: object, stdin: str | bytes | None = None) -> str:
        """Run a command that must succeed; return what it prints."""
        result = self(*args, stdin=stdin)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    def chinese(self, *args: object) -> Result:
        """Run one command in Chinese."""
        return self(*args, env={"LC_ALL": "zh_CN.UTF-8"})

    def json(self, *args: object) -> Any:
        """Run a command that must succeed; return the JSON that it prints."""
        return json.loads(self.ok(*args, "--json"))

    @property
    def key(self) -> Path:
        """Key file of the official zhang of department MZ, in a ``demo`` home."""
        return self.home / "zhang.pem"

    def event(self, number: int = 1, **changes: Any) -> dict[str, Any]:
        """Return an event that zhang can sign, with what may be left out left out."""
        refs = {"item": "GA/household", "use": f"MZ/U-{number}"}
        data = {
            "parents": [],
            "purpose": "低保资格核验",
            "purpose_code": "dibao",
            "refs": refs,
            "reliance": "decisive",
            "use_kind": "act",
        }
        event = {
            "data": data | changes.pop("data", {}),
            "official": "zhang",
            "source": "/departments/MZ",
            "subject": "item/GA/household",
            "tier": "handler",
            "type": "zelian.use.recorded.v1",
        }
        return event | changes

    def signed(self, number: int = 1, **changes: Any) -> str:
        """Return a statement of zhang's, one line."""
        event = json.dumps(self.event(number, **changes))
        return self.ok("sign", "-", "--key", self.key, stdin=event)


def registrars_succession(zelian: Zelian) -> str:
    """Return a statement of the registrar that is none of the registry, one line."""
    event = {
        "data": {
            "document": "云政发〔2026〕1 号",
            "effective": "2026-01-01T00:00:00.000Z",
            "function_map": [{"from": "OLD", "matter_code": "DB-001", "to": "NEW"}],
            "kind": "merge",
            "parents": [],
            "predecessors": ["OLD"],
            "refs": {},
            "successors": ["NEW"],
        },
        "source": "/departments/registrar",
        "subject": "department/registrar",
        "type": "zelian.succession.recorded.v1",
    }
    key = zelian.home / "keys" / "registrar.pem"
    return zelian.ok("sign", "-", "--key", key, stdin=json.dumps(event))


@pytest.fixture
def zelian(tmp_path: Path) -> Zelian:
    """Commands on a home that does not exist yet."""
    return Zelian(tmp_path / "home")


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo ledger of seven entries; never changed."""
    made = Zelian(tmp_path_factory.mktemp("ground") / "home")
    made.ok("init", "--origin", ORIGIN)
    made.ok("department", "register", "MZ", "--name", "云岭省民政厅", "--name-en", "Civil Affairs")
    made.ok(
        "official", "appoint", "zhang", "--department", "MZ", "--post", "经办人",
        "--tier", "handler", "--appointment", "app-zhang",
    )  # fmt: skip
    made.ok("key", "new", made.key)
    made.ok("key", "enrol", "--department", "MZ", "--holder", "zhang", "--key", made.key)
    made.ok("submit", "-", stdin=made.signed())
    return made.home


@pytest.fixture
def demo(ground: Path, tmp_path: Path) -> Zelian:
    """Commands on a test's own copy of the ground."""
    return Zelian(Path(shutil.copytree(ground, tmp_path / "home")))


@dataclass(frozen=True)
class Served:
    """A server of its own process on a home."""

    url: str
    process: "subprocess.Popen[str]"


@pytest.fixture
def serve() -> Iterator[Callable[[Path], Served]]:
    """Start servers as programs; each is stopped at the end."""
    started: list[Served] = []

    def start(home: Path) -> Served:
        port = free_port()
        process = subprocess.Popen(
            [*PROGRAM, "serve", "--port", str(port)],
            env={**os.environ, "ZELIAN_HOME": str(home), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        served = Served(f"http://127.0.0.1:{port}", process)
        started.append(served)
        await_ready(served)
        return served

    yield start
    for served in started:
        served.process.terminate()
        served.process.communicate(timeout=60)


def free_port() -> int:
    """Return a port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_ready(served: Served) -> None:
    """Return once the server takes statements."""
    for _ in range(600):
        assert served.process.poll() is None, served.process.communicate()[0]
        try:
            with urllib.request.urlopen(f"{served.url}/readyz", timeout=5) as answer:
                assert answer.status == 200
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    raise AssertionError("the server did not become ready in a minute")


@pytest.fixture
def importing(tmp_path: Path) -> Importing:
    """The sample beside a ledger on which only ``init`` has run."""
    made = Importing(tmp_path)
    made.world.begin(cast=False)
    assert made.world.ledger is not None
    made.world.ledger.catch_up()
    made.world.close()
    return made
