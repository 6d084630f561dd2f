"""Ask one time-stamp authority over HTTP; nothing that it says is believed here.

Redirects are not followed, and no proxy of the environment is used.

Units: seconds and bytes.

Source: RFC 3161, 3.4.
"""

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from crypto.timestamp import MAX_TOKEN

TIMEOUT_S = 10.0  # for a connection, and for each piece of an answer
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class Unanswered(Exception):
    """The authority could not be reached, or did not answer with a time-stamp."""


class Authority:
    """One authority.

    Args:
        url: where queries are posted, ``http`` or ``https``.
    """

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        self.url, self._timeout_s = url, timeout_s

    def stamp(self, query: bytes) -> bytes:
        """Return the answer to a query, DER, at most a byte longer than is read; raise Unanswered.

        Args:
            query: DER.
        """
        parts = urlsplit(self.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        try:
            connection = kind(parts.hostname or "", parts.port, timeout=self._timeout_s)
            try:
                path = parts.path or "/"
                target = f"{path}?{parts.query}" if parts.query else path
                connection.request("POST", target, query, _HEADERS)
                answer = connection.getresponse()
                read = answer.read(MAX_TOKEN + 1)
            finally:
                connection.close()
        except (OSError, HTTPException, ValueError) as error:
            raise Unanswered(type(error).__name__) from None
        if answer.status != 200:
            raise Unanswered(f"HTTP {answer.status}")
        return read
