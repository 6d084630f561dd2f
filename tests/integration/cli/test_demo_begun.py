"""``zelian demo`` that is cut short while it makes its ledger: the next run goes on.

Killed, not interrupted: nothing in the program gets a chance to tidy up.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli.stories.whole import all_lines
from ledger.opening import make_home
from ledger.settings import Settings
from tests.integration.cli.conftest import ROOT, Zelian

pytestmark = pytest.mark.long

ORIGIN = "demo.zelian.example/yunling"

# Kills itself before or after the first call of what puts one thing in its place.
DYING = """
import os, signal, sys
from pathlib import Path
import ledger.store.log_rows
moment, what = sys.argv[1:]
def dying(owner, name, means):
    whole = getattr(owner, name)
    def call(*args, **options):
        if moment == "before" and means(args):
            os.kill(os.getpid(), signal.SIGKILL)
        made = whole(*args, **options)
        if means(args):
            os.kill(os.getpid(), signal.SIGKILL)
        return made
    setattr(owner, name, call)
dying(os, "link", lambda args: Path(args[1]).name == what)
dying(Path, "rename", lambda args: Path(args[1]).name == what)
dying(ledger.store.log_rows.LogRows, "create_head", lambda args: what == "head")
from cli.main import main
main(["demo"], prog_name="zelian")
"""
STEPS = [
    ("after", "record.json"),
    ("before", "head"),
    ("after", "head"),
    ("after", "log.pem"),
    ("before", "chain.secret"),
    ("before", "trust-policy"),
    ("after", "trust-policy"),
    ("after", "registrar.pem"),
]


def die(home: Path, moment: str, what: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DYING, moment, what],
        env={**os.environ, "ZELIAN_HOME": str(home), "PYTHONPATH": str(ROOT), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, (moment, what, done.stderr)


@pytest.mark.long
def test_a_demo_that_is_killed_at_one_step_after_another_goes_on(zelian: Zelian) -> None:
    """What it made is kept and not made anew, so the ledger is the one that was begun."""
    home = zelian.home
    kept: dict[Path, bytes] = {}
    for moment, what in STEPS:
        die(home, moment, what)
        for path, raw in kept.items():
            assert path.read_bytes() == raw
        names = [*home.glob("keys/*.pem"), home / "chain.secret", home / "trust-policy"]
        kept |= {path: path.read_bytes() for path in names if path.exists()}
    ended = zelian("demo", "--json")
    assert ended.exit_code == 0, ended.stderr
    assert "cut short" in ended.stderr
    assert all(path.read_bytes() == raw for path, raw in kept.items())
    assert json.loads(ended.stdout)["counts"]["entries"] == len(all_lines()) + 3
    assert zelian("fsck").exit_code == 0


def settings_of(zelian: Zelian) -> Settings:
    return Settings(zelian.home, f"sqlite:///{zelian.home / 'ledger.db'}")


def test_a_ledger_that_somebody_else_began_is_refused_and_left(zelian: Zelian) -> None:
    """Again and again: the first refusal must not make it look like the demo's own."""
    make_home(settings_of(zelian), ORIGIN)
    (zelian.home / "trust-policy").unlink()
    before = {path: path.read_bytes() for path in zelian.home.rglob("*") if path.is_file()}
    for _ in range(2):
        refused = zelian("demo")
        assert (refused.exit_code, "choose another home" in refused.stderr) == (7, True)
    after = {path: path.read_bytes() for path in zelian.home.rglob("*") if path.is_file()}
    assert after == before


def test_a_database_that_somebody_else_uses_is_refused_and_left(
    demo: Zelian, tmp_path: Path
) -> None:
    """Also an empty one of the same name, whose keys lie elsewhere."""
    size = len(demo.ok("log", "--json").splitlines())
    empty = Zelian(tmp_path / "empty")
    make_home(settings_of(empty), ORIGIN)
    for owner in (demo, empty):
        other = Zelian(tmp_path / "other")
        env = {"ZELIAN_DATABASE_URL": f"sqlite:///{owner.home / 'ledger.db'}"}
        for _ in range(2):
            refused = other("demo", env=env)
            assert (refused.exit_code, "use an empty one" in refused.stderr) == (7, True)
        assert not (other.home / "demo").exists()
        assert not (other.home / "keys").exists()
        shutil.rmtree(other.home)
    assert len(demo.ok("log", "--json").splitlines()) == size


@pytest.mark.parametrize("lost", ["trust-policy", "chain.secret"])
def test_a_demo_in_use_that_lost_a_file_is_not_begun_anew(zelian: Zelian, lost: str) -> None:
    """The record of a demo is no leave to make the ledger's files again."""
    die(zelian.home, "after", "ga-3071.pem")
    (zelian.home / lost).unlink()
    (zelian.home / "identity").unlink()
    for _ in range(2):
        assert zelian("demo").exit_code == 7
    assert not (zelian.home / lost).exists()
