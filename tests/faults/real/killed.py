"""Run a victim, take in what it says, kill it with SIGKILL, and look at what is left."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ledger.admission.admission import SMALL_BATCH
from ledger.service import Submitted
from tests.faults.matrix.known import Known
from tests.faults.matrix.site import Site
from tests.faults.served import ROOT, until

LINES = 40  # statements a victim is given
LATEST_S = 0.25  # between its first word and the kill


@dataclass
class Heard:
    """What a victim said until it died."""

    opened: bool = False
    failed: bytes = b""
    receipts: dict[int, bytes] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)

    def take(self, line: bytes) -> None:
        word, _, rest = line.partition(b" ")
        if word == b"opened":
            self.opened = True
        elif word == b"failed":
            self.failed = rest
        elif word == b"receipt":
            number, _, receipt = rest.partition(b" ")
            self.receipts[int(number)] = receipt
        elif word == b"refused":
            self.refused[rest.decode()] += 1

    @property
    def anything(self) -> bool:
        return bool(self.receipts or self.refused or self.failed)


class Victim:
    """One process, from its start to its death."""

    def __init__(self, site: Site, lines: list[bytes], back_ms: int = 0, largest: int = 0) -> None:
        self.file = site.folder / "lines"
        self.file.write_bytes(b"\n".join(lines))
        settings, now_ms = site.world.settings, site.world.clock.now_ms - back_ms
        args = (settings.home, settings.database_url, self.file, now_ms, largest)
        self.heard = Heard()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.real.victim", *map(str, args)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith(b"\n"):  # else it died within a line
                self.heard.take(line[:-1])

    def await_word(self) -> None:
        until(lambda: self.heard.anything or self.process.poll() is not None)

    def kill(self) -> Heard:
        """SIGKILL; return all that it said."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.heard


class Attacked(Known):
    """A site whose ledger is written by victims; what they acknowledged is held."""

    rounds = 0
    words: Counter[str]

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.words = Counter()
        self.waiting: list[bytes] = []

    def lines(self, count: int = LINES) -> list[bytes]:
        """New statements, which a victim is about to get."""
        self.site.world.clock.turn(1_000)
        self.site.settle()
        self.site.world.close()
        self.waiting = [self.use() for _ in range(count)]
        return self.waiting

    def kill(self, choose: random.Random, back_ms: int = 0, largest: int = 0) -> Heard:
        """Let a victim write, and kill it at a random moment."""
        victim = Victim(self.site, self.lines(), back_ms, largest)
        victim.await_word()
        time.sleep(choose.uniform(0, LATEST_S))
        return self.buried(victim)

    def buried(self, victim: Victim) -> Heard:
        heard = victim.kill()
        self.words += heard.refused
        self.rounds += 1
        return heard

    def look_after(self, heard: Heard) -> None:
        """Open what is left: all that was acknowledged is there, and the rest can be sent."""
        self.site.start()
        for number, receipt in heard.receipts.items():
            self.hold(self.waiting[number], Submitted(receipt, 0, created=True))
        self.look()
        assert self.ledger.state().writable, self.ledger.state()
        for at in range(0, len(self.waiting), SMALL_BATCH):  # so few need no process pool
            assert self.send(self.waiting[at : at + SMALL_BATCH])
        for _ in range(3):
            self.site.settle()
        self.check()

    def counted(self) -> str:
        self.tally.check()
        reasons = ", ".join(f"{name} {number}" for name, number in sorted(self.words.items()))
        return (
            f"{self.rounds} killed, {len(self.held)} receipts, {len(self.roots)} checkpoints"
            f" ({reasons or 'none refused'}); lost {self.tally.lost}, forks {self.tally.forks}"
        )


def restored(path: Path, kept: bytes) -> None:
    """Put a file back."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(kept)
    path.chmod(0o600)
