"""Ask the ledger over HTTP, one connection a thread, made anew after each failure."""

import http.client
from contextlib import suppress

HOST = "127.0.0.1"
NO_ANSWER = 0
JSON, NDJSON = "application/json", "application/x-ndjson"


class Wire:
    """A connection that is kept alive as long as it answers.

    Args:
        patience_s: seconds after which an answer that has not begun is given up.
    """

    def __init__(self, port: int, patience_s: float) -> None:
        self._port, self._patience_s = port, patience_s
        self._connection: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, path: str, body: bytes | None = None, kind: str = JSON
    ) -> tuple[int, bytes]:
        """Return status and body; ``NO_ANSWER`` where none came whole."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                HOST, self._port, timeout=self._patience_s
            )
        try:
            headers = {"Content-Type": kind} if body is not None else {}
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return NO_ANSWER, b""

    def close(self) -> None:
        """Let the connection go; the next question makes another, maybe to another worker."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.close()
            self._connection = None
