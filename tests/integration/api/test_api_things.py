"""Things over HTTP: lists, states, histories and views, each within the asker's sight."""

import csv
import io
import json
from typing import Any

import pytest

from ledger.share_members import COLUMNS, STEP_COLUMNS
from ledger.shares_views import PLURALS
from tests.integration.api.conftest import ServedWorld, client_of
from tests.sharing_story import (
    DELIVERY,
    EMPTY,
    GRANT,
    ITEM,
    REQUEST,
    SHARE,
    USE,
    share,
    told,
)
from tests.world import GA, MZ, seed

GRANTS = "/api/v1/grants"
ONE = f"{GRANTS}/{GRANT}"
TY = "TY"
LATER = "2099-01-01T00:00:00.000Z"


@pytest.fixture(scope="module")
def told_of(served: ServedWorld) -> ServedWorld:
    """The share of the story, a third department's grant of the same item, a secret word."""
    world = served.world
    world.register(TY, "云岭省体育局")
    world.enrol(TY, seed(9))
    lines = share(world)
    # Of these MZ is no party: a countersigning and an assessment of the provider's own.
    consent = {"decision": "agree", "parents": ["00" * 32]}
    lines.append(told(world, "statement.countersigned", GA, SHARE, **consent))
    paper = SHARE | {"assessment": f"{GA}/AS-1"}
    lines.append(told(world, "assessment.recorded", GA, paper))
    other = {"grant": f"{GA}/G-2", "item": ITEM}
    lines.append(told(world, "grant.issued", GA, other, consumer=TY, emergency=None, pilot=None))
    for line in lines:
        assert served.post(line).status_code == 201
    served.ledger.catch_up()
    return served


@pytest.fixture
def mz(told_of: ServedWorld) -> Any:
    return client_of(told_of, told_of.world.zhang)


@pytest.fixture
def ga(told_of: ServedWorld) -> Any:
    return client_of(told_of, told_of.world.li)


