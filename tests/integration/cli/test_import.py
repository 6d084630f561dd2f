"""``zelian import`` on a home and over HTTP: nothing twice, nothing lost, nothing made up."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import make_server

from api.application import build_app
from cli.door import Door
from cli.failures import Failure
from cli.importing import registration, sending
from cli.importing.compact import CompactHome
from cli.main import main
from cli.registry_view import RegistryView
from crypto.keys import PrivateKey
from crypto.statement import read_statement
from ledger.errors import ReadOnly
from ledger.log.clock import system_clock
from ledger.opening import make_home
from ledger.service import Entry
from ledger.settings import Settings
from tests.unit.importing.sample import ROWS, csv_text, sample_toml
from tests.world import Clock, World

REGISTRY = 10  # departments, keys and posts of the sample
ALL = {"new": REGISTRY, "there": 0}


class Importing:
    """A ledger on which only ``init`` has run, and the sample's files beside it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.log = folder / "log.csv"
        self.mapping = folder / "sample.toml"
        self.log.write_text(csv_text(*ROWS), encoding="utf-8")
        self.mapping.write_bytes(sample_toml())
        self.environment = {"ZELIAN_HOME": str(self.home), "ZELIAN_CHECKERS": "1", "LANG": "C"}
        self.settings = Settings.from_environment(self.environment)
        self.world = World(self.settings, Clock(system_clock()))

    def run(self, *options: str) -> Result:
        return CliRunner().invoke(
            main,
            ["import", str(self.log), "--mapping", str(self.mapping), *options],
            env=self.environment,
        )

    def summary(self, *options: str, exit_code: int = 0) -> dict:  # type: ignore[type-arg]
        result = self.run("--json", *options)
        assert result.exit_code == exit_code, result.stderr
        return json.loads(result.stdout)  # type: ignore[no-any-return]

    def entries(self) -> list[Entry]:
        """All that the ledger holds, beyond its opening."""
        ledger = self.world.open(writes=False)
        size = ledger.state().size
        found = ledger.entries(1, size, size, newest_first=False)
        self.world.close()
        return found


@pytest.fixture
def importing(tmp_path: Path) -> Importing:
    made = Importing(tmp_path)
    made.world.begin(cast=False)
    assert made.world.ledger is not None
    made.world.ledger.catch_up()
    made.world.close()
    return made


def new(summary: dict) -> int:  # type: ignore[type-arg]
    return sum(counts["new"] for counts in summary["types"].values())


def there(summary: dict) -> int:  # type: ignore[type-arg]
    return sum(counts["there"] for counts in summary["types"].values())


def test_an_import_and_then_again(importing: Importing) -> None:
    first = importing.summary()
    assert first["families"] == {"feedback": 1, "share": 2, "use": 3}
    assert first["registry"] == ALL
    assert (new(first), there(first), first["refusals"]) == (6, 0, [])
    logged = importing.entries()
    assert len(logged) == REGISTRY + 6

    second = importing.summary()
    assert second["registry"] == {"new": 0, "there": REGISTRY}
    assert (new(second), there(second)) == (0, 6)
    assert [entry.leaf for entry in importing.entries()] == [entry.leaf for entry in logged]


def test_an_import_is_attested_and_late(importing: Importing) -> None:
    """The departments say it, long after it happened; the ledger takes it as it is."""
    importing.log.write_text(csv_text(ROWS[0].replace("2026", "2010")), encoding="utf-8")
    importing.summary()
    entry = importing.entries()[-1]
    assert entry.event is not None
    assert entry.attested
    assert entry.event["time"] == "2010-01-05T01:00:00.123Z"
    assert entry.event["official"] == "li"


def test_what_the_mapping_adds_is_told_first(importing: Importing) -> None:
    result = importing.run()
    assert result.exit_code == 0
    told = result.stderr.splitlines()
    assert told[0].startswith("mapping sample: these are the mapping's words")
    assert any(line.split() == ["use.recorded.v1", "use_kind", "act"] for line in told)
    assert result.stdout.splitlines()[-1] == "feedback 1  share 2  use 3"
    assert "\x1b" not in result.output  # no progress but on a terminal


def test_keys_are_private_and_lasting(importing: Importing) -> None:
    importing.summary()
    folder = importing.home / "keys" / "import" / "sample"
    keys = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(keys) == ["archive-1.pem", "not-stated.pem", "permits.pem"]
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    importing.summary()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == keys


def test_a_key_that_others_can_read_is_refused(importing: Importing) -> None:
    importing.summary()
    (importing.home / "keys" / "import" / "sample" / "permits.pem").chmod(0o644)
    result = importing.run()
    assert result.exit_code == 7
    assert "permits.pem can be read by others" in result.stderr


