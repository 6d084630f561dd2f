"""Build proofs: that an entry is in the tree, and that a tree grew by appending.

Building stands apart from judging (``inclusion``, ``consistency``), so that what
an auditor must trust stays short. Nothing is stored here: nodes come from a
*reader* that the caller hands in, once per call, and the proofs of a fresh batch
come from the batch and the old tree's edge alone.

Units: a digest is 32 raw bytes; a node is named (level, index) and covers the
leaves ``index * 2**level`` up to ``(index + 1) * 2**level``.

Source: spec 5; RFC 9162, sections 2.1.3.1 and 2.1.4.1.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from crypto.errors import Malformed
from crypto.merkle import Edge, check_digests, check_size, fold_right, hash_pairs

Node = tuple[int, int]
ReadNodes = Callable[[Sequence[Node]], Sequence[bytes]]
Path = tuple[bytes, ...]


def prove_appended(edge: Edge, leaves: Sequence[bytes]) -> tuple[Edge, list[Path]]:
    """Append *leaves* and prove each of them in the tree that results.

    Work is O(n) hashes and O(n) tuples for n leaves, whatever the tree's size.

    Args:
        edge: the tree before.
        leaves: leaf hashes, in order; may be empty.

    Returns:
        The edge of the tree after, and for each leaf its inclusion path there,
        nearest sibling first.

    Raises:
        Malformed: a leaf is no digest, or the tree would be too large.
    """
    if not leaves:
        return edge, []
    size = edge.size + len(leaves)
    check_size(size)
    check_digests(leaves)
    rows = _rows(edge, leaves, size)
    return _edge_of(rows, edge.size, size), _paths(rows, edge.size)


def _rows(edge: Edge, leaves: Sequence[bytes], size: int) -> list[list[bytes]]:
    """Return, level by level, the nodes that the new leaves touch, ending in the root.

    Each row starts at an even index: where the old tree had an odd number of nodes
    its last one leads the row. An odd last node rises unchanged to the row above.
    """
    waiting = list(edge.hashes)
    rows: list[list[bytes]] = []
    row = list(leaves)
    for level in range((size - 1).bit_length() + 1):
        if edge.size >> level & 1:
            row.insert(0, waiting.pop())
        rows.append(row)
        row = hash_pairs(row) + row[len(row) & ~1 :]
    return rows


def _edge_of(rows: list[list[bytes]], old: int, new: int) -> Edge:
    """Pick from *rows* the last complete node of each level that stands alone."""
    hashes = []
    for level in range(new.bit_length() - 1, -1, -1):
        if new >> level & 1:
            first = old >> level & ~1
            hashes.append(rows[level][(new >> level) - 1 - first])
    return Edge(new, tuple(hashes))


def _paths(rows: list[list[bytes]], old: int) -> list[Path]:
    """Walk from the root down: a child's path is its sibling, then its parent's path."""
    paths: list[Path] = [()]
    for level in range(len(rows) - 2, -1, -1):
        row = rows[level]
        below: list[Path] = []
        for left, right, rest in zip(row[::2], row[1::2], paths, strict=False):
            below.append((right, *rest))
            below.append((left, *rest))
        below += paths[len(row) // 2 :]  # a node that rose unchanged has no sibling here
        paths = below[old >> level & 1 :]  # what leads the row from the old tree needs no path
    return paths


def prove_inclusion(index: int, size: int, read: ReadNodes) -> list[bytes]:
    """Return the inclusion path of entry *index* in the tree of *size*, nearest first.

    Args:
        index: position of the entry, ``0 <= index < size``.
        size: entries in the tree.
        read: gives the nodes asked for, in order; called at most once.

    Raises:
        Malformed: there is no such entry; and whatever *read* raises.
    """
    check_size(size)
    if type(index) is not int or not 0 <= index < size:
        raise Malformed(
            f"a tree of {size} entries has no entry {index}",
            f"{size} 条记录的树中没有第 {index} 条",
        )
    return _read_ranges(_inclusion_ranges(index, size), read)


def prove_consistency(old: int, new: int, read: ReadNodes) -> list[bytes]:
    """Return the proof that the tree of *old* entries is a prefix of that of *new*.

    From size 0, and between equal sizes, the proof is empty.

    Args:
        old: the smaller size, ``0 <= old <= new``.
        new: the larger size.
        read: gives the nodes asked for, in order; called at most once.

    Raises:
        Malformed: the sizes are impossible; and whatever *read* raises.
    """
    check_size(new)
    if type(old) is not int or not 0 <= old <= new:
        raise Malformed(
            f"a tree of {new} entries did not grow from one of {old}",
            f"{new} 条记录的树不可能由 {old} 条记录的树增长而来",
        )
    return _read_ranges(_consistency_ranges(old, new), read)


def edge_from(size: int, read: ReadNodes) -> Edge:
    """Return the edge of the tree of *size*; raise Malformed, or whatever *read* raises."""
    check_size(size)
    return Edge(size, tuple(read(cover(0, size))) if size else ())


def root_from(size: int, read: ReadNodes) -> bytes:
    """Return the root of the tree of *size*; raise Malformed, or whatever *read* raises."""
    return edge_from(size, read).root()


def cover(start: int, end: int) -> list[Node]:
    """Return the fewest perfect nodes over leaves *start* to *end* - 1, left to right.

    *start* must be a multiple of the smallest power of two >= ``end - start``, as it
    is for every subtree that a proof names; then the largest node comes first.
    """
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def _inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """Return the leaves that each sibling covers, as (start, end), nearest first."""
    ranges = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def _consistency_ranges(old: int, new: int) -> list[tuple[int, int]]:
    """Return the leaves that each digest of the proof covers, in the proof's order."""
    if old == 0:
        return []
    ranges = []
    start, end = 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:  # the verifier knows the old root, but not the root of a part of it
        ranges.append((start, end))
    return ranges[::-1]


def _split(width: int) -> int:
    """Return the largest power of two below *width*, which is at least 2."""
    return 1 << (width - 1).bit_length() - 1


def _read_ranges(ranges: list[tuple[int, int]], read: ReadNodes) -> list[bytes]:
    """Read all nodes in one call and hash each range to its root."""
    covers = [cover(start, end) for start, end in ranges]
    nodes = [node for parts in covers for node in parts]
    if not nodes:
        return []
    digests: Iterator[bytes] = iter(read(nodes))
    return [fold_right(list(islice(digests, len(parts)))) for parts in covers]
