"""Signing in: for one ledger, one nonce, five minutes, and never a statement."""

import json

import pytest

from crypto.canonical import write_canonical
from crypto.envelope import pae, write_envelope
from crypto.errors import BadSignature, CryptoError, Malformed, TooLarge, Untrusted
from crypto.keys import PrivateKey
from crypto.notation import format_time, write_b64
from crypto.signin import MAX_AHEAD_MS, SIGNIN_TYPE, open_sign_in, read_sign_in, sign_in
from crypto.statement import PAYLOAD_TYPE, read_statement

NOW = 1_793_000_000_000
ORIGIN = "ledger.example.gov/yunling"
NONCE = bytes(range(32))
CLIENT_NONCE = bytes(range(16))
EXPIRES = format_time(NOW + 60_000)
KEYS = {"ed25519": PrivateKey.from_seed(b"k" * 32), "p256": PrivateKey.generate("p256")}
KEY = KEYS["ed25519"]
RAW = sign_in(KEY, ORIGIN, NONCE, CLIENT_NONCE, EXPIRES)
PAYLOAD = {
    "client_nonce": write_b64(CLIENT_NONCE),
    "expires": EXPIRES,
    "keyid": KEY.key_id,
    "ledger": ORIGIN,
    "nonce": write_b64(NONCE),
}


def signed(payload, payload_type=SIGNIN_TYPE, keys=(KEY,), **changes):
    raw = payload if isinstance(payload, bytes) else write_canonical({**payload, **changes})
    message = pae(payload_type, raw)
    return write_envelope(raw, payload_type, [(k.key_id, k.sign(message)) for k in keys])


def opened(raw, key=KEY, origin=ORIGIN, nonce=NONCE, now_ms=NOW):
    return open_sign_in(raw, key.public, origin, nonce, now_ms)


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_signed_in(key):
    raw = sign_in(key, ORIGIN, NONCE, CLIENT_NONCE, EXPIRES)
    claim = opened(raw, key)
    assert claim == read_sign_in(raw)
    assert claim.key_id == key.key_id
    assert (claim.ledger, claim.nonce, claim.client_nonce) == (ORIGIN, NONCE, CLIENT_NONCE)
    assert claim.expires == EXPIRES


def test_the_bytes_are_those_of_the_spec():
    assert signed(PAYLOAD) == RAW
    assert json.loads(RAW)["payloadType"] == "application/vnd.zelian.signin.v1+json"


def test_another_key_is_untrusted_even_with_a_good_signature():
    other = PrivateKey.from_seed(b"o" * 32)
    with pytest.raises(Untrusted):
        opened(RAW, other)
    with pytest.raises(Malformed):  # the envelope must be by the key that the payload names
        opened(signed(PAYLOAD, keys=[other]), other)


def test_a_signature_by_another_key_under_this_keys_name_is_bad():
    raw = write_canonical(PAYLOAD)
    forged = PrivateKey.from_seed(b"o" * 32).sign(pae(SIGNIN_TYPE, raw))
    with pytest.raises(BadSignature) as caught:
        opened(write_envelope(raw, SIGNIN_TYPE, [(KEY.key_id, forged)]))
    assert caught.value.pointer == "/signatures/0/sig"


def test_another_ledger_or_nonce_is_untrusted():
    with pytest.raises(Untrusted, match=r"ledger\.example\.gov/yunling"):
        opened(RAW, origin="ledger.example.gov/other")
    with pytest.raises(Untrusted):
        opened(RAW, nonce=bytes(32))


@pytest.mark.parametrize("ahead", [1, 60_000, MAX_AHEAD_MS])
def test_within_five_minutes(ahead):
    opened(signed(PAYLOAD, expires=format_time(NOW + ahead)))


@pytest.mark.parametrize("ahead", [-NOW, -60_000, -1, 0, MAX_AHEAD_MS + 1, 86_400_000])
def test_expired_or_too_far_ahead(ahead):
    with pytest.raises(Untrusted) as caught:
        opened(signed(PAYLOAD, expires=format_time(NOW + ahead)))
    assert caught.value.pointer == "/expires"


def test_signed_under_the_type_of_statements_it_signs_nobody_in():
    raw = write_canonical(PAYLOAD)
    borrowed = KEY.sign(pae(PAYLOAD_TYPE, raw))
    with pytest.raises(BadSignature):
        opened(write_envelope(raw, SIGNIN_TYPE, [(KEY.key_id, borrowed)]))
    with pytest.raises(Malformed):
        opened(write_envelope(raw, PAYLOAD_TYPE, [(KEY.key_id, borrowed)]))


def test_a_sign_in_is_no_statement():
    with pytest.raises(Malformed):
        read_statement(RAW)


LONG = "x" * 49_200
MALFORMED = {
    "nothing": b"",
    "an array": b"[]",
    "no signature": signed(PAYLOAD, keys=()),
    "two signatures": signed(PAYLOAD, keys=[KEY, PrivateKey.from_seed(b"o" * 32)]),
    "the same signature twice": signed(PAYLOAD, keys=[KEY, KEY]),
    "a payload that is an array": signed(b"[]"),
    "a payload that is not canonical": signed(json.dumps(PAYLOAD, sort_keys=True).encode()),
    "a payload with a member twice": signed(write_canonical(PAYLOAD)[:-1] + b',"nonce":""}'),
    "an unlisted member": signed(PAYLOAD, role="admin"),
    "a short nonce": signed(PAYLOAD, nonce=write_b64(bytes(31))),
    "a long nonce": signed(PAYLOAD, nonce=write_b64(bytes(33))),
    "a nonce in hex": signed(PAYLOAD, nonce=NONCE.hex()),
    "a short client nonce": signed(PAYLOAD, client_nonce=write_b64(bytes(15))),
    "a client nonce of null": signed(PAYLOAD, client_nonce=None),
    "expires a number": signed(PAYLOAD, expires=NOW),
    "expires no day": signed(PAYLOAD, expires="2026-02-30T00:00:00.000Z"),
    "a key id in capitals": signed(PAYLOAD, keyid=KEY.key_id.upper()),
    "a ledger with a space": signed(PAYLOAD, ledger="a b"),
    "a ledger of null": signed(PAYLOAD, ledger=None),
    "a space after": RAW + b" ",
}
for member in PAYLOAD:
    MALFORMED[f"without {member}"] = signed({k: v for k, v in PAYLOAD.items() if k != member})


@pytest.mark.parametrize("why", MALFORMED)
def test_malformed(why):
    for read in (read_sign_in, opened):
        with pytest.raises(Malformed):
            read(MALFORMED[why])


def test_too_large():
    with pytest.raises(TooLarge):
        read_sign_in(signed(PAYLOAD, ledger=LONG))
    with pytest.raises(TooLarge):
        read_sign_in(b" " * 131_073)


@pytest.mark.parametrize(
    "arguments",
    [
        ("a b", NONCE, CLIENT_NONCE, EXPIRES),
        (ORIGIN, NONCE[1:], CLIENT_NONCE, EXPIRES),
        (ORIGIN, NONCE, NONCE, EXPIRES),
        (ORIGIN, NONCE, CLIENT_NONCE, "tomorrow"),
    ],
)
def test_a_client_signs_nothing_that_would_not_be_read(arguments):
    with pytest.raises(CryptoError):
        sign_in(KEY, *arguments)
