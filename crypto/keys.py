"""Decide what a public key is, which keys may be enrolled, and whether a signature counts.

The algorithm is the key's, never the message's. A public key is one pinned DER
form of SubjectPublicKeyInfo and nothing else; its id is the hash of those bytes.
``cryptography`` alone verifies: its Ed25519 compares without the cofactor, as
the formats demand, where libsodium would accept signatures that it refuses.
libsodium only says whether a point may be enrolled.

Sizes: Ed25519 SPKI 44 bytes, P-256 SPKI 91; every signature 64 bytes.

Source: spec 2; RFC 8410; RFC 5480; RFC 6979 (how P-256 signs).
"""

import hashlib
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, cast

from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from nacl.bindings import crypto_core_ed25519_is_valid_point

from crypto.errors import BadSignature, Malformed, WeakKey

Algorithm: TypeAlias = Literal["ed25519", "p256"]

SIGNATURE_SIZE = 64  # bytes, of both algorithms
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

_ED25519_HEAD = bytes.fromhex("302a300506032b6570032100")
# ... id-ecPublicKey, prime256v1, a bit string, and 04 for an uncompressed point
_P256_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
_ED25519_SIZE = 44
_P256_SIZE = 91

# InternalError: OpenSSL on a key whose algorithm and length do not go together.
_NOT_A_PEM = (ValueError, TypeError, UnsupportedAlgorithm, InternalError, Malformed, WeakKey)

_VERIFY_P256 = ec.ECDSA(hashes.SHA256())
_SIGN_P256 = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key in its pinned form.

    It may still be a point that proves nothing: :func:`require_enrolable` decides that.
    """

    spki: bytes
    key_id: str
    algorithm: Algorithm
    _verifier: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey = field(
        repr=False, compare=False
    )

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raise :class:`BadSignature` unless *signature* (64 bytes) is this key's on *message*."""
        try:
            if len(signature) != SIGNATURE_SIZE:
                raise InvalidSignature
            if self.algorithm == "ed25519":
                # What class it is takes longer to ask than all else here.
                self._verifier.verify(signature, message)  # type: ignore[call-arg]
            else:
                verifier = cast(ec.EllipticCurvePublicKey, self._verifier)
                verifier.verify(_p256_to_der(signature), message, _VERIFY_P256)
        except InvalidSignature:
            raise BadSignature(
                f"the signature by key {self.key_id[:12]} does not verify; "
                "sign these very bytes again with that key",
                f"密钥 {self.key_id[:12]} 的签名未通过验证；请用该密钥对原字节重新签名",
            ) from None

    def __reduce__(self) -> tuple[object, tuple[bytes]]:
        """Keys cross process borders as their bytes; the verifier is made anew."""
        return read_public_key, (self.spki,)


def key_id_of(spki: bytes) -> str:
    """Return the key id: hex SHA-256 of the SubjectPublicKeyInfo."""
    return hashlib.sha256(spki).hexdigest()


def read_public_key(spki: bytes) -> PublicKey:
    """Return the key that *spki* writes.

    Raises:
        Malformed: not one of the two pinned DER forms.
        WeakKey: a P-256 point that is not on the curve.
    """
    if len(spki) == _ED25519_SIZE and spki.startswith(_ED25519_HEAD):
        raw = spki[len(_ED25519_HEAD) :]
        verifier = ed25519.Ed25519PublicKey.from_public_bytes(raw)
        return PublicKey(bytes(spki), key_id_of(spki), "ed25519", verifier)
    if len(spki) == _P256_SIZE and spki.startswith(_P256_HEAD):
        return PublicKey(bytes(spki), key_id_of(spki), "p256", _p256_point(spki))
    raise Malformed(
        "not a public key: give the DER SubjectPublicKeyInfo of an Ed25519 key (44 bytes) "
        "or of an uncompressed P-256 point (91 bytes)",
        "不是公钥：请提供 Ed25519（44 字节）或未压缩 P-256 点（91 字节）的 "
        "DER SubjectPublicKeyInfo",
    )


def require_enrolable(key: PublicKey) -> None:
    """Raise :class:`WeakKey` unless signatures by *key* will bind whoever holds it.

    An Ed25519 key must be the canonical encoding of a point of prime order: under
    the others one signature fits many messages, and its holder could deny them all.
    A P-256 key was found on its curve, whose group has no smaller part, when read.
    """
    if key.algorithm == "ed25519" and not crypto_core_ed25519_is_valid_point(
        key.spki[len(_ED25519_HEAD) :]
    ):
        raise WeakKey(
            "a weak Ed25519 key: not the canonical encoding of a point of prime order; "
            "make a new key",
            "弱 Ed25519 密钥：不是素数阶点的规范编码；请生成新的密钥",
        )