def refs(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [one["ref"] for one in answer.json["things"]]


def test_a_thing_has_a_state_and_a_history(mz: Any) -> None:
    found = mz.get(ONE).json
    assert found["thing"]["state"] == "suspended"
    assert found["thing"]["owner"] == GA
    assert found["thing"]["counterparty"] == MZ
    assert found["thing"]["missing_hands"] == ["provider_office_head"]
    assert found["thing"]["state_label"] == {"en": "suspended", "zh": "已暂停"}
    assert found["details"]["uses"] == 1
    assert "sent" not in found["details"]
    said = [(one["type"].split(".", 1)[1], one["fits"]) for one in found["history"]]
    assert said[1] == ("grant.issued.v1", True)
    assert ("grant.suspended.v1", False) in said
    unfit = next(one for one in found["history"] if not one["fits"])
    assert unfit["reason"] == "no_party"
    assert unfit["said"] == "signed"
    assert unfit["state"] == "active"
    assert mz.get(f"{ONE}?at={LATER}").json["thing"]["state"] == "expired"


def test_a_delivery_and_a_use_have_their_histories(mz: Any) -> None:
    delivery = mz.get(f"/api/v1/deliveries/{DELIVERY}").json
    assert (delivery["thing"]["state"], delivery["thing"]["kind"]) == ("received", "delivery")
    assert delivery["details"]["receipt"]["same"] is True
    assert len(delivery["history"]) == 2
    use = mz.get(f"/api/v1/uses/{USE}").json
    assert use["thing"]["state"] == "feedback_given"
    assert use["details"]["grant"] == GRANT


def test_what_is_hidden_is_as_if_it_did_not_exist(mz: Any, ga: Any) -> None:
    own, whole = mz.get(ONE).json, ga.get(ONE).json
    assert len(own["history"]) == len(whole["history"]) - 2
    assert whole["details"]["papers"]["assessment"] is not None
    assert own["details"]["papers"]["assessment"] is None
    assert own["thing"]["last"] < whole["thing"]["last"]
    assert refs(ga.get(GRANTS)) == [f"{GA}/G-2", GRANT]
    assert refs(mz.get(GRANTS)) == [GRANT]
    hidden, nothing = mz.get(f"{GRANTS}/{GA}/G-2"), mz.get(f"{GRANTS}/{GA}/G-3")
    assert hidden.status_code == nothing.status_code == 404
    assert {**hidden.json, "instance": ""} == {**nothing.json, "instance": ""}


def test_lists_are_narrowed_by_state_department_and_item(ga: Any) -> None:
    assert refs(ga.get(f"{GRANTS}?state=suspended")) == [GRANT]
    assert refs(ga.get(f"{GRANTS}?state=approved")) == [f"{GA}/G-2"]
    assert refs(ga.get(f"{GRANTS}?state=expired&at={LATER}")) == [f"{GA}/G-2", GRANT]
    assert refs(ga.get(f"{GRANTS}?department={TY}")) == [f"{GA}/G-2"]
    assert refs(ga.get(f"{GRANTS}?item={GA}/I-9")) == []
    assert refs(ga.get("/api/v1/requests")) == [REQUEST]
    assert refs(ga.get("/api/v1/items?state=published")) == [ITEM]
    assert refs(ga.get("/api/v1/disputes")) == refs(ga.get("/api/v1/corrections")) == []
    assert refs(ga.get("/api/v1/uses?state=feedback_given")) == [USE]
    assert refs(ga.get(f"/api/v1/deliveries?department={MZ}&item={ITEM}")) == [DELIVERY]
    assert refs(ga.get("/api/v1/agreements")) == []
    refused = ga.get(f"{GRANTS}?state=happy")
    assert refused.status_code == 400
    assert ga.get(f"{GRANTS}?at=tomorrow").json["parameter"] == "at"


def test_pages_hold_at_the_size_of_the_first(told_of: ServedWorld, ga: Any) -> None:
    first = ga.get(f"{GRANTS}?limit=1")
    assert refs(first) == [f"{GA}/G-2"]
    link = first.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
    more = {"grant": f"{GA}/G-8", "item": ITEM}
    line = told(told_of.world, "grant.issued", GA, more, consumer=TY, emergency=None, pilot=None)
    told_of.post(line)
    told_of.ledger.catch_up()
    assert refs(ga.get(link)) == [GRANT]
    assert ga.get(link).json["as_of"] == first.json["as_of"]
    history = ga.get(f"{ONE}?limit=2").json
    following = ga.get(ONE, query_string={"limit": 100, "cursor": history["next"]}).json
    whole = ga.get(ONE).json["history"]
    assert history["history"] + following["history"] == whole
    wrong = ga.get(GRANTS, query_string={"cursor": history["next"]})
    assert wrong.json["parameter"] == "cursor"


def test_it_is_what_it_was_at_an_earlier_size(ga: Any) -> None:
    whole = ga.get(ONE).json["history"]
    issued = whole[1]["index"]
    before = ga.get(f"{ONE}?as_of={issued}")
    assert before.status_code == 404
    then = ga.get(f"{ONE}?as_of={issued + 1}").json
    assert then["thing"]["state"] == "approved"
    assert then["thing"]["last"] == issued
    assert then["history"] == whole[:2]
    assert refs(ga.get(f"{GRANTS}?as_of={issued + 1}")) == [GRANT]
    assert refs(ga.get(f"{GRANTS}?as_of={issued}")) == []


def test_the_same_answer_as_csv_and_as_lines(ga: Any) -> None:
    for address, member, columns in ((GRANTS, "things", COLUMNS), (ONE, "history", STEP_COLUMNS)):
        rows = ga.get(address).json[member]
        lines = ga.get(f"{address}?format=jsonl").data.decode().splitlines()
        assert [json.loads(line) for line in lines] == rows
        table = list(csv.DictReader(io.StringIO(ga.get(f"{address}?format=csv").data.decode())))
        assert list(table[0]) == list(columns)
        assert [one["state"] for one in table] == [one.get("state", "") for one in rows]


def test_views_that_are_asked_for_first(told_of: ServedWorld, ga: Any) -> None:
    world = told_of.world
    unsent = {"item": f"{GA}/I-5"}
    told_of.post(told(world, "item.published", GA, unsent, provider=GA))
    open_delivery = {"delivery": f"{GA}/D-7", "item": ITEM}
    told_of.post(told(world, "delivery.sent", GA, open_delivery, consumer=MZ))
    told_of.post(told(world, "use.recorded", MZ, {"use": f"{MZ}/U-7", "item": ITEM}))
    told_of.ledger.catch_up()
    assert refs(ga.get("/api/v1/items?view=never_shared")) == [f"{GA}/I-5"]
    assert refs(ga.get(f"{GRANTS}?view=deliveries_without_receipt")) == [f"{GA}/D-7"]
    assert refs(ga.get(f"{GRANTS}?view=uses_without_feedback")) == [f"{MZ}/U-7"]
    assert refs(ga.get("/api/v1/deliveries?view=deliveries_without_receipt")) == [f"{GA}/D-7"]
    assert refs(ga.get("/api/v1/uses?view=uses_without_feedback")) == [f"{MZ}/U-7"]
    assert ga.get("/api/v1/uses?view=islands").json["parameter"] == "view"
    islands = refs(ga.get(f"{GRANTS}?view=islands"))
    assert TY in islands
    assert not {GA, MZ} & set(islands)
    assert ga.get("/api/v1/items?view=islands").status_code == 400


def test_departments_without_a_duty_to_share(told_of: ServedWorld, ga: Any) -> None:
    world, view = told_of.world, "/api/v1/items?view=no_sharing_duty"
    duty = {"department": GA, "kind": "share", "unit": "u-1", "starts": "2026-01-01T00:00:00.000Z"}
    told_of.post(told(world, "duty.assigned", GA, {}, **duty, ends=None))
    told_of.ledger.catch_up()
    states = {one["ref"]: one["state"] for one in ga.get(view).json["things"]}
    assert (states[GA], states[MZ]) == ("no_unit", "no_duty")
    unit = {"department": GA, "unit": "u-1", "starts": "2026-01-01T00:00:00.000Z"}
    told_of.post(told(world, "unit.recorded", GA, {}, **unit, ends=None))
    told_of.ledger.catch_up()
    assert GA not in refs(ga.get(view))
    assert MZ in refs(ga.get(f"{view}&limit=1&department={MZ}"))


def test_an_end_and_its_disposal_start_the_keeping(fresh: ServedWorld) -> None:
    world = fresh.world
    for line in share(world):
        fresh.post(line)
    ended = {"consumer": MZ, "reason": "purpose_achieved", **EMPTY}
    disposed = SHARE | {"disposal": f"{GA}/DI-1"}
    accepted = {"consumer": MZ, "result": "accepted", "lacking": None}
    for line in (
        told(world, "grant.terminated", GA, SHARE, **ended),
        told(world, "disposal.required", GA, disposed, consumer=MZ),
        told(world, "disposal.done", MZ, disposed, provider=GA),
        told(world, "disposal.accepted", GA, disposed, **accepted),
    ):
        assert fresh.post(line).status_code == 201
    fresh.ledger.catch_up()
    thing = fresh.client.get(ONE).json["thing"]
    assert thing["state"] == "closed"
    assert thing["retention_from"] == fresh.client.get(ONE).json["history"][-1]["recorded_at"]


def test_nobody_reads_without_a_session(told_of: ServedWorld) -> None:
    client = told_of.app.test_client()
    for plural in PLURALS:
        assert client.get(f"/api/v1/{plural}").status_code == 401
        assert client.get(f"/api/v1/{plural}/{GA}/X-1").status_code == 401


def test_a_name_that_is_none_is_nothing(ga: Any) -> None:
    assert ga.get(f"{GRANTS}/not a department/x").status_code == 404
    assert ga.get(f"/api/v1/acts/{MZ}/never").status_code == 404
