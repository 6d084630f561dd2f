"""Read what a log's checkpoint claims, as wide as the standard has it.

The ledger's own checkpoints are narrower (no extension lines, origins in ASCII); a
witness serves other logs too. Extension lines are taken as they are: a witness
vouches for the first three lines alone.

Units: ``size`` counts entries; ``root`` is 32 raw bytes.

Source: C2SP tlog-checkpoint.
"""

from dataclasses import dataclass

from crypto.checkpoint import parse_number
from crypto.errors import Malformed
from crypto.merkle import check_digests
from crypto.notation import read_b64


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The claim that the tree of *origin* has *size* entries and this *root*."""

    origin: str
    size: int
    root: bytes


def parse_tree_head(text: str) -> TreeHead:
    """Return what the *text* of a note claims; raise Malformed if it is no checkpoint."""
    origin, *rest = text.removesuffix("\n").split("\n")
    if len(rest) < 2 or not all((origin, *rest)):
        raise Malformed(
            "a checkpoint has lines origin, size and root, and no empty line",
            "检查点应依次有账本名、大小、根各一行，不得有空行",
        )
    head = TreeHead(origin, parse_number(rest[0]), read_b64(rest[1]))
    check_digests((head.root,))
    return head
