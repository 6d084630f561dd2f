"""Time-stamps of a served ledger: shown, verified, and taken to ``openssl``."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.settings import Settings
from tests.integration.cli.conftest import Zelian
from tests.timestamping import Authority, served
from tests.world import World


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Authority]:
    """A home with two time-stamps, an entry between them."""
    folder = tmp_path_factory.mktemp("stamped")
    authority, home = Authority(folder / "authority"), folder / "home"
    with served(authority) as url:
        settings = Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)
        world = World(settings).begin()
        assert world.ledger is not None
        world.ledger.catch_up()
        world.close()
        (home / "timestamp-roots.pem").write_bytes(authority.root.read_bytes())
        world.settings = replace(settings, timestamps=(url,))
        ledger = world.open()
        assert ledger.anchoring.stamp()
        ledger.catch_up()
        world.submit(world.use(1), world.zhang)
        ledger.catch_up()
        assert ledger.anchoring.stamp()
        ledger.catch_up()
        world.close()
    return home, authority


def test_they_are_listed_and_verified(stamped: tuple[Path, Authority], tmp_path: Path) -> None:
    home, authority = stamped
    zelian = Zelian(home)
    lines = zelian.ok("timestamps").splitlines()
    assert len(lines) == 2
    assert all("NOT CHECKED" in line for line in lines)
    found = zelian("timestamps", "--roots", authority.root, "--json")
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert (found.exit_code, [row["verdict"] for row in rows]) == (0, ["verified", "verified"])
    stranger = Authority(tmp_path / "stranger")
    other = zelian("timestamps", "--roots", stranger.root)
    assert other.exit_code == 3
    assert "UNTRUSTED" in other.stdout
    assert zelian("timestamps", "--roots", tmp_path / "none").exit_code == 6


def test_openssl_accepts_one(stamped: tuple[Path, Authority], tmp_path: Path) -> None:
    home, authority = stamped
    zelian = Zelian(home)
    entry = json.loads(zelian.ok("timestamps", "--json").splitlines()[0])["entry"]
    zelian("timestamps", "--take", str(entry), "--output", tmp_path / "taken")
    said = subprocess.run(
        ["openssl", "ts", "-verify", "-data", "checkpoint.txt", "-in", "token.tsr", "-CAfile",
         str(authority.root)],
        cwd=tmp_path / "taken", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Verification: OK" in said.stdout + said.stderr
    again = zelian("timestamps", "--take", str(entry), "--output", tmp_path / "taken")
    assert again.exit_code == 2
    assert zelian("timestamps", "--take", "0", "--output", tmp_path / "x").exit_code == 2
    assert zelian("timestamps", "--take", "0").exit_code == 2


def test_an_entry_is_shown_between_them(stamped: tuple[Path, Authority]) -> None:
    home, _ = stamped
    zelian = Zelian(home)
    rows = [json.loads(line) for line in zelian.ok("timestamps", "--json").splitlines()]
    last, first = (row["anchored_at"] for row in rows)
    between = json.loads(zelian.ok("show", str(rows[1]["entry"] + 1), "--json"))
    assert between["stamped"] == {"after": first, "before": last}
    assert "time-stamped, says the ledger" in zelian.ok("show", "0")


def test_a_ledger_without_any(zelian: Zelian) -> None:
    zelian.ok("init", "--origin", "test.example/none")
    found = zelian("timestamps")
    assert (found.exit_code, found.stdout) == (0, "")
    assert "no time-stamp" in found.stderr
