"""The catalogue is made known to every department that shares, and nothing else goes with it."""

from typing import Any

import pytest

from tests.integration.api.conftest import ServedWorld, client_of
from tests.sharing_story import GRANT, ITEM, share, told
from tests.unit.sharing.tale import example
from tests.world import GA, seed

TY, CORP, XJ = "TY", "CORP", "XJ"
AT = "at=2099-01-01T00:00:00.000Z"
BASIS = [{"law": "内部规定", "level": "other"}]
UNFOUNDED = {
    "sharing_attribute": "not_shared",
    "not_shared": {"reason": "涉及内部管理", "basis": BASIS},
    "channels": [],
}
AMENDED = {"item_version": "2", "previous_version": "1"}


@pytest.fixture(scope="module")
def known(served: ServedWorld) -> ServedWorld:
    """A share, an amended item, and one that is not shared without a basis in law."""
    world = served.world
    for number, (department, kind) in enumerate(((TY, "gov"), (CORP, "enterprise")), 31):
        world.register(department, "云岭省某单位", kind)
        world.enrol(department, seed(number))
    _amended_elsewhere(served)
    other = {"item": f"{GA}/I-2"}
    lines = [
        *share(world),
        told(world, "item.published", GA, other, provider=GA, **UNFOUNDED),
        told(world, "item.amended", GA, {"item": ITEM}, provider=GA, extension=None, **AMENDED),
    ]
    for line in lines:
        assert served.post(line).status_code == 201
    served.ledger.catch_up()
    return served


def _amended_elsewhere(served: ServedWorld) -> None:
    """An item that the authority of its area is to review."""
    world = served.world
    for number, (department, kind) in enumerate(((XJ, "gov"), ("SJ", "sharing_authority")), 33):
        data = {"department": department, "kind": kind, "level": "county", "region": "530102"}
        data |= {"name": {"zh": "云岭省某局"}}
        name = f"department/{department}"
        world.submit(world.registry("department.registered", name, data), world.registrar)
        world.enrol(department, seed(number))
    for kind in ("item.published", "item.amended"):
        data = example(kind) | {"refs": {"item": f"{XJ}/I-1"}, "provider": XJ, **AMENDED}
        if kind == "item.published":
            del data["previous_version"]
        data.pop("extension", None)
        world.submit(world.event(XJ, kind, f"department/{XJ}", data), seed(33))


@pytest.fixture
def ty(known: ServedWorld) -> Any:
    return client_of(known, seed(31))


@pytest.fixture
def ga(known: ServedWorld) -> Any:
    return client_of(known, known.world.li)


def test_another_department_reads_what_the_catalogue_has(ty: Any, ga: Any) -> None:
    own, shown = (client.get(f"/api/v1/items/{ITEM}").json for client in (ga, ty))
    assert [one["type"].split(".")[-2] for one in shown["history"]] == ["published", "amended"]
    assert len(own["history"]) > 2
    assert shown["details"] == own["details"]
    assert shown["thing"]["last"] == shown["history"][-1]["index"]
    listed = ty.get("/api/v1/items").json["things"]
    assert {one["ref"] for one in listed} == {ITEM, f"{GA}/I-2", f"{XJ}/I-1"}
    found = ty.get("/api/v1/entries?q=family:catalogue").json["entries"]
    assert len(found) == 5
    assert all("event" in one for one in found)


def test_before_it_was_amended_it_is_as_it_was(ty: Any) -> None:
    shown = ty.get(f"/api/v1/items/{ITEM}").json["history"]
    before = ty.get(f"/api/v1/items/{ITEM}?as_of={shown[-1]['index']}").json
    assert [one["type"] for one in before["history"]] == [shown[0]["type"]]
    assert before["thing"]["last"] == shown[0]["index"]


def test_nothing_else_goes_with_it(known: ServedWorld, ty: Any, ga: Any) -> None:
    for path in (f"grants/{GRANT}", f"chains/item/{ITEM}", f"deliveries/{GA}/D-1"):
        assert ty.get(f"/api/v1/{path}").status_code == 404
    theirs = client_of(known, seed(34)).get(f"/api/v1/obligations?{AT}").json["obligations"]
    for found, name in (
        (ga.get(f"/api/v1/findings?{AT}").json["findings"], "findings"),
        (theirs, "obligations"),
    ):
        assert any(one["entry"] in entries_of_items(ty) for one in found), name
        assert ty.get(f"/api/v1/{name}?{AT}").json[name] == []
    # Whether it was ever shared it cannot tell, and does not say.
    assert ty.get("/api/v1/items?view=never_shared").json["things"] == []
    assert [one["ref"] for one in ga.get("/api/v1/items?view=never_shared").json["things"]] == [
        f"{GA}/I-2"
    ]


def entries_of_items(client: Any) -> set[int]:
    found = client.get("/api/v1/entries?q=family:catalogue").json["entries"]
    return {one["index"] for one in found}


def test_who_shares_nothing_by_law_reads_none_of_it(known: ServedWorld) -> None:
    firm = client_of(known, seed(32))
    assert firm.get(f"/api/v1/items/{ITEM}").status_code == 404
    assert firm.get("/api/v1/items").json["things"] == []
