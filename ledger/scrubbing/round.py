"""One going over a ledger from its first entry to what is published, some entries at a time.

Entries are held against the roots that the log signed; published files against the
entries. A file that differs is written anew only once a signed root stands behind the
entries that it is made of: what is damaged must never be copied over what is whole.
What is damaged among the entries is told and not touched.

A round may begin at any size whose root is signed and is made by the published files.

Source: spec 3 to 5; C2SP tlog-tiles.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from crypto.checkpoint import open_checkpoint
from crypto.errors import CryptoError
from crypto.header import first_prev, parse_header
from crypto.keys import PublicKey
from crypto.merkle import EMPTY_EDGE, Edge, grow, leaf_hash
from crypto.tiles import TILE_HEIGHT, TILE_WIDTH, parse_tile_path
from ledger.errors import LedgerError
from ledger.log.published import read_edge
from ledger.log.tile_edge import File, TileEdge
from ledger.log.tile_store import TileStore
from ledger.parts import Parts
from ledger.scrubbing.entries_check import (
    Ends,
    Stored,
    head_problems,
    header_problems,
    read_stored,
    statement_problems,
)
from ledger.store.engine import reading
from ledger.verification.continuity import Place, Problem

SPAN = 256  # entries read at a time

Repaired = Callable[[str, bool], None]  # told a path, and whether the file was there


class EntriesDamaged(Exception):
    """Entries are not what the log signed."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0][2])
        self.problems = problems


class _Pending(NamedTuple):
    """A published file that differs from what the entries make of it."""

    stop: int  # entries that it is made of end here
    path: str
    content: bytes