def test_a_key_of_another_kind_is_refused(importing: Importing) -> None:
    importing.summary()
    path = importing.home / "keys" / "import" / "sample" / "permits.pem"
    path.write_bytes(PrivateKey.generate("p256").to_pem())
    result = importing.run()
    assert result.exit_code == 2
    assert "permits.pem is no Ed25519 key" in result.stderr


def test_a_dry_run_logs_and_writes_nothing(importing: Importing) -> None:
    before = sorted(path for path in importing.home.rglob("*"))
    summary = importing.summary("--dry-run")
    assert summary["dry_run"]
    assert (new(summary), summary["registry"]) == (6, ALL)
    assert importing.entries() == []
    assert sorted(path for path in importing.home.rglob("*")) == before


def test_a_dry_run_needs_no_ledger(tmp_path: Path) -> None:
    made = Importing(tmp_path)
    assert new(made.summary("--dry-run")) == 6
    assert not made.home.exists()


def test_a_dry_run_names_what_would_be_refused(importing: Importing) -> None:
    """One row, not all of its activity: that is the ledger's to refuse."""
    importing.mapping.write_bytes(
        sample_toml(('code = "C1"', 'code = "C1"\ndata = { purpose = "{official}" }'))
    )
    assert importing.summary("--dry-run")["refusals"] == []
    importing.mapping.write_bytes(
        sample_toml(
            (
                "[fields.records]",
                '[fields.note]\ncolumn = "经办"\nas = "text"\n'
                "may_be_empty = true\n[fields.records]",
            ),
            ('code = "C1"', 'code = "C1"\ndata = { purpose = "{note}" }'),
        )
    )
    rows = [*ROWS[:5], ROWS[5].replace("Wang", "13912345678")]
    importing.log.write_text(csv_text(*rows), encoding="utf-8")
    for options in (["--dry-run"], []):
        (refusal,) = importing.summary(*options, exit_code=7)["refusals"]
        assert (refusal["line"], refusal["id"]) == (7, "E-6")
        assert (refusal["code"], refusal["pointer"]) == ("forbidden_content", "/data/purpose")
    assert len(importing.entries()) == REGISTRY + 1 + 5  # one official more


def test_a_refused_line_is_told(importing: Importing) -> None:
    """Another statement has the id: the rest goes in, and the exit code is 7."""
    importing.summary("--limit", "1")
    importing.log.write_text(csv_text(ROWS[0].replace(",3,", ",4,"), *ROWS[1:]), encoding="utf-8")
    result = importing.run()
    assert result.exit_code == 7
    assert "line 2, event E-1: conflict: " in result.stderr
    assert len(importing.entries()) == REGISTRY + 6


@pytest.mark.parametrize("limit", [1, 4])
def test_a_beginning_and_then_the_whole(importing: Importing, limit: int) -> None:
    assert new(importing.summary("--limit", str(limit))) == limit
    whole = importing.summary()
    assert (new(whole), there(whole)) == (6 - limit, limit)
    entries = importing.entries()
    assert len(entries) == REGISTRY + 6


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda made: made.mapping.write_text("mapping = 2"), "sample.toml: mapping: "),
        (lambda made: made.log.write_text("a,b\n"), "log.csv, line 1, column '编号'"),
        (
            lambda made: made.mapping.write_bytes(
                sample_toml(('channel = "not_stated"', 'channel = "pigeon"'))
            ),
            "log.csv, line 2: activity '送达' never becomes a sound event: /data/channel",
        ),
        (lambda made: made.log.write_text(csv_text()), "log.csv holds no event"),
    ],
)
def test_what_is_wrong_is_found_before_anything_is_written(
    importing: Importing, spoil: Callable[[Importing], object], words: str
) -> None:
    spoil(importing)
    result = importing.run()
    assert result.exit_code == 2
    assert words in result.stderr
    assert importing.entries() == []
    assert not (importing.home / "keys" / "import").exists()


@pytest.mark.parametrize("gone", ["log", "mapping"])
def test_a_missing_file(importing: Importing, gone: str) -> None:
    getattr(importing, gone).unlink()
    assert importing.run().exit_code == 6


def test_no_ledger(tmp_path: Path) -> None:
    result = Importing(tmp_path).run()
    assert result.exit_code == 6
    assert "no ledger in this home" in result.stderr


# Stopped and resumed


