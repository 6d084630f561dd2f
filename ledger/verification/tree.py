"""Grow the tree again from the headers, and hold it against every root that was signed.

Only the right edge is kept. Where tiles are published they are compared on the
way, each level in one row of at most 256 digests.

Source: spec 5; RFC 9162, section 2.1.1; C2SP tlog-tiles.
"""

from collections.abc import Callable, Sequence

from crypto.merkle import EMPTY_EDGE, Edge, grow, root_of
from crypto.tiles import TILE_WIDTH
from ledger.verification.continuity import UNKNOWN
from ledger.verification.report import FAILED, INCOMPLETE, Verdict
from ledger.verification.tally import Tally

ReadTile = Callable[[int, int, int], bytes | None]


class Tree:
    """The tree over the entries that came so far.

    Once an entry is missing no root can be computed any more: ``broken`` is its index.
    """

    def __init__(self) -> None:
        self.edge: Edge = EMPTY_EDGE
        self.broken: int | None = None
        self.roots: dict[int, bytes] = {}

    def take(self, leaves: Sequence[bytes], gaps: Sequence[int], sizes: Sequence[int]) -> None:
        """Append *leaves*, remembering in ``roots`` the roots at *sizes* alone.

        Args:
            leaves: of the entries that follow.
            gaps: indexes of those among them that are missing.
            sizes: greater than the size before and at most that after, ascending.
        """
        if self.broken is None and gaps:
            self.broken = gaps[0]
        self.roots.clear()
        start, done = self.edge.size, 0
        for size in sizes:
            self.edge = grow(self.edge, leaves[done : size - start])
            done = size - start
            if self.broken is None or size <= self.broken:
                self.roots[size] = self.edge.root()
        self.edge = grow(self.edge, leaves[done:])


class TileCheck:
    """Compares published tiles with the leaves as they come.

    Args:
        read_tile: gives a tile's bytes, None where it lacks.
        size: of the published tree; leaves behind it are in no tile yet.
        tally: counts the tiles.
        whole: whether a tile that lacks was taken away.
    """

    def __init__(self, read_tile: ReadTile, size: int, tally: Tally, whole: bool) -> None:
        self._read, self._size, self._tally = read_tile, size, tally
        self._lacking: Verdict = FAILED if whole else INCOMPLETE
        self._left = size
        self._rows: list[list[bytes]] = []
        self._numbers: list[int] = []

    def take(self, leaves: Sequence[bytes]) -> None:
        """Compare the tiles that *leaves* complete."""
        mine = leaves[: self._left]
        self._left -= len(mine)
        done = 0
        while done < len(mine):
            row = self._row(0)
            room = TILE_WIDTH - len(row)
            row += mine[done : done + room]
            done += room
            self._close_full(0)

    def finish(self) -> None:
        """Compare the partial tiles of the published size."""
        for level, row in enumerate(self._rows):
            if row:
                self._compare(level, row)

    def _row(self, level: int) -> list[bytes]:
        if level == len(self._rows):
            self._rows.append([])
            self._numbers.append(0)
        return self._rows[level]

    def _close_full(self, level: int) -> None:
        """Compare a tile that became full, and hand its root to the level above."""
        row = self._rows[level]
        if len(row) < TILE_WIDTH:
            return
        self._compare(level, row)
        self._row(level + 1).append(UNKNOWN if UNKNOWN in row else root_of(row))
        row.clear()
        self._numbers[level] += 1
        self._close_full(level + 1)

    def _compare(self, level: int, row: Sequence[bytes]) -> None:
        n = self._numbers[level]
        raw = self._read(level, n, len(row))
        self._tally.of += 1
        first = n * TILE_WIDTH << 8 * level
        if raw is None:
            self._tally.find(
                first,
                f"entry {first}: the tile {level}/{n} of width {len(row)} is missing",
                f"第 {first} 条：缺少宽度为 {len(row)} 的瓦片 {level}/{n}",
                self._lacking,
            )
            return
        if UNKNOWN in row:
            return
        self._tally.done += 1
        if raw != b"".join(row):
            self._tally.find(
                first,
                f"entry {first}: the tile {level}/{n} is not made of the entries' leaf hashes",
                f"第 {first} 条：瓦片 {level}/{n} 与记录的叶散列不符",
            )
