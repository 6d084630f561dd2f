"""Cosignatures: what is signed, the time, and whose line it is."""

from hashlib import sha256

import pytest

from crypto.checkpoint import Checkpoint, format_checkpoint, sign_checkpoint
from crypto.cosignature import cosign, verify_cosignature
from crypto.errors import BadSignature, Malformed
from crypto.keys import PrivateKey
from crypto.merkle import MAX_SIZE
from crypto.note import COSIGNATURE, ED25519, Signature, parse_signatures, vkey_of

LOG = PrivateKey.from_seed(sha256(b"log").digest())
KEY = PrivateKey.from_seed(sha256(b"witness").digest())
NAME = "witness.example.gov/w1"
WITNESS = vkey_of(NAME, COSIGNATURE, KEY)
CHECKPOINT = Checkpoint("ledger.example.gov/yunling", 7, sha256(b"root").digest())
TEXT = format_checkpoint(CHECKPOINT)
NOTE = sign_checkpoint(CHECKPOINT, LOG)
TIME_S = 1_793_836_860


def cosigned(time_s: int = TIME_S) -> Signature:
    (line,) = parse_signatures(cosign(NOTE, NAME, KEY, time_s))
    return line


def test_a_time_and_the_checkpoint_are_signed() -> None:
    """Eight bytes of time lead the signature; the name is not signed."""
    line = cosigned()
    assert (line.name, line.key_id) == (NAME, WITNESS.key_id)
    assert line.signature[:8] == TIME_S.to_bytes(8, "big")
    KEY.public.verify(line.signature[8:], f"cosignature/v1\ntime {TIME_S}\n{TEXT}".encode())
    assert verify_cosignature(TEXT, line, WITNESS) == TIME_S


@pytest.mark.parametrize("time_s", [0, 1, MAX_SIZE])
def test_times_in_range(time_s: int) -> None:
    """From 1970 to the last signed 64-bit second."""
    assert verify_cosignature(TEXT, cosigned(time_s), WITNESS) == time_s


@pytest.mark.parametrize("time_s", [-1, MAX_SIZE + 1, 2**64, True, 1.5])
def test_no_cosignature_at_a_time_that_cannot_be(time_s: int) -> None:
    """Refused before anything is signed."""
    with pytest.raises(Malformed):
        cosign(NOTE, NAME, KEY, time_s)


def test_a_time_beyond_the_range_does_not_verify() -> None:
    """Even though its witness signed it."""
    time_s = MAX_SIZE + 1
    signed = KEY.sign(f"cosignature/v1\ntime {time_s}\n{TEXT}".encode())
    line = Signature(NAME, WITNESS.key_id, time_s.to_bytes(8, "big") + signed)
    with pytest.raises(BadSignature):
        verify_cosignature(TEXT, line, WITNESS)


def test_another_time_text_or_key_does_not_verify() -> None:
    """Each part of what was signed counts."""
    line = cosigned()
    moved = Signature(NAME, line.key_id, (TIME_S + 1).to_bytes(8, "big") + line.signature[8:])
    short = Signature(NAME, line.key_id, line.signature[:-1])
    only_time = Signature(NAME, line.key_id, line.signature[:8])
    for text, signature, key in (
        (TEXT, moved, WITNESS),
        (TEXT, short, WITNESS),
        (TEXT, only_time, WITNESS),
        (TEXT.replace("\n7\n", "\n8\n"), line, WITNESS),
        (TEXT, line, vkey_of(NAME, COSIGNATURE, LOG)),
        (TEXT, line, vkey_of("witness.example.gov/w2", COSIGNATURE, KEY)),
    ):
        with pytest.raises(BadSignature):
            verify_cosignature(text, signature, key)


def test_a_log_key_verifies_no_cosignature() -> None:
    """A key of type 01 says nothing about time."""
    key = vkey_of(NAME, ED25519, KEY)
    line = Signature(NAME, key.key_id, cosigned().signature)
    with pytest.raises(BadSignature):
        verify_cosignature(TEXT, line, key)


def test_only_checkpoints_are_cosigned_with_ed25519() -> None:
    """Not any note, and not with another kind of key."""
    with pytest.raises(Malformed):
        cosign(NOTE.replace("\n7\n", "\n07\n"), NAME, KEY, TIME_S)
    with pytest.raises(Malformed):
        cosign(NOTE, NAME, PrivateKey.generate("p256"), TIME_S)
    with pytest.raises(Malformed):
        cosign(NOTE, "a b", KEY, TIME_S)
