"""Keep who was refused: time, key, code and digest of what was sent, never its content.

Only keys that the registry knows are noted, so that strangers fill nothing. That a
key is named does not prove that its holder sent it: with ``bad_signature`` anybody
can have named it.

Source: design, "What bad input gets".
"""

from collections.abc import Sequence
from hashlib import sha256

import sqlalchemy as sa
import structlog

from crypto.envelope import read_envelope
from crypto.errors import CryptoError
from crypto.statement import PAYLOAD_TYPE
from ledger.errors import Refused
from ledger.log.clock import Clock
from ledger.log.failures import telling_of_the_database
from ledger.registry.state import Registry
from ledger.store.engine import reading, writing
from ledger.store.service_rows import RefusalRow, ServiceRows

log = structlog.get_logger("zelian.refusals")


class Refusals:
    """The refused submissions of known keys."""

    def __init__(
        self, engine: sa.Engine, rows: ServiceRows, registry: Registry, clock: Clock
    ) -> None:
        self._engine, self._rows = engine, rows
        self._registry, self._clock = registry, clock
        self.kept = 0  # by this process

    def note(self, refused: Sequence[tuple[bytes, Refused]]) -> int:
        """Keep those of *refused* that name a known key; return how many."""
        now_ms = self._clock()
        kept = [
            (now_ms, key_id, refusal.code, sha256(raw).digest())
            for raw, refusal in refused
            for key_id in self._known(raw)
        ]
        return len(kept) if kept and self._keep(kept) else 0

    def _keep(self, rows: Sequence[RefusalRow]) -> bool:
        """Write *rows*; a refusal is answered all the same where they cannot be kept."""
        try:
            with writing(self._engine) as connection:
                self._rows.add_refusals(connection, rows)
        except sa.exc.SQLAlchemyError as error:
            log.warning("refusals not kept", error=type(error).__name__)
            return False
        self.kept += len(rows)
        return True

    def _known(self, raw: bytes) -> list[str]:
        """Return the ids of the known keys that an envelope names; none where it is none."""
        try:
            _, signatures = read_envelope(raw, PAYLOAD_TYPE)
        except CryptoError:
            return []
        return [key_id for key_id, _ in signatures if key_id in self._registry.public_keys]

    @telling_of_the_database(reading=True)
    def newest(self, before: int | None, limit: int) -> list[tuple[int, RefusalRow]]:
        """Up to *limit* refusals by number, newest first, below number *before*."""
        with reading(self._engine) as connection:
            return self._rows.refusals(connection, before, limit)
