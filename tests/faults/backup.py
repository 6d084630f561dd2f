"""Take and put back every row of a log, as a database's backup does; and tamper with it."""

from typing import Any

import sqlalchemy as sa

from ledger.store.tables import LOG_TABLES
from tests.faults.held import opened
from tests.world import World

Rows = dict[str, list[dict[str, Any]]]


def take(engine: sa.Engine) -> Rows:
    """Every row of every table of the log."""
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
            for table in LOG_TABLES
        }


def put_back(engine: sa.Engine, rows: Rows) -> None:
    """Make the tables of the log hold *rows* and nothing else."""
    with engine.begin() as connection:
        switch_triggers_off(connection)
        for table in LOG_TABLES:
            connection.execute(sa.delete(table))
            if rows[table.name]:
                connection.execute(sa.insert(table), rows[table.name])


def switch_triggers_off(connection: sa.Connection) -> None:
    """As somebody who holds the database can, until the transaction ends (SQLite: for good)."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        return
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in found.all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


def tamper(world: World, text: str, **values: object) -> None:
    """Run one statement without the log's triggers; it must change something."""
    with opened(world).parts.engine.begin() as connection:
        switch_triggers_off(connection)
        assert connection.execute(sa.text(text), values).rowcount > 0
