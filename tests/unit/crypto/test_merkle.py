"""Hashing and growing a tree: prefixes, the empty tree, edges, refusals."""

from hashlib import sha256

import pytest

from crypto.errors import Malformed
from crypto.merkle import (
    EMPTY_EDGE,
    EMPTY_ROOT,
    MAX_SIZE,
    Edge,
    grow,
    hash_pairs,
    leaf_hash,
    node_hash,
    root_of,
    split_digests,
)

A, B, C = (sha256(bytes([i])).digest() for i in range(3))


def test_leaf_and_node_are_told_apart_by_their_prefix() -> None:
    """The same bytes hash to one digest as a leaf and to another as a node."""
    assert leaf_hash(A + B) == sha256(b"\x00" + A + B).digest()
    assert node_hash(A, B) == sha256(b"\x01" + A + B).digest()


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    """An empty tree has the digest of zero bytes."""
    assert EMPTY_ROOT == sha256(b"").digest() == EMPTY_EDGE.root() == root_of([])


def test_three_leaves_split_two_and_one() -> None:
    """The larger power of two stands on the left."""
    assert root_of([A, B, C]) == node_hash(node_hash(A, B), C)
    assert grow(EMPTY_EDGE, [A, B, C]) == Edge(3, (node_hash(A, B), C))


def test_an_odd_last_node_has_no_parent() -> None:
    """Only whole pairs are hashed."""
    assert hash_pairs([A, B, C]) == [node_hash(A, B)]
    assert hash_pairs([A]) == hash_pairs([]) == []


def test_growing_by_nothing_changes_nothing() -> None:
    """No leaves: the same edge."""
    edge = Edge(3, (A, B))
    assert grow(edge, []) == edge


def test_a_large_edge_grows_without_the_leaves_below_it() -> None:
    """2^20 - 1 leaves and one more give one subtree, folded from the right."""
    edge = Edge(2**20 - 1, tuple(sha256(b"%d" % i).digest() for i in range(20)))
    digest = A
    for left in reversed(edge.hashes):
        digest = node_hash(left, digest)
    assert grow(edge, [A]) == Edge(2**20, (digest,))


@pytest.mark.parametrize(
    ("size", "hashes"),
    [
        (-1, (A,)),
        (True, (A,)),
        (1.0, (A,)),
        (MAX_SIZE + 1, (A,)),
        (0, (A,)),
        (3, (A,)),
        (3, (A, B, C)),
        (1, (A[:31],)),
        (1, (A + b"\x00",)),
        (1, (b"",)),
    ],
)
def test_an_edge_that_no_tree_has_is_refused(size: int, hashes: tuple[bytes, ...]) -> None:
    """One digest of 32 bytes for each bit of a size in range, or Malformed."""
    with pytest.raises(Malformed):
        Edge(size, hashes)


def test_packed_digests_must_fill_the_size() -> None:
    """Unpacking refuses bytes that are cut, too many or too few."""
    assert Edge.unpack(3, A + B) == Edge(3, (A, B))
    for packed in (A, A + B[:31], A + B + C, b""):
        with pytest.raises(Malformed):
            Edge.unpack(3, packed)
    assert split_digests(b"") == ()
    with pytest.raises(Malformed, match="no whole number"):
        split_digests(A + b"\x00")


def test_growing_refuses_a_leaf_that_is_no_digest_and_a_size_out_of_range() -> None:
    """Nothing is hashed of a bad batch."""
    with pytest.raises(Malformed, match="32 bytes"):
        grow(EMPTY_EDGE, [A, b"entry"])
    full = Edge(MAX_SIZE, (A,) * 63)
    with pytest.raises(Malformed, match="entries"):
        grow(full, [A])
