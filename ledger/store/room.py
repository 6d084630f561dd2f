"""Find out whether the database's disk has room, by writing on it and taking that back.

A table of its own is made, filled and rolled back, so no row of the log is ever
touched and a power cut at any moment leaves what rolling back leaves: nothing.

SQLite keeps a transaction's pages in memory while they fit, so the cache is made
too small for them: they are written to the write-ahead log at once.
PostgreSQL extends a table's file when rows are added; a temporary table does so
without writing to its own write-ahead log, which must not fill up.
"""

import os

import sqlalchemy as sa

PROBE = 1024 * 1024  # bytes: the largest statement with its rows, and some to spare
SMALL_CACHE = 16  # pages

_SQLITE = (
    f"PRAGMA cache_size={SMALL_CACHE}",
    "CREATE TABLE room (bytes BLOB)",
    "INSERT INTO room VALUES (?)",
)
_POSTGRESQL = (
    "CREATE TEMPORARY TABLE room (bytes bytea) ON COMMIT DROP",
    "INSERT INTO room VALUES (%s)",
)


def try_room(engine: sa.Engine) -> None:
    """Return if PROBE bytes could be written just now; raise SQLAlchemyError else."""
    statements = _SQLITE if engine.dialect.name == "sqlite" else _POSTGRESQL
    with engine.connect() as connection:
        connection.detach()  # its settings end with it
        writer = connection.execution_options(writes=True)
        with writer.begin() as transaction:
            *before, fill = statements
            for statement in before:
                writer.exec_driver_sql(statement)
            writer.exec_driver_sql(fill, (os.urandom(PROBE),))  # nothing to be compressed
            transaction.rollback()
