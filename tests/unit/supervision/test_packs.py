"""Rule packs: who wins, what is stricter, what an adjustment silences, what the law says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec import convert

from ledger.builtin_packs import built_in
from ledger.events.types import EVENT_TYPES
from ledger.supervision.instruments import Instruments
from ledger.supervision.pack_values import Pack, event_data
from ledger.supervision.packs import Judging, Rules, in_force
from ledger.supervision.regions import around, covers
from tests.unit.supervision.clock_story import Places

NOW = "2026-03-02T01:00:00.000Z"
REPLY = ("O1", "reply_conditional")
LAW_TEXT = Path("../shared/law/decree-809.md")
EXAMPLE = Path("examples/packs/yunling-2026.json")


def parameter(value: int, rule: str = "O1", name: str = "reply_conditional", **more: Any) -> Any:
    unit = {"unit": "working_days", "basis": "policy"}
    return {"rule": rule, "name": name, "value": value} | unit | more


def pack(*parameters: Any, index: int = 5, region: str | None = None, **more: Any) -> Any:
    """Return an adopted pack, national where no region is given."""
    data = {
        "pack": "p", "version": "1", "layer": "local" if region else "national",
        "effective": {"from": "2026-01-01T00:00:00.000Z"}, "parameters": list(parameters),
    } | ({"region": region} if region else {}) | more  # fmt: skip
    return {"type": "rules.adopted", "index": index, "digest": f"{index:064x}", "region": None,
            "source": "SJ", "data": data}  # fmt: skip


def adjustment(index: int = 7, region: str | None = None, **more: Any) -> Any:
    window = {"from": "2026-03-01T00:00:00.000Z", "to": "2026-04-01T00:00:00.000Z"}
    data = {
        "document": "云人常〔2026〕5号", "law": "云岭省数据条例", "articles": ["第八条"],
        "effect": "suspended", "rules": ["O1"], "window": window,
    } | more  # fmt: skip
    return {"type": "law.adjusted", "index": index, "digest": f"{index:064x}", "region": region,
            "source": "ZF", "data": data}  # fmt: skip


def rules(*adopted: Any, at: str = NOW, region: str | None = None) -> Rules:
    return in_force(built_in().with_all(adopted).packs, at, region)


def reasons(found: Rules) -> list[tuple[str, int, str]]:
    return [(one.parameter.name, one.parameter.value, one.reason) for one in found.ignored]


# The built-in packs


def test_the_decree_stands_in_the_pack_and_nobody_adopted_it() -> None:
    found = rules()
    numbers = {
        ("O1", "reply_unconditional"): 1, REPLY: 10, ("O1", "extension_ceiling"): 10,
        ("O2", "provide"): 20, ("O3", "update"): 10, ("O3", "extension_ceiling"): 5,
        ("O3", "review"): 2, ("O4", "correct"): 10,
    }  # fmt: skip
    assert {key: found.value(*key) for key in numbers} == numbers
    for key in numbers:
        one = found.parameter(*key)
        assert (one.basis, one.unit, one.law) == ("law", "working_days", "政务数据共享条例")
        assert not one.pack.adopted


def test_every_other_period_of_a_clock_is_policy() -> None:
    clocks = [one for one in rules().parameters.values() if one.rule.startswith("O")]
    periods = [one for one in clocks if one.unit not in ("flag", "count")]
    by_law = {one.key for one in periods if one.basis == "law"}
    assert by_law == {
        ("O1", "reply_unconditional"), REPLY, ("O1", "extension_ceiling"), ("O2", "provide"),
        ("O3", "update"), ("O3", "extension_ceiling"), ("O3", "review"), ("O4", "correct"),
    }  # fmt: skip
    assert {one.basis for one in periods if one.key not in by_law} == {"policy"}


def test_each_parameter_is_declared_and_each_declaration_has_a_value() -> None:
    packs = built_in().packs
    assert rules().parameters.keys() == packs.declared.keys()
    assert rules().ignored == ()
    assert all(one.label and one.label.zh for one in packs.declared.values())


def test_before_the_decree_held_nothing_of_it_does() -> None:
    assert not rules(at="2025-07-31T15:59:59.999Z").is_on("O1")
    assert rules(at="2025-07-31T16:00:00.000Z").is_on("O1")


def cited() -> dict[str, str]:
    """Return the texts of the articles that the built-in packs carry."""
    found: dict[str, str] = {}
    for one in built_in().packs.packs:
        found |= (one.texts or {}).get("政务数据共享条例", {})
    return found


def test_every_article_that_a_pack_cites_has_its_text_there() -> None:
    articles = {one.article for one in rules().parameters.values() if one.article}
    assert articles <= cited().keys()


def test_the_texts_are_the_laws_own() -> None:
    if not LAW_TEXT.exists():
        pytest.skip("the text of decree 809 is not beside this folder")
    law = LAW_TEXT.read_text("utf-8")
    for article, text in cited().items():
        start = law.index(f"\n{article} ") + len(article) + 2
        ends = re.search(r"\n(第[一二三四五六七八九十]+条 |## )", law[start:])
        assert law[start:][: ends.start() if ends else None].strip() == text, article


@pytest.mark.parametrize("built", built_in().packs.packs, ids=lambda one: one.name.id)
def test_a_built_in_pack_can_be_adopted_as_it_is(built: Pack) -> None:
    data = event_data(built, document="云数规〔2026〕1号")
    checked(data | {"parents": [], "refs": {}})
    adopted = pack(index=9) | {"data": data}
    assert rules(adopted).parameter(*built.parameters[0].key).pack.adopted_by == 9


def checked(data: Any) -> None:
    kind = EVENT_TYPES["zelian.rules.adopted.v1"].data
    data = data | {"signers": ["0" * 64]}
    convert(data, kind.wire)
    assert kind.beyond is None or kind.beyond(data)


# Adopted over built in, newer over older


def test_an_adopted_pack_comes_over_the_built_in_one_from_its_day_to_its_last() -> None:
    effective = {"from": "2026-03-01T00:00:00.000Z", "to": "2026-03-03T00:00:00.000Z"}
    adopted = pack(parameter(7), effective=effective)
    assert [
        rules(adopted, at=f"2026-{day}T00:00:00.000Z").value(*REPLY)
        for day in ("02-28", "03-01", "03-02", "03-03")
    ] == [10, 7, 7, 10]
    assert rules(adopted).parameter(*REPLY).pack.adopted
    assert not rules(adopted).parameter("O2", "provide").pack.adopted


def test_a_newer_version_takes_the_place_of_the_whole_older_one() -> None:
    older = pack(parameter(7), parameter(15, "O2", "provide"), index=5)
    newer = pack(parameter(8), index=6, version="2")
    assert rules(older, newer).value(*REPLY) == 8
    assert rules(older, newer).value("O2", "provide") == 20


def test_what_is_superseded_holds_no_more() -> None:
    older = pack(parameter(7), index=5, pack="a")
    newer = pack(parameter(15, "O2", "provide"), index=6, pack="b", supersedes=f"{5:064x}")
    assert rules(older, newer).value(*REPLY) == 10


def test_a_pack_switches_a_rule_off() -> None:
    off = pack(parameter(0, "F17", "on", unit="flag"))
    assert rules().is_on("F17")
    assert not rules(off).is_on("F17")
    switched = rules(off).pack("F17")
    assert switched is not None
    assert switched.adopted_by == 5


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (parameter(5, name="nonsense"), "unknown"),
        (parameter(5, unit="days"), "other_unit"),
        (parameter(0), "no_period"),
        (parameter(-1), "no_period"),
    ],
)
def test_what_no_rule_can_use_is_left_out_and_shown(one: Any, reason: str) -> None:
    found = rules(pack(one))
    assert reasons(found) == [(one["name"], one["value"], reason)]
    assert found.value(*REPLY) == 10


# Local: stricter only


@pytest.mark.parametrize(
    ("one", "want", "left_out"),
    [
        (parameter(5), 5, None),
        (parameter(10), 10, None),
        (parameter(11), 10, "laxer"),
        (parameter(2, "F10", "sources", unit="sources"), 2, None),
        (parameter(9, "F10", "sources", unit="sources"), 4, "laxer"),
        (parameter(0, "F17", "on", unit="flag"), 1, "laxer"),
        (parameter(9, "clocks", "due_soon"), 2, "not_local"),
    ],
)
def test_a_local_parameter_counts_where_it_is_stricter(
    one: Any, want: int, left_out: str | None
) -> None:
    found = rules(pack(one, region="990000"), region="990000")
    assert found.value(one["rule"], one["name"]) == want
    assert [reason for *_, reason in reasons(found)] == ([left_out] if left_out else [])


def test_a_local_pack_holds_in_its_division_and_what_lies_in_it() -> None:
    local = pack(parameter(5), region="990100")
    where = ("990100", "990102", "990200", "990000", None)
    assert [rules(local, region=one).value(*REPLY) for one in where] == [5, 5, 10, 10, 10]


def test_a_county_may_be_stricter_than_its_province_and_not_laxer() -> None:
    province = pack(parameter(5), index=6, region="990000")
    county = pack(parameter(3), parameter(30, "O2", "provide"), index=5, region="990102")
    found = rules(county, province, region="990102")
    assert (found.value(*REPLY), found.value("O2", "provide")) == (3, 20)
    laxer = pack(parameter(7), index=7, region="990102")
    found = rules(laxer, province, region="990102")
    assert found.value(*REPLY) == 5
    assert reasons(found) == [("reply_conditional", 7, "laxer")]


def test_nobody_adopts_for_anothers_division() -> None:
    foreign = pack(parameter(5), region="990000") | {"region": "980000"}
    assert rules(foreign, region="990000").value(*REPLY) == 10
    known = built_in().with_all([foreign]).packs.packs
    assert [one.competent for one in known] == [True, True, False]


# Adjustments of law


def test_an_adjustment_silences_its_rule_inside_its_window_only() -> None:
    days = ("02-28", "03-01", "03-31", "04-01")
    found = [rules(adjustment(), at=f"2026-{day}T00:00:00.000Z") for day in days]
    assert [one.is_on("O1") for one in found] == [True, False, False, True]
    assert all(one.is_on("O2") for one in found)


def test_an_adjustment_holds_for_those_whom_it_names() -> None:
    found = rules(adjustment(departments=["GA"], items=["GA/I-1"]))
    assert not found.is_on("O1", "GA", ["GA/I-1"])
    assert found.is_on("O1", "GA", ["GA/I-2"])
    assert found.is_on("O1", "MZ", ["GA/I-1"])
    assert found.is_on("O1")


def test_an_adjustment_holds_in_the_division_of_whoever_made_it() -> None:
    made = adjustment(region="990000")
    assert not rules(made, region="990100").is_on("O1")
    assert rules(made, region="980000").is_on("O1")
    beyond = made | {"data": made["data"] | {"region": "980000"}}
    assert rules(beyond, region="980000").is_on("O1")


def test_an_adjustment_may_give_another_number_even_a_laxer_one() -> None:
    longer = adjustment(effect="adjusted", parameters=[parameter(30)])
    found = rules(longer)
    assert found.is_on("O1")
    assert (found.value(*REPLY), found.value("O1", "extension_ceiling")) == (30, 10)
    assert found.adjusted("O1")[0].index == 7
    assert not rules(adjustment(effect="adjusted")).is_on("O1")


def test_an_adjustment_by_a_number_that_no_rule_can_use_changes_nothing() -> None:
    found = rules(adjustment(effect="adjusted", parameters=[parameter(30, unit="percent")]))
    assert found.is_on("O1")
    assert found.value(*REPLY) == 10


# By department


def test_the_rules_are_asked_with_a_department() -> None:
    packs = built_in().with_all([pack(parameter(5), region="990000")]).packs
    judging = Judging(packs, Places({"GA": "990100"}))
    assert judging.at(NOW, "GA").value(*REPLY) == 5
    assert judging.at(NOW, "MZ").value(*REPLY) == 10
    held = judging.at(NOW, "GA", frozenset({"GA/I-1"}))
    assert held.is_on("O1")
    assert held.pack_of("O1").id == "cn-809"
    with pytest.raises(LookupError, match="F99"):
        held.pack_of("F99")


def test_a_division_lies_in_those_around_it() -> None:
    assert around("990102") == ("990102", "990100", "990000", None)
    assert around("990000") == ("990000", None)
    assert covers(None, "990000")
    assert not covers("990100", "990000")


def test_what_was_adopted_is_kept_as_json() -> None:
    kept = json.loads(json.dumps([pack(parameter(7)), adjustment()]))
    again: Instruments = built_in().with_all(kept)
    assert in_force(again.packs, NOW, None).value(*REPLY) == 7


def test_a_regions_days_are_its_own_to_set() -> None:
    data = {"year": 2026, "version": "1", "region": "990000", "off": ["2026-08-07"], "work": []}
    one = {"type": "calendar.adopted", "index": 5, "digest": "0" * 64, "source": "SJ"}
    own, foreign = one | {"region": "990000"}, one | {"region": "980000"}
    years = [built_in().with_all([it | {"data": data}]).calendar.years for it in (own, foreign)]
    assert [len(known) for known in years] == [3, 2]


# The example


def test_the_example_is_an_event_that_lacks_only_what_signing_fills_in() -> None:
    event = json.loads(EXAMPLE.read_text("utf-8"))
    checked(event["data"])
    data = event["data"]
    adopted = pack(index=9) | {"region": data["region"], "data": data}
    found = rules(adopted, at="2026-07-01T00:00:00.000Z", region="990000")
    assert found.ignored == ()
    assert found.value(*REPLY) == 5
    assert {one.pack.id for one in found.parameters.values() if one.pack.adopted} == {"yunling"}
    assert sum(one.pack.id == "yunling" for one in found.parameters.values()) == len(
        data["parameters"]
    )
