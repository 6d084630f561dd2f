"""What the rules cost: findings in bulk, and the write transaction beside them."""

from contextlib import ExitStack
from statistics import median

import sqlalchemy as sa

from benchmarks import floors
from benchmarks.archive import make_archive
from benchmarks.growth import Pair
from benchmarks.table import Floor, Row, millis, speed
from benchmarks.timing import say, timed
from benchmarks.workers import Workers
from benchmarks.workshop import Workshop
from ledger.bootstrap import open_ledger
from ledger.builtin_packs import built_in
from ledger.processes import collect_seldom
from ledger.projections.runner import Runner
from ledger.projections.span import Span
from ledger.projections.steps import Projection
from ledger.projections.supervision import Supervision
from ledger.service import Ledger
from ledger.settings import Settings
from ledger.store.supervision_rows import supervision_rows


def measure_supervision(shop: Workshop) -> list[Row]:
    """Measure findings in bulk, then the transaction with a paused projector and with none."""
    return [_findings(shop), _transaction(shop)]


def _findings(shop: Workshop) -> Row:
    """All rules and clocks over a ledger with grants, in turns with a fold that does nothing."""
    size = shop.plan.burst
    home = make_archive(shop, "supervision", size)
    found, read = [], []
    with Workers(collect_seldom) as workers:
        [pool] = workers.pools
        for number in range(shop.plan.rounds):
            read.append(size / pool.submit(_take_in, home, False).result())
            found.append(size / pool.submit(_take_in, home, True).result())
            say(f"findings in bulk, round {number + 1}: {speed(found[-1])} of {size:,}")
    rate, limit = median(found), median(read)
    return Row(
        f"findings and clocks in bulk, {size:,} entries",
        speed(rate),
        speed(limit, "only read"),
        rate / limit,
        Floor(round(rate), ">=", floors.FINDINGS, " /s"),
    )


def _transaction(shop: Workshop) -> Row:
    """The same ledger twice: all rules on, the projector paused; and nobody told of entries."""
    plan = shop.plan
    on: list[float] = []
    off: list[float] = []
    with ExitStack() as stack:
        pairs = []
        for name in ("rules-on", "rules-off"):
            pair = Pair(shop.new_home(name), shop.signers.lines(plan.lines))
            stack.callback(pair.close)
            pair.ledger.parts.runner.close()
            pairs.append(pair)
        ruled, bare = pairs
        bare.ledger.parts.runner.want = lambda _size=0: None  # type: ignore[method-assign]
        for lines in shop.signers.batches(2 * plan.growth_rounds, plan.lines):
            on.append(ruled.submit(lines)[1])
            off.append(bare.submit(lines)[1])
    ratio = median(on) / median(off)
    return Row(
        f"transaction of {plan.lines:,}, all rules on, projector paused",
        millis(median(on)),
        millis(median(off), "nothing told of entries"),
        median(off) / median(on),
        Floor(round(ratio, 3), "<=", floors.RULES_TRANSACTION, " x"),
    )


# What follows runs in a worker, which does about garbage as a server does.


class _OnlyReads:
    """A projection for which everything is read, and which keeps nothing."""

    name = "only_reads.v1"
    reads_statements = True

    def write(self, connection: sa.Connection, span: Span) -> None:
        del connection
        for _ in span.told:
            pass

    def forget(self, connection: sa.Connection, index: int) -> None:
        """Nothing is kept."""

    def drop(self, connection: sa.Connection) -> None:
        """Nothing is kept."""


def _take_in(home: Settings, ruled: bool) -> float:
    for file in home.home.glob("projections.db*"):
        file.unlink()
    ledger = open_ledger(home, writes=False)
    try:
        return timed(_runner(ledger, ruled).catch_up)[1]
    finally:
        ledger.close()


def _runner(ledger: Ledger, ruled: bool) -> Runner:
    parts = ledger.parts
    positions = parts.projection_rows
    one: Projection = _OnlyReads()
    if ruled:
        one = Supervision(supervision_rows(parts.engine), positions, built_in())
    return Runner(parts.engine, parts.projection_engine, parts.rows, positions, [one])
