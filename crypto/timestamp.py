"""Time-stamps of an outside authority: what to ask, and what its answer proves.

    ask(data) -> Query
    open_token(response, data, roots, nonce) -> Token

An authority that the caller chose, by its roots, says that *data* was there at a time of
its own clock. That the data is true, or was first there then, it does not say.

Source: RFC 3161; RFC 5652.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from crypto.errors import BadSignature, Malformed, Mismatch, TooLarge, Untrusted
from crypto.notation import format_time

MAX_TOKEN: Final = 16_384  # bytes of an answer
# In whose words the library says that a chain ends in none of the roots.
_UNTRUSTED: Final = "certificate verify error"
_OTHER_DATA: Final = "Mismatch between messages"


@dataclass(frozen=True, slots=True)
class Query:
    """What is sent to an authority: DER bytes; *nonce* must come back."""

    der: bytes
    nonce: int | None


@dataclass(frozen=True, slots=True)
class Token:
    """What an authority said: the T at which it had the digest, to the second."""

    stamped_at: str


def ask(data: bytes) -> Query:
    """Return the question whether *data* was there: its SHA-256, a nonce, certificates wanted."""
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    return Query(request.as_bytes(), request.nonce)


def read_roots(pem: bytes) -> tuple[Certificate, ...]:
    """Return the certificates in a PEM file, at least one; raise Malformed."""
    try:
        return tuple(load_pem_x509_certificates(pem))
    except ValueError:
        raise Malformed(
            "no certificate can be read: the roots are certificates in PEM",
            "无法读取证书：根证书应为 PEM 格式",
        ) from None


def open_token(
    response: bytes, data: bytes, roots: Sequence[Certificate], nonce: int | None = None
) -> Token:
    """Return what an answer says of *data*.

    Args:
        response: DER, as the authority sent it.
        roots: certificates in which the authority's must end; at least one.
        nonce: of the query; None: whichever it has.

    Raises:
        TooLarge, Malformed: it is no answer, or one that grants nothing.
        Mismatch: it is of other data or of another query.
        Untrusted: its certificate ends in none of the roots, or there are none.
        BadSignature: anything else in it does not hold.
    """
    if len(response) > MAX_TOKEN:
        raise TooLarge(
            f"a time-stamp has at most {MAX_TOKEN} bytes", f"时间戳不超过 {MAX_TOKEN} 字节"
        )
    if not roots:
        raise Untrusted("no authority's root is given", "未给出时间戳机构的根证书")
    try:
        answer = decode_timestamp_response(response)
        stamped = answer.tst_info.gen_time
    except ValueError:
        raise _no_answer() from None
    try:
        VerifierBuilder(roots=list(roots), nonce=nonce).build().verify_message(answer, data)
    except VerificationError as error:
        raise _told(str(error)) from None
    except ValueError:  # a status that RFC 3161 does not have is read only here
        raise _no_answer() from None
    at = stamped.replace(tzinfo=UTC) if stamped.tzinfo is None else stamped
    return Token(format_time(round(at.timestamp() * 1000)))


def _no_answer() -> Malformed:
    return Malformed(
        "it is no answer of a time-stamp authority that grants one",
        "不是时间戳机构签发时间戳的应答",
    )


def _told(error: str) -> Mismatch | Untrusted | BadSignature:
    if error in (_OTHER_DATA, "Nonce mismatch"):
        return Mismatch("it stamps something else than was asked", "时间戳对应的并非所询内容")
    if _UNTRUSTED in error:
        return Untrusted(
            "its certificate ends in none of the roots that you trust",
            "其证书不能追溯至您信任的根证书",
        )
    return BadSignature("the time-stamp does not hold", "时间戳验证不通过")
