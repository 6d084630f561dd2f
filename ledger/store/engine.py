"""Open a database as the ledger needs it: durable, and never created by accident.

SQLite runs in WAL with ``synchronous=FULL`` (2); PostgreSQL with
``synchronous_commit=on``. Transactions begin where the code says so: the
drivers' own implicit ones are switched off. This module knows no ledger.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from ledger.errors import ReadOnly
from ledger.store.service_tables import service_metadata
from ledger.store.tables import projection_metadata
from ledger.store.watched import Watched

SQLITE_WAL_PAGES = 20_000  # of 4 KiB: checkpoints are rare and large, which ordered inserts like
SQLITE_BUSY_MS = 10_000
PROJECTIONS_CACHE_MIB = 16
CONNECT_S = 5  # to each of a URL's hosts, where the URL says nothing else


def open_engine(url: str, cache_mib: int, synchronous: str = "FULL") -> sa.Engine:
    """Return an engine for *url*; no connection is made yet.

    Args:
        url: an SQLAlchemy URL, ``sqlite:///file`` or ``postgresql://…``.
        cache_mib: page cache of the writing SQLite connection, in MiB.
        synchronous: SQLite's; anything but FULL is for what can be replayed.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, cache_mib, synchronous)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql_engine(parsed.set(drivername="postgresql+psycopg"))
    raise ValueError(f"no store for {parsed.get_backend_name()}: use sqlite or postgresql")


def database_file(url: str) -> Path:
    """The file of an SQLite database."""
    return Path(sa.make_url(url).database or "")


def open_projection_engine(log_engine: sa.Engine, home: Path) -> sa.Engine:
    """Where projections live: with the log on PostgreSQL, in a file of their own beside SQLite's.

    A file of its own keeps bulk writes out of the sequencer's way; a power cut
    may cost it its newest rows, never its consistency, and they are replayed.
    """
    engine = log_engine
    if log_engine.dialect.name == "sqlite":
        path = home / "projections.db"
        engine = open_engine(f"sqlite:///{path}", PROJECTIONS_CACHE_MIB, "NORMAL")
    _drop_outdated(engine)
    _create(projection_metadata, engine)
    return engine


def count_rows(engine: sa.Engine) -> None:
    """Have PostgreSQL count the projections' rows, by which it plans its queries.

    By itself it does so some time after many were written, and plans badly until then.
    """
    if engine.dialect.name != "postgresql":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in projection_metadata.sorted_tables:
            connection.exec_driver_sql(f"ANALYZE {table.name}")


def open_service_engine(log_engine: sa.Engine, home: Path) -> sa.Engine:
    """Where the service keeps sessions, refusals and seals: beside the log, as projections are.

    Seals are not to be had again, so what is committed here stays, as in the log.
    """
    engine = service_engine(log_engine, home)
    _create(service_metadata, engine)
    return engine


def service_engine(log_engine: sa.Engine, home: Path) -> sa.Engine:
    """The same, and nothing is made that is missing."""
    if log_engine.dialect.name == "sqlite":
        return open_engine(f"sqlite:///{service_file(home)}", 2)
    return log_engine


def service_file(home: Path) -> Path:
    """Where that lies beside SQLite."""
    return home / "service.db"


def _create(wanted: sa.MetaData, engine: sa.Engine) -> None:
    """Make the tables that are missing; of several processes that open at once, all succeed."""
    try:
        wanted.create_all(engine)
    except sa.exc.DBAPIError:  # another made one between the look and the making
        wanted.create_all(engine)


def _drop_outdated(engine: sa.Engine) -> None:
    """Drop projections' tables that an earlier program made with other columns.

    Their projection has another name by now, so that it is replayed.
    """
    found = sa.inspect(engine)
    for table in projection_metadata.sorted_tables:
        known = found.get_columns(table.name) if found.has_table(table.name) else ()
        if known and {one["name"] for one in known} != set(table.columns.keys()):
            with writing(engine) as connection:
                connection.execute(sa.schema.DropTable(table, if_exists=True))


def _sqlite_engine(url: sa.URL, cache_mib: int, synchronous: str) -> sa.Engine:
    engine = sa.create_engine(url, poolclass=sa.QueuePool, pool_size=4, max_overflow=60)

    @sa.event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # begin only where begin_write and begin_read say so
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")
        connection.execute("PRAGMA secure_delete=ON")  # what is freed is overwritten with zeros
        connection.execute(f"PRAGMA wal_autocheckpoint={SQLITE_WAL_PAGES}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        if not connection.get_execution_options().get("writes"):
            connection.exec_driver_sql("BEGIN")
            return
        if not connection.info.get("large_cache"):  # readers keep the small default
            connection.exec_driver_sql(f"PRAGMA cache_size=-{cache_mib * 1024}")
            connection.info["large_cache"] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgresql_engine(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, pool_size=8, max_overflow=60, pool_pre_ping=True)

    @sa.event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, args: Any, options: Any) -> Watched:
        return Watched.connect(*args, **{"connect_timeout": CONNECT_S, **options})

    @sa.event.listens_for(engine, "connect")
    def set_parameters(connection: Any, _record: Any) -> None:
        connection.execute("SET synchronous_commit TO on")
        connection.commit()

    return engine


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One snapshot for several queries; always rolled back."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin() as transaction:
            yield connection
            transaction.rollback()


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One write transaction: committed on leaving the block, rolled back on an error."""
    with engine.connect() as connection:
        writer = connection.execution_options(writes=True)
        with writer.begin():
            yield writer


def await_standbys(engine: sa.Engine) -> None:
    """Return once all that can be read now is on PostgreSQL's synchronous standbys, if it has any.

    A backend that ended while it waited for them has committed here alone, and what it
    wrote is read like anything else; a primary that fails now would take it along.
    A commit comes after all others in the write-ahead log, and waits for all of them.
    """
    if engine.dialect.name == "postgresql":
        with writing(engine) as connection:
            connection.exec_driver_sql("SELECT pg_logical_emit_message(true, 'zelian', '')")


def fold_wal(engine: sa.Engine) -> bool:
    """Bring SQLite's write-ahead log into the file and empty it, so that no old page is in it.

    Never waits for readers; tells whether it could be done. Elsewhere there is nothing to do.
    """
    if engine.dialect.name != "sqlite":
        return True
    pooled = engine.raw_connection()
    driver: Any = pooled.driver_connection
    try:
        driver.execute("PRAGMA busy_timeout=0")
        busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        driver.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")
    finally:
        pooled.close()
    return not busy


def migrations_config(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration, made here so that no ini file can disagree."""
    config = Config()
    root = Path(__file__).resolve().parents[2]
    config.set_main_option("script_location", str(root / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(engine: sa.Engine) -> None:
    """Bring the schema to the newest revision, in one transaction."""
    with writing(engine) as connection:
        command.upgrade(migrations_config(connection), "head")


def check_schema(connection: sa.Connection) -> None:
    """Raise ReadOnly unless the database has exactly the schema of this program."""
    found = MigrationContext.configure(connection).get_current_revision()
    wanted = ScriptDirectory.from_config(migrations_config()).get_current_head()
    if found != wanted:
        raise ReadOnly(
            "schema_version",
            f"the database has schema {found or 'none'}, this program needs {wanted}: "
            "run `zelian doctor --migrate`, or the program that fits",
            f"数据库结构版本为 {found or '无'}，本程序需要 {wanted}："
            "请运行 `zelian doctor --migrate`，或改用相应版本的程序",
        )
