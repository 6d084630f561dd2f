"""Sessions over requests: signing in, being known again, and all that ends it."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crypto.keys import PrivateKey
from crypto.notation import format_time, read_b64, write_b64
from crypto.signin import sign_in as signed
from crypto.statement import sign_statement
from tests.integration.api.conftest import ServedWorld
from tests.signing_in import CHALLENGE, CLIENT_NONCE, SESSIONS, envelope, sign_in
from tests.world import MZ, ORIGIN, seed

CURRENT = f"{SESSIONS}/current"
MINUTE_MS = 60_000


def begin(served: ServedWorld, key: PrivateKey) -> tuple[FlaskClient, dict[str, Any]]:
    client = served.app.test_client()
    return client, sign_in(client, key, ORIGIN, served.world.clock())


def send(client: FlaskClient, raw: bytes) -> TestResponse:
    return client.post(SESSIONS, data=raw, content_type="application/json")


def test_who_signs_in_is_known_again_until_he_goes(served: ServedWorld) -> None:
    client, begun = begin(served, served.world.zhang)
    ends = format_time(served.world.clock() + 60 * MINUTE_MS)
    who: dict[str, Any] = {"department": MZ, "official": "zhang", "role": "department"}
    who |= {"expires": ends, "whole_ledger": False}
    assert {name: begun[name] for name in who} == who
    assert client.get(CURRENT).json == who
    gone = client.delete(CURRENT)
    assert (gone.status_code, gone.data) == (204, b"")
    again = client.get(CURRENT)
    assert (again.status_code, again.json["code"]) == (401, "not_signed_in")
    assert again.headers["WWW-Authenticate"] == "Bearer"


def test_a_browser_is_known_by_a_cookie_that_scripts_and_other_sites_do_not_have(
    served: ServedWorld,
) -> None:
    client = served.app.test_client()
    raw = envelope(client, served.world.zhang, ORIGIN, served.world.clock())
    answer = send(client, raw)
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie, "plain HTTP on the machine itself"
    assert client.get(CURRENT).json["official"] == "zhang"
    assert client.delete(CURRENT).status_code == 204
    assert client.get(CURRENT).status_code == 401
    assert client.get("/api/v1/entries/0").status_code == 200, "then nobody is signed in"


@pytest.mark.parametrize(
    "asked",
    [
        {"headers": {"Host": "ledger.example"}},
        {"headers": {"X-Forwarded-For": "10.0.0.1"}},
        {"environ_overrides": {"REMOTE_ADDR": "10.0.0.9"}},
    ],
)
def test_elsewhere_the_cookie_goes_over_tls_alone(
    served: ServedWorld, asked: dict[str, Any]
) -> None:
    client = served.app.test_client()
    raw = envelope(client, served.world.zhang, ORIGIN, served.world.clock())
    answer = client.post(SESSIONS, data=raw, content_type="application/json", **asked)
    assert "Secure" in answer.headers["Set-Cookie"]


def _signed(served: ServedWorld, **other: Any) -> bytes:
    """A sign-in by zhang, but for what is said."""
    if "nonce" not in other:
        other["nonce"] = read_b64(served.app.test_client().post(CHALLENGE).get_json()["nonce"])
    parts: dict[str, Any] = {
        "key": served.world.zhang,
        "origin": ORIGIN,
        "client_nonce": CLIENT_NONCE,
        "expires": format_time(served.world.clock() + MINUTE_MS),
    }
    return signed(**(parts | other))


def _forged(served: ServedWorld) -> bytes:
    members = json.loads(_signed(served))
    members["signatures"][0]["sig"] = write_b64(bytes(64))
    return json.dumps(members, separators=(",", ":"), sort_keys=True).encode()


BAD = {
    "another ledger": lambda s: _signed(s, origin="other.example/1"),
    "a nonce of its own": lambda s: _signed(s, nonce=bytes(32)),
    "a stranger": lambda s: _signed(s, key=seed(123)),
    "expired": lambda s: _signed(s, expires=format_time(s.world.clock() - 1)),
    "too far ahead": lambda s: _signed(s, expires=format_time(s.world.clock() + 6 * MINUTE_MS)),
    "forged": _forged,
}


@pytest.mark.parametrize("case", BAD)
def test_a_sign_in_that_does_not_hold_opens_nothing(served: ServedWorld, case: str) -> None:
    answer = send(served.app.test_client(), BAD[case](served))
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert "Set-Cookie" not in answer.headers
    assert "token" not in answer.json


def test_a_statement_is_no_sign_in(served: ServedWorld) -> None:
    assert send(served.app.test_client(), served.use()).json["code"] == "malformed"


def test_a_nonce_serves_once_and_for_five_minutes(fresh: ServedWorld) -> None:
    raw = _signed(fresh)
    client = fresh.app.test_client()
    assert send(client, raw).status_code == 201
    assert send(client, raw).status_code == 401
    nonce = read_b64(client.post(CHALLENGE).get_json()["nonce"])
    fresh.world.clock.turn(5 * MINUTE_MS)
    assert send(client, _signed(fresh, nonce=nonce)).status_code == 401


def test_a_session_lasts_as_long_as_is_set(fresh: ServedWorld) -> None:
    client, _ = begin(fresh, fresh.world.zhang)
    fresh.world.clock.turn(60 * MINUTE_MS - 1)
    assert client.get(CURRENT).status_code == 200
    fresh.world.clock.turn(1)
    assert client.get(CURRENT).status_code == 401


def test_a_revocation_ends_a_session_at_once(fresh: ServedWorld) -> None:
    client, _ = begin(fresh, fresh.world.zhang)
    location = fresh.post(fresh.use()).headers["Location"]
    assert "statement" in client.get(location).json
    fresh.post(fresh.world.revocation(MZ, fresh.world.zhang, "zhang"))
    assert client.get(location).status_code == 401
    assert send(fresh.app.test_client(), _signed(fresh)).status_code == 401


def test_leaving_the_post_ends_a_session_at_once(fresh: ServedWorld) -> None:
    client, _ = begin(fresh, fresh.world.zhang)
    data = {
        "appointee": "zhang",
        "appointment": "app-zhang",
        "department": MZ,
        "ends": format_time(fresh.world.clock()),
    }
    event = fresh.world.registry("official.released", "official/zhang", data)
    fresh.post(sign_statement(event, [fresh.world.registrar]))
    assert client.get(CURRENT).status_code == 401


def test_an_expired_key_ends_a_session(fresh: ServedWorld) -> None:
    key = seed(90)
    expires = format_time(fresh.world.clock() + 2 * MINUTE_MS)
    data = {"department": MZ, "expires": expires, "public_key": write_b64(key.public.spki)}
    event = fresh.world.registry("key.enrolled", f"department/{MZ}", data)
    fresh.post(sign_statement(event, [fresh.world.registrar, key]))
    client, begun = begin(fresh, key)
    assert begun["official"] is None
    fresh.world.clock.turn(2 * MINUTE_MS)
    assert client.get(CURRENT).status_code == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Basic eDp5", f"Bearer {'x' * 43}", f"Token {'x' * 43}"]
)
def test_a_token_that_is_none_is_said_to_be_none(served: ServedWorld, header: str) -> None:
    answer = served.app.test_client().get("/api/v1/entries/0", headers={"Authorization": header})
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    sent = served.app.test_client().post(
        "/api/v1/statements",
        data=served.use(),
        content_type="application/json",
        headers={"Authorization": header},
    )
    assert sent.status_code == 201, "the signature is the authentication"


def test_no_token_and_no_nonce_lies_on_disk(fresh: ServedWorld) -> None:
    client, begun = begin(fresh, fresh.world.zhang)
    nonce = client.post(CHALLENGE).get_json()["nonce"]
    fresh.ledger.desk.engine.dispose()
    for path in fresh.world.settings.home.glob("service.db*"):
        raw = path.read_bytes()
        assert begun["token"].encode() not in raw
        assert read_b64(nonce) not in raw


def test_a_key_is_limited_whatever_address_it_comes_from(fresh: ServedWorld) -> None:
    for number in range(fresh.ledger.settings.signins - 1):  # one was signed in before
        peer = {"REMOTE_ADDR": f"10.0.{number}.1"}
        raw = _signed_at(fresh, peer)
        assert _at(fresh, raw, peer).status_code == 201
    peer = {"REMOTE_ADDR": "10.1.0.1"}
    raw = _signed_at(fresh, peer)
    limited = _at(fresh, raw, peer)
    assert (limited.status_code, limited.json["code"]) == (429, "too_many")
    fresh.world.clock.turn(MINUTE_MS)
    assert _at(fresh, _signed_at(fresh, peer), peer).status_code == 201
    metrics = fresh.client.get("/metrics").text
    assert 'zelian_sign_ins_total{answer="limited"} 1.0' in metrics


def _at(served: ServedWorld, raw: bytes, peer: dict[str, str]) -> TestResponse:
    return served.app.test_client().post(
        SESSIONS, data=raw, content_type="application/json", environ_overrides=peer
    )


def _signed_at(served: ServedWorld, peer: dict[str, str]) -> bytes:
    answer = served.app.test_client().post(CHALLENGE, environ_overrides=peer)
    return _signed(served, nonce=read_b64(answer.get_json()["nonce"]))


def test_refused_submissions_of_known_keys_are_kept_without_their_content(
    fresh: ServedWorld,
) -> None:
    auditor = seed(91)
    fresh.world.register("SJ", "云岭省审计厅", kind="audit")
    fresh.world.enrol("SJ", auditor)
    event = fresh.world.use(tier="approver")
    refused = sign_statement(event, [fresh.world.zhang])
    assert fresh.post(refused).status_code == 403
    fresh.post(sign_statement(fresh.world.use(), [seed(92)]))  # a stranger's: not kept
    fresh.batch(b"\n".join([refused, b"{}"]))
    assert "zelian_refusals_kept_total 2.0" in fresh.client.get("/metrics").text
    client, _ = begin(fresh, auditor)
    page = client.get("/api/v1/refusals?limit=1").json
    assert [one["number"] for one in page["refusals"]] == [2]
    [first] = client.get(f"/api/v1/refusals?before={page['next']}").json["refusals"]
    assert (first["code"], first["keyid"]) == ("out_of_role", fresh.world.zhang.key_id)
    raw = b"".join(path.read_bytes() for path in fresh.world.settings.home.glob("service.db*"))
    assert event["id"].encode() not in raw
    assert b"purpose_code" not in raw
