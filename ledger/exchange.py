"""Ask a stranger over HTTP: one question, one answer, bounded in time and in size.

A socket's own timeout ends a silence, not an answer: whoever sends a byte now and then
would hold the asking thread for ever. Here every read gets what is left of one span of
time, for status line, headers and body together. Nothing that is answered is believed.
Redirects are not followed, and no proxy of the environment is used.

Not bounded by it: the look-up of a name, which is the system's; and where a name has
several addresses each may take the whole time to be refused.

Units: seconds and bytes.

Source: RFC 9110, RFC 9112.
"""

import io
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from socket import socket
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

_KINDS: Final = {"http": HTTPConnection, "https": HTTPSConnection}
_NONE: Final[Mapping[str, str]] = {}


class Answer(NamedTuple):
    """A status and a whole body, within the limit."""

    status: int
    body: bytes


class Unanswered(Exception):
    """The stranger could not be reached, or gave no whole answer in time and within the limit."""


class Stranger:
    """One address; for one thread at a time. The connection is kept until :meth:`close`.

    Args:
        url: ``http`` or ``https``, without a path: it is given with each question.
        within_s: how long an exchange may take, from the question to the answer's last byte.
        most: bytes of a body.
    """

    def __init__(self, url: str, within_s: float, most: int) -> None:
        self._url, self._most = urlsplit(url), most
        self._time = _Time(within_s)
        self._connection: HTTPConnection | None = None

    def ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] = _NONE
    ) -> Answer:
        """Return the answer; raise Unanswered."""
        self._time.begin()
        kept = self._connection is not None
        try:
            return self._once(method, path, body, headers)
        except Unanswered:
            if not kept:
                raise
        # A kept connection may have ended meanwhile; a new one gets what is left of the time.
        return self._once(method, path, body, headers)

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _once(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        try:
            connection = self._connection = self._connection or self._connect()
            self._time.limit(connection)
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            read = answer.read(self._most + 1)
            if len(read) > self._most:
                raise Unanswered(f"more than {self._most} bytes")
            if answer.length:
                raise Unanswered("cut short")
        except Unanswered:
            self.close()
            raise
        except (OSError, HTTPException, ValueError) as error:
            self.close()
            raise Unanswered(type(error).__name__) from None
        return Answer(answer.status, read)

    def _connect(self) -> HTTPConnection:
        kind = _KINDS.get(self._url.scheme)
        if kind is None or not self._url.hostname:
            raise ValueError("no http or https address")
        made: HTTPConnection = kind(self._url.hostname, self._url.port)
        made.response_class = _read_within(self._time)
        return made


class _Time:
    """What is left of the time of one exchange."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends = 0.0

    def begin(self) -> None:
        self._ends = time.monotonic() + self._seconds

    def left(self) -> float:
        """Return it, above zero; raise TimeoutError where there is none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def limit(self, connection: HTTPConnection) -> None:
        """Let a connection be made, or the question be sent, in no more."""
        connection.timeout = self.left()
        if connection.sock is not None:
            connection.sock.settimeout(connection.timeout)


def _read_within(time_: _Time) -> type[HTTPResponse]:
    class Within(HTTPResponse):
        def __init__(self, sock: socket, *args: Any, **named: Any) -> None:
            super().__init__(sock, *args, **named)
            self.fp = io.BufferedReader(_Reads(sock, self.fp.detach(), time_))

    return Within


class _Reads(io.RawIOBase):
    """What comes from a socket, each read in what is left of the time."""

    def __init__(self, sock: socket, raw: io.RawIOBase, time_: _Time) -> None:
        self._sock, self._raw, self._time = sock, raw, time_

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._time.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
