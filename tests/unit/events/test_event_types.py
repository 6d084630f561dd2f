"""The closed list is the spec's, and each type says what is wrong with an event, and where."""

import base64
import copy
import hashlib
import json
import re
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from crypto.chain import REGISTRY_TYPES
from crypto.notation import write_b64
from ledger.errors import Refused
from ledger.events.declare import REF_NAMES, declare
from ledger.events.families import FAMILIES
from ledger.events.fields import Choice, Integer, Kind, ListOf, Object, Text
from ledger.events.types import EVENT_TYPES, describe, event_type
from ledger.events.wording import Wording

VECTORS = json.loads(Path("tests/vectors/spec.json").read_text("utf-8"))
EVENTS = [entry["event"] for entry in VECTORS["entries"]]
# What is malformed or of an unknown type is refused before any schema is looked at.
BAD = [
    bad
    for bad in VECTORS["refused_after_entry_10"] + VECTORS["refused_after_entry_15"]
    if bad["code"] not in ("malformed", "unknown_type")
]

COMMON = "document? on_behalf_of? parents platform_ref? refs signers"
# Spec 9.1 and 9.2, by hand: own members of data, then required refs, then optional ones. All types
# are held to the page of event types (test_docs) and to their examples (test_type_examples).
SPEC = {
    "ledger.opened": (
        "chain_commitment log_key note? origin registrar_keys registrar_threshold spec", "", ""
    ),
    "department.registered": ("department kind level? name region?", "", ""),
    "official.appointed": (
        "acting? appointee appointment department duty? ends? post starts tiers unit?", "", ""
    ),
    "official.released": ("appointee appointment department ends", "", ""),
    "key.enrolled": ("department expires? holder? public_key", "", ""),
    "key.revoked": ("department holder? keyid reason since?", "", ""),
    "peer.registered": ("origin policy?", "", ""),
    "delivery.sent": (
        "channel consumer content_sha256? data_as_of? direction? fields? item_version? records? "
        "window?",
        "delivery item", "act grant matter",
    ),
    "delivery.received": (
        "content_sha256? provider records? result", "delivery item", "act grant matter"
    ),
    "use.recorded": (
        "call_ref? data_as_of? fields? item_version? legal_basis? purpose? purpose_code records? "
        "reliance subject_ref? use_kind verification?",
        "item use", "act delivery grant matter",
    ),
    "feedback.effect": (
        "benefit contributions innovation? metrics narrative?", "feedback", "act grant matter"
    ),
    "feedback.quality": (
        "affected_records? defect description", "feedback item", "act delivery grant use"
    ),
    "statement.countersigned": ("decision reason?", "", " ".join(sorted(REF_NAMES))),
    "statement.withheld": ("decided_by document ground target", "", ""),
    "statement.erased": ("decided_by document ground target", "", ""),
}  # fmt: skip


def spelled(kind: Object) -> set[str]:
    return {f"{name}{'?' * member.optional}" for name, member in kind.members.items()}


def event_of(type_name: str) -> dict[str, Any]:
    """Return a copy of the last vector of that type, or an event made here."""
    for event in reversed(EVENTS):
        if event["type"] == type_name:
            return copy.deepcopy(event)
    return copy.deepcopy(MADE[type_name])


def made(short_name: str, refs: dict[str, str], **own: Any) -> dict[str, Any]:
    data = {"refs": refs, "parents": [], "signers": ["0" * 64], **own}
    source = "/departments/D-1"
    return {
        "source": source, "type": f"zelian.{short_name}.v1", "subject": "department/D-1",
        "data": data,
    }  # fmt: skip


MADE = {
    event["type"]: event
    for event in (
        made("official.released", {}, appointment="a", appointee="li", department="D-1",
             ends="2026-01-01T00:00:00.000Z"),
        made("delivery.received", {"item": "D/1", "delivery": "D/2"}, provider="D",
             result="partial"),
        made("feedback.quality", {"item": "D/1", "feedback": "D/2"}, defect="stale",
             description="陈旧"),
        made("statement.withheld", {}, target="0" * 64, ground="court", decided_by="C",
             document="云法〔2026〕1号"),
        made("statement.erased", {}, target="0" * 64, ground="pipl_47", decided_by="C",
             document="云法〔2026〕2号"),
    )
}  # fmt: skip


def refusal_of(event: dict[str, Any]) -> Refused:
    with pytest.raises(Refused) as refusal:
        event_type(event["type"]).check(event)
    assert refusal.value.code == "schema"
    assert refusal.value.en.startswith(refusal.value.pointer)
    assert refusal.value.zh.startswith(refusal.value.pointer)
    return refusal.value


