"""Notes on refusals: one form, whose signature opens them, and never a checkpoint."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from crypto.errors import BadSignature, CryptoError, Malformed, Untrusted
from crypto.keys import PrivateKey
from crypto.note import COSIGNATURE, ED25519, vkey_of
from crypto.refusal import Refusal, format_refusal, open_refusal, parse_refusal, sign_refusal

KEY = PrivateKey.from_seed(sha256(b"log").digest())
OTHER = PrivateKey.from_seed(sha256(b"other log").digest())
ORIGIN = "ledger.example.gov/yunling"
LOG = vkey_of(ORIGIN, ED25519, KEY)
SAID = Refusal(ORIGIN, "ab" * 32, "lapsed", "2026-11-01T00:00:00.000Z")
TEXT = f"zelian.refusal.v1\n{ORIGIN}\n{'ab' * 32}\nlapsed\n2026-11-01T00:00:00.000Z\n"


def test_five_lines() -> None:
    assert format_refusal(SAID) == TEXT
    assert parse_refusal(TEXT) == SAID
    assert open_refusal(sign_refusal(SAID, KEY), LOG) == SAID


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("origin", "with space"),
        ("digest", "AB" * 32),
        ("digest", "ab"),
        ("code", ""),
        ("code", "Lapsed"),
        ("code", "a" * 33),
        ("code", "a\nb"),
        ("refused_at", "2026-11-01T00:00:00Z"),
    ],
)
def test_what_no_note_can_say(name: str, value: str) -> None:
    with pytest.raises(Malformed):
        replace(SAID, **{name: value})


@pytest.mark.parametrize(
    "text", ["", TEXT[:-1], TEXT + "\n", TEXT.replace("v1", "v2"), TEXT.replace("lapsed\n", "")]
)
def test_other_texts_are_none(text: str) -> None:
    with pytest.raises(Malformed):
        parse_refusal(text)


@given(st.text())
def test_whatever_is_read_is_written_the_same(text: str) -> None:
    try:
        said = parse_refusal(text)
    except CryptoError:
        return
    assert format_refusal(said) == text


def test_another_key_is_not_trusted_and_an_altered_note_does_not_hold() -> None:
    note = sign_refusal(SAID, KEY)
    with pytest.raises(Untrusted):
        open_refusal(sign_refusal(SAID, OTHER), LOG)
    with pytest.raises(BadSignature):
        open_refusal(note.replace("lapsed", "schema"), LOG)
    with pytest.raises(Untrusted):
        open_refusal(sign_refusal(replace(SAID, origin="other.example"), KEY), LOG)


def test_neither_is_ever_taken_for_a_checkpoint() -> None:
    with pytest.raises(Malformed):
        parse_checkpoint(TEXT)
    checkpoint = sign_checkpoint(Checkpoint(ORIGIN, 1, sha256(b"root").digest()), KEY)
    with pytest.raises(Malformed):
        open_refusal(checkpoint, LOG)


def test_a_witness_key_opens_no_note_of_a_log() -> None:
    witness = vkey_of(ORIGIN, COSIGNATURE, KEY)
    with pytest.raises(Malformed, match="not a log's key"):
        open_refusal(sign_refusal(SAID, KEY), witness)
