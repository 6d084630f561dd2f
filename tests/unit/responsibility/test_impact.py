"""What relied on an item of the stories: two acts on a licence, superseded, then recalled."""

import json
import random
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from cli.stories.departments import department_id, ref
from ledger.events.types import EVENT_TYPES
from ledger.responsibility.chain import Chain, Fetched
from ledger.responsibility.impact import Asked, further, impact
from ledger.responsibility.notices import prepared
from tests.unit.responsibility.log import told

LICENCE = ref("sc", "ZZ-022")
LX = department_id("lx")


@pytest.fixture(scope="module")
def fetched() -> Fetched:
    log = told()
    last = log.said[-1]
    return Fetched(log.said, log.registry, last.index + 1, last.recorded_at)


def names(entries: list[int]) -> list[str]:
    return [told().name(index) for index in entries]


def test_each_use_of_a_version_has_its_act_and_what_came_of_it(fetched: Fetched) -> None:
    found = impact(fetched, Asked(LICENCE, "V3"))
    uses = {one["ref"].partition("/")[2]: one for one in found["uses"]}
    assert list(uses) == ["SY-KSHR-2026-02107-licence", "SY-KSHR-2026-02160-licence"]
    [kept], [revoked] = (one["acts"] for one in uses.values())
    assert kept["to_examine"] is True
    assert "examined_anew" not in kept
    assert names(revoked["decided_after_told"]) == ["licence-2160-decided"]
    assert names(revoked["examined_anew"]) == ["licence-2160-reexamined"]
    assert "to_examine" not in revoked
    assert found["counts"] == {
        "acts": 2, "departments": 1, "decisive": 2, "supporting": 0, "checked_only": 0,
        "not_stated": 0,
    }  # fmt: skip
    assert found["untold"] == []


def test_a_notice_of_one_version_says_nothing_of_another(fetched: Fetched) -> None:
    [use] = impact(fetched, Asked(LICENCE, "V4"))["uses"]
    assert "used_after_told" not in use
    assert "to_examine" not in use["acts"][0]


def test_who_used_it_after_being_told_is_told_apart(fetched: Fetched) -> None:
    """Had the notice come first, the use would have come after it."""
    notice = next(one for one in fetched.said if told().name(one.index) == "licence-2160-noticed")
    early = type(notice)(
        1, notice.recorded_at, notice.event, notice.digest, notice.role, notice.voice,
        notice.stands_for,
    )  # fmt: skip
    said = [early, *(one for one in fetched.said if one.index not in (1, notice.index))]
    found = impact(replace(fetched, said=said), Asked(LICENCE, "V3"))
    assert [one["used_after_told"] for one in found["uses"]] == [[1], [1]]


def test_who_was_told_and_what_he_answered(fetched: Fetched) -> None:
    lines = impact(fetched, Asked(LICENCE, "V3"))["told"]
    assert [(one["department"], one["type"], one["outcome"]) for one in lines] == [
        (LX, "notice.issued", "use_stopped"),
        (LX, "recall.issued", "use_stopped"),
    ]
    unheard = replace(
        fetched, said=[one for one in fetched.said if one.type != "notice.acknowledged"]
    )
    whats = [one["what"] for one in impact(unheard, Asked(LICENCE, "V3"))["told"]]
    assert whats == ["told", "notice_unanswered"] * 2


def test_one_delivery_alone(fetched: Fetched) -> None:
    delivery = ref("sc", "JF-KSHR-2026-02160-licence")
    found = impact(fetched, Asked(LICENCE, delivery=delivery))
    assert [one["delivery"] for one in found["uses"]] == [delivery]
    none = impact(fetched, Asked(LICENCE, delivery=ref("sc", "never")))
    assert (none["uses"], none["counts"]["acts"]) == ([], 0)


def test_what_was_received_without_a_use_on_record_is_told(fetched: Fetched) -> None:
    delivery = ref("sc", "JF-KSHR-2026-02160-licence")
    said = [
        one
        for one in fetched.said
        if one.type != "use.recorded" or one.refs.get("delivery") != delivery
    ]
    [found] = impact(replace(fetched, said=said), Asked(LICENCE, "V3"))["unused"]
    assert (found["ref"], found["department"]) == (delivery, LX)


