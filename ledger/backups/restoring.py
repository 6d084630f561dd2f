"""Bring a backup into an empty home, verify all of it, and hold it until it may go on.

What a crash leaves at each step: from the first on, a home that takes no entries, for
why is written before anything else; it is restored anew, into an empty one.

1. ``restored.json`` says that the home is being restored;
2. files, keys and tables are put in their places;
3. the ledger is opened for reading and checked like any home (``fsck``);
4. files are published from the entries, and what others hold is asked for;
5. ``restored.json`` says why entries are not taken, or goes away by :func:`let_go_on`.
"""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from crypto.notation import read_b64
from crypto.note import VKey
from crypto.policy import parse_policy
from ledger.backups.evidence import ask_witnesses, contradicting, seen_in
from ledger.backups.held import Restored, State, held, read_restored, write_restored
from ledger.backups.keys import unseal_keys
from ledger.backups.manifest import KEYS, LOG, PUBLIC, SERVICE, Manifest, read_manifest
from ledger.errors import LedgerError, ReadOnly
from ledger.home import Home, write_private, write_public
from ledger.parts import Parts
from ledger.settings import Settings
from ledger.store.copying import copy_log, copy_service, is_empty
from ledger.store.engine import database_file, open_engine, service_file

CACHE_MIB = 16
Note = tuple[str, str]  # where a checkpoint was found, and its note
RESTORED = frozenset({"restored", "restored_older", "restored_differs"})
OWN = frozenset({"keys", "chain.secret", "lock"})  # what may lie in an empty home


def put_back(
    settings: Settings, folder: Path, passphrase: str | None, notes: Sequence[Note]
) -> Manifest:
    """Steps 1 and 2; the home must be empty but for keys and secret that were copied by hand.

    Args:
        notes: as of :func:`hold`; looked at before anything is changed.

    Raises:
        LedgerError: the backup is not whole, the home or database is not empty, keys are
            missing, or the passphrase is wrong. Of a home that is not empty nothing changed.
    """
    manifest = read_manifest(folder)
    log = _log_of(folder)
    for where, note in [*notes, (str(folder), manifest.checkpoint)]:
        seen_in(log, where, note)
    home = Home(settings.home)
    _check_room(settings, home)
    keys = _keys_of(folder, manifest, passphrase, home)
    home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with home.lock():
        write_restored(home, Restored("restoring", manifest.size, manifest.taken_at))
        for name, raw in keys.items():
            write_private(home.path / name, raw)
        for name in PUBLIC:
            if name in manifest.files:
                write_public(home.path / name, (folder / name).read_text(encoding="utf-8"))
        _fill(settings, home, folder)
    return manifest


def _log_of(folder: Path) -> VKey:
    logs = parse_policy((folder / "trust-policy").read_bytes()).logs
    if not logs:
        raise LedgerError(
            "the backup's trust-policy names no log: use another backup",
            "备份中的 trust-policy 未写明日志：请改用其他备份",
        )
    return logs[0].key


def _check_room(settings: Settings, home: Home) -> None:
    there = {path.name for path in home.path.iterdir()} if home.path.is_dir() else set()
    if there - OWN:
        raise LedgerError(
            f"the home is not empty ({', '.join(sorted(there - OWN))}): name an empty one; "
            "keys/ and chain.secret may lie in it",
            f"主目录不为空（{'、'.join(sorted(there - OWN))}）：请指定空目录；"
            "其中可以有 keys/ 与 chain.secret",
        )
    if settings.on_sqlite:
        if database_file(settings.database_url).exists():
            raise LedgerError(
                f"{database_file(settings.database_url)} exists: use another file",
                f"{database_file(settings.database_url)} 已存在",
            )
        return
    engine = open_engine(settings.database_url, CACHE_MIB)
    try:
        if not is_empty(engine):
            raise LedgerError(
                "the database holds a ledger already: use an empty one",
                "数据库中已有账本：请使用空数据库",
            )
    finally:
        engine.dispose()


