"""``zelian watch`` on real servers, and its evidence checked by somebody else."""

import json
import shutil
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Served, Zelian


@pytest.fixture
def outside(demo: Zelian, tmp_path: Path) -> tuple[Zelian, Path]:
    """Somebody with a policy, and no home."""
    policy = tmp_path / "policy"
    shutil.copy(demo.home / "trust-policy", policy)
    return Zelian(tmp_path / "nothing"), policy


def test_a_fork_is_found_kept_told_and_proven(
    demo: Zelian,
    outside: tuple[Zelian, Path],
    serve: Callable[[Path], Served],
    tmp_path: Path,
) -> None:
    """Two copies of one home, one key, and each goes its own way."""
    empty, policy = outside
    copy = tmp_path / "copy"
    other = Zelian(Path(shutil.copytree(demo.home, tmp_path / "other")))
    demo.ok("submit", "-", stdin=demo.signed(1))
    for number in (2, 3):
        other.ok("submit", "-", stdin=demo.signed(number))
    first, second = serve(demo.home), serve(other.home)
    ask = ("watch", "--folder", copy, "--policy", policy, "--once")
    seen = empty(*ask, "--server", first.url)
    assert (seen.exit_code, seen.stderr) == (0, "")
    assert seen.stdout.startswith("verified 8 entries, 8 new, root ")
    said = tmp_path / "said"
    script = f"import sys; open({str(said)!r}, 'wb').write(sys.stdin.buffer.read())"
    posted: list[bytes] = []
    server = HTTPServer(("127.0.0.1", 0), _posts_to(posted))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = empty(
        *ask, "--server", second.url, "--json", "--on-alarm", f'{sys.executable} -c "{script}"',
        "--webhook", f"http://127.0.0.1:{server.server_port}/",
    )  # fmt: skip
    server.shutdown()
    server.server_close()
    told = json.loads(found.stdout)
    assert (found.exit_code, [one["code"] for one in told["alarms"]]) == (1, ["forked"])
    assert json.loads(said.read_bytes()) == json.loads(posted[0]) == told
    assert told["size"] == 8
    proof = empty("verify", "fork-report", told["report"], "--policy", policy)
    assert (proof.exit_code, proof.stderr) == (0, "verdict: OK\n")
    whole = empty("verify", "ledger", "--tiles", copy, "--policy", policy, "--json")
    assert json.loads(whole.stdout)["facts"]["size"] == 8


def _posts_to(posted: list[bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def test_a_log_that_is_away_is_no_verdict(outside: tuple[Zelian, Path], tmp_path: Path) -> None:
    empty, policy = outside
    ask = ("watch", "--folder", tmp_path / "copy", "--policy", policy, "--once")
    found = empty(*ask, "--server", "http://127.0.0.1:1")
    assert found.exit_code == 3
    assert "! The log cannot be reached" in found.stdout
    assert "无法访问日志" in empty.chinese(*ask, "--server", "http://127.0.0.1:1").stdout


def test_what_cannot_be_asked(outside: tuple[Zelian, Path], tmp_path: Path) -> None:
    empty, policy = outside
    ask = ("watch", "--folder", tmp_path / "copy", "--once")
    assert empty(*ask, "--policy", policy).exit_code == 2
    assert empty(*ask, "--server", "http://127.0.0.1:1").exit_code == 2
    again = (*ask, "--policy", policy, "--server", "http://127.0.0.1:1", "--webhook", "ftp://x")
    assert empty(*again).exit_code == 2
