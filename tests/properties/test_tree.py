"""Trees and proofs against a slow reference, exhaustively where small and at random beyond.

The reference below is the recursive wording of RFC 9162, 2.1.1, 2.1.3.1 and 2.1.4.1.
"""

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.consistency import verify_consistency
from crypto.errors import CryptoError, Mismatch
from crypto.inclusion import verify_inclusion
from crypto.merkle import EMPTY_EDGE, MAX_SIZE, Edge, grow, root_of
from crypto.prove import (
    cover,
    edge_from,
    prove_appended,
    prove_consistency,
    prove_inclusion,
    root_from,
)

LIMIT = 130
LEAVES = [sha256(b"leaf %d" % i).digest() for i in range(LIMIT)]
SAMPLE = [*range(18), 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 130]
SWEEPS = [  # the sizes, and every how many bits one is flipped
    pytest.param(SAMPLE, 61, id="sample"),
    pytest.param(range(LIMIT + 1), 7, marks=pytest.mark.long, id="all"),
]


def largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


@cache
def slow_root(start: int, end: int) -> bytes:
    if end == start:
        return sha256(b"").digest()
    if end - start == 1:
        return LEAVES[start]
    k = start + largest_power_below(end - start)
    return sha256(b"\x01" + slow_root(start, k) + slow_root(k, end)).digest()


