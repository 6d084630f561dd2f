"""``zelian grants`` and its like, on a home and on a server alike."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.home import write_private
from ledger.settings import Settings
from ledger.share_members import COLUMNS, STEP_COLUMNS
from tests.integration.cli.conftest import Served, Zelian
from tests.sharing_story import DELIVERY, GRANT, ITEM, REQUEST, USE, share
from tests.world import GA, MZ, World


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("things") / "home"
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


def test_a_list_is_a_line_for_each(zelian: Zelian) -> None:
    [line] = zelian.ok("grants").splitlines()
    assert line.startswith(f"{GRANT}  suspended  {MZ}  {ITEM}")
    assert line.endswith("missing: provider_office_head")
    assert "已暂停" in zelian.chinese("grants").stdout
    assert zelian.ok("requests", "--state", "approved").startswith(REQUEST)
    assert zelian.ok("items", "--department", GA).startswith(ITEM)
    assert zelian.ok("corrections") == zelian.ok("disputes") == ""
    assert zelian.ok("uses").startswith(f"{USE}  feedback given  {GA}  {ITEM}")
    assert zelian.ok("deliveries", "--state", "received").startswith(DELIVERY)
    assert zelian.ok("agreements") == zelian.ok("determinations") == ""
    assert zelian.ok("grants", "--state", "active") == ""
    assert "expired" in zelian.ok("grants", "--at", "2099-01-01T00:00:00.000Z")


def test_one_has_its_history_and_what_does_not_fit_says_why(zelian: Zelian) -> None:
    lines = zelian.ok("grants", GRANT).splitlines()
    assert "does not fit: said by no party to it" in "\n".join(lines)
    assert lines[1].startswith("  ")
    assert len(lines) == 1 + len(zelian.json("grants", GRANT)["history"])
    assert "陈述方不是该事项的当事方" in zelian.chinese("grants", GRANT).stdout


def test_json_and_csv_hold_the_same(zelian: Zelian) -> None:
    [one] = map(json.loads, zelian.ok("grants", "--json").splitlines())
    [row] = csv.DictReader(zelian.ok("grants", "--csv").splitlines())
    assert (one["ref"], one["state"]) == (row["ref"], row["state"])
    assert list(row) == list(COLUMNS)
    steps = list(csv.DictReader(zelian.ok("grants", GRANT, "--csv").splitlines()))
    assert list(steps[0]) == list(STEP_COLUMNS)


def test_views(zelian: Zelian) -> None:
    assert zelian.ok("items", "--view", "never_shared") == ""
    assert "no duty to share" in zelian.ok("items", "--view", "no_sharing_duty")
    assert "无共享往来" in zelian.chinese("grants", "--view", "islands").stdout


def test_a_server_shows_the_same_to_who_may_read_it(
    zelian: Zelian, home: Path, tmp_path: Path, serve: Callable[[Path], Served]
) -> None:
    key = tmp_path / "li.pem"
    write_private(key, World.li.to_pem())
    there = ("--server", serve(home).url)
    signed_in = (*there, "--key", key)
    assert zelian("grants", *there).exit_code == 5
    for args in (["grants"], ["grants", GRANT], ["grants", "--csv"], ["items", ITEM]):
        assert zelian.ok(*args, *signed_in) == zelian.ok(*args)
    [one] = map(json.loads, zelian.ok("requests", "--json", *signed_in).splitlines())
    assert one["ref"] == REQUEST
    assert zelian("grants", f"{GA}/G-99", *signed_in).exit_code == 6


def test_what_is_asked_wrongly_or_is_not_there(zelian: Zelian) -> None:
    assert zelian("grants", f"{GA}/G-99").exit_code == 6
    assert zelian("grants", "nothing").exit_code == 2
    assert zelian("grants", GRANT, "--state", "active").exit_code == 2
    assert zelian("grants", "--at", "tomorrow").exit_code == 2
    assert zelian("grants", "--csv", "--json").exit_code == 2
    assert zelian("grants", "--state", "happy").exit_code == 2
