"""The queries of what the service keeps for itself. Plain rows in and out."""

from collections.abc import Sequence

import sqlalchemy as sa

from ledger.store.service_tables import nonces, refusals, removed_claims, seals, sessions

SessionRow = tuple[bytes, str, int, int]  # SHA-256 of the token, key id, start, end
RefusalRow = tuple[int, str, str, bytes]  # time, key id, code, digest of what was sent
KEPT_REFUSALS = 100_000  # the newest; a flood of refused statements fills no disk


class ServiceRows:
    """What both databases say in the same words."""

    # Signing in

    def add_nonce(self, connection: sa.Connection, nonce_sha256: bytes, now_ms: int) -> None:
        connection.execute(sa.insert(nonces).values(nonce_sha256=nonce_sha256, given_ms=now_ms))

    def take_nonce(self, connection: sa.Connection, nonce_sha256: bytes) -> int | None:
        """Remove a nonce and return when it was given: of two who ask, one gets it."""
        taken = connection.execute(
            sa.delete(nonces)
            .where(nonces.c.nonce_sha256 == nonce_sha256)
            .returning(nonces.c.given_ms)
        )
        return taken.scalars().first()

    def add_session(self, connection: sa.Connection, row: SessionRow) -> None:
        names = ("token_sha256", "key_id", "started_ms", "ends_ms")
        connection.execute(sa.insert(sessions).values(dict(zip(names, row, strict=True))))

    def session(self, connection: sa.Connection, token_sha256: bytes) -> SessionRow | None:
        query = sa.select(sessions).where(sessions.c.token_sha256 == token_sha256)
        row = connection.execute(query).first()
        return None if row is None else (row[0], row[1], row[2], row[3])

    def end_session(self, connection: sa.Connection, token_sha256: bytes) -> bool:
        """Remove a session; tell whether there was one."""
        ended = connection.execute(
            sa.delete(sessions).where(sessions.c.token_sha256 == token_sha256)
        )
        return ended.rowcount == 1

    def forget(self, connection: sa.Connection, nonces_before: int, now_ms: int) -> None:
        """Remove nonces given before *nonces_before*, and sessions that have ended."""
        connection.execute(sa.delete(nonces).where(nonces.c.given_ms < nonces_before))
        connection.execute(sa.delete(sessions).where(sessions.c.ends_ms <= now_ms))

    # Refusals

    def add_refusals(self, connection: sa.Connection, rows: Sequence[RefusalRow]) -> None:
        """Keep refusals, the newest of all."""
        names = ("refused_ms", "key_id", "code", "digest")
        values = [dict(zip(names, row, strict=True)) for row in rows]
        connection.execute(sa.insert(refusals), values)
        newest = sa.select(sa.func.max(refusals.c.number)).scalar_subquery()
        connection.execute(sa.delete(refusals).where(refusals.c.number <= newest - KEPT_REFUSALS))

    def refusals(
        self, connection: sa.Connection, before: int | None, limit: int
    ) -> list[tuple[int, RefusalRow]]:
        """Up to *limit* refusals, newest first, below number *before*."""
        query = sa.select(refusals).order_by(refusals.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(refusals.c.number < before)
        return [(row[0], (row[1], row[2], row[3], row[4])) for row in connection.execute(query)]

    # Seals

    def add_seal(
        self, connection: sa.Connection, commitment: str, salt: bytes, sealed: bytes
    ) -> None:
        row = {"commitment": commitment, "salt": salt, "sealed": sealed}
        connection.execute(sa.insert(seals).values(row))

    def seal(self, connection: sa.Connection, commitment: str) -> tuple[bytes, bytes] | None:
        """Salt and what is sealed, or None."""
        query = sa.select(seals.c.salt, seals.c.sealed).where(seals.c.commitment == commitment)
        row = connection.execute(query).first()
        return None if row is None else (row[0], row[1])

    # Claims

    def add_removed_claims(
        self, connection: sa.Connection, rows: Sequence[tuple[bytes, int]]
    ) -> None:
        """Keep (claim, index); of what is kept already nothing changes."""
        query = sa.text(
            'INSERT INTO removed_claims (claim, "index") VALUES (:claim, :at) '
            "ON CONFLICT DO NOTHING"
        )
        for claim, index in sorted(rows):
            connection.execute(query, {"claim": claim, "at": index})

    def removed_claims(self, connection: sa.Connection, claim: bytes) -> list[int]:
        """The entries of a claim that were withheld or erased, ascending."""
        column = removed_claims.c["index"]
        query = sa.select(column).where(removed_claims.c.claim == claim)
        return list(connection.scalars(query.order_by(column)))
