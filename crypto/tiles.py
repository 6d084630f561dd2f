"""Tiles: how the tree and its headers are cut into files that anybody can read.

A tile of level L holds up to 256 digests, the nodes (8 * L, 256 * n + i); only
full tiles feed the level above. An *entry bundle* holds the headers of as many
entries. This module names the files, says which of them a growing tree changes,
reads and writes their bytes, and lets proofs be built from them. It opens no
file: a reader is handed in.

Units: a digest is 32 raw bytes; a width counts digests or headers, 1 to 256.

Source: spec 5 and 7 (tail.headers); C2SP tlog-tiles.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crypto.errors import Malformed, TooLarge
from crypto.merkle import DIGEST_SIZE, MAX_SIZE, check_size, hash_pairs, split_digests
from crypto.prove import Node, ReadNodes

TILE_WIDTH = 256
TILE_HEIGHT = 8  # levels of the tree in one tile
MAX_LEVEL = 7  # 256**8 exceeds every size
MAX_ENTRY = 65_535  # bytes of one header

ReadTile = Callable[[int, int, int], bytes]

_PATH = re.compile(r"tile/(entries|[0-7])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, slots=True)
class Tile:
    """One file: the tile *n* of *level*, or the entry bundle *n* where level is None.

    Args:
        level: 0 to 7; None for an entry bundle.
        n: counts the tiles of a level from 0.
        width: digests or headers in it, 1 to 256; fewer than 256 is a partial one.
    """

    level: int | None
    n: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """The name below the log's prefix."""
        if self.level is None:
            return entries_path(self.n, self.width)
        return tile_path(self.level, self.n, self.width)

    def nodes(self) -> list[Node]:
        """The tree's nodes (level, index) whose digests the tile holds, in order."""
        height = TILE_HEIGHT * (self.level or 0)
        return [(height, self.n * TILE_WIDTH + i) for i in range(self.width)]


def tile_path(level: int, n: int, width: int = TILE_WIDTH) -> str:
    """Return the name of a tile, such as ``tile/0/x001/067`` or ``tile/1/000.p/17``."""
    if type(level) is not int or not 0 <= level <= MAX_LEVEL:
        raise Malformed(
            f"a tile's level is 0 to {MAX_LEVEL}, not {level}",
            f"瓦片层级应为 0 至 {MAX_LEVEL}，而不是 {level}",
        )
    return f"tile/{level}/{_number(n)}{_suffix(width)}"


def entries_path(n: int, width: int = TILE_WIDTH) -> str:
    """Return the name of an entry bundle, such as ``tile/entries/000.p/16``."""
    return f"tile/entries/{_number(n)}{_suffix(width)}"


def parse_tile_path(path: str) -> Tile:
    """Return the tile or bundle that *path* names; raise Malformed for any other spelling.

    Whether a tree has such a tile is another question: see :func:`tile_width`.
    """
    found = _PATH.fullmatch(path)
    if found is None:
        raise _no_path()
    level, number, width = found.groups()
    tile = Tile(
        None if level == "entries" else int(level),
        int(number.replace("x", "").replace("/", "")),
        int(width) if width else TILE_WIDTH,
    )
    if tile.path != path:  # and naming it refuses what is out of range
        raise _no_path()
    return tile


def _no_path() -> Malformed:
    return Malformed(
        "this is not the path of a tile or entry bundle; see C2SP tlog-tiles for their form",
        "这不是瓦片或记录包的路径；格式见 C2SP tlog-tiles",
    )


def _number(n: int) -> str:
    """Return *n* in groups of three digits, all but the last with an ``x`` in front."""
    if type(n) is not int or not 0 <= n <= MAX_SIZE:
        raise Malformed(f"a tile's number is not {n}", f"瓦片编号不能是 {n}")
    digits = str(n)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def _suffix(width: int) -> str:
    """Return the ending of a partial tile's name; "" for a full one."""
    if type(width) is not int or not 1 <= width <= TILE_WIDTH:
        raise Malformed(
            f"a tile's width is 1 to {TILE_WIDTH}, not {width}",
            f"瓦片宽度应为 1 至 {TILE_WIDTH}，而不是 {width}",
        )
    return f".p/{width}" if width < TILE_WIDTH else ""


def partial_width(level: int, size: int) -> int:
    """Return the width of the partial tile of *level* in a tree of *size*; 0: there is none."""
    return (size >> TILE_HEIGHT * level) % TILE_WIDTH


def tile_width(level: int, n: int, size: int) -> int:
    """Return the width that tile *n* of *level* has in a tree of *size*; 0: no such tile.

    For entry bundles ask with level 0.
    """
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - TILE_WIDTH * n))


