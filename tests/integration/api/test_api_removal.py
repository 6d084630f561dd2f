"""What was withheld or erased, over HTTP: why it is not shown, and its certificate."""

from hashlib import sha256
from typing import Any

import pytest

from crypto.notation import read_b64
from crypto.policy import parse_policy
from crypto.removal import open_removal
from ledger.verification.certificate import certificate_report
from tests.erasures import ERASED, WITHHELD, logged, order
from tests.integration.api.conftest import ServedWorld

BOTH = pytest.mark.parametrize("kind", [WITHHELD, ERASED])


def removal_of(raw: bytes) -> str:
    return f"/api/v1/statements/{sha256(raw).hexdigest()}/removal"


def policy(served: ServedWorld) -> Any:
    return parse_policy(served.ledger.parts.home.trust_policy.read_bytes())


@BOTH
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_an_entry_says_by_which_entry_it_went(
    served: ServedWorld, kind: str, language: str
) -> None:
    raw, index = logged(served.world)
    by = served.post(order(served.world, raw, kind)).headers["Location"].split("/")[-1]
    for client in (served.client, served.app.test_client()):
        for path in (f"/api/v1/entries/{index}", removal_of(raw).removesuffix("/removal")):
            shown = client.get(path, headers={"Accept-Language": language}).get_json()
            assert set(shown) == {"absent", "header", "index", "leaf_hash"}
            assert shown["absent"]["reason"] == kind.removeprefix("statement.")
            assert shown["absent"]["by"] == int(by)
            wanted = f"by entry {by}:" if language == "en" else f"第 {by} 条"
            assert wanted in shown["absent"]["detail"]


def test_the_same_bytes_again_get_their_receipt(served: ServedWorld) -> None:
    raw = served.use()
    first = served.post(raw)
    assert served.post(order(served.world, raw)).status_code == 201
    again = served.post(raw)
    assert (again.status_code, again.data) == (200, first.data)


@BOTH
def test_a_certificate_is_for_everybody_and_verifies_offline(
    served: ServedWorld, kind: str
) -> None:
    raw, index = logged(served.world)
    given = order(served.world, raw, kind)
    served.post(given)
    answer = served.app.test_client().get(removal_of(raw))
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    report = certificate_report(answer.data, given, policy(served))
    assert [check.name for check in report.checks if check.bad] == []
    assert report.verdict == "verified"
    assert report.facts["index"] == index
    assert report.facts["kind"] == kind.removeprefix("statement.")
    removal = open_removal(answer.data)
    assert b"\xe4\xba\x91\xe6\xb0\x91" not in read_b64(answer.get_json()["payload"])
    assert removal.ordered_by == removal.decided_by == "MZ"


def test_what_was_not_removed_has_no_certificate(served: ServedWorld) -> None:
    raw, _ = logged(served.world)
    answer = served.client.get(removal_of(raw))
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")
    assert served.client.get(removal_of(b"")).status_code == 404
    assert served.client.get(f"/api/v1/statements/{'G' * 64}/removal").status_code == 404
