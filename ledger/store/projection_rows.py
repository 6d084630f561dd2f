"""The projections' queries: positions, bulk writes, look-ups. Plain rows in and out."""

from collections.abc import Sequence

import sqlalchemy as sa

from ledger.store.tables import log_digests, projection_heads


class ProjectionRows:
    """What both databases say in the same words."""

    def position(self, connection: sa.Connection, projection: str) -> int:
        """Entries taken in so far; 0 where it never ran."""
        query = sa.select(projection_heads.c.size)
        query = query.where(projection_heads.c.projection == projection)
        return connection.scalars(query).first() or 0

    def positions(self, connection: sa.Connection) -> dict[str, int]:
        """Entries taken in so far by each projection that ever ran."""
        rows = connection.execute(sa.select(projection_heads.c.projection, projection_heads.c.size))
        return {name: size for name, size in rows}

    def move(self, connection: sa.Connection, projection: str, old: int, new: int) -> bool:
        """Compare and swap the position; tell whether this one won."""
        row = projection_heads.c
        moved = connection.execute(
            sa.update(projection_heads)
            .where(row.projection == projection, row.size == old)
            .values(size=new)
        )
        if moved.rowcount == 1:
            return True
        if old != 0 or self.position(connection, projection) != 0:
            return False
        connection.execute(sa.insert(projection_heads).values(projection=projection, size=new))
        return True

    def reset(self, connection: sa.Connection, projection: str) -> None:
        """Set the position back to 0."""
        row = projection_heads.c
        connection.execute(sa.delete(projection_heads).where(row.projection == projection))

    def clear(self, connection: sa.Connection, table: sa.Table) -> None:
        connection.execute(sa.delete(table))

    def add_digests(self, connection: sa.Connection, rows: Sequence[tuple[bytes, int]]) -> None:
        """Insert (statement digest, index)."""
        _insert(connection, log_digests, rows)

    def index_of_digest(self, connection: sa.Connection, digest: bytes) -> int | None:
        query = sa.select(log_digests.c["index"]).where(log_digests.c.digest == digest)
        return connection.scalars(query).first()


def _insert(
    connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[bytes | int, ...]]
) -> None:
    """One bulk statement through the driver."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    place = "?" if connection.dialect.name == "sqlite" else "%s"
    places = ", ".join([place] * len(table.columns))
    if rows:
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({columns}) VALUES ({places})", list(rows)
        )
