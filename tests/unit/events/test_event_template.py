"""A template shows every member of a type once, required ones first, and is never a statement."""

import json
from typing import Any

import pytest

from ledger.errors import Refused
from ledger.events.fields import Object
from ledger.events.template import OPTIONAL, REQUIRED, template
from ledger.events.types import EVENT_TYPES, event_type

every_type = pytest.mark.parametrize("name", EVENT_TYPES)


def strings(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [text for part in inner for text in strings(part)]
    return [value]


@every_type
def test_every_member_is_there_and_required_ones_come_first(name: str) -> None:
    data = template(name)["data"]
    members = event_type(name).data.members
    assert data.keys() == members.keys()
    optional = [members[member].optional for member in data]
    assert optional == sorted(optional)
    for member, kind in members.items():
        if isinstance(kind, Object):
            assert data[member].keys() == kind.members.keys()


@every_type
def test_every_placeholder_says_whether_it_is_needed(name: str) -> None:
    written = template(name, ledger="ledger.example.gov/yunling", source="/departments/D-1")
    assert json.loads(json.dumps(written)) == written
    for text in strings(written["data"]):
        assert text.startswith((REQUIRED, OPTIONAL, "<required in "))
        assert text.endswith(">")
        assert ("可选" in text) is text.startswith(OPTIONAL)


@every_type
def test_a_template_that_nobody_filled_in_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refusal:
        event_type(name).check(template(name))
    assert refusal.value.pointer.startswith("/data/")


def test_what_is_known_is_filled_in() -> None:
    event = template("zelian.use.recorded.v1", ledger="ledger.example.gov", source="/departments/D")
    assert (event["ledger"], event["source"]) == ("ledger.example.gov", "/departments/D")
    assert event["type"] == "zelian.use.recorded.v1"
    assert event["specversion"] == "1.0"
    assert template("zelian.use.recorded.v1")["ledger"].startswith(REQUIRED)
    assert template("zelian.use.recorded.v1")["source"].startswith(REQUIRED)


def test_only_the_registrar_speaks_in_registry_events_and_without_an_official() -> None:
    event = template("zelian.key.enrolled.v1", source="/departments/D")
    assert event["source"] == "/departments/registrar"
    assert "official" not in event
    assert "tier" not in event
    assert "official" in template("zelian.use.recorded.v1")


def test_what_is_needed_inside_an_optional_object_says_so() -> None:
    data = template("zelian.delivery.sent.v1")["data"]
    assert data["window"]["to"].startswith("<required in window: ")
    assert data["consumer"].startswith(REQUIRED)
    assert data["parents"][0].startswith(OPTIONAL)


def test_the_subject_names_the_chains_of_that_type() -> None:
    assert "grant/<data.refs.grant>" in template("zelian.use.recorded.v1")["subject"]
    assert "grant" not in template("zelian.statement.erased.v1")["subject"]
    assert "official/<data.holder>" in template("zelian.key.revoked.v1")["subject"]


def test_an_unknown_type_has_no_template() -> None:
    with pytest.raises(Refused) as refusal:
        template("zelian.use.recorded.v9")
    assert refusal.value.code == "unknown_type"
