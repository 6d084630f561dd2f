"""The request by which a log asks a witness for a cosignature.

A line with the size that the log believes the witness cosigned last, the
consistency proof from there, a blank line, and the whole checkpoint. Both sides
use this: the ledger writes it, the witness reads it. Whether anything in it is
true is not decided here.

Units: ``old_size`` counts entries; a digest is 32 raw bytes.

Source: C2SP tlog-witness, add-checkpoint.
"""

from dataclasses import dataclass

from crypto.checkpoint import parse_number
from crypto.errors import Malformed, TooLarge
from crypto.merkle import check_digests, check_size
from crypto.notation import read_b64, write_b64
from crypto.note import Note, format_note, parse_note

MAX_PROOF = 63  # digests; no tree is higher
MAX_REQUEST = 393_216  # bytes: 100 signature lines of the longest kind, and a proof

_OLD = "old "


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """One request; nothing is verified.

    Args:
        old_size: what the witness is believed to have cosigned last, 0 for nothing.
        proof: consistency proof from there, at most 63 digests.
        note: the checkpoint with its signatures.
    """

    old_size: int
    proof: tuple[bytes, ...]
    note: Note

    def __post_init__(self) -> None:
        """Refuse what could not be written and read again."""
        check_size(self.old_size)
        check_digests(self.proof)
        if len(self.proof) > MAX_PROOF:
            raise Malformed(
                f"a consistency proof has at most {MAX_PROOF} digests, not {len(self.proof)}",
                f"一致性证明至多 {MAX_PROOF} 个摘要，此处为 {len(self.proof)} 个",
            )


def format_add_checkpoint(request: AddCheckpoint) -> str:
    """Return the body of the request."""
    proof = "".join(f"{write_b64(digest)}\n" for digest in request.proof)
    return f"{_OLD}{request.old_size}\n{proof}\n{format_note(request.note)}"


def parse_add_checkpoint(raw: bytes) -> AddCheckpoint:
    """Return the request that *raw* writes.

    Raises:
        TooLarge: over 393,216 bytes.
        Malformed: anything that :func:`format_add_checkpoint` would not write.
    """
    if len(raw) > MAX_REQUEST:
        raise TooLarge(
            f"a request has at most {MAX_REQUEST} bytes, this has {len(raw)}",
            f"请求至多 {MAX_REQUEST} 字节，此处为 {len(raw)} 字节",
        )
    head, blank, note = raw.partition(b"\n\n")
    old, *proof = head.split(b"\n", MAX_PROOF + 1)
    if not blank or not head.isascii() or not old.startswith(_OLD.encode()):
        raise Malformed(
            "a request is a line `old <size>`, the proof's lines, a blank line and a checkpoint",
            "请求依次为：`old <大小>` 行、证明各行、空行和检查点",
        )
    return AddCheckpoint(
        parse_number(old.decode().removeprefix(_OLD)),
        tuple(read_b64(line.decode()) for line in proof),
        parse_note(note),
    )