class Round:
    """Goes over the entries from ``position`` to *target*.

    Args:
        parts: of the open ledger.
        target: a size that is published.
        repaired: told of each file that was written anew.
    """

    def __init__(self, parts: Parts, target: int, repaired: Repaired) -> None:
        self._parts, self.target, self._repaired = parts, target, repaired
        self.position = 0  # up to here a signed root was made
        self._read = 0
        self._edge: Edge = EMPTY_EDGE
        self._tiles = TileEdge()
        self._place = Place(-1, first_prev(parts.log.name), "")
        self._ends = Ends()
        self._pending: list[_Pending] = []

    def resume(self, size: int) -> None:
        """Begin at *size*, if the files there make a root that is signed; else at the start."""
        parts = self._parts
        if not 0 < size < self.target:
            return
        try:
            tiles = read_edge(parts.tiles, size)
            signed = open_checkpoint(parts.reader.note_of(size), parts.log)
            header = parts.reader.header(size - 1)
            place = Place(size - 1, leaf_hash(header), parse_header(header).recorded_at)
        except (CryptoError, LedgerError):
            return
        if (signed.size, signed.root) == (size, tiles.root()):
            self.position = self._read = size
            self._tiles, self._edge, self._place = tiles, tiles.edge(), place

    @property
    def done(self) -> bool:
        return self._read >= self.target

    def step(self) -> int:
        """Go over the next entries; return how many.

        Raises:
            EntriesDamaged: of which what can be told is told.
            sa.exc.SQLAlchemyError: the database does not answer, or cannot be read.
        """
        parts, start = self._parts, self._read
        stop = min(start + SPAN, self.target)
        with reading(parts.engine) as connection:
            stored = read_stored(connection, parts.rows, start, stop)
            headers, self._place, problems = header_problems(stored, self._place, self._ends)
            chains = {link.id for header in headers if header for link in header.chains}
            heads = parts.rows.find_chains(connection, sorted(chains))
        leaves = {index: leaf_hash(raw) for index, raw in stored.headers}
        problems += head_problems(headers, start, leaves, heads)
        problems += statement_problems(stored, headers, _keys(parts))
        signed = self._join(stored, leaves, problems)
        if problems:
            raise EntriesDamaged(sorted(problems, key=_index_of))
        self._compare(raw for _, raw in stored.headers)
        self._read = stop
        self._settle(signed)
        return stop - start

    def _join(self, stored: Stored, leaves: Mapping[int, bytes], problems: list[Problem]) -> int:
        """Grow the tree; return the largest size at which it made the root that was signed."""
        signed, at = self.position, stored.start
        if len(leaves) < stored.stop - stored.start:
            return signed  # told already: a header is missing
        for size, note in stored.notes:
            self._edge = grow(self._edge, [leaves[index] for index in range(at, size)])
            at = size
            problem = self._not_signed(size, note)
            if problem is None:
                signed = size
            else:
                problems.append(problem)
        self._edge = grow(self._edge, [leaves[index] for index in range(at, stored.stop)])
        if stored.stop == self.target and signed < self.target and not problems:
            problems.append(_unsigned(self.target))
        return signed

    def _not_signed(self, size: int, note: str) -> Problem | None:
        try:
            checkpoint = open_checkpoint(note, self._parts.log)
        except CryptoError as error:
            return (
                "checkpoints",
                size - 1,
                f"entry {size - 1}: the checkpoint of size {size}: {error.en}",
                f"第 {size - 1} 条：大小为 {size} 的检查点：{error.zh}",
            )
        if (checkpoint.size, checkpoint.root) == (size, self._edge.root()):
            return None
        return (
            "tree",
            self._first_differing(size),
            f"entries {self.position} to {size - 1} do not make the root that was signed",
            f"第 {self.position} 至 {size - 1} 条不能得出已签名的根",
        )

    def _first_differing(self, size: int) -> int:
        """The first entry since the last good root that the published tile has otherwise."""
        parts = self._parts
        try:
            for n in range(self.position // TILE_WIDTH, (size - 1) // TILE_WIDTH + 1):
                first = n * TILE_WIDTH
                width = min(TILE_WIDTH, self.target - first)
                kept = parts.reader.read_tile(0, n, width)
                for index in range(max(first, self.position), min(first + width, size)):
                    leaf = leaf_hash(parts.reader.header(index))
                    if kept[(index - first) * 32 :][:32] != leaf:
                        return index
        except (CryptoError, LedgerError):
            pass  # then no single entry is named
        return self.position

    # Published files

    def _compare(self, headers: Iterable[bytes]) -> None:
        files = list(self._tiles.extend(list(headers)))
        if self._tiles.size == self.target:
            files += self._tiles.partials()
        for path, content in files:
            if differs(self._parts.tiles, (path, content)):
                self._pending.append(_Pending(_stop_of(path), path, content))

    def _settle(self, signed: int) -> None:
        """Write anew the files of entries that a signed root stands behind."""
        self.position = signed
        for one in [one for one in self._pending if one.stop <= signed]:
            self._pending.remove(one)
            store = self._parts.tiles
            # Looked at once more: a partial file goes when its full one comes.
            if differs(store, (one.path, one.content)):
                there = store.get(one.path) is not None
                store.put(one.path, one.content)
                self._repaired(one.path, there)


def differs(store: TileStore, file: File) -> bool:
    """Whether what is served at a path is not what the entries make; raise OSError."""
    path, content = file
    try:
        return store.tile(parse_tile_path(path)) != content
    except CryptoError:  # a wider bundle that cannot be read
        return True


def _stop_of(path: str) -> int:
    tile = parse_tile_path(path)
    return (tile.n * TILE_WIDTH + tile.width) << TILE_HEIGHT * (tile.level or 0)


def _index_of(problem: Problem) -> int:
    return problem[1]


def _keys(parts: Parts) -> Mapping[str, PublicKey]:
    return parts.judge.registry.public_keys


def _unsigned(size: int) -> Problem:
    return (
        "checkpoints",
        size - 1,
        f"entry {size - 1}: the checkpoint of size {size}, which is published, is not stored",
        f"第 {size - 1} 条：大小为 {size} 的检查点已公布，但未存储",
    )
