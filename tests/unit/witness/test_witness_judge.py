"""What may follow what: every pair of small sizes, forks, and what is kept as evidence."""

import pytest

from crypto.add_checkpoint import parse_add_checkpoint
from crypto.errors import Malformed
from crypto.merkle import EMPTY_ROOT
from tests.witnessing import SmallLog
from witness.errors import BadRequest, Inconsistent, Stale
from witness.judge import FORK, UNPROVEN, Cosigned, evidence_of, judge
from witness.tree_head import TreeHead, parse_tree_head

LOG = SmallLog()
OTHER = SmallLog(branch="other", fork=2)
SIZES = range(9)


def at(size: int, log: SmallLog = LOG) -> Cosigned:
    return Cosigned(log.origin, size, log.root(size), "note", 7)


def decide(last: Cosigned, body: bytes) -> None:
    request = parse_add_checkpoint(body)
    judge(last, request, parse_tree_head(request.note.text))


@pytest.mark.parametrize("old", SIZES)
def test_growth_and_refreshing_are_cosigned(old: int) -> None:
    for new in range(old, 9):
        decide(at(old), LOG.request(old, new))


@pytest.mark.parametrize("old", SIZES)
def test_another_old_size_gets_the_one_cosigned(old: int) -> None:
    """Also one behind which the log has rolled back, and with a proof that would verify."""
    for known in set(SIZES) - {old}:
        with pytest.raises(Stale) as refused:
            decide(at(known), LOG.request(old, 8))
        assert refused.value.size == known


def test_a_log_never_shrinks() -> None:
    with pytest.raises(BadRequest):
        decide(at(5), LOG.request(5, 3, proof=[]))


@pytest.mark.parametrize(("old", "new"), [(o, n) for o in range(3, 9) for n in range(o, 9)])
def test_a_fork_is_never_cosigned(old: int, new: int) -> None:
    """Two histories that part after two entries; its own proof and an empty one."""
    for proof in (OTHER.proof(old, new), ()):
        with pytest.raises(Inconsistent):
            decide(at(old), OTHER.request(old, new, proof))


def test_a_proof_from_nothing_is_empty() -> None:
    with pytest.raises(Inconsistent):
        decide(at(0), LOG.request(0, 4, proof=[LOG.leaf(0)]))


def test_the_empty_tree_has_one_root() -> None:
    with pytest.raises(Inconsistent):
        decide(at(0), LOG.request(0, 0, note=LOG.note(0, LOG.root(1))))


def test_every_changed_proof_is_refused() -> None:
    proof = LOG.proof(3, 8)
    for place in range(len(proof)):
        for bit in (0, 255):
            changed = [bytearray(digest) for digest in proof]
            changed[place][bit // 8] ^= 1 << bit % 8
            with pytest.raises(Inconsistent):
                decide(at(3), LOG.request(3, 8, list(map(bytes, changed))))
    for wrong in (proof[1:], proof[:-1], (*proof, proof[0]), proof[::-1]):
        with pytest.raises(Inconsistent):
            decide(at(3), LOG.request(3, 8, wrong))


def head(size: int, root: bytes | None = None) -> TreeHead:
    return TreeHead(LOG.origin, size, LOG.root(size) if root is None else root)


def test_what_tells_against_a_log() -> None:
    """Two roots of one size do; a larger tree without a proof may; an older one does not."""
    other = OTHER.root(5)
    assert evidence_of(at(5), head(5, other)) == FORK
    assert evidence_of(at(5), head(0, other)) == FORK
    assert evidence_of(at(0), head(0, other)) == FORK
    assert evidence_of(at(5), head(6, other)) == UNPROVEN
    assert evidence_of(at(5), head(5)) is None
    assert evidence_of(at(5), head(4, other)) is None
    assert evidence_of(at(5), head(0, EMPTY_ROOT)) is None
    assert evidence_of(at(0), head(6, other)) is None


@pytest.mark.parametrize("more", ["", "an extension\n", "one\ntwo three\n"])
def test_checkpoints_of_other_logs_are_read(more: str) -> None:
    """Extension lines, and origins that a Zelian ledger could not have."""
    text = f"日志 of somebody\n3\n{LOG.text(3).split(chr(10))[2]}\n{more}"
    assert parse_tree_head(text) == TreeHead("日志 of somebody", 3, LOG.root(3))


ROOT = LOG.text(3).split("\n")[2]


@pytest.mark.parametrize(
    "text",
    [
        "\n",
        "o\n",
        "o\n3\n",
        f"\n3\n{ROOT}\n",
        f"o\n\n{ROOT}\n",
        "o\n3\n\n",
        f"o\n03\n{ROOT}\n",
        f"o\n-3\n{ROOT}\n",
        f"o\n3\n{ROOT[:-4]}\n",
        f"o\n3\n{ROOT}\n\nmore\n",
        f"o\n3\n{ROOT}\n\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(Malformed):
        parse_tree_head(text)
