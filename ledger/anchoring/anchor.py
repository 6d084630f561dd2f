"""What a time-stamp of the log's head is: what is stamped, what is logged of it, what it proves.

The text of a checkpoint is stamped, without signatures, so that whoever has any note of
that size can check the token. The token is logged as ``anchor.recorded``: every entry
below its size was there at its time, and every entry after its own was not there before.

Source: RFC 3161; spec 8.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from cryptography.x509 import Certificate

from crypto.checkpoint import Checkpoint, format_checkpoint
from crypto.errors import Malformed, Mismatch
from crypto.notation import read_b64, write_b64
from crypto.timestamp import Token, open_token

ANCHORED: Final = "anchor.recorded"
TIMESTAMP: Final = "timestamp"

Members = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Anchor:
    """One time-stamp as it is logged.

    Attributes:
        index: of its own entry.
        size: of the tree that was stamped.
        stamped_at: a T, of the authority's clock.
        authority: its address.
    """

    index: int
    size: int
    stamped_at: str
    authority: str


@dataclass(frozen=True, slots=True)
class Stamped:
    """Between which times the entry came, as time-stamps prove; None: nothing proves it."""

    not_before: Anchor | None
    not_after: Anchor | None


def stamped_bytes(checkpoint: Checkpoint) -> bytes:
    """Return the bytes whose digest an authority gets."""
    return format_checkpoint(checkpoint).encode()


def anchor_members(
    checkpoint: Checkpoint, token: Token, response: bytes, authority: str
) -> dict[str, Any]:
    """Return ``data`` of the statement that logs a token."""
    return {
        "anchored_at": token.stamped_at,
        "anchored_in": authority,
        "checkpoint_sha256": sha256(stamped_bytes(checkpoint)).hexdigest(),
        "kind": TIMESTAMP,
        "origin": checkpoint.origin,
        "proof": write_b64(response),
        "proof_sha256": sha256(response).hexdigest(),
        "root": checkpoint.root.hex(),
        "size": checkpoint.size,
    }


def read_anchor(index: int, data: Members, origin: str) -> Anchor | None:
    """Return the time-stamp that an ``anchor.recorded`` holds; None: it is none of this ledger."""
    if data["kind"] != TIMESTAMP or data["origin"] != origin or "proof" not in data:
        return None
    return Anchor(index, data["size"], data["anchored_at"], data.get("anchored_in", ""))


def verify_anchor(data: Members, roots: Sequence[Certificate]) -> Token:
    """Return what the token in an ``anchor.recorded`` says of its checkpoint.

    Raises:
        Malformed, TooLarge, Untrusted, BadSignature: as :func:`crypto.timestamp.open_token`.
        Mismatch: the statement says something else than its token.
    """
    if data["kind"] != TIMESTAMP or "proof" not in data:
        raise Malformed("it holds no time-stamp", "其中没有时间戳", "/data/proof")
    stamped = Checkpoint(data["origin"], data["size"], bytes.fromhex(data["root"]))
    response = read_b64(data["proof"], "/data/proof")
    token = open_token(response, stamped_bytes(stamped), roots)
    told = anchor_members(stamped, token, response, data.get("anchored_in", ""))
    for name in ("anchored_at", "checkpoint_sha256", "proof_sha256"):
        if data.get(name) != told[name]:
            raise Mismatch(
                f"{name} is not what the token says", f"{name} 与时间戳不符", f"/data/{name}"
            )
    return token


def proven_between(index: int, anchors: Iterable[Anchor]) -> Stamped:
    """Return between which of *anchors* an entry came: the latest before, the earliest over it."""
    before = after = None
    for one in anchors:
        if one.index < index and (before is None or one.stamped_at > before.stamped_at):
            before = one
        if one.size > index and (after is None or one.stamped_at < after.stamped_at):
            after = one
    return Stamped(before, after)
