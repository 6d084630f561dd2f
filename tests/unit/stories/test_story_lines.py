"""What is said: every line is linked to what it relies on, and there is something to learn."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from cli.stories import road_conditions
from cli.stories.catalogue import GRANTS, ITEMS
from cli.stories.credit_supervision import WITHOUT_GRANT
from cli.stories.departments import department_id
from cli.stories.line import DAY_MS, HOUR_MS, Line, at, voice
from cli.stories.officials import LEAVING, OFFICIALS, REKEYED
from cli.stories.smart_prison import NIGHT
from cli.stories.whole import NOTABLE, STORIES, all_lines
from crypto.merkle import leaf_hash, root_of

LINES = all_lines()
BY_NAME = {line.name: line for line in LINES}
TOLD = [line for line in LINES if line.story is not None]
ACTS = sorted({line.act for line in TOLD if line.act is not None and line.kind == "delivery.sent"})
UNDER_AN_AGREEMENT = "food-grading-q3-platform-used"
DRIFTED = "birth-drift-used"
NINE = {
    "company_registration",
    "credit_supervision",
    "food_safety",
    "birth_service",
    "smart_prison",
    "licence_recognition",
    "road_conditions",
    "emergency_control",
    "life_course",
}


def ancestors(line: Line) -> set[str]:
    """Return the names of all lines on which *line* relies, however far back."""
    found = set(line.parents)
    for parent in line.parents:
        found |= ancestors(BY_NAME[parent])
    return found


def test_there_are_nine_stories_and_no_name_comes_twice() -> None:
    """Few enough to be told in seconds."""
    assert len(LINES) < 900
    assert len(BY_NAME) == len(LINES)
    assert set(STORIES) == NINE


def test_no_line_relies_on_a_later_one() -> None:
    """Parents come before in the order of telling; no two lines are told at once."""
    assert all(one.when.offset_ms < two.when.offset_ms for one, two in pairwise(LINES))
    told: set[str] = set()
    for line in LINES:
        assert told.issuperset(line.parents), line.name
        assert line.when.offset_ms >= line.time.offset_ms
        told.add(line.name)


def test_people_speak_in_working_hours() -> None:
    """From Monday to Friday, 8 to 18 o'clock, but for the thief; systems whenever they like."""
    for line in LINES:
        if line.voice.official is None or line.name == NIGHT:
            continue
        day, within = divmod(line.when.offset_ms, DAY_MS)
        assert day % 7 < 5, line.name
        assert 8 * HOUR_MS <= within < 18 * HOUR_MS, line.name


@pytest.mark.parametrize("story", sorted(NINE))
def test_each_story_goes_from_the_catalogue_to_disposal(story: str) -> None:
    """Every paper of one share at least, each linked to the one before."""
    lines = {line.name: line for line in STORIES[story].lines}
    kinds = Counter(line.kind for line in lines.values())
    assert set(kinds) >= {
        "request.made", "request.replied", "assessment.recorded", "grant.issued",
        "delivery.sent", "delivery.received", "use.recorded", "act.opened", "act.decided",
        "feedback.effect", "feedback.acknowledged", "storage.recorded", "disposal.required",
        "disposal.done", "disposal.accepted",
    }  # fmt: skip
    for line in lines.values():
        if line.kind in ("request.made", "request.replied"):
            [consent] = [
                one for one in lines.values()
                if one.kind == "statement.countersigned" and line.name in one.parents
            ]  # fmt: skip
            assert consent.voice.tier == "office_head"
            assert consent.voice.department == line.voice.department
    accepted = next(line for line in lines.values() if line.kind == "disposal.accepted")
    reached = {lines[name].kind for name in ancestors(accepted)}
    assert reached >= {"storage.recorded", "disposal.required", "disposal.done"}
    assert ("grant.terminated" in reached) is (story != "emergency_control")  # that one ran out
    shared = {line.refs["item"] for line in lines.values() if line.kind == "delivery.sent"}
    published = {line.refs["item"] for line in LINES if line.kind == "item.reviewed"}
    assert shared <= published


