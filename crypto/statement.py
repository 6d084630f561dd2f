"""Decide what a statement is: an event in the one envelope that its signers signed.

Reading answers the first two rows of the order of checks, ``too_large`` and
``malformed``, whole and nothing more: who signs, of which ledger the event
speaks and what its type demands are judged elsewhere. No clock, key store or
ledger is touched.

Units: sizes in bytes; digests are 32 bytes, key ids 64 hex digits.

Source: spec 1, 2 and 6; DSSE v1 (protocol).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import msgspec

from crypto.canonical import read_canonical, write_canonical
from crypto.envelope import (
    MAX_BODY,
    MAX_EVENT,
    Signature,
    check_members,
    pae,
    read_envelope,
    write_envelope,
)
from crypto.errors import BadSignature, Malformed
from crypto.keys import PrivateKey, PublicKey
from crypto.notation import HEX32, check_hex32, check_id, check_source, check_time

__all__ = [
    "MAX_BODY",
    "MAX_EVENT",
    "MAX_PARENTS",
    "MAX_SIGNERS",
    "PAYLOAD_TYPE",
    "TIERS",
    "Signature",
    "Statement",
    "assemble",
    "pae",
    "prepare_event",
    "read_partial",
    "read_statement",
    "sign_payload",
    "sign_statement",
    "verify_payload",
    "verify_signatures",
    "write_event",
]

PAYLOAD_TYPE = "application/vnd.zelian.event.v1+json"
MAX_PARENTS = 64
MAX_SIGNERS = 8
TIERS = frozenset(
    {
        "handler",
        "reviewer",
        "approver",
        "office_head",
        "unit_head",
        "leader_in_charge",
        "principal_leader",
    }
)

_REQUIRED = frozenset(
    {
        "specversion",
        "id",
        "source",
        "ledger",
        "type",
        "subject",
        "time",
        "datacontenttype",
        "data",
    }
)
# Members with one value only.
_CONSTANTS = (("specversion", "1.0"), ("datacontenttype", "application/json"))
_OPTIONAL = frozenset({"notafter", "official", "tier"})
# Canonical members are sorted, so an event has one of these six rows of names.
_ROWS = frozenset(
    tuple(sorted(_REQUIRED.union(some)))
    for some in (
        (),
        ("notafter",),
        ("official",),
        ("notafter", "official"),
        ("official", "tier"),
        ("notafter", "official", "tier"),
    )
)


class Statement(msgspec.Struct, frozen=True):
    """A statement that was read: well formed, and not yet believed.

    ``envelope`` are its bytes, ``digest`` their SHA-256, ``payload`` the
    canonical event, ``event`` the same parsed (not to be changed),
    ``signatures`` pairs of key id and signature, in the order of the signers.
    """

    envelope: bytes
    digest: bytes
    payload: bytes
    event: dict[str, Any]
    signatures: tuple[Signature, ...]

    @property
    def source(self) -> str:
        """The department id that speaks."""
        source: str = self.event["source"]
        return source[len("/departments/") :]

    @property
    def id(self) -> str:
        """The event's id, unique per source."""
        return str(self.event["id"])

    @property
    def type(self) -> str:
        """The full type name; any string until it was checked."""
        return str(self.event["type"])

    @property
    def ledger(self) -> str:
        """The origin to which it is said; any string until it was checked."""
        return str(self.event["ledger"])

    @property
    def subject(self) -> str:
        """The chain name that it is about; any string until it was checked."""
        return str(self.event["subject"])

    @property
    def official(self) -> str | None:
        """The pseudonym of the official who acts, if one does."""
        return self.event.get("official")

    @property
    def tier(self) -> str | None:
        """One of :data:`TIERS`, if given."""
        return self.event.get("tier")

    @property
    def time(self) -> str:
        """T, when it happened, as claimed."""
        return str(self.event["time"])

    @property
    def notafter(self) -> str | None:
        """T after which it must not be recorded, if given."""
        return self.event.get("notafter")

    @property
    def data(self) -> dict[str, Any]:
        """The event's data; of its members only the next three were checked."""
        data: dict[str, Any] = self.event["data"]
        return data

    @property
    def refs(self) -> dict[str, Any]:
        """The things it names; an object of anything until it was checked."""
        refs: dict[str, Any] = self.event["data"]["refs"]
        return refs

    @property
    def parents(self) -> list[str]:
        """The statement digests (hex) on which it relies, ascending."""
        parents: list[str] = self.event["data"]["parents"]
        return parents

    @property
    def signers(self) -> list[str]:
        """The key ids that sign, ascending."""
        signers: list[str] = self.event["data"]["signers"]
        return signers


