"""Draw a sample that anyone can draw again, and nobody can steer.

Every entry of the population gets a rank: SHA-256 over, one after another,

    "zelian/sample/1" ‖ 0x0a ‖ seed in UTF-8 ‖ 0x0a ‖ size in decimal ‖ 0x0a
    ‖ root, 32 bytes ‖ index in decimal

where size and root are those of a checkpoint of the ledger and index is the entry's.
The sample is the *n* entries with the lowest ranks, compared as 32 bytes, in the order
of rank. So each entry has the same chance whatever else is in the population; a larger
sample begins with the smaller one; and whoever knows the seed, the checkpoint and the
indexes of the population computes the same. The root is not known before the last entry
is in the tree, and the seed is the auditor's: no author of an entry can know before
whether it will be drawn. A seed holds no line feed, so that no two inputs run together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from ledger.errors import BadRequest

METHOD = "zelian/sample/1"
MAX_SEED = 200  # characters


@dataclass(frozen=True, slots=True)
class Tree:
    """The checkpoint under which a sample is drawn: how many entries, and their root."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Drawn:
    """An entry of the sample, and the rank by which it was drawn, 32 bytes."""

    index: int
    rank: bytes


def check_seed(seed: str) -> str:
    """Return *seed*; raise BadRequest where it is empty, too long or holds a line feed."""
    if not 0 < len(seed) <= MAX_SEED or "\n" in seed or not seed.isprintable():
        raise BadRequest(
            f"a seed is 1 to {MAX_SEED} printable characters on one line",
            f"种子应为一行内的 1 至 {MAX_SEED} 个可见字符",
        )
    return seed


def rank_of(seed: str, tree: Tree, index: int) -> bytes:
    """Return the rank of one entry."""
    head = f"{METHOD}\n{seed}\n{tree.size}\n".encode()
    return sha256(head + tree.root + str(index).encode()).digest()


def draw(seed: str, tree: Tree, population: Iterable[int], n: int) -> Sequence[Drawn]:
    """Return the *n* entries of *population* that are drawn, or all where there are fewer."""
    ranked = sorted((rank_of(seed, tree, index), index) for index in {*population})
    return [Drawn(index, rank) for rank, index in ranked[:n]]
