"""What a backup is: a folder of files, one of which says whose they are and what they hash to.

| file | holds |
|---|---|
| ``ledger.db`` | the log's tables, as SQLite, from whatever database they came |
| ``service.db`` | refusals, seals, claims of what was removed |
| ``trust-policy``, ``identity``, ``timestamp-roots.pem`` | as in the home |
| ``keys.sealed`` | keys and chain secret under a passphrase, where that was asked for |
| ``backup.json`` | the manifest; written last |

The hashes find damage, no forgery: what the log signed is verified when it is restored.
"""

import hashlib
from pathlib import Path

import msgspec

from ledger.errors import LedgerError

FORMAT = "zelian/backup/1"
MANIFEST, LOG, SERVICE, KEYS = "backup.json", "ledger.db", "service.db", "keys.sealed"
PUBLIC = ("trust-policy", "identity", "timestamp-roots.pem")
BLOCK = 1 << 20


class Manifest(msgspec.Struct, forbid_unknown_fields=True):
    """Of which ledger, up to where, and the SHA-256 of each file (hex)."""

    format: str
    origin: str
    size: int
    checkpoint: str
    taken_at: str
    files: dict[str, str]


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a backup all of whose files are there and whole."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        raise LedgerError(
            f"{folder} is no backup, or one that was cut short: its {MANIFEST} is missing or "
            "cannot be read",
            f"{folder} 不是备份，或备份未完成：其 {MANIFEST} 缺失或无法读取",
        ) from None
    if manifest.format != FORMAT:
        raise LedgerError(
            f"the backup has the form {manifest.format}, this program reads {FORMAT}",
            f"备份格式为 {manifest.format}，本程序只读取 {FORMAT}",
        )
    for name, wanted in manifest.files.items():
        if name not in (LOG, SERVICE, KEYS, *PUBLIC) or hash_of(folder / name) != wanted:
            raise _changed(name)
    for name in (LOG, SERVICE, "trust-policy", "identity"):
        if name not in manifest.files:
            raise _changed(name)
    return manifest


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, hex; "" where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _changed(name: str) -> LedgerError:
    return LedgerError(
        f"the backup's {name} is missing or not what its manifest says: use another backup",
        f"备份中的 {name} 缺失或与清单不符：请改用其他备份",
    )
