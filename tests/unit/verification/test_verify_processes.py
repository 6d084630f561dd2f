"""Workers end when their parent does, and leave nothing behind when it is interrupted."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

# Verifies one small ledger again and again, so that it is busy for as long as it lives.
ENDLESS = """
import itertools
from ledger.verification.stream import verify_stream
from tests.unit.verification.ledgers import SECRET, log_vkey, written

class Endless:
    size = 10**9
    def __init__(self, source):
        self.source = source
    def __getattr__(self, name):
        return getattr(self.source, name)
    def spans(self, start, stop, length):
        while True:
            yield from self.source.spans(0, 25, 5)

if __name__ == "__main__":
    book = written()
    told = lambda _done: print("going", flush=True)
    verify_stream(Endless(book.source()), log_vkey(), None, SECRET, workers=2, progress=told)
"""


@pytest.mark.long
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_no_worker_outlives_its_parent(how: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS)
    folder = tmp_path / "temporary"
    folder.mkdir()
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout is not None
    parent.stdout.readline()  # the workers are at work
    workers = _children(parent.pid)
    assert len(workers) >= 2
    parent.send_signal(how)
    parent.communicate(timeout=60)
    _await(lambda: not any(map(_lives, workers)))
    if how is signal.SIGINT:
        assert list(folder.iterdir()) == []


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def _await(done: Callable[[], bool]) -> None:
    for _ in range(300):
        if done():
            return
        time.sleep(0.1)
    raise AssertionError("a worker outlived its parent by half a minute")
