"""Prepare events to be signed, show them in plain words, and sign them.

What is signed is looked at first: an event that the ledger would refuse for its
form is not signed. Several people may sign in several places: an envelope that
still lacks signatures travels between them, or each signs the event and the
envelopes are put together.

Only bytes and keys pass through here; what is sent where is for others.

Source: spec 1, spec 2.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.drafting import CONSTANTS, new_id, now
from cli.failures import usage
from cli.output import json_text, local_time
from cli.speech import pick
from crypto.errors import CryptoError, Malformed
from crypto.keys import PrivateKey
from crypto.statement import (
    Signature,
    assemble,
    prepare_event,
    read_partial,
    sign_payload,
    write_event,
)
from ledger.errors import Refused
from ledger.events.forbidden import check_forbidden
from ledger.events.types import event_type

_SHOWN_APART = ("refs", "parents", "signers")


@dataclass(frozen=True, slots=True)
class ToSign:
    """Canonical event bytes and the signatures that there are already."""

    payload: bytes
    signatures: tuple[Signature, ...] = ()

    @property
    def event(self) -> dict[str, Any]:
        """The event, parsed."""
        event: dict[str, Any] = json.loads(self.payload)
        return event

    @property
    def missing(self) -> list[str]:
        """Key ids of the signers that have not signed yet, ascending."""
        signed = {key_id for key_id, _ in self.signatures}
        return [key_id for key_id in self.event["data"]["signers"] if key_id not in signed]

    def envelope(self) -> bytes:
        """Return the statement, or the partial one."""
        return assemble(self.payload, self.signatures)


def read_json_object(raw: bytes, name: str) -> dict[str, Any]:
    """Return the JSON object that a person wrote in *raw*; *name* is the file's.

    Raises:
        Failure: it is no JSON object, or has a member twice.
    """
    try:
        value = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise usage(
            f"{name} is not JSON ({error}): correct it",
            f"{name} 不是 JSON（{error}）：请更正",
        ) from None
    if not isinstance(value, dict):
        raise usage(f"{name} must hold one JSON object", f"{name} 应为一个 JSON 对象")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def is_envelope(value: Mapping[str, Any]) -> bool:
    """Tell an envelope, perhaps a partial one, from an event."""
    return "payloadType" in value


def fill(
    event: Mapping[str, Any], ledger: str | None, signers: Iterable[str]
) -> tuple[bytes, list[str]]:
    """Return the canonical event with what was absent filled in, and the names of that.

    Args:
        event: as a person wrote it; it is not changed.
        ledger: origin to fill in, if it is known.
        signers: key ids to fill in where the event lists none.

    Raises:
        Failure: the event says no ledger and none is known.
        Malformed: beyond the JSON limits.
    """
    filled = {name: value for name, value in CONSTANTS.items() if name not in event}
    if "id" not in event:
        filled["id"] = new_id()
    if "time" not in event:
        filled["time"] = now()
    if "ledger" not in event:
        if ledger is None:
            raise usage(
                "the event says no ledger: add the member ledger, or give --ledger ORIGIN",
                "事件未写明账本：请补上 ledger，或给出 --ledger 账本名",
            )
        filled["ledger"] = ledger
    names = sorted(filled)
    whole = {**event, **filled}
    data = whole.get("data")
    if isinstance(data, dict) and "signers" not in data:
        return prepare_event(whole, signers), [*names, "data.signers"]
    return write_event(whole), names


def check_sound(payload: bytes) -> None:
    """Refuse an event that the ledger would refuse for its form, whoever signs it.

    Raises:
        Refused: with the code that the ledger would give.
    """
    try:
        read_partial(assemble(payload, ()))
    except Malformed as error:
        raise Refused("malformed", error.en, error.zh, error.pointer) from None
    event = json.loads(payload)
    event_type(event["type"]).check(event)
    check_forbidden(event)


def merge(parts: Sequence[ToSign]) -> ToSign:
    """Put signatures on one event, made in several places, together.

    Raises:
        Failure: the parts are of different events.
    """
    if len({part.payload for part in parts}) != 1:
        raise usage(
            "these files hold different events: only signatures on one event can be put together",
            "这些文件中的事件不同：只能合并同一事件上的签名",
        )
    signatures: dict[str, bytes] = {}
    for part in parts:
        signatures |= dict(part.signatures)
    return ToSign(parts[0].payload, tuple(sorted(signatures.items())))


def add_signatures(part: ToSign, keys: Sequence[PrivateKey]) -> ToSign:
    """Sign with *keys*, each of which must be among the event's signers.

    Raises:
        Failure: a key is not.
    """
    signers = part.event["data"]["signers"]
    for key in keys:
        if key.key_id not in signers:
            raise usage(
                f"key {key.key_id} is not among the event's data.signers: "
                "sign with a key that is, or take signers out of the event",
                f"密钥 {key.key_id} 不在事件的 data.signers 中：请改用其中的密钥，"
                "或从事件中去掉 signers",
            )
    made = dict(part.signatures) | dict(sign_payload(part.payload, key) for key in keys)
    return ToSign(part.payload, tuple(sorted(made.items())))


def in_plain_words(payload: bytes, keys: Sequence[PrivateKey]) -> list[tuple[str, str]]:
    """Return what a signer is about to say, as rows of a label and a text."""
    event = json.loads(payload)
    kind = event_type(event["type"])
    data = event["data"]
    official = event.get("official")
    tier = f" ({event['tier']})" if "tier" in event else ""
    rows = [
        (pick("You sign", "你将签署"), f"{pick(kind.label_en, kind.label_zh)}  {kind.name}"),
        (pick("to ledger", "账本"), event["ledger"]),
        (pick("for department", "部门"), event["source"].removeprefix("/departments/")),
        (pick("official", "人员"), f"{official}{tier}" if official else pick("none", "无")),
        (pick("about", "事项"), event["subject"]),
        (pick("happened at", "发生时间"), local_time(event["time"])),
    ]
    rows += [(f"  {name}", str(value)) for name, value in data["refs"].items()]
    rows += [
        (f"  {name}", value if isinstance(value, str) else json_text(value))
        for name, value in data.items()
        if name not in _SHOWN_APART
    ]
    rows.append((pick("relies on", "依据"), _parents(data["parents"])))
    rows.append((pick("with keys", "使用密钥"), "  ".join(key.key_id[:16] for key in keys)))
    rows.append((pick("SHA-256 of it", "事件摘要"), hashlib.sha256(payload).hexdigest()))
    return rows


def _parents(parents: Sequence[str]) -> str:
    if not parents:
        return pick("no earlier statement", "无在前陈述")
    return "  ".join(parent[:16] for parent in parents)


def read_to_sign(raw: bytes, name: str) -> ToSign | dict[str, Any]:
    """Return the partial statement in *raw*, or the event that a person wrote there.

    Raises:
        Failure: it is neither, or a partial statement that is not in its one form.
    """
    value = read_json_object(raw, name)
    if not is_envelope(value):
        return value
    try:
        payload, signatures = read_partial(raw.strip())
    except CryptoError as error:
        raise usage(
            f"{name} is no partial statement: {error.en}",
            f"{name} 不是待补签的陈述：{error.zh}",
        ) from None
    return ToSign(payload, signatures)
