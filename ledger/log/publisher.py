"""Publish the newest head: tiles, then bundles, then the checkpoint that covers them.

Only the newest head is rendered, at most once an interval. What a crash leaves:
tiles and bundles that no published checkpoint needs yet; the next run writes
the same bytes again. Several processes may publish into one folder: a file
lock lets one at a time, and the checkpoint never goes back.

Nothing is published that does not make the signed root, computed from the
tiles as they will be read.
"""

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
import structlog

from crypto.checkpoint import Checkpoint, open_checkpoint
from crypto.errors import CryptoError
from crypto.note import VKey
from ledger.errors import ReadOnly
from ledger.log.failures import damaged
from ledger.log.published import read_edge
from ledger.log.tile_edge import TileEdge
from ledger.log.tile_store import CHECKPOINT, TileStore
from ledger.store.engine import await_standbys, reading
from ledger.store.log_rows import LogRows

SPAN = 4096  # headers read from the database at a time
REST = 9  # times as long as publishing took
IDLE_S = 1.0  # how often to look for what other processes committed

log = structlog.get_logger("zelian.publisher")


class Publisher:
    """Renders one log's tables into its tile store.

    Args:
        engine, rows: the database and its queries.
        tiles: where to.
        key: the log's own key, to open its checkpoints.
        interval_ms: shortest time between two publications.
        cosigned: gives a note the lines of witnesses; asked before a checkpoint is put in
            its place, and again while it stands there.
    """

    def __init__(
        self,
        engine: sa.Engine,
        rows: LogRows,
        tiles: TileStore,
        key: VKey,
        interval_ms: int,
        cosigned: Callable[[str], str] = lambda note: note,
    ) -> None:
        self._engine, self._rows, self._tiles, self._key = engine, rows, tiles, key
        self._interval_s = interval_ms / 1000
        self._cosigned = cosigned
        self._edge: TileEdge | None = None
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self.published_size = 0
        self.failure: Exception | None = None

    def into(self, tiles: TileStore) -> "Publisher":
        """The same for another store, such as one that is rendered anew."""
        interval_ms = round(self._interval_s * 1000)
        return Publisher(self._engine, self._rows, tiles, self._key, interval_ms, self._cosigned)

    def look(self) -> None:
        """Learn what is published already; what cannot be read is a failure to publish."""
        try:
            self.published_size = self._published()
        except CryptoError as error:
            self.failure = error

    def forget(self) -> None:
        """The files were rendered anew: read the edge back before the next."""
        self._edge = None
        self.look()

    def start(self) -> None:
        """Publish in the background from now on."""
        self._thread = threading.Thread(target=self._work, name="publisher", daemon=True)
        self._thread.start()

    def want(self, _size: int = 0) -> None:
        """Say that there is something new; never blocks."""
        self._wanted.set()

    def close(self) -> None:
        """Publish what is left and stop."""
        self._closing.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while True:
            self._wanted.wait(IDLE_S)
            self._wanted.clear()
            began = time.monotonic()
            self._attempt()
            took = time.monotonic() - began
            # Under load fewer, larger steps leave the processor to those who wait for receipts.
            if self._closing.wait(min(max(self._interval_s, REST * took), IDLE_S)):
                self._attempt()
                return

    def _attempt(self) -> None:
        """Publish once; a failure is kept for /readyz and tried again with the next."""
        try:
            self.publish()
        except Exception as error:  # whatever it is, the thread lives on and tries again
            if self.failure is None:
                log.warning("publishing failed", error=type(error).__name__)
            self.failure = error
            self._edge = None
        else:
            self.failure = None

    def publish(self, progress: Callable[[int], None] = lambda size: None) -> int:
        """Bring the tile store up to the newest head; return its size.

        Raises:
            ReadOnly: ``published_ahead`` or ``damaged``; OSError: the disk.
        """
        with self._turn():
            size, newest = self._published(), self._newest()
            if size > (newest.size if newest else 0):
                raise published_ahead(size, newest.size if newest else 0)
            if newest is not None and newest.size > size:
                await_standbys(self._engine)
                self._render(size, newest, progress)
                size = newest.size
            elif size:
                self._renew()
            self.published_size = size
            return size

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let one publisher at a time, of all processes, into the folder."""
        self._tiles.root.mkdir(parents=True, exist_ok=True)
        with (self._tiles.root / ".publisher").open("ab") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _renew(self) -> None:
        """Let lines of witnesses that came late, or anew, join the published checkpoint."""
        raw = self._tiles.get(CHECKPOINT)
        note = raw.decode() if raw is not None else ""
        if note and (renewed := self._cosigned(note)) != note:
            self._tiles.put(CHECKPOINT, renewed.encode())

    def _published(self) -> int:
        raw = self._tiles.get(CHECKPOINT)
        return 0 if raw is None else open_checkpoint(raw, self._key).size

    def _newest(self) -> Checkpoint | None:
        with reading(self._engine) as connection:
            head = self._rows.read_head(connection)
            note = self._rows.checkpoint(connection, head.size) if head and head.size else None
        if note is None:
            return None
        self._note = note
        return open_checkpoint(note, self._key)

    def _render(self, size: int, newest: Checkpoint, progress: Callable[[int], None]) -> None:
        if self._edge is None or self._edge.size != size:
            self._edge = read_edge(self._tiles, size)
        edge, self._edge = self._edge, None  # a failure half-way leaves no half-grown edge behind
        for start in range(size, newest.size, SPAN):
            self._append(edge, start, min(start + SPAN, newest.size))
            progress(edge.size)
        if edge.root() != newest.root:
            raise damaged(
                "tiles and entries do not make the signed root", "瓦片与记录不能得出已签名的根"
            )
        self._tiles.put_all(edge.partials())
        self._tiles.put(CHECKPOINT, self._cosigned(self._note).encode())
        self._edge = edge

    def _append(self, edge: TileEdge, start: int, stop: int) -> None:
        with reading(self._engine) as connection:
            headers = self._rows.headers(connection, start, stop)
        full = list(edge.extend(headers))
        self._tiles.put_all(full)
        for path, _ in full:
            self._tiles.drop_partials(path)


def published_ahead(published: int, size: int) -> ReadOnly:
    """The database is older than what the world has seen: a restored backup, or a wrong one."""
    return ReadOnly(
        "published_ahead",
        f"{published} entries are published and the database holds {size}: "
        "restore the newest database; taking entries now would fork the log",
        f"已公布 {published} 条而数据库只有 {size} 条："
        "请恢复最新的数据库；此时接收记录会使账本分叉",
    )
