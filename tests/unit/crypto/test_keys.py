"""Keys: one DER form, no weak points, and signatures that are unique where they must be."""

import hashlib
import json
import pickle
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from nacl import bindings as sodium

from crypto.errors import BadSignature, CryptoError, Malformed, WeakKey
from crypto.keys import P256_ORDER, PrivateKey, key_id_of, read_public_key, require_enrolable

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "spec.json").read_text("utf-8"))
MESSAGE = b"DSSEv1 4 type 5 hello"
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
P256_FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
ED25519_HEAD = bytes.fromhex("302a300506032b6570032100")

ED25519 = PrivateKey.from_seed(bytes(range(32)))
P256 = PrivateKey(ec.derive_private_key(0xC0FFEE, ec.SECP256R1()))
BOTH = pytest.mark.parametrize("key", [ED25519, P256], ids=["ed25519", "p256"])


def halves(signature):
    return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")


def joined(r, s):
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def spki_of(key):
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def refuse(public, signature, message=MESSAGE):
    with pytest.raises(BadSignature):
        public.verify(signature, message)


# --- signing and verifying -----------------------------------------------------------------


@BOTH
def test_signed_and_verified(key):
    signature = key.sign(MESSAGE)
    assert len(signature) == 64
    assert key.sign(MESSAGE) == signature
    read_public_key(key.public.spki).verify(signature, MESSAGE)


@BOTH
def test_another_message_key_or_algorithm_is_refused(key):
    signature = key.sign(MESSAGE)
    refuse(key.public, signature, MESSAGE + b"\n")
    refuse(key.public, signature, b"")
    for other in (PrivateKey.generate("ed25519"), PrivateKey.generate("p256")):
        refuse(other.public, signature)


@BOTH
@pytest.mark.parametrize("size", [0, 1, 32, 63, 65, 72, 128])
def test_a_signature_of_another_length_is_refused(key, size):
    refuse(key.public, (key.sign(MESSAGE) * 2)[:size])


@BOTH
def test_every_bit_of_a_signature_counts(key):
    signature = key.sign(MESSAGE)
    for bit in range(512):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        refuse(key.public, bytes(changed))


def test_ed25519_of_rfc_8032():
    """Section 7.1, test 2."""
    key = PrivateKey.from_seed(
        bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    )
    assert key.raw_public.hex() == (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    )
    assert key.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_p256_of_rfc_6979():
    """Appendix A.2.5, SHA-256, "sample": its s is high, so ours is n - s."""
    scalar = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    key = PrivateKey(ec.derive_private_key(scalar, ec.SECP256R1()))
    r, s = halves(key.sign(b"sample"))
    assert r == 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
    assert P256_ORDER - s == 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8


def test_p256_signers_always_give_the_low_s():
    high = 0
    for n in range(40):
        message = b"%d" % n
        r, s = halves(P256.sign(message))
        assert s <= (P256_ORDER - 1) // 2
        refuse(P256.public, joined(r, P256_ORDER - s), message)
        theirs = P256._signer.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        high += decode_dss_signature(theirs)[1] != s
    assert 0 < high < 40, "the test must see both kinds"


