"""An inspector's reading is recorded before he gets his answer, in clear or sealed."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from crypto.keys import PrivateKey
from crypto.statement import sign_statement
from ledger.access.readings import commitment
from tests.integration.api.conftest import ServedWorld
from tests.signing_in import sign_in
from tests.world import GA, MZ, ORIGIN, seed

AUDIT, AUTHORITY = seed(71), seed(72)
REASON = {"X-Zelian-Reason": "audit"}


@pytest.fixture(name="held")
def _held(fresh: ServedWorld) -> ServedWorld:
    """An audit office and a sharing authority beside the cast, and one use in the ledger."""
    for department, kind, key in (
        ("SJ", "audit", AUDIT),
        ("SSJ", "sharing_authority", AUTHORITY),
    ):
        fresh.world.register(department, "云岭省某机关", kind=kind)
        fresh.world.enrol(department, key)
    return fresh


def authorise(held: ServedWorld, over: dict[str, Any], **more: Any) -> None:
    data = {
        "body": "SJ",
        "document": "云数函〔2026〕1号",
        "expires": "2999-01-01T00:00:00.000Z",
        "over": over,
        "purpose": "audit",
        "starts": "2026-01-01T00:00:00.000Z",
        **more,
    }
    event = held.world.event("SSJ", "scope.granted", "department/SSJ", data)
    assert held.post(sign_statement(event, [AUTHORITY])).status_code == 201
    held.ledger.catch_up()


def signed_in(held: ServedWorld, key: PrivateKey) -> FlaskClient:
    client = held.app.test_client()
    sign_in(client, key, ORIGIN, held.world.clock())
    return client


def last(held: ServedWorld) -> dict[str, Any]:
    event = held.ledger.entry(held.ledger.size() - 1).event
    assert event is not None
    return event


def log_use(held: ServedWorld) -> str:
    return held.post(held.use()).headers["Location"]


def test_without_an_authorisation_there_is_nothing_to_read_and_that_is_recorded_too(
    held: ServedWorld,
) -> None:
    location, auditor = log_use(held), signed_in(held, AUDIT)
    size = held.ledger.size()
    assert "statement" not in auditor.get(location, headers=REASON).json
    assert held.ledger.size() == size + 1
    assert last(held)["data"]["reading"]["entries"] == 0


def test_a_reading_is_recorded_once_a_request_and_seen_by_whom_it_concerns(
    held: ServedWorld,
) -> None:
    location = log_use(held)
    authorise(held, {"departments": [MZ]})
    auditor, size = signed_in(held, AUDIT), held.ledger.size()
    shown = auditor.get(location, headers=REASON).json
    assert shown["event"]["type"] == "zelian.use.recorded.v1"
    assert held.ledger.size() == size + 1
    event = last(held)
    assert (event["type"], event["source"]) == ("zelian.access.recorded.v1", "/departments/ledger")
    reading = event["data"]["reading"]
    assert (reading["reader"], reading["reason"], reading["query"]) == ("SJ", "audit", "entry")
    assert (reading["of_department"], reading["entries"]) == (MZ, 1)
    assert reading["document"] == "云数函〔2026〕1号"
    assert event["data"]["refs"] == shown["event"]["data"]["refs"]
    assert "statement" in held.client.get(f"/api/v1/entries/{size}").json, "MZ sees who read"


def test_a_list_is_one_reading_that_names_every_department(held: ServedWorld) -> None:
    log_use(held)
    held.post(sign_statement(held.world.delivery(), [held.world.li]))
    authorise(held, {"whole_ledger": True})
    auditor, size = signed_in(held, AUDIT), held.ledger.size()
    page = auditor.get(f"/api/v1/entries?as_of={size}", headers=REASON).json
    assert all("statement" in one for one in page["entries"])
    assert held.ledger.size() == size + 1
    reading = last(held)["data"]["reading"]
    assert {GA, MZ} <= set(reading["of_departments"])
    assert (reading["entries"], reading["query"]) == (size, "search")


def test_what_everybody_sees_and_what_others_read_is_not_recorded(held: ServedWorld) -> None:
    location, size = log_use(held), held.ledger.size()
    for client in (held.client, held.app.test_client()):
        client.get(location)
    signed_in(held, AUDIT).get("/log/checkpoint")
    assert held.ledger.size() == size


def test_a_sealed_reading_tells_nothing_until_it_is_unsealed(held: ServedWorld) -> None:
    location = log_use(held)
    authorise(held, {"departments": [MZ]}, sealed_reading=True)
    auditor, size = signed_in(held, AUDIT), held.ledger.size()
    assert "statement" in auditor.get(location, headers=REASON).json
    event = last(held)
    assert event["type"] == "zelian.access.sealed.v1"
    assert event["data"]["refs"] == {}
    assert event["data"]["approval"] == "云数函〔2026〕1号"
    assert "statement" not in held.client.get(f"/api/v1/entries/{size}").json
    header = json.loads(held.ledger.entry(size).header)
    assert len(header["chains"]) == 1, "no chain but the service's own"

    held.ledger.unseal(header["statement"], "云数函〔2026〕2号")
    told = last(held)["data"]
    members = {"reading": told["reading"], "refs": told["refs"]}
    assert commitment(bytes.fromhex(told["salt"]), members) == event["data"]["commitment"]
    assert told["seal"] == header["statement"]
    assert told["reading"]["of_department"] == MZ
    assert "statement" in held.client.get(f"/api/v1/entries/{size + 1}").json


def test_where_a_reading_cannot_be_recorded_nothing_is_shown(held: ServedWorld) -> None:
    location = log_use(held)
    authorise(held, {"departments": [MZ]})
    auditor = signed_in(held, AUDIT)
    held.ledger.parts.home.service_key.unlink()
    answer = auditor.get(location, headers=REASON)
    assert (answer.status_code, answer.json["reason"]) == (503, "unrecorded")
    assert b"purpose_code" not in answer.data


def test_an_authorisation_ends_at_its_time(held: ServedWorld) -> None:
    location = log_use(held)
    authorise(held, {"departments": [MZ]}, expires="2026-12-31T00:00:00.000Z")
    auditor = signed_in(held, AUDIT)
    assert "statement" in auditor.get(location, headers=REASON).json
    held.world.clock.turn(90 * 24 * 3_600_000)
    auditor = signed_in(held, AUDIT)
    assert "statement" not in auditor.get(location, headers=REASON).json


@pytest.mark.parametrize(("officials", "shown"), [(["somebody"], False), ([], True)])
def test_an_authorisation_of_officials_is_theirs_alone(
    held: ServedWorld, officials: list[str], shown: bool
) -> None:
    location = log_use(held)
    authorise(held, {"departments": [MZ]}, **({"officials": officials} if officials else {}))
    auditor = signed_in(held, AUDIT)
    assert ("statement" in auditor.get(location, headers=REASON).json) is shown
