"""A note that a statement was refused: the log key's word on digest, code and time.

An official who was refused can prove with it that he tried in time. The note tells
nothing of the statement but its digest; that its holder is right it does not say.

The text has five lines, of which the first is none that a checkpoint can have::

    zelian.refusal.v1
    <origin>
    <SHA-256 of the envelope, hex>
    <code>
    <T>

Source: the project's spec, 6; C2SP signed-note.
"""

import re
from dataclasses import dataclass
from typing import Final

from crypto.errors import Malformed
from crypto.keys import PrivateKey
from crypto.notation import check_hex32, check_origin, check_time
from crypto.note import (
    Note,
    VKey,
    format_note,
    parse_note,
    require_log,
    sign_note,
)

KIND: Final = "zelian.refusal.v1"
_CODE = re.compile(r"\A[a-z_]{1,32}\Z")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a note says.

    Attributes:
        origin: of the ledger.
        digest: of the statement's envelope, 64 hex digits.
        code: the reason, such as ``lapsed``.
        refused_at: a T, by the ledger's clock.

    Raises:
        Malformed: one of them is none of these.
    """

    origin: str
    digest: str
    code: str
    refused_at: str

    def __post_init__(self) -> None:
        """Refuse what no note can say."""
        check_origin(self.origin)
        check_hex32(self.digest, "/digest")
        check_time(self.refused_at, "/refused_at")
        if _CODE.match(self.code) is None:
            raise Malformed("a code is small letters", "代码应为小写字母", "/code")


def format_refusal(refusal: Refusal) -> str:
    """Return the text that is signed."""
    lines = (KIND, refusal.origin, refusal.digest, refusal.code, refusal.refused_at)
    return "".join(f"{line}\n" for line in lines)


def sign_refusal(refusal: Refusal, key: PrivateKey) -> str:
    """Return the note, signed by the log's key."""
    text = format_refusal(refusal)
    return format_note(Note(text, (sign_note(text, refusal.origin, key),)))


def open_refusal(note: str | bytes, log: VKey) -> Refusal:
    """Return what a note says that *log* signed; lines of other keys are ignored.

    Raises:
        Malformed, TooLarge: it is no such note, or *log* is no log's key.
        BadSignature: a line of this key does not verify.
        Untrusted: there is no line of this key, or it is not the key of this origin.
    """
    opened = parse_note(note)
    refusal = parse_refusal(opened.text)
    require_log(opened, log, refusal.origin, ("refusal", "拒收凭证"))
    return refusal


def parse_refusal(text: str) -> Refusal:
    """Return what the text of a note says.

    Raises:
        Malformed: anything that :func:`format_refusal` would not write.
    """
    lines = text.split("\n")
    if len(lines) != 6 or lines[0] != KIND or lines[5]:
        raise Malformed(
            f"a refusal is five lines, the first {KIND}", f"拒收凭证应为五行，首行为 {KIND}"
        )
    return Refusal(*lines[1:5])
