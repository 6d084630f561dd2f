"""Decide whether a checkpoint may be cosigned after the one cosigned last.

Pure: numbers and digests in, nothing or an error out. That the log signed it was
found before; that nothing else was cosigned meanwhile is for the store to see.

Source: C2SP tlog-witness, add-checkpoint, in the order of its text.
"""

from typing import NamedTuple

from crypto.add_checkpoint import AddCheckpoint
from crypto.consistency import verify_consistency
from crypto.errors import CryptoError
from crypto.merkle import EMPTY_ROOT
from witness.errors import BadRequest, Inconsistent, Stale
from witness.tree_head import TreeHead

FORK = "fork"  # two roots of one size: the log's own signatures prove it
UNPROVEN = "unproven"  # no proof joined it to what was cosigned


class Cosigned(NamedTuple):
    """What was cosigned last for one log.

    Args:
        origin: the log's.
        size: 0 where nothing was cosigned yet, or an empty tree.
        root: of that tree, 32 bytes.
        note: the checkpoint with the log's lines and the witness's; "" for nothing.
        time_s: when, in seconds since 1970; 0 for nothing.
    """

    origin: str
    size: int
    root: bytes
    note: str
    time_s: int


def judge(last: Cosigned, request: AddCheckpoint, head: TreeHead) -> None:
    """Raise unless *head* may be cosigned after *last*.

    Raises:
        BadRequest: the old size exceeds the checkpoint's.
        Stale: the old size is not the one cosigned last.
        Inconsistent: another root of a size, or a proof that does not verify.
    """
    # SPEC: the old size MUST be equal to or lower than the checkpoint size.
    if request.old_size > head.size:
        raise BadRequest(
            f"the old size {request.old_size} exceeds the checkpoint's {head.size}: "
            "a log never shrinks",
            f"旧大小 {request.old_size} 超过检查点的 {head.size}：日志不会缩小",
        )
    # SPEC: the old size MUST match the latest checkpoint cosigned for the origin.
    if request.old_size != last.size:
        raise Stale(last.size)
    # SPEC: a checkpoint of size zero MUST have the root of the empty tree; at equal sizes the
    # roots MUST be identical; from size zero the proof MUST be empty; else it MUST verify.
    old_root = EMPTY_ROOT if last.size == 0 else last.root
    try:
        verify_consistency(last.size, head.size, old_root, head.root, request.proof)
    except CryptoError as error:
        raise Inconsistent(
            f"not cosigned, and it may be kept as evidence: {error.en}",
            f"不予联署，并可能留作证据：{error.zh}",
        ) from None


def evidence_of(last: Cosigned, head: TreeHead) -> str | None:
    """Return what a checkpoint that was not cosigned is evidence of, beside *last*.

    Its log signed it. A smaller one tells nothing: logs have old checkpoints.
    """
    if head.size == last.size:
        known = EMPTY_ROOT if last.size == 0 else last.root
        return FORK if head.root != known else None
    if head.size == 0:
        return FORK if head.root != EMPTY_ROOT else None
    return UNPROVEN if head.size > last.size > 0 else None
