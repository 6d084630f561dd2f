"""Read back what is published, as strictly as an outsider would, to continue it.

The files of the published size must all be there, whole, and say the same:
what is wrong in them would be carried into every later tile and bundle.
Nothing is taken from the tables in their place; ``rebuild`` mends files.
"""

from crypto.errors import Malformed
from crypto.merkle import leaf_hash
from crypto.tiles import MAX_LEVEL, TILE_WIDTH, Tile, parse_bundle, parse_tile, partial_width
from ledger.log.failures import damaged
from ledger.log.tile_edge import TileEdge
from ledger.log.tile_store import TileStore


def read_edge(tiles: TileStore, size: int) -> TileEdge:
    """Return the right edge of the published tree of *size* from its partial files.

    Raises:
        ReadOnly: ``damaged``: a file is missing.
        Malformed: a tile has another length, or the bundle's headers are not those
            of which the tile holds the hashes.
    """
    levels = []
    for level in range(MAX_LEVEL + 1):
        width = partial_width(level, size)
        number = size // TILE_WIDTH ** (level + 1)
        raw = _file(tiles, Tile(level, number, width)) if width else b""
        levels.append(parse_tile(raw, width))
    width = partial_width(0, size)
    bundle = _file(tiles, Tile(None, size // TILE_WIDTH, width)) if width else b""
    headers = parse_bundle(bundle)
    if tuple(map(leaf_hash, headers)) != levels[0]:
        raise Malformed("the last bundle is not of the last tile", "最后的记录包与最后的瓦片不符")
    return TileEdge.resume(size, levels, headers)


def _file(tiles: TileStore, tile: Tile) -> bytes:
    raw = tiles.tile(tile)
    if raw is None:
        raise damaged(f"the published file {tile.path} is missing", f"缺少已公布的文件 {tile.path}")
    return raw
