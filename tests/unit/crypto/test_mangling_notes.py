"""No changed bit and no cut of a signed or proving text goes unnoticed.

Every single-bit change, and every cut from the end or from the front, is tried on
a checkpoint, a proof, a receipt, a key and a policy; the normal run samples them,
the long one tries all. What a format declares to be nobody's word is listed as
*free*, with the reason, and shown to be free.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crypto.canonical import write_canonical
from crypto.errors import CryptoError
from crypto.inclusion import verify_inclusion
from crypto.note import Signature as NoteSignature
from crypto.note import format_signature, parse_note, parse_vkey
from crypto.policy import open_under_policy, parse_policy
from crypto.receipt import verify_receipt
from crypto.tlog_proof import parse_tlog_proof

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "spec.json").read_bytes())
LOG, WITNESS = VECTORS["vkeys"]
POLICY_TEXT = f"log {LOG}\nwitness w1 {WITNESS}\ngroup all-of 1 w1\nquorum all-of\n"
POLICY = parse_policy(POLICY_TEXT)
STATEMENT = VECTORS["entries"][11]["statement"].encode()
LEAF = bytes.fromhex(VECTORS["entries"][11]["leaf_hash"])
CHECKPOINT = VECTORS["checkpoint"].encode()
PROOF = VECTORS["receipts"]["11"]["proof"].encode()
RECEIPT = write_canonical(VECTORS["receipts"]["11"])

Check = Callable[[bytes], object]
STEPS = [pytest.param(13, id="sample"), pytest.param(1, marks=pytest.mark.long, id="all")]


def check_checkpoint(raw: bytes) -> None:
    open_under_policy(raw, POLICY)


def check_proof(raw: bytes) -> None:
    proof = parse_tlog_proof(raw.decode("utf-8", "surrogateescape"))
    checkpoint = open_under_policy(proof.checkpoint, POLICY).checkpoint
    verify_inclusion(LEAF, proof.index, checkpoint.size, proof.path, checkpoint.root)


def check_receipt(raw: bytes) -> None:
    verify_receipt(raw, STATEMENT, lambda note: open_under_policy(note, POLICY).checkpoint)


def check_vkey(raw: bytes) -> None:
    parse_vkey(raw.decode("utf-8", "surrogateescape"))


def check_policy(raw: bytes) -> None:
    open_under_policy(CHECKPOINT, parse_policy(raw))


TEXTS: list[tuple[str, bytes, Check]] = [
    ("checkpoint", CHECKPOINT, check_checkpoint),
    ("proof", PROOF, check_proof),
    ("receipt", RECEIPT, check_receipt),
    ("log key", LOG.encode(), check_vkey),
    ("witness key", WITNESS.encode(), check_vkey),
    ("policy", POLICY_TEXT.encode(), check_policy),
]
IDS = [name for name, _, _ in TEXTS]


def bit_changes(raw: bytes, step: int) -> Iterator[tuple[int, bytes]]:
    """Each *step*-th bit flipped, with the index of its byte."""
    for bit in range(0, 8 * len(raw), step):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        yield bit // 8, bytes(changed)


def accepted(check: Check, raw: bytes) -> bool:
    """Tell whether a text passes; anything raised but our own errors fails the test."""
    try:
        check(raw)
    except CryptoError:
        return False
    return True


@pytest.mark.parametrize(("name", "raw", "check"), TEXTS, ids=IDS)
def test_unchanged_it_passes(name: str, raw: bytes, check: Check) -> None:
    """Else the tests below would prove nothing."""
    assert accepted(check, raw), name


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("name", "raw", "check"), TEXTS, ids=IDS)
def test_every_changed_bit_is_refused(name: str, raw: bytes, check: Check, step: int) -> None:
    """No byte of these texts is free."""
    passed = [at for at, changed in bit_changes(raw, step) if accepted(check, changed)]
    assert passed == [], name


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("name", "raw", "check"), TEXTS, ids=IDS)
def test_every_cut_is_refused(name: str, raw: bytes, check: Check, step: int) -> None:
    """Whatever is missing, from the end or from the front."""
    for at in range(1, len(raw), step):
        assert not accepted(check, raw[:at]), (name, at)
        assert not accepted(check, raw[at:]), (name, at)
    assert not accepted(check, raw[:-1]), name
    assert not accepted(check, raw[1:]), name


def test_in_a_strangers_line_much_is_free() -> None:
    """A line of a key that the policy does not name is nobody's word; its form still counts."""
    note = parse_note(CHECKPOINT)
    line = format_signature(NoteSignature("stranger.example", b"1234", bytes(64))).encode()
    raw = CHECKPOINT + line
    assert parse_note(raw).text == note.text
    free = {at for at, changed in bit_changes(raw, 1) if accepted(check_checkpoint, changed)}
    assert free
    assert min(free) > len(CHECKPOINT)
    assert len(raw) - 1 not in free  # the line feed that ends it


def test_in_a_policy_comments_and_urls_are_free() -> None:
    """They are for people; a change that would make them part of another line is refused."""
    comment, url = b"# trust policy\n", b" https://w1.example.gov"
    raw = comment + POLICY_TEXT.encode().replace(b"\ngroup", url + b"\ngroup")
    start = raw.index(url)
    free = {at for at, changed in bit_changes(raw, 1) if accepted(check_policy, changed)}
    assert free
    assert free <= {*range(1, len(comment) - 1), *range(start + 1, start + len(url))}


def test_in_a_policy_what_no_quorum_needs_is_free() -> None:
    """A witness outside the quorum may bear any name; its key may not be any key."""
    raw = POLICY_TEXT.replace(f"witness w1 {WITNESS}\n", f"witness w1 {WITNESS}\nquorum none\n")
    raw = raw.replace("quorum all-of\n", "").replace("group all-of 1 w1\n", "")
    at = raw.index("w1 ")
    assert accepted(check_policy, raw.replace("w1 ", "v1 ").encode())
    free = {i for i, changed in bit_changes(raw.encode(), 1) if accepted(check_policy, changed)}
    assert free == {at, at + 1}
