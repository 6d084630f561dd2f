"""Tiles: names, widths, bundles, and proofs built from tiles alone."""

from collections.abc import Sequence
from hashlib import sha256

import pytest

from crypto.errors import Malformed, TooLarge
from crypto.merkle import MAX_SIZE, hash_pairs
from crypto.prove import Node, edge_from, prove_consistency, prove_inclusion, root_from
from crypto.tiles import (
    Tile,
    bundles_between,
    entries_path,
    format_bundle,
    nodes_from_tiles,
    nodes_of_tile,
    parse_bundle,
    parse_tile,
    parse_tile_path,
    partial_width,
    tile_path,
    tile_width,
    tiles_between,
    tiles_of_size,
)

SIZE = 70_000


@pytest.fixture(scope="module")
def rows() -> list[list[bytes]]:
    """All perfect nodes of a tree of 70,000, level by level."""
    rows = [[sha256(b"%d" % i).digest() for i in range(SIZE)]]
    while len(rows[-1]) > 1:
        rows.append(hash_pairs(rows[-1]))
    return rows


class TileReader:
    """Cuts tiles of one size out of *rows* and counts how often each is asked for."""

    def __init__(self, rows: list[list[bytes]], size: int) -> None:
        self.rows, self.size = rows, size
        self.asked: list[tuple[int, int]] = []

    def __call__(self, level: int, n: int, width: int) -> bytes:
        assert width == tile_width(level, n, self.size) > 0
        self.asked.append((level, n))
        return b"".join(self.rows[8 * level][256 * n : 256 * n + width])


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("tile/0/000", Tile(0, 0)),
        ("tile/0/000.p/1", Tile(0, 0, 1)),
        ("tile/1/000.p/17", Tile(1, 0, 17)),
        ("tile/0/x001/067", Tile(0, 1067)),
        ("tile/7/x001/x234/067.p/255", Tile(7, 1_234_067, 255)),
        ("tile/0/999", Tile(0, 999)),
        ("tile/0/x001/000", Tile(0, 1000)),
        ("tile/entries/000.p/16", Tile(None, 0, 16)),
        ("tile/entries/x273/112", Tile(None, 273_112)),
    ],
)
def test_a_name_is_read_as_it_is_written(path: str, tile: Tile) -> None:
    """Names and tiles answer to each other."""
    assert tile.path == path
    assert parse_tile_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/8/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/067",
        "tile/0/x001/x067",
        "tile/0/x01/067",
        "tile/0/X001/067",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/../000",
        "tile/data/000",
        "tile/entries/000.p/256",
        "tile/0/٠٠٠",
        "tile/0/x009/x223/x372/x036/x854/x775/808",
    ],
)
def test_any_other_spelling_is_refused(path: str) -> None:
    """One name a tile: no shorter, longer, padded or foreign form."""
    with pytest.raises(Malformed):
        parse_tile_path(path)


@pytest.mark.parametrize(
    ("level", "n", "width"),
    [(8, 0, 1), (-1, 0, 1), (True, 0, 1), (0, -1, 1), (0, MAX_SIZE + 1, 1), (0, 0, 0), (0, 0, 257)],
)
def test_no_name_for_a_tile_that_cannot_be(level: int, n: int, width: int) -> None:
    """Writing a name is as strict as reading it."""
    with pytest.raises(Malformed):
        tile_path(level, n, width)


def test_no_name_for_a_bundle_that_cannot_be() -> None:
    """Bundles are numbered and cut as tiles are."""
    for n, width in ((-1, 1), (0, 0), (0, 257)):
        with pytest.raises(Malformed):
            entries_path(n, width)


def test_seventy_thousand_entries() -> None:
    """273 full tiles and one of 112; then one full and one of 17; then one of 1."""
    tiles = tiles_of_size(SIZE)
    full = [tile for tile in tiles if tile.width == 256]
    partial = [(tile.level, tile.n, tile.width) for tile in tiles if tile.width < 256]
    assert [sum(tile.level == level for tile in full) for level in range(3)] == [273, 1, 0]
    assert partial == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert [partial_width(level, SIZE) for level in range(4)] == [112, 17, 1, 0]
    assert [tile_width(0, n, SIZE) for n in (0, 272, 273, 274)] == [256, 256, 112, 0]


