"""Read and write the files in which keys lie.

A private key is unencrypted PKCS #8 PEM, mode 0600; it is read to sign and is
never printed nor sent. A public key is its SubjectPublicKeyInfo, as PEM, as DER
or as base64 of it; whichever was given, the bytes of spec 2 come out.
"""

import base64
import binascii
import textwrap
from pathlib import Path

from cli.failures import NOT_FOUND, Failure, usage
from crypto.errors import CryptoError
from crypto.keys import PrivateKey, PublicKey, read_public_key, require_enrolable
from crypto.notation import read_b64
from ledger.home import read_private, write_private

_BEGIN, _END = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
_PRIVATE = "PRIVATE KEY-----"
_DER = (b"\x30\x2a", b"\x30\x59")  # a sequence of 42 bytes (Ed25519), of 89 (P-256)
MAX_FILE = 10_000  # bytes; no key is longer


def read_private_key(path: Path) -> PrivateKey:
    """Return the private key in *path*; its errors never repeat what the file holds.

    Raises:
        Failure: there is no such file.
        LedgerError: others can read it.
        Malformed: it holds no private key in the form that `zelian key new` writes.
    """
    if not path.is_file():
        raise Failure(
            NOT_FOUND,
            f"no key file {path}: make one with `zelian key new {path}`",
            f"没有密钥文件 {path}：可用 `zelian key new {path}` 生成",
        )
    return PrivateKey.from_pem(read_private(path))


def write_private_key(path: Path, key: PrivateKey) -> None:
    """Write *key* to a new file of mode 0600.

    Raises:
        Failure: the file exists; a key is never overwritten.
    """
    try:
        write_private(path, key.to_pem())
    except FileExistsError:
        raise usage(
            f"{path} exists, and a key is never overwritten: choose another name",
            f"{path} 已存在，密钥绝不覆盖：请另选文件名",
        ) from None


def public_pem(key: PublicKey) -> str:
    """Return *key* as PEM, without a last line feed."""
    body = "\n".join(textwrap.wrap(base64.b64encode(key.spki).decode(), 64))
    return f"{_BEGIN}\n{body}\n{_END}"


def read_public(text: str) -> PublicKey:
    """Return the public key that *text* names: a file, or base64 of the key itself.

    Raises:
        Failure: neither.
        Malformed, WeakKey: not a key of spec 2, or one that proves nothing.
    """
    path = Path(text)
    key = read_public_key(_spki(path) if path.is_file() else _from_base64(text))
    require_enrolable(key)
    return key


def _spki(path: Path) -> bytes:
    raw = path.read_bytes()[: MAX_FILE + 1]
    if _PRIVATE.encode() in raw:
        # Its owner may have meant the public half: give it, and nothing else.
        return read_private_key(path).public.spki
    if raw.startswith(_DER):  # as text neither would begin any key
        return raw
    text = raw.decode("ascii", "replace").strip()
    lines = text.split("\n")
    if lines[0].strip() == _BEGIN and lines[-1].strip() == _END:
        text = "".join(line.strip() for line in lines[1:-1])
    return _from_base64(text)


def _from_base64(text: str) -> bytes:
    try:
        return read_b64(text)
    except (CryptoError, binascii.Error):
        raise usage(
            f"{text[:60]!r} is neither a file nor base64 of a public key (DER, spec 2)",
            f"{text[:60]!r} 既不是文件，也不是公钥（DER，规范第 2 节）的 base64",
        ) from None
