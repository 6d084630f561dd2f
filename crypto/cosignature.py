"""Cosignatures: a witness says when it saw a checkpoint follow all that it had seen.

The signed bytes are a time and the checkpoint's text; the witness's name is not
among them, so that a key must serve one witness only.

Units: ``time_s`` is whole seconds since 1970, 0 to 2^63 - 1.

Source: spec 5; C2SP tlog-cosignature, type 0x04.
"""

from crypto.checkpoint import parse_checkpoint
from crypto.errors import BadSignature, Malformed
from crypto.keys import PrivateKey
from crypto.merkle import MAX_SIZE
from crypto.note import (
    COSIGNATURE,
    Signature,
    VKey,
    check_text,
    format_signature,
    format_vkey,
    names,
    parse_note,
    vkey_of,
)

TIME_SIZE = 8  # bytes in front of the signature


def cosign(note_text: str | bytes, name: str, key: PrivateKey, time_s: int) -> str:
    """Return the line, with its line feed, by which a witness cosigns a checkpoint.

    Whether the checkpoint deserves it was decided before: its log's signature, and
    that it grew from the one cosigned last.

    Args:
        note_text: the whole note.
        name: the witness's key name.
        key: the witness's key, Ed25519, used for nothing else.
        time_s: now.

    Raises:
        Malformed: not a checkpoint, or a name, key or time that cannot be.
    """
    text = parse_note(note_text).text
    parse_checkpoint(text)
    return format_signature(sign_cosignature(text, name, key, time_s))


def sign_cosignature(text: str, name: str, key: PrivateKey, time_s: int) -> Signature:
    """Return the cosignature of a checkpoint's *text*, which may be of any C2SP log.

    Extension lines, which this ledger refuses in its own checkpoints, are covered
    by the signature and nothing is said about them. Who calls this has read the text.

    Raises:
        Malformed: a text, name, key or time that cannot be.
    """
    check_text(text)
    vkey = vkey_of(name, COSIGNATURE, key)
    if type(time_s) is not int or not 0 <= time_s <= MAX_SIZE:
        raise Malformed(
            f"{time_s} is no time in seconds since 1970", f"{time_s} 不是自 1970 年起的秒数"
        )
    signed = time_s.to_bytes(TIME_SIZE, "big") + key.sign(_message(time_s, text))
    return Signature(name, vkey.key_id, signed)


def verify_cosignature(text: str, signature: Signature, key: VKey) -> int:
    """Return the time at which the witness *key* cosigned.

    Args:
        text: the checkpoint's text, without signature lines.
        signature: a line of the note.
        key: the witness's key, of type 0x04.

    Raises:
        BadSignature: the line is not by this key, or does not verify.
    """
    time_s = int.from_bytes(signature.signature[:TIME_SIZE], "big")
    if key.algorithm != COSIGNATURE or not names(signature, key) or time_s > MAX_SIZE:
        raise BadSignature(
            f"the line of {signature.name} is no cosignature by the key {format_vkey(key)}",
            f"{signature.name} 的签名行不是密钥 {format_vkey(key)} 的联署",
        )
    key.key.verify(signature.signature[TIME_SIZE:], _message(time_s, text))
    return time_s


def _message(time_s: int, text: str) -> bytes:
    """Return the bytes that a witness signs."""
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()
