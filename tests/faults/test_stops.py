"""A clock, a disk or a connection that fails stops the ledger, and costs no acknowledged entry."""

import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from crypto.header import parse_header
from crypto.statement import sign_statement
from ledger.errors import ReadOnly
from ledger.log.failures import from_database
from ledger.log.room import EVERY_S, Room
from ledger.settings import Settings
from ledger.store.room import PROBE, try_room
from tests.faults.held import acknowledge, check_held, check_sound, opened, some_use
from tests.faults.stopping import check_stopped, reopen
from tests.world import World, seed

# The clock


def test_a_clock_a_second_back_is_tolerated(world: World) -> None:
    first = opened(world).submit(some_use(world)).index
    world.clock.turn(-1_000)
    second = opened(world).submit(some_use(world)).index
    times = [parse_header(opened(world).entry(i).header).recorded_at for i in (first, second)]
    assert times[0] == times[1]
    check_sound(world, {})


def test_a_clock_that_ran_back_further_stops_until_it_has_caught_up(world: World) -> None:
    held = acknowledge(world)
    world.clock.turn(-1_001)
    check_stopped(world, "clock_ran_back")
    reopen(world)
    check_stopped(world, "clock_ran_back")
    world.clock.turn(1)
    check_sound(world, held)


def test_a_clock_that_ran_back_is_told_before_anybody_writes(world: World) -> None:
    acknowledge(world, 1)
    world.clock.turn(-60_000)
    assert opened(world).state().reason == "clock_ran_back"
    world.clock.turn(60_000)
    assert opened(world).state().writable


# A full disk


def live(world: World) -> Any:
    """The driver's connection that the sequencer writes on."""
    return opened(world).parts.sequencer._writer().connection.driver_connection


@contextmanager
def full_sqlite(world: World) -> Iterator[None]:
    """Let no connection add a page to the database."""
    engine = opened(world).parts.engine

    def limit(connection: Any, *_: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    limit(live(world))
    sa.event.listen(engine, "checkout", limit)
    yield
    sa.event.remove(engine, "checkout", limit)
    engine.dispose()
    live(world).execute(f"PRAGMA max_page_count={1 << 30}")


@contextmanager
def full_postgresql(world: World) -> Iterator[None]:
    """Make the database say what it says when its disk is full: to new rows and new tables."""
    says = "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
    with opened(world).parts.engine.begin() as connection:
        for returns in ("trigger", "event_trigger"):
            connection.exec_driver_sql(
                f"CREATE FUNCTION full_{returns}() RETURNS {returns} LANGUAGE plpgsql AS {says}"
            )
        connection.exec_driver_sql(
            "CREATE TRIGGER full_disk BEFORE INSERT ON statements EXECUTE FUNCTION full_trigger()"
        )
        connection.exec_driver_sql(
            "CREATE EVENT TRIGGER full_disk ON ddl_command_start WHEN TAG IN ('CREATE TABLE') "
            "EXECUTE FUNCTION full_event_trigger()"
        )
    yield
    with opened(world).parts.engine.begin() as connection:
        connection.exec_driver_sql("DROP EVENT TRIGGER full_disk")
        connection.exec_driver_sql("DROP FUNCTION full_trigger, full_event_trigger CASCADE")


def large_use(world: World) -> bytes:
    """A statement that no half-empty page takes in."""
    event = world.use()
    event["data"]["legal_basis"] = [{"law": f"{number:03}" * 100} for number in range(60)]
    return sign_statement(event, [world.zhang])


def test_a_full_disk_stops_until_there_is_room(world: World) -> None:
    held = acknowledge(world)
    fill = full_sqlite if world.settings.on_sqlite else full_postgresql
    with fill(world):
        check_stopped(world, "disk_full", large_use(world))
        check_stopped(world, "disk_full", large_use(world))
        check_held(world, held)
    assert opened(world).submit(some_use(world)).created
    check_sound(world, held)


class Seconds:
    """A clock for whoever looks for room."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def tables(world: World) -> list[str]:
    return sorted(sa.inspect(opened(world).parts.engine).get_table_names())


def test_room_that_was_made_is_found_without_a_statement(world: World) -> None:
    """By trying, no oftener than every few seconds; nothing of it stays in the database."""
    held, seconds, before = acknowledge(world), Seconds(), tables(world)
    ledger = opened(world)
    ledger.catch_up()
    ledger._readiness.room = Room(ledger.parts.engine, seconds)
    fill = full_sqlite if world.settings.on_sqlite else full_postgresql
    with fill(world):
        check_stopped(world, "disk_full", large_use(world))
    assert ledger.state().reason == "disk_full"  # tried a moment ago
    seconds.now_s += EVERY_S
    assert ledger.state().writable
    assert ledger.state().ready
    assert tables(world) == before
    check_sound(world, held)


def test_a_disk_that_fills_up_again_is_looked_at_again(world: World) -> None:
    held, seconds = acknowledge(world), Seconds()
    ledger = opened(world)
    ledger._readiness.room = Room(ledger.parts.engine, seconds)
    fill = full_sqlite if world.settings.on_sqlite else full_postgresql
    for _ in range(2):
        with fill(world):
            check_stopped(world, "disk_full", large_use(world))
            seconds.now_s += EVERY_S
            assert ledger.state().reason == "disk_full"
        seconds.now_s += EVERY_S
        assert ledger.state().writable
    check_sound(world, held)


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Let this process make no file larger than *size* bytes, as a disk that is full at its end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_is_tried_is_written_to_the_disk(sqlite_world: World) -> None:
    """And not only into SQLite's memory: the file system's word is what counts."""
    world = sqlite_world
    held = acknowledge(world)
    ledger = opened(world)
    log = world.settings.home / "ledger.db-wal"
    try_room(ledger.parts.engine)
    grown = log.stat().st_size
    assert grown > PROBE * 3 // 4
    with no_file_beyond(grown // 2), pytest.raises(sa.exc.OperationalError) as full:
        try_room(ledger.parts.engine)
    assert from_database(full.value).reason == "disk_full"
    try_room(ledger.parts.engine)
    check_sound(world, held)


# A lost connection


def terminate(world: World, connection: Any) -> None:
    """End the server process behind a driver's connection, and wait until it is gone."""
    url = opened(world).parts.engine.url.set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as other:
        pid = connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))


