"""Building proofs: what is read, what is refused, batches on a tree of a million."""

from collections.abc import Sequence
from hashlib import sha256

import pytest

from crypto.errors import Malformed
from crypto.inclusion import verify_inclusion
from crypto.merkle import EMPTY_EDGE, EMPTY_ROOT, MAX_SIZE, Edge, node_hash
from crypto.prove import (
    Node,
    cover,
    prove_appended,
    prove_consistency,
    prove_inclusion,
    root_from,
)

MILLION = 1_000_000


def digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


class Reader:
    """Gives a made-up digest for every node and keeps what it was asked."""

    def __init__(self) -> None:
        self.calls: list[list[Node]] = []

    def __call__(self, nodes: Sequence[Node]) -> list[bytes]:
        self.calls.append(list(nodes))
        return [digest(f"{level} {index}") for level, index in nodes]


def test_all_nodes_are_read_in_one_call() -> None:
    """The reader is asked once, for perfect nodes only, nearest sibling first."""
    read = Reader()
    path = prove_inclusion(4, 11, read)
    assert read.calls == [[(0, 5), (1, 3), (2, 0), (1, 4), (0, 10)]]
    ragged = node_hash(digest("1 4"), digest("0 10"))
    assert path == [digest("0 5"), digest("1 3"), digest("2 0"), ragged]


def test_a_consistency_proof_begins_with_the_old_trees_last_subtree() -> None:
    """6 of 8: the node over leaves 4 and 5 leads, for the verifier does not know it."""
    read = Reader()
    prove_consistency(6, 8, read)
    assert read.calls == [[(1, 2), (1, 3), (2, 0)]]


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 9), (5, 5), (8, 8)])
def test_an_empty_proof_reads_nothing(old: int, new: int) -> None:
    """From nothing, and from a tree to itself, there is nothing to prove."""
    read = Reader()
    assert prove_consistency(old, new, read) == []
    assert prove_inclusion(0, 1, read) == []
    assert root_from(0, read) == EMPTY_ROOT
    assert read.calls == []


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (0, 0), (True, 4), (0, MAX_SIZE + 1)])
def test_no_proof_of_an_entry_that_is_not_there(index: int, size: int) -> None:
    """Refused before anything is read."""
    read = Reader()
    with pytest.raises(Malformed):
        prove_inclusion(index, size, read)
    assert read.calls == []


@pytest.mark.parametrize(("old", "new"), [(5, 4), (-1, 4), (True, 4), (0, -1), (1, MAX_SIZE + 1)])
def test_no_proof_between_impossible_sizes(old: int, new: int) -> None:
    """Refused before anything is read."""
    read = Reader()
    with pytest.raises(Malformed):
        prove_consistency(old, new, read)
    assert read.calls == []


def test_a_cover_runs_from_left_to_right() -> None:
    """Perfect nodes, as few as there can be."""
    assert cover(0, 11) == [(3, 0), (1, 4), (0, 10)]
    assert cover(8, 12) == [(2, 2)]
    assert cover(3, 3) == []


@pytest.mark.parametrize("count", [1, 2, 63, 64, 65, 300, 1000])
def test_a_batch_on_a_million_entries(count: int) -> None:
    """Paths from the batch and the edge are those that a reader of all nodes gives."""
    edge = Edge(MILLION, tuple(digest(f"{node}") for node in cover(0, MILLION)))
    leaves = [digest(f"leaf {i}") for i in range(count)]
    known = dict(zip(cover(0, MILLION), edge.hashes, strict=True))

    def node(level: int, index: int) -> bytes:
        if (level, index) not in known:
            known[level, index] = (
                node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))
                if level
                else leaves[index - MILLION]
            )
        return known[level, index]

    grown, paths = prove_appended(edge, leaves)
    assert len(paths) == count
    for at, path in enumerate(paths):
        index = MILLION + at
        assert list(path) == prove_inclusion(
            index, grown.size, lambda nodes: [node(*named) for named in nodes]
        )
        verify_inclusion(leaves[at], index, grown.size, path, grown.root())


def test_an_empty_batch_proves_nothing() -> None:
    """The same edge and no paths."""
    edge = Edge(3, (digest("a"), digest("b")))
    assert prove_appended(edge, []) == (edge, [])
    assert prove_appended(EMPTY_EDGE, []) == (EMPTY_EDGE, [])


def test_a_batch_with_a_bad_leaf_or_beyond_the_last_size_is_refused() -> None:
    """As growing refuses it."""
    for leaves in ([b"short"], [digest("a"), b"short"], [b"", digest("a")]):
        with pytest.raises(Malformed):
            prove_appended(EMPTY_EDGE, leaves)
    with pytest.raises(Malformed):
        prove_appended(Edge(MAX_SIZE, (digest("a"),) * 63), [digest("b")])
