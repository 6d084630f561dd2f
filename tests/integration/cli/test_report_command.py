"""``zelian report``: printed, written down, and counted again."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.home import write_private
from ledger.settings import Settings
from tests.integration.cli.conftest import Served, Zelian
from tests.sharing_story import share
from tests.world import World, seed


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("report") / "home"
    world = World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)).begin()
    world.register("RD", "云岭省人大常委会", "npc")
    world.enrol("RD", seed(9))
    assert world.ledger is not None
    for line in share(world):
        world.ledger.submit(line)
    world.ledger.catch_up()
    world.close()
    return home


@pytest.fixture(scope="module")
def zelian(home: Path) -> Zelian:
    return Zelian(home)


def test_it_tells_what_was_recorded_what_fell_due_and_what_was_found(zelian: Zelian) -> None:
    printed = zelian.ok("report", "--period", "2026")
    assert printed.startswith("test.example/yunling, the year 2026: ")
    lines = [line.split() for line in printed.splitlines()]
    assert ["Use", "recorded", "1"] in lines
    assert any(line[:1] == ["O1"] for line in lines)
    chinese = zelian.chinese("report", "--period", "2026-H2").stdout
    assert "2026年下半年" in chinese
    assert "待核事项：" in chinese


def test_a_report_is_counted_again(zelian: Zelian, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text(zelian.ok("report", "--period", "2026", "--json"), "utf-8")
    assert "every figure agrees" in zelian.ok("report", "--check", file)
    told = json.loads(file.read_text("utf-8"))
    told["statements"][0]["count"] += 1
    file.write_text(json.dumps(told), "utf-8")
    refused = zelian("report", "--check", file)
    assert refused.exit_code == 1
    assert "these differ: statements" in refused.stderr


@pytest.mark.parametrize(
    "asked",
    [
        [],
        ["--period", "soon"],
        ["--period", "2026", "--check", "pyproject.toml"],
        ["--check", "pyproject.toml"],
    ],
)
def test_what_cannot_be_asked_is_refused(zelian: Zelian, asked: list[str]) -> None:
    assert zelian("report", *asked).exit_code == 2


def test_a_congress_reads_it_from_a_server(
    home: Path, zelian: Zelian, serve: Callable[[Path], Served], tmp_path: Path
) -> None:
    key = tmp_path / "rd.pem"
    write_private(key, seed(9).to_pem())
    there = ("--server", serve(home).url, "--key", key)
    own = zelian.json("report", "--period", "2026")
    served = zelian.json("report", "--period", "2026", "--as-of", own["as_of"], *there)
    assert served["statements"] == own["statements"]
    assert zelian("report", "--period", "2026", *there[:2]).exit_code == 5
