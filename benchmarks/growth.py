"""What a batch costs as the ledger grows: as a whole, and its transaction alone.

Ledgers of all sizes are open at once and take the same batches in turns, so that
noise hits all of them. Beside each stands a bare copy of its database that gets
the same rows. Publishing and projecting run behind the commit and are not part of
these figures; over HTTP they are.
"""

import gc
import os
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from benchmarks import floors
from benchmarks.bare import BareTables, rows_since
from benchmarks.errors import BenchError
from benchmarks.table import Floor, Row, megabytes, millis
from benchmarks.timing import say, timed
from benchmarks.watch import TransactionWatch
from benchmarks.workshop import DATABASE, Workshop
from ledger.bootstrap import open_ledger
from ledger.service import Submitted
from ledger.settings import Settings

WARM_UP = 20  # statements logged before anything is timed
EXAMINED = 3  # times that a batch is examined before, so that all of the pool's workers are up
BARE = "bare.db"


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds for one batch: raw verification, bare insert, the whole, its transaction."""

    raw: float
    bare: float
    whole: float
    transaction: float


class Pair:
    """A ledger, and a bare database that holds the same rows."""

    def __init__(self, home: Settings, warm_up: Sequence[bytes]) -> None:
        self._copy = home.home / BARE
        shutil.copyfile(home.home / DATABASE, self._copy)
        os.sync()
        self.ledger = open_ledger(home)
        self._watch = TransactionWatch(self.ledger.parts.sequencer)
        self._bare = BareTables(self._copy, home.cache_mib)
        self.size = self.ledger.state().size
        self._warm_up(warm_up)

    def _warm_up(self, lines: Sequence[bytes]) -> None:
        """Start the workers, which changes nothing, and open the writing connections."""
        parts = self.ledger.parts
        for _ in range(EXAMINED):
            parts.pool.examine_all(lines, parts.judge.registry.public_keys)
        self.submit(lines[:WARM_UP])

    def submit(self, lines: Sequence[bytes]) -> tuple[float, float, float]:
        """Log a batch; return the seconds of the whole, the transaction, the bare insert."""
        answer, whole = timed(lambda: self.ledger.submit_batch(lines))
        transaction = self._watch.taken()
        if not all(isinstance(one, Submitted) and one.created for one in answer.lines):
            raise BenchError("a measured batch was not taken as a whole")
        bare = self._bare.insert(rows_since(self.ledger, self.size))
        self.size += len(lines)
        return whole, transaction, bare

    def close(self) -> None:
        self.ledger.close()
        self._bare.close()
        self._copy.unlink()


class Sized:
    """The pair of one size; a new copy takes its place once it has grown by half."""

    def __init__(self, shop: Workshop, size: int) -> None:
        self._shop, self._size = shop, size
        self._in_place = 2 * shop.plan.growth_rounds * shop.plan.lines <= size
        self._pair: Pair | None = None

    def pair(self) -> Pair:
        """Return a pair that still has about the size that it stands for, warmed up."""
        if self._pair is not None and 2 * self._pair.size > 3 * self._size:
            self.close()
        if self._pair is None:
            home = self._shop.grown(self._size)
            if not self._in_place:
                home = self._shop.copy(home, f"growth-{self._size}")
            self._pair = Pair(home, self._shop.signers.lines(self._shop.plan.lines))
        return self._pair

    def close(self) -> None:
        if self._pair is not None:
            self._pair.close()
            self._pair = None


def measure_growth(shop: Workshop) -> list[Row]:
    """Measure batches at every size, in turns."""
    sizes = shop.plan.sizes
    files = {size: (shop.grown(size).home / DATABASE).stat().st_size for size in sizes}
    costs: dict[int, list[Cost]] = {size: [] for size in sizes}
    batches = shop.signers.batches(shop.plan.growth_rounds + 1, shop.plan.lines)
    with ExitStack() as stack:
        all_sized = {size: Sized(shop, size) for size in sizes}
        for sized in all_sized.values():
            stack.callback(sized.close)
        gc.collect()
        gc.freeze()  # the run's own prepared bytes are no burden of the ledger's
        for number, lines in enumerate(batches):
            for size, sized in all_sized.items():
                costs[size].append(_cost(shop, sized.pair(), lines))
            whole = millis(costs[sizes[-1]][-1].whole)
            say(f"batches in process, round {number} of {len(batches) - 1}: {whole} at the largest")
        gc.unfreeze()
    measured = {size: found[1:] for size, found in costs.items()}  # the first only warms up
    return _rows(shop, measured, files)


def _cost(shop: Workshop, pair: Pair, lines: Sequence[bytes]) -> Cost:
    raw = shop.raw.seconds(len(lines))
    whole, transaction, bare = pair.submit(lines)
    return Cost(raw, bare, whole, transaction)


def _rows(shop: Workshop, measured: dict[int, list[Cost]], files: dict[int, int]) -> list[Row]:
    rows = []
    for size, costs in measured.items():
        rows += _size_rows(f"{shop.plan.lines:,} at {size:,}", costs)
    small, large = (measured[size] for size in shop.plan.compared)
    against = "at {1:,} against {0:,}".format(*shop.plan.compared)
    wholes = median(c.whole for c in large) / median(c.whole for c in small)
    alone = median(c.transaction for c in large) / median(c.transaction for c in small)
    rows += [
        _growth_row(f"whole batch {against}", wholes, floors.WHOLE_BATCH),
        _growth_row(f"transaction {against}", alone, floors.TRANSACTION),
    ]
    rows += [
        Row(f"database file at {size:,}", f"{megabytes(taken)}, {taken / size:,.0f} B an entry")
        for size, taken in files.items()
    ]
    return rows


def _size_rows(what: str, costs: Sequence[Cost]) -> list[Row]:
    whole, transaction = median(c.whole for c in costs), median(c.transaction for c in costs)
    bare, raw = median(c.bare for c in costs), median(c.raw for c in costs)
    return [
        Row(
            f"whole batch of {what}",
            f"{millis(whole)}, slowest {millis(max(c.whole for c in costs))}",
            millis(raw + bare, "raw verify, bare insert"),
            (raw + bare) / whole,
        ),
        Row(
            f"  its transaction of {what}",
            f"{millis(transaction)}, slowest {millis(max(c.transaction for c in costs))}",
            millis(bare, "bare insert"),
            bare / transaction,
        ),
    ]


def _growth_row(what: str, ratio: float, bound: float) -> Row:
    return Row(what, f"{ratio:.2f} times the cost", floor=Floor(round(ratio, 3), "<=", bound, " x"))
