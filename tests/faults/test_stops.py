"""Each thing that must stop the ledger stops it, says why, and costs nobody an acknowledged entry.

What disagrees is put in place while the ledger is open or before it is opened;
then it is undone, the ledger opened again, and everything held checked.
"""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from api.application import build_app
from crypto.header import parse_header
from crypto.keys import PrivateKey
from crypto.statement import sign_statement
from ledger.errors import LedgerError, ReadOnly
from ledger.home import Home
from ledger.settings import Settings
from tests.faults.backup import put_back, take, tamper
from tests.faults.held import acknowledge, check_held, check_sound, opened, some_use
from tests.world import Clock, World, seed

Change = Callable[[World], None]


def check_stopped(world: World, reason: str, raw: bytes | None = None) -> None:
    """No entry is taken, for *reason*; readers are served, and /readyz says why."""
    ledger = opened(world)
    with pytest.raises(ReadOnly) as stopped:
        ledger.submit(raw or some_use(world))
    assert stopped.value.reason == reason
    state = ledger.state()
    assert (state.writable, state.ready, state.reason) == (False, False, reason)
    client = build_app(ledger).test_client()
    answer = client.get("/readyz")
    problem = answer.get_json()
    assert (answer.status_code, problem["reason"]) == (503, reason)
    assert problem["why"]["zh-CN"]
    assert client.get("/api/v1/entries/0").status_code == 200


def reopen(world: World) -> None:
    world.close()
    world.open()


def flip(raw: bytes) -> bytes:
    middle = len(raw) // 2
    return raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]


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
    """Make the database say what it says when its disk is full."""
    with opened(world).parts.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER full_disk BEFORE INSERT ON statements EXECUTE FUNCTION full_disk()"
        )
    yield
    with opened(world).parts.engine.begin() as connection:
        connection.exec_driver_sql("DROP FUNCTION full_disk CASCADE")


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


def test_a_lost_connection_costs_one_answer(postgresql_world: World) -> None:
    world = postgresql_world
    held = acknowledge(world)
    terminate(world, live(world))
    raw = some_use(world)
    with pytest.raises(ReadOnly) as lost:
        opened(world).submit(raw)
    assert lost.value.reason == "database_lost"
    assert opened(world).state().writable  # it can be reached again, as looking shows
    assert opened(world).submit(raw).created
    check_sound(world, held)


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


# A head that is not this log's, while the process runs


def forget_the_head(world: World) -> None:
    tamper(world, "DELETE FROM head")


def alter_the_edge(world: World) -> None:
    edge = take(opened(world).parts.engine)["head"][0]["edge"]
    tamper(world, "UPDATE head SET edge = :edge", edge=flip(edge))


def alter_the_leaf(world: World) -> None:
    tamper(world, "UPDATE head SET leaf = :leaf", leaf=bytes(32))


def move_the_head_back(world: World) -> None:
    tamper(world, "UPDATE head SET size = size - 1")


def move_the_head_on(world: World) -> None:
    tamper(world, "UPDATE head SET size = size + 1")


def another_head(world: World) -> None:
    """The head of another ledger, of the same size."""
    tamper(
        world,
        "UPDATE head SET leaf = :leaf, edge = :edge",
        leaf=b"\x05" * 32,
        edge=b"\x06" * 32 * opened(world).state().size.bit_count(),
    )


def restore_a_backup(world: World) -> None:
    """Rows as they stood three entries ago: published since, and acknowledged."""
    engine = opened(world).parts.engine
    rows = take(engine)
    acknowledge(world, 3)
    opened(world).catch_up()
    put_back(engine, rows)


HEADS = [
    (forget_the_head, "head_missing", "head_missing"),
    (alter_the_edge, "head_foreign", "damaged"),
    (alter_the_leaf, "head_foreign", "damaged"),
    (move_the_head_back, "head_foreign", "damaged"),
    (move_the_head_on, "head_foreign", "damaged"),
    (another_head, "head_foreign", "damaged"),
]


@pytest.mark.parametrize(("damage", "running", "starting"), HEADS)
def test_a_head_that_is_not_this_logs(
    world: World, damage: Change, running: str, starting: str
) -> None:
    held = acknowledge(world)
    opened(world).catch_up()
    engine = opened(world).parts.engine
    good = take(engine)
    damage(world)
    check_stopped(world, running)
    put_back(engine, good)
    check_stopped(world, running)  # stands until somebody has looked and started anew
    damage(world)
    reopen(world)
    check_stopped(world, starting)
    put_back(opened(world).parts.engine, good)
    reopen(world)
    check_sound(world, held)


def test_a_missing_head_is_told_before_anybody_writes(world: World) -> None:
    forget_the_head(world)
    assert opened(world).state().reason == "head_missing"


