"""Talk to one witness over HTTP; nothing that it says is believed here.

The connection is kept. Redirects are not followed. Where the witness stands comes
from the trust policy of the home, which the operator writes.

Units: seconds and bytes.

Source: C2SP tlog-witness.
"""

from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import urlsplit

TIMEOUT_S = 5.0  # for a connection, and for each piece of an answer
MAX_ANSWER = 1_000_000


class Answer(NamedTuple):
    """A status and a body, within the limit."""

    status: int
    body: bytes


class Unanswered(Exception):
    """The witness could not be reached, or its answer could not be read."""


class Asker:
    """One witness's address; for one thread at a time.

    Args:
        url: the submission prefix, ``http`` or ``https``; also where checkpoints are monitored.
    """

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        self._url, self._timeout_s = urlsplit(url), timeout_s
        self._connection: HTTPConnection | None = None

    def add_checkpoint(self, body: str) -> Answer:
        """Post one request; raise Unanswered."""
        return self._exchange("POST", "/add-checkpoint", body.encode())

    def checkpoint(self, origin: str) -> Answer:
        """Get the checkpoint of *origin* that was cosigned last; raise Unanswered."""
        return self._exchange("GET", f"/{sha256(origin.encode()).hexdigest()}/checkpoint", None)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, method: str, path: str, body: bytes | None) -> Answer:
        kept = self._connection is not None
        try:
            return self._once(method, path, body)
        except Unanswered:
            if not kept:
                raise
        return self._once(method, path, body)  # a kept connection may have ended meanwhile

    def _once(self, method: str, path: str, body: bytes | None) -> Answer:
        try:
            connection = self._connection = self._connection or self._connect()
            connection.request(method, self._url.path.rstrip("/") + path, body)
            answer = connection.getresponse()
            read = answer.read(MAX_ANSWER + 1)
            if len(read) > MAX_ANSWER:
                raise HTTPException("the answer is too large")
        except (OSError, HTTPException, ValueError) as error:
            self.close()
            raise Unanswered(type(error).__name__) from None
        return Answer(answer.status, read)

    def _connect(self) -> HTTPConnection:
        kinds = {"http": HTTPConnection, "https": HTTPSConnection}
        kind = kinds.get(self._url.scheme)
        if kind is None or not self._url.hostname:
            raise ValueError("no http or https address")
        made: HTTPConnection = kind(self._url.hostname, self._url.port, timeout=self._timeout_s)
        return made
