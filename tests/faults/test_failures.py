"""A failure at any step of writing or publishing loses nothing and doubles nothing.

Each step fails once in two ways: before it took effect, and after (the answer
got lost). Then the ledger is opened again, as after a crash, and everything that
was ever acknowledged is checked.
"""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crypto.checkpoint import open_checkpoint
from crypto.statement import sign_statement
from crypto.tiles import bundles_between, parse_bundle, tiles_of_size
from ledger.errors import ReadOnly
from ledger.log import sequencer as sequencer_module
from ledger.log.publisher import Publisher
from ledger.log.tile_store import TileStore
from ledger.service import Ledger, Submitted
from tests.faults.held import (
    Held,
    acknowledge,
    check_held,
    check_sound,
    check_verified,
    check_whole,
    opened,
    some_use,
)
from tests.faults.served import until
from tests.world import MZ, World, seed

Find = Callable[[Ledger], tuple[Any, str]]  # the object and the name of what is called


def on(*path: str) -> Find:
    """What ``ledger.parts`` holds under that path."""

    def find(ledger: Ledger) -> tuple[Any, str]:
        owner: Any = ledger.parts
        for name in path[:-1]:
            owner = getattr(owner, name)
        return owner, path[-1]

    return find


def module(name: str) -> Find:
    return lambda _: (sequencer_module, name)


# In the order in which Sequencer._commit takes them.
BEFORE_COMMIT: dict[str, Find] = {
    "connect": on("engine", "connect"),
    "lock the head": on("rows", "lock_head"),
    "read the clock": on("sequencer", "_clock"),
    "find ids": on("rows", "find_ids"),
    "judge": on("judge", "judge"),
    "name chains": on("names", "sorted_of"),
    "find chains": on("rows", "find_chains"),
    "plan": module("plan_group"),
    "insert entries": on("rows", "add_entries"),
    "move chains": on("rows", "put_chains"),
    "move the head": on("rows", "move_head"),
    "sign": module("sign_checkpoint"),
    "store the checkpoint": on("rows", "add_checkpoint"),
}
COMMIT: dict[str, Find] = {"commit": on("engine", "dialect", "do_commit")}
AFTER_COMMIT: dict[str, Find] = {
    "fold the registry": on("judge", "fold"),
    "take note": on("sequencer", "_after_commit"),
    "tell publisher and projections": on("sequencer", "_committed"),
    "make receipts": on("sequencer", "_receipts"),
}


@contextmanager
def failing_once(owner: Any, name: str, after: bool, error: BaseException) -> Iterator[list[bool]]:
    """Let the first call of ``owner.name`` raise *error*; yields whether that has happened."""
    whole, failed = getattr(owner, name), list[bool]()

    def broken(*args: Any, **options: Any) -> Any:
        if failed:
            return whole(*args, **options)
        failed.append(True)
        if after:
            whole(*args, **options)
        raise error

    kept = vars(owner).get(name) if hasattr(owner, "__dict__") else None
    setattr(owner, name, broken)
    try:
        yield failed
    finally:
        if kept is None:
            delattr(owner, name)
        else:
            setattr(owner, name, kept)


def new_lines(world: World, number: int) -> list[bytes]:
    """A use, an enrolment that ends its group, and a use by the key that it enrols."""
    key = seed(1_000 + number)
    enrolment = world.enrolment(MZ, key, "zhang")
    first, third = (sign_statement(world.use(), [by]) for by in (world.zhang, key))
    return [first, enrolment, third]


def connection_lost(world: World, name: str) -> Exception:
    """What SQLAlchemy raises, or the driver below it where that is what fails."""
    error: Exception = opened(world).parts.engine.dialect.loaded_dbapi.OperationalError("lost")
    return error if name in COMMIT else sa.exc.OperationalError(name, None, error)


def fail(world: World, find: Find, after: bool, lines: list[bytes], error: Exception) -> str:
    """Send *lines* while one step fails; return the reason that was answered."""
    ledger = opened(world)
    ledger.parts.sequencer.close()  # so that it connects anew
    with failing_once(*find(ledger), after, error) as failed:
        with pytest.raises(ReadOnly) as stopped:
            ledger.submit_batch(lines)
        assert failed
    return stopped.value.reason


def resend(world: World, lines: list[bytes], persisted: bool, name: str) -> Held:
    """Send again what had no answer; what was persisted is a repeat, all else is new."""
    answers = opened(world).submit_batch(lines).lines
    made = [answer.created for answer in answers if isinstance(answer, Submitted)]
    assert made == [not persisted, not persisted, True], name
    return {
        raw: answer.receipt
        for raw, answer in zip(lines, answers, strict=True)
        if isinstance(answer, Submitted)
    }


STEPS = [
    (name, find, after, persisted)
    for steps, before, behind in (
        (BEFORE_COMMIT, False, False),
        (COMMIT, False, True),
        (AFTER_COMMIT, True, True),
    )
    for name, find in steps.items()
    for after, persisted in ((False, before), (True, behind))
]


@pytest.mark.long
def test_a_fault_at_each_step_of_a_commit(world: World) -> None:
    """A fault of the program's own: writes stop until the ledger is opened anew."""
    held = acknowledge(world)
    for number, (name, find, after, persisted) in enumerate(STEPS):
        lines = new_lines(world, number)
        reason = fail(world, find, after, lines, RuntimeError("a fault"))
        assert reason == "damaged", name
        assert opened(world).state().reason == reason, name
        world.close()
        world.open()
        newest = resend(world, lines, persisted, name)
        check_held(world, newest)
        held |= newest
    check_sound(world, held)


