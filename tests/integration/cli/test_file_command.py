"""``zelian file``, on a home and on a server alike."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.home import write_private
from ledger.settings import Settings
from tests.integration.cli.conftest import Served, Zelian
from tests.sharing_story import GRANT, share
from tests.world import World


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("file") / "home"
    world = World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)).begin()
    assert world.ledger is not None
    for line in share(world):
        world.ledger.submit(line)
    world.ledger.catch_up()
    world.close()
    return home


@pytest.fixture(scope="module")
def zelian(home: Path) -> Zelian:
    return Zelian(home)


def test_each_kind_is_a_heading_and_what_lacks_stands_under_it(zelian: Zelian) -> None:
    lines = zelian.ok("file", GRANT).splitlines()
    assert lines[0] == f"{GRANT}: 3 of 4 kinds recorded"
    missing = lines.index("storage  missing")
    assert lines[missing + 1].startswith("  ! data arrived, and no storage is recorded, since 20")
    assert lines[-1].startswith("kept at least 3 years from the closing")
    chinese = zelian.chinese("file", GRANT).stdout
    assert "存储情况  缺失" in chinese
    assert "至少保存 3 年（政务数据共享条例 第二十九条）" in chinese


def test_as_json_it_has_proofs_where_they_are_asked_for(zelian: Zelian) -> None:
    found = zelian.json("file", GRANT, "--proofs")
    assert found["checkpoint"].startswith("test.example")
    assert all("proof" in line for part in found["parts"] for line in part["lines"])


def test_a_page_is_written_once(zelian: Zelian, tmp_path: Path) -> None:
    page = tmp_path / "file.html"
    zelian.ok("file", GRANT, "--html", str(page))
    assert f"<h1>使用记录档案 · File of grant {GRANT}</h1>" in page.read_text("utf-8")
    assert zelian("file", GRANT, "--html", str(page)).exit_code == 2


@pytest.mark.parametrize(
    "asked", [["G-1"], [GRANT, "--proofs"], [GRANT, "--csv", "--json"], [GRANT, "--at", "now"]]
)
def test_what_cannot_be_asked_is_refused(zelian: Zelian, asked: list[str]) -> None:
    assert zelian("file", *asked).exit_code == 2


def test_there_is_no_such_grant(zelian: Zelian) -> None:
    assert zelian("file", "GA/NONE").exit_code == 6


def test_a_server_shows_the_same_to_who_may_read_it(
    home: Path, zelian: Zelian, serve: Callable[[Path], Served], tmp_path: Path
) -> None:
    at = ("--at", "2026-11-20T00:00:00.000Z")
    own = zelian.json("file", GRANT, *at)
    key = tmp_path / "zhang.pem"
    write_private(key, World.zhang.to_pem())
    there = ("--server", serve(home).url)
    assert zelian("file", GRANT, *there).exit_code == 5
    zelian.ok("login", "--key", key, *there)
    shown = zelian.json("file", GRANT, *at, *there)
    assert [one["state"] for one in shown["parts"]] == [one["state"] for one in own["parts"]]
