"""kill -9 at random moments: nothing acknowledged is lost, no two checkpoints disagree.

Kill -9 spares the page cache; that what is acknowledged was also synced is
``test_durability``.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from ledger.settings import Settings
from tests.faults.kill.book import Book
from tests.faults.kill.writers import writing
from tests.faults.served import PATIENCE_S, Server, run_zelian, serving, until, wired
from tests.world import Clock, World

SQLITE_ROUNDS, POSTGRESQL_ROUNDS = 25, 10
LONGEST_S = 1.0  # between the first receipt and the kill

Say = Callable[[str], None]


def begin(settings: Settings) -> tuple[World, Book]:
    """A world with its cast that nobody has open, as of now, and an empty book."""
    world = World(settings, Clock(time.time_ns() // 1_000_000)).begin()
    assert world.ledger is not None
    book = Book(world.ledger.parts.log)
    world.close()
    return world, book


def kill_once(world: World, book: Book, seed: str, workers: int) -> None:
    """Serve, write, and kill the whole process group at a random moment."""
    moment = random.Random(seed).uniform(0, LONGEST_S)
    with serving(world.settings, workers) as server, writing(world, book, server, seed):
        until(lambda: bool(book.fresh))
        time.sleep(moment)
        server.kill()


def kill_while_starting(world: World, seed: str, workers: int) -> None:
    """Kill a server that is still finding out what the one before left behind."""
    server = Server(world.settings, workers, ready=False)
    time.sleep(random.Random(seed).uniform(0.2, LONGEST_S))
    server.kill()


def settle(world: World, book: Book, workers: int = 1) -> dict[str, int]:
    """Start again and check everything that was ever acknowledged."""
    with serving(world.settings, workers) as server, wired(server.port) as wire:
        return book.settle(wire)


def rounds(settings: Settings, number: int, say: Say) -> None:
    world, book = begin(settings)
    for at in range(number):
        workers = 1 if settings.on_sqlite else 1 + at % 2
        kill_once(world, book, f"round {at}", workers)
        if at % 3 == 2:
            kill_while_starting(world, f"start {at}", workers)
        counts = settle(world, book, workers)
        said = ", ".join(f"{name} {count}" for name, count in counts.items())
        say(f"round {at + 1}/{number}: {said}")
        assert counts["acknowledged"]
    found = run_zelian(settings, "fsck")
    assert found.returncode == 0, found.stdout + found.stderr
    say(f"{number} rounds, {len(book.held)} receipts, fsck: verified, losses: 0")


def test_a_killed_server_loses_nothing(sqlite_settings: Settings) -> None:
    rounds(sqlite_settings, 1, lambda text: None)


@pytest.mark.long
def test_many_killed_servers_lose_nothing(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    def say(text: str) -> None:
        with capsys.disabled():
            print(text, flush=True)

    kind = "SQLite" if settings.on_sqlite else "PostgreSQL"
    say(f"\nkill -9 on {kind}:")
    rounds(settings, SQLITE_ROUNDS if settings.on_sqlite else POSTGRESQL_ROUNDS, say)


@pytest.fixture
def two_workers(new_database: Callable[[], str], tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home", new_database(), 10, 16, 1)


def await_end(server: Server, left: list[psutil.Process]) -> None:
    """Nothing that belonged to the server is left, and nothing that could write."""
    server.process.wait(PATIENCE_S)
    _, alive = psutil.wait_procs(left, PATIENCE_S)
    assert not alive
    assert server.home_is_free()


@pytest.mark.long
def test_a_killed_main_process_leaves_no_writer(two_workers: Settings) -> None:
    world, book = begin(two_workers)
    with serving(two_workers, 2) as server, writing(world, book, server, "main"):
        until(lambda: len(book.fresh) > 20)
        left = server.children()
        server.process.kill()
        await_end(server, left)
    assert settle(world, book)["acknowledged"] > 20


@pytest.mark.long
def test_a_killed_worker_ends_the_service(two_workers: Settings) -> None:
    """The other workers are asked to stop, and the main process says that it failed."""
    world, book = begin(two_workers)
    with serving(two_workers, 2) as server, writing(world, book, server, "worker"):
        until(lambda: len(book.fresh) > 20)
        left = server.children()
        holder = next(one for one in left if holds(one, two_workers.home / "lock"))
        holder.kill()
        await_end(server, left)
        assert server.process.returncode not in (0, None)
    assert settle(world, book)["acknowledged"] > 20


def holds(process: psutil.Process, path: Path) -> bool:
    """Whether *process* has the file open."""
    return str(path) in {file.path for file in process.open_files()}
