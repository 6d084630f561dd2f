"""Determinations over HTTP: what is in the making is hidden, and what is issued is not."""

from typing import Any

import pytest

from crypto.keys import PrivateKey
from crypto.statement import sign_statement
from tests.integration.api.conftest import ServedWorld
from tests.signing_in import sign_in
from tests.unit.sharing.tale import example
from tests.world import GA, MZ, ORIGIN, seed

LIST = "/api/v1/determinations"
JW, OTHER = "JW", "JW2"  # two supervisory commissions
DETERMINATION = f"{JW}/D-1"
SECOND = f"{JW}/D-2"
AT = {"refs": {"determination": DETERMINATION}}


def told(world: Any, kind: str, source: str, key: PrivateKey, **members: Any) -> bytes:
    official = {JW: "jia", MZ: "zhang", GA: "li"}[source]
    data = example(kind) | {"parents": []} | members
    data.pop("signers", None)
    data = {name: value for name, value in data.items() if value is not None}
    event = world.event(source, kind, f"department/{source}", data, official=official)
    return sign_statement(event, [key])


def bodies(department: str) -> list[dict[str, Any]]:
    basis = [{"clause": "第四十条", "instrument": "政务数据共享条例", "kind": "statute"}]
    held = {"basis": basis, "fault": "ordinary", "kind": "several", "outcomes": ["talk"]}
    return [{**held, "department": department}]


@pytest.fixture(scope="module")
def decided(served: ServedWorld) -> ServedWorld:
    """One determination on MZ that was issued, one on GA that is still in the making."""
    world, key = served.world, seed(11)
    for department, other in ((JW, seed(12)), (OTHER, seed(13))):
        world.register(department, "云岭省监察委员会", kind="supervisory")
        world.enrol(department, other)
    world.appoint(JW, "jia")
    world.enrol(JW, key, "jia")
    on_mz = {"persons": [], "bodies": bodies(MZ), **AT}
    on_ga = {"persons": [], "bodies": bodies(GA), "refs": {"determination": SECOND}}
    lines = [
        told(world, "determination.proposed", JW, key, **on_mz),
        told(world, "hearing.held", JW, key, heard="zhang", department=MZ, **AT),
        told(world, "determination.proposed", JW, key, **on_ga),
        told(world, "determination.issued", JW, key, **on_mz),
        told(
            world, "determination.appealed", MZ, world.zhang,
            appellant="department", officials=None, to=JW, **AT,
        ),
    ]  # fmt: skip
    for line in lines:
        answer = served.post(line)
        assert answer.status_code == 201, answer.json
    served.ledger.catch_up()
    return served


def client_of(served: ServedWorld, key: PrivateKey) -> Any:
    client = served.app.test_client()
    sign_in(client, key, ORIGIN, served.world.clock())
    client.environ_base["HTTP_X_ZELIAN_REASON"] = "inquiry"
    return client


def test_who_determines_sees_all_of_it(decided: ServedWorld) -> None:
    client = client_of(decided, seed(12))
    page = client.get(f"{LIST}?limit=1").json
    # Newest first by what opens each: the second was proposed after the first.
    assert [one["ref"] for one in page["things"]] == [SECOND]
    page = client.get(LIST, query_string={"cursor": page["next"]}).json
    assert [(one["ref"], one["state"]) for one in page["things"]] == [(DETERMINATION, "appealed")]
    assert page["next"] is None
    history = client.get(f"{LIST}/{DETERMINATION}").json["history"]
    assert [one["state"] for one in history] == ["proposed", "heard", "issued", "appealed"]


def test_whom_it_concerns_meets_it_once_it_is_issued(decided: ServedWorld) -> None:
    concerned = client_of(decided, decided.world.zhang)
    shown = concerned.get(f"{LIST}/{DETERMINATION}").json
    assert [one["state"] for one in shown["history"]] == ["issued", "appealed"]
    assert shown["details"]["hearings"] == []
    [listed] = concerned.get(LIST).json["things"]
    assert listed == shown["thing"]
    assert listed["opened"] == shown["history"][0]["index"]
    assert concerned.get(f"{LIST}?state=appealed&department={MZ}").json["things"] == [listed]
    assert concerned.get(f"{LIST}?department={GA}").json["things"] == []
    assert concerned.get(f"{LIST}?item={GA}/I-1").json["things"] == []


def test_what_is_in_the_making_is_as_if_it_did_not_exist(decided: ServedWorld) -> None:
    for key in (decided.world.li, seed(13)):  # of whom it is proposed, and another commission
        client = client_of(decided, key)
        assert client.get(LIST).json["things"] == []
        hidden, nothing = client.get(f"{LIST}/{SECOND}"), client.get(f"{LIST}/{JW}/D-9")
        assert hidden.status_code == nothing.status_code == 404
        assert {**hidden.json, "instance": ""} == {**nothing.json, "instance": ""}


def test_at_an_earlier_size_it_was_what_it_was(decided: ServedWorld) -> None:
    client = client_of(decided, decided.world.zhang)
    issued = client.get(f"{LIST}/{DETERMINATION}").json["history"][0]["index"]
    assert client.get(f"{LIST}/{DETERMINATION}?as_of={issued}").status_code == 404
    assert client.get(f"{LIST}?as_of={issued}").json["things"] == []
    then = client.get(f"{LIST}/{DETERMINATION}?as_of={issued + 1}").json
    assert then["thing"]["state"] == "issued"
