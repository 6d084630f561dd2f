"""Fork reports: what proves two histories, and what does not."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.checkpoint import Checkpoint, sign_checkpoint
from crypto.errors import CryptoError, Malformed, Mismatch, Untrusted
from crypto.fork import (
    ForkReport,
    read_fork_report,
    roots_of,
    shown,
    subtrees,
    verify_fork,
    write_fork_report,
)
from crypto.keys import PrivateKey
from crypto.merkle import leaf_hash, root_of
from crypto.note import ED25519, vkey_of
from crypto.prove import Node

KEY = PrivateKey.from_seed(sha256(b"log").digest())
ORIGIN = "ledger.example/yunling"
LOG = vkey_of(ORIGIN, ED25519, KEY)
AT = "2026-11-01T00:00:00.000Z"


def leaves(count: int, other_from: int | None = None) -> list[bytes]:
    """Leaves of a history; another one from an index on."""
    apart = count if other_from is None else other_from
    return [leaf_hash(b"%d %d" % (number, number >= apart)) for number in range(count)]


def reader(of: list[bytes]):  # type: ignore[no-untyped-def]
    def read(nodes: list[Node]) -> list[bytes]:
        return [root_of(of[index << level : (index + 1) << level]) for level, index in nodes]

    return read


def note(size: int, of: list[bytes]) -> str:
    return sign_checkpoint(Checkpoint(ORIGIN, size, root_of(of[:size])), KEY)


def report(old: int, new: int, apart: int) -> ForkReport:
    """The earlier note of one history, the later of another that parts at *apart*."""
    one, other = leaves(old), leaves(new, apart)
    return ForkReport("fork", note(old, one), note(new, other), *shown(old, new, reader(other)), AT)


@given(st.integers(1, 70), st.integers(0, 70), st.integers(0, 69))
def test_two_histories_are_proven_and_one_never_is(old: int, more: int, apart: int) -> None:
    new = old + more
    made = report(old, new, apart)
    made = read_fork_report(write_fork_report(made))
    if apart < old:
        first, second = verify_fork(made, LOG)
        assert (first.size, second.size) == (old, new)
    else:
        with pytest.raises(Mismatch):
            verify_fork(made, LOG)


@given(st.integers(1, 200), st.integers(0, 200))
def test_subtrees_make_both_roots(old: int, more: int) -> None:
    all_leaves = leaves(old + more)
    assert roots_of(old, old + more, *shown(old, old + more, reader(all_leaves))) == (
        root_of(all_leaves[:old]),
        root_of(all_leaves),
    )
    covered = [
        leaf
        for level, index in subtrees(old, old + more)
        for leaf in range(index << level, (index + 1) << level)
    ]
    assert covered == list(range(old, old + more))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 5), st.integers(0, 255))
def test_an_altered_subtree_proves_nothing(old: int, more: int, which: int, flip: int) -> None:
    """Nobody can make a fork of an honest log."""
    honest = leaves(old + more)
    made = ForkReport(
        "fork", note(old, honest), note(old + more, honest),
        *shown(old, old + more, reader(honest)), AT,
    )  # fmt: skip
    digests = list(made.over_first)
    at = which % len(digests)
    digests[at] = bytes([digests[at][0] ^ (flip or 1)]) + digests[at][1:]
    with pytest.raises(Mismatch):
        verify_fork(replace(made, over_first=tuple(digests)), LOG)


def test_only_the_logs_own_notes_count() -> None:
    other = PrivateKey.from_seed(sha256(b"other").digest())
    made = report(5, 9, 2)
    forged = sign_checkpoint(Checkpoint(ORIGIN, 5, sha256(b"x").digest()), other)
    with pytest.raises(Untrusted):
        verify_fork(replace(made, first=forged), LOG)
    with pytest.raises(Malformed):
        verify_fork(replace(made, first=made.second, second=made.first), LOG)
    with pytest.raises(Malformed):
        verify_fork(replace(made, over_rest=()), LOG)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b"[]", b'{"v":1}', b"\xff", b"x" * 1_000_001],
)
def test_what_is_no_report(raw: bytes) -> None:
    with pytest.raises(CryptoError):
        read_fork_report(raw)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b'"kind":"fork"', b'"kind":"spoon"'),
        (b'"v":1', b'"v":2'),
        (b'"v":1', b'"v":true'),
        (b'"over_first":[', b'"over_first":["AA==",'),
        (AT.encode(), b"yesterday"),
    ],
)
def test_members_are_read_strictly(name: bytes, value: bytes) -> None:
    raw = write_fork_report(report(5, 9, 2))
    assert name in raw
    with pytest.raises(CryptoError):
        read_fork_report(raw.replace(name, value))
