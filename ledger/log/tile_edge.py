"""The right edge of the tree in tiles: what is complete, what is partial. Pure.

Level 0 holds leaf hashes, level L the roots of the full tiles of level L - 1.
Appending a header yields the files that became complete; the partial ones of
the present size can be asked for at any time. Memory is one tile a level and
one bundle of headers. Source: C2SP tlog-tiles, spec 5.
"""

from collections.abc import Iterator, Sequence

from crypto.merkle import EMPTY_EDGE, Edge, grow, leaf_hash, root_of
from crypto.tiles import TILE_WIDTH as WIDTH
from crypto.tiles import entries_path, format_bundle, tile_path

File = tuple[str, bytes]  # path below the tile store, content


class TileEdge:
    """The partial tiles of a tree of ``size`` leaves."""

    def __init__(self) -> None:
        self.size = 0
        self._levels: list[list[bytes]] = [[]]
        self._bundle: list[bytes] = []

    @classmethod
    def resume(
        cls, size: int, levels: Sequence[Sequence[bytes]], bundle: Sequence[bytes]
    ) -> "TileEdge":
        """Continue at *size*: *levels* are the partial tiles, *bundle* the partial headers."""
        edge = cls()
        edge.size = size
        edge._levels = [list(level) for level in levels] or [[]]
        edge._bundle = list(bundle)
        return edge

    def extend(self, headers: Sequence[bytes]) -> Iterator[File]:
        """Add headers, a tile's width at most at a time; yield the files that they complete.

        Of a width the bundle comes first, then tiles, lowest level first.
        """
        at = 0
        while at < len(headers):
            some = headers[at : at + WIDTH - len(self._bundle)]
            at += len(some)
            self.size += len(some)
            self._bundle += some
            self._levels[0] += map(leaf_hash, some)
            if len(self._bundle) == WIDTH:
                yield entries_path(self.size // WIDTH - 1), format_bundle(self._bundle)
                self._bundle = []
                yield from self._carry()

    def _carry(self) -> Iterator[File]:
        """Yield the tiles that are full now; the root of each goes one level up."""
        for level, tile in enumerate(self._levels):  # which may grow meanwhile
            if len(tile) < WIDTH:
                return
            yield tile_path(level, self.size // WIDTH ** (level + 1) - 1), b"".join(tile)
            if level + 1 == len(self._levels):
                self._levels.append([])
            self._levels[level + 1].append(root_of(tile))
            self._levels[level] = []

    def partials(self) -> Iterator[File]:
        """Yield the partial files that belong to exactly this size."""
        if self._bundle:
            number = self.size // WIDTH
            yield entries_path(number, len(self._bundle)), format_bundle(self._bundle)
        for level, tile in enumerate(self._levels):
            if tile:
                number = self.size // WIDTH ** (level + 1)
                yield tile_path(level, number, len(tile)), b"".join(tile)

    def edge(self) -> Edge:
        """The perfect subtrees, computed from the tiles themselves."""
        hashes: list[bytes] = []
        for tile in reversed(self._levels):
            hashes.extend(grow(EMPTY_EDGE, tile).hashes)
        return Edge(self.size, tuple(hashes))

    def root(self) -> bytes:
        """Root of the tree, computed from the tiles themselves."""
        return self.edge().root()
