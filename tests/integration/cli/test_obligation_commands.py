"""``zelian obligations`` on a home: lists, filters, forms, one with its steps."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.home import write_private
from ledger.settings import Settings
from ledger.supervision.obligation_members import COLUMNS
from tests.integration.cli.conftest import Served, Zelian
from tests.sharing_story import ITEM, share, told
from tests.world import GA, MZ, World

LATER = "2026-12-31T00:00:00.000Z"
ASKED = {"request": f"{MZ}/R-2", "item": ITEM}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("obligations") / "home"
    world = World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)).begin()
    assert world.ledger is not None
    for line in [*share(world), told(world, "request.made", MZ, ASKED, provider=GA)]:
        world.ledger.submit(line)
    world.ledger.catch_up()
    world.close()
    return home


@pytest.fixture(scope="module")
def zelian(home: Path) -> Zelian:
    return Zelian(home)


def test_what_is_owed_is_a_line_for_each(zelian: Zelian) -> None:
    [line] = zelian.ok("obligations", "--rule", "O1", "--as-of", LATER).splitlines()
    assert line.startswith(f"{GA}/O1-")
    assert "overdue; reason not yet assessed" in line
    assert "10 working days, 第二十一条" in line
    assert line.endswith(f"request/{ASKED['request']}")
    assert "逾期（原因待核）" in zelian.chinese("obligations", "--as-of", LATER).stdout


def test_what_is_done_is_listed_on_demand(zelian: Zelian) -> None:
    every = zelian.ok("obligations", "--all", "--rule", "O1").splitlines()
    assert len(every) == 2
    assert any("fulfilled" in line for line in every)
    owed = zelian.ok("obligations", "--overdue", "--as-of", LATER, "--department", GA)
    assert all(line.startswith(f"{GA}/") for line in owed.splitlines())
    assert owed


def test_it_is_told_as_of_a_size(zelian: Zelian) -> None:
    every = [json.loads(one) for one in zelian.ok("obligations", "--all", "--json").splitlines()]
    replies = [one for one in every if one["rule"] == "O1"]
    size = min(one["entry"] for one in replies) + 1
    then = zelian.ok("obligations", "--rule", "O1", "--as-of", str(size)).splitlines()
    assert len(then) == 1


def test_one_is_shown_with_its_steps(zelian: Zelian) -> None:
    [line] = zelian.ok("obligations", "--rule", "O1").splitlines()
    name = line.split()[0]
    first, step = zelian.ok("obligations", name).splitlines()
    assert first == line
    assert "reckoned" in step
    assert step.endswith("it started")
    assert json.loads(zelian.ok("obligations", name, "--json"))["ref"] == name


def test_a_list_is_a_table_or_a_calendar_too(zelian: Zelian) -> None:
    assert zelian.ok("obligations", "--csv").splitlines()[0] == ",".join(COLUMNS)
    calendar = zelian.ok("obligations", "--ics")
    assert calendar.startswith("BEGIN:VCALENDAR")
    assert "SUMMARY:Reply to a request" in calendar


@pytest.mark.parametrize(
    "words",
    [
        ("--as-of", "yesterday"), ("--overdue", "--all"), ("--csv", "--ics"), ("GA",),
        (f"{GA}/O1-1", "--overdue"), (f"{GA}/O1-1", "--csv"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_usage_error(zelian: Zelian, words: tuple[str, ...]) -> None:
    assert zelian("obligations", *words).exit_code == 2


def test_a_server_shows_the_same_to_who_may_read_it(
    zelian: Zelian, home: Path, tmp_path: Path, serve: Callable[[Path], Served]
) -> None:
    key = tmp_path / "li.pem"
    write_private(key, World.li.to_pem())
    there = ("--server", serve(home).url)
    signed_in = (*there, "--key", key)
    assert zelian("obligations", *there).exit_code == 5
    name = zelian.ok("obligations", "--rule", "O1").split()[0]
    for args in (["--as-of", LATER, "--all"], ["--csv"], ["--rule", "O1"], [name]):
        assert zelian.ok("obligations", *args, *signed_in) == zelian.ok("obligations", *args)
    every = zelian.ok("obligations", "--all", *signed_in).splitlines()
    [newest] = zelian.ok("obligations", "--all", "-n", "1", *signed_in).splitlines()
    assert newest.split() == every[0].split()
    assert zelian("obligations", f"{GA}/O1-9999", *signed_in).exit_code == 6


def test_what_is_not_there_is_not_found(zelian: Zelian) -> None:
    assert zelian("obligations", f"{GA}/O1-9999").exit_code == 6
