"""Reports of all acts of the stories: the same whatever the order, each line with its reason."""

import json
import random
from dataclasses import replace
from typing import Any

import pytest

from cli.stories.departments import department_id, ref
from ledger.builtin_matrix import built_in_matrix
from ledger.events.determinations import DEFECT_ROWS
from ledger.events.types import EVENT_TYPES
from ledger.responsibility.chain import Fetched
from ledger.responsibility.lines import line
from ledger.responsibility.matrix import MARKS
from ledger.responsibility.trace import lines_of, trace
from ledger.responsibility.words import STEPS, WHAT
from tests.unit.responsibility.log import told

CANONICAL = ref("cs", "SL-2026-00318")
STALE = ref("cs", "SL-2026-00342")
ACTS = sorted({one.refs["act"] for one in told().said if "act" in one.refs})
PROVIDERS = ("ga", "zj", "xf", "rs", "sw", "sc", "zr")


def report(act: str, defect: str | None = None) -> dict[str, Any]:
    return trace(told().fetched(act), act, defect)


def written(found: dict[str, Any]) -> bytes:
    return json.dumps(found, ensure_ascii=False, sort_keys=True).encode()


def test_the_canonical_act_has_seven_providers_and_the_tiers_of_who_acted() -> None:
    found = report(CANONICAL)
    assert [one["provider"] for one in found["branches"]] == [*map(department_id, PROVIDERS)]
    acting = [one for one in found["people"] if one["department"] == department_id("cs")]
    tiers = {one["official"]: (one["tier"], one["layer"]) for one in acting if "tier" in one}
    assert tiers == {
        "cs-7215": ("handler", "direct"),
        "cs-7208": ("reviewer", "supervisory"),
        "cs-7201": ("approver", "supervisory"),
        "cs-7001": ("office_head", "supervisory"),
    }
    assert {one["one_of"] for one in found["credit"]} == {7}


@pytest.mark.parametrize("act", ACTS)
def test_every_line_has_a_reason_and_rests_on_entries_that_were_fetched(act: str) -> None:
    fetched = told().fetched(act)
    there = {one.index for one in fetched.said}
    posts = {one.appointed_at for one in fetched.registry.appointments()}
    matrices = {one.entry for one in fetched.matrices}
    reasons = {f"4.6/{step}" for step in STEPS} | {f"matrix/{row}" for row in DEFECT_ROWS}
    for defect in (None, *DEFECT_ROWS):
        lines = [*lines_of(trace(fetched, act, defect))]
        assert lines
        for one in lines:
            assert one["because"]["code"] in reasons
            assert one["because"]["en"]
            assert one["because"]["zh"]
            assert one["label"]["zh"]
            assert one["entries"] == sorted(set(one["entries"]))
            assert one["entries"]
            assert set(one["entries"]) <= there | posts | matrices


def test_nothing_that_bears_lines_stands_outside_the_lines() -> None:
    """Whatever has a code and a label is a line: no object of a report escapes the test above."""
    found = report(STALE, "D1")
    walked = sum("what" in one for one in _objects(found))
    assert walked == len([*lines_of(found)])


def _objects(value: Any) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [value] if isinstance(value, dict) else []
    return own + [one for part in inner for one in _objects(part)]


def test_a_line_that_rests_on_nothing_is_not_made() -> None:
    with pytest.raises(ValueError, match="rests on at least one"):
        line(2, "use", [])


@pytest.mark.parametrize("seed", range(5))
def test_the_order_and_number_of_times_of_fetching_do_not_matter(seed: int) -> None:
    fetched = told().fetched(STALE)
    said = [*fetched.said, *fetched.said[: seed * 7]]
    matrices = [*fetched.matrices]
    random.Random(seed).shuffle(said)
    random.Random(seed).shuffle(matrices)
    mixed = replace(fetched, said=said, matrices=matrices)
    assert written(trace(mixed, STALE, "D1")) == written(trace(fetched, STALE, "D1"))


def test_without_a_determination_nobody_is_determined_and_each_answers_by_its_own_role() -> None:
    whats = [one["what"] for one in report(STALE)["determinations"]]
    assert whats == ["several", "undetermined"]
    text = written(report(STALE)).decode()
    assert "未认定" in text
    assert "连带" not in text


def test_joint_and_several_stands_only_beside_the_clause_that_grounds_it() -> None:
    act = ref("yj", "YJXY-2026-03")
    fetched = told().fetched(act)
    said = [_joint(one) if one.type == "determination.issued" else one for one in fetched.said]
    lines = trace(replace(fetched, said=said), act)["determinations"]
    [found] = [one for one in lines if one["what"] == "joint_several"]
    assert found["basis"] == [{"kind": "agreement", "instrument": "协议", "clause": "7"}]