def test_the_first_types_are_as_the_spec_has_them() -> None:
    for name, (own, required, optional) in SPEC.items():
        kind = EVENT_TYPES[f"zelian.{name}.v1"]
        listed = set(f"{own} {COMMON}".split())
        listed |= set() if kind.registrar else {"cites?"}
        if "document" in listed:  # a type's own member narrows the common one
            listed.remove("document?")
        assert spelled(kind.data) == listed
        assert kind.refs_required == set(required.split())
        assert kind.refs_optional == set(optional.split())
        assert kind.data.members["refs"].schema.fields.keys() == (
            kind.refs_required | kind.refs_optional
        )


def test_who_speaks_is_that_of_the_spec() -> None:
    registrars = {name for name, kind in EVENT_TYPES.items() if kind.registrar}
    assert registrars == REGISTRY_TYPES
    cosigned = [name for name, kind in EVENT_TYPES.items() if kind.cosigned_by_new_key]
    assert cosigned == ["zelian.key.enrolled.v1"]


@pytest.mark.parametrize("event", [*EVENTS, *MADE.values()], ids=lambda event: event["type"])
def test_what_is_as_declared_passes(event: dict[str, Any]) -> None:
    event_type(event["type"]).check(event)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad["why"])
def test_refused_vectors_of_code_schema_are_refused_here_and_no_others(bad: dict[str, str]) -> None:
    event = json.loads(base64.b64decode(json.loads(bad["body"])["payload"]))
    if bad["code"] == "schema":
        refusal_of(event)
    else:
        event_type(event["type"]).check(event)


def test_an_unknown_type_is_refused_by_its_own_code() -> None:
    with pytest.raises(Refused) as refusal:
        event_type("zelian.use.recorded.v2")
    assert (refusal.value.code, refusal.value.pointer) == ("unknown_type", "/type")


USE = "zelian.use.recorded.v1"
SENT = "zelian.delivery.sent.v1"
OPENED = "zelian.ledger.opened.v1"
APPOINTED = "zelian.official.appointed.v1"
EFFECT = "zelian.feedback.effect.v1"
JANUARY, FEBRUARY = "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"
KEYS = sorted(
    (write_b64(bytes([n])) for n in range(9)),
    key=lambda key: hashlib.sha256(base64.b64decode(key)).hexdigest(),
)

