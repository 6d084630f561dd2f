"""Let a ledger grow in a process of its own, and say how much memory that takes.

    python -m tests.faults.growing LINES EVERY DRAINED

Posts the statements of the file LINES in batches to the ledger of the
environment, in the background publishing and projecting, and prints a JSON line
every EVERY entries: size, and resident MiB of this process, of those that check
batches for it, and of others that it has just then: what makes ahead.

Once it holds DRAINED entries, and at the end, it waits until all is projected before it
says so. Long steps hold more than the short ones of a burst, and how soon a busy machine
lets them happen is no matter of the ledger's size.
"""

import itertools
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from crypto.statement import sign_statement
from ledger.bootstrap import open_ledger
from ledger.service import Ledger
from ledger.settings import Settings
from tests.world import Clock, World

BATCH = 1_000
PATIENCE_S = 300


def build(path: Path, home: Path, start: int, stop: int, now_ms: int) -> None:
    """Write signed statements *start* to *stop* - 1, one a line."""
    world = World(Settings(home, ""), Clock(now_ms))
    world.ids = itertools.count(1_000_000 + start)
    with path.open("wb") as out:
        for number in range(start, stop):
            event = world.use(number, act=f"A-{number}")  # a new chain each
            out.write(sign_statement(event, [world.zhang]) + b"\n")


def batches(path: Path) -> Iterator[list[bytes]]:
    with path.open("rb") as lines:
        while batch := [line.rstrip(b"\n") for line in itertools.islice(lines, BATCH)]:
            yield batch


def resident_mib(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20


def _still_resident_mib(process: psutil.Process) -> float:
    """That of a process which may have ended by now."""
    try:
        return resident_mib(process)
    except psutil.NoSuchProcess:
        return 0.0


def checkers_of(ledger: Ledger) -> set[int]:
    """Process ids of those that check batches."""
    executor = ledger.parts.pool._executor
    return set() if executor is None else set(executor._processes)


def sample(ledger: Ledger) -> str:
    me = psutil.Process(os.getpid())
    checkers, others = checkers_of(ledger), [0.0, 0.0]
    for child in me.children(recursive=True):
        others[child.pid not in checkers] += _still_resident_mib(child)
    return json.dumps([ledger.state().size, resident_mib(me), *others])


def drain(ledger: Ledger) -> None:
    if not ledger.parts.runner.wait_for(ledger.state().size, PATIENCE_S):
        raise TimeoutError("not all was projected")


def main(lines: str, every: str, drained: str) -> None:
    ledger = open_ledger(Settings.from_environment(), background=True)
    said, awaited = 0, False
    for batch in batches(Path(lines)):
        ledger.submit_batch(batch, compact=True)
        size = ledger.state().size
        if not awaited and size >= int(drained):
            awaited = True
            drain(ledger)
        if size // int(every) > said:
            said = size // int(every)
            print(sample(ledger), flush=True)
    drain(ledger)
    print(sample(ledger), flush=True)
    ledger.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
