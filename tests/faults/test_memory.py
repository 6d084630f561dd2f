"""Memory does not follow the size of the ledger, neither the service's nor the verifier's."""

import json
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from ledger.settings import Settings
from tests.faults.growing import build, resident_mib
from tests.faults.served import ROOT, ZELIAN, environment
from tests.world import Clock, World

# The bound is that of a ledger which grows tenfold, from 100 k to 1 M entries; here
# it grows tenfold from less, and what follows the size shows all the same.
SMALL, LARGE = 20_000, 200_000
EVERY = 10_000
CACHE_MIB = 16
SERVICE_MIB = CACHE_MIB + 64
AHEAD_MIB = 256  # whatever the size, of what makes ahead and of what spawns processes together
VERIFIER_MIB = 32
BUILDERS = 2


class Sample(NamedTuple):
    size: int
    service_mib: float
    checkers_mib: float
    ahead_mib: float


def build_lines(folder: Path, number: int, now_ms: int) -> Path:
    """Statements in one file, signed on both cores."""
    step = number // BUILDERS
    parts = [folder / f"lines-{start}" for start in range(0, number, step)]
    with ProcessPoolExecutor(BUILDERS, multiprocessing.get_context("spawn")) as builders:
        for at, part in enumerate(parts):
            builders.submit(build, part, folder, at * step, (at + 1) * step, now_ms)
    whole = folder / "lines"
    with whole.open("wb") as out:
        for part in parts:
            out.write(part.read_bytes())
            part.unlink()
    return whole


def grown(folder: Path, number: int) -> tuple[Settings, list[Sample]]:
    """A ledger of about *number* entries, and what its growing took."""
    folder.mkdir()
    home, now_ms = folder / "home", time.time_ns() // 1_000_000
    settings = Settings(home, f"sqlite:///{home / 'ledger.db'}", 100, CACHE_MIB, 2)
    World(settings, Clock(now_ms)).begin().close()
    lines = build_lines(folder, number, now_ms)
    command = [sys.executable, "-m", "tests.faults.growing", str(lines), str(EVERY), str(SMALL)]
    ran = subprocess.run(
        command, cwd=ROOT, env=environment(settings), check=True, stdout=subprocess.PIPE
    )
    lines.unlink()
    return settings, [Sample(*json.loads(line)) for line in ran.stdout.splitlines()]


def verifying_mib(settings: Settings) -> float:
    """The most that ``zelian verify ledger`` held at once, its helpers included."""
    command = [*ZELIAN, "verify", "ledger", "--json"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(settings), stdout=subprocess.DEVNULL
    )
    most, watched = 0.0, psutil.Process(process.pid)
    while process.poll() is None:
        try:
            all_of_it = [watched, *watched.children(recursive=True)]
            most = max(most, sum(map(resident_mib, all_of_it)))
        except psutil.NoSuchProcess:
            continue
        time.sleep(0.05)
    assert process.returncode == 0
    return most


@pytest.mark.long
def test_memory_does_not_follow_the_size(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def say(text: str) -> None:
        with capsys.disabled():
            print(text, flush=True)

    small, _ = grown(tmp_path / "small", SMALL)
    large, samples = grown(tmp_path / "large", LARGE)
    say("\nentries  service MiB  checkers MiB  ahead MiB")
    for size, service, checkers, ahead in samples:
        say(f"{size:7}  {service:11.1f}  {checkers:12.1f}  {ahead:9.1f}")
    before = next(one for one in samples if one.size >= SMALL)
    growth = {name: max(of(one) for one in samples) - of(before) for name, of in WHAT.items()}
    peaks = [verifying_mib(settings) for settings in (small, large)]
    say(f"growth in MiB: {growth}; bound {SERVICE_MIB}")
    say(f"verify ledger, MiB at most: {peaks[0]:.1f} at {SMALL}, {peaks[1]:.1f} at {LARGE}")
    assert max(growth.values()) <= SERVICE_MIB
    assert max(one.ahead_mib for one in samples) <= AHEAD_MIB
    assert peaks[1] - peaks[0] <= VERIFIER_MIB


WHAT: dict[str, Callable[[Sample], float]] = {
    "service": lambda one: one.service_mib,
    "service and checkers": lambda one: one.service_mib + one.checkers_mib,
}
