"""Record who inspected what, in the ledger itself, by the service's own key.

It is logged before the answer leaves: where it cannot be, nothing is shown. A
crash between the two leaves a reading recorded that nobody received, never the
reverse. The write path of others does nothing for it.

Source: spec 9; design, "Identity and roles".
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crypto.canonical import read_canonical, write_canonical
from crypto.notation import format_time
from crypto.statement import sign_statement
from ledger.access.readings import (
    SALT_SIZE,
    Asked,
    Bundled,
    Given,
    clear,
    commitment,
    event,
    making,
    relied_on,
)
from ledger.errors import LedgerError, NotFound, ReadOnly, Refused
from ledger.home import Home
from ledger.log.clock import Clock
from ledger.log.failures import telling_of_the_database
from ledger.opening import SERVICE_DEPARTMENT
from ledger.sessions import Open
from ledger.store.engine import reading, writing
from ledger.store.service_rows import ServiceRows

Submit = Callable[[bytes], object]


class Readings:
    """Speaks for the service about those who read.

    Args:
        engine, rows: where salts of seals are kept.
        home: holds the service's key.
        origin: of this ledger.
        clock: milliseconds since 1970.
        submit: logs one statement.
    """

    def __init__(
        self,
        engine: sa.Engine,
        rows: ServiceRows,
        home: Home,
        origin: str,
        clock: Clock,
        submit: Submit,
    ) -> None:
        self._engine, self._rows = engine, rows
        self._home, self._origin, self._clock, self._submit = home, origin, clock, submit

    @telling_of_the_database(reading=False)
    def record(self, session: Open, asked: Asked, given: Sequence[Given]) -> None:
        """Log one request; raise ReadOnly where that cannot be done."""
        members = clear(session.reader, session.token_sha256, asked, given)
        scope = relied_on(session.reader, given)
        if scope is None or not scope.sealed:
            self._say("access.recorded", members)
            return
        self._say("access.sealed", {"approval": scope.document, "commitment": self._seal(members)})

    @telling_of_the_database(reading=False)
    def record_making(
        self,
        session: Open,
        bundled: Bundled,
        reason: str,
        refs: Mapping[str, str],
        given: Sequence[Given],
    ) -> None:
        """Log that an evidence bundle was made; raise ReadOnly where that cannot be done."""
        reader = session.reader
        members = making(reader, session.token_sha256, bundled, reason, refs, given)
        scope = relied_on(reader, given)
        if scope is None or not scope.sealed:
            self._say("bundle.made", members)
            return
        seal = {"approval": scope.document, "commitment": self._seal(members)}
        self._say("bundle.made", {"sealed": seal})

    @telling_of_the_database(reading=False)
    def unseal(self, seal: str, sealed: str, approval: str) -> None:
        """Log in clear what lies under a seal.

        Args:
            seal: digest of the statement that sealed it, hex.
            sealed: the commitment in that statement.
            approval: the document that lifts the seal.

        Raises:
            NotFound: the salt of that commitment is not kept here.
        """
        with reading(self._engine) as connection:
            kept = self._rows.seal(connection, sealed)
        if kept is None:
            raise NotFound(
                "what lies under this seal is not kept here: restore service.db from a backup",
                "此密封记录的内容未保存于此：请从备份恢复 service.db",
            )
        salt, raw = kept
        members: Any = read_canonical(raw)
        self._say(
            "access.unsealed", {"approval": approval, "salt": salt.hex(), "seal": seal, **members}
        )

    def _seal(self, members: dict[str, Any]) -> str:
        """Keep *members* under a fresh salt; return the commitment."""
        salt = secrets.token_bytes(SALT_SIZE)
        sealed = commitment(salt, members)
        with writing(self._engine) as connection:
            self._rows.add_seal(connection, sealed, salt, write_canonical(members))
        return sealed

    def _say(self, kind: str, data: dict[str, Any]) -> None:
        said = event(
            kind,
            data,
            origin=self._origin,
            source=SERVICE_DEPARTMENT,
            id_=f"access-{secrets.token_hex(16)}",
            time=format_time(self._clock()),
        )
        try:
            key = self._home.read_key(self._home.service_key)
            self._submit(sign_statement(said, [key]))
        except ReadOnly:
            raise
        except LedgerError as error:
            raise _unrecorded(error) from error


def _unrecorded(error: LedgerError) -> ReadOnly:
    why = f" ({error.code})" if isinstance(error, Refused) else ""
    return ReadOnly(
        "unrecorded",
        f"this reading cannot be recorded{why}, so nothing is shown: "
        "the service's key must lie in the home and be enrolled",
        f"本次查阅无法记录{why}，因此不予显示：服务密钥须存于主目录并已登记",
    )
