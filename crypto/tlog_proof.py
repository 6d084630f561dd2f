"""Proof files: an index, an inclusion path and the checkpoint in which it ends.

The entry itself is not inside: who verifies brings its header. The checkpoint is
carried word for word; ``checkpoint`` or ``policy`` opens it. ``extra`` lines,
which the standard allows and nothing authenticates, are refused.

Units: ``index`` counts entries from 0; a digest is 32 raw bytes.

Source: spec 5; C2SP tlog-proof.
"""

from dataclasses import dataclass

from crypto.checkpoint import parse_number
from crypto.errors import Malformed
from crypto.merkle import check_digests
from crypto.notation import read_b64, write_b64

MAX_PATH = 63  # digests; no tree is higher

PROOF_HEAD = "c2sp.org/tlog-proof@v1\nindex "


@dataclass(frozen=True, slots=True)
class TlogProof:
    """That the entry at *index* is in the tree of *checkpoint*; nothing is verified.

    Args:
        index: the entry's position.
        path: the siblings' digests, nearest the leaf first, at most 63.
        checkpoint: the whole note.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str


def format_tlog_proof(proof: TlogProof) -> str:
    """Return the text of a proof file.

    Args:
        proof: its values must be in range; what comes from ``prove`` is.
    """
    path = "".join([f"{write_b64(digest)}\n" for digest in proof.path])
    return f"{PROOF_HEAD}{proof.index}\n{path}\n{proof.checkpoint}"


def parse_tlog_proof(text: str) -> TlogProof:
    """Return the proof that *text* writes; its checkpoint is still to be opened.

    Raises:
        Malformed: anything that :func:`format_tlog_proof` would not write.
    """
    head, _, checkpoint = text.partition("\n\n")
    if not head.startswith(PROOF_HEAD) or not checkpoint:
        raise Malformed(
            "a proof file is the line c2sp.org/tlog-proof@v1, an index line, the path, "
            "a blank line and a checkpoint; extra lines are not used here",
            "证明文件依次为：c2sp.org/tlog-proof@v1 行、index 行、路径、空行和检查点；"
            "此处不使用 extra 行",
        )
    number, *lines = head.removeprefix(PROOF_HEAD).split("\n")
    if len(lines) > MAX_PATH:
        raise Malformed(
            f"a path has at most {MAX_PATH} digests, not {len(lines)}",
            f"路径至多 {MAX_PATH} 个摘要，此处为 {len(lines)} 个",
        )
    path = tuple(map(read_b64, lines))
    check_digests(path)
    return TlogProof(parse_number(number), path, checkpoint)
