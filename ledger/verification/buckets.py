"""Sort out what a whole ledger must agree on, on disk, in memory that does not grow with it.

Whether a chain is free of gaps, and whether a (source, id) came twice, cannot be
told from one span. Both are written as records of fixed size to up to 256 files
by their first byte, in order of index, and each file is walked by itself: a
chain, or a pair, lies in one file whole.

Chain record: id 32 | seq 8 | prev 32 | index 8 | length 8 | leaf 32: a run of
links that follow one another within a span, leaf being that of the last.
Id record: hash of source and id 32 | statement digest 32 | speaker 8 | index 8.
Numbers are big-endian.

Source: spec 4 (seq, prev); spec 6 (conflict).
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from struct import Struct
from typing import Any

from crypto.header import ZERO
from ledger.verification.continuity import Problem
from ledger.verification.messages import Walk, Walked
from ledger.verification.report import MAX_FINDINGS

MAX_BUCKETS = 256
ENTRIES_A_BUCKET = 8_192  # so that walking one takes a few MB
CHAIN_RECORD = Struct(">32sQ32sQQ32s")
ID_RECORD = Struct(">32s32s8sQ")
END_RECORD = Struct(">32sQ32s")

CHAINS, UNIQUE = "chains", "unique"

_RECORDS_A_READ = 1_024
_BUFFER = 16_384  # bytes of one bucket that wait in memory


@lru_cache(4_096)
def speaker_hash(source: str) -> bytes:
    """Return 8 bytes that stand for a department in id records."""
    return sha256(source.encode()).digest()[:8]


def buckets_for(size: int) -> int:
    """Return in how many buckets a ledger of *size* entries is sorted: a power of two."""
    wanted = -(-size // ENTRIES_A_BUCKET)
    return min(MAX_BUCKETS, 1 << max(wanted - 1, 0).bit_length())


class Buckets:
    """The files of one kind of record, being written.

    Args:
        folder: where they go; it exists and is removed by whoever made it.
        name: of this kind.
        count: how many; a record goes to number ``first byte * count // 256``.
    """

    def __init__(self, folder: Path, name: str, count: int) -> None:
        self._paths = [folder / f"{name}-{number:03d}" for number in range(count)]
        self._waiting = [bytearray() for _ in range(count)]

    def append(self, parts: Iterable[tuple[int, bytes]]) -> None:
        """Add records; those of one bucket must come in order of index."""
        for bucket, records in parts:
            waiting = self._waiting[bucket]
            waiting += records
            if len(waiting) > _BUFFER:
                self._write(bucket)

    def close(self) -> list[Path]:
        """Write what waits; return the files that there are, in order of the first byte."""
        for bucket, waiting in enumerate(self._waiting):
            if waiting:
                self._write(bucket)
        return [path for path in self._paths if path.exists()]

    def _write(self, bucket: int) -> None:
        with self._paths[bucket].open("ab") as file:
            file.write(self._waiting[bucket])
        self._waiting[bucket].clear()


def walk(job: Walk) -> Walked:
    """Walk one file, in a worker."""
    found = _walk_ids(job) if job.ids else _walk_chains(job)
    _cut(found)
    return found


def _records(path: str, record: Struct) -> Iterator[tuple[Any, ...]]:
    with Path(path).open("rb") as file:
        while block := file.read(record.size * _RECORDS_A_READ):
            yield from record.iter_unpack(block)


def _walk_chains(job: Walk) -> Walked:
    """SPEC: spec 4, seq counts from 0, prev is the leaf hash of the chain's entry before."""
    heads: dict[bytes, tuple[int, bytes]] = {}
    found = Walked(0, 0, 0, 0, [], b"", [])
    fresh = (0, ZERO)
    for chain, seq, prev, index, length, leaf in _records(job.path, CHAIN_RECORD):
        head = heads.get(chain, fresh)
        if head != (seq, prev):
            _note(found, _broken_chain(head, chain, seq, prev, index))
        # Whatever was wrong, the chain goes on from here: one break is one finding.
        heads[chain] = (seq + length, leaf)
        found.records += 1
        found.links += length
    found.chains = len(heads)
    if job.ends:
        ends = (END_RECORD.pack(chain, *heads[chain]) for chain in sorted(heads))
        found.ends = b"".join(ends)
    return found


def _broken_chain(
    head: tuple[int, bytes], chain: bytes, seq: int, prev: bytes, index: int
) -> Problem:
    """Say how a link fails to continue its chain, whose next is *head* (seq, prev)."""
    name = chain.hex()[:12]
    if seq > head[0]:
        en = f"chain {name} has a gap: seq is {seq} and {head[0]} never came"
        zh = f"链 {name} 有缺口:seq 为 {seq}，而 {head[0]} 从未出现"
    elif seq < head[0]:
        en = f"chain {name} is forked: seq {seq} came before"
        zh = f"链 {name} 出现分叉:seq {seq} 已出现过"
    else:
        en = (
            f"in chain {name}, seq {seq}, prev is {prev.hex()}, and the chain's entry before it "
            f"hashes to {head[1].hex()}"
        )
        zh = f"链 {name} 第 {seq} 环的 prev 为 {prev.hex()}，而该链前一条的散列是 {head[1].hex()}"
    return CHAINS, index, f"entry {index}: {en}", f"第 {index} 条：{zh}"


def _walk_ids(job: Walk) -> Walked:
    """SPEC: spec 6, ``conflict``: one statement for one source and id."""
    seen: dict[bytes, int] = {}
    found = Walked(0, 0, 0, 0, [], b"", [])
    targets = frozenset(job.targets)
    for pair, digest, speaker, index in _records(job.path, ID_RECORD):
        earlier = seen.setdefault(pair, index)
        if earlier != index:
            _note(found, _repeated(earlier, index))
        if digest in targets:
            found.found.append((digest, index, speaker))
        found.records += 1
    return found


def _repeated(earlier: int, index: int) -> Problem:
    return (
        UNIQUE,
        index,
        f"entry {index}: its source and id are those of entry {earlier}",
        f"第 {index} 条：其 source 与 id 和第 {earlier} 条相同",
    )


def _note(found: Walked, problem: Problem) -> None:
    """Keep the problems with the smallest indexes; a file's come in no strict order."""
    found.bad += 1
    found.problems.append(problem)
    if len(found.problems) > 4 * MAX_FINDINGS:
        _cut(found)


def _cut(found: Walked) -> None:
    found.problems.sort(key=_index_and_words)
    del found.problems[MAX_FINDINGS:]


def _index_and_words(problem: Problem) -> tuple[int, str]:
    return problem[1], problem[2]
