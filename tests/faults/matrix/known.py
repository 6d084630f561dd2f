"""What the clients of one site know, and what must be true of it whatever happened.

Whatever left the ledger is remembered: receipts, published checkpoints, what the witness
cosigned. A fork is two roots signed for one size; a loss is an entry with a receipt that
is not there, once, under the newest checkpoint.
"""

from collections import Counter
from dataclasses import dataclass, field

from crypto.checkpoint import Checkpoint, open_checkpoint
from crypto.consistency import verify_consistency
from crypto.header import format_header
from crypto.merkle import EMPTY_EDGE, grow, leaf_hash
from crypto.policy import open_under_policy
from crypto.receipt import VerifiedReceipt
from crypto.statement import sign_statement
from ledger.errors import ReadOnly
from ledger.fsck import Fsck
from ledger.service import Ledger, Submitted
from ledger.store.engine import reading
from tests.faults.held import opened, verified
from tests.faults.matrix.site import Site
from tests.faults.matrix.tables import check_new_rows

ACTS = 40  # so that statements continue one another's chains


@dataclass
class Tally:
    """What was counted over many walks."""

    cases: Counter[tuple[str, str]] = field(default_factory=Counter)  # by stage and mode
    met: int = 0  # cases in which the fault's step was reached
    refused: int = 0  # batches that got no receipt while the fault stood
    receipts: int = 0
    notes: int = 0  # checkpoints that left the ledger
    fsck: int = 0  # whole checks of a home
    lost: int = 0
    forks: int = 0
    damages: int = 0
    damage_verified: int = 0
    what: list[str] = field(default_factory=list)  # the damage that was called verified

    def add(self, other: "Tally") -> None:
        self.cases += other.cases
        for name in ("met", "refused", "receipts", "notes", "fsck", "lost", "forks"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.damages += other.damages
        self.what += other.what
        self.damage_verified += other.damage_verified

    def told(self, edge: int) -> str:
        """Return what was counted, in words."""
        return (
            f"fault table around {edge}: {sum(self.cases.values())} cases, "
            f"{self.refused} of them refused a batch; {self.receipts} receipts and {self.notes} "
            f"checkpoints held, {self.fsck} times all read by fsck, {self.damages} damages; "
            f"lost {self.lost}, forks {self.forks}, verified on damage {self.damage_verified}"
        )

    def check(self) -> None:
        """Raise where a count that must be 0 is not, or a case tried nothing."""
        assert (self.lost, self.forks, self.damage_verified) == (0, 0, 0), self
        assert self.met == sum(self.cases.values()), self


class Known:
    """What is known of *site*, which is open.

    Args:
        whole: fsck reads all at each check; else the new rows are checked by themselves.
    """

    def __init__(self, site: Site, whole: bool = True) -> None:
        self.site, self.whole = site, whole
        self.held: dict[bytes, VerifiedReceipt] = {}
        self.roots: dict[int, bytes] = {}
        self.tally = Tally()
        self.began = self.ledger.size()
        self.sent: list[bytes] = []
        self._number = 0

    @property
    def ledger(self) -> Ledger:
        return opened(self.site.world)

    def use(self) -> bytes:
        """A signed statement that was not sent yet."""
        self._number += 1
        world = self.site.world
        act = f"A-{self._number % ACTS}"
        return sign_statement(world.use(900_000 + self._number, act=act), [world.zhang])

    def send(self, lines: list[bytes]) -> bool:
        """Send; take in the receipts; tell whether all have one."""
        self.sent += [raw for raw in lines if raw not in self.sent]
        try:
            answers = self.ledger.submit_batch(lines).lines
        except ReadOnly:
            return False
        for raw, answer in zip(lines, answers, strict=True):
            assert isinstance(answer, Submitted), answer
            self.hold(raw, answer)
        return True

    def hold(self, raw: bytes, answer: Submitted) -> None:
        seen = verified(self.site.world, raw, answer.receipt)
        self.saw(seen.checkpoint)
        before = self.held.setdefault(raw, seen)
        if before is not seen:  # what is there is a repeat, and in the place that was promised
            self.tally.lost += answer.created or before.header != seen.header

    def saw(self, note: Checkpoint) -> None:
        self.tally.forks += self.roots.setdefault(note.size, note.root) != note.root

    def look(self) -> None:
        """The watcher finds nothing that no log may do, whenever it looks."""
        seen = self.site.watcher.look()
        assert not seen.ends, seen.alarms
        if seen.root is not None:
            self.saw(Checkpoint(self.ledger.origin, seen.size, seen.root))

    # What must hold

    def check(self) -> None:
        """Raise unless nothing is lost, nothing forked, all is published, cosigned and whole."""
        ledger = self.ledger
        size = ledger.size()
        assert size == self.began + len(self.sent)  # each once, and nothing else
        newest = open_checkpoint(ledger.parts.reader.note_of(size), ledger.parts.log)
        self.saw(newest)
        self._check_published(newest)
        self._check_receipts(newest)
        seen = self.site.watcher.look()
        assert (seen.alarms, seen.size, seen.root) == ((), size, newest.root)
        assert not self.site.store.evidence()
        assert ledger.parts.runner.size() == size
        self._check_tables(newest)

    def _check_published(self, newest: Checkpoint) -> None:
        """All is published, and the witness stands by it."""
        state = self.ledger.state()
        assert state.ready, state
        assert self.ledger.parts.runner.failure is None
        published = open_under_policy(self.ledger.published(), self.site.policy).checkpoint
        self.saw(published)
        assert published == newest
        assert self.ledger.parts.reader.published_edge(newest.size).root() == newest.root

    def _check_receipts(self, newest: Checkpoint) -> None:
        """Each entry is where its receipt says, under a tree that grew from the receipt's."""
        parts, held = self.ledger.parts, self.held.values()
        first = 0 if self.whole else self.began
        with reading(parts.engine) as connection:
            headers = dict(parts.rows.header_rows(connection, first, newest.size))
            envelopes = dict(parts.rows.envelope_rows(connection, first, newest.size))
        for raw, seen in self.held.items():
            at = seen.header.index
            there = (headers.get(at), envelopes.get(at)) == (format_header(seen.header), raw)
            self.tally.lost += not there
        if self.whole:
            self._check_tree([headers[index] for index in sorted(headers)])
            return
        for size in {seen.checkpoint.size for seen in held}:
            proof = self.ledger.consistency_proof(size, newest.size)
            verify_consistency(size, newest.size, self.roots[size], newest.root, proof)

    def _check_tree(self, headers: list[bytes]) -> None:
        """Every root that was ever signed is one of this tree's."""
        edge, at = EMPTY_EDGE, 0
        for size in sorted(self.roots):
            edge, at = grow(edge, [leaf_hash(header) for header in headers[at:size]]), size
            self.tally.forks += edge.root() != self.roots[size]

    def _check_tables(self, newest: Checkpoint) -> None:
        if not self.whole:
            check_new_rows(self.site, newest, self.began)
            return
        report = Fsck(self.ledger.parts).run(workers=0)
        told = [(c.name, c.verdict, c.detail, c.findings) for c in report.checks if c.counts]
        assert report.verdict == "verified", [one for one in told if one[1] != "verified"]
        self.tally.fsck += 1
