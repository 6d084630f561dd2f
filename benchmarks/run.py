"""Run the parts that are asked for, in a fixed order, and print one table.

Exit codes: 0 all floors are met (a quick run judges none), 1 a floor is missed,
2 wrong usage, 3 the benchmark could not be made.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.away import measure_away
from benchmarks.batches import measure_batches
from benchmarks.client import Client
from benchmarks.errors import BenchError
from benchmarks.growth import measure_growth
from benchmarks.machine import machine_lines, processors
from benchmarks.memory import measure_memory
from benchmarks.plan import FULL, QUICK, Plan
from benchmarks.posts import measure_posts
from benchmarks.projector import measure_projector
from benchmarks.proofs import measure_proofs
from benchmarks.queries import measure_queries
from benchmarks.raw import RawVerify
from benchmarks.signers import Signers
from benchmarks.supervising import measure_supervision
from benchmarks.table import Row, missed, speed, table_lines
from benchmarks.timing import say
from benchmarks.traces import measure_traces
from benchmarks.verifying import measure_verifying
from benchmarks.workshop import Workshop

# In this order: the later, the more the grown ledgers grow.
PARTS: dict[str, Callable[[Workshop], list[Row]]] = {
    "batches": measure_batches,
    "verify": measure_verifying,
    "posts": measure_posts,
    "away": measure_away,
    "proofs": measure_proofs,
    "growth": measure_growth,
    "memory": measure_memory,
    "projector": measure_projector,
    "supervision": measure_supervision,
    "queries": measure_queries,
    "traces": measure_traces,
}
SAMPLES = 100  # statements whose signatures the raw limit verifies over and over
LEAST = 1_000  # the town's own statements and some uses
LEAST_TRACED = 12_000  # a fourth of which holds those, and the acts of every length
MET, MISSED, NOT_MADE = 0, 1, 3


def main(arguments: Sequence[str]) -> int:
    """Run as *arguments* say; return the exit code."""
    options = _options(arguments)
    plan = QUICK if options.quick else FULL
    if options.queried is not None:
        plan = replace(plan, queried=options.queried)
    if options.traced is not None:
        plan = replace(plan, traced=(options.traced // 4, options.traced))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is cleaned up
    signal.signal(signal.SIGALRM, lambda *_: _give_up(plan))
    signal.alarm(plan.minutes * 60)
    about = machine_lines()
    try:
        rows = _measure(plan, options.folder, options.part or list(PARTS), about)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return NOT_MADE
    finally:
        signal.alarm(0)
    print("\n".join([*about, "", *table_lines(rows, plan.judged)]))
    return _judge(rows) if plan.judged else MET


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("benchmarks", description="Measure the ledger's speed.")
    parser.add_argument("--quick", action="store_true", help="tiny sizes; no floor is judged")
    parser.add_argument(
        "--part", action="append", choices=list(PARTS), help="only this part; may be repeated"
    )
    parser.add_argument(
        "--queried", type=_size, metavar="N", help="entries of the ledgers that are asked questions"
    )
    parser.add_argument(
        "--traced",
        type=_traced,
        metavar="N",
        help="entries of the ledger in which acts are traced, at a fourth of it too",
    )
    parser.add_argument(
        "--folder", type=Path, help="where the temporary folder is made (default: the system's)"
    )
    return parser.parse_args(arguments)


def _size(text: str) -> int:
    size = int(text)
    if size < LEAST:
        raise argparse.ArgumentTypeError(f"at least {LEAST}")
    return size


def _traced(text: str) -> int:
    size = int(text)
    if size < LEAST_TRACED:
        raise argparse.ArgumentTypeError(f"at least {LEAST_TRACED}")
    return size


def _give_up(plan: Plan) -> None:
    raise BenchError(f"given up after {plan.minutes} minutes")


def _measure(plan: Plan, parent: Path | None, parts: Sequence[str], about: list[str]) -> list[Row]:
    with ExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="zelian-bench-", dir=parent)
        )
        signers = stack.enter_context(Signers())
        lines = signers.lines(SAMPLES)
        raw = stack.enter_context(RawVerify(lines))
        client = stack.enter_context(Client())
        about.append(f"statement  {raw.message_bytes} bytes signed, {len(lines[0])} bytes sent")
        shop = Workshop(plan, Path(folder), signers, raw, client)
        for _ in range(plan.rounds):
            raw.rate(plan.raw_each)
        rows = []
        for name, measure in PARTS.items():
            if name in parts:
                say(f"part {name}")
                rows += measure(shop)
        return [_raw_row(raw), *rows]


def _raw_row(raw: RawVerify) -> Row:
    return Row(f"raw Ed25519 verify, {processors()} processes", speed(median(raw.rates)))


def _judge(rows: Sequence[Row]) -> int:
    misses = missed(rows)
    for row in misses:
        print(f"bench: floor missed: {row.what}: {row.measured}, {row.floor}", file=sys.stderr)
    return MISSED if misses else MET
