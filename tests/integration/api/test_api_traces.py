"""Traces and impacts over HTTP: to each by what he may read, the same bytes again, as a page."""

from typing import Any

import pytest

from ledger.responsibility.trace import lines_of
from tests.integration.api.conftest import ServedWorld
from tests.sharing_story import ACT, DELIVERY, GRANT, ITEM, USE, share, told
from tests.signing_in import sign_in
from tests.world import GA, MZ, ORIGIN, seed

TRACE = f"/api/v1/acts/{ACT}/responsibility"
IMPACT = f"/api/v1/items/{ITEM}/impact"
TY, SJ = "TY", "SJ"
ARRIVED = f"{MZ}/U-9"  # a use that names the delivery
HOSTILE = "<script>alert(1)</script>"


def client_of(served: ServedWorld, key: Any) -> Any:
    client = served.app.test_client()
    sign_in(client, key, ORIGIN, served.world.clock())
    return client


@pytest.fixture(scope="module")
def told_of(served: ServedWorld) -> ServedWorld:
    world = served.world
    world.register(TY, "云岭省体育局")
    world.enrol(TY, seed(9))
    world.register(SJ, "云岭省审计厅", kind="audit")
    world.enrol(SJ, seed(8))
    evidence = [
        {"source": "shared", "use": use, "item": ITEM, "reliance": "decisive"}
        for use in (USE, ARRIVED)
    ]
    lines = share(world)
    used = {"use": ARRIVED, "act": ACT, "item": ITEM, "grant": GRANT, "delivery": DELIVERY}
    lines.append(told(world, "use.recorded", MZ, used))
    lines.append(told(world, "act.decided", MZ, {"act": ACT}, evidence=evidence, joint_with=None))
    objection = {"act": ACT, "item": ITEM}
    digest = "0" * 64
    lines.append(
        told(
            world, "statement.countersigned", MZ, objection, decision="object", reason=HOSTILE,
            parents=[digest],
        )
    )  # fmt: skip
    consumers = {"consumers": [MZ], "affected_versions": None, "affected_deliveries": None}
    lines.append(told(world, "notice.issued", GA, {"item": ITEM}, **consumers))
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


