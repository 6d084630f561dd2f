"""A witness as a program: real HTTP, two who ask at once, kill -9, what its operator sees."""

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from crypto.add_checkpoint import MAX_REQUEST
from crypto.cosignature import verify_cosignature
from crypto.note import VKey, format_vkey, parse_note, parse_signatures, parse_vkey
from crypto.policy import open_under_policy, parse_policy
from tests.integration.cli.conftest import PROGRAM, ROOT, Zelian
from tests.witnessing import ORIGIN, SmallLog

LOG = SmallLog()
FORKED = SmallLog(branch="other", fork=2)
PATIENCE_S = 60
TEXT = "text/plain; charset=utf-8"
# The store itself ends the process, durable as its answer is, before any answer leaves.
DYING = """
import os, signal, sys
from witness.store import Store
advance = Store.advance
def then_die(self, last, new):
    assert advance(self, last, new)
    os.kill(os.getpid(), signal.SIGKILL)
Store.advance = then_die
from cli.main import main
main(prog_name="zelian")
"""


@dataclass(frozen=True)
class Running:
    """A witness that runs as a process."""

    process: "subprocess.Popen[str]"
    port: int

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str, str]:
        """Return status, type and body of one answer."""
        with closing(self.connect()) as connection:
            return exchange(connection, method, path, body)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)

    def add(self, body: bytes) -> tuple[int, str, str]:
        return self.ask("POST", "/add-checkpoint", body)


def exchange(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None
) -> tuple[int, str, str]:
    connection.request(method, path, body)
    answer = connection.getresponse()
    return answer.status, answer.headers["Content-Type"], answer.read().decode()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("witness") / "var-witness"


@pytest.fixture(scope="module")
def vkey(home: Path) -> VKey:
    """The key of a witness that knows one log, printed when it was made."""
    return make(home, LOG)


def make(home: Path, *logs: SmallLog) -> VKey:
    named = [word for log in logs for word in ("--log", format_vkey(log.vkey))]
    printed = Zelian(home).ok("witness", "init", "--home", home, "--name", "w.example/1", *named)
    return parse_vkey(printed.strip())


