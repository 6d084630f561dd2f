"""When a session is let begin, how long it lasts, and how often somebody may try.

A session is what is kept of a sign-in: whose key it was and until when. It is no
right of its own: at every request the registry is asked again whether the key
speaks, for whom, and whether he is in post (``ledger.access.reader``), so that a
revocation, an expiry or a release ends it at once. Clocks come in as arguments.

Units: milliseconds since 1970.

Source: spec 2; design, "Identity and roles".
"""

from collections import deque
from dataclasses import dataclass

NONCE_MS = 5 * 60 * 1000  # SPEC: spec 2, a sign-in runs at most 5 minutes ahead
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Session:
    """One session as it is kept: not its token, only the token's SHA-256."""

    token_sha256: bytes
    key_id: str
    started_ms: int
    ends_ms: int

    def is_open(self, now_ms: int) -> bool:
        return self.started_ms <= now_ms < self.ends_ms


def nonce_holds(given_ms: int, now_ms: int) -> bool:
    """Whether a nonce that was given then may still be used, once."""
    return given_ms <= now_ms < given_ms + NONCE_MS


class Attempts:
    """How often each of many has tried within the last minute, in memory alone.

    Args:
        limit: attempts a minute that are let pass.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._times: dict[str, deque[int]] = {}
        self._swept_ms = 0

    def admit(self, who: str, now_ms: int) -> bool:
        """Count an attempt; tell whether it is within the limit. A refused one does not count."""
        self._sweep(now_ms)
        times = self._times.setdefault(who, deque())
        _drop_old(times, now_ms)
        if len(times) >= self._limit:
            return False
        times.append(now_ms)
        return True

    def _sweep(self, now_ms: int) -> None:
        """Forget, once a minute, whoever has not tried within the last."""
        if 0 <= now_ms - self._swept_ms < MINUTE_MS:
            return
        self._swept_ms = now_ms
        for who, times in list(self._times.items()):
            _drop_old(times, now_ms)
            if not times:
                del self._times[who]


def _drop_old(times: deque[int], now_ms: int) -> None:
    """Drop what is a minute old, and what a clock that has run back left in the future."""
    while times and not now_ms - MINUTE_MS < times[0] <= now_ms:
        times.popleft()