WRONG = [
    (USE, {"reliance": None}, "/data/reliance", "decisive, supporting, checked_only, not_stated"),
    (USE, {"reliance": "much"}, "/data/reliance", "decisive"),
    (USE, {"extra": 1}, "/data/extra", "remove it"),
    (USE, {"_schema": 1}, "/data/_schema", "remove it"),
    (USE, {"a~/b": 1}, "/data/a~0~1b", "remove it"),
    (USE, {"records": True}, "/data/records", "from 0 to 9007199254740991"),
    (USE, {"records": -1}, "/data/records", "whole number"),
    (USE, {"fields": ["姓名", "姓名"]}, "/data/fields", "none twice"),
    (USE, {"fields": ["姓名", "\u202e"]}, "/data/fields/1", "1 to 300 characters"),
    (USE, {"fields": [str(n) for n in range(65)]}, "/data/fields", "0 to 64"),
    (USE, {"legal_basis": [{"article": "第一条"}]}, "/data/legal_basis/0/law", "missing"),
    (USE, {"legal_basis": [{"law": "x"}, {"law": "x"}]}, "/data/legal_basis", "none twice"),
    (USE, {"legal_basis": {}}, "/data/legal_basis", "a list"),
    (USE, {"legal_basis": ["x"]}, "/data/legal_basis/0", "an object"),
    (USE, {"refs": {"item": "D/1"}}, "/data/refs/use", "missing"),
    (USE, {"refs": {"item": "D/1", "use": "D/2", "request": "D/3"}}, "/data/refs/request",
     "remove it"),
    (USE, {"refs": {"item": "D/1", "use": "2"}}, "/data/refs/use", "<owner department id>/<id>"),
    (USE, {"parents": ["1" * 64, "0" * 64]}, "/data/parents", "ascending"),
    (USE, {"signers": []}, "/data/signers", "1 to 8"),
    (USE, {"signers": [f"{n:064}" for n in range(9)]}, "/data/signers", "1 to 8"),
    (SENT, {"window": {"from": JANUARY, "to": JANUARY}}, "/data/window/to", "later than from"),
    (SENT, {"window": {"from": JANUARY}}, "/data/window/to", "missing"),
    (SENT, {"document": ""}, "/data/document", "text"),
    (SENT, {"on_behalf_of": "a/b"}, "/data/on_behalf_of", "department id"),
    (OPENED, {"refs": {"item": "D/1"}}, "/data/refs/item", "remove"),
    (OPENED, {"spec": "zelian/2"}, "/data/spec", "zelian/1"),
    (OPENED, {"registrar_threshold": 2}, "/data/registrar_threshold", "number of registrar_keys"),
    (OPENED, {"registrar_keys": KEYS[1::-1]}, "/data/registrar_keys", "ascending"),
    (OPENED, {"registrar_keys": KEYS}, "/data/registrar_keys", "1 to 8"),
    (OPENED, {"registrar_keys": ["AB=="]}, "/data/registrar_keys/0", "base64"),
    (OPENED, {"registrar_keys": []}, "/data/registrar_keys", "1 to 8"),
    (OPENED, {"registrar_keys": KEYS[:8], "registrar_threshold": 7}, "/data/registrar_threshold",
     "from 1 to 6"),
    (APPOINTED, {"starts": FEBRUARY, "ends": JANUARY}, "/data/ends", "later than starts"),
    (APPOINTED, {"tiers": []}, "/data/tiers", "1 to 7"),
    (APPOINTED, {"tiers": ["handler", "handler"]}, "/data/tiers", "none twice"),
    (APPOINTED, {"acting": 1}, "/data/acting", "true or false"),
    (EFFECT, {"contributions": []}, "/data/contributions", "1 to 64"),
    (EFFECT, {"metrics": [{"name": "天数", "value": True}]}, "/data/metrics/0/value", "number"),
    ("zelian.statement.countersigned.v1", {"parents": []}, "/data/parents", "1 to 64"),
    ("zelian.statement.erased.v1", {"target": "0" * 63}, "/data/target", "64 lower-case"),
    ("zelian.statement.erased.v1", {"refs": {"item": "D/1"}}, "/data/refs/item", "remove"),
    ("zelian.department.registered.v1", {"name": {"en": "x"}}, "/data/name/zh", "missing"),
    ("zelian.key.revoked.v1", {"reason": "other"}, "/data/reason", "left_post"),
    ("zelian.official.released.v1", {"ends": "2026-02-30T00:00:00.000Z"}, "/data/ends", "exists"),
    ("zelian.feedback.quality.v1", {"affected_records": -1}, "/data/affected_records", "from 0"),
    ("zelian.delivery.received.v1", {"result": "lost"}, "/data/result", "accepted"),
]  # fmt: skip


@pytest.mark.parametrize(("type_name", "change", "pointer", "says"), WRONG)
def test_what_is_wrong_is_named_with_what_is_expected(
    type_name: str, change: dict[str, Any], pointer: str, says: str
) -> None:
    event = event_of(type_name)
    event["data"].update(change)
    refused = refusal_of(event)
    assert refused.pointer == pointer
    assert says in refused.en


RIGHT = [
    (SENT, {"window": {"from": JANUARY, "to": FEBRUARY}, "records": 0, "fields": []}),
    (SENT, {"document": "云公函〔2026〕7号", "platform_ref": "P-1", "on_behalf_of": "D:2"}),
    (USE, {"legal_basis": [{"law": "某办法", "article": "第一条"}, {"law": "某办法"}]}),
    (USE, {"fields": [str(n) for n in range(64)], "subject_ref": "0" * 64}),
    (OPENED, {"registrar_keys": KEYS[:8], "registrar_threshold": 6}),
    (APPOINTED, {"ends": "2026-01-01T00:00:00.001Z", "acting": True, "duty": "D-1"}),
    (EFFECT, {"metrics": [{"name": "天数", "value": -(2**53 - 1)}]}),
    ("zelian.statement.countersigned.v1", {"refs": dict.fromkeys(REF_NAMES, "D/1")}),
]


@pytest.mark.parametrize(("type_name", "change"), RIGHT)
def test_limits_are_inside(type_name: str, change: dict[str, Any]) -> None:
    event = event_of(type_name)
    event["data"].update(change)
    event["subject"] = "department/" + event["source"].removeprefix("/departments/")
    event_type(type_name).check(event)


@pytest.mark.parametrize("event", [*EVENTS, *MADE.values()], ids=lambda event: event["type"])
def test_every_member_that_is_not_optional_is_needed(event: dict[str, Any]) -> None:
    for name, member in EVENT_TYPES[event["type"]].data.members.items():
        if not member.optional:
            without = {key: value for key, value in event["data"].items() if key != name}
            assert refusal_of({**event, "data": without}).pointer == f"/data/{name}"


