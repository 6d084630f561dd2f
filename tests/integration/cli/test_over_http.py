"""The same commands on a running server, and what a strange or lying server gets."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cli.client import Client
from cli.failures import Failure
from tests.integration.cli.conftest import Served, Zelian, registrars_succession

Serve = Callable[[Path], Served]


def test_everything_works_on_a_server(demo: Zelian, serve: Serve, tmp_path: Path) -> None:
    """One server: reads, registry, submitting one and many; the home itself is locked."""
    served = serve(demo.home)
    there = ("--server", served.url)
    as_zhang = (*there, "--key", demo.key)
    _locked(demo)

    assert demo.ok("log", *as_zhang) == demo.ok("log")
    assert "confidential" in demo.ok("log", *there)
    assert demo.json("show", "6", *as_zhang) == demo.json("show", "6")
    assert demo.json("key", "list", *as_zhang) == demo.json("key", "list")
    shown = demo.json("department", "show", "MZ", *as_zhang)
    assert shown == demo.json("department", "show", "MZ")
    assert demo("show", "99", *there).exit_code == 6

    raw = demo.signed(2)
    assert demo.ok("submit", "-", *there, stdin=raw) == "7\n"
    assert demo.ok("submit", "-", *there, stdin=raw) == "7\n"
    lines = [raw, demo.signed(3), demo.signed(4, official="wang"), demo.signed(5)]
    mixed = demo("submit", "-", *there, stdin="".join(lines))
    assert (mixed.exit_code, mixed.stdout) == (7, "7\n8\n9\n")
    assert "out_of_role /official" in mixed.stderr

    assert demo.ok("department", "register", "GA", "--name", "云岭省公安厅", *there) == "10\n"
    assert demo.ok("official", "release", "app-zhang", *there) == "11\n"
    refused = demo.chinese("department", "register", "GA", "--name", "x", *there)
    assert refused.exit_code == 7
    assert "已由第 10 号条目登记" in refused.stderr

    _elsewhere(demo, served, tmp_path)


def test_the_registry_is_read_past_what_is_not_shown(demo: Zelian, serve: Serve) -> None:
    """What the registrar says beside the registry is not everybody's to read: told on stderr."""
    assert demo.ok("submit", "-", stdin=registrars_succession(demo)) == "7\n"
    as_zhang = ("--server", serve(demo.home).url, "--key", demo.key)
    assert "absent" in demo.ok("show", "7", *as_zhang, "--json")
    listed = demo("key", "list", *as_zhang)
    assert (listed.exit_code, listed.stdout) == (0, demo.ok("key", "list"))
    assert "no part of the registry: entries 7" in listed.stderr


def _locked(demo: Zelian) -> None:
    """Reading beside a server is fine, writing is refused and says how."""
    assert demo("log").exit_code == 0
    for args in (["department", "register", "X", "--name", "x"], ["rebuild"], ["submit", "-"]):
        result = demo(*args, stdin=demo.signed(9))
        assert result.exit_code == 7, args
        assert "--server" in result.stderr
    assert "--server" in demo.chinese("rebuild").stderr


def _elsewhere(demo: Zelian, served: Served, tmp_path: Path) -> None:
    """A machine without the home needs the policy alone."""
    elsewhere = Zelian(tmp_path / "elsewhere")
    policy = demo.home / "trust-policy"
    args = ["--server", served.url, "--policy", policy, "--output", tmp_path / "kept"]
    refused = elsewhere("submit", "-", *args, stdin=demo.signed(6))
    assert refused.exit_code == 7  # zhang was released
    assert "out_of_role" in refused.stderr
    assert not elsewhere.home.exists()


def test_a_batch_is_cut_to_the_servers_limits(demo: Zelian, serve: Serve) -> None:
    """More lines than one request takes: every one gets its receipt, in order."""
    served = serve(demo.home)
    client = Client(served.url)
    raw = demo.signed(2).strip().encode()
    answers = client.submit_batch([raw] * 1_003)
    assert [getattr(answer, "index", None) for answer in answers] == [7] * 1_003


@contextmanager
def answering(status: int, body: bytes, **headers: str) -> Iterator[str]:
    """Serve one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_args: object) -> None:
            """Be quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _problem(code: str, detail: str = "words") -> bytes:
    return json.dumps({"code": code, "detail": detail, "status": 0, "title": "t"}).encode()


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (403, _problem("not_allowed"), 5),
        (404, _problem("not_found"), 6),
        (400, _problem("bad_parameter"), 2),
        (503, _problem("read_only"), 7),
        (500, b"<html>", 4),
        (200, b"<html>", 4),
        (200, b"[]", 4),
        (200, b"[" * 100_000, 4),
        (200, b'{"index":-1}', 4),
        (200, b'{"index":0,"header":7}', 4),
        (302, b"", 4),
    ],
)
def test_what_a_server_answers_becomes_an_exit_code(
    demo: Zelian, status: int, body: bytes, code: int
) -> None:
    """Problems keep their meaning; what is no answer of a ledger is 4."""
    with answering(status, body, Location="/elsewhere") as url:
        assert demo("show", "0", "--server", url).exit_code == code


def test_a_receipt_that_a_server_makes_up_fails(demo: Zelian) -> None:
    """Another statement's receipt: exit code 1, whatever status it came with."""
    kept = next((demo.home / "receipts").glob("*.json")).read_bytes()
    with answering(201, kept) as url:
        result = demo("submit", "-", "--server", url, stdin=demo.signed(2))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "receipt_does_not_hold" in result.stderr


def test_hostile_words_of_a_server_are_harmless(demo: Zelian) -> None:
    """A problem's text reaches the terminal as escapes."""
    with answering(404, _problem("not_found", "a\x1b[2Jb\u202ec")) as url:
        said = demo("show", "0", "--server", url).stderr
    assert "\\x1b[2J" in said
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_a_batch_answered_short_is_strange() -> None:
    """As many answers as lines, or it is no ledger's."""
    line = json.dumps({"problem": {"code": "schema", "detail": "x"}, "status": 422}).encode()
    with answering(200, line + b"\n") as url, pytest.raises(Failure) as caught:
        Client(url).submit_batch([b"{}", b"{}"])
    assert caught.value.exit_code == 4


def test_a_receipt_in_another_form_fails(demo: Zelian) -> None:
    """A receipt is canonical JSON; one with a space more is not made good on the way."""
    raw = demo.signed(2)
    demo.ok("submit", "-", "--output", demo.home / "kept", stdin=raw)
    receipt = next((demo.home / "kept").glob("*.json")).read_bytes()
    policy = ("--policy", demo.home / "trust-policy")
    for body, code in ((receipt, 0), (receipt.replace(b":", b": ", 1), 1)):
        with answering(200, body) as url:
            assert demo("submit", "-", "--server", url, *policy, stdin=raw).exit_code == code


def test_a_statement_goes_where_it_was_sent(demo: Zelian) -> None:
    """A redirect is not followed, to a ledger that would answer well neither."""
    shown = json.dumps({"header": demo.json("show", "0")["header"], "index": 0}).encode()
    with answering(200, shown) as good:
        assert demo("show", "0", "--server", good).exit_code == 0
        with answering(302, b"", Location=good) as url:
            assert demo("show", "0", "--server", url).exit_code == 4
