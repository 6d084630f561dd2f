"""Ask one time-stamp authority over HTTP; nothing that it says is believed here.

Units: seconds and bytes.

Source: RFC 3161, 3.4.
"""

from contextlib import closing
from urllib.parse import urlsplit

from crypto.timestamp import MAX_TOKEN
from ledger.exchange import Stranger, Unanswered

WITHIN_S = 10.0  # for a whole exchange
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class Authority:
    """One authority.

    Args:
        url: where queries are posted, ``http`` or ``https``.
    """

    def __init__(self, url: str, within_s: float = WITHIN_S) -> None:
        self.url, self._within_s = url, within_s

    def stamp(self, query: bytes) -> bytes:
        """Return the answer to a query, DER; raise Unanswered: none, or no time-stamp.

        Args:
            query: DER.
        """
        parts = urlsplit(self.url)
        path = parts.path or "/"
        target = f"{path}?{parts.query}" if parts.query else path
        with closing(Stranger(self.url, self._within_s, MAX_TOKEN)) as stranger:
            answer = stranger.ask("POST", target, query, _HEADERS)
        if answer.status != 200:
            raise Unanswered(f"HTTP {answer.status}")
        return answer.body