@pytest.fixture(scope="module")
def run() -> Iterator[Callable[..., Running]]:
    """Run witnesses; each is stopped at the end."""
    started: list[subprocess.Popen[str]] = []

    def start(home: Path, program: list[str] = PROGRAM) -> Running:
        process = subprocess.Popen(
            [*program, "witness", "run", "--home", str(home), "--port", "0", "--lang", "en"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stderr is not None
        said = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
        assert found, said
        return Running(process, int(found[1]))

    yield start
    for process in started:
        process.terminate()
        process.wait(PATIENCE_S)
        assert process.stderr is not None
        process.stderr.close()


@pytest.fixture(scope="module")
def witness(home: Path, vkey: VKey, run: Callable[..., Running]) -> Running:
    return run(home)


def test_the_protocol_answer_by_answer(witness: Running, vkey: VKey, home: Path) -> None:
    """Each status of the specification, with its body and type, in one log's life."""
    monitor = f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
    assert witness.ask("GET", monitor)[0] == 404

    with closing(witness.connect()) as kept_alive:
        for old, new in ((0, 0), (0, 3), (3, 3), (3, 8)):
            status, kind, body = exchange(
                kept_alive, "POST", "/add-checkpoint", LOG.request(old, new)
            )
            assert (status, kind) == (200, TEXT)
            (line,) = parse_signatures(body)
            assert verify_cosignature(LOG.text(new), line, vkey) > 0

    status, kind, note = witness.ask("GET", monitor)
    assert (status, kind) == (200, TEXT)
    assert parse_note(note).signatures[-1] == line
    policy = parse_policy(f"log {format_vkey(LOG.vkey)}\nwitness w {format_vkey(vkey)}\nquorum w\n")
    assert open_under_policy(note, policy).checkpoint.size == 8

    for body, wanted in (
        (b"no request", 400),
        (LOG.request(9, 8, proof=[]), 400),
        (LOG.request(8, 9, note=SmallLog("x").note(9).replace("x\n9", f"{ORIGIN}\n9")), 403),
        (SmallLog("log.example/2").request(0, 3), 404),
        (FORKED.request(8, 8), 422),
        (LOG.request(8, 9, proof=[bytes(32)]), 422),
        (bytes(MAX_REQUEST + 1), 413),
    ):
        assert witness.add(body)[:2] == (wanted, TEXT)
    # A rollback: the size last cosigned, and nothing else.
    assert witness.add(LOG.request(3, 5)) == (409, "text/x.tlog.size", "8\n")
    assert witness.add(LOG.request(0, 5)) == (409, "text/x.tlog.size", "8\n")

    assert witness.ask("GET", "/add-checkpoint")[0] == 405
    assert witness.ask("GET", "/elsewhere")[0] == 404
    assert witness.ask("GET", monitor)[2] == note

    # While it runs, its operator sees the fork, and what it was cosigned beside.
    result = Zelian(home)("witness", "status", "--home", home)
    assert result.exit_code == 1
    assert "two roots of one size" in result.stdout
    assert "同一大小有两个根" in Zelian(home).chinese("witness", "status", "--home", home).stdout

    # And anybody who has the log's key checks it, without the witness.
    reports = home.parent / "reports"
    Zelian(home)("witness", "status", "--home", home, "--reports", reports)
    (report,) = reports.iterdir()
    trust = home.parent / "policy"
    trust.write_text(f"log {format_vkey(LOG.vkey)}\nquorum none\n")
    proof = Zelian(home)("verify", "fork-report", report, "--policy", trust)
    assert (proof.exit_code, proof.stderr) == (0, "verdict: OK\n")


def test_of_two_who_ask_at_once_one_is_cosigned(
    tmp_path: Path, run: Callable[..., Running]
) -> None:
    """Over many rounds from one size to two: one line, one 409, and never a smaller tree."""
    make(tmp_path / "w", LOG)
    witness = run(tmp_path / "w")
    size = 0
    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            wanted = (size + 1, size + 2)
            answers = list(pool.map(witness.add, [LOG.request(size, new) for new in wanted]))
            # One may also have come whole before the other.
            (won,) = [new for new, answer in zip(wanted, answers, strict=True) if answer[0] == 200]
            (lost,) = [answer for answer in answers if answer[0] != 200]
            assert lost == (409, "text/x.tlog.size", f"{won}\n")
            size = won


def test_killed_between_store_and_answer(tmp_path: Path, run: Callable[..., Running]) -> None:
    """What was stored stands, though no answer left; a fork of it is refused; the log goes on."""
    vkey = make(tmp_path / "w", LOG)
    dying = run(tmp_path / "w", [sys.executable, "-c", DYING])
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        dying.add(LOG.request(0, 3))
    assert dying.process.wait(PATIENCE_S) == -signal.SIGKILL

    witness = run(tmp_path / "w")
    assert witness.add(LOG.request(0, 3)) == (409, "text/x.tlog.size", "3\n")
    assert witness.add(FORKED.request(3, 3))[0] == 422
    status, _, body = witness.add(LOG.request(3, 3))
    (line,) = parse_signatures(body)
    assert (status, verify_cosignature(LOG.text(3), line, vkey) > 0) == (200, True)


def test_a_witness_is_never_made_over_another(home: Path, vkey: VKey) -> None:
    before = {path.name: path.read_bytes() for path in home.glob("witness.[pv]*")}
    again = Zelian(home)("witness", "init", "--home", home, "--name", "w.example/2")
    assert again.exit_code == 7
    assert {path.name: path.read_bytes() for path in home.glob("witness.[pv]*")} == before
    assert (home / "witness.pem").stat().st_mode & 0o777 == 0o600


def test_no_witness_without_its_memory_or_its_key(tmp_path: Path) -> None:
    """Nothing is made anew in the place of what is missing."""
    zelian, home = Zelian(tmp_path), tmp_path / "w"
    assert zelian("witness", "run", "--home", home).exit_code == 6
    assert zelian("witness", "status", "--home", home).exit_code == 6
    make(home, LOG)
    (home / "witness.db").rename(home / "aside.db")
    for command in ("run", "status"):
        refused = zelian("witness", command, "--home", home)
        assert (refused.exit_code, "witness.db is missing" in refused.stderr) == (7, True)
    assert not (home / "witness.db").exists()
    (home / "aside.db").rename(home / "witness.db")
    make(tmp_path / "other", LOG)
    (tmp_path / "other" / "witness.pem").replace(home / "witness.pem")
    assert zelian("witness", "status", "--home", home).exit_code == 7


def test_known_logs_come_from_keys_or_a_policy(tmp_path: Path) -> None:
    """A ledger's own trust policy serves; a key that is none does not."""
    zelian = Zelian(tmp_path)
    policy = tmp_path / "trust-policy"
    policy.write_text(f"log {format_vkey(LOG.vkey)} https://log.example/\nquorum none\n")
    other = SmallLog("log.example/2")
    made = zelian.json(
        "witness", "init", "--home", tmp_path / "w", "--name", "w",
        "--known", policy, "--log", format_vkey(other.vkey), "--log", format_vkey(LOG.vkey),
    )  # fmt: skip
    assert made["logs"] == [format_vkey(other.vkey), format_vkey(LOG.vkey)]
    assert zelian.json("witness", "status", "--home", tmp_path / "w")["logs"] == []
    wrong = format_vkey(other.vkey)[:-1] + "A"
    assert zelian(
        "witness", "init", "--home", tmp_path / "x", "--name", "w", "--log", wrong
    ).exit_code
    assert not (tmp_path / "x").exists()
    assert zelian("witness", "init", "--home", tmp_path / "x", "--name", "w w").exit_code == 7
    assert not (tmp_path / "x").exists()
