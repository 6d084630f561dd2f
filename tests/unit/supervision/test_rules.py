"""Every rule finds what its fixture says, and nothing where it must not; emptied, it fails."""

import re
from collections.abc import Iterator
from dataclasses import replace
from string import Formatter
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import convert, structs

from crypto.notation import TIME
from ledger.builtin_fixtures import fixtures, usual
from ledger.builtin_packs import built_in, demands
from ledger.events.types import EVENT_TYPES
from ledger.sharing.touched import MACHINES
from ledger.supervision.articles import article_name
from ledger.supervision.fixture import FIRST, Kept, Story, found_in, registry_of, told
from ledger.supervision.pack_values import Pack
from ledger.supervision.rule import BASES, FAMILIES, SEVERITIES, Found, Rule
from ledger.supervision.rules import BY_ID, LEFT_OUT, RULES
from ledger.supervision.scene import Scene
from ledger.supervision.supervisor import Supervisor
from ledger.supervision.words import spoken

IDS = [rule.id for rule in RULES]
NOW = "2026-07-01T00:00:00.000Z"
STORIES = [
    pytest.param(rule, kind, story, id=f"{rule}-{kind}-{number}")
    for rule, fixture in sorted(fixtures().items())
    for kind in ("positive", "negative")
    for number, story in enumerate(getattr(fixture, kind), 1)
]


def judged(rule: Rule, story: Story) -> list[dict[str, object]]:
    """What *rule* finds in a story among all rules, as fixtures write it."""
    rules = [rule if one.id == rule.id else one for one in RULES]
    return [
        {"line": one["entry"] - FIRST, "department": one["department"], "facts": one["facts"]}
        for one in found_in(story, usual(), rules, built_in())
        if one["rule"] == rule.id
    ]


@pytest.mark.parametrize(("rule", "kind", "story"), STORIES)
def test_a_rule_finds_what_its_fixture_says(rule: str, kind: str, story: Story) -> None:
    assert judged(BY_ID[rule], story) == list(story.found)
    assert bool(story.found) == (kind == "positive")


@pytest.mark.parametrize(("rule", "kind", "story"), STORIES)
def test_what_fixtures_say_can_be_said(rule: str, kind: str, story: Story) -> None:
    for one in told(story, usual()):
        declared = EVENT_TYPES[one.event["type"]].data
        convert(one.event["data"], declared.wire)
        assert declared.beyond is None or declared.beyond(one.event["data"]), one.event["type"]


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_that_is_emptied_fails_its_fixture(rule: str) -> None:
    """The mutation: a judge that finds nothing fails each positive; one that always does, each
    negative. A fixture that could not fail would prove nothing."""

    def nothing(_scene: Scene) -> Iterator[Found]:
        yield from ()

    def always(scene: Scene) -> Iterator[Found]:
        yield Found(scene.said.source, {})

    fixture = fixtures()[rule]
    for story in fixture.positive:
        assert judged(replace(BY_ID[rule], judge=nothing), story) != list(story.found)
    for story in fixture.negative:
        assert judged(replace(BY_ID[rule], judge=always), story) != list(story.found)


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_has_a_fixture_for_each_way(rule: str) -> None:
    fixture = fixtures()[rule]
    assert fixture.positive
    assert fixture.negative


@pytest.mark.parametrize("rule", IDS)
def test_every_citation_resolves(rule: str) -> None:
    texts = [text for pack in built_in().packs.packs for text in (pack.texts or {}).values()]
    for citation in BY_ID[rule].citations:
        if citation.startswith("809:"):
            name = article_name(int(citation.removeprefix("809:")))
            assert any(name in articles for articles in texts), citation
        else:
            assert re.fullmatch(r"S\d\d", citation)
            assert 1 <= int(citation[1:]) <= 67
            assert demands()[citation]
            assert re.search(r"[\u4e00-\u9fff]", demands()[citation].zh)


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_rests_on_what_the_pack_says_it_does(rule: str) -> None:
    one = BY_ID[rule]
    switch = built_in().packs.in_force(NOW, None).parameter(rule, "on")
    assert one.basis == switch.basis
    if one.basis == "law":
        cited = [c.removeprefix("809:") for c in one.citations if c.startswith("809:")]
        assert switch.article in {article_name(int(number)) for number in cited}


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_asks_for_numbers_that_a_pack_has(rule: str) -> None:
    held = built_in().packs.in_force(NOW, None)
    for name in BY_ID[rule].parameters:
        assert held.value(rule, name) >= 1
    for of, name in BY_ID[rule].borrows:
        assert of != rule
        assert held.value(of, name) >= 1


