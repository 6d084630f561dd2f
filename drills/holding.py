"""Hold what clients were told against what the ledger publishes: nothing lost, no fork.

Judged as an outsider would: every receipt is verified offline, the tree is computed anew
from the published tiles, and every root that was ever signed must be its root at that size.
"""

import json
import time
from collections.abc import Iterable, Sequence

from crypto.checkpoint import Checkpoint, open_checkpoint
from crypto.errors import CryptoError
from crypto.merkle import EMPTY_EDGE, grow, leaf_hash, split_digests
from crypto.note import VKey
from crypto.receipt import parse_receipt, verify_receipt
from crypto.tiles import TILE_WIDTH, tile_path
from drills.clients import PAUSE_S, Acknowledged
from drills.errors import DrillError
from drills.wire import NDJSON, Wire

PATIENCE_S = 60.0
TRIES = 50
LINES = 500  # statements sent again in one batch


class Holder:
    """Keeps each place and each root that the log has promised, and looks whether they stand."""

    def __init__(self, port: int, log: VKey) -> None:
        self._wire, self._log = Wire(port, PATIENCE_S), log
        self._leaves: dict[int, bytes] = {}
        self._roots: dict[int, bytes] = {}
        self.lost = 0
        self.forks = 0

    @property
    def notes(self) -> int:
        """Sizes of which a signed root is held."""
        return len(self._roots)

    def hold(self, some: Iterable[Acknowledged], notes: Iterable[bytes]) -> None:
        """Verify receipts offline, and remember what they and the checkpoints promise."""
        for one in some:
            try:
                seen = verify_receipt(one.receipt, one.raw, self._opened)
            except CryptoError as error:
                raise DrillError(
                    f"a receipt does not verify: {error.en}", f"回执未通过核验：{error.zh}"
                ) from None
            leaf = leaf_hash(parse_receipt(one.receipt).header)
            self.lost += self._leaves.setdefault(seen.header.index, leaf) != leaf
            self._promised(seen.checkpoint)
        for note in notes:
            self._promised(self._opened(note))

    def look(self) -> int:
        """Compute the tree anew and hold it against every promise; return its size."""
        published = self._opened(self._get("/log/checkpoint"))
        leaves = self._published_leaves(published.size)
        self._promised(published)
        self.lost += sum(
            index >= len(leaves) or leaves[index] != leaf for index, leaf in self._leaves.items()
        )
        edge = EMPTY_EDGE
        for size, leaf in enumerate(leaves, 1):
            edge = grow(edge, [leaf])
            if size in self._roots:
                self.forks += edge.root() != self._roots[size]
        self.forks += sum(size > published.size for size in self._roots)
        return published.size

    def send_again(self, some: Sequence[Acknowledged]) -> None:
        """The same bytes once more: each must be known, in the place that was promised."""
        for at in range(0, len(some), LINES):
            part = some[at : at + LINES]
            answer = self._taken(b"\n".join(one.raw for one in part))
            for one, line in zip(part, answer.splitlines(), strict=False):
                told = json.loads(line)
                header = json.loads(one.receipt)["header"]
                same = told["status"] == 200 and told["receipt"]["header"] == header
                self.lost += not same

    def _taken(self, batch: bytes) -> bytes:
        """Send a batch until it is answered: a worker that learns only now is given its time."""
        path = "/api/v1/statements/batch?receipts=compact"
        for _ in range(TRIES):
            status, answer = self._wire.ask("POST", path, batch, NDJSON)
            if status == 200:
                return answer
            time.sleep(PAUSE_S)
        raise _unanswered(path, status)

    def _promised(self, checkpoint: Checkpoint) -> None:
        root = self._roots.setdefault(checkpoint.size, checkpoint.root)
        self.forks += root != checkpoint.root

    def _opened(self, note: str | bytes) -> Checkpoint:
        return open_checkpoint(note, self._log)

    def _published_leaves(self, size: int) -> list[bytes]:
        leaves: list[bytes] = []
        for start in range(0, size, TILE_WIDTH):
            width = min(TILE_WIDTH, size - start)
            tile = self._get(f"/log/{tile_path(0, start // TILE_WIDTH, width)}")
            leaves += split_digests(tile)
        return leaves

    def _get(self, path: str) -> bytes:
        status, body = self._wire.ask("GET", path)
        if status != 200:
            raise _unanswered(path, status)
        return body


def _unanswered(path: str, status: int) -> DrillError:
    return DrillError(f"{path} was answered {status}", f"{path} 的应答为 {status}")
