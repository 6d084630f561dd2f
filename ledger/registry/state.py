"""The state of departments, posts and keys, always "as of an index".

The registry is the fold of the log's entries, in order. It only grows: every
record keeps its earlier versions with the index at which each came, so that one
registry answers for the newest index and for every older one, and a reader that
asks at an older index never notices an entry being folded in. It judges nothing:
what it is given was judged before. No clock, disk or socket is touched.

Units: ``at`` is an index, and the state at *i* is the fold of entries 0 … i - 1;
None means everything folded so far. ``recorded_at`` is the T of the entry that is
judged at that index.

One thread folds; any number may ask meanwhile. Every version is put in its place
before ``size`` moves, and a question without ``at`` reads ``size`` first.

Source: spec 8 (identity), spec 9.1 (registry events).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from crypto.keys import PublicKey, read_public_key
from ledger.registry.records import (
    APPOINTED,
    ENROLLED,
    OPENED,
    PEERED,
    REGISTERED,
    REGISTRAR,
    REGISTRAR_DEPARTMENT,
    RELEASED,
    REVOKED,
    Appointment,
    Department,
    KeyRecord,
    Opening,
    Peer,
    appointment_of,
    department_of,
    key_of,
    opening_of,
    peer_of,
    registrar_key_of,
)

Record = TypeVar("Record", Appointment, Department, KeyRecord, Opening, Peer)
History = tuple[tuple[int, Record], ...]  # (index of the entry, the version), oldest first


class Registry:
    """A fold of entries; see the module's docstring for what ``at`` means."""

    def __init__(self) -> None:
        self._size = 0
        self._recorded_at = ""
        self._opening: History[Opening] = ()
        self._departments: dict[str, History[Department]] = {
            REGISTRAR: ((-1, REGISTRAR_DEPARTMENT),)
        }
        self._appointments: dict[str, History[Appointment]] = {}
        self._posts: dict[tuple[str, str], tuple[str, ...]] = {}  # of whom: appointment ids
        self._places: dict[str, tuple[str, ...]] = {}  # by official: departments, first ones first
        self._keys: dict[str, History[KeyRecord]] = {}
        self._peers: dict[str, History[Peer]] = {}
        self._registrar_keys: tuple[str, ...] = ()
        self._public_keys: dict[str, PublicKey] = {}

    # Folding

    def apply(self, index: int, recorded_at: str, event: Mapping[str, Any]) -> None:
        """Fold the registry event of entry *index*; the entries before it that are
        not folded yet are taken to hold no registry event.

        Args:
            index: ``size`` or more.
            recorded_at: T of the entry, not before that of the registry entry before.
            event: an event of one of the types of spec 9.1 that was judged.

        Raises:
            ValueError: out of order, of another type, or never admissible here.
        """
        if index < self._size or recorded_at < self._recorded_at:
            raise ValueError(f"entry {index} of {recorded_at} is out of order at {self._size}")
        fold = _FOLDS.get(event["type"])
        if fold is None:
            raise ValueError(f"{event['type']!r} is no registry event: use advance()")
        fold(self, index, event)
        self._recorded_at = recorded_at
        self._size = index + 1

    def advance(self, size: int) -> None:
        """Take the entries up to *size* as folded: none of them is a registry event.

        Raises:
            ValueError: *size* is less than what is folded already.
        """
        if size < self._size:
            raise ValueError(f"{self._size} entries are folded, more than {size}")
        self._size = size

    def _open(self, index: int, event: Mapping[str, Any]) -> None:
        if index != 0:
            raise ValueError(f"entry {index} opens a ledger that entry 0 opened")
        opening = opening_of(event)
        for spki in opening.registrar_keys:
            self._enrol(index, registrar_key_of(spki))
        self._opening = ((index, opening),)

    def _register(self, index: int, event: Mapping[str, Any]) -> None:
        record = department_of(event, index)
        _add(self._departments, record.department, index, record)

    def _appoint(self, index: int, event: Mapping[str, Any]) -> None:
        record = appointment_of(event, index)
        _add(self._appointments, record.appointment, index, record)
        whose = (record.department, record.appointee)
        if whose not in self._posts:
            department, official = whose
            self._places[official] = (*self._places.get(official, ()), department)
        self._posts[whose] = (*self._posts.get(whose, ()), record.appointment)

    def _release(self, index: int, event: Mapping[str, Any]) -> None:
        data = event["data"]
        known = _newest(self._appointments, data["appointment"])
        ends = data["ends"] if known.ends is None else min(known.ends, data["ends"])
        record = replace(known, ends=ends, released_at=index)
        self._appointments[known.appointment] += ((index, record),)

    def _enrol_event(self, index: int, event: Mapping[str, Any]) -> None:
        self._enrol(index, key_of(event, index))

    def _enrol(self, index: int, record: KeyRecord) -> None:
        public = read_public_key(record.spki)
        _add(self._keys, record.key_id, index, record)
        self._public_keys[record.key_id] = public
        if record.department == REGISTRAR:
            self._registrar_keys += (record.key_id,)

    def _revoke(self, index: int, event: Mapping[str, Any]) -> None:
        data = event["data"]
        known = _newest(self._keys, data["keyid"])
        if known.revoked_at is not None:
            raise ValueError(f"key {known.key_id} is revoked already: this was never admitted")
        record = replace(known, revoked_at=index, reason=data["reason"], since=data.get("since"))
        self._keys[known.key_id] += ((index, record),)

    def _peer(self, index: int, event: Mapping[str, Any]) -> None:
        record = peer_of(event, index)
        self._peers[record.origin] = (*self._peers.get(record.origin, ()), (index, record))

    # Asking

    @property
    def size(self) -> int:
        """How many entries are folded."""
        return self._size

    @property
    def public_keys(self) -> Mapping[str, PublicKey]:
        """Every key ever enrolled, by key id, to verify with; it grows as entries come.

        That a key is here says nothing of whether it may speak.
        """
        return self._public_keys

    def opening(self, at: int | None = None) -> Opening | None:
        """Return what entry 0 laid down, or None at index 0."""
        return _latest(self._opening, self._size if at is None else at)

    @property
    def origin(self) -> str:
        """Origin of the ledger. Raises LookupError before entry 0 is folded."""
        return self._opened().origin

    @property
    def log_key(self) -> str:
        """The log's vkey text. Raises LookupError before entry 0 is folded."""
        return self._opened().log_key

    @property
    def threshold(self) -> int:
        """How many registrars must sign. Raises LookupError before entry 0 is folded."""
        return self._opened().threshold

    @property
    def commitment(self) -> str:
        """The chain commitment, hex. Raises LookupError before entry 0 is folded."""
        return self._opened().commitment

    def department(self, department: str, at: int | None = None) -> Department | None:
        """Return the department that is known by this id, or None."""
        at = self._size if at is None else at
        return _latest(self._departments.get(department, ()), at)

    def appointment(self, appointment: str, at: int | None = None) -> Appointment | None:
        """Return the appointment of this id with the releases known at *at*, or None."""
        at = self._size if at is None else at
        return _latest(self._appointments.get(appointment, ()), at)

    def key(self, key_id: str, at: int | None = None) -> KeyRecord | None:
        """Return the key enrolled under this id, revoked or not as known at *at*, or None."""
        at = self._size if at is None else at
        return _latest(self._keys.get(key_id, ()), at)

    def peer(self, origin: str, at: int | None = None) -> Peer | None:
        """Return the peer of this origin as it was registered last, or None."""
        return _latest(self._peers.get(origin, ()), self._size if at is None else at)

    def peers(self, at: int | None = None) -> tuple[Peer, ...]:
        """Return every peer ever registered, in the order in which they first came."""
        return _all(self._peers, self._size if at is None else at)

    def posts(
        self, department: str, official: str, at: int | None = None
    ) -> tuple[Appointment, ...]:
        """Return every post that the official ever had there, in force or not, oldest first."""
        at = self._size if at is None else at
        found = [
            _latest(self._appointments[appointment], at)
            for appointment in self._posts.get((department, official), ())
        ]
        return tuple([post for post in found if post is not None])

    def posts_held(
        self, department: str, official: str, at: int | None, recorded_at: str
    ) -> tuple[Appointment, ...]:
        """Return the posts in which the official is, for an entry at *at*, oldest first."""
        at = self._size if at is None else at
        held = []
        for appointment in self._posts.get((department, official), ()):
            post = _latest(self._appointments[appointment], at)
            if post is not None and post.is_held(recorded_at):
                held.append(post)
        return tuple(held)

    def departments(self, at: int | None = None) -> tuple[Department, ...]:
        """Return every department, the registrar first, then in the order of registration."""
        return _all(self._departments, self._size if at is None else at)

    def appointments(self, at: int | None = None) -> tuple[Appointment, ...]:
        """Return every post ever given, in that order."""
        return _all(self._appointments, self._size if at is None else at)

    def keys(self, at: int | None = None) -> tuple[KeyRecord, ...]:
        """Return every key ever enrolled, revoked or not as known at *at*, in that order."""
        return _all(self._keys, self._size if at is None else at)

    def departments_of(self, official: str, at: int | None = None) -> tuple[str, ...]:
        """Return the departments in which the official ever had a post."""
        at = self._size if at is None else at
        found = self._places.get(official, ())
        return tuple([one for one in found if self.posts(one, official, at)])

    def live_registrar_keys(self, at: int | None, recorded_at: str) -> tuple[str, ...]:
        """Return the key ids that can speak as the registrar for an entry at *at*."""
        at = self._size if at is None else at
        found = ((key_id, self.key(key_id, at)) for key_id in self._registrar_keys)
        return tuple(
            key_id for key_id, key in found if key is not None and key.is_live(recorded_at)
        )

    def _opened(self) -> Opening:
        if not self._opening:
            raise LookupError("entry 0 is not folded yet")
        return self._opening[0][1]


