"""Whatever is changed or cut in a signed thing is noticed.

One bit, one byte, one cut or one repeated piece at a time, reading and verifying
with the right keys must refuse; a header, which nobody signs, must at least be
other bytes with another leaf hash. Samples in the normal run, all in the long one.
"""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.errors import BadSignature, Malformed, Untrusted
from crypto.header import format_header, parse_header
from crypto.keys import PrivateKey
from crypto.notation import format_time
from crypto.signin import open_sign_in, read_sign_in, sign_in
from crypto.statement import read_statement, sign_statement, verify_signatures

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "spec.json").read_text("utf-8"))
ENTRIES = VECTORS["entries"]
STEP = 7  # bits, in the normal run: prime to 8, so that each bit of a byte has its turn

ED25519 = PrivateKey.from_seed(b"m" * 32)
P256 = PrivateKey(ec.derive_private_key(0xBEEF, ec.SECP256R1()))
PUBLIC = {key.key_id: key.public for key in (ED25519, P256)}
EVENT = ENTRIES[11]["event"]
STATEMENTS = {
    "ed25519": sign_statement(EVENT, [ED25519]),
    "p256": sign_statement(EVENT, [P256]),
    "both": sign_statement(EVENT, [ED25519, P256]),
}
NOW = 1_793_000_000_000
NONCE = bytes(range(32))
SIGN_INS = {
    key.algorithm: (
        key,
        sign_in(key, VECTORS["origin"], NONCE, bytes(16), format_time(NOW + 1000)),
    )
    for key in (ED25519, P256)
}
HEADERS = [entry["header"].encode() for entry in ENTRIES]

ALL_STATEMENTS = pytest.mark.parametrize("raw", STATEMENTS.values(), ids=STATEMENTS)
ALL_SIGN_INS = pytest.mark.parametrize(("key", "raw"), SIGN_INS.values(), ids=SIGN_INS)
ALL_HEADERS = pytest.mark.parametrize("raw", HEADERS, ids=range(len(HEADERS)))


def with_bit_changed(raw, step=1):
    for bit in range(0, len(raw) * 8, step):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def with_byte_changed(raw):
    for index in range(len(raw)):
        for value in range(256):
            if value != raw[index]:
                yield raw[:index] + bytes([value]) + raw[index + 1 :]


def cut(raw, step=1):
    """Every prefix, suffix and gap of one byte."""
    for index in range(0, len(raw), step):
        yield raw[:index]
        yield raw[index + 1 :]
        yield raw[:index] + raw[index + 1 :]


def with_more(raw, step=1):
    """Every byte twice, and one byte of each kind that JSON overlooks at every place."""
    for index in range(0, len(raw) + 1, step):
        for more in (raw[index : index + 1], b" ", b"\n", b"\x00", b"\\", b"=", b"0"):
            if more:
                yield raw[:index] + more + raw[index:]


def statement_holds(raw):
    try:
        verify_signatures(read_statement(raw), PUBLIC)
    except (Malformed, BadSignature):
        return False
    except KeyError:  # a signer who is not known: "unknown_key"
        return False
    return True


def sign_in_holds(raw, key):
    try:
        open_sign_in(raw, key.public, VECTORS["origin"], NONCE, NOW)
    except (Malformed, BadSignature, Untrusted):
        return False
    return True


def header_is_noticed(changed, raw):
    """Refused, or read as just these other bytes, whose leaf hash is then another."""
    try:
        header = parse_header(changed)
    except Malformed:
        return True
    return changed != raw and format_header(header) == changed


@ALL_STATEMENTS
def test_statement_as_signed(raw):
    assert statement_holds(raw)


@ALL_STATEMENTS
def test_statement_changed_or_cut(raw):
    for changed in (*with_bit_changed(raw, STEP), *cut(raw, 3), *with_more(raw, STEP)):
        assert not statement_holds(changed), changed


@ALL_SIGN_INS
def test_sign_in_changed_or_cut(key, raw):
    assert sign_in_holds(raw, key)
    assert read_sign_in(raw).key_id == key.key_id
    for changed in (*with_bit_changed(raw, STEP), *cut(raw, 3), *with_more(raw, STEP)):
        assert not sign_in_holds(changed, key), changed


@ALL_HEADERS
def test_header_changed(raw):
    assert not header_is_noticed(raw, raw)
    for changed in (*with_bit_changed(raw, STEP), *with_more(raw, STEP)):
        assert header_is_noticed(changed, raw), changed


@ALL_HEADERS
def test_header_cut(raw):
    for index in range(len(raw)):
        for part in (raw[:index], raw[index + 1 :]):
            with pytest.raises(Malformed):
                parse_header(part)


@pytest.mark.long
@ALL_STATEMENTS
def test_statement_changed_in_every_way(raw):
    for ways in (with_bit_changed(raw), with_byte_changed(raw), cut(raw), with_more(raw)):
        for changed in ways:
            assert not statement_holds(changed), changed


@pytest.mark.long
@ALL_SIGN_INS
def test_sign_in_changed_in_every_way(key, raw):
    for ways in (with_bit_changed(raw), with_byte_changed(raw), cut(raw), with_more(raw)):
        for changed in ways:
            assert not sign_in_holds(changed, key), changed


@pytest.mark.long
@ALL_HEADERS
def test_header_changed_in_every_way(raw):
    for ways in (with_bit_changed(raw), with_byte_changed(raw), cut(raw), with_more(raw)):
        for changed in ways:
            assert header_is_noticed(changed, raw), changed


@pytest.mark.long
@pytest.mark.parametrize("entry", ENTRIES, ids=range(len(ENTRIES)))
def test_statement_of_the_vectors_changed_in_every_bit(entry):
    """Under the same signers, so that only form and signature stand in the way."""
    raw = entry["statement"].encode()
    signers = read_statement(raw).signers
    known = {key.key_id: key.public for key in vector_keys()}
    assert set(signers) <= known.keys()
    for changed in (*with_bit_changed(raw), *cut(raw)):
        try:
            verify_signatures(read_statement(changed), known)
        except (Malformed, BadSignature, KeyError):
            continue
        pytest.fail(f"accepted {changed!r}")


def vector_keys():
    for text in VECTORS["private_keys"].values():
        scalar = text.removeprefix("p256 scalar ")
        if scalar == text:
            yield PrivateKey.from_seed(bytes.fromhex(text))
        else:
            yield PrivateKey(ec.derive_private_key(int(scalar, 16), ec.SECP256R1()))