class PrivateKey:
    """A private key. It shows its key id and nothing else of itself."""

    __slots__ = ("_signer", "public")

    def __init__(self, signer: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> None:
        self._signer = signer
        self.public = read_public_key(
            signer.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )

    @classmethod
    def generate(cls, algorithm: Algorithm) -> "PrivateKey":
        """Return a new key from the system's randomness."""
        if algorithm == "ed25519":
            return cls(ed25519.Ed25519PrivateKey.generate())
        if algorithm == "p256":
            return cls(ec.generate_private_key(ec.SECP256R1()))
        raise Malformed(
            f"no algorithm {algorithm!r}; use ed25519 or p256",
            f"没有算法 {algorithm!r}；请使用 ed25519 或 p256",
        )

    @classmethod
    def from_seed(cls, seed: bytes) -> "PrivateKey":
        """Return the Ed25519 key of *seed*, 32 bytes; :class:`Malformed` for another length."""
        if len(seed) != 32:
            raise Malformed("an Ed25519 seed is 32 bytes", "Ed25519 种子为 32 字节")
        return cls(ed25519.Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def from_pem(cls, pem: bytes) -> "PrivateKey":
        """Return the key of an unencrypted PKCS #8 PEM, exactly as :meth:`to_pem` writes it.

        Raises:
            Malformed: anything else; the text never repeats a byte of *pem*.
        """
        try:
            signer = serialization.load_pem_private_key(pem, password=None)
            if isinstance(signer, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
                key = cls(signer)
                if key.to_pem() == pem:
                    return key
        except _NOT_A_PEM:
            pass  # the cause may quote the key
        raise Malformed(
            "not a private key: give the unencrypted PKCS #8 PEM of an Ed25519 or P-256 key, "
            "unchanged from what wrote it",
            "不是私钥：请提供 Ed25519 或 P-256 密钥未加密、未改动的 PKCS #8 PEM",
        )

    @property
    def key_id(self) -> str:
        """The public key's id, 64 hex digits."""
        return self.public.key_id

    @property
    def algorithm(self) -> Algorithm:
        """``"ed25519"`` or ``"p256"``."""
        return self.public.algorithm

    @property
    def raw_public(self) -> bytes:
        """The 32 bytes of an Ed25519 public key; P-256 has none: :class:`Malformed`."""
        if self.algorithm != "ed25519":
            raise Malformed(
                "checkpoints are signed with Ed25519 keys only", "检查点只能用 Ed25519 密钥签名"
            )
        return self.public.spki[len(_ED25519_HEAD) :]

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes; the same message always gets the same one."""
        if isinstance(self._signer, ed25519.Ed25519PrivateKey):
            return self._signer.sign(message)
        r, s = decode_dss_signature(self._signer.sign(message, _SIGN_P256))
        # Of s and n - s, which both verify, only the low one is a signature here.
        low = min(s, P256_ORDER - s)
        return r.to_bytes(32, "big") + low.to_bytes(32, "big")

    def to_pem(self) -> bytes:
        """Return the secret itself as unencrypted PKCS #8 PEM; where it goes is the caller's."""
        return self._signer.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def __repr__(self) -> str:
        """Name the key without showing it: a repr ends in logs."""
        return f"PrivateKey({self.algorithm} {self.key_id[:12]})"


def _p256_point(spki: bytes) -> ec.EllipticCurvePublicKey:
    """Return the key of a pinned P-256 SPKI; :class:`WeakKey` when the point is off the curve."""
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(
            ec.SECP256R1(), spki[len(_P256_HEAD) - 1 :]
        )
    except ValueError:
        raise WeakKey(
            "a P-256 key whose point is not on the curve; make a new key",
            "P-256 公钥的点不在曲线上；请生成新的密钥",
        ) from None


def _p256_to_der(signature: bytes) -> bytes:
    """Return r || s as DER; InvalidSignature when r, or a low s, is out of range."""
    r = int.from_bytes(signature[:32], "big")
    s = int.from_bytes(signature[32:], "big")
    if not (1 <= r < P256_ORDER and 1 <= s <= (P256_ORDER - 1) // 2):
        raise InvalidSignature
    return encode_dss_signature(r, s)