def test_p256_numbers_out_of_range_are_refused():
    r, s = halves(P256.sign(MESSAGE))
    for bad_r in (0, P256_ORDER, 2**256 - 1):
        refuse(P256.public, joined(bad_r, s))
    for bad_s in (0, P256_ORDER, (P256_ORDER + 1) // 2, 2**256 - 1):
        refuse(P256.public, joined(r, bad_s))
    refuse(P256.public, bytes(64))


def test_p256_halves_cannot_be_padded():
    """A zero between r and s would leave both numbers as they are."""
    signature = P256.sign(MESSAGE)
    refuse(P256.public, signature[:32] + b"\x00" + signature[32:])


def test_p256_the_largest_low_s_and_the_smallest_high_s():
    """Keys made to fit: with nonce k and s given, d = (s k - e) / r signs MESSAGE so."""
    k = 0xABCDEF
    r = ec.derive_private_key(k, ec.SECP256R1()).public_key().public_numbers().x
    e = int.from_bytes(hashlib.sha256(MESSAGE).digest(), "big")

    def key_with(s):
        d = (s * k - e) * pow(r, -1, P256_ORDER) % P256_ORDER
        return PrivateKey(ec.derive_private_key(d, ec.SECP256R1())).public

    largest_low = (P256_ORDER - 1) // 2
    key_with(largest_low).verify(joined(r, largest_low), MESSAGE)
    key_with(1).verify(joined(r, 1), MESSAGE)
    refuse(key_with(largest_low + 1), joined(r, largest_low + 1))


def test_ed25519_s_beyond_the_order_is_refused():
    """The classic second signature: S + L."""
    signature = ED25519.sign(MESSAGE)
    s = int.from_bytes(signature[32:], "little") + ED25519_ORDER
    refuse(ED25519.public, signature[:32] + s.to_bytes(32, "little"))


def test_ed25519_is_verified_without_the_cofactor():
    """A signature that holds only after multiplying by 8 is none (spec 2).

    Its R carries a point of order 8, which the multiplication would drown.
    """
    seed_hash = bytearray(hashlib.sha512(bytes(range(32))).digest())
    seed_hash[0] &= 248
    seed_hash[31] = seed_hash[31] & 63 | 64
    a, nonce = int.from_bytes(seed_hash[:32], "little"), 987654321
    order_8 = bytes.fromhex(VECTORS["weak_keys"][4]["spki"])[12:]

    def signature(point):
        k = hashlib.sha512(point + ED25519.raw_public + MESSAGE).digest()
        s = (nonce + int.from_bytes(k, "little") * a) % ED25519_ORDER
        return point + s.to_bytes(32, "little")

    point = sodium.crypto_scalarmult_ed25519_base_noclamp(nonce.to_bytes(32, "little"))
    ED25519.public.verify(signature(point), MESSAGE)  # the construction is sound
    refuse(ED25519.public, signature(sodium.crypto_core_ed25519_add(point, order_8)))


# --- public keys ---------------------------------------------------------------------------


@BOTH
def test_the_der_is_the_key(key):
    public = read_public_key(key.public.spki)
    assert public == key.public
    assert public.key_id == key_id_of(public.spki) == hashlib.sha256(public.spki).hexdigest()
    assert public.algorithm == key.algorithm
    require_enrolable(public)


@BOTH
def test_every_cut_of_the_der_is_malformed(key):
    spki = key.public.spki
    for size in range(len(spki)):
        with pytest.raises(Malformed):
            read_public_key(spki[:size])
    for more in (b"\x00", b"\n", spki):
        with pytest.raises(Malformed):
            read_public_key(spki + more)


@BOTH
def test_every_bit_of_the_der_counts(key):
    """A changed key is refused, or is another key under which the signature fails."""
    signature = key.sign(MESSAGE)
    head = len(key.public.spki) - (32 if key is ED25519 else 64)
    for bit in range(len(key.public.spki) * 8):
        changed = bytearray(key.public.spki)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            public = read_public_key(bytes(changed))
        except Malformed:
            assert bit // 8 < head
        except WeakKey:
            assert key is P256
            assert bit // 8 >= head
        else:
            assert key is ED25519
            assert bit // 8 >= head
            assert public.key_id != key.key_id
            refuse(public, signature)


def test_other_forms_of_good_keys_are_malformed():
    point = P256._signer.public_key()
    compressed = point.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    hybrid = bytearray(P256.public.spki)
    hybrid[26] = 6 + (hybrid[-1] & 1)
    others = [
        ED25519.raw_public,
        compressed,
        P256.public.spki[26:],
        bytes(hybrid),
        bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + compressed,
        spki_of(ec.generate_private_key(ec.SECP384R1()).public_key()),
        spki_of(ec.generate_private_key(ec.SECP256K1()).public_key()),
        spki_of(rsa.generate_private_key(65537, 2048).public_key()),
        bytes.fromhex("302a300506032b656e032100") + ED25519.raw_public,  # X25519
        bytes.fromhex("302c300706032b65700500032100") + ED25519.raw_public,  # with parameters
    ]
    for spki in others:
        with pytest.raises(Malformed):
            read_public_key(spki)


# --- weak keys -----------------------------------------------------------------------------


@pytest.mark.parametrize("case", VECTORS["weak_keys"], ids=lambda case: case["why"])
def test_weak_keys_of_the_vectors(case):
    public = read_public_key(bytes.fromhex(case["spki"]))
    with pytest.raises(WeakKey):
        require_enrolable(public)


@pytest.mark.parametrize(
    ("why", "y"),
    [
        ("p: zero again", 2**255 - 19),
        ("p + 3, canonical it would be a point", 2**255 - 19 + 3),
        ("all ones", 2**256 - 1),
        ("no point has this y", 2),
        ("2, with a sign", 2 + 2**255),
        ("1 with a sign: no such point", 1 + 2**255),
    ],
)
def test_what_is_no_canonical_point_is_weak(why, y):
    with pytest.raises(WeakKey):
        require_enrolable(read_public_key(ED25519_HEAD + y.to_bytes(32, "little")))


def test_why_weak_keys_are_refused():
    """Under the identity one signature fits every message: its holder could deny them all."""
    identity = read_public_key(ED25519_HEAD + bytes([1]) + bytes(31))
    signature = bytes([1]) + bytes(63)
    identity.verify(signature, b"I approve")
    identity.verify(signature, b"I refuse")


def p256_with(x, y):
    return P256.public.spki[:27] + joined(x, y)


def test_p256_points_off_the_curve_or_not_canonical_are_weak():
    numbers = P256._signer.public_key().public_numbers()
    assert read_public_key(p256_with(numbers.x, numbers.y)) == P256.public
    # The curve's point with x = 0 can also be written with x = p, which is not canonical.
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    root = pow(b, (P256_FIELD + 1) // 4, P256_FIELD)
    require_enrolable(read_public_key(p256_with(0, root)))
    for x, y in [
        (numbers.x, numbers.y + 1),
        (numbers.y, numbers.x),
        (P256_FIELD, root),
        (0, 0),
        (1, 1),
        (2**256 - 1, 2**256 - 1),
    ]:
        with pytest.raises(WeakKey):
            read_public_key(p256_with(x, y))


# --- private keys --------------------------------------------------------------------------


@BOTH
def test_pem_round_trip(key):
    again = PrivateKey.from_pem(key.to_pem())
    assert again.key_id == key.key_id
    assert again.to_pem() == key.to_pem()


@BOTH
def test_every_cut_of_the_pem_is_malformed(key):
    pem = key.to_pem()
    for size in range(len(pem)):
        for cut in (pem[:size], pem[size + 1 :]):
            with pytest.raises(Malformed):
                PrivateKey.from_pem(cut)


@BOTH
def test_a_changed_pem_is_never_the_same_key(key):
    pem = key.to_pem()
    for bit in range(len(pem) * 8):
        changed = bytearray(pem)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            other = PrivateKey.from_pem(bytes(changed))
        except Malformed:
            continue
        # A bit of an Ed25519 seed makes another seed; a P-256 PEM holds its public key too.
        assert key is ED25519
        assert other.key_id != key.key_id


def test_other_pems_are_malformed_and_never_quoted():
    secret = ED25519.to_pem()
    pkcs8 = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    none = serialization.NoEncryption()
    others = [
        b"",
        b"secret",
        secret.replace(b"\n", b"\r\n"),
        b"\n" + secret,
        secret + secret,
        P256._signer.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, none),
        ED25519._signer.private_bytes(pem, pkcs8, serialization.BestAvailableEncryption(b"pass")),
        ec.generate_private_key(ec.SECP384R1()).private_bytes(pem, pkcs8, none),
        rsa.generate_private_key(65537, 2048).private_bytes(pem, pkcs8, none),
        ED25519._signer.public_key().public_bytes(
            pem, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
    ]
    for other in others:
        with pytest.raises(Malformed) as caught:
            PrivateKey.from_pem(other)
        assert caught.value.__cause__ is caught.value.__context__ is None
        for line in other.splitlines():
            assert not line or line.decode() not in caught.value.en


@BOTH
def test_a_private_key_does_not_show_itself(key):
    assert repr(key) == str(key) == f"PrivateKey({key.algorithm} {key.key_id[:12]})"
    with pytest.raises((TypeError, AttributeError)):
        pickle.dumps(key)


@BOTH
def test_public_keys_cross_process_borders(key):
    again = pickle.loads(pickle.dumps(key.public))
    assert again == key.public
    again.verify(key.sign(MESSAGE), MESSAGE)


def test_generated_keys_differ():
    assert len({PrivateKey.generate("ed25519").key_id for _ in range(4)}) == 4
    assert PrivateKey.generate("p256").algorithm == "p256"
    with pytest.raises(Malformed):
        PrivateKey.generate("rsa")


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_seed_is_32_bytes(size):
    with pytest.raises(Malformed):
        PrivateKey.from_seed(bytes(size))


def test_only_ed25519_has_a_raw_public_key():
    assert ED25519.raw_public == ED25519.public.spki[12:]
    with pytest.raises(CryptoError):
        P256.raw_public  # noqa: B018
