"""``zelian watch`` on real servers, and its evidence checked by somebody else."""

import json
import shutil
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from crypto.add_checkpoint import AddCheckpoint, format_add_checkpoint
from crypto.note import parse_note
from crypto.policy import parse_policy
from tests.integration.cli.conftest import Served, Zelian
from tests.witnessing import Eyewitness

PATIENCE_S = 60


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

    # Somebody who is shown the first alone, and asks a witness that was shown the second.
    demo.ok("submit", "-", "--server", first.url, stdin=demo.signed(4))
    published(first, 9)  # it was acknowledged before
    trust, witness = watched_by_one(tmp_path, policy, published(second, 9))
    ask = ("watch", "--folder", tmp_path / "third", "--policy", trust, "--once", "--json")
    found = empty(*ask, "--server", first.url)
    witness.close()
    told = json.loads(found.stdout)
    assert (found.exit_code, told["alarms"][0]["code"]) == (1, "forked")
    assert empty("verify", "fork-report", told["report"], "--policy", policy).exit_code == 0
    told = json.loads(empty(*ask, "--server", first.url).stdout)
    assert [one["code"] for one in told["alarms"]] == ["witness_unread", "witness_behind"]


def watched_by_one(folder: Path, policy: Path, shown: str) -> tuple[Path, Eyewitness]:
    """Return a policy with a witness that runs and has cosigned what it was *shown*."""
    log = parse_policy(policy.read_bytes()).logs[0].key
    witness = Eyewitness(folder, "w1", [log], lambda: int(time.time()))
    witness.start()
    request = AddCheckpoint(0, (), parse_note(shown))
    witness.witness.add_checkpoint(format_add_checkpoint(request).encode())
    trust = folder / "trust"
    trust.write_text(policy.read_text().replace("quorum none\n", "") + witness.line + "quorum w1\n")
    return trust, witness


def published(served: Served, size: int) -> str:
    """Return the checkpoint that the server shows once it covers *size* entries."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        note = get(f"{served.url}/log/checkpoint")
        if int(note.split("\n")[1]) >= size:
            return note
        assert time.monotonic() < deadline, note
        time.sleep(0.02)


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as answer:
        text: str = answer.read().decode()
    return text


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
    chinese = empty.chinese(*ask, "--server", "http://127.0.0.1:1").stdout
    assert "! 无法访问日志：无法访问 http://127.0.0.1:1（" in chinese


def test_an_answer_that_never_ends_is_cut_off(
    outside: tuple[Zelian, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte now and then keeps a socket's own timeout from ending."""
    monkeypatch.setattr("cli.watch.READ_S", 0.5)
    empty, policy = outside
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_drip, args=(listener, ended))
        thread.start()
        ask = ("watch", "--folder", tmp_path / "copy", "--policy", policy, "--once")
        found = empty(*ask, "--server", f"http://127.0.0.1:{listener.getsockname()[1]}")
        ended.set()
        thread.join(60)
    assert (found.exit_code, "no whole answer within" in found.stdout) == (3, True)


def _drip(listener: socket.socket, ended: threading.Event) -> None:
    connection, _ = listener.accept()
    with connection, suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while not ended.wait(0.05):
            connection.sendall(b"x")


def test_what_cannot_be_asked(outside: tuple[Zelian, Path], tmp_path: Path) -> None:
    empty, policy = outside
    ask = ("watch", "--folder", tmp_path / "copy", "--once")
    assert empty(*ask, "--policy", policy).exit_code == 2
    assert empty(*ask, "--server", "http://127.0.0.1:1").exit_code == 2
    again = (*ask, "--policy", policy, "--server", "http://127.0.0.1:1", "--webhook", "ftp://x")
    assert empty(*again).exit_code == 2
