"""A copy of a log's public files that follows it, each entry verified before it is kept.

New headers are read and linked to those before: index, time, ``prev``, and every chain
by its end. The tree grows from the copy's own right edge, so that a new root that fits
proves that nothing before it was changed. Files are put aside until the root fits; the
row that says how far all was verified moves after the files, and the checkpoint last.

The folder is laid out as the log's own, so that any web server can serve it.

Source: spec 3 to 5; C2SP tlog-tiles.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from crypto.checkpoint import Checkpoint
from crypto.errors import CryptoError
from crypto.header import Header, first_prev, parse_header
from crypto.merkle import leaf_hash
from crypto.prove import ReadNodes
from crypto.tiles import TILE_WIDTH, nodes_from_tiles, parse_tile_path, tile_path
from ledger.errors import LedgerError
from ledger.log.published import read_edge
from ledger.log.tile_store import CHECKPOINT, TileStore
from ledger.store.engine import reading, writing
from ledger.store.mirror_rows import (
    Connection,
    End,
    Pin,
    ends_of,
    open_mirror,
    put_ends,
    put_pin,
    read_pin,
)
from ledger.verification.continuity import Place, continuity_problems
from ledger.verification.source import MISSING, FilesSource, ReadFile
from ledger.watching.alarms import Alarm

SPAN = 4_096  # headers at a time
_START = bytes(32)  # prev of a chain's first link


class Stopped(Exception):
    """The log could not be followed; *alarm* says why."""

    def __init__(self, alarm: Alarm) -> None:
        super().__init__(alarm.en)
        self.alarm = alarm


class OtherRoot(Exception):
    """The headers that the log serves make another root than it signed."""


class Mirror:
    """The copy in one folder.

    Args:
        folder: holds ``checkpoint``, ``tile/`` and ``mirror.db``; made where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.tiles = TileStore(folder)
        self._aside = TileStore(folder / "incoming")
        self._engine = open_mirror(folder / "mirror.db")

    def close(self) -> None:
        self._engine.dispose()

    def pin(self) -> Pin | None:
        """Return up to where all was verified; None: nothing yet."""
        with reading(self._engine) as connection:
            return read_pin(connection)

    def note(self, pin: Pin) -> None:
        """Keep another note of the same tree, or when one was seen."""
        with writing(self._engine) as connection:
            put_pin(connection, pin)
        self.tiles.put(CHECKPOINT, pin.note.encode())

    def nodes(self, size: int) -> ReadNodes:
        """Return a reader of the nodes of the copy's own tree."""
        return nodes_from_tiles(size, lambda *tile: _tile(self.tiles, *tile))

    def extend(self, checkpoint: Checkpoint, pin: Pin, read_file: ReadFile) -> None:
        """Take in what the log added; *pin* is where it stands then.

        Raises:
            Stopped: a header is missing, or does not follow.
            OtherRoot: the headers do not make the root that was signed.
        """
        old = self.pin()
        start = 0 if old is None else old.size
        try:
            edge = read_edge(self.tiles, start)
            place = self._place(checkpoint.origin, start)
        except (CryptoError, LedgerError, LookupError):
            raise Stopped(
                Alarm(
                    "incomplete",
                    "the copy itself is damaged: move its folder away and begin anew",
                    "镜像自身已损坏：请移走其目录并重新开始",
                )
            ) from None
        self._aside.clear()
        source = FilesSource(checkpoint.origin, checkpoint.size, pin.note, read_file)
        kept: list[str] = []
        with writing(self._engine) as connection:
            for span in source.spans(start, checkpoint.size, SPAN):
                headers = _parsed(span.headers, span.start)
                place = _followed(place, headers, span.headers)
                self._link(connection, headers, span.headers)
                kept += self._put(edge.extend(span.headers))
            kept += self._put(edge.partials())
            if edge.root() != checkpoint.root:
                raise OtherRoot
            self._move(kept)
            put_pin(connection, pin)
        self.tiles.put(CHECKPOINT, pin.note.encode())

    def _place(self, origin: str, size: int) -> Place:
        """Where the next entry continues; LookupError: the last header is not in the copy."""
        if size == 0:
            return Place(-1, first_prev(origin), "")
        source = FilesSource(origin, size, "", self.tiles.get)
        [span] = source.spans(size - 1, size, 1)
        if span.headers[0] == MISSING:
            raise LookupError(size - 1)
        header = parse_header(span.headers[0])
        return Place(header.index, leaf_hash(span.headers[0]), header.recorded_at)

    def _link(
        self, connection: Connection, headers: Sequence[Header], raw: Sequence[bytes]
    ) -> None:
        """Hold each chain link against where its chain ended."""
        ids = {link.id for header in headers for link in header.chains}
        ends = ends_of(connection, ids)
        for header, bytes_ in zip(headers, raw, strict=True):
            leaf = leaf_hash(bytes_)
            for link in header.chains:
                end = ends.get(link.id, End(-1, _START))
                if (link.seq, link.prev) != (end.seq + 1, end.leaf):
                    raise Stopped(_chain_broken(header.index, link.id))
                ends[link.id] = End(link.seq, leaf)
        put_ends(connection, ends)

    def _put(self, files: Iterator[tuple[str, bytes]]) -> list[str]:
        made = list(files)
        self._aside.put_all(made)
        return [path for path, _ in made]

    def _move(self, paths: Sequence[str]) -> None:
        """Put what was verified beside the rest; a tile that is full now has no partial ones."""
        self.tiles.put_all((path, self._aside.get(path) or b"") for path in paths)
        for path in paths:
            if parse_tile_path(path).width == TILE_WIDTH:
                self.tiles.drop_partials(path)
        self._aside.clear()


def _parsed(raw: Sequence[bytes], start: int) -> list[Header]:
    found = []
    for index, header in enumerate(raw, start):
        if header == MISSING:
            raise Stopped(Alarm("incomplete", f"entry {index} is missing", f"缺少第 {index} 条"))
        try:
            found.append(parse_header(header))
        except CryptoError as error:
            raise Stopped(
                Alarm("broken", f"entry {index}: {error.en}", f"第 {index} 条：{error.zh}")
            ) from None
    return found


def _followed(place: Place, headers: Sequence[Header], raw: Sequence[bytes]) -> Place:
    for header, bytes_ in zip(headers, raw, strict=True):
        problems = continuity_problems(place, place.stated + 1, header)
        if problems:
            raise Stopped(Alarm("broken", problems[0][2], problems[0][3]))
        place = Place(header.index, leaf_hash(bytes_), header.recorded_at)
    return place


def _chain_broken(index: int, chain: bytes) -> Alarm:
    return Alarm(
        "broken",
        f"entry {index} does not continue the chain {chain.hex()}",
        f"第 {index} 条未接续链 {chain.hex()}",
    )


def _tile(tiles: TileStore, level: int, n: int, width: int) -> bytes:
    raw = tiles.tile(parse_tile_path(tile_path(level, n, width)))
    if raw is None:
        raise LookupError(tile_path(level, n, width))
    return raw


def tiles_of(read_file: ReadFile, size: int) -> ReadNodes:
    """Return a reader of the nodes of the tree of *size*, from the log's own tiles."""
    source = FilesSource("", size, "", read_file)

    def read(level: int, n: int, width: int) -> bytes:
        return source.read_tile(level, n, width) or b""

    return nodes_from_tiles(size, read)
