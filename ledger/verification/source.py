"""Where a verification reads a ledger from: headers and statements in order, a span at a time.

A source is not believed. It only has to say what it claims to be a reading of:
whatever it gives wrongly, leaves out or makes up becomes a finding. It opens no
connection by itself; implementations that do live with whoever owns them.

Units: indexes count entries from 0 and ranges are half open; a header that is
missing is ``b""``; a statement that is missing is None.

Source: spec 3 and 5.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from crypto.errors import CryptoError
from crypto.tiles import TILE_WIDTH, entries_path, parse_bundle, tile_path, tile_width

# Gives the bytes of a file of a log by its path ("checkpoint", "tile/0/000"); None: not there.
ReadFile = Callable[[str], bytes | None]

MISSING = b""


@dataclass(frozen=True, slots=True)
class Span:
    """Entries that follow one another.

    Args:
        start: index of the first.
        headers: one for each entry.
        envelopes: as many statements; or None where the source has none at all.
        notes: (size, checkpoint note) stored for sizes from ``start + 1`` to the end
            of the span, ascending.
    """

    start: int
    headers: Sequence[bytes]
    envelopes: Sequence[bytes | None] | None
    notes: Sequence[tuple[int, str]] = ()

    @property
    def stop(self) -> int:
        """The index behind the last entry."""
        return self.start + len(self.headers)


class Source(Protocol):
    """A reading of one ledger, which does not change while it is read.

    ``origin``: of which ledger. ``size``: how many entries there are to read.
    ``published``: the checkpoint note that stands for all of it, or None.
    ``whole``: whether everything ought to be there, so that what is missing was
    taken away; else it is only incomplete. ``has_statements``, ``has_notes``:
    whether spans carry statements, and stored checkpoints.
    """

    @property
    def origin(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def published(self) -> str | None: ...
    @property
    def whole(self) -> bool: ...
    @property
    def has_statements(self) -> bool: ...
    @property
    def has_notes(self) -> bool: ...
    @property
    def read_tile(self) -> Callable[[int, int, int], bytes | None] | None:
        """Reads the published tile (level, n, width), None where it lacks; or there are none."""

    def spans(self, start: int, stop: int, length: int) -> Iterator[Span]:
        """Give the entries of the range in order, at most *length* at a time."""


@dataclass(frozen=True)
class MemorySource:
    """A ledger that is held in memory, for tests and small bundles."""

    origin: str
    headers: Sequence[bytes]
    envelopes: Sequence[bytes | None] | None = None
    published: str | None = None
    notes: Sequence[tuple[int, str]] = ()
    whole: bool = True
    read_tile: Callable[[int, int, int], bytes | None] | None = None

    @property
    def size(self) -> int:
        return len(self.headers)

    @property
    def has_statements(self) -> bool:
        return self.envelopes is not None

    @property
    def has_notes(self) -> bool:
        return bool(self.notes)

    def spans(self, start: int, stop: int, length: int) -> Iterator[Span]:
        for first in range(start, stop, length):
            end = min(first + length, stop)
            yield Span(
                first,
                self.headers[first:end],
                None if self.envelopes is None else self.envelopes[first:end],
                [(size, note) for size, note in self.notes if first < size <= end],
            )


@dataclass(frozen=True)
class FilesSource:
    """The public files of a log: checkpoint, entry bundles, tiles. No statements.

    Args:
        origin, size: of the published checkpoint.
        published: its note.
        read_file: gives a file below the log's prefix.
    """

    origin: str
    size: int
    published: str
    read_file: ReadFile

    whole = False
    has_statements = False
    has_notes = False

    def read_tile(self, level: int, n: int, width: int) -> bytes | None:
        """Read a tile; one that grew since begins with what it was."""
        return self._widened(tile_path(level, n, width), tile_path(level, n), width * 32)

    def spans(self, start: int, stop: int, length: int) -> Iterator[Span]:
        for first in range(start, stop, length):
            end = min(first + length, stop)
            yield Span(first, list(self._headers(first, end)), None)

    def _headers(self, start: int, stop: int) -> Iterator[bytes]:
        for n in range(start // TILE_WIDTH, -(-stop // TILE_WIDTH)):
            base = n * TILE_WIDTH
            width = tile_width(0, n, self.size)
            bundle = self._bundle(n, width)
            yield from bundle[max(start - base, 0) : min(stop - base, width)]

    def _bundle(self, n: int, width: int) -> list[bytes]:
        """Return *width* headers; what cannot be read is missing."""
        raw = self._widened(entries_path(n, width), entries_path(n), None)
        try:
            headers = parse_bundle(raw or b"")[:width]
        except CryptoError:
            headers = []
        return headers + [MISSING] * (width - len(headers))

    def _widened(self, path: str, full: str, size: int | None) -> bytes | None:
        raw = self.read_file(path)
        if raw is None and full != path:
            raw = self.read_file(full)
            raw = None if raw is None else raw[:size]
        return raw
