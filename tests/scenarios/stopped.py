"""The home of a ledger whose server has stopped: commands on it, meddling with it, its check."""

import json
import re
import sqlite3
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from cli.main import main
from crypto.canonical import write_canonical
from crypto.notation import read_b64, write_b64
from tests.scenarios.steps import Command, Fsck, Meddles, Nowhere, Step, differs
from tests.scenarios.telling import Names


class StoppedHome:
    """What is done with a home, and seen in it, without a server.

    Args:
        printed: what has been printed since it was last asked, by whatever runs here.
    """

    def __init__(self, home: Path, names: Names, printed: Callable[[], str]) -> None:
        self._home, self._names, self._printed = home, names, printed
        self._said = ""  # what was printed so far

    def _zelian(self, *args: object) -> Result:
        environment = {
            "ZELIAN_HOME": str(self._home),
            "ZELIAN_DATABASE_URL": None,
            "LC_ALL": "en_US.UTF-8",
        }
        return CliRunner().invoke(main, [str(arg) for arg in args], env=environment)

    def json(self, step: Step, *args: object) -> list[dict[str, Any]]:
        """Return what a command prints, an object a line."""
        result = self._zelian(*args)
        if result.exit_code != 0:
            differs(step, result.output)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def run(self, step: Command) -> None:
        """Run a command; spaces between what it prints do not count."""
        result = self._zelian(*(self._names.put(step.line, arg) for arg in step.args))
        printed = "".join(f"{' '.join(line.split())}\n" for line in result.stdout.splitlines())
        expected = "".join(_pattern(self._names.put(step.line, line)) for line in step.prints)
        if result.exit_code != step.code or not re.fullmatch(expected, printed):
            differs(step, f"it exits {result.exit_code}\n{result.output}")

    def meddle(self, step: Meddles) -> None:
        """Change the log's database by SQL."""
        connection = sqlite3.connect(self._home / "ledger.db")
        connection.create_function("reworded", 3, _reworded)
        try:
            done = connection.execute(self._names.put(step.line, step.sql))
            connection.commit()
            if done.rowcount == 0:
                differs(step, "it changed no row")
        finally:
            connection.close()

    def see_nowhere(self, step: Nowhere) -> None:
        """See that no file of the home has a text, and that nobody printed it."""
        written = _written(step.text)
        where = []
        for file in self._home.rglob("*"):
            kept = file.read_bytes() if file.is_file() else b""
            where += [file.name] * any(words in kept for words in written)
        self._said += self._printed()
        where += ["what was printed"] * (step.text in self._said)
        if where:
            differs(step, f"it stands in {where}")

    def check(self, step: Fsck) -> None:
        """Check the whole ledger."""
        result = self._zelian("fsck", "--json")
        report = json.loads(result.stdout)
        expected = [(rule, [self._entry(step, at)]) for rule, at in step.found]
        found = [(one["rule"], one["entries"]) for one in report["integrity"]]
        code = 0 if step.verdict == "verified" else 1
        if (result.exit_code, report["verdict"], found) != (code, step.verdict, expected):
            differs(step, f"{result.exit_code} {report['verdict']} {found}")

    def _entry(self, step: Step, at: str) -> int:
        return int(at) if at.isdigit() else self._names.entry(step.line, at)


def _reworded(envelope: bytes, old: str, new: str) -> bytes:
    """Return a statement with other words in it and its signatures as they were."""
    whole = json.loads(envelope)
    event = read_b64(whole["payload"]).decode().replace(old, new)
    return write_canonical(whole | {"payload": write_b64(event.encode())})


def _written(text: str) -> list[bytes]:
    """Return a text as it may stand in a file: as it is, escaped as in JSON, within base64."""
    raw = text.encode()
    # Which letters of base64 it has, its first and last apart, hangs on where in threes it starts.
    coded = [b64encode(b"\0" * start + raw)[(4 * start + 2) // 3 :] for start in range(3)]
    return [raw, json.dumps(text)[1:-1].encode(), *(one[: len(one) // 4 * 4 - 4] for one in coded)]


def _pattern(line: str) -> str:
    """Return what a printed line must match; ``…`` alone stands for any lines."""
    return r"(?:.*\n)*" if line == "…" else re.escape(" ".join(line.split())) + r"\n"
