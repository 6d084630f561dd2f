"""Checkpoints: what a ledger signs to commit itself to all its entries.

Three lines - origin, size, root - in a signed note. Extension lines, which the
standard allows, are refused. The log's key is named as the origin.

Units: ``size`` counts entries; ``root`` is 32 raw bytes.

Source: spec 5; C2SP tlog-checkpoint.
"""

import re
from dataclasses import dataclass

from crypto.errors import Malformed
from crypto.keys import PrivateKey
from crypto.merkle import MAX_SIZE, check_digests, check_size
from crypto.notation import check_origin, read_b64, write_b64
from crypto.note import (
    Note,
    VKey,
    format_note,
    parse_note,
    require_log,
    sign_note,
)

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The claim that the tree of *origin* has *size* entries and this *root*.

    Raises:
        Malformed: an origin, size or root that no checkpoint can state.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse what could not be written and read again."""
        check_origin(self.origin)
        check_size(self.size)
        check_digests((self.root,))


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """Return the three lines that are signed."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{write_b64(checkpoint.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint that a note's *text* states.

    Raises:
        Malformed: anything that :func:`format_checkpoint` would not write.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise Malformed(
            "a checkpoint is three lines: origin, size and root; extension lines are not used here",
            "检查点应为三行：账本名、大小、根；此处不使用扩展行",
        )
    return Checkpoint(check_origin(lines[0]), parse_number(lines[1]), read_b64(lines[2]))


def parse_number(text: str) -> int:
    """Return a size or index in decimal, 0 to 2^63 - 1, no leading zero; raise Malformed."""
    if _NUMBER.fullmatch(text) is None or int(text) > MAX_SIZE:
        raise Malformed(
            f"a size or index is a decimal number up to {MAX_SIZE}, without leading zeros",
            f"大小或序号应为不超过 {MAX_SIZE} 的十进制数，无前导零",
        )
    return int(text)


def sign_checkpoint(checkpoint: Checkpoint, key: PrivateKey) -> str:
    """Return the whole note: the checkpoint signed by the log's *key* (Ed25519).

    Whoever calls this must have stored what it commits to: a log never signs two
    checkpoints that no consistency proof joins.
    """
    text = format_checkpoint(checkpoint)
    return format_note(Note(text, (sign_note(text, checkpoint.origin, key),)))


def open_checkpoint(note_text: str | bytes, log: VKey) -> Checkpoint:
    """Return the checkpoint of a note that *log* signed.

    Args:
        note_text: the whole note; lines of other keys are ignored.
        log: the log's key, of type 0x01; its name must be the checkpoint's origin.

    Raises:
        Malformed, TooLarge: not a note, not a checkpoint, or not a log's key.
        BadSignature: a line of this key does not verify.
        Untrusted: there is no line of this key, or it is not the key of this origin.
    """
    note = parse_note(note_text)
    checkpoint = parse_checkpoint(note.text)
    require_log(note, log, checkpoint.origin, ("checkpoint", "检查点"))
    return checkpoint
