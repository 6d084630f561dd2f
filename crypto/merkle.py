"""The tree of entries: how digests are hashed together, and how a tree grows.

A tree of any size is known by its *edge*: the roots of its perfect subtrees,
one for each bit that is set in the size. From the edge and new leaves alone
come the next edge and the next root; nothing older is read. No clock, file or
key is touched here, and no proof is judged: see ``inclusion`` and ``consistency``.

Units: a digest is 32 raw bytes; a size counts entries; a leaf is a leaf *hash*,
as :func:`leaf_hash` makes it from an entry's header.

Source: spec 5; RFC 9162, section 2.1.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from crypto.errors import Malformed

DIGEST_SIZE = 32  # bytes, SHA-256
MAX_SIZE = 2**63 - 1  # entries; what a checkpoint may claim
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the digest of an entry's *header*; 0x00 keeps it from posing as a node."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the digest of two children; 0x01 keeps it from posing as a leaf."""
    return sha256(b"\x01" + left + right).digest()


def hash_pairs(row: Sequence[bytes]) -> list[bytes]:
    """Return the parents of nodes that stand side by side; an odd last one has none."""
    return [
        sha256(b"\x01" + left + right).digest()
        for left, right in zip(row[::2], row[1::2], strict=False)
    ]


def fold_right(subtrees: Sequence[bytes]) -> bytes:
    """Return the root over adjoining perfect subtrees, largest first, at least one."""
    digest = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        digest = node_hash(left, digest)
    return digest


def split_digests(packed: bytes) -> tuple[bytes, ...]:
    """Return the digests of which *packed* is the concatenation; raise Malformed."""
    if len(packed) % DIGEST_SIZE:
        raise Malformed(
            f"{len(packed)} bytes are no whole number of digests of {DIGEST_SIZE} bytes",
            f"{len(packed)} 字节不是 {DIGEST_SIZE} 字节摘要的整数倍",
        )
    return tuple([packed[at : at + DIGEST_SIZE] for at in range(0, len(packed), DIGEST_SIZE)])


def check_size(size: int) -> None:
    """Raise Malformed unless *size* is a number of entries that a tree can have."""
    if type(size) is not int or not 0 <= size <= MAX_SIZE:
        raise Malformed(
            f"a tree holds 0 to {MAX_SIZE} entries, not {size}",
            f"树的记录数应为 0 至 {MAX_SIZE}，而不是 {size}",
        )


def check_digests(digests: Sequence[bytes]) -> None:
    """Raise Malformed unless every value is 32 bytes long."""
    if set(map(len, digests)) - {DIGEST_SIZE}:
        raise Malformed(
            f"every digest must be {DIGEST_SIZE} bytes long",
            f"每个摘要必须为 {DIGEST_SIZE} 字节",
        )


@dataclass(frozen=True, slots=True)
class Edge:
    """The roots of a tree's perfect subtrees, largest (and so leftmost) first.

    Args:
        size: entries in the tree, 0 to ``MAX_SIZE``.
        hashes: one digest for each bit that is set in *size*.

    Raises:
        Malformed: the size is out of range, or the digests do not fit it.
    """

    size: int
    hashes: tuple[bytes, ...]

    def __post_init__(self) -> None:
        """Refuse digests that no tree of this size has."""
        check_size(self.size)
        check_digests(self.hashes)
        if len(self.hashes) != self.size.bit_count():
            raise Malformed(
                f"a tree of {self.size} entries has {self.size.bit_count()} perfect subtrees, "
                f"not {len(self.hashes)}",
                f"{self.size} 条记录的树有 {self.size.bit_count()} 棵完美子树，"
                f"而不是 {len(self.hashes)} 棵",
            )

    def root(self) -> bytes:
        """Return the root of the whole tree."""
        return fold_right(self.hashes) if self.hashes else EMPTY_ROOT

    def pack(self) -> bytes:
        """Return the digests joined, to be stored beside the size."""
        return b"".join(self.hashes)

    @staticmethod
    def unpack(size: int, packed: bytes) -> "Edge":
        """Return the edge that :meth:`pack` wrote for a tree of *size*; raise Malformed."""
        return Edge(size, split_digests(packed))


EMPTY_EDGE = Edge(0, ())


def grow(edge: Edge, leaves: Sequence[bytes]) -> Edge:
    """Return the edge of the tree of *edge* with *leaves* appended.

    Args:
        edge: the tree so far.
        leaves: leaf hashes, in order; may be empty.

    Raises:
        Malformed: a leaf is no digest, or the tree would exceed ``MAX_SIZE``.
    """
    size = edge.size + len(leaves)
    check_size(size)
    check_digests(leaves)
    row, waiting, hashes = list(leaves), list(edge.hashes), []
    for level in range(size.bit_length()):
        if edge.size >> level & 1:  # the subtree that waited for a right neighbour
            row.insert(0, waiting.pop())
        if len(row) % 2:
            hashes.append(row.pop())
        row = hash_pairs(row)
    return Edge(size, tuple(reversed(hashes)))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a tree with these leaf hashes; raise Malformed for a bad one."""
    return grow(EMPTY_EDGE, leaves).root()
