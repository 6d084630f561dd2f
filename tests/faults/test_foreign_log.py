"""A head, rows or published files that are not this log's stop it, running and at the start.

Then what was altered is undone, the ledger opened again, and everything held checked.
"""

import shutil
from collections.abc import Callable

import pytest

from ledger.home import Home
from tests.faults.backup import put_back, take, tamper
from tests.faults.held import acknowledge, check_sound, opened
from tests.faults.stopping import check_stopped, reopen
from tests.world import World

Change = Callable[[World], None]


def flip(raw: bytes) -> bytes:
    middle = len(raw) // 2
    return raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]


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


def test_nothing_follows_an_older_head_and_all_goes_on_after_it(world: World) -> None:
    held = acknowledge(world)
    opened(world).catch_up()
    engine = opened(world).parts.engine
    good = take(engine)
    move_the_head_back(world)
    check_stopped(world, "head_older")
    check_stopped(world, "head_older")  # asked again, it takes nothing either
    put_back(engine, good)
    assert opened(world).state().ready  # before anything is sent: nobody sends to who is not ready
    held |= acknowledge(world)
    check_sound(world, held)


def test_an_older_head_is_damage_at_the_start(world: World) -> None:
    held = acknowledge(world)
    opened(world).catch_up()
    good = take(opened(world).parts.engine)
    move_the_head_back(world)
    reopen(world)
    check_stopped(world, "damaged")
    put_back(opened(world).parts.engine, good)
    reopen(world)
    check_sound(world, held)


def test_a_missing_head_is_told_before_anybody_writes(world: World) -> None:
    forget_the_head(world)
    assert opened(world).state().reason == "head_missing"


def test_a_restored_backup_stops_a_running_ledger(world: World) -> None:
    held = acknowledge(world)
    restore_a_backup(world)
    check_stopped(world, "head_older")
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


# Rows


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