def stop_after_a_batch(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the second batch of two end in *error*."""
    monkeypatch.setattr(sending, "MAX_LINES", 2)
    submit = CompactHome.submit_compact
    seen = []

    def stopping(self, lines):  # type: ignore[no-untyped-def]
        if len(lines) == 2:
            seen.append(lines)
            if len(seen) == 2:
                raise error
        return submit(self, lines)

    monkeypatch.setattr(CompactHome, "submit_compact", stopping)


def test_an_interrupted_import_says_how_to_resume(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as stopped:
        stop_after_a_batch(stopped, KeyboardInterrupt())
        result = importing.run()
    assert result.exit_code == 130
    assert "stopped: 2 of 6 events were answered; run the same command again" in result.stderr
    resumed = importing.summary()
    assert (new(resumed), there(resumed)) == (4, 2)
    assert resumed["registry"] == {"new": 0, "there": REGISTRY}


KILLED = """
import os, signal, sys
from cli.importing import registration, sending
from cli.importing.compact import CompactHome
from cli.main import main
sending.MAX_LINES = registration.MAX_LINES = 2
submit = CompactHome.submit_compact
batches = []
def dying(self, lines):
    answer = submit(self, lines)
    batches.append(lines)
    if len(batches) == 6:  # five of the registry, and the first of events
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
CompactHome.submit_compact = dying
main(sys.argv[1:])
"""


def test_a_killed_import_is_resumed_with_the_same_bytes(importing: Importing) -> None:
    """Killed when a batch was logged and its answer not yet seen."""
    command = ["import", str(importing.log), "--mapping", str(importing.mapping)]
    environment = {**os.environ, **importing.environment}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, *command], env=environment, capture_output=True, timeout=120
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    before = [entry.envelope for entry in importing.entries()]
    assert len(before) == REGISTRY + 2
    resumed = importing.summary()
    assert (new(resumed), there(resumed)) == (4, 2)
    after = [entry.envelope for entry in importing.entries()]
    assert after[: len(before)] == before
    assert len(set(after)) == len(after) == REGISTRY + 6


def test_a_ledger_that_stops_taking_entries(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as stopped:
        stop_after_a_batch(stopped, ReadOnly("disk_full", "the disk is full", "磁盘已满"))
        result = importing.run()
    assert result.exit_code == 7
    assert "stopped: 2 of 6 events were answered" in result.stderr
    assert "zelian: the disk is full" in result.stderr
    assert new(importing.summary()) == 4


def test_registry_statements_are_resent_as_they_were(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped after they were kept and before they were sent."""
    kept = importing.home / "imports" / "sample" / "registry.ndjson"
    with monkeypatch.context() as stopped:

        def unsent(self, lines):  # type: ignore[no-untyped-def]
            raise KeyboardInterrupt

        stopped.setattr(CompactHome, "submit_compact", unsent)
        result = importing.run()
    assert result.exit_code == 130
    assert "stopped: 0 of 6 events were answered; run the same command again" in result.stderr
    written = kept.read_bytes().splitlines()
    assert len(written) == REGISTRY
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert importing.entries() == []
    assert importing.summary()["registry"] == ALL
    assert [entry.envelope for entry in importing.entries()[:REGISTRY]] == written


def test_a_lost_state_file_costs_nothing(importing: Importing) -> None:
    """What the registry knows is not said again in other words."""
    importing.summary()
    (importing.home / "imports" / "sample" / "registry.ndjson").unlink()
    assert importing.summary()["registry"] == {"new": 0, "there": REGISTRY}


def test_a_registry_that_may_not_be_read(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registrar's key at hand is enough: what is known answers with a conflict."""

    def closed(door: Door) -> RegistryView:
        raise Failure(5, "not for you", "无权查看")

    monkeypatch.setattr(registration, "read_registry", closed)
    assert importing.summary()["registry"] == ALL
    (importing.home / "imports" / "sample" / "registry.ndjson").unlink()
    assert importing.summary()["registry"] == {"new": 0, "there": REGISTRY}

    (importing.home / "keys" / "registrar.pem").unlink()
    assert importing.run().exit_code == 0  # all is kept, so nothing need be read
    (importing.home / "imports" / "sample" / "registry.ndjson").unlink()
    assert importing.run().exit_code == 5


def test_a_department_that_is_registered_already_is_left_alone(importing: Importing) -> None:
    importing.world.clock.now_ms = system_clock()
    importing.world.open()
    importing.world.register("permits", "云岭省许可办")
    importing.world.close()
    assert importing.summary()["registry"] == {"new": REGISTRY - 1, "there": 1}


def test_a_spoilt_state_file_is_named(importing: Importing) -> None:
    importing.summary()
    kept = importing.home / "imports" / "sample" / "registry.ndjson"
    kept.write_bytes(kept.read_bytes()[:-20])
    result = importing.run()
    assert result.exit_code == 2
    assert f"registry.ndjson, line {REGISTRY}: no statement of this import" in result.stderr


# Without a registrar's key


def test_without_a_registrar_key_there_is_something_to_sign(
    importing: Importing, tmp_path: Path
) -> None:
    """Printed, signed elsewhere, submitted; then the import goes on."""
    key = tmp_path / "registrar.pem"
    (importing.home / "keys" / "registrar.pem").rename(key)
    result = importing.run()
    assert result.exit_code == 7
    assert "nothing was logged: 10 registry statements must be signed first" in result.stderr
    assert importing.world.registrar.key_id in result.stderr
    assert importing.entries() == []
    lines = result.stdout.splitlines()
    assert len(lines) == REGISTRY
    assert importing.run().stdout == result.stdout  # the same bytes to sign

    runner, signed = CliRunner(), []
    for line in lines:
        done = runner.invoke(
            main, ["sign", "-", "--key", str(key)], input=line, env=importing.environment
        )
        assert done.exit_code == 0, done.stderr
        signed.append(done.stdout.strip())
        assert read_statement(signed[-1].encode()).source == "registrar"
    sent = runner.invoke(
        main, ["submit", "-"], input="\n".join(signed) + "\n", env=importing.environment
    )
    assert sent.exit_code == 0, sent.stderr
    summary = importing.summary()
    assert summary["registry"] == {"new": 0, "there": REGISTRY}
    assert new(summary) == 6


def test_what_is_to_be_signed_as_json(importing: Importing) -> None:
    (importing.home / "keys" / "registrar.pem").unlink()
    result = importing.run("--json")
    assert result.exit_code == 7
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["missing"] for one in found] == [[importing.world.registrar.key_id]] * REGISTRY
    assert [one["partial"] is None for one in found] == [True] * 3 + [False] * 3 + [True] * 4


def test_a_registrar_key_from_elsewhere(importing: Importing, tmp_path: Path) -> None:
    key = tmp_path / "registrar.pem"
    (importing.home / "keys" / "registrar.pem").rename(key)
    assert importing.summary("--registrar-key", str(key))["registry"] == ALL


def test_a_key_that_is_no_registrars_registers_nothing(
    importing: Importing, tmp_path: Path
) -> None:
    """Nor is its statement kept: the next run signs with the right key."""
    key = tmp_path / "other.pem"
    runner = CliRunner()
    assert runner.invoke(main, ["key", "new", str(key)], env=importing.environment).exit_code == 0
    result = importing.run("--registrar-key", str(key))
    assert result.exit_code == 7
    assert "no event was sent" in result.stderr
    assert importing.entries() == []
    assert importing.summary()["registry"] == ALL


# Receipts, and another ledger behind a server


def test_receipts_are_kept_where_asked_for(importing: Importing, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    assert new(importing.summary("--receipts", str(folder))) == 6
    statements = {path.stem for path in folder.glob("*.statement")}
    assert len(statements) == 6
    assert {path.stem for path in folder.glob("*.json")} == statements
    assert there(importing.summary()) == 6


@pytest.fixture
def server(importing: Importing) -> Iterator[str]:
    ledger = importing.world.open(background=True)
    http = make_server("127.0.0.1", 0, build_app(ledger), threaded=True)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    thread.join()
    http.server_close()
    importing.world.close()


def test_over_http_two_batches_at_a_time(
    importing: Importing, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The importing department has a home of its own, with keys and no ledger."""
    monkeypatch.setattr(sending, "MAX_LINES", 2)
    away = tmp_path / "away"
    options = ["--server", server, "--home", str(away)]
    options += ["--policy", str(importing.home / "trust-policy")]
    options += ["--registrar-key", str(importing.home / "keys" / "registrar.pem")]
    first = importing.summary(*options)
    assert (new(first), first["registry"]) == (6, ALL)
    assert len(list((away / "keys" / "import" / "sample").iterdir())) == 3
    second = importing.summary(*options)
    assert (new(second), there(second)) == (0, 6)
    assert there(importing.summary(*options, "--receipts", str(tmp_path / "kept"))) == 6

    ledger = importing.world.ledger
    assert ledger is not None
    size = ledger.state().size
    assert size == 1 + REGISTRY + 6
    seen: set[str] = set()
    for entry in ledger.entries(0, size, size, newest_first=False):
        assert entry.event is not None
        assert entry.envelope is not None
        assert seen.issuperset(entry.event["data"]["parents"])  # a parent before the child
        seen.add(read_statement(entry.envelope).digest.hex())


def test_a_ledger_that_the_policy_does_not_name(
    importing: Importing, server: str, tmp_path: Path
) -> None:
    """Nothing is signed to a name that only the server gives."""
    elsewhere = tmp_path / "other"
    other = Settings(elsewhere, f"sqlite:///{elsewhere / 'ledger.db'}", 10, 16, 1)
    policy = make_home(other, "other.example/log").trust_policy
    away = tmp_path / "away"
    result = importing.run("--server", server, "--policy", str(policy), "--home", str(away))
    assert result.exit_code == 2
    assert "the ledger calls itself test.example/yunling" in result.stderr
    assert not away.exists()


def test_a_server_that_is_not_there(importing: Importing) -> None:
    result = importing.run("--server", "http://127.0.0.1:9")
    assert result.exit_code == 4
