"""The time-stamps that are logged, as far as the log is projected, and the ledger's anchoring."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from crypto.checkpoint import Checkpoint, parse_checkpoint
from crypto.note import parse_note
from crypto.statement import read_statement
from crypto.timestamp import read_roots
from ledger.access.sight import EVERYTHING
from ledger.anchoring.anchor import ANCHORED, Anchor, Stamped, proven_between, read_anchor
from ledger.anchoring.anchoring import Anchoring, Every
from ledger.anchoring.authority import Authority
from ledger.errors import LedgerError
from ledger.projections.query import Query
from ledger.store.engine import reading

if TYPE_CHECKING:
    from ledger.service import Ledger

_MINUTE_MS = 60_000
_PAGE = 1_000


class Anchors:
    """Reads each time-stamp once, and remembers it."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._known: list[Anchor] = []
        self._seen = 0  # entries that were looked through

    def all(self) -> tuple[Anchor, ...]:
        """Return those that are projected, by entry."""
        with self._lock:
            size = self._ledger.look_up.projected()
            if size > self._seen:
                new = [self._read(index) for index in sorted(self._indexes(size))]
                self._known += [one for one in new if one is not None]
                self._seen = size
            return tuple(self._known)

    def newest(self) -> tuple[Anchor | None, int]:
        """Return the newest, and how many are logged from its size on."""
        known = self.all()
        last = max(known, key=lambda one: one.size, default=None)
        own = sum(one.index >= last.size for one in known) if last is not None else 0
        return last, own

    def around(self, index: int) -> Stamped:
        """Return between which time-stamps an entry came."""
        return proven_between(index, self.all())

    def _indexes(self, size: int) -> set[int]:
        query, after = Query(frozenset({f"type/{ANCHORED}"})), None
        found: set[int] = set()
        while True:
            page = self._ledger.look_up.find(EVERYTHING, query, size, after, _PAGE)
            fresh = [index for index in page if index >= self._seen]
            found.update(fresh)
            if len(fresh) < _PAGE:
                return found
            after = page[-1]

    def _read(self, index: int) -> Anchor | None:
        parts = self._ledger.parts
        with reading(parts.engine) as connection:
            envelope = parts.rows.envelope(connection, index)
        if envelope is None:  # erased
            return None
        return read_anchor(index, read_statement(envelope).data, self._ledger.origin)


def open_anchoring(
    ledger: "Ledger", anchors: Anchors, submit: Callable[[bytes], object]
) -> Anchoring:
    """Return what has the head of a ledger stamped, as its settings say.

    Raises:
        LedgerError: there are authorities and no roots of theirs in the home.
    """
    settings, home = ledger.settings, ledger.parts.home
    authorities = [Authority(url) for url in settings.timestamps]
    return Anchoring(
        authorities,
        read_roots(_roots(ledger)) if authorities else (),
        Every(settings.timestamp_minutes * _MINUTE_MS, settings.timestamp_entries),
        lambda: _published(ledger),
        anchors.newest,
        lambda: home.read_key(home.service_key),
        submit,
        ledger.parts.clock,
    )


def _roots(ledger: "Ledger") -> bytes:
    try:
        return ledger.parts.home.timestamp_roots.read_bytes()
    except OSError:
        raise LedgerError(
            "ZELIAN_TIMESTAMPS names authorities, and timestamp-roots.pem is not in the home: "
            "put the certificates there in which theirs end",
            "ZELIAN_TIMESTAMPS 已设置时间戳机构，但主目录中没有 timestamp-roots.pem："
            "请放入其根证书",
        ) from None


def _published(ledger: "Ledger") -> Checkpoint:
    return parse_checkpoint(parse_note(ledger.published()).text)