def test_an_incident_is_reported_late_where_its_clock_says_so_and_nowhere_else() -> None:
    """F34 and O15 have one number: who shortens it shortens both."""
    shorter = [
        "2026-06-01T01:00 SJ.xu.handler rules.adopted",
        {
            "pack": "yunling-reports",
            "version": "1",
            "layer": "local",
            "region": "530000",
            "supersedes": None,
            "effective": {"from": "2026-06-01T00:00"},
            "parameters": [
                {"rule": "O15", "name": "report", "value": 12, "unit": "hours", "basis": "policy"}
            ],
        },
    ]
    for found_at, lines, late in (
        ("2026-07-01T12:59", [shorter], True),
        ("2026-07-01T13:00", [shorter], False),
        ("2026-07-01T12:59", [], False),
        ("2026-07-01T00:59", [], True),
    ):
        report = [
            "2026-07-02T01:00 MZ.zhang.handler incident.reported incident=MZ/IN-1",
            {"found_at": found_at, "measures": ["isolated"]},
        ]
        story = Story("", "", [*lines, report])
        why = [one["facts"]["why"] for one in judged(BY_ID["F34"], story)]  # type: ignore[index]
        assert why == (["reported_late"] if late else []), (found_at, len(lines))


@pytest.mark.parametrize("rule", IDS)
def test_a_message_names_the_facts_in_both_languages(rule: str) -> None:
    one = BY_ID[rule]
    facts = {
        name for story in fixtures()[rule].positive for f in story.found for name in f["facts"]
    }
    for text in (str(one.message), one.message.zh):
        named = {name for _, name, _, _ in Formatter().parse(text) if name}
        assert named
        assert named <= facts
    for story in fixtures()[rule].positive:
        for found in story.found:
            told_ = one.told(found["facts"])
            assert re.search(r"[\u4e00-\u9fff]", told_.zh)
            assert "违规" not in told_.zh


@pytest.mark.parametrize(
    ("rule", "fact", "kind", "path"),
    [
        ("F6", "reason", "key.revoked", ("reason",)),
        ("F9", "kind", "use.recorded", ("use_kind",)),
        ("F28", "query", "access.recorded", ("reading", "query")),
        ("F32", "reason", "grant.terminated", ("reason",)),
    ],
)
def test_codes_of_a_statement_stand_in_a_message_as_words(
    rule: str, fact: str, kind: str, path: tuple[str, ...]
) -> None:
    """Each code that the rule can find, not only those of its fixture."""
    within: Any = EVENT_TYPES[f"zelian.{kind}.v1"].data
    for name in path:
        within = within.members[name]
    found = fixtures()[rule].positive[0].found[0]["facts"]
    codes = set(get_args(within.wire)) & FOUND.get(rule, set(get_args(within.wire)))
    assert codes
    for code in codes:
        assert code not in BY_ID[rule].told({**found, fact: code}).zh


# Of these codes alone the rule finds anything.
FOUND = {
    "F9": {"onward_third_party", "open_publication"},
    "F32": {"provider_cannot", "law_changed", "other", "not_stated"},
}


@pytest.mark.parametrize("rule", ["F17", "F38", "F40"])
def test_a_type_stands_in_a_message_by_its_label(rule: str) -> None:
    for name, declared in EVENT_TYPES.items():
        facts = fixtures()[rule].positive[0].found[0]["facts"] | {"type": name[7:-3]}
        told_ = BY_ID[rule].told(facts)
        assert f"“{declared.label_zh}”" in told_.zh
        assert name[7:-3] not in told_.zh
        assert name[7:-3] in str(told_)


@pytest.mark.parametrize("kind", sorted(set(MACHINES) - {"matter"}))
def test_f40_names_each_kind_of_thing_in_words(kind: str) -> None:
    """A matter is everybody's to name."""
    facts = {"kind": kind, "ref": "MZ/X-1", "type": "use.recorded"}
    assert f" {kind} " not in BY_ID["F40"].told(facts).zh


