"""What a department reads once another's work is its own: all, by function, or nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from crypto.notation import format_time
from tests.integration.api.conftest import ServedWorld, _serve, client_of
from tests.sharing_story import ACT, ITEM, share, told
from tests.world import GA, MZ, seed

WHOLE, PART, OTHER, STRANGER, KEEPER = "NEWGA", "NEWMZ", "ELSE", "TY", "ARCHIVE"
GOVERNMENT = "ZF"
KEYS = {WHOLE: 21, PART: 22, OTHER: 23, STRANGER: 24, KEEPER: 25, GOVERNMENT: 26}
CODE = "food-licence"
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedWorld]:
    """A share between GA and MZ, a use without a grant, an act of one function of MZ."""
    served = _serve(tmp_path_factory.mktemp("successors") / "home")
    world = served.world
    for department, number in KEYS.items():
        kind = "people_government" if department == GOVERNMENT else "gov"
        world.register(department, "云岭省某部门", kind)
        world.enrol(department, seed(number))
    used = {"use": f"{MZ}/U-9", "item": ITEM, "act": ACT}
    cited = [{"source": "shared", "use": used["use"], "item": ITEM}]
    lines = [
        *share(world),
        told(world, "use.recorded", MZ, used),
        told(
            world, "act.decided", MZ, {"act": ACT}, evidence=cited, joint_with=None,
            matter_code=CODE,
        ),
        told(
            world, "act.opened", MZ, {"act": f"{MZ}/A-2"}, matter_code="price-report",
            joint_with=None,
        ),
    ]  # fmt: skip
    for line in lines:
        assert served.post(line).status_code == 201
    served.ledger.catch_up()
    yield served
    world.close()


def succeed(
    served: ServedWorld, old: str, to: list[str], by: str = GOVERNMENT, **more: Any
) -> None:
    world = served.world
    data = {
        "document": "云政〔2026〕21号",
        "effective": format_time(world.clock() + DAY_MS),
        "function_map": [],
        "kind": "rename",
        "predecessors": [old],
        "successors": to,
        **more,
    }
    event = world.event(by, "succession.recorded", f"department/{by}", data)
    world.submit(event, seed(KEYS[by]))
    served.ledger.catch_up()


def asked(served: ServedWorld, department: str) -> FlaskClient:
    return client_of(served, seed(KEYS[department]))


def statuses(served: ServedWorld, department: str, *paths: str) -> list[int]:
    client = asked(served, department)
    return [client.get(f"/api/v1/{path}").status_code for path in paths]


def listed(served: ServedWorld, department: str, path: str) -> list[Any]:
    answer = asked(served, department).get(f"/api/v1/{path}").json
    return [
        one["ref"] for name in ("findings", "obligations", "things") for one in answer.get(name, ())
    ]


def test_who_goes_on_with_all_of_it_reads_all_of_it_from_that_day_on(heard: ServedWorld) -> None:
    paths = (
        f"deliveries/{GA}/D-1",
        f"grants/{GA}/G-1",
        f"chains/item/{ITEM}",
        f"chains/department/{GA}",
    )
    assert client_of(heard, heard.world.li).get(f"/api/v1/{paths[0]}").status_code == 200
    succeed(heard, GA, [WHOLE])
    assert statuses(heard, WHOLE, *paths) == [404] * 4  # not in effect yet
    heard.world.clock.turn(DAY_MS)
    own = client_of(heard, heard.world.li)
    assert statuses(heard, WHOLE, *paths) == [200] * 4
    assert statuses(heard, STRANGER, *paths) == statuses(heard, PART, *paths) == [404] * 4
    owed = f"obligations?department={GA}"
    found = listed(heard, WHOLE, owed)
    assert found
    assert listed(heard, STRANGER, owed) == []
    assert found == [one["ref"] for one in own.get(f"/api/v1/{owed}").json["obligations"]]
    about = f"findings?department={GA}"
    theirs = [one["ref"] for one in own.get(f"/api/v1/{about}").json["findings"]]
    assert listed(heard, WHOLE, about) == theirs
    # Of others' findings it learns when anybody does.
    assert listed(heard, WHOLE, f"findings?department={MZ}") == [
        one["ref"] for one in own.get(f"/api/v1/findings?department={MZ}").json["findings"]
    ]


def test_who_goes_on_with_a_function_reads_what_is_of_it(heard: ServedWorld) -> None:
    moves = {CODE: PART, "price-report": OTHER}
    functions = [{"from": MZ, "matter_code": code, "to": to} for code, to in moves.items()]
    succeed(heard, MZ, [PART, OTHER], kind="split", function_map=functions)
    heard.world.clock.turn(DAY_MS)
    acts = (f"acts/{ACT}", f"acts/{MZ}/A-2")
    assert statuses(heard, PART, *acts) == [200, 404]
    assert statuses(heard, OTHER, *acts) == [404, 200]
    assert statuses(heard, STRANGER, *acts) == [404, 404]
    owner = client_of(heard, heard.world.zhang)
    decided = owner.get(f"/api/v1/acts/{ACT}").json["history"]
    [entry] = [one["index"] for one in decided if "act.decided" in one["type"]]
    about = f"findings?department={MZ}"
    raised = owner.get(f"/api/v1/{about}&entry={entry}").json["findings"]
    assert raised, "else the next line shows nothing"
    assert listed(heard, PART, about) == [one["ref"] for one in raised]
    assert statuses(heard, PART, *(f"findings/{one['ref']}" for one in raised)) == [200] * len(
        raised
    )
    assert listed(heard, OTHER, about) == listed(heard, STRANGER, about) == []
    # Its chain is shown whole or not at all, and not all of it tells that function.
    assert statuses(heard, PART, f"chains/act/{ACT}", f"uses/{MZ}/U-9") == [404, 404]


def test_who_keeps_the_records_reads_them(heard: ServedWorld) -> None:
    kept = {"carries": [{"what": "custody_of_records", "from": MZ, "to": KEEPER}]}
    moved = [{"from": MZ, "matter_code": "other", "to": KEEPER}]
    succeed(heard, MZ, [KEEPER], kind="transfer", function_map=moved, **kept)
    heard.world.clock.turn(DAY_MS)
    assert statuses(heard, KEEPER, f"acts/{ACT}", f"uses/{MZ}/U-9") == [200, 200]
    assert statuses(heard, PART, f"uses/{MZ}/U-9") == [404]


def test_nobody_gives_himself_what_is_anothers(heard: ServedWorld) -> None:
    succeed(heard, KEEPER, [GOVERNMENT])
    succeed(heard, MZ, [], kind="abolish", abolished_by=GOVERNMENT)
    heard.world.clock.turn(DAY_MS)
    assert statuses(heard, GOVERNMENT, f"acts/{ACT}", f"uses/{MZ}/U-9") == [404, 404]
