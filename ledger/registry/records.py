"""What the registry knows of a department, a post, a key and the opening of a ledger.

Each record is immutable and is read from one registry event that was judged
before: nothing is checked here but what cannot be read at all. No clock, disk
or socket is touched.

Units: an *index* counts entries from 0; a T is text of fixed width, so that the
order of the texts is the order of the instants; a key id is 64 hex digits.

Source: spec 8 (identity), spec 9.1 (registry events).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crypto.errors import Malformed
from crypto.keys import key_id_of
from crypto.notation import read_b64
from crypto.note import ED25519, parse_vkey
from crypto.policy import Policy, parse_policy

OPENED = "zelian.ledger.opened.v1"
REGISTERED = "zelian.department.registered.v1"
APPOINTED = "zelian.official.appointed.v1"
RELEASED = "zelian.official.released.v1"
ENROLLED = "zelian.key.enrolled.v1"
REVOKED = "zelian.key.revoked.v1"
PEERED = "zelian.peer.registered.v1"

REGISTRAR = "registrar"  # the department that is known from the start (spec 8)


@dataclass(frozen=True, slots=True)
class Opening:
    """What entry 0 laid down for good.

    ``registrar_keys`` are SPKIs in the order in which the event lists them;
    ``log_key`` is the vkey text and ``log_key_id`` the key id of that key, by
    which it is refused when somebody tries to enrol it.
    """

    origin: str
    log_key: str
    log_key_id: str
    commitment: str
    registrar_keys: tuple[bytes, ...]
    threshold: int


@dataclass(frozen=True, slots=True)
class Department:
    """A department; ``kind`` is None for the registrar, whose ``registered_at`` is -1."""

    department: str
    kind: str | None
    name_zh: str
    name_en: str | None
    region: str | None
    level: str | None
    registered_at: int


@dataclass(frozen=True, slots=True)
class Appointment:
    """One post of one official: in force for ``starts`` <= recorded_at < ``ends``.

    A release brings ``ends`` forward and never back, which is all that it does:
    it is known only from its own index on, and where its ``ends`` lies before
    that, every later entry is recorded after it. ``released_at`` is the index of
    the latest release.
    """

    appointment: str
    appointee: str
    department: str
    unit: str | None
    post: str
    tiers: frozenset[str]
    duty: str | None
    acting: bool
    starts: str
    ends: str | None
    appointed_at: int
    released_at: int | None = None

    def is_held(self, recorded_at: str) -> bool:
        """Whether an entry recorded at this T falls into the time in post."""
        return self.starts <= recorded_at and (self.ends is None or recorded_at < self.ends)


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key enrolled once, for one department and one holder (None: a system's key).

    ``enrolled_at`` and ``revoked_at`` are indexes; ``expires`` and ``since`` are T.
    """

    key_id: str
    spki: bytes
    department: str
    holder: str | None
    enrolled_at: int
    expires: str | None
    revoked_at: int | None = None
    reason: str | None = None
    since: str | None = None

    def is_live(self, recorded_at: str) -> bool:
        """Whether this version of the key may sign an entry recorded at this T."""
        return self.revoked_at is None and not self.has_expired(recorded_at)

    def has_expired(self, recorded_at: str) -> bool:
        """Whether this T is the key's ``expires`` or later."""
        return self.expires is not None and recorded_at >= self.expires


@dataclass(frozen=True, slots=True)
class Peer:
    """Another ledger, and by which policy its receipts are judged; None: by none any more.

    ``registered_at`` is the index of the entry that said so last.
    """

    origin: str
    policy: Policy | None
    registered_at: int


REGISTRAR_DEPARTMENT = Department(REGISTRAR, None, "登记机关", "Registrar", None, None, -1)


def opening_of(event: Mapping[str, Any]) -> Opening:
    """Read what a ``ledger.opened`` event, right by its schema, lays down.

    Raises:
        Malformed: ``log_key`` is no vkey of an Ed25519 key, its name or ``origin``
            is not the ledger that the event is said to, or a registrar key is no b64.
    """
    data = event["data"]
    origin: str = event["ledger"]
    if data["origin"] != origin:
        raise Malformed(
            f"entry 0 opens {data['origin']!r} and is said to ledger {origin!r}: make them equal",
            f"开账陈述的 origin 为 {data['origin']!r}，而 ledger 为 {origin!r}：两者须一致",
            "/data/origin",
        )
    keys = (read_b64(b, f"/data/registrar_keys/{n}") for n, b in enumerate(data["registrar_keys"]))
    return Opening(
        origin=origin,
        log_key=data["log_key"],
        log_key_id=_log_key_id(data["log_key"], origin),
        commitment=data["chain_commitment"],
        registrar_keys=tuple(keys),
        threshold=data["registrar_threshold"],
    )


def _log_key_id(log_key: str, origin: str) -> str:
    """Return the key id that the log's key would have if it were enrolled."""
    vkey = parse_vkey(log_key)
    if vkey.name != origin or vkey.algorithm != ED25519:
        raise Malformed(
            f"log_key must be an Ed25519 vkey of the name {origin!r}",
            f"log_key 须是名称为 {origin!r} 的 Ed25519 vkey",
            "/data/log_key",
        )
    return vkey.key.key_id


def department_of(event: Mapping[str, Any], index: int) -> Department:
    """Read the department that a judged ``department.registered`` event registers."""
    data = event["data"]
    return Department(
        department=data["department"],
        kind=data["kind"],
        name_zh=data["name"]["zh"],
        name_en=data["name"].get("en"),
        region=data.get("region"),
        level=data.get("level"),
        registered_at=index,
    )


def peer_of(event: Mapping[str, Any], index: int) -> Peer:
    """Read the peer that a judged ``peer.registered`` event registers."""
    data = event["data"]
    policy = parse_policy(data["policy"]) if "policy" in data else None
    return Peer(data["origin"], policy, index)


def appointment_of(event: Mapping[str, Any], index: int) -> Appointment:
    """Read the post that a judged ``official.appointed`` event gives."""
    data = event["data"]
    return Appointment(
        appointment=data["appointment"],
        appointee=data["appointee"],
        department=data["department"],
        unit=data.get("unit"),
        post=data["post"],
        tiers=frozenset(data["tiers"]),
        duty=data.get("duty"),
        acting=data.get("acting", False),
        starts=data["starts"],
        ends=data.get("ends"),
        appointed_at=index,
    )


def key_of(event: Mapping[str, Any], index: int) -> KeyRecord:
    """Read the key that a judged ``key.enrolled`` event enrols."""
    data = event["data"]
    spki = read_b64(data["public_key"], "/data/public_key")
    return KeyRecord(
        key_id=key_id_of(spki),
        spki=spki,
        department=data["department"],
        holder=data.get("holder"),
        enrolled_at=index,
        expires=data.get("expires"),
    )


def registrar_key_of(spki: bytes) -> KeyRecord:
    """Return the record of a key that entry 0 lists."""
    return KeyRecord(key_id_of(spki), spki, REGISTRAR, None, 0, None)
