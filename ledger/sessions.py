"""Sign somebody in by his key, know him again, and let him go.

A session lasts as long as is set, and not a moment longer than the key speaks:
whom a token stands for is asked of the registry at every request. Tokens and
nonces are made here, handed out once, and kept as SHA-256 alone.

Source: spec 2; design, "Identity and roles".
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

import sqlalchemy as sa

from crypto.errors import CryptoError, Malformed, TooLarge
from crypto.notation import format_time
from crypto.signin import NONCE_SIZE, SignIn, open_sign_in, read_sign_in
from ledger.access.inherited import Inherited
from ledger.access.reader import Reader, reader_of
from ledger.access.scopes import Scope
from ledger.access.sessions import MINUTE_MS, NONCE_MS, Attempts, Session, nonce_holds
from ledger.errors import NotSignedIn, Refused, TooMany
from ledger.log.clock import Clock
from ledger.log.failures import telling_of_the_database
from ledger.registry.state import Registry
from ledger.store.engine import reading, writing
from ledger.store.service_rows import ServiceRows

TOKEN_SIZE = 32

# What stands before whatever asks the database.
_writes = telling_of_the_database(reading=False)
_reads = telling_of_the_database(reading=True)

ScopesOf = Callable[[str], tuple[Scope, ...]]
InheritedBy = Callable[[str, str], Inherited]


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that has just begun. ``token`` is told to whoever signed in, and to nobody else."""

    token: str
    expires: str
    reader: Reader


@dataclass(frozen=True, slots=True)
class Open:
    """A session that is open: who it is, until when, and the SHA-256 of its token."""

    reader: Reader
    expires: str
    token_sha256: bytes


