"""Inclusion proofs a second, against paths picked from a tree that lies in memory."""

from collections.abc import Sequence
from statistics import median

from benchmarks.errors import BenchError
from benchmarks.table import Row, speed
from benchmarks.timing import say, timed
from benchmarks.workshop import Workshop
from crypto.merkle import hash_pairs, leaf_hash
from crypto.tlog_proof import parse_tlog_proof
from ledger.bootstrap import open_ledger
from ledger.service import Ledger

SPAN = 10_000  # headers read at a time
STRIDE = 7_919  # a prime: the entries asked for lie all over the tree


def measure_proofs(shop: Workshop) -> list[Row]:
    """Prove entries of ledgers of every size under their published checkpoints."""
    return [_measure(shop, size) for size in shop.plan.sizes]


def _measure(shop: Workshop, size: int) -> Row:
    ledger = open_ledger(shop.grown(size))
    try:
        published = ledger.parts.publisher.publish()
        levels = _tree(ledger, published)
        indexes = [number * STRIDE % published for number in range(shop.plan.proofs)]
        _check_same(ledger, levels, indexes[:10])
        rates, limits = [], []
        for _ in range(shop.plan.rounds):
            limits.append(len(indexes) / timed(lambda: _pick_all(levels, indexes))[1])
            rates.append(len(indexes) / timed(lambda: _prove_all(ledger, indexes))[1])
    finally:
        ledger.close()
    say(f"inclusion proofs at {published:,}: {speed(median(rates))}")
    return Row(
        f"inclusion proofs at {published:,}",
        speed(median(rates)),
        speed(median(limits), "paths from memory"),
        median(rates) / median(limits),
    )


def _prove_all(ledger: Ledger, indexes: Sequence[int]) -> None:
    for index in indexes:
        ledger.inclusion_proof(index, None)


def _pick_all(levels: Sequence[Sequence[bytes]], indexes: Sequence[int]) -> None:
    for index in indexes:
        _pick(levels, index)


def _pick(levels: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """Return an inclusion path: the sibling on each level, where there is one."""
    path = []
    for level in levels:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        index >>= 1
    return path


def _tree(ledger: Ledger, size: int) -> list[list[bytes]]:
    """Return the nodes of the whole tree, leaves first; an odd last one rises unchanged."""
    reader = ledger.parts.reader
    row = [
        leaf_hash(header)
        for start in range(0, size, SPAN)
        for header in reader.headers(start, min(start + SPAN, size))
    ]
    levels = [row]
    while len(row) > 1:
        row = hash_pairs(row) + row[len(row) & ~1 :]
        levels.append(row)
    return levels


def _check_same(ledger: Ledger, levels: Sequence[Sequence[bytes]], indexes: Sequence[int]) -> None:
    """Raise BenchError unless the limit does the same work as what is held against it."""
    for index in indexes:
        proof = parse_tlog_proof(ledger.inclusion_proof(index, None))
        if list(proof.path) != _pick(levels, index):
            raise BenchError(f"two paths for entry {index} of {len(levels[0])}")