def slow_path(m: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    k = largest_power_below(end - start)
    if m < k:
        return [*slow_path(m, start, start + k), slow_root(start + k, end)]
    return [*slow_path(m - k, start + k, end), slow_root(start, start + k)]


def slow_subproof(m: int, start: int, end: int, known: bool) -> list[bytes]:
    if m == end - start:
        return [] if known else [slow_root(start, end)]
    k = largest_power_below(end - start)
    if m <= k:
        return [*slow_subproof(m, start, start + k, known), slow_root(start + k, end)]
    return [*slow_subproof(m - k, start + k, end, False), slow_root(start, start + k)]


def slow_consistency(old: int, new: int) -> list[bytes]:
    return slow_subproof(old, 0, new, True) if old else []


def read(nodes: Sequence[tuple[int, int]]) -> list[bytes]:
    return [slow_root(index << level, (index + 1) << level) for level, index in nodes]


def flipped(digest: bytes, bit: int) -> bytes:
    changed = bytearray(digest)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def refuse_altered(path: list[bytes], bits: Sequence[int], verify: Callable[..., None]) -> int:
    """Flip each of *bits* in each digest of *path*; return how many changes were refused."""
    refused = 0
    for at, digest in enumerate(path):
        for bit in bits:
            with pytest.raises(Mismatch):
                verify([*path[:at], flipped(digest, bit), *path[at + 1 :]])
            refused += 1
    return refused


def test_roots_and_edges_are_those_of_the_reference() -> None:
    """Each tree to 130 leaves has the reference's root, grown at once or leaf by leaf."""
    edge = EMPTY_EDGE
    for size in range(LIMIT + 1):
        assert root_of(LEAVES[:size]) == slow_root(0, size) == root_from(size, read)
        assert edge == grow(EMPTY_EDGE, LEAVES[:size]) == edge_from(size, read)
        if size < LIMIT:
            edge = grow(edge, [LEAVES[size]])


def test_every_inclusion_proof_builds_and_verifies() -> None:
    """All 8,515 proofs to 130 leaves equal the reference's and verify."""
    for size in range(1, LIMIT + 1):
        for index in range(size):
            path = prove_inclusion(index, size, read)
            assert path == slow_path(index, 0, size)
            verify_inclusion(LEAVES[index], index, size, path, slow_root(0, size))


def test_every_consistency_proof_builds_and_verifies() -> None:
    """All pairs of sizes to 130 have the reference's proof, and it verifies."""
    for new in range(LIMIT + 1):
        for old in range(new + 1):
            path = prove_consistency(old, new, read)
            assert path == slow_consistency(old, new)
            verify_consistency(old, new, slow_root(0, old), slow_root(0, new), path)


@pytest.mark.parametrize(("sizes", "step"), SWEEPS)
def test_an_altered_inclusion_path_is_refused(sizes: Sequence[int], step: int) -> None:
    """A flipped bit in any digest, a digest more or less, or another index never verifies."""
    for size in sizes:
        root = slow_root(0, size)
        for index in range(size):
            path, leaf = slow_path(index, 0, size), LEAVES[index]

            def verify(changed: list[bytes]) -> None:
                verify_inclusion(leaf, index, size, changed, root)  # noqa: B023

            bits = range((size + index) % step, 256, step)
            assert refuse_altered(path, bits, verify) == len(path) * len(bits)
            for wrong in (path[1:], [*path, root], [root, *path], path[:-1]):
                if wrong != path:
                    with pytest.raises(CryptoError):
                        verify(wrong)
            with pytest.raises(Mismatch):
                verify_inclusion(flipped(leaf, 7), index, size, path, root)
            for other in {(index + 1) % size, index ^ 1, size - 1 - index} - {index}:
                with pytest.raises(CryptoError):
                    verify_inclusion(leaf, other, size, path, root)


@pytest.mark.parametrize(("sizes", "step"), SWEEPS)
def test_an_altered_consistency_proof_is_refused(sizes: Sequence[int], step: int) -> None:
    """A flipped bit in any digest or root, or a digest more or less, never verifies."""
    for new in sizes:
        for old in range(1, new):
            path = slow_consistency(old, new)
            before, after = slow_root(0, old), slow_root(0, new)

            def verify(changed: list[bytes]) -> None:
                verify_consistency(old, new, before, after, changed)  # noqa: B023

            bits = range((new + old) % step, 256, step)
            assert refuse_altered(path, bits, verify) == len(path) * len(bits)
            for wrong in (path[1:], [*path, after], [before, *path]):
                with pytest.raises(CryptoError):
                    verify(wrong)
            with pytest.raises(Mismatch):
                verify_consistency(old, new, flipped(before, 9), after, path)
            with pytest.raises(Mismatch):
                verify_consistency(old, new, before, flipped(after, 9), path)


def test_a_batch_is_proved_as_each_entry_alone_is() -> None:
    """For old sizes 0 to 70 and batches of 1 to 40 the two ways to prove agree."""
    paths = {
        (index, size): tuple(slow_path(index, 0, size))
        for size in range(1, 111)
        for index in range(size)
    }
    for old in range(71):
        edge = edge_from(old, read)
        for count in range(1, 41):
            new = old + count
            grown, proved = prove_appended(edge, LEAVES[old:new])
            assert grown == edge_from(new, read)
            assert proved == [paths[index, new] for index in range(old, new)]


sizes = st.integers(0, 2**40) | st.integers(0, 300)


@st.composite
def edges(draw: st.DrawFn) -> Edge:
    """Any tree: below its edge nothing is ever looked at."""
    size = draw(sizes)
    return Edge(
        size, tuple(sha256(b"%d of %d" % (i, size)).digest() for i in range(size.bit_count()))
    )


batches = st.lists(st.binary(min_size=32, max_size=32), max_size=40)


@given(edges(), batches)
def test_a_batch_on_any_tree_verifies(edge: Edge, leaves: list[bytes]) -> None:
    """From the edge alone each new leaf is proved under the root that growing gives."""
    grown, paths = prove_appended(edge, leaves)
    assert grown == grow(edge, leaves)
    assert len(paths) == len(leaves)
    for at, (leaf, path) in enumerate(zip(leaves, paths, strict=True)):
        verify_inclusion(leaf, edge.size + at, grown.size, path, grown.root())


@given(edges(), batches, batches)
def test_growing_twice_is_growing_once(edge: Edge, first: list[bytes], second: list[bytes]) -> None:
    """How leaves are cut into batches leaves no trace."""
    assert grow(grow(edge, first), second) == grow(edge, first + second)


@given(edges())
def test_a_packed_edge_is_the_edge(edge: Edge) -> None:
    """Stored and read again, an edge is the same."""
    assert Edge.unpack(edge.size, edge.pack()) == edge


@given(edges(), batches)
def test_growth_is_proved_consistent(edge: Edge, leaves: list[bytes]) -> None:
    """Whatever is appended to whatever tree, the two roots are consistent."""
    known = dict(zip(cover(0, edge.size), edge.hashes, strict=True))

    def node(level: int, index: int) -> bytes:
        if (level, index) in known:
            return known[level, index]
        if level == 0:
            return leaves[index - edge.size]
        children = node(level - 1, 2 * index), node(level - 1, 2 * index + 1)
        return sha256(b"\x01" + b"".join(children)).digest()

    grown = grow(edge, leaves)
    path = prove_consistency(edge.size, grown.size, lambda nodes: [node(*named) for named in nodes])
    verify_consistency(edge.size, grown.size, edge.root(), grown.root(), path)


@given(st.integers(0, MAX_SIZE))
def test_a_cover_is_complete_and_shortest(size: int) -> None:
    """The perfect nodes over a whole tree adjoin, end at its size and fall in level."""
    nodes = cover(0, size)
    ends = [(index + 1) << level for level, index in nodes]
    starts = [index << level for level, index in nodes]
    assert starts == [0, *ends][: len(starts)]
    assert [0, *ends][-1] == size
    assert len(nodes) == size.bit_count()