@pytest.fixture
def postgresql_world(new_database: Callable[[], str], tmp_path: Any) -> Iterator[World]:
    made = World(Settings(tmp_path / "home", new_database(), 10, 16, 1)).begin()
    yield made
    made.close()


def test_a_connection_lost_between_two_statements_costs_no_answer(postgresql_world: World) -> None:
    world = postgresql_world
    held = acknowledge(world)
    terminate(world, live(world))
    raw = some_use(world)
    told = opened(world).submit(raw)
    assert told.created
    check_sound(world, held | {raw: told.receipt})


@pytest.mark.parametrize("persisted", [False, True])
def test_a_connection_lost_while_committing(postgresql_world: World, persisted: bool) -> None:
    """Before the server has the COMMIT nothing stands; after, all of it, and nobody was told."""
    world = postgresql_world
    held = acknowledge(world)
    dialect: Any = opened(world).parts.engine.dialect
    commit = dialect.do_commit

    def lose(connection: Any) -> None:
        dialect.do_commit = commit
        driver = connection.driver_connection
        if persisted:
            commit(connection)
        terminate(world, driver)
        driver.execute("COMMIT")  # raises what a connection raises that is gone

    raw = some_use(world)
    dialect.do_commit = lose
    with pytest.raises(ReadOnly) as lost:
        opened(world).submit(raw)
    assert lost.value.reason == "database_lost"
    assert opened(world).submit(raw).created is not persisted
    check_sound(world, held)


def allow_connections(world: World, allow: bool) -> None:
    """Open or close the database to everybody, and end the connections that there are."""
    url = opened(world).parts.engine.url
    name = url.database
    other = url.set(drivername="postgresql", database="postgres")
    text = other.render_as_string(hide_password=False)
    with psycopg.connect(text, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {allow}')
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
            (name,),
        )


def test_a_database_that_is_away_for_a_while(postgresql_world: World) -> None:
    world = postgresql_world
    held = acknowledge(world)
    allow_connections(world, False)
    stranger = sign_statement(world.use(), [seed(700)])  # looked up before the sequencer
    for raw in (some_use(world), stranger, next(iter(held))):
        with pytest.raises(ReadOnly) as lost:
            opened(world).submit(raw)
        assert lost.value.reason == "database_lost"
    state = opened(world).state()
    assert (state.writable, state.reason) == (False, "database_lost")
    with pytest.raises(ReadOnly) as unread:
        opened(world).entry(0)
    assert unread.value.reason == "database_lost"
    allow_connections(world, True)
    check_sound(world, held)


def test_a_database_that_is_away_is_said_at_the_start(postgresql_world: World) -> None:
    world = postgresql_world
    held = acknowledge(world)
    world.close()
    good = world.settings
    url = sa.make_url(good.database_url).set(database="t_nobody_made_this")
    away = url.render_as_string(hide_password=False)
    world.settings = Settings(good.home, away, 10, 16, 1)
    with pytest.raises(ReadOnly) as lost:
        world.open()
    assert lost.value.reason == "database_lost"
    world.settings = good
    world.open()
    check_sound(world, held)


class Flaky:
    """Stands for a driver's commit: every third fails, in turn before and after it took effect."""

    def __init__(self, world: World) -> None:
        dialect = opened(world).parts.engine.dialect
        self.commit, self.error = dialect.do_commit, dialect.loaded_dbapi.OperationalError
        self.numbers = count()

    def __call__(self, connection: Any) -> None:
        number = next(self.numbers)
        if number % 3 or number % 2:
            self.commit(connection)
        if not number % 3:
            raise self.error("the connection went away")


def resend(world: World, raw: bytes) -> bytes:
    """Send until there is a receipt, as a client that was told to send again."""
    for _ in range(200):
        try:
            return opened(world).submit(raw).receipt
        except ReadOnly as stopped:
            if stopped.reason != "database_lost":
                raise
    raise AssertionError("no receipt in 200 attempts")


def test_writers_under_a_failing_database_lose_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = world.uses(64)
    with monkeypatch.context() as patch, ThreadPoolExecutor(8) as threads:
        patch.setattr(opened(world).parts.engine.dialect, "do_commit", Flaky(world))
        receipts = list(threads.map(lambda raw: resend(world, raw), lines))
    opened(world).submit(some_use(world))
    check_sound(world, dict(zip(lines, receipts, strict=True)))
