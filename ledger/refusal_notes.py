"""Give an official who is refused a note to prove that he tried.

Only what is authentic gets one: a statement in its form, each of whose signatures is
by a key that was enrolled, revoked or not. So nobody gets notes in another's name, and
no stranger has the log's key sign what he made up.

Source: spec 6, "Refusal notes".
"""

from crypto.errors import CryptoError
from crypto.keys import PrivateKey
from crypto.notation import format_time
from crypto.refusal import Refusal, sign_refusal
from crypto.statement import read_statement, verify_signatures
from ledger.errors import Refused
from ledger.log.clock import Clock
from ledger.registry.state import Registry


class RefusalNotes:
    """Signs refusals with the log's key."""

    def __init__(self, origin: str, key: PrivateKey, registry: Registry, clock: Clock) -> None:
        self._origin, self._key = origin, key
        self._registry, self._clock = registry, clock

    def add_to(self, refusal: Refused, raw: bytes) -> None:
        """Put the note on the refusal of *raw* beside it, as ``note``, if it is authentic."""
        try:
            statement = read_statement(raw)
            keys = self._registry.public_keys
            verify_signatures(statement, {name: keys[name] for name in statement.signers})
        except (CryptoError, KeyError):
            return
        said = Refusal(
            self._origin, statement.digest.hex(), refusal.code, format_time(self._clock())
        )
        refusal.extra["note"] = sign_refusal(said, self._key)
