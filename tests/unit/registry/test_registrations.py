"""What the registrar can say is such as the ledger takes, whatever is left out."""

import json
from typing import Any

import pytest

from crypto.statement import prepare_event
from ledger.events.types import event_type
from ledger.opening import registrar_event
from ledger.registrations import Registration, appointed, enrolled, registered, released, revoked
from tests.world import seed

TIME = "2026-11-01T00:00:00.000Z"
KEY = seed(9).public
SAID = {
    "a department": registered("MZ", "gov", "云岭省民政厅"),
    "all of a department": registered("MZ", "gov", "民政厅", "Civil Affairs", "530000", "province"),
    "a post": appointed("zhang", "MZ", "app-1", "经办岗", ("handler",), TIME),
    "all of a post": appointed(
        "zhang", "MZ", "app-1", "经办岗", ("handler",), TIME,
        acting=True, duty="d-1", ends="2027-01-01T00:00:00.000Z", unit="救助处",
    ),
    "the end of a post": released("zhang", "MZ", "app-1", TIME),
    "a system's key": enrolled(KEY, "MZ"),
    "an official's key": enrolled(KEY, "MZ", "zhang", "2027-01-01T00:00:00.000Z"),
    "a system's lost key": revoked(KEY.key_id, "MZ", None, "lost"),
    "an official's lost key": revoked(KEY.key_id, "MZ", "zhang", "lost", TIME),
}  # fmt: skip


def event_of(said: Registration) -> dict[str, Any]:
    event = registrar_event("test.example/x", *said, "id-1", 1_793_500_000_000)
    whole: dict[str, Any] = json.loads(prepare_event(event, [KEY.key_id]))
    return whole


@pytest.mark.parametrize("what", SAID)
def test_what_can_be_said_is_sound(what: str) -> None:
    event = event_of(SAID[what])
    event_type(event["type"]).check(event)


def test_what_is_not_given_is_left_out() -> None:
    """No member is null."""
    for said in SAID.values():
        assert None not in said.data.values()
    assert SAID["a department"].data["name"] == {"zh": "云岭省民政厅"}
    assert "holder" not in SAID["a system's key"].data


def test_a_key_is_about_its_holder() -> None:
    assert SAID["a system's key"].subject == "department/MZ"
    assert SAID["an official's lost key"].subject == "official/zhang"