def whats(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.json
    return {one["what"] for one in lines_of(answer.json)}


def test_the_using_department_sees_both_sides_of_its_act(mz: Any) -> None:
    answer = mz.get(TRACE)
    assert {"act", "use", "receipt", "delivery", "grant", "dissent"} <= whats(answer)
    branches = answer.json["branches"]
    assert [one["use"] for one in branches] == [USE, ARRIVED]
    assert {(one["provider"], one["reliance"]) for one in branches} == {(GA, "decisive")}
    assert "delivery_not_named" in {one["what"] for one in branches[0]["lines"]}
    officials = {(one["department"], one.get("official")) for one in answer.json["people"]}
    assert {(GA, "li"), (MZ, "zhang")} <= officials
    assert answer.headers["X-Zelian-As-Of"] == str(answer.json["as_of"])


def test_the_same_asker_gets_the_same_bytes_again(mz: Any, told_of: ServedWorld) -> None:
    size = mz.get(TRACE).json["as_of"]
    first = mz.get(f"{TRACE}?as_of={size}&defect=D1").data
    told_of.log(1)
    assert mz.get(f"{TRACE}?as_of={size}&defect=D1").data == first


def test_at_an_earlier_size_nothing_later_is_in_it(mz: Any) -> None:
    decided = next(one for one in mz.get(TRACE).json["evidence"] if one.get("outcome"))
    index = decided["entries"][0]
    before = mz.get(f"{TRACE}?as_of={index}")
    assert "act_not_stated" in whats(before)
    assert all(max(one["entries"]) < index for one in lines_of(before.json))


def test_a_provider_sees_its_part_and_a_stranger_nothing(ga: Any, told_of: ServedWorld) -> None:
    assert {"delivery", "item"} <= whats(ga.get(TRACE))
    stranger = client_of(told_of, seed(9))
    hidden, nothing = stranger.get(TRACE), stranger.get("/api/v1/acts/MZ/NEVER/responsibility")
    assert (hidden.status_code, nothing.status_code) == (404, 404)
    assert hidden.json["detail"] == nothing.json["detail"]
    assert stranger.get(IMPACT).status_code == 404
    assert told_of.app.test_client().get(TRACE).status_code == 401


@pytest.mark.parametrize("path", [TRACE, IMPACT])
def test_nothing_outside_a_sight_is_cited(path: str, ga: Any, told_of: ServedWorld) -> None:
    """Every entry that is named opens to the asker, but for where the registry's facts lie."""
    found = ga.get(path).json
    lines = (
        lines_of(found)
        if path == TRACE
        else [one for name in ("told", "untold", "unused", "uses") for one in found[name]]
    )
    cited = {entry for one in lines for entry in one["entries"]}
    assert cited
    for index in cited:
        assert "event" in ga.get(f"/api/v1/entries/{index}").json, index


def test_an_inspector_gives_a_reason_and_his_reading_is_recorded(told_of: ServedWorld) -> None:
    auditor = client_of(told_of, seed(8))
    assert auditor.get(TRACE).json["code"] == "reason_needed"
    assert auditor.get(f"{TRACE}?reason=audit").status_code == 404  # nothing was opened to it


def test_a_row_of_the_matrix_names_roles_only_until_one_is_adopted(mz: Any) -> None:
    found = mz.get(f"{TRACE}?defect=D6").json["defect"]
    assert found["matrix"] == {"adopted": False, "version": "v0"}
    assert {one["what"] for one in found["lines"]} >= {"examine_first", "examine_next"}
    assert not [one for one in found["lines"] if "official" in one or "who" in one]
    assert mz.get(f"{TRACE}?defect=D15").json["code"] == "bad_parameter"


def test_as_a_page_what_others_wrote_is_text(mz: Any) -> None:
    answer = mz.get(TRACE, headers={"Accept": "text/html"})
    assert answer.mimetype == "text/html"
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert HOSTILE not in answer.text
    assert HOSTILE.replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert "未认定 · not determined" in answer.text
    assert "连带" not in answer.text
    found = mz.get(TRACE).json
    for one in lines_of(found):
        assert one["because"]["code"] in answer.text
    assert found["departments"]
    for id_, name in found["departments"].items():
        assert f"{name}（{id_}）" in answer.text


def test_the_graph_by_itself(mz: Any) -> None:
    drawn = mz.get(f"{TRACE}?format=svg")
    assert drawn.mimetype == "image/svg+xml"
    assert mz.get(TRACE, headers={"Accept": "image/svg+xml"}).data == drawn.data
    chart = mz.get(f"{TRACE}?format=mermaid")
    assert (chart.mimetype, chart.text[:12]) == ("text/vnd.mermaid", "flowchart RL")
    assert HOSTILE not in drawn.text + chart.text


def test_what_relied_on_an_item_and_who_was_told(ga: Any) -> None:
    found = ga.get(IMPACT).json
    [use] = [one for one in found["uses"] if one["ref"] == ARRIVED]
    assert (use["grade"], use["department"], use["delivery"]) == ("decisive", MZ, DELIVERY)
    assert use["acts"][0]["ref"] == ACT
    assert use["acts"][0]["to_examine"] is True
    assert {one["what"] for one in found["told"]} == {"told", "notice_unanswered"}
    assert ga.get(f"{IMPACT}?delivery={GA}/NONE").json["uses"] == []
    assert ga.get(f"{IMPACT}?delivery=none").json["code"] == "bad_parameter"


def test_the_answers_fit_their_schemas(mz: Any) -> None:
    from api.schemas import SCHEMAS

    trace = mz.get(f"{TRACE}?defect=D1").json
    assert SCHEMAS["Responsibility"]().validate(trace) == {}
    assert SCHEMAS["Impact"]().validate(mz.get(IMPACT).json) == {}
    assert trace["act"]["ref"] == ACT
    assert GRANT in str(trace)


def test_a_defect_can_name_its_item(mz: Any) -> None:
    found = mz.get(f"{TRACE}?defect=D1&item={ITEM}").json["defect"]
    assert (found["item"], found["uses"][:2]) == (ITEM, [USE, ARRIVED])
    none = mz.get(f"{TRACE}?defect=D1&item={GA}/I-9").json["defect"]
    assert [one["what"] for one in none["lines"]] == ["item_not_used"]
    assert mz.get(f"{TRACE}?item={ITEM}").status_code == 400
    assert mz.get(f"{TRACE}?defect=D1&item=I-1").status_code == 400
