"""Decide whether one tree is another with entries appended, and nothing else changed.

Only judging happens here, on bytes and numbers: no clock, file, socket or key.
``prove`` builds the proofs.

Old size 0: the proof must be empty, as the witness protocol has it; tools that
follow the RFC call the question meaningless and refuse it. What is left to check
is that the old root is the root of no entries.

Units: a digest is 32 raw bytes; sizes count entries.

Source: spec 5; RFC 9162, section 2.1.4.2; C2SP tlog-witness for size 0.
"""

from collections.abc import Sequence

from crypto.errors import Malformed, Mismatch
from crypto.inclusion import check_length
from crypto.merkle import EMPTY_ROOT, check_digests, check_size, node_hash


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Raise unless the tree of *new* entries begins with that of *old* entries.

    Args:
        old: size of the earlier tree, ``0 <= old <= new``.
        new: size of the later tree.
        old_root: root of the earlier tree.
        new_root: root of the later tree.
        path: the proof's digests; the two sizes alone say how many.

    Raises:
        Malformed: a number or a length is impossible; nothing was hashed.
        Mismatch: the proof leads to other roots.
    """
    check_size(new)
    if type(old) is not int or not 0 <= old <= new:
        raise Malformed(
            f"a tree of {new} entries did not grow from one of {old}",
            f"{new} 条记录的树不可能由 {old} 条记录的树增长而来",
        )
    check_digests((old_root, new_root, *path))
    if old in (0, new):
        check_length(path, 0)
        _check_root("earlier", "较早", EMPTY_ROOT if old == 0 else new_root, old_root)
        if new == 0:
            _check_root("later", "较新", EMPTY_ROOT, new_root)
        return
    from_old, from_new = _roots_from(old, new, old_root, path)
    _check_root("earlier", "较早", from_old, old_root)
    _check_root("later", "较新", from_new, new_root)


def _roots_from(old: int, new: int, old_root: bytes, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots of both trees, as the proof has them; ``0 < old < new``."""
    # The proof starts from the last perfect subtree of the old tree. Where that is
    # the whole old tree its root is known and is not sent.
    level = (old & -old).bit_length() - 1
    position, last = (old - 1) >> level, (new - 1) >> level
    shared = (position ^ last).bit_length()
    steps = shared + (position >> shared).bit_count()
    whole = position == 0
    check_length(path, steps if whole else steps + 1)

    from_old = from_new = old_root if whole else path[0]
    for height, digest in enumerate(path if whole else path[1:]):
        if height >= shared or position >> height & 1:  # on the left: in both trees
            from_old = node_hash(digest, from_old)
            from_new = node_hash(digest, from_new)
        else:  # on the right: appended later
            from_new = node_hash(from_new, digest)
    return from_old, from_new


def _check_root(which: str, which_zh: str, found: bytes, stated: bytes) -> None:
    """Raise Mismatch unless the proof leads to the root that the tree states."""
    if found != stated:
        raise Mismatch(
            f"the proof leads to root {found.hex()} for the {which} tree, not to {stated.hex()}",
            f"证明得到的{which_zh}树根是 {found.hex()}，而不是 {stated.hex()}",
        )
