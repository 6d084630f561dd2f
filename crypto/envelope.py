"""Decide what a signed envelope is: DSSE v1 in its one canonical form.

Statements and sign-ins are both envelopes and differ in payload type. Nothing
here looks into a payload or knows a key.

An envelope is decoded, written again and compared, which decides all of its form
at once; :func:`_refuse` only finds the words for what was not equal.

Sizes in bytes.

Source: spec 2 and 6; DSSE v1 (protocol and envelope).
"""

from collections.abc import Iterable, Mapping, Set
from typing import NoReturn, TypeAlias

import msgspec

from crypto.canonical import read_canonical
from crypto.errors import Malformed, TooLarge
from crypto.notation import check_hex32, read_b64

MAX_BODY = 131_072  # of an envelope
MAX_EVENT = 49_152  # of its payload, decoded

Signature: TypeAlias = tuple[str, bytes]  # a key id (64 hex digits) and the signature


class _SignatureText(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A signature as JSON holds it, ``sig`` in base64."""

    keyid: str
    sig: bytes


class _EnvelopeText(msgspec.Struct, forbid_unknown_fields=True):
    """An envelope as JSON holds it, members in canonical order, ``payload`` in base64."""

    payload: bytes
    payloadType: str
    signatures: list[_SignatureText]


_decode = msgspec.json.Decoder(_EnvelopeText).decode
_encode = msgspec.json.Encoder().encode


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that are signed: DSSE's pre-authentication encoding."""
    name = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def write_envelope(payload: bytes, payload_type: str, signatures: Iterable[Signature]) -> bytes:
    """Return the canonical envelope, signatures as they come, key ids in hex."""
    texts = [_SignatureText(key_id, signature) for key_id, signature in signatures]
    return _encode(_EnvelopeText(payload, payload_type, texts))


def read_envelope(raw: bytes, payload_type: str) -> tuple[bytes, tuple[Signature, ...]]:
    """Return payload and signatures of a canonical envelope of *payload_type*.

    The payload is not looked into, and key ids are whatever the envelope says.

    Raises:
        TooLarge: more than 131,072 bytes, or 49,152 of payload.
        Malformed: any other form than :func:`write_envelope` gives.
    """
    if len(raw) > MAX_BODY:
        raise TooLarge(
            f"{len(raw):,} bytes of body; at most {MAX_BODY:,} are read",
            f"请求体 {len(raw):,} 字节，最多 {MAX_BODY:,} 字节",
        )
    try:
        text = _decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        _refuse(raw, payload_type)
    # The decoder takes members in any order or twice, spaces, escapes and spare base64 bits.
    if len(text.payload) > MAX_EVENT or text.payloadType != payload_type or _encode(text) != raw:
        _refuse(raw, payload_type)
    return text.payload, tuple([(x.keyid, x.sig) for x in text.signatures])


def _refuse(raw: bytes, payload_type: str) -> NoReturn:
    """Find what is wrong with an envelope that is not as it would be written."""
    envelope = read_canonical(raw)
    if not isinstance(envelope, dict):
        raise Malformed("an envelope is a JSON object", "信封应为 JSON 对象")
    payload = read_b64(envelope.get("payload"), "/payload")
    if len(payload) > MAX_EVENT:
        raise TooLarge(
            f"{len(payload):,} bytes of event; at most {MAX_EVENT:,} are read",
            f"事件 {len(payload):,} 字节，最多 {MAX_EVENT:,} 字节",
            "/payload",
        )
    check_members(envelope, {"payload", "payloadType", "signatures"}, "")
    if envelope["payloadType"] != payload_type:
        raise Malformed(
            f"/payloadType must be {payload_type}",
            f"/payloadType 应为 {payload_type}",
            "/payloadType",
        )
    signatures = envelope["signatures"]
    if not isinstance(signatures, list):
        raise Malformed("/signatures must be a list", "/signatures 应为数组", "/signatures")
    for position, signature in enumerate(signatures):
        at = f"/signatures/{position}"
        if not isinstance(signature, dict):
            raise Malformed(f"{at} must be an object", f"{at} 应为对象", at)
        check_members(signature, {"keyid", "sig"}, at)
        check_hex32(signature["keyid"], f"{at}/keyid")
        read_b64(signature["sig"], f"{at}/sig")
    raise Malformed("not a canonical envelope", "不是规范形式的信封")


def check_members(value: Mapping[str, object], names: Set[str], pointer: str) -> None:
    """Raise unless the object at *pointer* has exactly *names*."""
    for name in sorted(names - value.keys()):
        at = f"{pointer}/{name}"
        raise Malformed(f"{at} is missing", f"缺少 {at}", at)
    for name in sorted(value.keys() - names):
        at = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
        shown = at[:80]  # the sender chose the name, and its length
        raise Malformed(
            f"{shown} is not listed: leave it out", f"{shown} 不在所列成员中：请删去", at
        )
