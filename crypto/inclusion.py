"""Decide whether an entry is in the tree that a checkpoint commits to.

Only judging happens here, on bytes and numbers: no clock, file, socket or key.
``prove`` builds the paths; both answer to the same public vectors.

Units: a digest is 32 raw bytes; ``index`` counts entries from 0; ``size`` counts
the tree's entries.

Source: spec 5; RFC 9162, section 2.1.3.2.
"""

from collections.abc import Sequence

from crypto.errors import Malformed, Mismatch
from crypto.merkle import check_digests, check_size, node_hash


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Raise unless *path* leads from *leaf*, at *index*, to *root*.

    Take *size* and *root* from one verified checkpoint: a path that fits often
    fits a neighbouring size under the same root too.

    Args:
        leaf: a leaf hash.
        index: the entry's position, ``0 <= index < size``.
        size: entries in the tree under *root*.
        path: the siblings' digests, nearest the leaf first; *index* and *size*
            alone say how many.
        root: the tree's root.

    Raises:
        Malformed: a number or a length is impossible; nothing was hashed.
        Mismatch: the path leads to another root.
    """
    check_size(size)
    if type(index) is not int or not 0 <= index < size:
        raise Malformed(
            f"a tree of {size} entries has no entry {index}",
            f"{size} 条记录的树中没有第 {index} 条",
        )
    check_digests((leaf, root, *path))
    # Below this height the way of the entry and that of the last entry differ; above
    # it the two are one, and a sibling stands there only on the left.
    shared = (index ^ (size - 1)).bit_length()
    check_length(path, shared + (index >> shared).bit_count())

    digest = leaf
    for height, sibling in enumerate(path):
        if height >= shared or index >> height & 1:
            digest = node_hash(sibling, digest)
        else:
            digest = node_hash(digest, sibling)
    if digest != root:
        raise Mismatch(
            f"the path of entry {index} leads to root {digest.hex()}, not to {root.hex()}",
            f"第 {index} 条记录的路径得到的根是 {digest.hex()}，而不是 {root.hex()}",
        )


def check_length(path: Sequence[bytes], expected: int) -> None:
    """Raise Malformed unless *path* has as many digests as the sizes demand."""
    if len(path) != expected:
        raise Malformed(
            f"the proof has {len(path)} digests and needs {expected}",
            f"证明含 {len(path)} 个摘要，应为 {expected} 个",
        )
