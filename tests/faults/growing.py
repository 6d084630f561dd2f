"""Let a ledger grow in a process of its own, and say how much memory that takes.

    python -m tests.faults.growing LINES EVERY

Posts the statements of the file LINES in batches to the ledger of the
environment, in the background publishing and projecting, and prints a JSON
line every EVERY entries: size, and resident MiB of this process and of those
that check batches for it.
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
from ledger.settings import Settings
from tests.world import Clock, World

BATCH = 1_000


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


def main(lines: str, every: str) -> None:
    me = psutil.Process(os.getpid())
    ledger = open_ledger(Settings.from_environment(), background=True)
    said = 0
    for batch in batches(Path(lines)):
        ledger.submit_batch(batch, compact=True)
        size = ledger.state().size
        if size // int(every) > said:
            said = size // int(every)
            children = sum(map(resident_mib, me.children(recursive=True)))
            print(json.dumps([size, resident_mib(me), children]), flush=True)
    ledger.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
