"""Read the log: entries, stored checkpoints, and proofs for any stored size.

Proofs are built from full tiles where they are published and from the entries
table for the tail. A proof is checked against the signed root before it leaves,
so that a damaged tile is found here and not by whoever relied on the proof.
"""

from collections.abc import Callable, Sequence
from functools import cache

import sqlalchemy as sa

from crypto.checkpoint import Checkpoint, open_checkpoint
from crypto.consistency import verify_consistency
from crypto.errors import CryptoError
from crypto.inclusion import verify_inclusion
from crypto.merkle import Edge, leaf_hash, root_of
from crypto.note import VKey
from crypto.prove import prove_consistency, prove_inclusion, root_from
from crypto.tiles import TILE_WIDTH, ReadTile, nodes_from_tiles, tile_path, tile_width
from crypto.tlog_proof import TlogProof, format_tlog_proof
from ledger.errors import BadRequest, NotFound
from ledger.log.failures import damaged
from ledger.log.published import read_edge
from ledger.log.tile_store import CHECKPOINT, TileStore
from ledger.store.engine import reading
from ledger.store.log_rows import KeptRow, LogRows

HASH = 32


class LogReader:
    """Answers from the tables and tiles of one log.

    Args:
        engine, rows: the database and its queries.
        tiles: the published files.
        log: the log's own key; every note that is used is opened with it.
    """

    def __init__(self, engine: sa.Engine, rows: LogRows, tiles: TileStore, log: VKey) -> None:
        self._engine, self._rows, self._tiles, self._log = engine, rows, tiles, log

    def size(self) -> int:
        """Entries committed so far."""
        with reading(self._engine) as connection:
            head = self._rows.read_head(connection)
        return head.size if head else 0

    def published(self) -> str | None:
        """The published checkpoint note, or None before the first."""
        raw = self._tiles.get(CHECKPOINT)
        return raw.decode() if raw is not None else None

    def published_checkpoint(self) -> Checkpoint | None:
        """The published checkpoint, opened."""
        raw = self._tiles.get(CHECKPOINT)
        return open_checkpoint(raw, self._log) if raw is not None else None

    def published_edge(self, size: int) -> Edge:
        """The edge of the published tree of *size*, from its files alone; as ``read_edge``."""
        return read_edge(self._tiles, size).edge()

    def header(self, index: int) -> bytes:
        """Return one header; raise NotFound."""
        return self.headers(index, index + 1)[0]

    def headers(self, start: int, stop: int) -> list[bytes]:
        """Return the headers of the range, all of them; raise NotFound."""
        with reading(self._engine) as connection:
            headers = self._rows.headers(connection, start, stop)
        if len(headers) != stop - start:
            raise no_entry(start)
        return headers

    def note_for(self, index: int) -> str:
        """The first stored checkpoint that covers entry *index*; raise NotFound."""
        with reading(self._engine) as connection:
            note = self._rows.first_checkpoint_from(connection, index + 1)
        if note is None:
            raise no_entry(index)
        return note

    def note_of(self, size: int) -> str:
        """The checkpoint stored for exactly *size*; raise NotFound."""
        with reading(self._engine) as connection:
            note = self._rows.checkpoint(connection, size)
        if note is None:
            raise NotFound(
                f"no checkpoint of size {size} is stored: leave size out, or ask for a signed one",
                f"没有大小为 {size} 的检查点：请省略 size，或使用已签名的大小",
                "no_checkpoint",
            )
        return note

    def kept(self, indexes: Sequence[int]) -> dict[int, KeptRow]:
        """The entries *indexes* as they were acknowledged, by one query; raise NotFound."""
        with reading(self._engine) as connection:
            rows = {row.index: row for row in self._rows.kept_rows(connection, indexes)}
        for index in indexes:
            if index not in rows:
                raise no_entry(index)
        return rows

    def inclusion_proof(self, index: int, note: str) -> str:
        """The tlog-proof of entry *index* under *note*; raise NotFound if not covered."""
        if open_checkpoint(note, self._log).size <= index:
            raise NotFound(
                f"that checkpoint does not cover entry {index}: ask for a larger size",
                f"该检查点不包含第 {index} 条记录：请使用更大的 size",
                "no_checkpoint",
            )
        return self.inclusion_proofs([KeptRow(index, self.header(index), note)])[0]

    def inclusion_proofs(self, rows: Sequence[KeptRow]) -> list[str]:
        """The tlog-proof of each entry under its own note; every tile is read once."""
        opened = {note: open_checkpoint(note, self._log) for note in {row.note for row in rows}}
        largest = max((checkpoint.size for checkpoint in opened.values()), default=0)

        @cache
        def whole(level: int, n: int) -> bytes:
            return self.read_tile(level, n, tile_width(level, n, largest))

        def read_tile(level: int, n: int, width: int) -> bytes:
            return whole(level, n)[: width * HASH]

        return [self._proof(row, opened[row.note], read_tile) for row in rows]

    def _proof(self, row: KeptRow, under: Checkpoint, read_tile: ReadTile) -> str:
        """A proof that was checked: from the header to the root that the note signs."""
        nodes, leaf = nodes_from_tiles(under.size, read_tile), leaf_hash(row.header)
        path = self._proved(
            lambda: prove_inclusion(row.index, under.size, nodes),
            lambda path: verify_inclusion(leaf, row.index, under.size, path, under.root),
        )
        return format_tlog_proof(TlogProof(row.index, tuple(path), row.note))

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of *new* extends that of *old*; raise NotFound, BadRequest."""
        if old > new:
            raise BadRequest(
                f"the log does not grow from {old} to {new}: old must be at most new",
                f"账本不会从 {old} 增长到 {new}：old 不得大于 new",
            )
        if new > self.size():
            raise NotFound(
                f"the log has not reached {new} entries yet: ask for at most the published size",
                f"账本尚未达到 {new} 条：请使用不超过已公布大小的值",
            )
        nodes = nodes_from_tiles(new, self.read_tile)
        return self._proved(
            lambda: prove_consistency(old, new, nodes), lambda path: self._check(old, new, path)
        )

    def root(self, size: int) -> bytes:
        """The root of the first *size* entries, from tiles and entries; raise NotFound."""
        return root_from(size, nodes_from_tiles(size, self.read_tile))

    def _check(self, old: int, new: int, path: Sequence[bytes]) -> None:
        """Verify where both roots are signed; other sizes have no root to hold it against."""
        with reading(self._engine) as connection:
            notes = [self._rows.checkpoint(connection, size) for size in (old, new)]
        if notes[0] is not None and notes[1] is not None:
            before, after = (open_checkpoint(note, self._log) for note in notes if note)
            verify_consistency(old, new, before.root, after.root, path)

    def _proved(
        self, prove: Callable[[], list[bytes]], check: Callable[[list[bytes]], None]
    ) -> list[bytes]:
        try:
            path = prove()
            check(path)
        except CryptoError as error:
            raise damaged(
                "tiles or entries do not lead to the signed root", "瓦片或记录不能推导出已签名的根"
            ) from error
        return path

    def _nodes(self, size: int) -> Callable[[Sequence[tuple[int, int]]], Sequence[bytes]]:
        return nodes_from_tiles(size, self.read_tile)

    def read_tile(self, level: int, n: int, width: int) -> bytes:
        """Bytes of a tile: published ones from their files, the rest from the entries."""
        kept = self._tiles.get(tile_path(level, n))
        if kept is None:
            partial = self._tiles.widest_partial(tile_path(level, n))
            kept = partial[1] if partial else b""
        have = min(len(kept) // HASH, width)
        if have == width:
            return kept[: width * HASH]
        first = n * TILE_WIDTH
        return kept[: have * HASH] + b"".join(self._hashes(level, first + have, first + width))

    def _hashes(self, level: int, start: int, stop: int) -> list[bytes]:
        """Hashes *start* to *stop* - 1 of a level, computed from what is below."""
        if level == 0:
            return [leaf_hash(header) for header in self.headers(start, stop)]
        return [self._tile_root(level - 1, n) for n in range(start, stop)]

    def _tile_root(self, level: int, n: int) -> bytes:
        raw = self.read_tile(level, n, TILE_WIDTH)
        return root_of([raw[at : at + HASH] for at in range(0, len(raw), HASH)])

    def tile_width(self, level: int, n: int) -> int:
        """Width of a tile in the published tree; 0: not published."""
        checkpoint = self.published_checkpoint()
        return tile_width(level, n, checkpoint.size) if checkpoint else 0


def no_entry(index: int) -> NotFound:
    return NotFound(f"there is no entry {index}", f"没有第 {index} 条记录")