def test_the_256th_entry_opens_the_level_above() -> None:
    """Only full tiles feed the level above."""
    assert [tile.path for tile in tiles_of_size(255)] == ["tile/0/000.p/255"]
    assert [tile.path for tile in tiles_of_size(256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert tiles_of_size(0) == []


def test_growing_changes_only_the_tiles_at_the_end() -> None:
    """A tile is written again while it is partial, never once it is full."""
    assert tiles_between(256, 257) == [Tile(0, 1, 1)]
    assert tiles_between(250, 520) == [Tile(0, 0), Tile(0, 1), Tile(0, 2, 8), Tile(1, 0, 2)]
    assert tiles_between(9, 9) == bundles_between(9, 9) == []
    assert bundles_between(250, 520) == [Tile(None, 0), Tile(None, 1), Tile(None, 2, 8)]
    assert tiles_between(65_535, 65_536) == [Tile(0, 255), Tile(1, 0), Tile(2, 0, 1)]


def test_all_tiles_of_a_size_are_those_written_on_the_way() -> None:
    """Written step by step, the last form of each tile is the one that the size has."""
    for step in (1, 7, 256, 300):
        last: dict[tuple[int | None, int], Tile] = {}
        size = 0
        while size < 1_500:
            new = min(size + step, 1_500)
            last |= {(tile.level, tile.n): tile for tile in tiles_between(size, new)}
            size = new
        assert sorted(last.values(), key=lambda t: (t.level or 0, t.n)) == tiles_of_size(1_500)


def test_a_tile_names_the_nodes_that_it_holds() -> None:
    """Level L, number n: the nodes 256 n and on, 8 L levels above the leaves."""
    assert Tile(1, 1, 2).nodes() == [(8, 256), (8, 257)]
    assert Tile(0, 0, 3).nodes() == [(0, 0), (0, 1), (0, 2)]


def test_a_worked_bundle() -> None:
    """Two bytes of length, then the header, without anything between or after."""
    headers = [b'{"event":"share","seq":0}', b'{"event":"use","seq":1}']
    raw = bytes.fromhex(
        "00197b226576656e74223a227368617265222c22736571223a307d"
        "00177b226576656e74223a22757365222c22736571223a317d"
    )
    assert format_bundle(headers) == raw
    assert parse_bundle(raw) == headers
    assert parse_bundle(b"") == []
    assert format_bundle([]) == b""


def test_a_bundle_cut_anywhere_but_between_headers_is_refused() -> None:
    """What is left reads as fewer headers, or is refused."""
    headers = [b"one", b"", b"three" * 100]
    raw = format_bundle(headers)
    between = {0: 0, 5: 1, 7: 2, len(raw): 3}
    for end in range(len(raw) + 1):
        if end in between:
            assert parse_bundle(raw[:end]) == headers[: between[end]]
        else:
            with pytest.raises(Malformed, match="cut short"):
                parse_bundle(raw[:end])


def test_a_header_longer_than_two_bytes_can_say_is_refused() -> None:
    """65,535 bytes fit, one more does not."""
    longest = b"x" * 65_535
    assert parse_bundle(format_bundle([longest])) == [longest]
    with pytest.raises(TooLarge):
        format_bundle([longest + b"x"])


def test_a_tile_of_another_length_is_refused() -> None:
    """Exactly 32 bytes for each digest of the width."""
    assert parse_tile(bytes(64), 2) == (bytes(32), bytes(32))
    for raw in (b"", bytes(63), bytes(65), bytes(32), bytes(96)):
        with pytest.raises(Malformed):
            parse_tile(raw, 2)


def test_the_nodes_within_a_tile(rows: list[list[bytes]]) -> None:
    """Eight rows in a full tile, fewer in a narrow one; only whole pairs are hashed."""
    full = nodes_of_tile(rows[0][256:512])
    assert full == [rows[k][256 >> k : 512 >> k] for k in range(8)]
    assert [len(row) for row in nodes_of_tile(rows[0][:5])] == [5, 2, 1]


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 65_535, 65_536, 65_537, SIZE])
def test_proofs_from_tiles_are_those_of_the_tree(rows: list[list[bytes]], size: int) -> None:
    """Roots, inclusion and consistency: the same from tiles as from all nodes."""

    def read(nodes: Sequence[Node]) -> list[bytes]:
        return [rows[level][index] for level, index in nodes]

    tiles = nodes_from_tiles(size, TileReader(rows, size))
    assert root_from(size, tiles) == root_from(size, read)
    assert edge_from(size, tiles) == edge_from(size, read)
    for index in {0, 1, size // 3, size // 2, size - 2, size - 1} & set(range(size)):
        assert prove_inclusion(index, size, tiles) == prove_inclusion(index, size, read)
    for old in {0, 1, 100, 256, 257, size // 3, size - 1, size} & set(range(size + 1)):
        assert prove_consistency(old, size, tiles) == prove_consistency(old, size, read)


def test_each_tile_is_read_once_a_call(rows: list[list[bytes]]) -> None:
    """One proof at 70,000 touches five tiles, each once."""
    reader = TileReader(rows, SIZE)
    prove_inclusion(300, SIZE, nodes_from_tiles(SIZE, reader))
    assert sorted(reader.asked) == [(0, 1), (0, 273), (1, 0), (1, 1)]


def test_tiles_give_no_node_that_the_tree_has_not(rows: list[list[bytes]]) -> None:
    """Beyond the size, or not complete at it: refused before a tile is read."""
    reader = TileReader(rows, 300)
    read = nodes_from_tiles(300, reader)
    for node in ((0, 300), (1, 150), (8, 1), (9, 0), (-1, 0), (0, -1)):
        with pytest.raises(Malformed):
            read([node])
    assert reader.asked == []


def test_a_tile_cut_short_is_refused() -> None:
    """Not believed, whatever it holds."""
    read = nodes_from_tiles(300, lambda level, n, width: bytes(32 * width - 1))
    with pytest.raises(Malformed, match="bytes long"):
        read([(0, 0)])
