"""Proof files: one form, a worked example, and digests written once a batch."""

import pytest

from crypto.checkpoint import open_checkpoint
from crypto.errors import Malformed
from crypto.inclusion import verify_inclusion
from crypto.merkle import leaf_hash
from crypto.note import parse_vkey
from crypto.tlog_proof import TlogProof, format_tlog_proof, parse_tlog_proof

LOG = "ledger.example.gov/2026+68db6a1c+AW545R6nHh929+W8kSjt9PxSB1yWBjv5t3QkxI3dquj2"
CHECKPOINT = (
    "ledger.example.gov/2026\n3\nAFgbxw1TD7a1WoivcJlYcs+ngOPan2O4rNvHKiDhMS8=\n\n"
    "— ledger.example.gov/2026 aNtqHCUhb7lrvlqwxHjwAl5zZc6VgERS4XgQAPTT7//imLraOIHS4QR73Ey72y0S"
    "Vr55hrbRc3ayDeNtt/VoSI7Esw4=\n"
)
FIRST = "qVtutQ0W4/xSjcnTLVpdov9COI0hMuxo7tgYqEXwejM="
SECOND = "BVUJ8ilLViNHPm4eNaUiaJP8V0e223TAVICfNVImtKg="
PROOF = f"c2sp.org/tlog-proof@v1\nindex 1\n{FIRST}\n{SECOND}\n\n{CHECKPOINT}"


def test_a_worked_proof_verifies() -> None:
    """Read, opened and climbed: entry 1 is in the tree of 3."""
    proof = parse_tlog_proof(PROOF)
    checkpoint = open_checkpoint(proof.checkpoint, parse_vkey(LOG))
    leaf = leaf_hash(b'{"event":"use","seq":1}')
    verify_inclusion(leaf, proof.index, checkpoint.size, proof.path, checkpoint.root)
    assert format_tlog_proof(proof) == PROOF


def test_the_first_blank_line_ends_the_path() -> None:
    """The checkpoint behind it is carried word for word, blank lines and all."""
    bare = f"c2sp.org/tlog-proof@v1\nindex 0\n\n{CHECKPOINT}"
    assert parse_tlog_proof(bare) == TlogProof(0, (), CHECKPOINT)
    assert format_tlog_proof(TlogProof(0, (), CHECKPOINT)) == bare


@pytest.mark.parametrize(
    "text",
    [
        "",
        PROOF[1:],
        PROOF.removeprefix("c2sp.org/tlog-proof@v1\nindex "),
        PROOF.replace("@v1", "@v2"),
        PROOF.replace("index 1", "index 01"),
        PROOF.replace("index 1", "index -1"),
        PROOF.replace("index 1", "index  1"),
        PROOF.replace("index 1", "index 1 "),
        PROOF.replace("index 1", "index ٣"),
        PROOF.replace("index 1", f"index {2**63}"),
        PROOF.replace("index 1\n", ""),
        PROOF.replace("index 1\n", "extra YQ==\nindex 1\n"),
        PROOF.replace("index 1\n", "index 1\nextra YQ==\n"),
        PROOF.replace(FIRST, FIRST[:-1]),
        PROOF.replace(FIRST, FIRST + "\r"),
        PROOF.replace(FIRST, " " + FIRST),
        PROOF.replace(FIRST, "YQ=="),
        PROOF.replace(FIRST, f"{FIRST}{SECOND}"),
        PROOF.replace(FIRST, "qVtutQ0W4/xSjcnTLVpdov9COI0hMuxo7tgYqEXwejN="),
        PROOF.replace("\n\n", "\n"),
        f"c2sp.org/tlog-proof@v1\nindex 1\n{FIRST}\n\n",
        f"c2sp.org/tlog-proof@v1\nindex 1\n{FIRST}\n",
        PROOF.replace(FIRST, "\n".join([FIRST] * 63)),
        "\n" + PROOF,
        PROOF.replace("\n", "\r\n"),
    ],
)
def test_any_other_text_is_refused(text: str) -> None:
    """No extra lines, no spare characters, 32 bytes a digest, at most 63 of them."""
    with pytest.raises(Malformed):
        parse_tlog_proof(text)


def test_sixty_three_digests_are_allowed() -> None:
    """The path of the highest tree."""
    text = PROOF.replace(FIRST, "\n".join([FIRST] * 62))
    assert len(parse_tlog_proof(text).path) == 63