@pytest.mark.parametrize("act", ACTS)
def test_each_act_is_complete(act: str) -> None:
    """Delivery, receipt, use, decision and feedback, each linked to the one before."""
    lines = {line.name: line for line in TOLD if line.act == act}
    kinds = Counter(line.kind for line in lines.values())
    assert kinds["delivery.sent"] == kinds["delivery.received"] > 0
    assert kinds["act.opened"] == kinds["act.decided"] == kinds["feedback.effect"] == 1
    for line in lines.values():
        parents = [BY_NAME[name].kind for name in line.parents]
        if line.kind == "delivery.received":
            assert parents == ["delivery.sent"]
        if line.kind == "use.recorded" and line.name != WITHOUT_GRANT:
            assert parents == ["delivery.received"]
        if line.kind in ("statement.countersigned", "feedback.quality", "feedback.effect"):
            assert "use.recorded" in parents
    uses = {line.refs["use"]: line.name for line in lines.values() if line.kind == "use.recorded"}
    for line in lines.values():
        if line.kind in ("act.decided", "act.revised"):
            rests_on = [one["use"] for one in line.data["evidence"] if "use" in one]
            assert rests_on
            assert {uses[use] for use in rests_on} <= ancestors(line), line.name
    [effect] = [line for line in lines.values() if line.kind == "feedback.effect"]
    reached = {BY_NAME[name].kind for name in ancestors(effect)}
    assert reached >= {"delivery.sent", "delivery.received", "use.recorded", "act.decided"}


def test_seven_providers_feed_one_registration() -> None:
    """Seven items of seven departments reach one act, and its effect credits all of them."""
    effect = BY_NAME["company-318-effect"]
    items = [part["item"] for part in effect.data["contributions"]]
    assert len(items) == 7
    assert len({item.partition("/")[0] for item in items}) == 7
    assert all("use" in part for part in effect.data["contributions"])
    used = [name for name in ancestors(effect) if BY_NAME[name].kind == "use.recorded"]
    assert {BY_NAME[name].refs["item"] for name in used} == set(items)


def test_two_uses_have_no_grant_and_all_others_have() -> None:
    """A firm grants nothing, so there is an agreement; the other is told like any other."""
    uses = [line for line in TOLD if line.kind == "use.recorded"]
    without = {line.name for line in uses if "grant" not in line.refs}
    assert without == {WITHOUT_GRANT, UNDER_AN_AGREEMENT}
    assert "delivery" not in BY_NAME[WITHOUT_GRANT].refs
    bound = {line.refs["use"] for line in TOLD if line.kind == "use.bound"}
    unbound = {line.name for line in uses if not ("act" in line.refs or line.refs["use"] in bound)}
    assert unbound == {NIGHT, DRIFTED}


def test_the_cases_that_teach_something_are_there() -> None:
    """One objection, partial and late receipts, one attested use, effect and quality."""
    objections = [line.name for line in TOLD if line.data.get("decision") == "object"]
    assert objections == [NOTABLE["objection"]]
    partial = [line for line in TOLD if line.data.get("result") == "partial"]
    assert BY_NAME[NOTABLE["partial_receipt"]] in partial
    for line in partial:
        [sent] = (BY_NAME[name] for name in line.parents)
        assert line.data["records"] < sent.data["records"]
        assert line.time.offset_ms - sent.time.offset_ms > DAY_MS
    attested = [line for line in TOLD if line.voice.official and line.voice.tier is None]
    assert [line.name for line in attested] == [NOTABLE["attested"]]
    assert attested[0].voice.keys == (attested[0].voice.department,)


def test_what_is_told_late_can_be_seen() -> None:
    """A use, an act from an archive, and an assessment that claims to be older than its share."""
    late = {line.name for line in LINES if line.when != line.time}
    assert late == {NOTABLE["late"], NOTABLE["back_dated"], "food-old-decided"}
    assessed, granted = BY_NAME[NOTABLE["back_dated"]], BY_NAME["papers-tracing-yj-granted"]
    assert assessed.time.offset_ms < granted.time.offset_ms < assessed.when.offset_ms
    sunset = granted.data["emergency"]["sunset"].offset_ms
    assert BY_NAME[NOTABLE["past_sunset"]].time.offset_ms > sunset
    pilot = BY_NAME["papers-birth-zw-assessed"]  # the other one was told before its share
    assert pilot.when.offset_ms < BY_NAME["papers-birth-zw-granted"].when.offset_ms


def test_nobody_authorises_his_own_reading() -> None:
    """A scope comes from another body than the one that reads; else it would open nothing."""
    scopes = [line for line in TOLD if line.kind == "scope.granted"]
    assert len(scopes) == 2
    for line in scopes:
        assert line.data["body"] != department_id(line.voice.department)