def test_a_restored_backup_stops_a_running_ledger(world: World) -> None:
    held = acknowledge(world)
    restore_a_backup(world)
    check_stopped(world, "head_foreign")
    assert held


def test_tiles_ahead_of_a_restored_backup(world: World) -> None:
    held = acknowledge(world)
    opened(world).catch_up()
    engine = opened(world).parts.engine
    old = take(engine)
    held |= acknowledge(world)
    opened(world).catch_up()
    newest = take(engine)
    put_back(engine, old)
    reopen(world)
    check_stopped(world, "published_ahead")
    put_back(opened(world).parts.engine, newest)
    reopen(world)
    check_sound(world, held)


def test_a_backup_that_went_on_elsewhere_is_a_fork(world: World) -> None:
    """The database is as large as what is published, and says something else."""
    held = acknowledge(world)
    engine = opened(world).parts.engine
    old, tiles = take(engine), Home(world.settings.home).tiles
    held |= acknowledge(world)
    opened(world).catch_up()
    newest, aside = take(engine), tiles.with_name("aside")
    shutil.copytree(tiles, aside)
    put_back(engine, old)
    shutil.rmtree(tiles)
    reopen(world)
    acknowledge(world, 5)  # a fork, made by somebody who threw the published files away
    world.close()
    shutil.rmtree(tiles, ignore_errors=True)
    aside.rename(tiles)
    world.open()
    check_stopped(world, "head_foreign")
    put_back(opened(world).parts.engine, newest)
    reopen(world)
    check_sound(world, held)


# A home or a database that is another ledger's


@pytest.fixture
def other(world: World, tmp_path: Any, request: pytest.FixtureRequest) -> Iterator[World]:
    """A second ledger of the same origin, on the same kind of store."""
    home = tmp_path / "other"
    url = f"sqlite:///{home / 'ledger.db'}"
    if not world.settings.on_sqlite:
        url = request.getfixturevalue("new_database")()
    made = World(Settings(home, url, 10, 16, 1), Clock()).begin()
    yield made
    made.close()


def swap_file(world: World, other: World, name: str) -> None:
    """Exchange a file of the two homes."""
    mine, its = world.settings.home / name, other.settings.home / name
    aside = mine.with_name("aside")
    mine.rename(aside)
    its.rename(mine)
    aside.rename(its)


FILES = [
    (("keys/log.pem",), "wrong_log_key"),
    (("trust-policy",), "wrong_log_key"),
    (("keys/log.pem", "trust-policy"), "wrong_log_key"),
    (("chain.secret",), "damaged"),
    (("identity",), "head_foreign"),
    (("tiles",), "damaged"),
]


@pytest.mark.parametrize(("names", "reason"), FILES)
def test_a_file_of_another_ledger(
    world: World, other: World, names: tuple[str, ...], reason: str
) -> None:
    held = acknowledge(world)
    for one in (world, other):
        opened(one).catch_up()
        one.close()
    for name in names:
        swap_file(world, other, name)
    world.open()
    check_stopped(world, reason)
    world.close()
    for name in names:
        swap_file(world, other, name)
    world.open()
    check_sound(world, held)


def test_the_database_of_another_ledger(world: World, other: World) -> None:
    held = acknowledge(world)
    opened(world).catch_up()
    world.close()
    other.close()
    good = world.settings
    world.settings = Settings(good.home, other.settings.database_url, 10, 16, 1)
    world.open()
    check_stopped(world, "head_foreign")
    world.close()
    world.settings = good
    world.open()
    check_sound(world, held)


def test_a_private_key_that_is_no_key_opens_nothing(sqlite_world: World) -> None:
    sqlite_world.close()
    path = Home(sqlite_world.settings.home).log_key
    good = path.read_bytes()
    path.write_bytes(PrivateKey.generate("p256").to_pem())
    sqlite_world.open()
    check_stopped(sqlite_world, "wrong_log_key")
    sqlite_world.close()
    path.write_bytes(good)
    sqlite_world.open()
    check_sound(sqlite_world, {})


def test_a_database_file_that_is_gone_is_not_made_anew(sqlite_world: World) -> None:
    held = acknowledge(sqlite_world)
    sqlite_world.close()
    path = sqlite_world.settings.home / "ledger.db"
    path.rename(path.with_name("aside"))
    with pytest.raises(LedgerError, match=r"ledger\.db is missing"):
        sqlite_world.open()
    assert not path.exists()
    path.with_name("aside").rename(path)
    sqlite_world.open()
    check_sound(sqlite_world, held)