@pytest.mark.long
def test_a_lost_connection_at_each_step_of_a_commit(world: World) -> None:
    """The database goes away and comes back: the next submission goes on in the same process."""
    held = acknowledge(world)
    uses_database = ("connect", "lock", "find", "insert", "move", "store", "commit")
    for number, (name, find, after, persisted) in enumerate(STEPS):
        if not name.startswith(uses_database):
            continue
        lines = new_lines(world, number)
        reason = fail(world, find, after, lines, connection_lost(world, name))
        assert reason == "database_lost", name
        newest = resend(world, lines, persisted, name)
        check_held(world, newest)
        held |= newest
    check_sound(world, held)
    world.close()
    world.open()
    check_sound(world, held)


def test_an_interrupted_writer_holds_up_nobody(world: World) -> None:
    """Ctrl-C in the thread that commits for all: the next one takes over."""
    ledger, raw = opened(world), some_use(world)
    with (
        failing_once(*on("rows", "find_ids")(ledger), False, KeyboardInterrupt()),
        pytest.raises(KeyboardInterrupt),
    ):
        ledger.submit(raw)
    answers: list[Submitted] = []
    thread = threading.Thread(target=lambda: answers.append(ledger.submit(raw)), daemon=True)
    thread.start()
    thread.join(60)
    assert [answer.created for answer in answers] == [True]
    check_sound(world, {raw: answers[0].receipt})


# Publishing

BEFORE, MORE = 250, 20  # entries published, and then more: over the edge of a tile


@pytest.fixture
def published(sqlite_world: World) -> World:
    """So many entries published, and more committed."""
    world = sqlite_world
    world.post(world.uses(BEFORE - opened(world).state().size))
    opened(world).catch_up()
    acknowledge(world, MORE)
    return world


class Failing:
    """Stands for ``TileStore.put_all``: writes file by file, and fails at one of them."""

    def __init__(self, store: TileStore, at: int, after: bool) -> None:
        self.store, self.left, self.after = store, at, after
        self.failed = False

    def __call__(self, files: Any) -> None:
        for path, content in files:
            if self.left or self.after:
                TileStore.put_all(self.store, [(path, content)])
            if not self.left and not self.failed:
                self.failed, self.left = True, -1
                raise OSError(28, "No space left on device")
            self.left -= 1


def check_published(ledger: Ledger, size: int) -> None:
    """Everything that the published checkpoint of *size* implies can be had, and is right."""
    checkpoint = open_checkpoint(ledger.published(), ledger.parts.log)
    assert checkpoint.size == size
    for tile in tiles_of_size(size):
        assert len(ledger.tile(tile.path)) == 32 * tile.width
    headers = [
        header
        for bundle in bundles_between(0, size)
        for header in parse_bundle(ledger.tile(bundle.path))
    ]
    assert headers == ledger.parts.reader.headers(0, size)
    assert ledger.parts.reader.published_edge(size).root() == checkpoint.root


def publish_failing(world: World, at: int, after: bool, backup: Path) -> bool:
    """Publish over the edge of a tile, failing at write *at*; tell whether there was one."""
    parts = opened(world).parts
    shutil.rmtree(parts.tiles.root)
    shutil.copytree(backup, parts.tiles.root)
    parts.publisher.forget()
    writes = Failing(parts.tiles, at, after)
    parts.tiles.put_all = writes  # type: ignore[method-assign]
    parts.publisher._attempt()
    del parts.tiles.put_all
    return writes.failed


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("after", [False, True])
def test_a_failure_at_each_write_of_a_publication(
    published: World, after: bool, restart: bool, tmp_path: Path
) -> None:
    world, backup = published, tmp_path / "backup"
    shutil.copytree(opened(world).parts.tiles.root, backup)
    writes = 0
    while publish_failing(world, writes, after, backup):
        publisher: Publisher = opened(world).parts.publisher
        assert isinstance(publisher.failure, OSError)
        assert opened(world).state().writable
        visible = open_checkpoint(opened(world).published(), opened(world).parts.log).size
        check_published(opened(world), visible)
        check_verified(world)
        assert (visible > BEFORE) == (after and writes == 5)
        if restart:
            world.close()
            world.open()
            assert opened(world).state().writable
        opened(world).parts.publisher._attempt()
        assert opened(world).parts.publisher.failure is None
        check_published(opened(world), BEFORE + MORE)
        check_whole(world)
        writes += 1
    assert writes == 6  # a full bundle, tile and their partial heirs, the level above, the note
    check_sound(world, {})


@pytest.mark.parametrize("error", [OSError("no room"), ValueError("a fault")])
def test_background_work_outlives_any_fault(sqlite_world: World, error: Exception) -> None:
    """Publishing and projecting fail once each, whatever the reason, and go on."""
    world = sqlite_world
    world.close()
    ledger = world.open(background=True)
    parts = ledger.parts
    with (
        failing_once(parts.tiles, "put_all", False, error) as publishing,
        failing_once(parts.runner, "_step", False, error) as projecting,
    ):
        held = acknowledge(world)
        until(lambda: bool(publishing and projecting))
        until(lambda: ledger.state().published_size == ledger.state().size)
        until(lambda: ledger.state().projected_size == ledger.state().size)
    check_sound(world, held)


def test_a_publisher_that_fails_says_so_and_catches_up(published: World) -> None:
    world = published
    parts = opened(world).parts
    parts.tiles.put_all = Failing(parts.tiles, 0, after=False)  # type: ignore[method-assign]
    parts.publisher._attempt()
    state = opened(world).state()
    assert (state.writable, state.ready, state.published_size) == (True, False, BEFORE)
    held = acknowledge(world)
    parts.publisher._attempt()
    del parts.tiles.put_all
    assert opened(world).state().ready
    check_sound(world, held)