def _joint(said: Any) -> Any:
    basis = [{"kind": "agreement", "instrument": "协议", "clause": "7"},
             {"kind": "duty", "instrument": "职责", "clause": "1"}]  # fmt: skip
    person = said.data["persons"][0] | {"kind": "joint_several", "basis": basis}
    data = {**said.data, "persons": [person]}
    return _with(said, data)


def _with(said: Any, data: dict[str, Any]) -> Any:
    return type(said)(
        said.index, said.recorded_at, {**said.event, "data": data}, said.digest, said.role,
        said.voice, said.stands_for,
    )  # fmt: skip


# The matrix


def test_the_matrix_that_ships_has_every_row_and_nobodys_force() -> None:
    shipped = built_in_matrix()
    assert tuple(shipped.rows) == DEFECT_ROWS
    assert shipped.entry is None
    declared = EVENT_TYPES["zelian.matrix.adopted.v1"].data.members["rows"]
    assert all(set(row) <= set(declared.item.members) for row in shipped.rows.values())  # type: ignore[attr-defined]


@pytest.mark.parametrize("defect", DEFECT_ROWS)
def test_no_name_stands_beside_a_defect_until_a_matrix_is_in_force(defect: str) -> None:
    fetched = told().fetched(STALE)
    found = trace(replace(fetched, matrices=[built_in_matrix()]), STALE, defect)
    assert found["defect"]["matrix"] == {"adopted": False, "version": "v0"}
    officials = {one["official"] for one in found["people"] if "official" in one}
    text = written(found["defect"]).decode()
    assert not [one for one in officials if one in text]
    assert not [one for one in found["people"] if "mark" in one]


def test_one_in_force_names_who_stood_in_the_role_and_its_row() -> None:
    found = report(STALE, "D1")
    marks = {one["official"]: one["mark"] for one in found["people"] if "mark" in one}
    assert {name: mark["mark"] for name, mark in marks.items()} == {
        "zj-2046": "examine_first",
        "cs-7215": "examine_next",
    }
    assert marks["zj-2046"]["because"]["code"] == "matrix/D1"
    assert {one["what"] for one in found["defect"]["lines"]} <= {*MARKS, "leadership"}


def test_a_matrix_does_not_reach_back_to_acts_decided_before_it() -> None:
    fetched = told().fetched(STALE)
    later = [
        one if one.entry is None else replace(one, starts="2030-01-01T00:00:00.000Z")
        for one in fetched.matrices
    ]
    found = trace(replace(fetched, matrices=later), STALE, "D1")
    assert found["defect"]["matrix"]["adopted"] is False


# Sight, and what is missing


def test_a_provider_sees_its_part_and_nothing_of_the_others() -> None:
    log = told()
    found = trace(log.fetched(CANONICAL, department_id("zj")), CANONICAL)
    full = [branch for branch in found["branches"] if len(branch["lines"]) > 4]
    assert [one["provider"] for one in full] == [department_id("zj")]
    hidden = {"ga-3071", "xf-1187", "rs-4420", "sw-5309"}
    assert not hidden & {one.get("official") for one in found["people"]}


def test_a_stranger_gets_nothing() -> None:
    fetched = told().fetched(CANONICAL, department_id("jg"))
    with pytest.raises(LookupError):
        trace(fetched, CANONICAL)


def without(fetched: Fetched, *types: str) -> Fetched:
    return replace(fetched, said=[one for one in fetched.said if one.type not in types])


@pytest.mark.parametrize(
    ("gone", "missing"),
    [
        ("delivery.received", "receipt_missing"),
        ("delivery.sent", "delivery_missing"),
        ("grant.issued", "grant_missing"),
        ("request.made", "request_missing"),
        ("request.replied", "reply_missing"),
        ("item.published", "item_missing"),
        ("use.recorded", "use_not_found"),
    ],
)
def test_each_hop_that_is_not_there_is_a_line_of_its_own(gone: str, missing: str) -> None:
    fetched = told().fetched(CANONICAL)
    whole = trace(fetched, CANONICAL)
    less = trace(without(fetched, gone), CANONICAL)
    assert missing not in {one["what"] for one in lines_of(whole)}
    assert sum(one["what"] == missing for one in lines_of(less)) == 7


def test_a_term_not_kept_tells_for_how_many_days() -> None:
    fetched = told().fetched(CANONICAL)
    use = next(one for one in fetched.said if one.type == "use.recorded")
    words = {"en": "-", "zh": "-"}
    owed = {
        "department": department_id("cs"), "due": "2026-08-19T15:59:59.999Z", "entry": use.index,
        "label": words, "ref": "x/O5-1", "rule": "O5", "state": "overdue", "state_label": words,
    }  # fmt: skip
    late = replace(fetched, obligations=[owed], at="2026-08-25T02:00:00.000Z")
    [found] = [one for one in lines_of(trace(late, CANONICAL)) if one["what"] == "overdue"]
    assert (found["days"], found["entries"]) == (6, [use.index])
    early = replace(fetched, obligations=[owed | {"state": "due"}])
    assert not [one for one in lines_of(trace(early, CANONICAL)) if one["what"] == "overdue"]