class Sessions:
    """The sessions of one ledger.

    Args:
        engine, rows: where they are kept.
        registry: whom keys speak for.
        follow: folds what other writers committed into *registry*.
        origin: of this ledger.
        clock: milliseconds since 1970.
        scopes_of: the authorisations of a body.
        inherited_by: for whom a department reads at a T.
        minutes: how long a session lasts.
        limit: sign-ins a minute, of one peer and of one key.
    """

    def __init__(
        self,
        engine: sa.Engine,
        rows: ServiceRows,
        registry: Registry,
        follow: Callable[[], None],
        origin: str,
        clock: Clock,
        scopes_of: ScopesOf,
        inherited_by: InheritedBy,
        minutes: int,
        limit: int,
    ) -> None:
        self._engine, self._rows = engine, rows
        self._registry, self._follow = registry, follow
        self._origin, self._clock = origin, clock
        self._scopes_of, self._inherited_by = scopes_of, inherited_by
        self._lasts_ms = minutes * MINUTE_MS
        self._counting = threading.Lock()
        self._asked, self._tried, self._keys = Attempts(limit), Attempts(limit), Attempts(limit)

    @_writes
    def challenge(self, peer: str) -> bytes:
        """Return a fresh nonce for *peer*; raise TooMany."""
        now_ms = self._clock()
        self._count(self._asked, peer, now_ms)
        nonce = secrets.token_bytes(NONCE_SIZE)
        with writing(self._engine) as connection:
            self._rows.forget(connection, now_ms - NONCE_MS, now_ms)
            self._rows.add_nonce(connection, sha256(nonce).digest(), now_ms)
        return nonce

    @_writes
    def begin(self, raw: bytes, peer: str) -> Begun:
        """Open a session by the sign-in envelope *raw*.

        Raises:
            Refused: ``malformed``, ``too_large``: it is no sign-in.
            NotSignedIn: it does not hold: signature, ledger, nonce, time, or key.
            TooMany: *peer*, or the key, signs in too often.
        """
        now_ms = self._clock()
        self._count(self._tried, peer, now_ms)
        claim = self._verified(raw, now_ms)
        # A key is counted only once its signature holds, so that nobody else shuts it out.
        self._count(self._keys, claim.key_id, now_ms)
        self._use_nonce(claim.nonce, now_ms)
        reader = self._reader(claim.key_id, now_ms)
        if reader is None:
            raise _speaks_for_nobody()
        token = secrets.token_urlsafe(TOKEN_SIZE)
        ends_ms = now_ms + self._lasts_ms
        row = (sha256(token.encode()).digest(), claim.key_id, now_ms, ends_ms)
        with writing(self._engine) as connection:
            self._rows.add_session(connection, row)
        return Begun(token, format_time(ends_ms), reader)

    @_reads
    def find(self, token: str) -> Open:
        """Return the open session of *token*; raise NotSignedIn."""
        digest, now_ms = sha256(token.encode()).digest(), self._clock()
        with reading(self._engine) as connection:
            row = self._rows.session(connection, digest)
        if row is None or not Session(*row).is_open(now_ms):
            raise _ended()
        session = Session(*row)
        self._follow()  # what another worker has logged ends a session here too
        reader = self._reader(session.key_id, now_ms)
        if reader is None:
            raise _ended()
        return Open(reader, format_time(session.ends_ms), digest)

    @_writes
    def end(self, token_sha256: bytes) -> None:
        """End a session; one that is not there has ended."""
        with writing(self._engine) as connection:
            self._rows.end_session(connection, token_sha256)

    def _count(self, attempts: Attempts, who: str, now_ms: int) -> None:
        with self._counting:
            admitted = attempts.admit(who, now_ms)
        if not admitted:
            raise TooMany(
                "too many sign-ins within a minute: wait a minute and try again",
                "一分钟内登录次数过多：请一分钟后再试",
            )

    def _verified(self, raw: bytes, now_ms: int) -> SignIn:
        """Return what the envelope says once its key is known and its signature holds."""
        try:
            claim = read_sign_in(raw)
            key = self._registry.public_keys.get(claim.key_id)
            if key is None:
                self._follow()
                key = self._registry.public_keys.get(claim.key_id)
            if key is None:
                raise _speaks_for_nobody()
            return open_sign_in(raw, key, self._origin, claim.nonce, now_ms)
        except TooLarge as error:
            raise Refused("too_large", error.en, error.zh) from None
        except Malformed as error:
            raise Refused("malformed", error.en, error.zh, error.pointer) from None
        except CryptoError as error:
            raise NotSignedIn(error.en, error.zh) from None

    def _use_nonce(self, nonce: bytes, now_ms: int) -> None:
        """Take the nonce out of those that were given: it serves once."""
        with writing(self._engine) as connection:
            given_ms = self._rows.take_nonce(connection, sha256(nonce).digest())
        if given_ms is None or not nonce_holds(given_ms, now_ms):
            raise NotSignedIn(
                "this nonce was not given out, or was used already, or is older than 5 minutes:"
                " ask for a new one and sign in again",
                "该随机数未曾发放、已被使用或已超过 5 分钟：请重新获取后登录",
            )

    def _reader(self, key_id: str, now_ms: int) -> Reader | None:
        """Return whom the key speaks for now, in whose place too, with the scopes of now."""
        now = format_time(now_ms)
        reader = reader_of(key_id, self._registry, now)
        if reader is None:
            return None
        reader = replace(reader, inherited=self._inherited_by(reader.department, now))
        if not reader.inspects:
            return reader
        scopes = self._scopes_of(reader.department)
        live = tuple(scope for scope in scopes if scope.is_live(reader.official, now))
        return replace(reader, scopes=live)


def _ended() -> NotSignedIn:
    return NotSignedIn("this session has ended: sign in again", "会话已结束：请重新登录")


def _speaks_for_nobody() -> NotSignedIn:
    return NotSignedIn(
        "this key speaks for nobody here: it is not enrolled, or revoked, or expired, or its"
        " holder is not in post",
        "该密钥在本账本不代表任何人：未登记、已撤销、已到期，或持有人不在任",
    )
