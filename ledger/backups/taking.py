"""Save a ledger into a folder while it is served.

The log's tables are copied in one snapshot, whatever the database, while entries go on
being taken. What the service keeps comes after: a seal is kept before the reading that it
belongs to is logged, so that none can be missing. Tiles and projections follow from the
log and are left out. The folder appears whole or not at all.
"""

import os
import shutil
from pathlib import Path

import msgspec

from crypto.checkpoint import open_checkpoint
from crypto.merkle import Edge
from crypto.notation import format_time, write_b64
from ledger.backups.keys import seal_keys
from ledger.backups.manifest import (
    FORMAT,
    KEYS,
    LOG,
    MANIFEST,
    PUBLIC,
    SERVICE,
    Manifest,
    hash_of,
)
from ledger.errors import LedgerError
from ledger.home import Home, read_private, write_private
from ledger.log.failures import damaged
from ledger.parts import Parts
from ledger.store.copying import copy_log, copy_service
from ledger.store.engine import fold_wal, open_engine, reading, service_engine, service_file
from ledger.store.log_rows import log_rows

CACHE_MIB = 16


def take_backup(parts: Parts, folder: Path, passphrase: str | None) -> Manifest:
    """Save the ledger into *folder*, which must not exist.

    Args:
        passphrase: under which keys and chain secret go in too; None: they do not.

    Raises:
        LedgerError: the folder exists, the passphrase is too short, or a key is missing.
        ReadOnly: ``damaged``: the head that was copied has no signed root.
    """
    if folder.exists():
        raise LedgerError(
            f"{folder} exists: name a folder that does not", f"{folder} 已存在：请指定新的目录"
        )
    taken_at = format_time(parts.clock())
    aside = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    aside.mkdir(mode=0o700, parents=True)
    try:
        size, note = _copy_tables(parts, aside)
        _copy_files(parts.home, aside)
        if passphrase is not None:
            write_private(aside / KEYS, seal_keys(_private_files(parts.home), passphrase))
        files = {path.name: hash_of(path) for path in sorted(aside.iterdir())}
        manifest = Manifest(FORMAT, parts.log.name, size, note, taken_at, files)
        write_private(aside / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return manifest


def _copy_tables(parts: Parts, folder: Path) -> tuple[int, str]:
    """Copy the tables; return the copy's size and signed note."""
    log = open_engine(f"sqlite:///{folder / LOG}", CACHE_MIB)
    service = open_engine(f"sqlite:///{folder / SERVICE}", CACHE_MIB)
    source = parts.engine
    try:
        copy_log(source, log)
        if source.dialect.name != "sqlite" or service_file(parts.home.path).exists():
            source = service_engine(parts.engine, parts.home.path)
        copy_service(source, service)
        with reading(log) as connection:
            rows = log_rows(log)
            head = rows.read_head(connection)
            note = rows.checkpoint(connection, head.size) if head is not None else None
    finally:
        for engine in (log, service):
            fold_wal(engine)
            engine.dispose()
        if source is not parts.engine:
            source.dispose()
    signed = open_checkpoint(note or "", parts.log) if head is not None and head.size else None
    if head is None or signed is None or note is None:
        raise damaged("the log has no signed head", "账本没有已签名的账本头")
    if Edge.unpack(head.size, head.edge).root() != signed.root:
        raise damaged("the head does not make the signed root", "账本头不能得出已签名的根")
    return head.size, note


def _copy_files(home: Home, folder: Path) -> None:
    for name in PUBLIC:
        if (home.path / name).exists():
            write_private(folder / name, (home.path / name).read_bytes())
    for name in (LOG, SERVICE):
        (folder / name).chmod(0o600)


def _private_files(home: Home) -> dict[str, str]:
    """Keys and secret by their path in the home, base64."""
    paths = [home.secret, *sorted(home.keys.rglob("*.pem"))]
    return {str(p.relative_to(home.path)): write_b64(read_private(p)) for p in paths}
