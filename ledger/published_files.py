"""Whether the files that a home publishes are made of the entries that it holds.

Headers stream past in order; of each file that they complete, the bytes that
belong there are made anew and compared. Nothing is mended: ``rebuild`` does that.

Source: spec 5; C2SP tlog-tiles.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest

from crypto.checkpoint import open_checkpoint
from crypto.errors import CryptoError
from crypto.note import VKey
from crypto.tiles import TILE_HEIGHT, TILE_WIDTH, format_bundle, parse_bundle, parse_tile_path
from ledger.log.tile_edge import TileEdge
from ledger.log.tile_store import CHECKPOINT, TileStore
from ledger.verification.closing import close_optional
from ledger.verification.report import Check, Report, Words
from ledger.verification.tally import Tally

HASH = 32


def with_files(report: Report, files: Check) -> Report:
    """Return *report* of a stream of entries, with the check of a home's files in its place."""
    checks = [files if check.name == files.name else check for check in report.checks]
    return replace(report, checks=tuple(checks))


class PublishedFiles:
    """Compares every published file with what the entries make of it.

    Args:
        tiles: the files; which of them there ought to be is looked up here and now,
            so make this before reading how many entries there are.
        log: the key under which the published checkpoint must open.
    """

    def __init__(self, tiles: TileStore, log: VKey) -> None:
        self._store, self._edge = tiles, TileEdge()
        self._tally = Tally(
            "tiles",
            Words("Published files are made of these entries", "已公布的文件由这些记录构成"),
            Words("files", "个文件"),
        )
        self._size = 0
        self._bad_below = False
        raw = self._store.get(CHECKPOINT)
        self._published = raw is not None
        if raw is None:
            return
        try:
            self._size = open_checkpoint(raw, log).size
        except CryptoError as error:
            self._tally.find(-1, f"published checkpoint: {error.en}", f"已公布的检查点：{error.zh}")

    def take(self, headers: Iterable[bytes]) -> None:
        """Compare the files that *headers*, which follow those before, complete."""
        for header in headers:
            if self._edge.size == self._size:
                return
            for path, content in self._edge.extend([header]):
                self._compare(path, content)
            if self._edge.size == self._size:
                for path, content in self._edge.partials():
                    self._compare(path, content)

    def _compare(self, path: str, content: bytes) -> None:
        self._tally.of += 1
        self._tally.done += 1
        upper = path.split("/")[1] not in ("0", "entries")
        if upper and self._bad_below:
            return  # what is above an altered tile follows from it
        if not self._is_made_of(path, self._read(path), content):
            return
        for older, part in self._older(path, content):
            if not self._is_made_of(older, self._store.get(older), part):
                return

    def _is_made_of(self, path: str, found: bytes | None, content: bytes) -> bool:
        """Tell whether *found* is *content*, and note where it is not."""
        if found == content:
            return True
        self._bad_below = True
        index = _first_bad(path, found or b"", content)
        what = ("is missing", "缺失") if found is None else ("is altered", "被改动")
        self._tally.find(
            index,
            f"entry {index}: {path} {what[0]}: run `zelian rebuild`",
            f"第 {index} 条：{path} {what[1]}：请运行 `zelian rebuild`",
        )
        return False

    def _older(self, path: str, content: bytes) -> Iterator[tuple[str, bytes]]:
        """Narrower partial files that are kept and served beside the one at *path*."""
        tile = parse_tile_path(path)
        full = replace(tile, width=TILE_WIDTH).path
        for width in self._store.partial_widths(full):
            if not 0 < width < tile.width:
                continue
            if tile.level is None:
                part = format_bundle(parse_bundle(content)[:width])
            else:
                part = content[: width * HASH]
            yield f"{full}.p/{width}", part

    def _read(self, path: str) -> bytes | None:
        """What is served at *path*: a crash may have left the full tile and no partial one."""
        try:
            return self._store.tile(parse_tile_path(path))
        except CryptoError:
            return b""

    def close(self) -> Check:
        """Return the check; where nothing is published it was not made."""
        if self._edge.size < self._size:
            self._tally.find(
                self._edge.size,
                f"{self._size} entries are published, {self._edge.size} are here",
                f"已公布 {self._size} 条，此处只有 {self._edge.size} 条",
            )
        why = Words("nothing is published here", "此处尚未公布任何文件")
        return close_optional(self._tally, self._published, why)


def _first_bad(path: str, found: bytes, wanted: bytes) -> int:
    """First entry whose hash or header a file gives wrongly."""
    tile = parse_tile_path(path)
    if tile.level is None:
        pairs = zip_longest(_headers_of(found), parse_bundle(wanted))
    else:
        pairs = zip_longest(_hashes_of(found), _hashes_of(wanted))
    at = next((at for at, (one, other) in enumerate(pairs) if one != other), 0)
    return (tile.n * TILE_WIDTH + at) << TILE_HEIGHT * (tile.level or 0)


def _headers_of(bundle: bytes) -> list[bytes]:
    try:
        return parse_bundle(bundle)
    except CryptoError:
        return []


def _hashes_of(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH] for at in range(0, len(tile), HASH)]
