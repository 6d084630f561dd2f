"""Full verification, every signature, against the raw verify rate; and what memory it takes."""

import subprocess
import time
from contextlib import suppress
from statistics import median

from benchmarks import floors
from benchmarks.errors import BenchError
from benchmarks.machine import family, memory_of
from benchmarks.programs import ZELIAN, running
from benchmarks.table import Floor, Row, speed
from benchmarks.timing import say, timed
from benchmarks.workshop import Workshop
from crypto.policy import parse_policy
from ledger.bootstrap import open_ledger
from ledger.home import Home
from ledger.settings import Settings
from ledger.verification.report import VERIFIED
from ledger.verification.stream import verify_stream

SAMPLED_S = 0.1  # memory only ever grows to its peak: little is missed in between


def measure_verifying(shop: Workshop) -> list[Row]:
    """Verify the two largest ledgers, in turns; the floor is that of the largest.

    Starting its processes is a good part of verifying a small one.
    """
    homes = {size: shop.grown(size) for size in shop.plan.largest}
    rates: dict[int, list[float]] = {size: [] for size in homes}
    raw: dict[int, list[float]] = {size: [] for size in homes}
    for number in range(shop.plan.rounds):
        for size, home in homes.items():
            raw[size].append(shop.raw.rate(shop.plan.raw_each))
            entries, seconds = timed_verification(home)
            rates[size].append(entries / seconds)
            say(f"verification of {size:,}, round {number + 1}: {speed(rates[size][-1])}")
    return [_row(shop, size, median(rates[size]), median(raw[size])) for size in homes]


def _row(shop: Workshop, size: int, rate: float, raw: float) -> Row:
    ratio = rate / raw
    judged = size == shop.plan.sizes[-1]
    return Row(
        f"full verification, every signature, {size:,} entries",
        speed(rate),
        speed(raw, "raw verify"),
        ratio,
        Floor(round(ratio, 3), ">=", floors.VERIFY) if judged else None,
    )


def timed_verification(settings: Settings) -> tuple[int, float]:
    """Verify a home as ``zelian verify ledger`` does; return its size and the seconds.

    Raises:
        BenchError: something was not verified, so that the figure would mean nothing.
    """
    home = Home(settings.home)
    policy = parse_policy(home.trust_policy.read_bytes())
    identity = bytes.fromhex(home.read_identity() or "")
    ledger = open_ledger(settings, writes=False)
    try:
        source = ledger.source()
        report, seconds = timed(lambda: verify_stream(source, policy, identity, home.read_secret()))
    finally:
        ledger.close()
    if report.verdict != VERIFIED or report.check("signatures").done != source.size:
        raise BenchError(f"the grown ledger's verdict is {report.verdict}")
    return source.size, seconds


def verification_peak(settings: Settings) -> int:
    """Run ``zelian verify ledger`` on a home; return its peak memory, in bytes.

    That is the sum, over its processes, of the most that each of them has had.
    """
    peaks: dict[int, int] = {}
    arguments = [*ZELIAN, "verify", "ledger", "--home", str(settings.home)]
    with running(arguments, subprocess.DEVNULL, subprocess.DEVNULL) as process:
        while process.poll() is None:
            for pid in family(process.pid):
                with suppress(OSError, KeyError):  # it is ending
                    peaks[pid] = max(peaks.get(pid, 0), memory_of(pid)[1])
            time.sleep(SAMPLED_S)
        if process.returncode != 0:
            raise BenchError(f"zelian verify ledger ended with {process.returncode}")
    return sum(peaks.values())