def test_rules_are_declared_with_known_words() -> None:
    for rule in RULES:
        assert rule.family in FAMILIES
        assert rule.basis in BASES
        assert rule.severity in SEVERITIES
        assert {f"zelian.{name}.v1" for name in rule.types} <= set(EVENT_TYPES)


def test_no_rule_is_forgotten() -> None:
    """Each of F1 to F40 is there, or is left out with the fact that is absent."""
    assert len(RULES) >= 30
    numbers = {f"F{number}" for number in range(1, 41)}
    assert set(IDS) | {one.id for one in LEFT_OUT} == numbers
    assert not set(IDS) & {one.id for one in LEFT_OUT}
    for one in LEFT_OUT:
        assert f"zelian.{one.carrier}.v1" in EVENT_TYPES


def test_the_names_of_articles() -> None:
    names = {11: "第十一条", 20: "第二十条", 25: "第二十五条", 40: "第四十条", 9: "第九条"}
    assert {number: article_name(number) for number in names} == names


def test_a_silenced_rule_finds_nothing_in_its_window_only() -> None:
    adjusted = [
        "2026-06-01T01:00 ZF.xu.handler law.adjusted",
        {
            "rules": ["F1"],
            "document": "云政发〔2026〕8号",
            "law": "政务数据共享条例",
            "articles": ["第二十条"],
            "effect": "suspended",
            "region": "530000",
            "window": {"from": "2026-07-01T00:00", "to": "2026-08-01T00:00"},
        },
    ]
    for day, found in (("2026-06-30", True), ("2026-07-15", False), ("2026-08-02", True)):
        use = f"{day}T01:00 MZ.zhang.handler use.recorded use=MZ/U-1 item=GA/I-1"
        story = Story("", "", [adjusted, [use]])
        assert bool(judged(BY_ID["F1"], story)) is found, day


def test_a_pack_is_named_by_what_it_switches_on() -> None:
    packs: dict[str, Pack] = {one.name.id: one for one in built_in().packs.packs}
    assert {"cn-809", "policy"} <= set(packs)
    story = fixtures()["F1"].positive[0]
    [one] = [f for f in found_in(story, usual(), RULES, built_in()) if f["rule"] == "F1"]
    assert one["pack"] == {"id": "cn-809", "version": "2025-1", "adopted_by": None}


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        ("2026-07-10T00:00:00.000Z", "2026-07-10 08:00:00 +08:00"),
        ("2026-07-10T16:30:00.000Z", "2026-07-11 00:30:00 +08:00"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31 23:59:59 +08:00"),  # the last T of all
    ],
)
def test_a_message_tells_times_with_their_zone(time: str, shown: str) -> None:
    """Facts keep the T; whoever reads the message reads China's clock."""
    message = BY_ID["F39"].told({"act": "MZ/A-1", "due": time, "at": NOW})
    assert f"was due at {shown};" in message
    assert f"应于 {shown} 前办结" in message.zh
    assert spoken([time, "handler", 3], zh=False) == f"{shown}, handler, 3"


EDGES = ("1970-01-01T00:00:00.000Z", "2026-12-30T16:00:00.000Z", "9999-12-31T23:59:59.999Z")
TOLD = [story.values[2] for story in STORIES]


def stretched(value: Any, draw: Any) -> Any:
    """Return a JSON value with other times in it, as far away as a T can say."""
    if isinstance(value, dict):
        return {name: stretched(one, draw) for name, one in value.items()}
    if isinstance(value, list):
        return [stretched(one, draw) for one in value]
    if isinstance(value, str) and TIME.match(value):
        return draw(st.sampled_from((value, *EDGES)))
    return value


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(TOLD), st.data())
def test_no_time_that_can_be_said_stops_a_rule_or_its_message(story: Story, data: Any) -> None:
    said = told(story, usual())
    registry = registry_of(story, said)
    supervisor = Supervisor(Kept(), RULES, built_in())
    for one in said:
        registry.advance(one.index + 1)
        event = {**one.event, "data": stretched(one.data, data.draw)}
        event["time"] = data.draw(st.sampled_from((one.event["time"], *EDGES)))
        for found in supervisor.take(structs.replace(one, event=event), registry).raised:
            assert BY_ID[found["rule"]].told(found["facts"]).zh
