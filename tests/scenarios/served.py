"""A ledger that is served over HTTP with a clock that the test turns.

The server is the one of ``zelian serve``: waitress on a socket of this machine, in a
thread of the test, because no setting can hand a served program a clock.
"""

import http.client
import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from waitress import wasyncore

from api.context import Served as Context
from api.serving import listen, server_of
from app import create_app
from crypto.keys import PrivateKey
from crypto.notation import format_time, read_b64
from crypto.signin import sign_in
from ledger.settings import Settings
from tests.signing_in import AHEAD_MS, CHALLENGE, CLIENT_NONCE, SESSIONS
from tests.world import Clock

PATIENCE_S = 60.0
JSON = "application/json"
AGAIN_MS = 1_800_000  # after which somebody signs in anew; a session lasts an hour
MOST = 200  # of one page; no scenario has more of anything


def settings_of(home: Path) -> Settings:
    """Settings of a small ledger on SQLite in which nobody is slowed down."""
    return Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1, 60, 100_000)


@dataclass(frozen=True)
class Answer:
    """Status and body of an answer."""

    status: int
    body: Any


class Server:
    """Serves the ledger of a home until it is stopped."""

    def __init__(self, home: Path, clock: Clock) -> None:
        app = create_app(settings_of(home), clock)
        context: Context = app.extensions["zelian"]
        self._ledger = context.ledger
        self._listener = listen("127.0.0.1", 0)
        self._server = server_of(app, self._listener)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the server's thread, then close what it had open, and the ledger."""
        channels = dict(self._server._map)
        self._server.trigger.pull_trigger(self._server._map.clear)  # a loop over nothing ends
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(channels, ignore_all=True)
        self._listener.close()
        self._ledger.close()


class Caller:
    """Talks to a server as programs do: over one connection, signed in where a key is given.

    ``size`` is how many entries are known to be there.
    """

    def __init__(self, port: int, clock: Clock, origin: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        self._clock, self._origin = clock, origin
        self._tokens: dict[str, tuple[str, int]] = {}
        self.size = 0

    def close(self) -> None:
        self._connection.close()

    def post(self, path: str, body: bytes) -> Answer:
        return self._call("POST", path, body, {"Content-Type": JSON})

    def get(self, path: str, key: PrivateKey, reason: str | None = None, **query: Any) -> Answer:
        """Ask as the holder of a key."""
        headers = {"Authorization": f"Bearer {self._token(key)}"}
        headers |= {"X-Zelian-Reason": reason} if reason else {}
        asked = f"?{urlencode(query)}" if query else ""
        return self._call("GET", path + asked, None, headers)

    def _token(self, key: PrivateKey) -> str:
        """Return a token that holds; a session ends by the ledger's own clock."""
        token, until = self._tokens.get(key.key_id, ("", 0))
        if self._clock() < until:
            return token
        nonce = read_b64(self.post(CHALLENGE, b"").body["nonce"])
        expires = format_time(self._clock() + AHEAD_MS)
        answer = self.post(SESSIONS, sign_in(key, self._origin, nonce, CLIENT_NONCE, expires))
        assert answer.status == 201, answer.body
        token = str(answer.body["token"])
        self._tokens[key.key_id] = (token, self._clock() + AGAIN_MS)
        return token

    def _call(self, method: str, path: str, body: bytes | None, headers: Any) -> Answer:
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        raw = answer.read()
        return Answer(answer.status, json.loads(raw) if raw else None)
