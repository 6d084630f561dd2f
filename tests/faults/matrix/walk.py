"""Take one row of the table over an edge, and check everything after each case."""

import random
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

from tests.faults.matrix.cases import BATCHES, Row
from tests.faults.matrix.damage import damage, is_called_verified
from tests.faults.matrix.fault import Fault, faulty
from tests.faults.matrix.known import Known, Tally
from tests.faults.matrix.prepared import copied
from tests.faults.matrix.site import Site
from tests.faults.matrix.tables import check_old_rows


class Walk(Known):
    """One row over one edge.

    Args:
        base: the prepared site.
        whole: fsck reads all after each case; else the tables are held against the base's.
    """

    def __init__(self, base: Path, row: Row, whole: bool) -> None:
        super().__init__(Site(copied(base, "walk")).open(first_id=5_000_000), whole)
        self.base, self.row = base, row

    def run(self, batches: Sequence[int] = BATCHES) -> Tally:
        for number, count in enumerate(batches):
            self.case(number, count)
        if self.whole:
            self._damage()
        else:
            check_old_rows(self.site, self.base / "home" / "ledger.db", self.began)
        self.tally.receipts = len(self.held)
        self.tally.notes = len(self.roots)
        return self.tally

    def case(self, number: int, count: int) -> None:
        """Append *count* entries under the fault, recover, and check all that is known."""
        self.site.world.clock.turn(1_000)
        lines, more = [self.use() for _ in range(count)], self.use()
        others: list[threading.Thread] = []
        fault = Fault(self.site, self.row, number, lambda: self._meanwhile(more, others))
        with faulty(fault):
            refused = not self.send(lines)
            self.site.settle()
            self.look()
        for thread in others:
            thread.join(60)
            assert not thread.is_alive()
        self.tally.refused += refused
        self.tally.met += fault.met
        self._recover(refused, lost=fault.lost)
        if not self.send(lines):
            raise AssertionError(f"no receipts after recovery: {self.ledger.state()}")
        self._settle(fault)
        self.check()
        self.tally.cases[self.row.stage, self.row.mode] += 1

    def _meanwhile(self, line: bytes, others: list[threading.Thread]) -> None:
        """While a step is late somebody else writes, asks and watches."""
        others.append(threading.Thread(target=self.send, args=([line],)))
        others[0].start()
        self.ledger.state()
        self.look()

    def _recover(self, refused: bool, lost: bool) -> None:
        """Restart where the row says so, or where the ledger says that somebody must look.

        That it must not say where nothing but the connection was *lost*: such a fault passes.
        """
        failure = self.ledger.parts.sequencer.failure
        stands = failure is not None and not self.ledger.state().writable
        assert not (stands and lost), failure
        assert refused or failure is None
        if self.row.restart or stands:
            self.site.restart()
        assert self.ledger.state().writable

    def _settle(self, fault: Fault) -> None:
        """Publish and project; then what was late arrives, and all is published again."""
        self.site.settle()
        fault.arrive()
        self.site.settle()
        self.site.settle()

    def _damage(self) -> None:
        """Damage what was found whole until now: that it still is must not be said."""
        what = damage(self.site, random.Random(str(self.row)))
        called = is_called_verified(self.site)
        self.tally.what += [what] if called else []
        self.tally.damages += 1
        self.tally.damage_verified += called

    def close(self) -> None:
        self.site.close()
        shutil.rmtree(self.site.folder)


def over(base: Path, rows: Sequence[Row], batches: Sequence[int], whole: bool) -> Tally:
    """Take each of *rows* over the edge, from a copy of *base*; see :class:`Walk`."""
    tally = Tally()
    for row in rows:
        walk = Walk(base, row, whole)
        try:
            tally.add(walk.run(batches))
        except BaseException as error:
            error.args = (f"{row}, case {sum(walk.tally.cases.values())}", *error.args)
            raise
        finally:
            walk.close()
    tally.check()
    return tally