def test_the_subject_is_one_of_the_events_own_chains() -> None:
    event = event_of(USE)
    event["subject"] = "grant/11530000015000001A/G-8"
    refused = refusal_of(event)
    assert refused.pointer == "/subject"
    assert "grant/<data.refs.grant>" in refused.en
    assert event["subject"] not in refused.en


def test_a_refusal_repeats_nothing_that_was_sent() -> None:
    event = event_of(USE)
    event["data"]["purpose"] = "秘密\u202e"
    refused = refusal_of(event)
    assert "秘密" not in refused.en + refused.zh


THROWN_AWAY = declare(
    "thing.thrown",
    "statement",
    en="Thing thrown away",
    zh="抛弃之物",
    speaker=Wording("nobody", "无人"),
    refs=("item",),
    members={
        "word": Choice("one", "two"),
        "tags": ListOf(Object({"tag": Text(), "weight": Integer(1, 3, optional=True)}), 1, 2),
    },
)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"word": "two"}, None),
        ({"tags": [{"tag": "a"}, {"tag": "a", "weight": 3}]}, None),
        ({"word": "three"}, "/data/word"),
        ({"tags": []}, "/data/tags"),
        ({"tags": [{"tag": "a"}, {"tag": "a"}]}, "/data/tags"),
        ({"tags": [{"tag": "a", "weight": 4}]}, "/data/tags/0/weight"),
        ({"refs": {}}, "/data/refs/item"),
    ],
)
def test_both_checkers_obey_a_type_that_was_just_declared(
    change: dict[str, Any], pointer: str | None
) -> None:
    event = made("thing.thrown", {"item": "D/1"}, word="one", tags=[{"tag": "a"}])
    event["data"].update(change)
    if pointer is None:
        THROWN_AWAY.check(event)
        assert THROWN_AWAY.schema.validate(event["data"]) == {}
        return
    with pytest.raises(Refused) as refusal:
        THROWN_AWAY.check(event)
    assert refusal.value.pointer == pointer
    assert THROWN_AWAY.schema.validate(event["data"]) != {}


def test_what_only_the_compiled_checker_refuses_is_still_refused() -> None:
    """Should the two ever differ, the stricter one wins: nothing slips in between."""

    class Lopsided(Kind):
        wire = int

    kind = declare(
        "thing.thrown", "statement", en="x", zh="某", speaker=Wording("nobody", "无人"),
        members={"odd": Lopsided(Wording("a thing", "某物"))},
    )  # fmt: skip
    with pytest.raises(Refused) as refusal:
        kind.check(made("thing.thrown", {}, odd="not a number"))
    assert (refusal.value.code, refusal.value.pointer) == ("schema", "/data")


def test_describe_is_for_people_in_both_languages() -> None:
    described = describe()
    assert json.loads(json.dumps(described)) == described
    assert [one["name"] for one in described] == list(EVENT_TYPES)
    use = described[list(EVENT_TYPES).index(USE)]
    assert use == {
        "name": USE,
        "family": "sharing",
        "family_label": {
            "en": "Delivery, use, storage, disposal",
            "zh": "交付、使用、存储与处置",
        },
        "label": {"en": "Use recorded", "zh": "使用记录"},
        "speaker": {"en": "the using department", "zh": "使用部门"},
        "speakers": sorted(EVENT_TYPES[USE].speakers),
        "voice": "both",
        "by_author": False,
        "serves": ["809:25", "809:26", "809:29", "S51"],
        "refs": {"required": ["item", "use"], "optional": ["act", "delivery", "grant", "matter"]},
        "parties": [],
        "mentions": [],
    }


def test_families_are_listed_one_after_another_and_have_names() -> None:
    families = [family for family, _ in groupby(EVENT_TYPES.values(), key=lambda k: k.family)]
    assert families == list(FAMILIES)


def test_every_label_and_speaker_is_in_both_languages() -> None:
    for one in describe():
        for label in (one["label"], one["speaker"], one["family_label"]):
            assert label["en"].isascii()
            assert re.search("[\u4e00-\u9fff]", label["zh"]), one["name"]
    for language in ("en", "zh"):
        labels = [one["label"][language] for one in describe()]
        assert len(labels) == len(set(labels))


def test_what_is_called_a_legal_basis_has_one_form_in_every_type() -> None:
    forms = {
        (name, tuple(sorted((one, kind.required) for one, kind in member.item.members.items())))
        for name, kind_of in EVENT_TYPES.items()
        for member in [kind_of.data.members.get("legal_basis")]
        if isinstance(member, ListOf) and isinstance(member.item, Object)
    }
    assert len(forms) > 15
    assert {form for _, form in forms} == {(("article", False), ("document", False), ("law", True))}
