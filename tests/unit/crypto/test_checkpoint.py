"""Checkpoints: three lines, strict numbers, and whose signature opens them."""

from base64 import b64encode
from hashlib import sha256

import pytest

from crypto.checkpoint import (
    Checkpoint,
    format_checkpoint,
    open_checkpoint,
    parse_checkpoint,
    parse_number,
    sign_checkpoint,
)
from crypto.errors import BadSignature, CryptoError, Malformed, Untrusted
from crypto.keys import PrivateKey
from crypto.merkle import EMPTY_ROOT, MAX_SIZE
from crypto.note import (
    COSIGNATURE,
    ED25519,
    Note,
    Signature,
    format_note,
    format_signature,
    sign_note,
    vkey_of,
)

KEY = PrivateKey.from_seed(sha256(b"log").digest())
OTHER = PrivateKey.from_seed(sha256(b"other log").digest())
ORIGIN = "ledger.example.gov/yunling"
LOG = vkey_of(ORIGIN, ED25519, KEY)
ROOT = sha256(b"root").digest()
CHECKPOINT = Checkpoint(ORIGIN, 70_000, ROOT)
TEXT = f"{ORIGIN}\n70000\n{b64encode(ROOT).decode()}\n"


def test_three_lines() -> None:
    """Written and read back the same."""
    assert format_checkpoint(CHECKPOINT) == TEXT
    assert parse_checkpoint(TEXT) == CHECKPOINT


@pytest.mark.parametrize("size", [0, 1, 9, 10, 2**53, MAX_SIZE])
def test_sizes_in_range(size: int) -> None:
    """From the empty tree to 2^63 - 1."""
    checkpoint = Checkpoint(ORIGIN, size, EMPTY_ROOT)
    assert parse_checkpoint(format_checkpoint(checkpoint)) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00",
        "01",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1_0",
        "1e3",
        "1.0",
        "٣",
        "0x1",
        str(MAX_SIZE + 1),
        "9" * 40,
        "1\n",
    ],
)
def test_a_number_in_another_form_is_refused(text: str) -> None:
    """Plain decimal digits without a leading zero, up to 2^63 - 1."""
    with pytest.raises(Malformed):
        parse_number(text)
    with pytest.raises(Malformed):
        parse_checkpoint(TEXT.replace("70000", text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT[:-1],
        TEXT + "\n",
        TEXT + "extension\n",
        TEXT.replace("70000\n", ""),
        TEXT.replace("70000", "70000\n"),
        TEXT.replace("=", ""),
        TEXT.replace(b64encode(ROOT).decode(), b64encode(ROOT[:31]).decode()),
        TEXT.replace(b64encode(ROOT).decode(), b64encode(ROOT + b"x").decode()),
        TEXT.replace(ORIGIN, ""),
        TEXT.replace(ORIGIN, "a b"),
        TEXT.replace(ORIGIN, "a+b"),
        TEXT.replace(ORIGIN, "云岭"),
        TEXT.replace(ORIGIN, "x" * 256),
        TEXT.replace("\n", "\r\n"),
    ],
)
def test_any_other_text_is_refused(text: str) -> None:
    """No extension lines, no spare lines, 32 bytes of root, an origin that is one."""
    with pytest.raises(Malformed):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [
        ("", 1, ROOT),
        ("a b", 1, ROOT),
        ("a", -1, ROOT),
        ("a", True, ROOT),
        ("a", MAX_SIZE + 1, ROOT),
        ("a", 1, b""),
    ],
)
def test_a_checkpoint_that_could_not_be_read_is_not_made(
    origin: str, size: int, root: bytes
) -> None:
    """Making one is as strict as reading one."""
    with pytest.raises(Malformed):
        Checkpoint(origin, size, root)


def test_signed_and_opened() -> None:
    """The log's key, named as the origin, opens what it signed."""
    note = sign_checkpoint(CHECKPOINT, KEY)
    assert note.startswith(TEXT + f"\n— {ORIGIN} ")
    assert open_checkpoint(note, LOG) == open_checkpoint(note.encode(), LOG) == CHECKPOINT


def test_other_lines_are_ignored() -> None:
    """Witnesses and strangers may stand before and behind; repeated lines do no harm."""
    note = sign_checkpoint(CHECKPOINT, KEY)
    text, _, own = note.rpartition("\n\n")
    stranger = format_signature(Signature("witness.example/w", b"1234", b"anything"))
    assert open_checkpoint(f"{text}\n\n{stranger}{own}{own}{stranger}", LOG) == CHECKPOINT


def test_without_the_logs_line_it_is_untrusted() -> None:
    """Another key, another name, or the key's line missing."""
    note = sign_checkpoint(CHECKPOINT, OTHER)
    with pytest.raises(Untrusted, match="not signed by the key"):
        open_checkpoint(note, LOG)


def test_a_false_line_of_the_log_is_a_bad_signature() -> None:
    """Also where a good one stands beside it."""
    good = sign_note(TEXT, ORIGIN, KEY)
    false = Signature(ORIGIN, LOG.key_id, bytes(64))
    for lines in ((false,), (good, false), (false, good)):
        with pytest.raises(BadSignature):
            open_checkpoint(format_note(Note(TEXT, lines)), LOG)


def test_a_key_speaks_for_its_own_origin_only() -> None:
    """A log that signs another's checkpoint is not believed."""
    theirs = TEXT.replace(ORIGIN, "ledger.example.gov/other")
    note = format_note(Note(theirs, (sign_note(theirs, ORIGIN, KEY),)))
    with pytest.raises(Untrusted):
        open_checkpoint(note, LOG)


def test_a_witness_key_opens_no_checkpoint() -> None:
    """A verifier configured with the wrong type of key is told so."""
    with pytest.raises(Malformed, match="type 01"):
        open_checkpoint(sign_checkpoint(CHECKPOINT, KEY), vkey_of(ORIGIN, COSIGNATURE, KEY))


def test_a_signed_text_that_is_no_checkpoint_is_malformed() -> None:
    """A good signature does not make up for the form."""
    text = TEXT + "extension\n"
    note = format_note(Note(text, (sign_note(text, ORIGIN, KEY),)))
    with pytest.raises(Malformed) as raised:
        open_checkpoint(note, LOG)
    assert isinstance(raised.value, CryptoError)
    assert raised.value.zh