@pytest.mark.parametrize("item", sorted({one.refs["item"] for one in told().said
                                         if one.type == "use.recorded"}))  # fmt: skip
def test_decisive_comes_first_and_every_line_rests_on_something(
    fetched: Fetched, item: str
) -> None:
    found = impact(fetched, Asked(item))
    grades = ["decisive", "supporting", "checked_only", "not_stated"]
    order = [grades.index(one["grade"]) for one in found["uses"]]
    assert order == sorted(order)
    for name in ("told", "untold", "unused", "uses", "derived"):
        for one in found[name]:
            assert one["entries"]
            assert one["because"]["code"] == "4.6/10"


def derived(said: Any, source: str) -> Any:
    """The same entry of the catalogue, made from another item."""
    data = {**said.data, "derived_from": [{"item": source, "step": "cleaned"}]}
    return msgspec.structs.replace(said, event={**said.event, "data": data})


def test_what_was_derived_is_followed_and_never_round_in_a_circle(fetched: Fetched) -> None:
    """The licence is made from the population register, and that again from the licence."""
    register = ref("ga", "RK-001")
    made = {LICENCE: register, register: LICENCE}
    said = [
        derived(one, made[one.refs["item"]])
        if one.type in ("item.published", "item.amended") and one.refs["item"] in made
        else one
        for one in fetched.said
    ]
    found = impact(replace(fetched, said=said), Asked(register, "never"))
    [item] = found["derived"]
    assert (item["ref"], item["way"]) == (LICENCE, [register, LICENCE])
    assert {tuple(one["way"]) for one in found["uses"]} == {(register, LICENCE)}
    own = impact(fetched, Asked(LICENCE))["uses"]
    assert [one["ref"] for one in found["uses"]] == [one["ref"] for one in own]
    assert impact(fetched, Asked(register, "never"))["uses"] == []


def test_what_is_searched_for_reaches_what_was_derived(fetched: Fetched) -> None:
    register = ref("ga", "RK-001")
    said = [derived(one, register) if one.type == "item.published" and one.refs["item"] == LICENCE
            else one for one in fetched.said]  # fmt: skip
    wanted = further(Chain(replace(fetched, said=said)), Asked(register))
    terms = {one.terms for one in wanted}
    assert (f"item/{LICENCE}", "type/use.recorded") in terms
    assert (f"act/{ref('lx', 'KSHR-2026-02160')}", "family/acts") in terms


def test_what_follows_is_prepared_as_events_that_can_be_signed(fetched: Fetched) -> None:
    telling = ("notice.issued", "recall.issued")
    untold = [one for one in fetched.said if one.type not in telling]
    found = impact(replace(fetched, said=untold), Asked(LICENCE, "V3"))
    events = dict(prepared(found))
    assert list(events) == ["notice", "reexamine-1"]  # the other act was examined anew already
    notice = events["notice"]["data"]
    assert (notice["consumers"], notice["affected_versions"]) == ([LX], ["V3"])
    assert events["notice"]["source"] == f"/departments/{department_id('sc')}"
    assert events["reexamine-1"]["source"] == f"/departments/{LX}"
    assert events["reexamine-1"]["data"]["outcome"] == "pending"
    for event in events.values():
        signed = {**event, "data": {**event["data"], "signers": ["0" * 64]}}
        assert EVENT_TYPES[event["type"]].check(signed)


def test_who_was_told_is_not_told_again(fetched: Fetched) -> None:
    names = [name for name, _ in prepared(impact(fetched, Asked(LICENCE, "V3")))]
    assert names == ["reexamine-1"]


def test_the_order_of_fetching_does_not_matter(fetched: Fetched) -> None:
    said: list[Any] = [*fetched.said]
    random.Random(7).shuffle(said)
    one, other = (
        json.dumps(impact(made, Asked(LICENCE)), sort_keys=True)
        for made in (fetched, replace(fetched, said=said))
    )
    assert one == other


def test_of_what_nothing_is_said_there_is_no_answer(fetched: Fetched) -> None:
    with pytest.raises(LookupError):
        impact(fetched, Asked(ref("sc", "never")))