def test_a_window_gives_the_root_of_its_calls() -> None:
    """Both who count have the same root, and it is that of the log."""
    window, platform = BY_NAME[NOTABLE["window"]], BY_NAME[f"{NOTABLE['window']}-platform"]
    calls = road_conditions.call_log("2 08")
    assert window.data["count"] == len(calls)
    assert window.data["log_root"] == root_of([leaf_hash(call) for call in calls]).hex()
    assert {**window.data, "counted_by": "platform"} == platform.data


def test_who_leaves_says_nothing_after_and_who_comes_nothing_before() -> None:
    """Of those who leave during the stories, one had something to say before."""
    assert BY_NAME[NOTABLE["released"]].data["appointee"] in LEAVING
    for who, ends in LEAVING.items():
        spoken = [line.when.offset_ms for line in TOLD if line.voice.official == who]
        assert all(when < at(ends).offset_ms for when in spoken)
    assert [line for line in TOLD if line.voice.official == "xf-1187"]
    for one in OFFICIALS:
        if one.arrives is not None:
            spoken = [line.when.offset_ms for line in TOLD if line.voice.official == one.id]
            assert spoken
            assert min(spoken) > at(one.arrives).offset_ms


def test_nothing_is_signed_with_a_revoked_key() -> None:
    """The old key falls silent, the new one is used; the thief signed before."""
    for old, change in REKEYED.items():
        revoked = BY_NAME[f"revoked-{old}"]
        assert revoked.data["reason"] == change.reason
        with_old = [line.when.offset_ms for line in TOLD if old in line.voice.keys]
        assert max(with_old) < revoked.when.offset_ms
    assert [line for line in TOLD if "cs-7201-2" in line.voice.keys]
    stolen = BY_NAME[NOTABLE["compromised"]]
    assert stolen.data["since"].offset_ms < BY_NAME[NIGHT].when.offset_ms < stolen.when.offset_ms


def test_deliveries_come_from_the_item_s_provider_and_go_to_who_uses_them() -> None:
    """Provider, consumer, grant and item agree in every delivery, receipt and use."""
    items = {item.ref: item for item in ITEMS.values()}
    for line in TOLD:
        if "delivery" not in line.refs:
            continue
        item = items[line.refs["item"]]
        provider, speaker = department_id(item.provider), department_id(line.voice.department)
        if "grant" in line.refs:
            assert line.refs["grant"].partition("/")[0] == provider
        if line.kind == "delivery.sent":
            assert speaker == provider
            assert line.data["consumer"] == (line.act or "").partition("/")[0]
        if line.kind == "delivery.received":
            assert line.data["provider"] == provider
            assert speaker == (line.act or "").partition("/")[0]


def test_every_item_and_every_grant_is_used() -> None:
    """The catalogue holds nothing that no story needs."""
    uses = [line for line in TOLD if line.kind == "use.recorded"]
    assert {line.refs["item"] for line in uses} == {item.ref for item in ITEMS.values()}
    assert {item for item, _ in GRANTS} | {"platform"} == set(ITEMS)
    issued = {line.refs["grant"] for line in TOLD if line.kind == "grant.issued"}
    assert {line.refs["grant"] for line in uses if "grant" in line.refs} == issued
    assert len(issued) == len(GRANTS)


def test_voices() -> None:
    """An official, a gateway, and a gateway that names an official."""
    assert voice("ga-3071").tier == "handler"
    assert voice("cs-7208").tier == "reviewer"
    assert voice("ga").official is None
    assert voice("registrar").keys == ("registrar",)
    assert voice("wj:wj-4102").keys == ("wj",)
    assert voice("wj:wj-4102").official == "wj-4102"
    with pytest.raises(KeyError):
        voice("nobody")


def test_times_count_from_the_first_monday() -> None:
    """Days may be negative; hours, minutes and seconds are China's."""
    assert at("0 00:00:00").offset_ms == 0
    assert at("-1 23:00:01").offset_ms == -HOUR_MS + 1_000
    assert at("8 09:33:51").offset_ms == 8 * DAY_MS + 9 * HOUR_MS + 33 * 60_000 + 51_000


def test_texts_are_chinese_and_short() -> None:
    """No text tells of a person, a number of one, or a place that exists."""
    for line in TOLD:
        for name in ("reason", "narrative", "description", "purpose"):
            text = line.data.get(name, "")
            if not isinstance(text, str) or text.isascii():
                continue  # a code
            assert len(text) <= 60
            assert not re.search(r"[A-Za-z]{2}|[0-9]{5}|某", text), text