def test_a_database_file_that_is_no_database(sqlite_world: World) -> None:
    held = acknowledge(sqlite_world)
    sqlite_world.close()
    path = sqlite_world.settings.home / "ledger.db"
    good = path.read_bytes()
    path.write_bytes(b"\xff" * len(good))
    with pytest.raises(ReadOnly) as stopped:
        sqlite_world.open()
    assert stopped.value.reason == "damaged"
    path.write_bytes(good)
    sqlite_world.open()
    check_sound(sqlite_world, held)


# Tables


def test_another_schema(world: World) -> None:
    held = acknowledge(world)
    tamper(world, "UPDATE alembic_version SET version_num = '0000'")
    reopen(world)
    check_stopped(world, "schema_version")
    tamper(world, "UPDATE alembic_version SET version_num = '0001'")
    reopen(world)
    check_sound(world, held)


def test_an_empty_database(world: World, tmp_path: Any, request: pytest.FixtureRequest) -> None:
    """Nothing can be read, so nothing is opened; above all, no table is made."""
    world.close()
    if world.settings.on_sqlite:
        (tmp_path / "empty.db").touch()
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        url = request.getfixturevalue("new_database")()
    world.settings = Settings(world.settings.home, url, 10, 16, 1)
    with pytest.raises(ReadOnly) as stopped:
        world.open()
    assert stopped.value.reason == "schema_version"


WANTED_ROWS = [
    ('DELETE FROM entries WHERE "index" = :at', "damaged"),
    ('DELETE FROM statements WHERE "index" = 0', "damaged"),
    ('UPDATE entries SET header = :bytes WHERE "index" = :at', "head_foreign"),
    ("DELETE FROM checkpoints WHERE size > :at", "damaged"),
    ("UPDATE checkpoints SET note = 'x' WHERE size > :at", "damaged"),
]


@pytest.mark.parametrize(("text", "reason"), WANTED_ROWS)
def test_rows_that_are_wanted_at_the_start(world: World, text: str, reason: str) -> None:
    opened(world).catch_up()
    held = acknowledge(world, 4)
    good = take(opened(world).parts.engine)
    values = {"at": opened(world).state().size - 2, "bytes": b"x"}
    tamper(world, text, **{name: values[name] for name in values if f":{name}" in text})
    reopen(world)
    check_stopped(world, reason)
    put_back(opened(world).parts.engine, good)
    reopen(world)
    check_sound(world, held)


def test_a_value_of_another_type(sqlite_world: World) -> None:
    """SQLite keeps text in a column of bytes."""
    good = take(opened(sqlite_world).parts.engine)
    tamper(sqlite_world, "UPDATE entries SET header = 'x' WHERE \"index\" = 3")
    reopen(sqlite_world)
    check_stopped(sqlite_world, "damaged")
    put_back(opened(sqlite_world).parts.engine, good)
    reopen(sqlite_world)
    check_sound(sqlite_world, {})


# Published files


def cut(raw: bytes) -> bytes:
    return raw[:-32]


def lengthen(raw: bytes) -> bytes:
    return raw + bytes(32)


@pytest.fixture
def published(sqlite_world: World) -> World:
    """More than a tile, published, and some entries behind it."""
    sqlite_world.post(sqlite_world.uses(300))
    opened(sqlite_world).catch_up()
    acknowledge(sqlite_world, 2)
    return sqlite_world


WANTED = ["checkpoint", "tile/0/001.p/*", "tile/1/000.p/*", "tile/entries/001.p/*"]


@pytest.mark.parametrize("pattern", WANTED)
@pytest.mark.parametrize("change", [flip, cut, lengthen, None])
def test_published_files_that_the_next_continues(
    published: World, pattern: str, change: Callable[[bytes], bytes] | None
) -> None:
    world, held = published, acknowledge(published)
    world.close()
    [path] = Home(world.settings.home).tiles.glob(pattern)
    good = path.read_bytes()
    if change is None:
        path.unlink()
    else:
        path.write_bytes(change(good))
    world.open()
    if pattern == "checkpoint" and change is None:
        check_sound(world, held)  # nothing is published: all of it is rendered anew
        return
    check_stopped(world, "damaged")
    world.close()
    path.write_bytes(good)
    world.open()
    check_sound(world, held)


# Many at once


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


def test_rows_beyond_the_head_stop_writes(world: World) -> None:
    held = acknowledge(world)
    good = take(opened(world).parts.engine)
    size = opened(world).state().size
    tamper(
        world,
        'INSERT INTO entries ("index", header) SELECT :at, header FROM entries WHERE "index" = 0',
        at=size,
    )
    check_stopped(world, "damaged")
    put_back(opened(world).parts.engine, good)
    reopen(world)
    check_sound(world, held)
