"""The folder of one ledger: where its keys, secret, database, tiles and lock lie.

Private files are mode 0600 and refused when others can read them. A file that
should exist and does not is an error, never made anew: a new secret or key
under an old ledger would fork it.
"""

import fcntl
import os
import secrets
from pathlib import Path
from typing import IO

from crypto.keys import PrivateKey
from ledger.errors import LedgerError, ReadOnly

SECRET_SIZE = 32  # bytes, spec 4


class Home:
    """Paths below one folder, and strict reading of what lies there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.keys = path / "keys"
        self.log_key = self.keys / "log.pem"
        self.service_key = self.keys / "service.pem"
        self.registrar_key = self.keys / "registrar.pem"
        self.secret = path / "chain.secret"
        self.tiles = path / "tiles"
        self.trust_policy = path / "trust-policy"
        self.timestamp_roots = path / "timestamp-roots.pem"
        self.identity = path / "identity"
        self.receipts = path / "receipts"
        self.scrubbing = path / "scrubbing.json"
        self.restored = path / "restored.json"

    @property
    def demo(self) -> bool:
        """Whether a registrar's private key lies here: then the holder of the home is registrar."""
        return self.registrar_key.exists()

    def read_key(self, path: Path) -> PrivateKey:
        """Return the private key in *path*.

        Raises:
            LedgerError: missing, readable by others, or no PKCS#8 key.
        """
        return PrivateKey.from_pem(read_private(path))

    def read_secret(self) -> bytes:
        """Return the 32 bytes from which chain ids follow."""
        raw = read_private(self.secret)
        if len(raw) != SECRET_SIZE:
            raise LedgerError(
                f"chain.secret holds {len(raw)} bytes, not {SECRET_SIZE}: restore it from a backup",
                f"chain.secret 有 {len(raw)} 字节，应为 {SECRET_SIZE}：请从备份恢复",
            )
        return raw

    def write_key(self, path: Path, key: PrivateKey) -> None:
        write_private(path, key.to_pem())

    def make_key(self, path: Path) -> PrivateKey:
        """Make an Ed25519 key in *path*; or return the one that lies there."""
        if not path.exists():
            self.write_key(path, PrivateKey.generate("ed25519"))
        return self.read_key(path)

    def make_secret(self) -> bytes:
        """Make the chain secret; or return the one that lies there."""
        if not self.secret.exists():
            write_private(self.secret, secrets.token_bytes(SECRET_SIZE))
        return self.read_secret()

    def read_identity(self) -> str | None:
        """Leaf hash of entry 0 as noted when the ledger was opened, hex; None before."""
        if not self.identity.exists():
            return None
        return self.identity.read_text(encoding="ascii").strip()

    def lock(self, shared: bool = False) -> IO[bytes]:
        """Hold the home for writing until the returned file is closed.

        Raises:
            ReadOnly: ``busy``: another process writes here.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        handle = (self.path / "lock").open("ab")
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            raise ReadOnly(
                "busy",
                "another process writes to this home: use `--server URL`, or stop it first",
                "另有进程正在写入此主目录：请使用 `--server URL`，或先停止该进程",
            ) from None
        return handle


def read_private(path: Path) -> bytes:
    """Return the bytes of a private file of ours, refusing one that others can read."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise LedgerError(
            f"{path.name} is missing: make a ledger with `zelian init`, or restore the file",
            f"缺少 {path.name}：请用 `zelian init` 新建账本，或恢复该文件",
        ) from None
    if mode & 0o077:
        raise LedgerError(
            f"{path.name} can be read by others: run `chmod 600` on it",
            f"{path.name} 可被他人读取：请对其执行 `chmod 600`",
        )
    return path.read_bytes()


def write_private(path: Path, content: bytes) -> None:
    """Create *path* with mode 0600, whole or not at all, durably; it must not exist."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = _beside(path)
    _create(aside, content)
    try:
        os.link(aside, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        _create(path, content)
    finally:
        aside.unlink()
    _sync(path.parent)


def write_public(path: Path, text: str) -> None:
    """Put *text* at *path*, whole or not at all, durably."""
    aside = _beside(path)
    _create(aside, text.encode(), mode=0o644)
    aside.rename(path)
    _sync(path.parent)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")


def _create(path: Path, content: bytes, mode: int = 0o600) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        os.write(handle, content)
        os.fsync(handle)
    except OSError:
        path.unlink()
        raise
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
