"""Eight writers over HTTP, single posts and small batches, until the server is gone."""

import http.client
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from crypto.statement import sign_statement
from tests.faults.kill.book import Book
from tests.faults.served import Server, Wire, wired
from tests.world import World

WRITERS = 8
ACTS = 40  # so that statements continue one another's chains
GONE = (OSError, http.client.HTTPException)


def write(world: World, book: Book, port: int, seed: str) -> None:
    """Post one after the other; remember each answer, and what got none."""
    choose = random.Random(seed)
    with wired(port) as wire:
        for number in count():
            lines = [a_use(world, number) for _ in range(choose.choice((1, 1, 1, 4, 12)))]
            try:
                answers = send(wire, lines)
            except GONE:
                book.gave_up(lines)
                return
            for raw, (status, answer) in zip(lines, answers, strict=True):
                book.sign_off(raw, status, answer)


def a_use(world: World, number: int) -> bytes:
    return sign_statement(world.use(number, act=f"A-{number % ACTS}"), [world.zhang])


def send(wire: Wire, lines: list[bytes]) -> list[tuple[int, bytes]]:
    return [wire.post(lines[0])] if len(lines) == 1 else wire.batch(lines)


def watch(book: Book, port: int) -> None:
    """Read the published checkpoint over and over: it never goes back."""
    last = 0
    with wired(port) as wire:
        while True:
            try:
                size = book.saw(wire.get("/log/checkpoint")).size
            except GONE:
                return
            if size < last:
                book.problems.append(f"the published size went from {last} back to {size}")
            last = size


@contextmanager
def writing(world: World, book: Book, server: Server, seed: str) -> Iterator[None]:
    """Write while the block runs; it must end the server, which ends the writers."""
    threads = [
        threading.Thread(target=write, args=(world, book, server.port, f"{seed} {number}"))
        for number in range(WRITERS)
    ]
    threads.append(threading.Thread(target=watch, args=(book, server.port)))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        server.end()
        for thread in threads:
            thread.join()