def test_what_was_derived_is_followed_and_never_round_in_a_circle() -> None:
    """Population is said to come of premises, and premises of population."""
    items = {"population": ref("ga", "RK-001"), "premises": ref("zj", "FC-004")}
    other = {items["population"]: items["premises"], items["premises"]: items["population"]}
    fetched = told().fetched(CANONICAL)
    said = [
        _with(one, {**one.data, "derived_from": [{"item": other[one.refs["item"]],
                                                  "step": "joined"}]})
        if one.type == "item.published" and one.refs["item"] in other
        else one
        for one in fetched.said
    ]  # fmt: skip
    found = trace(replace(fetched, said=said), CANONICAL)
    lines = {one["item"]: [line["what"] for line in one["lines"]] for one in found["branches"]}
    assert lines[items["population"]].count("derived") == 1
    assert lines[items["population"]].count("item") == 2
    assert lines[items["population"]].count("circle") == 1


def test_a_name_alone_is_no_bond() -> None:
    """Without parents no signature binds anything."""
    fetched = told().fetched(CANONICAL)
    bare = [_with(one, {**one.data, "parents": []}) for one in fetched.said]
    kinds = {
        name: {one["link"]["kind"] for one in lines_of(trace(made, CANONICAL)) if "link" in one}
        for name, made in (("told", fetched), ("bare", replace(fetched, said=bare)))
    }
    assert kinds == {"told": {"signed", "ref"}, "bare": {"ref"}}


def test_every_word_that_a_line_can_say_is_in_both_languages() -> None:
    for words in (*WHAT.values(), *STEPS.values()):
        assert words.isascii()
        assert any("\u4e00" <= sign <= "\u9fff" for sign in words.zh)


def test_an_objection_that_was_decided_against_says_so_and_one_that_was_met_does_not() -> None:
    fetched = told().fetched(STALE)
    [found] = [one for one in trace(fetched, STALE)["beside"] if one["what"] == "dissent"]
    assert [told().name(one) for one in found["decided_after"]] == ["company-342-decided"]
    assert [told().name(one) for one in found["agreed_later"]] == ["company-342-agree"]
    met = without(fetched, "act.decided")
    [found] = [one for one in trace(met, STALE)["beside"] if one["what"] == "dissent"]
    assert "decided_after" not in found


def test_leadership_is_added_where_a_leader_signed() -> None:
    fetched = told().fetched(STALE)
    led = [
        type(one)(
            one.index, one.recorded_at, {**one.event, "tier": "principal_leader"}, one.digest,
            one.role, one.voice, one.stands_for,
        )
        if one.type == "act.decided"
        else one
        for one in fetched.said
    ]  # fmt: skip
    found = trace(replace(fetched, said=led), STALE, "D1")
    [line] = [one for one in found["defect"]["lines"] if one["what"] == "leadership"]
    assert line["when"]["result"] == "shown"
    assert [one["official"] for one in line["who"]] == ["cs-7201"]
    assert {one["layer"] for one in found["people"] if one.get("official") == "cs-7201"} == {
        "leadership",
        "supervisory",
    }
    [line] = [one for one in report(STALE, "D1")["defect"]["lines"] if one["what"] == "leadership"]
    assert line["when"]["result"] == "not_shown"


def test_a_unit_that_runs_systems_has_operation_duty() -> None:
    """The labour data's handler sits in the information centre, once that is recorded."""
    fetched = told().fetched(CANONICAL)
    duties = {one["official"]: one["duty"] for one in trace(fetched, CANONICAL)["people"]
              if "official" in one}  # fmt: skip
    assert (duties["rs-4420"], duties["rs-4401"]) == ("not_recorded", "business")
    assigned = next(one for one in fetched.said if one.type == "duty.assigned")
    unit = {
        "department": department_id("rs"), "kind": "information_centre", "unit": "信息中心",
        "name": {"zh": "信息中心"}, "starts": "2026-01-01T00:00:00.000Z",
        "refs": {}, "parents": [],
    }  # fmt: skip
    recorded = type(assigned)(
        1, assigned.recorded_at, {**assigned.event, "type": "zelian.unit.recorded.v1",
                                  "data": unit},
        "f" * 64, assigned.role, assigned.voice, assigned.stands_for,
    )  # fmt: skip
    found = trace(replace(fetched, said=[recorded, *fetched.said]), CANONICAL)
    duties = {one["official"]: one["duty"] for one in found["people"] if "official" in one}
    assert (duties["rs-4420"], duties["rs-4401"]) == ("operation", "business")
