"""``zelian demo``: a home is filled, once, by whatever way it came to be begun.

``filled`` is made once by the program itself; ``demo_home`` is a test's own copy.
"""

import json
import os
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.stories.officials import GATEWAYS, OFFICIALS, REKEYED
from cli.stories.teller import source_of
from cli.stories.whole import all_lines
from crypto.checkpoint import Checkpoint
from crypto.policy import open_under_policy, parse_policy
from crypto.receipt import verify_receipt
from ledger.events.forbidden import check_forbidden
from tests.integration.cli.conftest import PROGRAM, ROOT, Zelian, free_port

KEYS = len(OFFICIALS) + len(GATEWAYS) + len(REKEYED)  # some replace others


def environment(home: Path, language: str = "en_US.UTF-8") -> dict[str, str]:
    """Return the environment of a program that works on *home*."""
    mine = {"ZELIAN_HOME": str(home), "PYTHONPATH": str(ROOT), "LC_ALL": language}
    return {**os.environ, **mine}


def run(home: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    """Run the program to its end."""
    return subprocess.run(
        [*PROGRAM, *args],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A home that the demo made and filled, and its summary; never changed."""
    home = tmp_path_factory.mktemp("demo") / "home"
    ended = run(home, "demo", "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    return home, json.loads(ended.stdout)


@pytest.fixture
def demo_home(filled: tuple[Path, dict[str, Any]], tmp_path: Path) -> Zelian:
    """Commands on a test's own copy of the filled home."""
    return Zelian(Path(shutil.copytree(filled[0], tmp_path / "home")))


@pytest.fixture
def summary(filled: tuple[Path, dict[str, Any]]) -> dict[str, Any]:
    """What ``--json`` said."""
    return filled[1]


def entries(zelian: Zelian) -> list[dict[str, Any]]:
    """Return all entries, oldest first."""
    return [
        json.loads(line)
        for line in zelian.ok("log", "--reverse", "--limit", "1000", "--json").splitlines()
    ]


# What is made


def test_the_ledger_verifies_from_the_outside_and_from_the_inside(demo_home: Zelian) -> None:
    """Every signature, every post, every row: nothing is missing and nothing is wrong."""
    assert demo_home("verify", "ledger").exit_code == 0
    assert demo_home("fsck").exit_code == 0


def test_every_line_of_the_stories_is_logged_once(
    demo_home: Zelian, summary: dict[str, Any]
) -> None:
    """After what init says, the stories and nothing else, in their order."""
    found = [(one["event"]["source"], one["event"]["id"]) for one in entries(demo_home)]
    lines = all_lines()
    assert found[3:] == [(source_of(line), line.id) for line in lines]
    assert summary["counts"]["entries"] == len(lines) + 3
    assert summary["counts"]["statements"] == len(lines)


def test_the_summary_points_at_what_it_says(demo_home: Zelian, summary: dict[str, Any]) -> None:
    """Indexes of acts and of what is worth a look lead to such entries."""
    logged = {one["index"]: one for one in entries(demo_home)}
    kinds = {
        "deliveries": ["delivery.sent"],
        "receipts": ["delivery.received"],
        "uses": ["use.recorded"],
        "countersigned": ["statement.countersigned"],
        "feedback": ["feedback.effect", "feedback.quality"],
    }
    assert len(summary["stories"]) == 9
    for story in summary["stories"].values():
        assert logged[story["look"]]["event"]
        assert story["happened"]["zh"] != story["happened"]["en"]
        for act, parts in story["acts"].items():
            assert any(parts.values()), act
            for part, indexes in parts.items():
                for event in (logged[index]["event"] for index in indexes):
                    named = event["data"]["refs"].get("act")
                    assert named == act or (named is None and "delivery" in event["data"]["refs"])
                    assert event["type"] in [f"zelian.{kind}.v1" for kind in kinds[part]]
    notable = {what: logged[index] for what, index in summary["notable"].items()}
    assert notable["attested"]["said"] == "attested"
    assert notable["objection"]["event"]["data"]["decision"] == "object"
    assert notable["partial_receipt"]["event"]["data"]["result"] == "partial"
    assert "grant" not in notable["without_grant"]["event"]["data"]["refs"]
    assert notable["released"]["event"]["type"] == "zelian.official.released.v1"
    assert notable["revoked"]["event"]["data"]["reason"] == "superseded"
    assert notable["compromised"]["event"]["data"]["reason"] == "compromised"
    assert notable["stolen_key"]["index"] < notable["compromised"]["index"]
    assert notable["succession"]["event"]["source"] == "/departments/registrar"
    assert notable["window"]["event"]["data"]["count"] > 100
    assert notable["late"]["event"]["type"] == "zelian.use.recorded.v1"
    assert notable["past_sunset"]["event"]["type"] == "zelian.use.recorded.v1"


def test_a_back_dated_assessment_is_betrayed_by_its_place(
    demo_home: Zelian, summary: dict[str, Any]
) -> None:
    """It claims a time before the grant that it was to precede, and lies far behind it."""
    logged = entries(demo_home)
    assessed = logged[summary["notable"]["back_dated"]]
    refs = assessed["event"]["data"]["refs"]
    [granted] = [
        one for one in logged
        if one["event"]["type"] == "zelian.grant.issued.v1"
        and one["event"]["data"]["refs"]["grant"] == refs["grant"]
    ]  # fmt: skip
    assert assessed["event"]["time"] < granted["event"]["time"]
    assert assessed["index"] > granted["index"] + 100


def test_parents_lie_in_the_ledger_before_those_who_rely_on_them(demo_home: Zelian) -> None:
    """Each story is linked by the digests that were signed."""
    at = {one["statement"]: one["index"] for one in entries(demo_home)}
    linked = 0
    for one in entries(demo_home):
        for parent in one["event"]["data"]["parents"]:
            assert at[parent] < one["index"]
            linked += 1
    assert linked > 100


def test_no_event_holds_what_must_not_be_stored(demo_home: Zelian) -> None:
    """Looked at again, as they were logged."""
    for one in entries(demo_home):
        check_forbidden(one["event"])


def test_the_files_of_each_story_prove_their_statement(
    demo_home: Zelian, summary: dict[str, Any]
) -> None:
    """Statement and receipt fit, under the home's trust policy."""
    policy = parse_policy((demo_home.home / "trust-policy").read_bytes())

    def open_note(note: str) -> Checkpoint:
        return open_under_policy(note, policy).checkpoint

    for name, files in summary["files"].items():
        receipt, statement = (
            (demo_home.home / files[what]).read_bytes() for what in ("receipt", "statement")
        )
        verified = verify_receipt(receipt, statement, open_note)
        assert verified.header.index == summary["stories"][name]["shown"]


def test_keys_lie_apart_and_private(demo_home: Zelian) -> None:
    """One for each official and gateway, in files that nobody else may read."""
    keys = list((demo_home.home / "keys" / "demo").glob("*.pem"))
    assert len(keys) == KEYS
    assert all(path.stat().st_mode & 0o077 == 0 for path in keys)


# What is said


def test_every_command_that_is_printed_works(zelian: Zelian) -> None:
    """Typed as they stand; those that need a server apart."""
    guide = zelian.ok("demo")
    printed = [line.strip() for line in guide.splitlines() if line.startswith("  zelian ")]
    assert len(printed) == 19  # nine stories, and what to try next
    assert {shlex.split(line)[1] for line in printed} == {
        "log", "show", "verify", "fsck", "serve"
    }  # fmt: skip
    for line in printed:
        words = shlex.split(line)[1:]
        if words[0] != "serve":
            assert zelian(*words).exit_code == 0, line
    assert guide.count("  curl http://127.0.0.1:8000/") == 2
    assert "proves nothing to outsiders" in guide


def test_the_guide_is_in_the_language_spoken(tmp_path: Path) -> None:
    """Chinese in full; a home given as an option is given again in each command."""
    home = tmp_path / "a home"
    said = Zelian(tmp_path / "other").chinese("demo", "--home", home)
    assert said.exit_code == 0, said.stderr
    assert "接下来可以试" in said.stdout
    assert "对外不证明任何事情" in said.stdout
    assert "市场主体设立" in said.stdout
    printed = [line for line in said.stdout.splitlines() if line.startswith("  zelian ")]
    assert all(f"--home {shlex.quote(str(home))}" in line for line in printed)


def test_help_is_in_both_languages(zelian: Zelian) -> None:
    """No word of the other one, but for the names of things."""
    assert "写入演示故事" in zelian.chinese("demo", "--help").stdout
    assert not any(ord(c) > 0x2E80 for c in zelian.ok("demo", "--help"))


# Where it may


def test_a_second_run_changes_nothing(demo_home: Zelian) -> None:
    """Refused with 7; what lies there is named, and how to serve it."""
    before = (demo_home.home / "ledger.db").read_bytes()
    again = demo_home("demo")
    assert again.exit_code == 7
    assert "demo --serve" in again.stderr
    assert again.stdout == ""
    assert (demo_home.home / "ledger.db").read_bytes() == before


def test_a_home_in_which_only_init_has_run_is_filled(zelian: Zelian) -> None:
    """Its own origin stays."""
    zelian.ok("init", "--origin", "only.example/init")
    told = zelian.json("demo")
    assert told["origin"] == "only.example/init"
    assert zelian("fsck").exit_code == 0


def test_a_ledger_in_use_is_refused(demo: Zelian) -> None:
    """With and without --serve; nothing is written, not even a record."""
    size = len(entries(demo))
    for args in (["demo"], ["demo", "--serve"]):
        refused = demo(*args)
        assert refused.exit_code == 7
        assert "in use" in refused.stderr
    assert len(entries(demo)) == size
    assert not (demo.home / "demo").exists()


def test_a_ledger_in_use_is_refused_even_with_the_record_of_a_demo(demo: Zelian) -> None:
    """A record that was left behind, or copied, opens no ledger to the demo."""
    (demo.home / "demo").mkdir()
    record = demo.home / "demo" / "record.json"
    record.write_text('{"start":"2026-07-05T16:00:00.000Z","summary":null}')
    size = len(entries(demo))
    refused = demo("demo")
    assert (refused.exit_code, "in use" in refused.stderr) == (7, True)
    assert len(entries(demo)) == size
    record.write_text('{"start":"2026-07-05T16:00:00.000Z","summary":{"identity":"00"}}')
    assert demo("demo", "--serve").exit_code == 7


def test_registrars_elsewhere_are_refused(demo: Zelian) -> None:
    """Without a registrar's key nobody can be registered."""
    (demo.home / "keys" / "registrar.pem").unlink()
    refused = demo("demo")
    assert (refused.exit_code, "elsewhere" in refused.stderr) == (7, True)


def test_an_unfinished_init_is_refused(demo: Zelian) -> None:
    """It is somebody else's, and not done."""
    (demo.home / "identity").unlink()
    refused = demo("demo")
    assert (refused.exit_code, "unfinished init" in refused.stderr) == (7, True)


# After an interruption


@pytest.mark.parametrize("after", [5, 400])
def test_a_demo_that_was_killed_goes_on(tmp_path: Path, after: int) -> None:
    """Killed among the registrations or amid the stories: nothing twice, nothing missing."""
    home = tmp_path / "home"
    process = subprocess.Popen(
        [*PROGRAM, "demo"],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    key_files = home / "keys" / "demo"
    while process.poll() is None and logged(home) < after:
        time.sleep(0.002)
    process.kill()
    process.communicate()
    zelian = Zelian(home)
    interrupted = len(entries(zelian))
    whole = len(all_lines()) + 3
    assert after <= interrupted < whole
    keys = {path: path.read_bytes() for path in key_files.glob("*.pem")}
    going_on = zelian("demo", "--json")
    assert going_on.exit_code == 0, going_on.stderr
    assert "cut short" in going_on.stderr
    found = [(one["event"]["source"], one["event"]["id"]) for one in entries(zelian)]
    assert len(found) == len(set(found)) == whole
    assert all(path.read_bytes() == raw for path, raw in keys.items())
    assert zelian("verify", "ledger").exit_code == 0
    assert zelian("fsck").exit_code == 0


def logged(home: Path) -> int:
    """Return how many entries lie in the database, while another process writes there."""
    try:
        with sqlite3.connect(f"file:{home / 'ledger.db'}?mode=ro", uri=True) as connection:
            [(size,)] = connection.execute("SELECT count(*) FROM entries")
        connection.close()
    except sqlite3.Error:
        return 0
    return int(size)


def test_the_end_alone_can_be_missing(demo_home: Zelian, summary: dict[str, Any]) -> None:
    """Killed after the last statement: the summary is made up for, and nothing is logged."""
    begin_again(demo_home)
    again = demo_home.json("demo")
    assert again["stories"] == summary["stories"]
    assert again["counts"] == summary["counts"]


def test_a_stranger_s_statement_in_an_interrupted_demo_stops_it(demo_home: Zelian) -> None:
    """What somebody else said there makes the ledger his, too."""
    demo_home.ok("department", "register", "XX", "--name", "云岭省某厅")
    begin_again(demo_home)
    refused = demo_home("demo")
    assert (refused.exit_code, "in use" in refused.stderr) == (7, True)


def test_lost_keys_are_not_made_up_for(demo_home: Zelian) -> None:
    """With another key the same lines are other statements: refused, nothing is logged."""
    begin_again(demo_home)
    (demo_home.home / "keys" / "demo" / "ga-3071.pem").unlink()
    size = len(entries(demo_home))
    refused = demo_home("demo")
    assert refused.exit_code == 7
    assert "under the id demo-enrolled-ga-3071" in refused.stderr
    assert "keys are gone" in refused.stderr
    assert len(entries(demo_home)) == size


def begin_again(zelian: Zelian) -> None:
    """Make the record what it was before the demo's end."""
    path = zelian.home / "demo" / "record.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"summary": None}))


# Serving


@pytest.fixture
def served(demo_home: Zelian) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start ``demo --serve`` on the filled home; stop it at the end."""
    started: list[subprocess.Popen[str]] = []

    def start(*args: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [*PROGRAM, "demo", "--serve", *args],
            env=environment(demo_home.home),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def test_a_filled_home_is_served(
    demo_home: Zelian, served: Callable[..., "subprocess.Popen[str]"]
) -> None:
    """As it is, on the next free port where one is taken; the pages answer."""
    demo_home.ok("department", "register", "XX", "--name", "云岭省某厅")  # a user tried something
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = taken.getsockname()[1]
        process = served("--port", str(port))
        assert process.stderr is not None
        assert process.stdout is not None
        said: list[str] = []
        while not (said and said[-1].startswith("http://")):
            said.append(process.stderr.readline())
            assert said[-1], said
        curl = next(line for line in process.stdout if line.startswith("  curl"))
    assert any("served as it is" in line for line in said)
    assert any(f"port {port} is taken" in line for line in said)
    url = said[-1].strip()
    assert url != f"http://127.0.0.1:{port}/"
    assert curl == f"  curl {url}log/checkpoint\n"
    assert fetched(f"{url}readyz") == 200
    assert fetched(url) == 200
    assert fetched(f"{url}api/docs") == 200
    assert fetched(f"{url}log/checkpoint") == 200
    assert fetched(f"{url}api/v1/entries/141/proof") == 200
    busy = demo_home("demo", "--serve", "--port", free_port())
    assert (busy.exit_code, "another process writes" in busy.stderr) == (7, True)


def fetched(url: str) -> int:
    """Return the status of a GET, once the server answers."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return int(answer.status)
        except (ConnectionError, urllib.error.URLError):
            time.sleep(0.1)
    raise AssertionError(f"no answer from {url}")
