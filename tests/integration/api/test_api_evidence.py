"""``GET /api/v1/evidence``: bundles within the sight, verified elsewhere, their making recorded."""

from hashlib import sha256
from typing import Any

import pytest

from crypto.canonical import write_canonical
from crypto.policy import parse_policy
from crypto.statement import sign_statement
from ledger.access.readings import commitment
from ledger.verification.bundle_check import bundle_report
from tests.integration.api.conftest import ServedWorld
from tests.signing_in import sign_in
from tests.world import GA, MZ, ORIGIN, seed

EVIDENCE = "/api/v1/evidence"
AUDIT, AUTHORITY = seed(171), seed(172)
REASON = {"X-Zelian-Reason": "audit"}


def verdict(served: ServedWorld, raw: bytes) -> str:
    policy = parse_policy((served.ledger.settings.home / "trust-policy").read_bytes())
    return bundle_report(raw, policy, bytes.fromhex(served.ledger.identity)).verdict


def last(served: ServedWorld) -> dict[str, Any]:
    event = served.ledger.entry(served.ledger.size() - 1).event
    assert event is not None
    return event


def signed_in(served: ServedWorld, key: Any) -> Any:
    client = served.app.test_client()
    sign_in(client, key, ORIGIN, served.world.clock())
    return client


def test_a_bundle_is_made_verified_and_recorded(fresh: ServedWorld) -> None:
    fresh.log(2)
    size = fresh.ledger.size()
    answer = fresh.client.get(EVIDENCE, query_string={"act": f"{MZ}/A-1"})
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert verdict(fresh, answer.data) == "verified"
    assert fresh.ledger.size() == size + 1
    data = last(fresh)["data"]
    assert data["refs"] == {"act": f"{MZ}/A-1"}
    made = data["made"]
    assert made["bundle_sha256"] == sha256(answer.data).hexdigest()
    question = write_canonical({"act": f"{MZ}/A-1"})
    assert made["question_sha256"] == sha256(question).hexdigest()
    named = (made["reader"], made["official"], made["reason"], made["as_of"])
    assert named == (MZ, "zhang", "not_stated", size)


def test_the_same_question_at_the_same_size_gives_the_same_bytes(fresh: ServedWorld) -> None:
    fresh.log(1)
    asked = {"item": f"{GA}/I-1", "as_of": fresh.ledger.size()}
    # The using department does not read the provider's item as a whole.
    provider = signed_in(fresh, fresh.world.li)
    found = [provider.get(EVIDENCE, query_string=asked) for _ in range(2)]
    assert [one.status_code for one in found] == [200, 200]
    assert found[0].data == found[1].data
    assert found[0].headers["ETag"] == found[1].headers["ETag"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"act": "x"}, 400),
        ({"chain": "matter/a/b"}, 400),
        ({"entry": "-1"}, 400),
        ({"query": "nonsense:x"}, 400),
        ({"act": f"{MZ}/A-1", "entry": "0"}, 400),
        ({"act": f"{MZ}/A-1", "format": "zip"}, 400),
        ({"act": f"{MZ}/A-1", "reason": "curiosity"}, 400),
        ({"act": f"{MZ}/nothing"}, 404),
        ({"entry": "999999"}, 404),
        ({"entry": "0", "as_of": "999999"}, 404),
        ({"chain": f"department/{GA}"}, 404),
    ],
)
def test_what_is_no_question_or_not_his_is_refused(
    served: ServedWorld, asked: dict[str, str], status: int
) -> None:
    size = served.ledger.size()
    assert served.client.get(EVIDENCE, query_string=asked).status_code == status
    assert served.ledger.size() == size


def test_nobody_gets_one_without_a_session(served: ServedWorld) -> None:
    assert served.app.test_client().get(EVIDENCE, query_string={"entry": 0}).status_code == 401


@pytest.fixture(name="held")
def _held(fresh: ServedWorld) -> ServedWorld:
    for department, kind, key in (
        ("SJ", "audit", AUDIT),
        ("SSJ", "sharing_authority", AUTHORITY),
    ):
        fresh.world.register(department, "云岭省某机关", kind=kind)
        fresh.world.enrol(department, key)
    return fresh


def authorise(held: ServedWorld, **more: Any) -> None:
    data = {
        "body": "SJ",
        "document": "云数函〔2026〕1号",
        "expires": "2999-01-01T00:00:00.000Z",
        "over": {"departments": [MZ]},
        "purpose": "audit",
        "starts": "2026-01-01T00:00:00.000Z",
        **more,
    }
    event = held.world.event("SSJ", "scope.granted", "department/SSJ", data)
    assert held.post(sign_statement(event, [AUTHORITY])).status_code == 201
    held.ledger.catch_up()


def test_an_inspector_says_why_and_is_recorded_once(held: ServedWorld) -> None:
    held.log(1)
    authorise(held)
    auditor = signed_in(held, AUDIT)
    index = held.ledger.size() - 2
    assert auditor.get(EVIDENCE, query_string={"entry": index}).status_code == 400
    size = held.ledger.size()
    answer = auditor.get(EVIDENCE, query_string={"entry": index}, headers=REASON)
    assert (answer.status_code, verdict(held, answer.data)) == (200, "verified")
    assert held.ledger.size() == size + 1
    made = last(held)["data"]["made"]
    assert (made["reader"], made["reason"], made["document"]) == (
        "SJ",
        "audit",
        "云数函〔2026〕1号",
    )


def test_a_sealed_authorisation_seals_it_and_it_can_be_unsealed(held: ServedWorld) -> None:
    held.log(1)
    authorise(held, sealed_reading=True)
    auditor = signed_in(held, AUDIT)
    index = held.ledger.size() - 2
    answer = auditor.get(EVIDENCE, query_string={"entry": index}, headers=REASON)
    assert answer.status_code == 200
    entry = held.ledger.entry(held.ledger.size() - 1)
    event = last(held)
    assert event["type"] == "zelian.bundle.made.v1"
    assert set(event["data"]) == {"parents", "refs", "sealed", "signers"}
    digest = entry.header.split(b'"statement":"')[1][:64].decode()
    held.ledger.unseal(digest, "云纪〔2026〕2号")
    data = last(held)["data"]
    members = {"made": data["made"], "refs": data["refs"]}
    assert commitment(bytes.fromhex(data["salt"]), members) == event["data"]["sealed"]["commitment"]
    assert data["made"]["bundle_sha256"] == sha256(answer.data).hexdigest()


def test_what_cannot_be_recorded_does_not_leave(fresh: ServedWorld) -> None:
    fresh.log(1)
    (fresh.ledger.settings.home / "keys" / "service.pem").unlink()
    answer = fresh.client.get(EVIDENCE, query_string={"act": f"{MZ}/A-1"})
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["reason"] == "unrecorded"
