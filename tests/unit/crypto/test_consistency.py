"""Judging consistency: worked proofs, size 0, and Malformed told apart from Mismatch."""

from hashlib import sha256

import pytest

from crypto.consistency import verify_consistency
from crypto.errors import Malformed, Mismatch
from crypto.merkle import EMPTY_ROOT, MAX_SIZE, node_hash

A, B, C, D = (sha256(bytes([i])).digest() for i in range(4))
AB, CD = node_hash(A, B), node_hash(C, D)
ABC, ABCD = node_hash(AB, C), node_hash(AB, CD)


def test_worked_proofs() -> None:
    """From a power of two the old root is not sent; from three entries it takes three digests."""
    verify_consistency(1, 4, A, ABCD, [B, CD])
    verify_consistency(2, 4, AB, ABCD, [CD])
    verify_consistency(3, 4, ABC, ABCD, [C, D, AB])
    verify_consistency(2, 3, AB, ABC, [C])
    verify_consistency(3, 3, ABC, ABC, [])


def test_any_tree_extends_the_empty_one() -> None:
    """From size 0 the proof is empty, as witnesses want it."""
    verify_consistency(0, 4, EMPTY_ROOT, ABCD, [])
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])


@pytest.mark.parametrize(
    ("old", "new", "old_root", "new_root"),
    [(0, 4, A, ABCD), (0, 0, A, A), (0, 0, EMPTY_ROOT, A), (0, 0, A, EMPTY_ROOT)],
)
def test_no_entries_have_one_root_only(
    old: int, new: int, old_root: bytes, new_root: bytes
) -> None:
    """A root of size 0 other than that of nothing is false."""
    with pytest.raises(Mismatch):
        verify_consistency(old, new, old_root, new_root, [])


@pytest.mark.parametrize(
    ("old", "new", "old_root", "new_root", "path"),
    [
        (4, 3, ABCD, ABC, []),
        (-1, 3, ABC, ABC, []),
        (True, 4, A, ABCD, [B, CD]),
        (1, MAX_SIZE + 1, A, ABCD, [B, CD]),
        (0, 4, EMPTY_ROOT, ABCD, [A]),
        (3, 3, ABC, ABC, [C]),
        (2, 4, AB, ABCD, []),
        (2, 4, AB, ABCD, [CD, CD]),
        (2, 4, AB, ABCD, [AB, CD]),
        (3, 4, ABC, ABCD, [C, D]),
        (3, 4, ABC, ABCD, []),
        (2, 4, AB[:31], ABCD, [CD]),
        (2, 4, AB, ABCD + b"\x00", [CD]),
        (2, 4, AB, ABCD, [CD[1:]]),
    ],
)
def test_impossible_numbers_and_lengths_are_malformed(
    old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]
) -> None:
    """Refused before anything is hashed."""
    with pytest.raises(Malformed):
        verify_consistency(old, new, old_root, new_root, path)


@pytest.mark.parametrize(
    ("old", "new", "old_root", "new_root", "path", "which"),
    [
        (2, 4, AB, ABC, [CD], "later"),
        (3, 4, ABCD, ABCD, [C, D, AB], "earlier"),
        (3, 4, ABC, ABCD, [D, C, AB], "earlier"),
        (3, 3, ABC, ABCD, [], "earlier"),
        (2, 4, A, ABCD, [CD], "later"),
    ],
)
def test_other_roots_are_a_mismatch(
    old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes], which: str
) -> None:
    """The text says which of the two trees does not fit."""
    with pytest.raises(Mismatch, match=which):
        verify_consistency(old, new, old_root, new_root, path)
