"""Copy the log's and the service's tables from one database into another, row by row.

All rows of the log are of one snapshot, while others go on writing. Whether either side
is SQLite or PostgreSQL makes no difference to the rows.
"""

import sqlalchemy as sa

from ledger.store.engine import migrate, reading, writing
from ledger.store.service_tables import service_metadata
from ledger.store.tables import metadata

ROWS = 2_000  # at a time

# Who was signed in and what was asked of him: of no use to another process.
PASSING = frozenset({"nonces", "sessions"})


def copy_log(source: sa.Engine, target: sa.Engine) -> None:
    """Copy what the log holds into *target*, whose tables are made; they must be empty."""
    migrate(target)
    _copy(source, target, list(metadata.sorted_tables))


def copy_service(source: sa.Engine, target: sa.Engine) -> None:
    """Copy what the service keeps for itself, apart from what passes within the hour."""
    service_metadata.create_all(target)
    kept = [table for table in service_metadata.sorted_tables if table.name not in PASSING]
    _copy(source, target, kept)


def is_empty(engine: sa.Engine) -> bool:
    """Whether a database has no table of a ledger with a row in it."""
    there = sa.inspect(engine)
    with reading(engine) as connection:
        return not any(
            there.has_table(table.name)
            and connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
            for table in metadata.sorted_tables
        )


def _copy(source: sa.Engine, target: sa.Engine, tables: list[sa.Table]) -> None:
    there = sa.inspect(source)
    with reading(source) as reader, writing(target) as writer:
        for table in tables:
            if not there.has_table(table.name):
                continue
            streamed = reader.execution_options(stream_results=True)
            for rows in streamed.execute(sa.select(table)).mappings().partitions(ROWS):
                writer.execute(sa.insert(table), [dict(row) for row in rows])
