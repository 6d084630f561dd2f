"""Decide whether an envelope signs its sender in to this ledger, now, once.

An enrolled key signs nothing but PAE, so signing in is an envelope of its own
payload type: what was signed to sign in can never be taken for a statement.
The client builds the bytes from the origin that it has configured; it never
signs bytes that it was handed. The clock comes in as an argument, and that a
nonce serves once is for whoever gave it out.

Units: nonces 32 bytes (server's) and 16 (client's); ``now_ms`` milliseconds since 1970.

Source: spec 2.
"""

from dataclasses import dataclass
from typing import Any

from crypto.canonical import read_canonical, write_canonical
from crypto.envelope import pae, read_envelope, write_envelope
from crypto.errors import BadSignature, Malformed, Untrusted
from crypto.keys import PrivateKey, PublicKey
from crypto.notation import check_hex32, check_origin, check_time, parse_time, read_b64, write_b64

SIGNIN_TYPE = "application/vnd.zelian.signin.v1+json"
MAX_AHEAD_MS = 5 * 60 * 1000
NONCE_SIZE = 32
CLIENT_NONCE_SIZE = 16

_MEMBERS = ["client_nonce", "expires", "keyid", "ledger", "nonce"]


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a sign-in says. ``expires`` is a T, ``ledger`` an origin."""

    client_nonce: bytes
    expires: str
    key_id: str
    ledger: str
    nonce: bytes


def sign_in(key: PrivateKey, origin: str, nonce: bytes, client_nonce: bytes, expires: str) -> bytes:
    """Return the envelope that signs the holder of *key* in.

    Args:
        key: an enrolled key.
        origin: of the ledger that the client means, never one that it was told.
        nonce: the server's, 32 bytes.
        client_nonce: 16 fresh random bytes.
        expires: a T, at most 5 minutes ahead of the server's clock.

    Raises:
        Malformed: an argument is not as said.
    """
    payload = write_canonical(
        {
            "client_nonce": write_b64(client_nonce),
            "expires": expires,
            "keyid": key.key_id,
            "ledger": origin,
            "nonce": write_b64(nonce),
        }
    )
    _read_payload(payload)
    signature = key.sign(pae(SIGNIN_TYPE, payload))
    return write_envelope(payload, SIGNIN_TYPE, [(key.key_id, signature)])


def read_sign_in(raw: bytes) -> SignIn:
    """Return what *raw* claims, unverified: enough to look its key up, and no more.

    Raises:
        TooLarge: longer than any envelope.
        Malformed: not a sign-in with one signature, by the key that it names.
    """
    return _read(raw)[0]


def open_sign_in(raw: bytes, key: PublicKey, origin: str, nonce: bytes, now_ms: int) -> SignIn:
    """Return the sign-in once it is found signed by *key*, for here and now.

    Args:
        raw: the envelope.
        key: what :func:`read_sign_in` named, and the registry holds as live.
        origin: this ledger's.
        nonce: the one that was given out to this client, not used before.
        now_ms: the server's clock.

    Raises:
        TooLarge, Malformed: as :func:`read_sign_in`.
        BadSignature: not signed by *key*.
        Untrusted: of another key, ledger or nonce, expired, or more than 5 minutes ahead.
    """
    claim, payload, signature = _read(raw)
    if claim.key_id != key.key_id:
        raise Untrusted(
            "signed by another key; sign in again", "由其他密钥签名；请重新登录", "/keyid"
        )
    try:
        key.verify(signature, pae(SIGNIN_TYPE, payload))
    except BadSignature as error:
        raise BadSignature(error.en, error.zh, "/signatures/0/sig") from None
    if claim.ledger != origin:
        raise Untrusted(
            f"this signs in to {claim.ledger}, not to {origin}",
            f"这是登录 {claim.ledger} 的签名，不是登录 {origin} 的",
            "/ledger",
        )
    if claim.nonce != nonce:
        raise Untrusted(
            "not the nonce that was given out; ask for a new one and sign in again",
            "不是所发放的随机数；请重新获取后登录",
            "/nonce",
        )
    _check_expiry(claim.expires, now_ms)
    return claim


def _check_expiry(expires: str, now_ms: int) -> None:
    """Raise unless *expires* is later than now and at most 5 minutes ahead."""
    expires_ms = parse_time(expires)
    if expires_ms <= now_ms:
        raise Untrusted(
            "this sign-in has expired; sign in again", "登录已过期；请重新登录", "/expires"
        )
    if expires_ms > now_ms + MAX_AHEAD_MS:
        raise Untrusted(
            "expires lies more than 5 minutes ahead; check the client's clock",
            "expires 超前 5 分钟以上；请检查客户端时钟",
            "/expires",
        )


def _read(raw: bytes) -> tuple[SignIn, bytes, bytes]:
    """Return claim, payload and signature of an envelope that is well formed."""
    payload, signatures = read_envelope(raw, SIGNIN_TYPE)
    claim = _read_payload(payload)
    if [key_id for key_id, _ in signatures] != [claim.key_id]:
        raise Malformed(
            "a sign-in has one signature, by the key that it names",
            "登录应只有一个签名，且来自其所列密钥",
            "/signatures",
        )
    return claim, payload, signatures[0][1]


def _read_payload(payload: bytes) -> SignIn:
    """Return what the payload says; :class:`Malformed` unless it is just as it must be."""
    value: Any = read_canonical(payload)
    if not isinstance(value, dict) or list(value) != _MEMBERS:
        raise Malformed(
            f"a sign-in holds exactly {', '.join(_MEMBERS)}",
            f"登录内容应恰好包含 {'、'.join(_MEMBERS)}",
            "/payload",
        )
    return SignIn(
        client_nonce=_read_nonce(value["client_nonce"], CLIENT_NONCE_SIZE, "/client_nonce"),
        expires=check_time(value["expires"], "/expires"),
        key_id=check_hex32(value["keyid"], "/keyid"),
        ledger=check_origin(value["ledger"], "/ledger"),
        nonce=_read_nonce(value["nonce"], NONCE_SIZE, "/nonce"),
    )


def _read_nonce(text: object, size: int, pointer: str) -> bytes:
    """Return the *size* bytes of a nonce."""
    nonce = read_b64(text, pointer)
    if len(nonce) != size:
        raise Malformed(f"{pointer} must be {size} bytes", f"{pointer} 应为 {size} 字节", pointer)
    return nonce
