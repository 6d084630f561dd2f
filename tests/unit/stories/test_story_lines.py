"""What is said: every line is linked to what it relies on, and there is something to learn."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from cli.stories.catalogue import GRANTS, ITEMS
from cli.stories.company_registration import WITHOUT_GRANT
from cli.stories.departments import department_id
from cli.stories.line import DAY_MS, HOUR_MS, Line, at, voice
from cli.stories.officials import LEAVING, NEW_KEY, REKEYED
from cli.stories.whole import NOTABLE, STORIES, all_lines

LINES = all_lines()
BY_NAME = {line.name: line for line in LINES}
TOLD = [line for line in LINES if line.story is not None]
ACTS = sorted({line.act for line in TOLD if line.act is not None})


def ancestors(line: Line) -> set[str]:
    """Return the names of all lines on which *line* relies, however far back."""
    found = set(line.parents)
    for parent in line.parents:
        found |= ancestors(BY_NAME[parent])
    return found


def test_there_are_as_many_as_a_person_can_look_through() -> None:
    """60 to 160 statements, each with a name of its own."""
    assert 60 <= len(LINES) <= 160
    assert len(BY_NAME) == len(LINES)
    assert set(STORIES) == {"company_registration", "birth_service", "food_safety"}


def test_no_line_relies_on_a_later_one() -> None:
    """Parents come before, in claimed time and in the order of telling; no two times agree."""
    assert all(one.time.offset_ms < two.time.offset_ms for one, two in pairwise(LINES))
    told: set[str] = set()
    for line in LINES:
        assert told.issuperset(line.parents), line.name
        told.add(line.name)


def test_people_speak_in_working_hours() -> None:
    """From Monday to Friday, 8 to 18 o'clock; systems whenever they like."""
    for line in LINES:
        if line.voice.official is None:
            continue
        day, within = divmod(line.time.offset_ms, DAY_MS)
        assert day % 7 < 5, line.name
        assert 8 * HOUR_MS <= within < 18 * HOUR_MS, line.name


@pytest.mark.parametrize("act", ACTS)
def test_each_act_is_complete(act: str) -> None:
    """Delivery, receipt, use, countersigning and feedback, each linked to the one before."""
    lines = {line.name: line for line in TOLD if line.act == act}
    kinds = Counter(line.kind for line in lines.values())
    assert kinds["delivery.sent"] == kinds["delivery.received"] > 0
    for line in lines.values():
        parents = [BY_NAME[name].kind for name in line.parents]
        if line.kind == "delivery.received":
            assert parents == ["delivery.sent"]
        if line.kind == "use.recorded" and line.name != WITHOUT_GRANT:
            assert parents == ["delivery.received"]
        if line.kind in ("statement.countersigned", "feedback.quality", "feedback.effect"):
            assert "use.recorded" in parents
    [effect] = [line for line in lines.values() if line.kind == "feedback.effect"]
    reached = {lines[name].kind for name in ancestors(effect)}
    assert reached >= {
        "delivery.sent",
        "delivery.received",
        "use.recorded",
        "statement.countersigned",
    }


def test_seven_providers_feed_one_registration() -> None:
    """Seven items of seven departments reach one act, and its effect credits all of them."""
    effect = BY_NAME["company-318-effect"]
    items = [part["item"] for part in effect.data["contributions"]]
    assert len(items) == 7
    assert len({item.partition("/")[0] for item in items}) == 7
    assert all("use" in part for part in effect.data["contributions"])
    used = [name for name in ancestors(effect) if BY_NAME[name].kind == "use.recorded"]
    assert {BY_NAME[name].refs["item"] for name in used} == set(items)


def test_one_use_has_no_grant_and_all_others_have() -> None:
    """It is told like any other: that is the point of it."""
    uses = [line for line in TOLD if line.kind == "use.recorded"]
    assert [line.name for line in uses if "grant" not in line.refs] == [WITHOUT_GRANT]
    assert "delivery" not in BY_NAME[WITHOUT_GRANT].refs
    assert all("act" in line.refs for line in uses)


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


def test_one_official_leaves_and_one_key_is_replaced_at_the_end() -> None:
    """Nothing is signed with a revoked key, nor said by one who left; the new key is used."""
    released, revoked = BY_NAME[NOTABLE["released"]], BY_NAME[NOTABLE["revoked"]]
    by_leaver = [line for line in TOLD if line.voice.official == LEAVING]
    assert by_leaver
    assert max(line.time.offset_ms for line in by_leaver) < released.time.offset_ms
    with_old = [line for line in TOLD if REKEYED in line.voice.keys]
    assert max(line.time.offset_ms for line in with_old) < revoked.time.offset_ms
    assert [line for line in TOLD if NEW_KEY in line.voice.keys]


def test_deliveries_come_from_the_item_s_provider_and_go_to_who_uses_them() -> None:
    """Provider, consumer, grant and item agree in every delivery, receipt and use."""
    for line in TOLD:
        if "delivery" not in line.refs:
            continue
        owner = line.refs["item"].partition("/")[0]
        speaker = department_id(line.voice.department)
        assert line.refs["grant"].partition("/")[0] == owner
        if line.kind == "delivery.sent":
            assert speaker == owner
            assert line.data["consumer"] == (line.act or "").partition("/")[0]
        if line.kind == "delivery.received":
            assert line.data["provider"] == owner
            assert speaker == (line.act or "").partition("/")[0]


def test_every_item_and_every_grant_is_used() -> None:
    """The catalogue holds nothing that no story needs."""
    assert {line.refs["item"] for line in TOLD if "item" in line.refs} == {
        item.ref for item in ITEMS.values()
    }
    assert {item for item, _ in GRANTS} == set(ITEMS)
    used = {line.refs["grant"] for line in TOLD if "grant" in line.refs}
    assert len(used) == len(GRANTS)


def test_voices() -> None:
    """An official, a gateway, and a gateway that names an official."""
    assert voice("ga-3071").tier == "handler"
    assert voice("cs-7208").tier == "reviewer"
    assert voice("ga").official is None
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
            assert len(text) <= 60
            assert not re.search(r"[A-Za-z]{2}|[0-9]{5}|某", text), text
