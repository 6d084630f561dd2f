"""A folder of published files: checkpoint, tiles, entry bundles.

Contract: a file appears whole or not at all (write aside, fsync, rename), and
``put`` returns only when it is durable. Paths are those below ``/log/``; only
paths that name a tile, a bundle or the checkpoint are ever looked up, so no
request reaches another file.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from crypto.merkle import DIGEST_SIZE
from crypto.tiles import TILE_WIDTH, Tile, format_bundle, parse_bundle

CHECKPOINT = "checkpoint"


class TileStore:
    """Files below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, path: str) -> bytes | None:
        """Return the content at *path*, or None."""
        try:
            return (self.root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def tile(self, tile: Tile) -> bytes | None:
        """Return a tile or bundle: its own file, or what a wider one begins with; or None.

        A partial file goes once the full one is there, also before any published
        checkpoint needs the full one; and rendering anew brings back only the widest.
        """
        kept = self.get(tile.path)
        if kept is not None or tile.width == TILE_WIDTH:
            return kept
        wider = self._wider(Tile(tile.level, tile.n).path, tile.width)
        if wider is None:
            return None
        if tile.level is None:
            return format_bundle(parse_bundle(wider)[: tile.width])
        return wider[: tile.width * DIGEST_SIZE]

    def _wider(self, full_path: str, width: int) -> bytes | None:
        full = self.get(full_path)
        partial = self.widest_partial(full_path) if full is None else None
        return partial[1] if partial is not None and partial[0] >= width else full

    def put(self, path: str, content: bytes) -> None:
        """Write *path* durably and atomically."""
        self.put_all([(path, content)])

    def put_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write several files, each atomically; all are durable on return."""
        folders = set()
        for path, content in files:
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            aside = target.with_name(f".{target.name}.{os.getpid()}.new")
            with aside.open("wb") as handle:
                handle.write(content)
                handle.flush()
                os.fsync(handle.fileno())
            aside.rename(target)
            folders.add(target.parent)
        for folder in folders:
            _sync_folder(folder)

    def widest_partial(self, full_path: str) -> tuple[int, bytes] | None:
        """Return (width, content) of the widest partial tile kept beside *full_path*."""
        for width in reversed(self.partial_widths(full_path)):
            content = self.get(f"{full_path}.p/{width}")
            if content is not None:
                return width, content
        return None

    def partial_widths(self, full_path: str) -> list[int]:
        """Return the widths of all partial tiles kept beside *full_path*, ascending."""
        try:
            names = os.listdir(self.root / f"{full_path}.p")
        except FileNotFoundError:
            return []
        return sorted(int(name) for name in names if name.isdigit())

    def drop_partials(self, full_path: str) -> None:
        """Remove the partial tiles of a tile that is full now."""
        shutil.rmtree(self.root / f"{full_path}.p", ignore_errors=True)

    def clear(self) -> None:
        """Remove every file."""
        shutil.rmtree(self.root, ignore_errors=True)

    def replace(self, other: "TileStore") -> None:
        """Put the files of *other*, a sibling folder, in place of these."""
        old = self.root.with_name(f"{self.root.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self.root.exists():
            self.root.rename(old)
        other.root.rename(self.root)
        _sync_folder(self.root.parent)
        shutil.rmtree(old, ignore_errors=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