def read_statement(raw: bytes) -> Statement:
    """Return the statement that *raw* writes.

    Raises:
        TooLarge: more than 131,072 bytes, or 49,152 of event.
        Malformed: what the row ``malformed`` of spec 6 refuses; ``pointer``
            points into the event for its members and into the envelope
            (``/payload``, ``/payloadType``, ``/signatures/…``) for its own.
    """
    payload, signatures = read_envelope(raw, PAYLOAD_TYPE)
    event = _read_event(payload)
    _check_signers(event["data"]["signers"], signatures)
    return Statement(raw, hashlib.sha256(raw).digest(), payload, event, signatures)


def read_partial(raw: bytes) -> tuple[bytes, tuple[Signature, ...]]:
    """Return event bytes and signatures of an envelope that still lacks some, or all.

    For signers in different places: what :func:`assemble` wrote of fewer
    signatures. All else is as :func:`read_statement` demands.

    Raises:
        TooLarge: as there.
        Malformed: as there, and a signature by no signer, or out of order.
    """
    payload, signatures = read_envelope(raw, PAYLOAD_TYPE)
    signers = _read_event(payload)["data"]["signers"]
    ids = [key_id for key_id, _ in signatures]
    if ids != [signer for signer in signers if signer in ids]:
        raise Malformed(
            "/signatures must be by the signers of the event, in their order, none twice",
            "/signatures 必须来自事件所列签名者，按其顺序排列且不重复",
            "/signatures",
        )
    return payload, signatures


def verify_signatures(statement: Statement, keys: Mapping[str, PublicKey]) -> None:
    """Raise :class:`BadSignature` unless every signature verifies.

    Args:
        statement: what was read; its signature key ids equal its signers.
        keys: by key id, every signer among them (KeyError otherwise).
    """
    verify_payload(statement.payload, statement.signatures, keys)


def verify_payload(
    payload: bytes, signatures: Iterable[Signature], keys: Mapping[str, PublicKey]
) -> None:
    """Raise :class:`BadSignature` unless each of *signatures* is one on the event *payload*.

    As :func:`verify_signatures`, for those who keep no more of a statement.
    """
    message = pae(PAYLOAD_TYPE, payload)
    for position, (key_id, signature) in enumerate(signatures):
        try:
            keys[key_id].verify(signature, message)
        except BadSignature as error:
            raise BadSignature(error.en, error.zh, f"/signatures/{position}/sig") from None


