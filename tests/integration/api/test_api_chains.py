"""Chains over HTTP: whole from seq 0, with what links them, to whom all of it belongs."""

from typing import Any

import pytest

from crypto.chain import chain_id
from crypto.header import parse_header
from crypto.merkle import leaf_hash
from crypto.statement import sign_statement
from tests.integration.api.conftest import ServedWorld, client_of
from tests.world import GA, MZ

CHAINS = "/api/v1/chains"


def whole(client: Any, name: str, **more: Any) -> dict[str, Any]:
    """Every page of a chain as one."""
    answer = client.get(f"{CHAINS}/{name}", query_string=more)
    assert answer.status_code == 200, answer.json
    chain: dict[str, Any] = answer.json
    while answer.json["next"]:
        link = answer.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
        answer = client.get(link)
        chain["entries"] += answer.json["entries"]
        assert (answer.json["as_of"], answer.json["length"]) == (chain["as_of"], chain["length"])
    return chain


def check(chain: dict[str, Any]) -> None:
    """What anybody can check of a chain that he was given."""
    identity = chain_id(bytes.fromhex(chain["salt"]), chain["name"])
    assert identity.hex() == chain["id"]
    last = bytes(32)
    for seq, entry in enumerate(chain["entries"]):
        header = parse_header(entry["header"].encode())
        link = next(link for link in header.chains if link.id == identity)
        assert (link.seq, link.prev) == (seq, last)
        assert entry["link"] == {"prev": last.hex(), "seq": seq}
        last = leaf_hash(entry["header"].encode())
    assert len(chain["entries"]) == chain["length"]


@pytest.mark.parametrize("limit", [1, 2, 1000])
def test_a_chain_is_whole_in_pages(served: ServedWorld, limit: int) -> None:
    for _ in range(3):
        served.post(served.use(act="A-5"))
    size = served.ledger.size()
    chain = whole(served.client, f"act/{MZ}/A-5", limit=limit, wait_for=size)
    assert chain["length"] >= 3
    assert all("statement" in entry for entry in chain["entries"])
    check(chain)


@pytest.mark.parametrize("name", [f"department/{MZ}", "official/zhang", f"registry/{MZ}"])
def test_a_department_reads_its_own_chains(served: ServedWorld, name: str) -> None:
    served.log(2)
    check(whole(served.client, name, wait_for=served.ledger.size()))


def test_a_chain_is_as_it_was_at_a_size(served: ServedWorld) -> None:
    served.post(served.use(act="A-6"))
    size = served.ledger.size()
    served.post(served.use(act="A-6"))
    before = whole(served.client, f"act/{MZ}/A-6", as_of=size)
    assert (before["length"], before["as_of"]) == (1, size)
    gone = served.client.get(f"{CHAINS}/act/{MZ}/A-6?as_of={size - 1}")
    assert (gone.status_code, gone.json["code"]) == (404, "not_found")


def test_what_is_anothers_is_like_what_is_not_there(served: ServedWorld) -> None:
    """The item is GA's: naming it gives MZ no right to its chain."""
    served.log(1)
    size = served.ledger.size()
    never = served.client.get(f"{CHAINS}/item/{GA}/never?wait_for={size}").json
    names = (f"item/{GA}/I-1", f"department/{GA}", "official/li", "official/nobody")
    for name in names:
        answer = served.client.get(f"{CHAINS}/{name}")
        assert answer.status_code == 404
        assert {**answer.json, "instance": ""} == {**never, "instance": ""}
    check(whole(client_of(served, served.world.li), f"item/{GA}/I-1"))


def test_an_officials_chain_stays_open_where_another_department_speaks_in_his_name(
    fresh: ServedWorld,
) -> None:
    """That it closed would tell his department that somebody did; so it reads what was said."""
    fresh.log(1)
    check(whole(fresh.client, "official/zhang"))
    event = fresh.world.event(
        GA, "statement.countersigned", f"department/{GA}",
        {"parents": ["00" * 32], "decision": "agree"}, official="zhang",
    )  # fmt: skip
    raw = sign_statement(event, [fresh.world.ga_system])
    assert fresh.post(raw).status_code == 201
    size = fresh.ledger.size()
    assert fresh.client.get(f"{CHAINS}/official/zhang?wait_for={size}").status_code == 200
    check(whole(fresh.client, "official/zhang"))
    said = fresh.client.get(f"/api/v1/entries/{size - 1}").json
    assert said["event"]["source"] == f"/departments/{GA}"


@pytest.mark.parametrize(
    "name",
    ["x/y", "act/A-1", "act/MZ/A-1/x", "act//A-1", "act/MZ/..", "official/MZ/x", "department/%0A"],
)
def test_what_is_no_name_is_not_found(served: ServedWorld, name: str) -> None:
    answer = served.client.get(f"{CHAINS}/{name}")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_cursor_is_of_one_chain(served: ServedWorld) -> None:
    for _ in range(2):
        served.post(served.use(act="A-7"))
    size = served.ledger.size()
    first = served.client.get(f"{CHAINS}/act/{MZ}/A-7?limit=1&wait_for={size}").json
    other = served.client.get(f"{CHAINS}/department/{MZ}?cursor={first['next']}")
    assert (other.status_code, other.json["parameter"]) == (400, "cursor")


def test_the_registry_is_listed_as_of_a_size(served: ServedWorld) -> None:
    get = served.client.get
    departments = get("/api/v1/departments").json
    assert [one["department"] for one in departments["departments"]] == [
        "registrar", "ledger", GA, MZ,
    ]  # fmt: skip
    at = departments["departments"][-1]["registered_at"]
    before = get(f"/api/v1/departments?as_of={at}").json
    assert [one["department"] for one in before["departments"]] == ["registrar", "ledger", GA]
    assert before["as_of"] == at
    posts = get(f"/api/v1/officials?department={MZ}").json["officials"]
    assert [(one["official"], one["tiers"]) for one in posts] == [("zhang", ["handler"])]
    keys = get("/api/v1/keys?limit=2").json
    assert (len(keys["keys"]), keys["keys"][0]["department"]) == (2, "registrar")
    link = get("/api/v1/keys?limit=2").headers["Link"]
    more = get(link.removeprefix("<").removesuffix('>; rel="next"')).json
    assert not {one["keyid"] for one in more["keys"]} & {one["keyid"] for one in keys["keys"]}


def test_the_registry_is_for_those_signed_in(served: ServedWorld) -> None:
    nobody = served.app.test_client()
    for name in ("departments", "officials", "keys"):
        answer = nobody.get(f"/api/v1/{name}")
        assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    answer = served.client.get("/api/v1/keys?as_of=999999")
    assert (answer.status_code, answer.json["parameter"]) == (400, "as_of")


def test_what_is_not_projected_in_time_is_not_answered(
    fresh: ServedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fresh.ledger.parts.runner, "wait_for", lambda size, timeout_s, of: False)
    fresh.post(fresh.use())
    size = fresh.ledger.size()
    for address in (f"/api/v1/entries?q=&as_of={size}", f"{CHAINS}/department/{MZ}?as_of={size}"):
        answer = fresh.client.get(address)
        assert (answer.status_code, answer.json["code"]) == (503, "not_projected")
        assert answer.headers["Retry-After"] == "1"
    behind = fresh.client.get(f"/api/v1/entries?q=&wait_for={size}").json
    assert behind["as_of"] == behind["projected"] < size
