"""Sixteen clients over real HTTP at once: no gap, no fork, nothing twice."""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from crypto.statement import sign_statement
from ledger.settings import Settings
from tests.faults.held import some_use
from tests.faults.kill.book import Book
from tests.faults.served import run_zelian, serving, wired
from tests.world import Clock, World

WRITERS = 16
OWN, SHARED, CONTESTED = 12, 10, 5  # statements of each writer, of all, and ids that two want

Answers = list[tuple[bytes, int, bytes]]


@pytest.fixture(params=["sqlite", "postgresql with two workers"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Settings, int]]:
    """Settings and how many workers serve."""
    home = tmp_path / "home"
    if request.param == "sqlite":
        yield Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1), 1
    else:
        make: Callable[[], str] = request.getfixturevalue("new_database")
        yield Settings(home, make(), 10, 16, 1), 2


def contested(world: World) -> tuple[bytes, bytes]:
    """Two statements under one (source, id)."""
    one = world.use()
    other = {**one, "data": {**one["data"], "purpose": "另一用途"}}
    return sign_statement(one, [world.zhang]), sign_statement(other, [world.zhang])


def write(port: int, lines: list[bytes]) -> Answers:
    with wired(port) as wire:
        return [(raw, *wire.post(raw)) for raw in lines]


@pytest.mark.long
def test_sixteen_writers(place: tuple[Settings, int]) -> None:
    settings, workers = place
    world = World(settings, Clock(time.time_ns() // 1_000_000)).begin()
    assert world.ledger is not None
    book, before = Book(world.ledger.parts.log), world.ledger.state().size
    shared = [some_use(world) for _ in range(SHARED)]
    pairs = [contested(world) for _ in range(CONTESTED)]
    lists = []
    for number in range(WRITERS):
        lines = [some_use(world) for _ in range(OWN)]
        lines += shared + [pair[number % 2] for pair in pairs]
        random.Random(number).shuffle(lines)
        lists.append(lines)
    world.close()
    with serving(settings, workers) as server, ThreadPoolExecutor(WRITERS) as threads:
        answers = [
            one for mine in threads.map(write, [server.port] * WRITERS, lists) for one in mine
        ]
        refused = [(raw, status, body) for raw, status, body in answers if status >= 400]
        for raw, status, body in answers:
            if status < 400:
                book.sign_off(raw, status, body)
        with wired(server.port) as wire:
            counts = book.settle(wire)
    logged = WRITERS * OWN + SHARED + CONTESTED
    assert [status for _, status, _ in answers].count(201) == logged
    assert (len(book.held), counts["size"]) == (logged, before + logged)
    check_contested(book, pairs, refused)
    assert run_zelian(settings, "fsck").returncode == 0


def check_contested(book: Book, pairs: list[tuple[bytes, bytes]], refused: Answers) -> None:
    """Of two statements under one id one is logged; the other is told which entry has the id."""
    assert len(refused) == CONTESTED * WRITERS // 2
    winners = {
        loser: winner
        for pair in pairs
        for winner, loser in (pair, pair[::-1])
        if winner in book.held
    }
    assert len(winners) == CONTESTED
    for raw, status, body in refused:
        problem = orjson.loads(body)
        assert (status, problem["code"]) == (409, "conflict")
        assert problem["index"] == book.held[winners[raw]].header.index
