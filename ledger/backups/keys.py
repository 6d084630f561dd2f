"""Private keys and the chain secret under a passphrase, for a backup that holds them too.

Scrypt makes the key, Fernet encrypts and authenticates: ``cryptography``'s own recipe for
passwords. Who has the file and guesses the passphrase is the log: he can sign forks.

Source: RFC 7914; https://cryptography.io/en/latest/fernet/
"""

import base64
import os
from collections.abc import Mapping

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ledger.errors import LedgerError

COST, BLOCK, LANES = 2**17, 8, 1  # 128 MiB and half a second a guess
SALT = 16
LEAST = 12  # characters


class _Sealed(msgspec.Struct, forbid_unknown_fields=True):
    kdf: str
    salt: bytes
    token: str


def seal_keys(files: Mapping[str, str], passphrase: str) -> bytes:
    """Return *files*, base64 by their path in the home, under *passphrase*."""
    if len(passphrase) < LEAST:
        raise LedgerError(
            f"the passphrase has fewer than {LEAST} characters: who guesses it can fork the log",
            f"口令少于 {LEAST} 个字符：猜中者即可使账本分叉",
        )
    salt = os.urandom(SALT)
    plain = msgspec.json.encode(dict(files))
    token = _fernet(passphrase, salt).encrypt(plain).decode()
    return msgspec.json.encode(_Sealed(_kdf(), salt, token))


def unseal_keys(raw: bytes, passphrase: str) -> dict[str, str]:
    """Return the files again; raise LedgerError where the passphrase or the file is wrong."""
    try:
        sealed = msgspec.json.decode(raw, type=_Sealed)
        if sealed.kdf != _kdf():
            raise ValueError(sealed.kdf)
        plain = _fernet(passphrase, sealed.salt).decrypt(sealed.token)
        return msgspec.json.decode(plain, type=dict[str, str])
    except (msgspec.MsgspecError, InvalidToken, ValueError):
        raise LedgerError(
            "keys.sealed does not open: the passphrase is wrong, or the file was changed",
            "keys.sealed 无法打开：口令有误，或文件已被改动",
        ) from None


def _kdf() -> str:
    return f"scrypt/{COST}/{BLOCK}/{LANES}"


def _fernet(passphrase: str, salt: bytes) -> Fernet:
    kdf = Scrypt(salt=salt, length=32, n=COST, r=BLOCK, p=LANES)
    return Fernet(base64.urlsafe_b64encode(kdf.derive(passphrase.encode())))