def write_event(event: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of *event*; :class:`Malformed` beyond the JSON limits."""
    return write_canonical(dict(event))


def prepare_event(event: Mapping[str, Any], key_ids: Iterable[str]) -> bytes:
    """Return the bytes to sign of *event* with *key_ids* as its signers; it is not changed."""
    signers = sorted(key_ids)
    return write_event({**event, "data": {**event["data"], "signers": signers}})


def sign_payload(payload: bytes, key: PrivateKey) -> Signature:
    """Return the key id and signature of *key* on the event *payload*."""
    return key.key_id, key.sign(pae(PAYLOAD_TYPE, payload))


def assemble(payload: bytes, signatures: Iterable[Signature]) -> bytes:
    """Return the envelope of *payload*, signatures in the order of their key ids."""
    return write_envelope(payload, PAYLOAD_TYPE, sorted(signatures))


def sign_statement(event: Mapping[str, Any], keys: Sequence[PrivateKey]) -> bytes:
    """Return the envelope of *event* signed by *keys*, which become its signers.

    *event* is not changed, nor judged beyond the JSON limits: :func:`read_statement`
    judges the outcome.
    """
    payload = prepare_event(event, [key.key_id for key in keys])
    return assemble(payload, [sign_payload(payload, key) for key in keys])


def _read_event(payload: bytes) -> dict[str, Any]:
    """Return the event that *payload* writes; :class:`Malformed` as spec 6 has it."""
    try:
        event: Any = read_canonical(payload)
    except Malformed as error:
        raise Malformed(f"/payload: {error.en}", f"/payload：{error.zh}", "/payload") from None
    if type(event) is not dict:
        raise Malformed("an event is a JSON object", "事件应为 JSON 对象", "/payload")
    if tuple(event) not in _ROWS:
        _refuse_members(event)
    for name, value in _CONSTANTS:
        if event[name] != value:
            raise Malformed(f'/{name} must be "{value}"', f"/{name} 应为 “{value}”", f"/{name}")
    check_id(event["id"], "/id")
    check_source(event["source"], "/source")
    check_time(event["time"], "/time")
    for name in ("ledger", "type", "subject"):
        if type(event[name]) is not str:
            raise Malformed(f"/{name} must be a string", f"/{name} 应为字符串", f"/{name}")
    if len(event) > len(_REQUIRED):
        _check_optional(event)
    _check_data(event["data"])
    return event


def _check_optional(event: dict[str, Any]) -> None:
    """Raise unless those of the optional members that are there are well formed."""
    if "notafter" in event:
        check_time(event["notafter"], "/notafter")
    if "official" in event:
        check_id(event["official"], "/official")
    if "tier" in event:
        tier = event["tier"]
        if type(tier) is not str or tier not in TIERS:
            raise Malformed(
                f"/tier must be one of {', '.join(sorted(TIERS))}",
                f"/tier 应为以下之一：{'、'.join(sorted(TIERS))}",
                "/tier",
            )


def _check_data(data: Any) -> None:
    """Raise unless data is an object with refs an object, parents and signers by section 1."""
    if type(data) is not dict:
        raise Malformed("/data must be an object", "/data 应为对象", "/data")
    if type(data.get("refs")) is not dict:
        raise Malformed("/data/refs must be an object", "/data/refs 应为对象", "/data/refs")
    _check_ascending(data.get("parents"), "/data/parents", 0, MAX_PARENTS)
    _check_ascending(data.get("signers"), "/data/signers", 1, MAX_SIGNERS)


def _check_ascending(values: Any, pointer: str, least: int, most: int) -> None:
    """Raise unless *values* is a list of *least* to *most* hex digests, strictly ascending."""
    if type(values) is not list or not least <= len(values) <= most:
        raise Malformed(
            f"{pointer} must be a list of {least} to {most}",
            f"{pointer} 应为 {least} 至 {most} 项的数组",
            pointer,
        )
    last = ""
    for position, value in enumerate(values):
        if type(value) is not str or HEX32.match(value) is None:
            check_hex32(value, f"{pointer}/{position}")
        if value <= last:
            at = f"{pointer}/{position}"
            raise Malformed(
                f"{at} must be greater than the one before: sort the list, none twice",
                f"{at} 应大于前一项：请排序且不得重复",
                at,
            )
        last = value


def _check_signers(signers: list[str], signatures: tuple[Signature, ...]) -> None:
    """Raise unless exactly the signers sign, in their order."""
    ids = [key_id for key_id, _ in signatures]
    if ids == signers:
        return
    if len(ids) != len(signers):
        raise Malformed(
            f"/signatures holds {len(ids)}, /data/signers {len(signers)}: "
            "exactly the key ids listed there must sign",
            f"/signatures 有 {len(ids)} 项，/data/signers 有 {len(signers)} 项："
            "必须恰由所列密钥签名",
            "/signatures",
        )
    position = next(n for n, (a, b) in enumerate(zip(ids, signers, strict=True)) if a != b)
    at = f"/signatures/{position}/keyid"
    raise Malformed(
        f"{at} must be {signers[position]}, as in /data/signers",
        f"{at} 应为 /data/signers 中的 {signers[position]}",
        at,
    )


def _refuse_members(event: dict[str, Any]) -> NoReturn:
    """Say which top-level member of the event is missing or unlisted."""
    check_members(event, set(_REQUIRED | (_OPTIONAL & event.keys())), "")
    raise Malformed(
        "/tier stands only beside /official", "/tier 只能与 /official 同时出现", "/tier"
    )
