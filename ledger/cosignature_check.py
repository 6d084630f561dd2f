"""Whether each cosignature that is kept is one: part of ``fsck``.

A row must be the line of its witness's key over a checkpoint that is stored, at the
time that it says. Nobody is asked, and no policy: whom to trust is for verifiers.
"""

import sqlalchemy as sa

from crypto.cosignature import verify_cosignature
from crypto.errors import CryptoError
from crypto.note import format_signature, parse_note, parse_signatures, parse_vkey
from ledger.parts import Parts
from ledger.store.cosignature_rows import CosignatureRow, cosignatures_above
from ledger.verification.report import Check, Words
from ledger.verification.tally import Tally

PAGE = 1_000
_START = ("", -1, -1)


def check_cosignatures(parts: Parts, connection: sa.Connection) -> Check:
    """Read every row and verify its line."""
    tally = Tally(
        "cosignatures",
        Words("Kept lines of witnesses cosign stored checkpoints", "所存联署均为已存检查点的联署"),
        Words("rows", "行"),
    )
    above = _START
    while page := cosignatures_above(connection, above, PAGE):
        for row in page:
            tally.of += 1
            tally.done += 1
            if not _is_right(row, parts.rows.checkpoint(connection, row[0])):
                name = str(row[1]).split("+")[0]
                tally.find(
                    row[0] - 1 if type(row[0]) is int else -1,
                    f"cosignatures: the line of {name} for size {row[0]} is altered",
                    f"cosignatures：{name} 对大小 {row[0]} 的联署被改动",
                )
        size, witness, time_s, _ = page[-1]
        above = (witness, size, time_s)
    return tally.close()


def _is_right(row: CosignatureRow, note: str | None) -> bool:
    _, witness, time_s, line = row
    try:
        (signature,) = parse_signatures(line)
        text = parse_note(note or "").text
        found = verify_cosignature(text, signature, parse_vkey(witness))
    except (CryptoError, ValueError, TypeError):
        return False
    return found == time_s and format_signature(signature) == line
