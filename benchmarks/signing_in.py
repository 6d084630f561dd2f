"""Sign a key in to a server, as a client does; the session's token asks from then on."""

import http.client
import json
import os

from benchmarks.errors import BenchError
from crypto.keys import PrivateKey
from crypto.notation import format_time, read_b64
from crypto.signin import sign_in
from ledger.log.clock import system_clock

SESSIONS = "/api/v1/sessions"
AHEAD_MS = 60_000
NONCE_SIZE = 16


def token_of(port: int, key: PrivateKey, origin: str) -> str:
    """Return the token of a new session."""
    nonce = read_b64(_post(port, f"{SESSIONS}/challenge", b"")["nonce"])
    expires = format_time(system_clock() + AHEAD_MS)
    return _post(port, SESSIONS, sign_in(key, origin, nonce, os.urandom(NONCE_SIZE), expires))[
        "token"
    ]


def _post(port: int, path: str, body: bytes) -> dict[str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        raw = answer.read()
    finally:
        connection.close()
    if answer.status >= 300:
        raise BenchError(f"{path} answered {answer.status}: {raw[:200]!r}")
    members: dict[str, str] = json.loads(raw)
    return members
