"""The checklist of an exemption: what each limb is shown by, and what makes it not shown."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from cli.stories.departments import department_id, ref
from ledger.responsibility.chain import Chain, Fetched
from ledger.responsibility.exemption_limbs import LIMBS
from ledger.responsibility.reach import wanted
from ledger.responsibility.telling import said_of
from ledger.responsibility.trace import trace
from ledger.sharing.machine import Said
from tests.unit.responsibility.log import SINCE, told

PILOT = ref("zw", "MSJX-2026-0007")
LATE = ref("yj", "YJXY-2026-03")
Change = Callable[[Said], Said | None]


def limbs(act: str, fetched: Fetched) -> dict[str, Any]:
    found = {one["limb"]: one for one in trace(fetched, act)["exemption"] if "limb" in one}
    assert tuple(found) == LIMBS
    return found


def changed(act: str, change: Change) -> dict[str, Any]:
    """The limbs of an act, had its statements been others."""
    fetched = told().fetched(act)
    said = [new for one in fetched.said if (new := change(one)) is not None]
    return limbs(act, replace(fetched, said=said))


def with_data(said: Said, **data: Any) -> Said:
    return msgspec.structs.replace(said, event={**said.event, "data": {**said.data, **data}})


def name(said: Said) -> str:
    return told().name(said.index)


def only(kind: str, change: Change) -> Change:
    return lambda said: change(said) if said.type == kind else said


def test_a_pilot_that_was_careful_shows_what_a_ledger_can_show() -> None:
    found = limbs(PILOT, told().fetched(PILOT))
    assert {one: found[one]["result"] for one in LIMBS} == {
        "lawful_basis": "shown",
        "assessed_before": "shown",
        "diligence": "shown",
        "unforeseeable_or_uncontrollable": "shown",
        "not_prohibited": "unknown",  # no ledger shows that nothing was done
        "no_private_gain": "unknown",
    }
    assert {one["department"] for one in found.values()} == {department_id("zw")}
    assert found["lawful_basis"]["pilots"] == ["云政办发〔2026〕21 号"]
    assert found["assessed_before"]["proved_by"] == "index"
    assert found["assessed_before"]["interval"] == "open"  # no witness narrows it
    assert found["no_private_gain"]["declared"] == "unintended"
    [determined] = found["diligence"]["determined"]
    assert (determined["by"], determined["result"]) == (department_id("zf"), "met")


def test_what_put_it_right_stands_beside_it() -> None:
    lines = trace(told().fetched(PILOT), PILOT)["exemption"]
    rest = [one for one in lines if one["what"] != "limb"]
    assert [one["what"] for one in rest] == ["rectified", "rectified", "loss_claimed"]
    assert [one.get("type") for one in rest[:2]] == ["act.reexamined", "act.revised"]
    assert rest[2]["loss"] == "recovered"
    whats = [one["what"] for one in trace(told().fetched(LATE), LATE)["exemption"]]
    assert whats[-1] == "not_rectified"


def test_a_back_dated_assessment_is_told_as_such() -> None:
    found = limbs(LATE, told().fetched(LATE))["assessed_before"]
    assert (found["result"], found["lacks"]) == ("not_shown", ["before"])
    [earlier] = found["claims_earlier"]
    assert told().name(earlier) == "papers-tracing-yj-assessed"
    assert "记入时间晚于首次交付" in said_of(found, "zh")
    assert "claims an earlier time than its place" in said_of(found, "en")


def test_a_paper_older_than_the_ledger_is_unknown_and_never_not_shown() -> None:
    paper = "2025-01-01T00:00:00.000Z"
    assert paper < SINCE
    found = changed(LATE, only("assessment.recorded", lambda one: with_data(one, made_at=paper)))
    assert found["assessed_before"]["result"] == "unknown"
    assert found["assessed_before"]["paper_older_than_ledger"] is True


def test_measures_have_to_lie_before_the_delivery_too() -> None:
    bare = changed(PILOT, only("mitigation.recorded", lambda _: None))
    assert bare["assessed_before"]["result"] == "not_shown"
    assert bare["assessed_before"]["lacks"] == ["measures"]
    late = changed(
        PILOT,
        only(
            "mitigation.recorded", lambda one: msgspec.structs.replace(one, index=one.index + 9000)
        ),
    )
    assert late["assessed_before"]["lacks"] == ["measures"]


def test_without_an_assessment_nothing_was_assessed() -> None:
    found = changed(PILOT, only("assessment.recorded", lambda _: None))
    assert found["assessed_before"]["lacks"] == ["assessment"]
    assert found["unforeseeable_or_uncontrollable"]["result"] == "not_shown"


def test_care_is_that_of_the_reviews_that_were_scheduled() -> None:
    missed = "2026-07-08T00:00:00.000Z"
    found = changed(
        PILOT, only("assessment.recorded", lambda one: with_data(one, reviews=[missed]))
    )
    assert (found["diligence"]["result"], found["diligence"]["missed"]) == ("not_shown", [missed])
    later = "2027-01-01T00:00:00.000Z"  # not due when the act was decided
    found = changed(PILOT, only("assessment.recorded", lambda one: with_data(one, reviews=[later])))
    assert found["diligence"]["result"] == "shown"
    none = changed(PILOT, only("diligence.recorded", lambda _: None))
    assert none["diligence"]["lacks"] == ["care"]


def test_care_that_was_recorded_after_the_claim_is_none() -> None:
    found = changed(
        PILOT,
        only(
            "diligence.recorded", lambda one: msgspec.structs.replace(one, index=one.index + 9000)
        ),
    )
    assert found["diligence"]["result"] == "not_shown"


def risks(said: Said, **change: Any) -> list[dict[str, Any]]:
    return [{**one, **change} for one in said.data["risks"]]


def test_a_risk_is_uncontrollable_only_where_it_was_listed_and_measures_applied() -> None:
    planned = changed(
        PILOT,
        only(
            "mitigation.recorded",
            lambda one: with_data(
                one, measures=[{**each, "state": "planned"} for each in one.data["measures"]]
            ),
        ),
    )
    found = planned["unforeseeable_or_uncontrollable"]
    assert (found["result"], found["risks"][0]["lacks"]) == ("not_shown", ["measures_applied"])
    other = changed(
        PILOT, only("exemption.claimed", lambda one: with_data(one, risks=risks(one, risk="R9")))
    )
    found = other["unforeseeable_or_uncontrollable"]
    assert (found["result"], found["risks"][0]["lacks"]) == ("not_shown", ["listed_before"])


def test_that_nobody_could_foresee_it_is_unknown_unless_a_reviewer_states_it() -> None:
    def claims(said: Said) -> Said:
        return with_data(said, risks=risks(said, claimed="unforeseeable"))

    def stated(said: Said) -> Said | None:
        if said.type == "exemption.claimed":
            return claims(said)
        if said.type != "assessment.recorded":
            return said
        made = with_data(said, risks=risks(said, foreseeable="unforeseeable"))
        return msgspec.structs.replace(made, event={**made.event, "tier": "reviewer"})

    found = changed(PILOT, only("exemption.claimed", claims))["unforeseeable_or_uncontrollable"]
    assert found["result"] == "unknown"
    found = changed(PILOT, stated)["unforeseeable_or_uncontrollable"]
    assert found["result"] == "shown"


def test_a_pilot_that_had_ended_is_no_basis() -> None:
    ended = {"document": "云政办发〔2026〕21 号", "ends": "2026-07-01T00:00:00.000Z"}

    def ends(said: Said) -> Said:
        return with_data(said, pilot=ended) if "pilot" in said.data else said

    found = changed(PILOT, ends)["lawful_basis"]
    assert (found["result"], found["lacks"]) == ("not_shown", ["pilot_running"])


@pytest.mark.parametrize(
    ("distinction", "answer", "limb"),
    [
        ("unintended", "private_gain", "no_private_gain"),
        ("not_prohibited", "explicitly_prohibited", "not_prohibited"),
    ],
)
def test_what_the_claim_itself_admits_is_against_it(
    distinction: str, answer: str, limb: str
) -> None:
    def admits(said: Said) -> Said:
        three = said.data["three_distinctions"]
        return with_data(
            said,
            three_distinctions={**three, distinction: {**three[distinction], "answer": answer}},
        )

    assert changed(PILOT, only("exemption.claimed", admits))[limb]["result"] == "not_shown"


@pytest.mark.parametrize(
    ("rule", "state", "result"),
    [("F2", "confirmed", "not_shown"), ("F2", "raised", "unknown"), ("F7", "confirmed", "unknown")],
)
def test_only_a_confirmed_finding_of_use_beyond_the_grant_is_against_it(
    rule: str, state: str, result: str
) -> None:
    fetched = told().fetched(PILOT)
    used = next(one.index for one in fetched.said if name(one) == "life-pilot-birth-used")
    finding = {
        "ref": f"x/{rule}-{used}", "rule": rule, "state": state, "entry": used, "entries": [used],
        "state_label": {}, "title": {}, "message": {}, "department": "x", "pack": {},
    }  # fmt: skip
    found = limbs(PILOT, replace(fetched, findings=[finding]))
    assert found["not_prohibited"]["result"] == result


def test_where_nobody_claims_it_the_department_sees_how_it_stands() -> None:
    found = changed(PILOT, only("exemption.claimed", lambda _: None))
    assert found["assessed_before"]["result"] == "shown"
    assert found["unforeseeable_or_uncontrollable"]["result"] == "unknown"
    assert "claim" not in found["diligence"]


def test_a_limb_is_shown_or_not_and_nobody_is_called_eligible() -> None:
    for line in limbs(LATE, told().fetched(LATE)).values():
        assert line["result_label"]["zh"] in ("已显示", "未显示", "不明")
        assert line["because"]["code"] == "4.6/7"
        assert "eligible" not in said_of(line, "en")


def test_a_delivery_of_another_act_under_the_same_grant_comes_first() -> None:
    """Measures recorded after the first delivery under the grant are late, whoever it was for."""
    log = told()
    fetched = log.fetched(PILOT)
    grant = next(one.refs["grant"] for one in fetched.said if one.type == "grant.issued")
    sent = [one for one in log.said
            if one.type == "delivery.sent" and one.refs.get("grant") == grant]  # fmt: skip
    first = min(sent, key=lambda one: one.index)
    assert first.refs.get("act") != PILOT

    def later(said: Said) -> Said:
        """The measures stand right behind it."""
        return msgspec.structs.replace(said, index=first.index + 1)

    said = [later(one) if one.type == "mitigation.recorded" else one for one in fetched.said
            if one.index != first.index + 1]  # fmt: skip
    chain = Chain(replace(fetched, said=said))
    search = next(
        one for one in wanted(chain, PILOT)
        if one.newest and one.below == first.index + 1 and "type/delivery.sent" in one.terms
    )  # fmt: skip
    assert f"grant/{grant}" in search.terms
    found = limbs(PILOT, replace(fetched, said=[*said, first]))["assessed_before"]
    assert (found["result"], found["lacks"]) == ("not_shown", ["measures"])


def test_witnesses_that_saw_it_before_the_delivery_prove_it_in_time() -> None:
    fetched = told().fetched(PILOT)
    at = {name(one): one.index for one in fetched.said}
    assessed, measured, sent = (
        at[one] for one in ("papers-birth-zw-assessed", "life-pilot-mitigated",
                            "life-pilot-birth-sent")
    )  # fmt: skip
    early, late = "2026-07-06T00:00:00.000Z", "2026-07-07T00:00:00.000Z"
    seen = {assessed: (None, early), measured: (None, early), sent: (early, late)}
    found = limbs(PILOT, replace(fetched, proven=seen))["assessed_before"]
    assert found["interval"] == "proven"
    assert {"entry": sent, "after": early, "before": late} in found["intervals"]
    assert "经见证" in said_of(found, "zh")
    for less in (
        {assessed: (None, early), measured: (None, late), sent: (early, late)},
        {assessed: (None, early), sent: (early, late)},
        {assessed: (None, early), measured: (None, early), sent: (None, late)},
    ):
        found = limbs(PILOT, replace(fetched, proven=less))["assessed_before"]
        assert found["interval"] == "open"
        assert found["result"] == "shown"  # the order of entries shows it all the same


def test_what_was_claimed_of_another_act_is_not_told_of_this_one() -> None:
    def of_another(said: Said) -> Said:
        return with_data(said, refs={**said.refs, "act": ref("zw", "another")})

    fetched = told().fetched(PILOT)
    said = [only("exemption.claimed", of_another)(one) for one in fetched.said]
    report = trace(replace(fetched, said=[one for one in said if one is not None]), PILOT)
    assert "exemption_claimed" not in {one["what"] for one in report["beside"]}
    assert not any("claim" in one for one in report["exemption"])
    cited = {entry for one in report["exemption"] for entry in one["entries"]}
    claim = next(one.index for one in fetched.said if one.type == "exemption.claimed")
    assert claim not in cited


def test_a_risk_that_is_claimed_to_be_neither_shows_nothing() -> None:
    found = limbs(LATE, told().fetched(LATE))["unforeseeable_or_uncontrollable"]
    assert (found["result"], found["risks"][0]["claimed"]) == ("not_shown", "neither")
