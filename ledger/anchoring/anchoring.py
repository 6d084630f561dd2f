"""Have the log's head stamped now and then, and log each token; no append ever waits for it.

A head is stamped when there is something new and the newest token is so many minutes old,
or so many entries have come since, whichever is first. Time-stamps themselves are nothing
new, so a quiet ledger stays quiet. Every authority is asked; one that fails is told of, and
asked again a while later, while the ledger goes on.

Source: RFC 3161; spec 8; rule I5.
"""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from cryptography.x509 import Certificate

from crypto.checkpoint import Checkpoint
from crypto.errors import CryptoError
from crypto.keys import PrivateKey
from crypto.notation import format_time, parse_time
from crypto.statement import sign_statement
from crypto.timestamp import ask, open_token
from ledger.access.readings import event
from ledger.anchoring.anchor import ANCHORED, Anchor, anchor_members, stamped_bytes
from ledger.anchoring.authority import Authority
from ledger.errors import LedgerError
from ledger.exchange import Unanswered
from ledger.log.clock import Clock
from ledger.opening import SERVICE_DEPARTMENT

LOOK_S = 1.0  # how often it is looked whether a head is due
PAUSE_S = 30.0  # after a failure; doubled with each that follows
MAX_PAUSE_S = 600.0

log = structlog.get_logger("zelian.anchoring")


@dataclass(frozen=True, slots=True)
class Every:
    """How often a head is stamped: after so many milliseconds, or so many entries."""

    milliseconds: int
    entries: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with time-stamps.

    Attributes:
        newest: the newest token that is logged; None: there is none.
        unstamped: entries above it, time-stamps themselves apart.
        errors: by authority, why it gave none when it was asked last.
    """

    newest: Anchor | None
    unstamped: int
    errors: dict[str, str]


class Anchoring:
    """The authorities of one ledger.

    Args:
        authorities: all are asked; none: nothing is ever done.
        roots: certificates in which those of the authorities end.
        published: the newest published checkpoint.
        newest: the newest logged time-stamp, and how many are logged from its size on.
        key: reads the service's key.
        submit: logs one statement.
        clock: milliseconds since 1970.
    """

    def __init__(
        self,
        authorities: Sequence[Authority],
        roots: Sequence[Certificate],
        every: Every,
        published: Callable[[], Checkpoint],
        newest: Callable[[], tuple[Anchor | None, int]],
        key: Callable[[], PrivateKey],
        submit: Callable[[bytes], object],
        clock: Clock,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._authorities, self._roots, self._every = authorities, roots, every
        self._published, self._newest = published, newest
        self._key, self._submit, self._clock = key, submit, clock
        self._pause_s = pause_s
        self._errors: dict[str, str] = {}
        self._failures = 0
        self._not_before = 0.0
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def on(self) -> bool:
        """Whether there is an authority to ask."""
        return bool(self._authorities)

    def start(self) -> None:
        """Look from now on, in the background."""
        if self.on:
            self._thread = threading.Thread(target=self._work, name="anchoring", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop; a query that is under way ends by itself."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(LOOK_S)
            self._thread = None

    def standing(self) -> Standing:
        """How it stands."""
        newest, own = self._newest()
        size = self._published().size
        above = size if newest is None else size - newest.size
        return Standing(newest, max(0, above - own), dict(self._errors))

    def look(self) -> bool:
        """Have the head stamped if it is due; tell whether a token was logged."""
        standing = self.standing()
        return self._is_due(standing) and time.monotonic() >= self._not_before and self.stamp()

    def _is_due(self, standing: Standing) -> bool:
        if not standing.unstamped:
            return False
        if standing.newest is None or standing.unstamped >= self._every.entries:
            return True
        age_ms = self._clock() - parse_time(standing.newest.stamped_at)
        return age_ms >= self._every.milliseconds

    def stamp(self) -> bool:
        """Have every authority stamp the published head; tell whether a token was logged."""
        checkpoint = self._published()
        done = [self._ask(one, checkpoint) for one in self._authorities]
        if any(done):
            self._failures = 0
            return True
        pause_s = min(self._pause_s * 2.0**self._failures, MAX_PAUSE_S)
        self._failures = min(self._failures + 1, 16)
        self._not_before = time.monotonic() + pause_s
        return False

    def _ask(self, authority: Authority, checkpoint: Checkpoint) -> bool:
        data = stamped_bytes(checkpoint)
        query = ask(data)
        try:
            response = authority.stamp(query.der)
            token = open_token(response, data, self._roots, query.nonce)
            self._log(anchor_members(checkpoint, token, response, authority.url))
        except (Unanswered, CryptoError, LedgerError) as error:
            why = str(error) if isinstance(error, Unanswered) else type(error).__name__
            if self._errors.get(authority.url) != why:
                log.warning("no time-stamp", authority=authority.url, error=why)
            self._errors[authority.url] = why
            return False
        self._errors.pop(authority.url, None)
        return True

    def _log(self, members: dict[str, Any]) -> None:
        said = event(
            ANCHORED,
            members,
            origin=members["origin"],
            source=SERVICE_DEPARTMENT,
            id_=f"anchor-{secrets.token_hex(16)}",
            time=format_time(self._clock()),
        )
        self._submit(sign_statement(said, [self._key()]))

    def _work(self) -> None:
        while not self._closing.wait(LOOK_S):
            try:
                self.look()
            except Exception as error:  # the ledger goes on without time-stamps
                log.warning("time-stamps", error=type(error).__name__)
