"""How the service's own tables are: whether the file is whole, their columns, their size.

They carry no number of a version: what is compared are the tables and columns that
this program declares. Nothing is changed.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from ledger.store.service_tables import seals, service_metadata

PAGE = 500


def damage(connection: sa.Connection) -> list[str]:
    """Return what SQLite finds wrong with the file, in its words; PostgreSQL looks after itself."""
    if connection.dialect.name != "sqlite":
        return []
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(10)")]
    return [] if found == ["ok"] else found


def misfits(connection: sa.Connection) -> list[str]:
    """Return the names of tables that are missing or have other columns than are declared."""
    there = sa.inspect(connection)
    return [
        table.name
        for table in service_metadata.sorted_tables
        if not there.has_table(table.name)
        or {one["name"] for one in there.get_columns(table.name)} != set(table.columns.keys())
    ]


def size_bytes(connection: sa.Connection) -> int:
    """How much room the tables take."""
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one())
    query = sa.text("SELECT pg_total_relation_size(CAST(:name AS regclass))")
    names = service_metadata.tables
    return sum(int(connection.execute(query, {"name": name}).scalar_one()) for name in names)


def all_seals(connection: sa.Connection) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield commitment, salt and what is sealed of every seal."""
    above = ""
    while True:
        query = sa.select(seals).where(seals.c.commitment > above)
        page = connection.execute(query.order_by(seals.c.commitment).limit(PAGE)).all()
        yield from ((row[0], row[1], row[2]) for row in page)
        if len(page) < PAGE:
            return
        above = page[-1][0]
