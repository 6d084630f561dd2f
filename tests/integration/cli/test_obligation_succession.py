"""What a department owes that was split stands in its successors' lists, with both names."""

import json
from typing import Any

import pytest

from crypto.statement import sign_statement
from ledger.settings import Settings
from tests.integration.cli.conftest import Zelian
from tests.sharing_story import ITEM, share, told
from tests.world import GA, MZ, World, seed

NEW, CREDIT, AFTER = "SC", "XY", "2026-12-31T00:00:00.000Z"
KEPT, MOVED = "household-check", "credit-check"
ASKED = {"request": f"{MZ}/R-2", "item": ITEM}
OTHER = {"request": f"{MZ}/R-3", "item": ITEM}
OF_NO_FUNCTION = {"request": f"{MZ}/R-4", "item": ITEM}


def gone(world: World) -> bytes:
    """GA is split: of its functions one goes to NEW, one to CREDIT."""
    functions = [
        {"matter_code": code, "from": GA, "to": to} for code, to in ((KEPT, NEW), (MOVED, CREDIT))
    ]
    data: dict[str, Any] = {
        "refs": {}, "parents": [], "kind": "split", "predecessors": [GA],
        "successors": [NEW, CREDIT],
        "effective": "2026-11-02T00:00:00.000Z", "function_map": functions,
        "document": "云编〔2026〕12号",
    }  # fmt: skip
    event = world.event("ZF", "succession.recorded", "department/ZF", data)
    return sign_statement(event, [seed(7)])


@pytest.fixture(scope="module")
def zelian(tmp_path_factory: pytest.TempPathFactory) -> Zelian:
    home = tmp_path_factory.mktemp("succession") / "home"
    world = World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)).begin()
    assert world.ledger is not None
    for name, kind in ((NEW, "gov"), (CREDIT, "gov"), ("ZF", "people_government")):
        world.register(name, f"云岭省{name}", kind)
    world.enrol("ZF", seed(7))
    for line in [
        *share(world),
        told(world, "request.made", MZ, ASKED, provider=GA, matter_codes=[KEPT]),
        told(world, "request.made", MZ, OTHER, provider=GA, matter_codes=[MOVED]),
        told(world, "request.made", MZ, OF_NO_FUNCTION, provider=GA, matter_codes=None),
        gone(world),
    ]:
        world.ledger.submit(line)
    world.ledger.catch_up()
    world.close()
    return Zelian(home)


def owed(zelian: Zelian, *asked: str) -> dict[str, dict[str, Any]]:
    """What is listed, by what it is about."""
    lines = zelian.ok("obligations", "--rule", "O1", "--json", *asked).splitlines()
    every = [json.loads(line) for line in lines]
    return {one["thing"]: one for one in every}


def about(refs: dict[str, str]) -> str:
    return f"request/{refs['request']}"


def test_a_successor_finds_what_it_answers_for_and_what_nobody_is_told_to(zelian: Zelian) -> None:
    found = owed(zelian, "--department", NEW, "--as-of", AFTER)
    assert set(found) == {about(ASKED), about(OF_NO_FUNCTION)}
    one, other = found[about(ASKED)], found[about(OF_NO_FUNCTION)]
    assert (one["department"], one["answering"]) == (GA, NEW)
    assert len(one["answering_by"]) == 1
    assert (other["department"], other["answering_among"]) == (GA, [NEW, CREDIT])
    assert "answering" not in other
    asked = ("obligations", "--department", NEW, "--rule", "O1", "--as-of", AFTER)
    text = zelian.ok(*asked)
    assert f"  {GA} → {NEW}  " in text
    assert f"  {GA} → {NEW}/{CREDIT}  " in text
    assert f",{GA},{NEW}," in zelian.ok(*asked, "--csv")


def test_a_function_goes_where_it_is_said_to_go(zelian: Zelian) -> None:
    found = owed(zelian, "--department", CREDIT, "--as-of", AFTER)
    assert set(found) == {about(OTHER), about(OF_NO_FUNCTION)}
    assert found[about(OTHER)]["answering"] == CREDIT


def test_it_stays_in_the_list_of_who_owed_it(zelian: Zelian) -> None:
    found = owed(zelian, "--department", GA, "--as-of", AFTER, "--all")
    assert {about(refs) for refs in (ASKED, OTHER, OF_NO_FUNCTION)} < set(found)
    assert {one["department"] for one in found.values()} == {GA}
    ref = found[about(ASKED)]["ref"]
    assert zelian.json("obligations", ref, "--as-of", AFTER)["answering"] == NEW


def test_before_the_split_it_is_nobody_elses(zelian: Zelian) -> None:
    before = str(owed(zelian, "--as-of", AFTER)[about(OF_NO_FUNCTION)]["entry"] + 1)
    assert owed(zelian, "--department", NEW, "--as-of", before) == {}
    then = owed(zelian, "--department", GA, "--as-of", before)
    assert not any(name.startswith("answering") for one in then.values() for name in one)
