"""The terms of statements: what is searched for, and who may read."""

from typing import Any

import pytest

from crypto.chain import chain_names
from ledger.access.chain_sight import sees_all_of
from ledger.access.sight import EVERYTHING, NOTHING, Sight, visible
from ledger.access.terms import _plan_of, owner_of, terms_of
from ledger.events.types import EVENT_TYPES
from tests.unit.events.examples import PATHS, event_of, load, signers, town
from tests.unit.registry.story import Story, key

GA, MZ, TY = "GA", "MZ", "TY"


@pytest.fixture(scope="module")
def story() -> Story:
    made = Story()
    for department, region in ((GA, "530102"), (MZ, "530000"), (TY, None)):
        event = made.registered(department)
        event["data"] |= {"region": region} if region else {}
        made.log(event, *made.registrars)
    made.appoint("app-li", "li", GA, ["handler"])
    made.appoint("app-li-too", "li", TY, ["handler"])
    made.appoint("app-wang", "wang", TY, ["handler"])
    made.enrol(key("li"), GA, holder="li")
    made.enrol(key("system"), GA)
    return made


def of(
    story: Story,
    kind: str,
    refs: dict[str, str],
    data: dict[str, Any],
    by: str = "system",
    **top: Any,
) -> frozenset[str]:
    event = story.event(kind, GA, {"refs": refs, **data}, **top)
    event["data"]["signers"] = [key(by).key_id]
    return terms_of(event, story.registry, story.registry.size)


def test_a_delivery_is_read_by_its_source_its_consumer_and_the_owners_of_its_refs(
    story: Story,
) -> None:
    found = of(
        story,
        "delivery.sent",
        {"item": f"{GA}/I-1", "delivery": f"{GA}/D-1", "act": f"{TY}/A-1"},
        {"consumer": MZ, "channel": "api"},
        official="li",
        by="li",
    )
    assert found == {
        "type/delivery.sent", "family/sharing", f"department/{GA}", "official/li", "voice/signed",
        f"item/{GA}/I-1", f"delivery/{GA}/D-1", f"act/{TY}/A-1",
        f"reader/{GA}", f"reader/{MZ}", f"reader/{TY}",
        "area/530102", "area/530100", "area/530000",
    }  # fmt: skip


def test_owners_of_contributions_read_and_those_of_uses_do_not(story: Story) -> None:
    found = of(
        story,
        "feedback.effect",
        {"feedback": f"{GA}/F-1"},
        {"contributions": [{"item": f"{MZ}/I-9", "use": f"{TY}/U-1"}], "benefit": "time_saved"},
    )
    assert {f"item/{MZ}/I-9", f"use/{TY}/U-1", f"reader/{MZ}"} <= found
    assert f"reader/{TY}" not in found


def test_voice_purpose_subject_and_on_behalf_of(story: Story) -> None:
    found = of(
        story,
        "use.recorded",
        {"item": f"{GA}/I-1", "use": f"{GA}/U-1"},
        {"purpose_code": "dibao", "subject_ref": "ab" * 32, "on_behalf_of": MZ},
        official="li",
    )
    assert {"voice/attested", "purpose/dibao", "subject/" + "ab" * 32, f"reader/{MZ}"} <= found


def test_what_is_attested_in_the_name_of_anothers_official_his_department_reads(
    story: Story,
) -> None:
    """Else that something hidden joined his chain would show in its being closed."""
    sent = {"consumer": MZ, "channel": "api"}
    refs = {"item": f"{GA}/I-1", "delivery": f"{GA}/D-1"}
    assert f"reader/{TY}" in of(story, "delivery.sent", refs, sent, official="wang")
    assert f"reader/{TY}" not in of(story, "delivery.sent", refs, sent, official="li")
    unknown = of(story, "delivery.sent", refs, sent, official="nobody")
    assert {f"reader/{GA}", f"reader/{MZ}"} == {t for t in unknown if t.startswith("reader/")}


def test_what_supersedes_is_of_the_kind_of_what_is_superseded(story: Story) -> None:
    found = of(story, "grant.terminated", {"grant": f"{GA}/G-1"}, {"superseded_by": f"{GA}/G-2"})
    assert {f"grant/{GA}/G-1", f"grant/{GA}/G-2"} <= found


def test_departments_stand_where_they_were_registered_at_that_moment(story: Story) -> None:
    event = story.event("delivery.sent", GA, {"refs": {}, "signers": [], "consumer": MZ})
    assert not [t for t in terms_of(event, story.registry, 1) if t.startswith("area/")]


def test_what_the_registrar_registers_is_read_by_everybody_signed_in(story: Story) -> None:
    event = story.registered("NEW")
    event["data"]["signers"] = [key("registrar-0").key_id]
    found = terms_of(event, story.registry, story.registry.size)
    assert {"reader/*", "reader/NEW", "reader/registrar", "family/registry"} <= found


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_each_type_says_of_what_kind_its_refs_are(name: str) -> None:
    assert _plan_of(name).constant[0].startswith("type/")


def test_every_example_has_terms_by_which_its_source_reads_it() -> None:
    made = town()
    for path in PATHS:
        said = load(path)["accepted"]
        event = event_of(made, path.stem, said)
        keys = [one.key_id for one in signers(made, path.stem, said)]
        event["data"]["signers"] = sorted(keys)
        found = terms_of(event, made.registry, made.registry.size)
        source = event["source"].removeprefix("/departments/")
        assert f"reader/{source}" in found
        assert len([term for term in found if term.startswith("voice/")]) == 1


def test_what_joins_a_chain_is_seen_by_whom_all_of_it_is_said_to_be_seen() -> None:
    """Every type's example, on every chain that it joins, by its owner and by a scope over it."""
    made, asked = town(), 0
    for path in PATHS:
        said = load(path)["accepted"]
        event = event_of(made, path.stem, said)
        event["data"]["signers"] = sorted(one.key_id for one in signers(made, path.stem, said))
        found = terms_of(event, made.registry, made.registry.size)
        for name in chain_names(event):
            owner = owner_of(name.partition("/")[2])
            for sight in (
                Sight(frozenset({f"reader/{owner}", "reader/*"})),
                Sight(frozenset({f"reader/{owner}"})),
                Sight(frozenset({name})),
                Sight(frozenset({"reader/*"})),
                Sight(frozenset({f"reader/{owner}", "reader/*"}), frozenset({"voice/signed"})),
            ):
                if sees_all_of(sight, name):
                    asked += 1
                    assert visible(sight, found), (path.stem, name)
    assert asked > 2 * len(PATHS)


def test_a_sight_needs_one_of_its_terms_and_none_of_those_that_close() -> None:
    terms = frozenset({"reader/MZ", "type/determination.proposed"})
    assert visible(EVERYTHING, terms)
    assert visible(EVERYTHING, frozenset())
    assert not visible(NOTHING, terms)
    assert visible(Sight(frozenset({"reader/MZ", "reader/*"})), terms)
    assert not visible(Sight(frozenset({"reader/GA"})), terms)
    closed = frozenset({"type/determination.proposed"})
    assert not visible(Sight(frozenset({"reader/MZ"}), closed), terms)
    assert not visible(Sight(None, closed), terms)
