"""A process that serves a ledger's writers until somebody kills it.

    python -m tests.faults.real.victim HOME DATABASE_URL LINES NOW_MS LARGEST

Opens the ledger as ``zelian serve`` does, publishing and projecting in the background,
with a clock that stands at NOW_MS, and lets four threads log the statements of the file
LINES in small batches. No file may grow beyond LARGEST bytes; 0: any size. Says on
standard output, a line at a time:

* ``opened``, or ``failed`` and why;
* ``receipt N …``: what the statement of line N was answered;
* ``refused REASON``: nothing of a batch was logged, as far as is known; it is sent again;
* ``done``: all is logged. Then it waits to be killed.
"""

import os
import resource
import sys
import threading
import time
from collections import deque
from pathlib import Path

from ledger.bootstrap import open_ledger
from ledger.errors import LedgerError, ReadOnly
from ledger.service import Ledger, Submitted
from ledger.settings import Settings
from tests.world import Clock

THREADS = 4
BATCHES = (1, 1, 3, 1, 6)
AGAIN_S = 0.02
_turn = threading.Lock()


def say(line: bytes) -> None:
    """Write one whole line; what was written is the parent's even if this process dies now."""
    with _turn:
        os.write(sys.stdout.fileno(), line + b"\n")


def write(ledger: Ledger, waiting: deque[tuple[int, bytes]], seed: int) -> None:
    for number in range(seed, 1_000_000):
        with _turn:
            some = [waiting.popleft() for _ in range(min(len(waiting), BATCHES[number % 5]))]
        if not some:
            return
        send(ledger, some)


def send(ledger: Ledger, some: list[tuple[int, bytes]]) -> None:
    """Send until there are receipts, as a client that is told to send again."""
    while True:
        try:
            answers = ledger.submit_batch([raw for _, raw in some]).lines
        except ReadOnly as stopped:
            say(b"refused " + stopped.reason.encode())
            time.sleep(AGAIN_S)
            continue
        for (number, _), answer in zip(some, answers, strict=True):
            assert isinstance(answer, Submitted)
            say(b"receipt %d " % number + answer.receipt)
        return


def main(home: str, url: str, lines: str, now_ms: str, largest: str) -> None:
    if int(largest):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest), resource.RLIM_INFINITY))
    try:
        settings = Settings(Path(home), url, 10, 16, 1)
        ledger = open_ledger(settings, Clock(int(now_ms)), background=True)
    except (LedgerError, OSError) as error:
        say(f"failed {error}".encode())
        return
    say(b"opened")
    waiting = deque(enumerate(Path(lines).read_bytes().splitlines()))
    threads = [
        threading.Thread(target=write, args=(ledger, waiting, seed)) for seed in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say(b"done")
    time.sleep(60)
    os._exit(3)  # nobody killed it


if __name__ == "__main__":
    main(*sys.argv[1:])