def tiles_between(old: int, new: int) -> list[Tile]:
    """Return the tiles to write when a tree grows from *old* to *new* entries.

    Lowest level first, no entry bundles. From 0: every tile of a tree of *new*.
    """
    return [
        Tile(level, n, width)
        for level in range(MAX_LEVEL + 1)
        for n, width in _changed(old >> TILE_HEIGHT * level, new >> TILE_HEIGHT * level)
    ]


def tiles_of_size(size: int) -> list[Tile]:
    """Return every tile of a tree of *size*, lowest level first, no entry bundles."""
    return tiles_between(0, size)


def bundles_between(old: int, new: int) -> list[Tile]:
    """Return the entry bundles to write when a tree grows from *old* to *new* entries."""
    return [Tile(None, n, width) for n, width in _changed(old, new)]


def _changed(before: int, after: int) -> list[tuple[int, int]]:
    """Return (number, width) of the tiles in which values *before* to *after* - 1 lie."""
    if before >= after:
        return []
    numbers = range(before // TILE_WIDTH, (after - 1) // TILE_WIDTH + 1)
    return [(n, min(TILE_WIDTH, after - n * TILE_WIDTH)) for n in numbers]


def format_bundle(headers: Sequence[bytes]) -> bytes:
    """Return headers joined, each behind its length in two big-endian bytes.

    An entry bundle holds 1 to 256; other files in this coding may hold any number.

    Raises:
        TooLarge: a header is over 65,535 bytes.
    """
    parts: list[bytes] = []
    for header in headers:
        if len(header) > MAX_ENTRY:
            raise TooLarge(
                f"a header of {len(header)} bytes does not fit a bundle's {MAX_ENTRY}",
                f"{len(header)} 字节的记录头超过记录包的上限 {MAX_ENTRY}",
            )
        parts += (len(header).to_bytes(2, "big"), header)
    return b"".join(parts)


def parse_bundle(raw: bytes) -> list[bytes]:
    """Return the headers that :func:`format_bundle` joined; raise Malformed when cut short."""
    headers: list[bytes] = []
    at = 0
    while at < len(raw):
        start = at + 2
        end = start + int.from_bytes(raw[at:start], "big")
        if end > len(raw):
            raise Malformed(
                f"the bundle is cut short within entry {len(headers)}",
                f"记录包在第 {len(headers)} 条处被截断",
            )
        headers.append(raw[start:end])
        at = end
    return headers


def parse_tile(raw: bytes, width: int) -> tuple[bytes, ...]:
    """Return the *width* digests of a tile; raise Malformed for any other length."""
    if len(raw) != width * DIGEST_SIZE:
        raise Malformed(
            f"a tile of width {width} is {width * DIGEST_SIZE} bytes long, not {len(raw)}",
            f"宽度 {width} 的瓦片应为 {width * DIGEST_SIZE} 字节，而不是 {len(raw)} 字节",
        )
    return split_digests(raw)


def nodes_of_tile(digests: Sequence[bytes]) -> list[list[bytes]]:
    """Return the perfect nodes within a tile: row k holds those k levels above its digests."""
    rows = [list(digests)]
    while len(rows[-1]) > 1 and len(rows) < TILE_HEIGHT:
        rows.append(hash_pairs(rows[-1]))
    return rows


def nodes_from_tiles(size: int, read_tile: ReadTile) -> ReadNodes:
    """Return a reader of the nodes of the tree of *size*, for the functions of ``prove``.

    Args:
        size: entries in the tree.
        read_tile: called as ``read_tile(level, n, width)``, with the width that the
            tile has at this size; gives its bytes. Each tile is asked for once a
            call of the reader. A tile that has become full begins with what the
            partial one held: the callback cuts it.

    Raises (from the reader):
        Malformed: a node that the tree does not have, or a tile of another length.
    """
    check_size(size)

    def read(nodes: Sequence[Node]) -> list[bytes]:
        tiles: dict[tuple[int, int], list[list[bytes]]] = {}
        return [_node(node, size, read_tile, tiles) for node in nodes]

    return read


def _node(
    node: Node,
    size: int,
    read_tile: ReadTile,
    tiles: dict[tuple[int, int], list[list[bytes]]],
) -> bytes:
    """Return one node's digest, reading its tile unless *tiles* has it."""
    level, index = node
    if level < 0 or index < 0 or (index + 1) << level > size:
        raise Malformed(
            f"a tree of {size} entries has no complete node {node}",
            f"{size} 条记录的树中没有完整节点 {node}",
        )
    height, rows_up = divmod(level, TILE_HEIGHT)
    n = (index << rows_up) // TILE_WIDTH
    if (height, n) not in tiles:
        width = tile_width(height, n, size)
        tiles[height, n] = nodes_of_tile(parse_tile(read_tile(height, n, width), width))
    return tiles[height, n][rows_up][index - (n * TILE_WIDTH >> rows_up)]
