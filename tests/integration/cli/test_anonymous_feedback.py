"""Anonymous feedback leaves nobody: no file, log, counter or error holds who spoke or asked.

The intake system posts a complaint with headers that tell of a person, the person asks
with a code, rightly, wrongly, in nonsense and of a broken ledger; then everything that
the service keeps, prints and counts is searched for the marks of it.
"""

import hashlib
import http.client
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlparse

import pytest

from crypto.statement import sign_statement
from ledger.settings import Settings
from tests.erasures import files_with
from tests.integration.cli.conftest import Served
from tests.unit.sharing.tale import example
from tests.world import MZ, World

CODE, MARK, WRONG = "K7Q2-MX4T-Z9KP", "zhao-dashan", "WRONG-CODE-81"
OF_SOMEBODY = {
    "User-Agent": MARK,
    "From": f"{MARK}@yunling.example",
    "Cookie": f"name={MARK}",
    "X-Forwarded-For": MARK,
    "Referer": f"http://{MARK}.example/",
    "Accept-Language": "en",
}
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SPELLED = [piece.encode() for piece in (CODE, MARK, WRONG, quote(CODE), CODE.encode().hex())]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    world = World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)).begin()
    world.close()
    return home


def complaint(home: Path) -> bytes:
    """A complaint as the intake system of MZ attests it; the clock is the server's own day."""
    world = World(Settings(home, "sqlite://"))
    data = example("complaint.received") | {"mode": "anonymous", "parents": []}
    data |= {"refs": {"complaint": f"{MZ}/TS-1"}}
    data |= {"claim_code_sha256": hashlib.sha256(CODE.encode()).hexdigest()}
    for name in ("association", "signers", "against"):
        data.pop(name, None)
    event = world.event(MZ, "complaint.received", f"department/{MZ}", data)
    return sign_statement(event, [world.mz_system])


def request(url: str, method: str, path: str, **more: Any) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(str(urlparse(url).netloc), timeout=60)
    with closing(connection):
        connection.request(method, path, **more)
        answer = connection.getresponse()
        return answer.status, answer.read()


def call(url: str, path: str, body: bytes, kind: str) -> tuple[int, bytes]:
    return request(url, "POST", path, body=body, headers={**OF_SOMEBODY, "Content-Type": kind})


def ask(url: str, code: str) -> int:
    """Ask by both ways; return the status, which is one."""
    status, answer = call(url, "/api/v1/answers", json.dumps({"code": code}).encode(), JSON)
    again, page = call(url, "/answers", urlencode({"code": code}).encode(), FORM)
    assert status == again
    for text in (answer, page):
        assert not any(piece in text for piece in SPELLED)
    return status


def test_nothing_of_whoever_complained_is_left(home: Path, serve: Callable[[Path], Served]) -> None:
    served = serve(home)
    status, receipt = call(served.url, "/api/v1/statements", complaint(home), JSON)
    assert status == 201, receipt
    _projected(served.url)
    assert ask(served.url, CODE) == 200
    assert ask(served.url, WRONG) == 404
    for path, kind in (("/api/v1/answers", JSON), ("/answers", FORM), ("/api/v1/answers", FORM)):
        nonsense = f'{{"code":["{CODE}"],"name":"{MARK}"'.encode()
        assert call(served.url, path, nonsense, kind)[0] in (400, 415)
    with closing(sqlite3.connect(home / "projections.db")) as broken:
        broken.execute("DROP TABLE postings")
    assert ask(served.url, CODE) in (500, 503)
    metrics = request(served.url, "GET", "/metrics")[1]
    assert b"zelian_" in metrics
    assert not any(piece in metrics for piece in SPELLED)
    assert files_with(home, SPELLED) == []  # while it runs, write-ahead logs and all
    served.process.terminate()
    printed = served.process.communicate(timeout=60)[0]
    assert '"route"' in printed
    assert not any(piece.decode() in printed for piece in SPELLED)
    assert files_with(home, SPELLED) == []
    # What the search would have found, had it been kept.
    assert files_with(home, [b"complaint.received"]) != []


def _projected(url: str) -> None:
    for _ in range(200):
        status, answer = request(url, "GET", "/readyz")
        found = json.loads(answer)
        if status == 200 and found["projected_size"] == found["size"]:
            return
    raise AssertionError(found)
