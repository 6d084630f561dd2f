"""Certificates of removal: what was withheld or erased, on whose order, as a ledger's service says.

A certificate is an envelope of its own payload type over canonical JSON. It holds
no statement but the registrar's enrolment of the key that signs it; the entry that
is gone and the entry that ordered it are shown as headers, each proved in one tree.

That bytes are gone cannot be proved by bytes: this is a promise, which its signer
can be held to.

Source: spec 2 (signed bytes), 3 (erasure), 5 (proofs).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from crypto.canonical import read_canonical, write_canonical
from crypto.envelope import check_members, pae, read_envelope, write_envelope
from crypto.errors import BadSignature, Malformed, Mismatch
from crypto.header import Header, parse_header
from crypto.keys import PrivateKey, PublicKey, read_public_key
from crypto.notation import check_department_id, check_id, check_origin, check_time, read_b64
from crypto.statement import Statement, read_statement
from crypto.tlog_proof import TlogProof, parse_tlog_proof

REMOVAL_TYPE = "application/vnd.zelian.removal.v1+json"
ENROLLED = "zelian.key.enrolled.v1"
KINDS = ("erased", "withheld")

_ENTRY = frozenset({"header", "proof"})
_PARTS = ("enrolment", "order", "target")
_MEMBERS = frozenset({"decided_by", "ground", "issued_at", "kind", "ledger", "ordered_by", "v"}) | {
    *_PARTS
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry in a certificate: its header as it is hashed, and the text of its proof."""

    header: bytes
    proof: str

    def read(self) -> tuple[Header, TlogProof]:
        """Return both as they were written; raise Malformed."""
        return parse_header(self.header), parse_tlog_proof(self.proof)


@dataclass(frozen=True, slots=True)
class Removal:
    """What a certificate says; nothing is verified.

    Args:
        ledger: the origin.
        kind: ``erased`` or ``withheld``.
        issued_at: a T, by the service's clock.
        ordered_by: department that gave the order; ``decided_by``: on whose decision.
        ground: as the order gives it.
        target, order, enrolment: the entries of what is gone, of the order, and of the
            enrolment of the key that signs.
        statement: that enrolment, canonical envelope.
    """

    ledger: str
    kind: Literal["erased", "withheld"]
    issued_at: str
    ordered_by: str
    decided_by: str
    ground: str
    target: Shown
    order: Shown
    enrolment: Shown
    statement: bytes


def sign_removal(removal: Removal, key: PrivateKey) -> bytes:
    """Return the certificate that the holder of *key* signs."""
    payload = write_canonical(
        {
            "decided_by": removal.decided_by,
            "enrolment": _shown(removal.enrolment) | {"statement": removal.statement.decode()},
            "ground": removal.ground,
            "issued_at": removal.issued_at,
            "kind": removal.kind,
            "ledger": removal.ledger,
            "order": _shown(removal.order),
            "ordered_by": removal.ordered_by,
            "target": _shown(removal.target),
            "v": 1,
        }
    )
    signature = key.sign(pae(REMOVAL_TYPE, payload))
    return write_envelope(payload, REMOVAL_TYPE, [(key.key_id, signature)])


def open_removal(raw: bytes) -> Removal:
    """Return what a certificate says once the key that its enrolment brings has signed it.

    Whether that enrolment, and the rest, is in the ledger is for the proofs to show.

    Raises:
        TooLarge, Malformed: no certificate in its one form.
        Mismatch: not signed by the key that the enrolment brings.
        BadSignature: that key did not sign this.
    """
    payload, signatures = read_envelope(raw, REMOVAL_TYPE)
    removal = _read(payload)
    key = _enrolled_key(read_statement(removal.statement))
    if [key_id for key_id, _ in signatures] != [key.key_id]:
        raise Mismatch(
            "it is not signed by the key whose enrolment it holds, and by no other",
            "签名者并非（仅为）其所附登记的密钥",
            "/signatures",
        )
    try:
        key.verify(signatures[0][1], pae(REMOVAL_TYPE, payload))
    except BadSignature as error:
        raise BadSignature(error.en, error.zh, "/signatures/0/sig") from None
    return removal


def _enrolled_key(statement: Statement) -> PublicKey:
    """The key of a system, which is what a service signs with."""
    data = statement.data
    if statement.type != ENROLLED or "holder" in data:
        raise Malformed(
            "/enrolment/statement does not enrol a system's key",
            "/enrolment/statement 并非系统密钥的登记",
            "/enrolment/statement",
        )
    return read_public_key(read_b64(data.get("public_key"), "/enrolment/statement"))


def _shown(entry: Shown) -> dict[str, Any]:
    return {"header": entry.header.decode(), "proof": entry.proof}


def _read(payload: bytes) -> Removal:
    value = read_canonical(payload)
    if not isinstance(value, dict):
        raise Malformed("a certificate is a JSON object", "证书内容应为 JSON 对象")
    check_members(value, _MEMBERS, "")
    if value["kind"] not in KINDS or type(value["v"]) is not int or value["v"] != 1:
        raise Malformed("/kind or /v is none that is known", "/kind 或 /v 不是已知的值", "/kind")
    enrolment = _object(value, "enrolment", _ENTRY | {"statement"})
    return Removal(
        ledger=check_origin(value["ledger"], "/ledger"),
        kind=cast(Literal["erased", "withheld"], value["kind"]),
        issued_at=check_time(value["issued_at"], "/issued_at"),
        ordered_by=check_department_id(value["ordered_by"], "/ordered_by"),
        decided_by=check_department_id(value["decided_by"], "/decided_by"),
        ground=check_id(value["ground"], "/ground"),
        target=_entry(_object(value, "target", _ENTRY)),
        order=_entry(_object(value, "order", _ENTRY)),
        enrolment=_entry(enrolment),
        statement=enrolment["statement"].encode(),
    )


def _object(value: Mapping[str, Any], name: str, members: frozenset[str]) -> dict[str, str]:
    found = value[name]
    if not isinstance(found, dict):
        raise Malformed(f"/{name} must be an object", f"/{name} 应为对象", f"/{name}")
    check_members(found, members, f"/{name}")
    if not all(isinstance(text, str) for text in found.values()):
        raise Malformed(f"/{name} must hold texts", f"/{name} 的成员应为文本", f"/{name}")
    return found


def _entry(members: Mapping[str, str]) -> Shown:
    return Shown(members["header"].encode(), members["proof"])
