"""``zelian rules`` and ``zelian findings``, on a home and on a server alike."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli import findings as following
from cli.home_door import HomeDoor
from ledger.findings_view import COLUMNS
from ledger.home import write_private
from ledger.settings import Settings
from ledger.supervision.rules import RULES
from tests.integration.cli.conftest import Served, Zelian
from tests.sharing_story import ACT, ITEM, share, told
from tests.world import MZ, World

USED = {"use": f"{MZ}/U-9", "item": ITEM, "act": ACT}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("findings") / "home"
    world = World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)).begin()
    assert world.ledger is not None
    for line in [*share(world), told(world, "use.recorded", MZ, USED)]:
        world.ledger.submit(line)
    world.ledger.catch_up()
    world.close()
    return home


@pytest.fixture(scope="module")
def zelian(home: Path) -> Zelian:
    return Zelian(home)


def test_rules_are_listed_counted_and_those_left_out_named(zelian: Zelian) -> None:
    lines = zelian.ok("rules").splitlines()
    assert [line.split()[0] for line in lines[: len(RULES)]] == [rule.id for rule in RULES]
    assert any(line.startswith("ALL") and line.endswith(str(len(RULES))) for line in lines)
    left = lines[lines.index("left out, for want of a fact:") + 1 :]
    assert [line.split()[0] for line in left] == ["I6"]
    assert any(line.startswith("I8") for line in lines)
    assert "无授权使用" in zelian.chinese("rules").stdout
    told_ = zelian.json("rules")
    assert len(told_["rules"]) == len(RULES)


def test_an_entry_is_shown_with_what_it_raised(zelian: Zelian) -> None:
    one = next(one for one in _findings_of(zelian) if one["rule"] == "F1")
    text = zelian.ok("show", str(one["entry"]))
    [line] = [line for line in text.splitlines() if f"  {one['ref']}  " in line]
    assert line.startswith("to be checked ")
    assert line.endswith(one["message"]["en"])
    chinese = zelian.chinese("show", str(one["entry"])).stdout
    assert "待核事项" in chinese
    assert one["message"]["zh"] in chinese
    assert one in zelian.json("show", str(one["entry"]))["findings"]
    assert zelian.json("show", "0")["findings"] == []
    assert "to be checked" not in zelian.ok("show", "0")


def _findings_of(zelian: Zelian) -> list[dict[str, Any]]:
    lines = zelian.ok("findings", "--json").splitlines()
    return [json.loads(line) for line in lines]


def test_a_rule_is_explained_with_its_law_and_its_fixtures(zelian: Zelian) -> None:
    text = zelian.ok("rules", "explain", "F3")
    assert "政务数据共享条例第二十五条" in text
    assert "不得擅自扩大使用范围" in text
    assert "\\x0a" not in text
    assert "finds: Birth data for credit scoring" in text
    assert "does not find: For the purpose granted" in text
    assert "=> 2  MZ  GA/I-1 was used for credit-scoring" in text
    assert "technical calls are bound to business" in zelian.ok("rules", "explain", "F19")
    assert "会提示" in zelian.chinese("rules", "explain", "f3").stdout
    assert zelian.json("rules", "explain", "F17")["parameters"] == {
        "early": "10 minutes", "late": "15 days",
    }  # fmt: skip
    assert zelian("rules", "explain", "F99").exit_code == 2


def test_findings_are_a_line_each(zelian: Zelian) -> None:
    [line] = zelian.ok("findings", "--rule", "F1").splitlines()
    assert line.startswith(f"{MZ}/F1-")
    assert "to be checked" in line
    assert "no grant stands behind it" in line
    chinese = zelian.chinese("findings", "--rule", "F1").stdout
    assert "待核  高  法律" in chinese
    assert "其后没有授权" in chinese
    assert zelian.ok("findings", "--rule", "F1", "--state", "cleared") == ""
    assert zelian.ok("findings", "--department", "XX") == ""


def test_json_and_csv_hold_the_same(zelian: Zelian) -> None:
    lines = list(map(json.loads, zelian.ok("findings", "--json").splitlines()))
    rows = list(csv.DictReader(zelian.ok("findings", "--csv").splitlines()))
    assert [one["ref"] for one in lines] == [row["ref"] for row in rows]
    assert tuple(rows[0]) == COLUMNS
    assert zelian("findings", "--csv", "--json").exit_code == 2
    assert zelian("findings", "--follow", "--csv").exit_code == 2
    assert zelian("findings", "--at", "tomorrow").exit_code == 2


def test_followed_each_is_told_once_as_it_comes(
    zelian: Zelian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait between two looks lets one more come, and then nothing, and then ends it."""
    real = HomeDoor.findings
    looks: list[int] = []

    def look(door: HomeDoor, limit: int, asked: Any) -> list[dict[str, Any]]:
        found = real(door, limit, asked)
        looks.append(len(found))
        return found[1:] if len(looks) == 1 else found

    def pause(seconds: float) -> None:
        assert seconds < 1
        if len(looks) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(HomeDoor, "findings", look)
    monkeypatch.setattr(following, "pause", pause)
    followed = zelian.ok("findings", "--follow", "--json").splitlines()
    monkeypatch.setattr(HomeDoor, "findings", real)
    newest_first = zelian.ok("findings", "--json").splitlines()
    assert [json.loads(line)["ref"] for line in followed] == [
        json.loads(line)["ref"] for line in reversed(newest_first)
    ]


def test_a_server_tells_what_the_session_may_see(
    zelian: Zelian, home: Path, tmp_path: Path, serve: Callable[..., Served]
) -> None:
    key = tmp_path / "zhang.pem"
    write_private(key, World.zhang.to_pem())
    there = ("--server", serve(home).url)
    assert zelian("findings", *there).exit_code == 5
    everything = list(map(json.loads, zelian.ok("findings", "--json").splitlines()))
    at = ("--at", everything[0]["raised_at"])
    own = zelian.ok("findings", "--json", *at, *there, "--key", key).splitlines()
    seen = {json.loads(line)["ref"] for line in own}
    assert seen == {one["ref"] for one in everything if one["department"] == MZ}
    assert len(seen) < len(everything)
    later = ("--at", everything[0]["visible"])
    assert len(zelian.ok("findings", "--json", *later, *there, "--key", key).splitlines()) == len(
        everything
    )
