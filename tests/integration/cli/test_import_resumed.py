"""An import that was stopped anywhere is resumed by the same command."""

import os
import signal
import stat
import subprocess
import sys

import pytest

from cli.door import Door
from cli.failures import Failure
from cli.home_door import HomeDoor
from cli.importing import registration, sending
from cli.registry_view import RegistryView
from ledger.errors import ReadOnly
from ledger.log.clock import system_clock
from tests.integration.cli.imports import ALL, REGISTRY, Importing, new, there


def stop_after_a_batch(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the second batch of two end in *error*."""
    monkeypatch.setattr(sending, "MAX_LINES", 2)
    submit = HomeDoor.submit_compact
    seen = []

    def stopping(self, lines):  # type: ignore[no-untyped-def]
        if len(lines) == 2:
            seen.append(lines)
            if len(seen) == 2:
                raise error
        return submit(self, lines)

    monkeypatch.setattr(HomeDoor, "submit_compact", stopping)


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
from cli.home_door import HomeDoor
from cli.main import main
sending.MAX_LINES = registration.MAX_LINES = 2
submit = HomeDoor.submit_compact
batches = []
def dying(self, lines):
    answer = submit(self, lines)
    batches.append(lines)
    if len(batches) == 6:  # five of the registry, and the first of events
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
HomeDoor.submit_compact = dying
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

        stopped.setattr(HomeDoor, "submit_compact", unsent)
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
