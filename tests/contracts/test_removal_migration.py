"""A ledger in which orders were logged before anything carried them out."""

import sqlalchemy as sa
from alembic import command

from ledger.fsck import Fsck
from ledger.store.engine import migrate, migrations_config, open_engine, writing
from ledger.store.removal_rows import RemovalRow, is_blank, removals_between
from tests.erasures import WITHHELD, ledger_of, logged, remove
from tests.world import World


def take_back(world: World, saved: dict[int, bytes]) -> None:
    """Put the database back to what the program before this one would have left."""
    engine = open_engine(world.settings.database_url, 16)
    on_sqlite = engine.dialect.name == "sqlite"
    with writing(engine) as connection:
        for name in ("statements_no_update",) if on_sqlite else ():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        if not on_sqlite:
            connection.exec_driver_sql("DROP TRIGGER statements_only_blanked ON statements")
            connection.exec_driver_sql("DROP FUNCTION zelian_only_blanked")
            connection.exec_driver_sql("DROP TRIGGER statements_append_only ON statements")
        for index, raw in saved.items():
            query = sa.text('UPDATE statements SET envelope = :raw WHERE "index" = :at')
            connection.execute(query, {"raw": raw, "at": index})
        connection.exec_driver_sql("DROP TABLE removals")
        connection.exec_driver_sql("DROP TABLE cosignatures")
        connection.exec_driver_sql(
            "CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements "
            "BEGIN SELECT RAISE(ABORT, 'statements is append-only'); END"
            if on_sqlite
            else "CREATE TRIGGER statements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON statements FOR EACH STATEMENT EXECUTE FUNCTION zelian_append_only()"
        )
        command.stamp(migrations_config(connection), "0001", purge=True)
    engine.dispose()


def test_earlier_orders_are_recorded_and_carried_out(world: World) -> None:
    (first, at), (second, behind) = logged(world, 1), logged(world, 2)
    by = remove(world, first).index
    then = remove(world, second, WITHHELD).index
    world.close()
    take_back(world, {at: first})
    engine = open_engine(world.settings.database_url, 16)
    migrate(engine)
    engine.dispose()
    world.open()
    parts = ledger_of(world).parts
    with parts.engine.connect() as connection:
        assert removals_between(connection) == [
            RemovalRow(at, by, "erased"),
            RemovalRow(behind, then, "withheld"),
        ]
        assert is_blank(parts.rows.envelope(connection, at) or b"x")
    ledger_of(world).catch_up()
    assert Fsck(parts).run(workers=0).verdict == "verified"