def _latest(history: History[Record], at: int) -> Record | None:
    """Return the newest version that came before index *at*."""
    for index, record in reversed(history):
        if index < at:
            return record
    return None


def _all(histories: Mapping[str, History[Record]], at: int) -> tuple[Record, ...]:
    """Return the newest version before *at* of each thing, in the order in which they came."""
    found = [_latest(history, at) for history in list(histories.values())]
    return tuple([record for record in found if record is not None])


def _newest(histories: Mapping[str, History[Record]], name: str) -> Record:
    """Return the newest version of a thing that must be known."""
    if name not in histories:
        raise ValueError(f"{name!r} is not known: the event was never admitted")
    return histories[name][-1][1]


def _add(histories: dict[str, History[Record]], name: str, index: int, record: Record) -> None:
    """Put in a new thing; one that is known already is never overwritten."""
    if name in histories:
        raise ValueError(f"{name!r} is known already: the event was never admitted")
    histories[name] = ((index, record),)


_FOLDS: dict[str, Callable[[Registry, int, Mapping[str, Any]], None]] = {
    OPENED: Registry._open,
    REGISTERED: Registry._register,
    APPOINTED: Registry._appoint,
    RELEASED: Registry._release,
    ENROLLED: Registry._enrol_event,
    REVOKED: Registry._revoke,
    PEERED: Registry._peer,
}
