"""Join checked spans in order: links between them, the registry, the tree and its roots.

Memory is that of one span, of the registry, and of what ``absence`` remembers.

Source: spec 3, 5 and 8.
"""

from collections.abc import Mapping

from crypto.checkpoint import Checkpoint
from crypto.header import first_prev
from crypto.merkle import split_digests
from ledger.verification.absence import Absences
from ledger.verification.buckets import Buckets
from ledger.verification.continuity import UNKNOWN, Place, continuity_problems
from ledger.verification.messages import Outcome
from ledger.verification.report import FAILED, INCOMPLETE, UNTRUSTED, Finding, Verdict
from ledger.verification.source import Source, Span
from ledger.verification.speakers import Speakers
from ledger.verification.tally import Tally
from ledger.verification.tree import TileCheck, Tree


class Joining:
    """A ledger as far as its spans were joined.

    Args:
        source: where the spans come from.
        checkpoint: what the published checkpoint states, or None.
        tallies: the checks, by name.
        speakers: the registry.
        chains, pairs: where records for the whole go.
    """

    def __init__(
        self,
        source: Source,
        checkpoint: Checkpoint | None,
        tallies: Mapping[str, Tally],
        speakers: Speakers,
        chains: Buckets,
        pairs: Buckets,
    ) -> None:
        self.tree = Tree()
        self.first_leaf: bytes | None = None
        self.place = Place(-1, first_prev(source.origin), "")
        self.first_recorded_at = ""
        self.absences = Absences()
        self._checkpoint, self._tallies, self._speakers = checkpoint, tallies, speakers
        self._chains, self._pairs = chains, pairs
        self._lost: Verdict = FAILED if source.whole else INCOMPLETE
        self._tiles = _tile_check(source, checkpoint, tallies["tiles"])

    def take(self, span: Span, outcome: Outcome) -> None:
        """Join the span that follows."""
        leaves = split_digests(outcome.leaves)
        if span.start == 0 and leaves and leaves[0] != UNKNOWN:
            self.first_leaf = leaves[0]
        self._count(outcome)
        self._note_missing(outcome)
        self.absences.note(span, outcome)
        for judged in self._speakers.take(span, outcome, self.place.recorded_at):
            check, index, en, zh = judged.problem
            self._tallies[check].find(index, en, zh, judged.verdict)
        self._join_place(outcome, leaves)
        self._grow(span, outcome, leaves)
        self._chains.append(outcome.chains)
        self._pairs.append(outcome.ids)

    def finish(self) -> None:
        """Look at what remains once the last span came."""
        size = self.tree.edge.size
        if self._checkpoint is not None and self._checkpoint.size > size:
            self._tallies["tree"].find(
                size,
                f"entry {size}: it is missing, and so are all behind it: the checkpoint commits to "
                f"{self._checkpoint.size} entries",
                f"第 {size} 条及其后各条缺失：检查点承诺了 {self._checkpoint.size} 条",
                self._lost,
            )
        if self._checkpoint is not None and self._checkpoint.size == 0:
            self._compare_published(self.tree.edge.root() if size == 0 else None, 0)
        if self._tiles is not None:
            self._tiles.finish()

    def _count(self, outcome: Outcome) -> None:
        counts = outcome.counts
        for name in ("headers", "digests", "statements", "signatures", "chain_names"):
            self._tallies[name].done += counts.get(name, 0)
        for name in ("index", "links", "recorded_at"):
            self._tallies[name].done += counts.get("headers", 0)
        for check, index, en, zh in outcome.problems:
            self._tallies[check].find(index, en, zh)
        for check, index, en, zh in outcome.untrusted:
            self._tallies[check].find(index, en, zh, UNTRUSTED)

    def _note_missing(self, outcome: Outcome) -> None:
        for index in outcome.gaps:
            self._tallies["headers"].find(
                index,
                f"entry {index}: its header is missing",
                f"第 {index} 条：缺少记录头",
                self._lost,
            )

    def _join_place(self, outcome: Outcome, leaves: tuple[bytes, ...]) -> None:
        """Hold the first header against the place before, and move on behind the last."""
        before = self.place
        if outcome.first is None or outcome.last is None:
            if leaves:
                self.place = Place(before.stated + len(leaves), leaves[-1], before.recorded_at)
            return
        skipped, header = outcome.first
        if skipped:
            before = Place(before.stated + skipped, leaves[skipped - 1], before.recorded_at)
        for check, index, en, zh in continuity_problems(before, outcome.start + skipped, header):
            self._tallies[check].find(index, en, zh)
        self.place = outcome.last
        self.first_recorded_at = self.first_recorded_at or header.recorded_at

    def _grow(self, span: Span, outcome: Outcome, leaves: tuple[bytes, ...]) -> None:
        """Append the leaves, and compare the roots that were signed on the way."""
        sizes = {size for size, _ in outcome.roots}
        if self._checkpoint is not None and span.start < self._checkpoint.size <= span.stop:
            sizes.add(self._checkpoint.size)
        self.tree.take(leaves, outcome.gaps, sorted(sizes))
        for size, root in outcome.roots:
            self._compare_stored(size, root)
        if self._checkpoint is not None and self._checkpoint.size in sizes:
            size = self._checkpoint.size
            self._compare_published(self.tree.roots.get(size), size)
        if self._tiles is not None:
            self._tiles.take(leaves)

    def _compare_stored(self, size: int, signed: bytes) -> None:
        root = self.tree.roots.get(size)
        if root is None:
            return
        self._tallies["checkpoints"].done += 1
        if root != signed:
            self._tallies["checkpoints"].add([_other_root(size, root, signed)])

    def _compare_published(self, root: bytes | None, size: int) -> None:
        assert self._checkpoint is not None
        if root is None:
            return
        self._tallies["tree"].done = 1
        if root != self._checkpoint.root:
            self._tallies["tree"].add([_other_root(size, root, self._checkpoint.root)])


def _other_root(size: int, root: bytes, signed: bytes) -> Finding:
    # What was changed lies below this size; the last entry is named, for want of a better.
    return Finding(
        size - 1,
        FAILED,
        f"entry {size - 1}: the first {size} entries lead to root {root.hex()}, and the checkpoint "
        f"of that size was signed with {signed.hex()}",
        f"第 {size - 1} 条：前 {size} 条推导出的根为 {root.hex()}，而该大小的检查点所签的根是 "
        f"{signed.hex()}",
    )


def _tile_check(source: Source, checkpoint: Checkpoint | None, tally: Tally) -> TileCheck | None:
    if source.read_tile is None or checkpoint is None:
        return None
    return TileCheck(source.read_tile, checkpoint.size, tally, source.whole)
