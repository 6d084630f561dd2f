"""A server that puts into every word what a terminal, a spreadsheet or a calendar obeys.

Its answers are those of a real ledger, with a poison behind (and before) strings. Commands
may fail on them, in words of ours; nothing that they print is obeyed by what shows it.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.hostile.serving import Served, answering, served_town
from tests.integration.cli.conftest import Zelian
from tests.signing_in import sign_in
from tests.world import ORIGIN

POISON = '\x1b]0;x\x07\x9b2J\u202e\u2066\r\nBEGIN:VEVENT\r\n=1+1,"x\u2028\x00\x7f\u200b'
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

Change = Callable[[str], str]


def strings(value: Any, change: Change) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [strings(one, change) for one in value]
    if isinstance(value, dict):
        return {name: strings(one, change) for name, one in value.items()}
    return value


def behind_texts(value: str) -> str:
    """Of what people wrote or read alone, so that commands get far."""
    return value if re.fullmatch(r"[!-~]*", value) else value + POISON


def behind_all(value: str) -> str:
    return value + POISON


def before_texts(value: str) -> str:
    return value if re.fullmatch(r"[!-~]*", value) else "\uff1d1+1" + POISON + value


READER = ("HTTP_AUTHORIZATION", "HTTP_X_ZELIAN_REASON")
CHANGES = (behind_texts, before_texts, behind_all)


class Poisoning:
    """A WSGI application whose answers to GET have their strings changed.

    Whoever asks is taken for the supervisory body, which reads everything.
    """

    def __init__(self, served: Served) -> None:
        client = served.app.test_client()
        sign_in(client, served.town.key_of("supervisory"), ORIGIN, served.town.world.clock())
        self.app = served.app
        self.reader = {**client.environ_base, "HTTP_X_ZELIAN_REASON": "audit"}
        self.change: Change = str

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        told: list[Any] = []
        environ |= {name: self.reader[name] for name in READER}

        def begin(*head: Any) -> Any:
            told.extend(head)

        body = b"".join(self.app(environ, begin))
        status, headers = told[:2]
        media = dict(headers).get("Content-Type", "")
        if environ["REQUEST_METHOD"] == "GET" and "json" in media:
            lines = body.splitlines() if "ndjson" in media else [body]
            changed = [json.dumps(strings(json.loads(one), self.change)) for one in lines]
            body = "\n".join(changed).encode()
            headers = [(n, v) for n, v in headers if n.lower() not in ("content-length", "etag")]
        start(status, headers)
        return [body]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_town(tmp_path_factory.mktemp("terminal") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def poisoning(served: Served) -> Iterator[tuple[Poisoning, int]]:
    changed = Poisoning(served)
    with answering(changed) as (port, _):
        yield changed, port


THINGS = (
    "items", "requests", "grants", "agreements", "deliveries", "uses", "corrections", "disputes",
    "determinations",
)  # fmt: skip
LISTS = (*THINGS, "findings", "obligations")
FEW = [
    ["log"], ["log", "--csv"], ["items"], ["items", "--csv"], ["findings", "--json"],
    ["report", "--period", "2026-11", "--csv"], ["obligations", "--all", "--ics"],
]  # fmt: skip
MANY = [
    ["log", "--graph"], ["log", "--lanes"], ["show", "30"], ["key", "list"],
    ["department", "list"], ["timestamps"], ["report", "--period", "2026-11"],
    ["sample", "type:use.recorded", "--seed", "1", "--n", "3"],
    *([name, *form] for name in LISTS for form in ([], ["--csv"], ["--json"])),
]  # fmt: skip


class Elsewhere:
    """Commands without a home on the server that poisons; every one must end in words of ours."""

    def __init__(self, served: Served, port: int, folder: Path) -> None:
        self.zelian = Zelian(folder / "elsewhere")
        policy = served.town.world.settings.home / "trust-policy"
        self.there = ("--server", f"http://127.0.0.1:{port}", "--policy", policy)

    def ask(self, asked: list[str]) -> Result:
        return self.zelian(*asked, *self.there)

    def about_things(self) -> Iterator[list[str]]:
        """What is asked of the first thing of each list."""
        for name in THINGS:
            rows = list(csv.DictReader(io.StringIO(self.ask([name, "--csv"]).stdout, newline="")))
            if rows and "ref" in rows[0]:
                yield from ([name, rows[0]["ref"], *form] for form in ([], ["--csv"]))
                more = {"items": ["impact"], "grants": ["file"]}.get(name)
                if more:
                    yield [*more, rows[0]["ref"]]


def obeyed(asked: list[str], result: Result) -> Iterator[str]:
    """What of that which a command printed would be obeyed."""
    printed = result.stdout.replace("\r\n", "\n") if "--ics" in asked else result.stdout
    for text in (printed, result.stderr):
        yield from (text[max(0, f.start() - 60) : f.end() + 9] for f in OBEYED.finditer(text))
    if "--csv" in asked:
        rows = csv.reader(io.StringIO(result.stdout, newline=""), strict=True)
        yield from (cell for row in rows for cell in row if cell.startswith(FORMULA))
        yield from (line for line in printed.split("\n") if line.startswith(FORMULA))
    if "--ics" in asked and "\nBEGIN:VEVENT" in printed:
        yield "an event"


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.long)])
def test_nothing_printed_is_obeyed(
    served: Served, poisoning: tuple[Poisoning, int], tmp_path: Path, every: bool
) -> None:
    app, port = poisoning
    elsewhere = Elsewhere(served, port, tmp_path)
    app.change = str
    asked_for = [*FEW, *MANY, *elsewhere.about_things()] if every else FEW
    for asked in asked_for:
        assert elsewhere.ask(asked).exit_code == 0, asked
    for change in CHANGES if every else CHANGES[:2]:
        app.change = change
        poisoned = 0
        for asked in asked_for:
            result = elsewhere.ask(asked)
            assert [*obeyed(asked, result)] == [], (change, asked)
            poisoned += "VEVENT" in result.stdout + result.stderr
        assert poisoned > 1
