"""Sign a key in to a service, as a client does: over real requests, its own bytes."""

from typing import Any

from flask.testing import FlaskClient

from crypto.keys import PrivateKey
from crypto.notation import format_time, read_b64
from crypto.signin import sign_in as signed

CHALLENGE = "/api/v1/sessions/challenge"
SESSIONS = "/api/v1/sessions"
CLIENT_NONCE = bytes(range(16))
AHEAD_MS = 60_000


def envelope(client: FlaskClient, key: PrivateKey, origin: str, now_ms: int) -> bytes:
    """A sign-in over a fresh nonce of the service."""
    nonce = read_b64(client.post(CHALLENGE).get_json()["nonce"])
    return signed(key, origin, nonce, CLIENT_NONCE, format_time(now_ms + AHEAD_MS))


def sign_in(client: FlaskClient, key: PrivateKey, origin: str, now_ms: int) -> dict[str, Any]:
    """Sign in and have *client* send the token from now on; return the answer."""
    raw = envelope(client, key, origin, now_ms)
    answer = client.post(SESSIONS, data=raw, content_type="application/json")
    assert answer.status_code == 201, answer.get_json()
    begun: dict[str, Any] = answer.get_json()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {begun['token']}"
    return begun