def _keys_of(
    folder: Path, manifest: Manifest, passphrase: str | None, home: Home
) -> dict[str, bytes]:
    """Return what the backup brings of keys and secret; all that is needed must be there then."""
    if passphrase is not None:
        if KEYS not in manifest.files:
            raise LedgerError(
                "this backup has no keys: leave the passphrase out and copy them by hand",
                "此备份不含密钥：请不要给出口令，并手工复制密钥",
            )
        found = unseal_keys((folder / KEYS).read_bytes(), passphrase)
        keys = {name: read_b64(text, f"/{name}") for name, text in found.items()}
        _check_places(home, keys)
        return keys
    missing = [
        str(path.relative_to(home.path))
        for path in (home.log_key, home.service_key, home.secret)
        if not path.exists()
    ]
    if missing:
        raise LedgerError(
            f"{', '.join(missing)} is missing in the home: copy it there, or give the passphrase "
            "of a backup that has keys; without them no entry is ever taken again",
            f"主目录缺少 {'、'.join(missing)}：请复制到位，或给出含密钥备份的口令；"
            "缺少它们便不能再接收任何记录",
        )
    return {}


def _check_places(home: Home, keys: dict[str, bytes]) -> None:
    """Keys go to their own places in the home and nowhere else, over nothing that is there."""
    for name in keys:
        path = home.path / name
        inside = path == home.secret or (path.suffix == ".pem" and home.keys in path.parents)
        if not inside or ".." in path.parts or path.exists():
            raise LedgerError(
                f"the backup's key {name} does not go there: the home must be empty",
                f"备份中的密钥 {name} 不能放到该处：主目录必须为空",
            )


def _fill(settings: Settings, home: Home, folder: Path) -> None:
    """Put the tables into the database that is set, of whichever kind."""
    if settings.on_sqlite:
        for name, path in (
            (LOG, database_file(settings.database_url)),
            (SERVICE, service_file(home.path)),
        ):
            write_private(path, b"")
            shutil.copyfile(folder / name, path)
        return
    target = open_engine(settings.database_url, CACHE_MIB)
    try:
        for name, copy in ((LOG, copy_log), (SERVICE, copy_service)):
            source = open_engine(f"sqlite:///{folder / name}", CACHE_MIB)
            try:
                copy(source, target)
            finally:
                source.dispose()
    finally:
        target.dispose()


class Outcome(NamedTuple):
    """What a restored home came to: why it takes no entries, and which witnesses kept silent."""

    why: ReadOnly | None
    agreeing: list[str]
    silent: list[str]


def hold(parts: Parts, taken_at: str, notes: Sequence[Note]) -> Outcome:
    """Step 5, of a home that verified: note why it takes no entries.

    Args:
        notes: checkpoints that others hold, each with where it was found.

    Raises:
        LedgerError: this log did not sign one of them.
    """
    given = [seen_in(parts.log, where, note) for where, note in notes]
    before = read_restored(parts.home)
    if before is not None and before.note:
        given.append(seen_in(parts.log, before.where, before.note))
    asked = ask_witnesses(parts)
    size = parts.reader.size()
    found = contradicting(parts, [*given, *asked.seen])
    if found is None:
        restored = Restored("held", size, taken_at)
    else:
        seen, larger = found
        state: State = "older" if larger else "differs"
        restored = Restored(state, size, taken_at, seen.where, seen.checkpoint.size, note=seen.note)
    write_restored(parts.home, restored)
    return Outcome(held(parts.home), [seen.where for seen in asked.seen], asked.silent)


def let_go_on(
    parts: Parts, notes: Sequence[Note], first: Callable[[], None] = lambda: None
) -> Outcome:
    """Let a restored home take entries again, unless a checkpoint stands against it.

    Args:
        first: what must be logged before anything else; if it fails the home stays held.

    Raises:
        LedgerError: the home was not restored; or its restoring did not come to its end.
        ReadOnly: it takes no entries for another reason.
    """
    restored = read_restored(parts.home)
    if restored is None:
        raise LedgerError(
            "this home does not wait to go on: it was not restored",
            "此主目录并非恢复而来，无须继续",
        )
    if restored.state == "restoring":
        raise held(parts.home) or AssertionError("just read")
    outcome = hold(parts, restored.taken_at, notes)
    if outcome.why is not None and outcome.why.reason != "restored":
        return outcome
    failure = parts.sequencer.failure
    if failure is not None and failure.reason not in RESTORED:
        raise failure
    parts.sequencer.failure = None
    first()
    parts.home.restored.unlink()
    return Outcome(None, outcome.agreeing, outcome.silent)
