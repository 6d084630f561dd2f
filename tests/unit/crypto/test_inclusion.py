"""Judging inclusion: worked paths, and Malformed told apart from Mismatch."""

from hashlib import sha256

import pytest

from crypto.errors import Malformed, Mismatch
from crypto.inclusion import verify_inclusion
from crypto.merkle import MAX_SIZE, node_hash

A, B, C = (sha256(bytes([i])).digest() for i in range(3))
AB = node_hash(A, B)
ROOT = node_hash(AB, C)


def test_three_leaves() -> None:
    """Left child, right child, and the odd leaf that rises a level."""
    verify_inclusion(A, 0, 3, [B, C], ROOT)
    verify_inclusion(B, 1, 3, [A, C], ROOT)
    verify_inclusion(C, 2, 3, [AB], ROOT)
    verify_inclusion(A, 0, 1, [], A)


@pytest.mark.parametrize(
    ("leaf", "index", "size", "path", "root"),
    [
        (A, -1, 3, [B, C], ROOT),
        (A, 3, 3, [B, C], ROOT),
        (A, 0, 0, [], A),
        (B, True, 3, [A, C], ROOT),
        (A, 0, 3.0, [B, C], ROOT),
        (A, 0, MAX_SIZE + 1, [B, C], ROOT),
        (b"", 0, 1, [], b""),
        (A[:31], 0, 3, [B, C], ROOT),
        (A, 0, 3, [B + b"\x00", C], ROOT),
        (A, 0, 3, [B, C], ROOT[1:]),
        (A, 0, 3, [B], ROOT),
        (A, 0, 3, [B, C, C], ROOT),
        (C, 2, 3, [AB, A], ROOT),
        (A, 0, 1, [A], A),
    ],
)
def test_impossible_numbers_and_lengths_are_malformed(
    leaf: bytes, index: int, size: int, path: list[bytes], root: bytes
) -> None:
    """Refused before anything is hashed."""
    with pytest.raises(Malformed):
        verify_inclusion(leaf, index, size, path, root)


@pytest.mark.parametrize(
    ("leaf", "index", "path", "root"),
    [
        (A, 1, [B, C], ROOT),
        (B, 0, [A, C], ROOT),
        (A, 0, [C, B], ROOT),
        (C, 0, [B, C], ROOT),
        (A, 0, [B, C], AB),
    ],
)
def test_a_path_to_another_root_is_a_mismatch(
    leaf: bytes, index: int, path: list[bytes], root: bytes
) -> None:
    """Well formed, and false."""
    with pytest.raises(Mismatch, match="leads to root"):
        verify_inclusion(leaf, index, 3, path, root)
