"""Full verification, every signature, against the raw verify rate; and what memory it takes."""

import multiprocessing
import resource
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks import floors
from benchmarks.errors import BenchError
from benchmarks.filling import fill
from benchmarks.machine import processors
from benchmarks.table import Floor, Row, speed
from benchmarks.timing import say, timed
from benchmarks.workshop import Workshop
from crypto.policy import parse_policy
from ledger.bootstrap import open_ledger
from ledger.home import Home
from ledger.processes import end_with_parent
from ledger.settings import Settings
from ledger.verification.report import VERIFIED
from ledger.verification.stream import verify_stream


def measure_verifying(shop: Workshop) -> list[Row]:
    """Verify the ledger that was filled over HTTP, or one that is filled now."""
    home = shop.filled
    if home is None:
        say(f"filling {shop.plan.verified:,} entries to verify")
        home = shop.new_home("verified")
        fill(home, shop.signers, shop.plan.verified)
    rates, raw, size = [], [], 0
    for number in range(shop.plan.rounds):
        raw.append(shop.raw.rate(shop.plan.raw_each))
        size, seconds = timed_verification(home)
        rates.append(size / seconds)
        say(f"full verification, round {number + 1}: {speed(rates[-1])}")
    ratio = median(rates) / median(raw)
    return [
        Row(
            f"full verification, every signature, {size:,} entries",
            speed(median(rates)),
            speed(median(raw), "raw verify"),
            ratio,
            Floor(round(ratio, 3), ">=", floors.VERIFY),
        )
    ]


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
        raise BenchError(f"the filled ledger's verdict is {report.verdict}")
    return source.size, seconds


def verification_peak(settings: Settings) -> int:
    """Return the most memory, in bytes, that verifying a home takes in all its processes."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, initializer=end_with_parent) as pool:
        own, largest_worker = pool.submit(_peak_after, settings.home).result()
    return own + processors() * largest_worker


def _peak_after(home: Path) -> tuple[int, int]:
    """Verify in a process of its own; its peak and that of its largest worker, in bytes."""
    timed_verification(Settings.from_environment({"ZELIAN_HOME": str(home)}))
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    own, worker = (resource.getrusage(who).ru_maxrss * 1024 for who in whose)
    return own, worker
