"""What the clients of a ledger hold: receipts, checkpoints, and what they got no answer for."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from crypto.checkpoint import Checkpoint, open_checkpoint
from crypto.consistency import verify_consistency
from crypto.header import format_header, parse_header
from crypto.inclusion import verify_inclusion
from crypto.merkle import EMPTY_EDGE, grow, leaf_hash
from crypto.notation import read_b64
from crypto.note import VKey
from crypto.receipt import VerifiedReceipt, verify_receipt
from crypto.tiles import bundles_between, parse_bundle
from crypto.tlog_proof import parse_tlog_proof
from tests.faults.served import Wire, until

CHUNK = 16  # lines a resent batch has: so few need no process pool


@dataclass
class Book:
    """Everything that the clients of one ledger know, over all rounds."""

    log: VKey
    held: dict[bytes, VerifiedReceipt] = field(default_factory=dict)  # by statement
    fresh: list[bytes] = field(default_factory=list)  # statements answered since the last check
    unanswered: list[bytes] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)  # by the size of the checkpoint
    problems: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def sign_off(self, raw: bytes, status: int, answer: bytes) -> None:
        """Take in the answer to a statement."""
        if status not in (200, 201):
            with self.lock:
                self.problems.append(f"{status} {answer!r}")
            return
        seen = verify_receipt(answer, raw, self.open)
        with self.lock:
            self._note(seen.checkpoint)
            self.held[raw] = seen
            self.fresh.append(raw)

    def gave_up(self, lines: Sequence[bytes]) -> None:
        """Remember statements to which no answer came."""
        with self.lock:
            self.unanswered.extend(lines)

    def saw(self, note: bytes) -> Checkpoint:
        """Take in a published checkpoint."""
        checkpoint = self.open(note.decode())
        with self.lock:
            self._note(checkpoint)
        return checkpoint

    def open(self, note: str) -> Checkpoint:
        return open_checkpoint(note, self.log)

    def _note(self, checkpoint: Checkpoint) -> None:
        """No two checkpoints of one size may have different roots."""
        known = self.roots.setdefault(checkpoint.size, checkpoint.root)
        if known != checkpoint.root:
            self.problems.append(f"two checkpoints of size {checkpoint.size}")

    # After a restart

    def settle(self, wire: Wire) -> dict[str, int]:
        """Check all that is held against the ledger as it is now; return what was counted."""
        newest_held = max((one.checkpoint.size for one in self.held.values()), default=0)
        until(lambda: self.saw(wire.get("/log/checkpoint")).size >= newest_held)
        published = self.saw(wire.get("/log/checkpoint"))
        losses = self._check_tree(wire, published)
        assert not losses, f"{losses} acknowledged entries are lost"
        fresh, self.fresh = self.fresh, []
        self._check_resent(wire, fresh)
        for raw in fresh:
            self._check_inclusion(wire, self.held[raw])
        for size in {self.held[raw].checkpoint.size for raw in fresh}:
            self._check_consistency(wire, size, published)
        logged_anyway = self._resend_unanswered(wire)
        assert not self.problems, self.problems[:3]
        return {
            "acknowledged": len(fresh),
            "held": len(self.held),
            "checkpoints": len(self.roots),
            "size": published.size,
            "unanswered but logged": logged_anyway,
            "losses": losses,
        }

    def headers(self, wire: Wire, size: int) -> list[bytes]:
        """Every published header, as any outsider can have it."""
        return [
            header
            for bundle in bundles_between(0, size)
            for header in parse_bundle(wire.get(f"/log/{bundle.path}"))
        ]

    def _check_tree(self, wire: Wire, published: Checkpoint) -> int:
        """Every checkpoint ever seen is of this tree; return how many entries held are not."""
        headers = self.headers(wire, published.size)
        assert len(headers) == published.size
        edge, at = EMPTY_EDGE, 0
        for size in sorted(self.roots):
            edge = grow(edge, [leaf_hash(header) for header in headers[at:size]])
            assert edge.root() == self.roots[size], f"the checkpoint of size {size} is forked"
            at = size
        parsed = [parse_header(header) for header in headers]
        assert [header.index for header in parsed] == list(range(published.size))
        twice = [n for n in Counter(header.statement for header in parsed).values() if n > 1]
        assert not twice, "a statement is logged twice"
        held = [seen.header for seen in self.held.values()]
        return sum(parsed[header.index : header.index + 1] != [header] for header in held)

    def _check_resent(self, wire: Wire, lines: Sequence[bytes]) -> None:
        """What has a receipt is answered by 200, and the same header."""
        for at in range(0, len(lines), CHUNK):
            chunk = lines[at : at + CHUNK]
            for raw, (status, answer) in zip(chunk, wire.batch(chunk), strict=True):
                assert status == 200, "an acknowledged entry is lost"
                assert verify_receipt(answer, raw, self.open).header == self.held[raw].header

    def _check_inclusion(self, wire: Wire, seen: VerifiedReceipt) -> None:
        """The entry is under the published checkpoint, by the proof that the ledger gives."""
        text = wire.get(f"/api/v1/entries/{seen.header.index}/proof").decode()
        proof = parse_tlog_proof(text)
        later = self.open(proof.checkpoint)
        assert later.size >= seen.checkpoint.size
        leaf = leaf_hash(format_header(seen.header))
        verify_inclusion(leaf, seen.header.index, later.size, proof.path, later.root)

    def _check_consistency(self, wire: Wire, size: int, published: Checkpoint) -> None:
        answer = orjson.loads(
            wire.get(f"/api/v1/proofs/consistency?old={size}&new={published.size}")
        )
        path = [read_b64(text, "") for text in answer["proof"]]
        verify_consistency(size, published.size, self.roots[size], published.root, path)

    def _resend_unanswered(self, wire: Wire) -> int:
        """They may or may not be there; sent again, each is there once."""
        lines, self.unanswered = self.unanswered, []
        logged = 0
        for at in range(0, len(lines), CHUNK):
            chunk = lines[at : at + CHUNK]
            first, second = wire.batch(chunk), wire.batch(chunk)
            for raw, (status, answer), (again, repeated) in zip(chunk, first, second, strict=True):
                logged += status == 200
                assert (status in (200, 201), again) == (True, 200)
                self.sign_off(raw, status, answer)
                same = verify_receipt(repeated, raw, self.open).header
                assert same == self.held[raw].header
        return logged
