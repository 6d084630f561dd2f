"""What a witness remembers: for each log the checkpoint cosigned last, and evidence.

Kept in one SQLite file, durable when a call returns (WAL, ``synchronous=FULL``).
Every statement is a transaction of its own, and the one that lets a log move on
names what it moves from, so that two requests, threads or processes can never
both move it. The file is never made by opening it: a witness that forgot what it
cosigned would cosign a fork.

Units: sizes count entries; times are seconds since 1970.
"""

import sqlite3
import threading
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from crypto.merkle import EMPTY_ROOT
from witness.errors import WitnessError
from witness.judge import Cosigned

APPLICATION_ID = 0x7A77_6974  # "zwit"
SCHEMA = 1
BUSY_S = 10
MAX_EVIDENCE = 1_000  # of a kind and log: more tells no more, and anybody may fill it

_SCHEMA = f"""
CREATE TABLE logs (
    origin TEXT PRIMARY KEY,
    origin_hash TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL CHECK (size >= 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    note TEXT NOT NULL,
    time_s INTEGER NOT NULL
) STRICT;
CREATE TABLE evidence (
    number INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    kind TEXT NOT NULL,
    note TEXT NOT NULL,
    cosigned TEXT NOT NULL,
    time_s INTEGER NOT NULL,
    UNIQUE (origin, size, root, kind)
) STRICT;
CREATE TRIGGER logs_only_grow BEFORE UPDATE ON logs
WHEN NEW.origin <> OLD.origin OR NEW.size < OLD.size OR NEW.time_s < OLD.time_s
    OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
BEGIN SELECT RAISE(ABORT, 'a log only grows'); END;
CREATE TRIGGER logs_stay BEFORE DELETE ON logs
BEGIN SELECT RAISE(ABORT, 'a log is never forgotten'); END;
CREATE TRIGGER evidence_unchanged BEFORE UPDATE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER evidence_stays BEFORE DELETE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
PRAGMA user_version = {SCHEMA};
PRAGMA application_id = {APPLICATION_ID};
"""


class Evidence(NamedTuple):
    """A checkpoint that a log signed and this witness did not cosign.

    Args:
        origin, size, root: what it claims.
        kind: ``fork`` or ``unproven``.
        note: the checkpoint, with the log's verified lines.
        cosigned: what had been cosigned last when it came; "" for nothing.
        time_s: when it came first.
    """

    origin: str
    size: int
    root: bytes
    kind: str
    note: str
    cosigned: str
    time_s: int


class Store:
    """One witness's memory, for any number of threads.

    Args:
        path: a file that :func:`create_store` made.

    Raises:
        WitnessError: there is no such file, or it is no witness's.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise WitnessError(
                f"{path.name} is missing: restore it; only `zelian witness init` makes one, "
                "together with a new key",
                f"缺少 {path.name}：请恢复该文件；只有 `zelian witness init` 会连同新密钥一起新建",
            )
        self._lock = threading.Lock()
        self._connection = _connect(path)
        try:
            self._check()
        except WitnessError:
            self.close()
            raise

    def close(self) -> None:
        self._connection.close()

    def know(self, origins: Iterable[str]) -> None:
        """Begin with size 0 for each log of which nothing is remembered."""
        for origin in origins:
            self._run(
                "INSERT INTO logs (origin, origin_hash, size, root, note, time_s) "
                "VALUES (?, ?, 0, ?, '', 0) ON CONFLICT DO NOTHING",
                (origin, sha256(origin.encode()).hexdigest(), EMPTY_ROOT),
            )

    def last(self, origin: str) -> Cosigned:
        """Return what was cosigned last for a known log; raise WitnessError for another."""
        rows = self._run(
            "SELECT origin, size, root, note, time_s FROM logs WHERE origin = ?", (origin,)
        )
        if not rows:
            raise WitnessError(
                f"nothing is remembered of {origin}: stop, and restore the database",
                f"没有 {origin} 的任何记录：请停止运行并恢复数据库",
            )
        return Cosigned(*rows[0])

    def logs(self) -> list[Cosigned]:
        """Return what was cosigned last for each log, by origin."""
        rows = self._run("SELECT origin, size, root, note, time_s FROM logs ORDER BY origin")
        return [Cosigned(*row) for row in rows]

    def note_of(self, origin_hash: str) -> str:
        """Return the checkpoint cosigned last of the log with this hash; "" for none."""
        rows = self._run("SELECT note FROM logs WHERE origin_hash = ?", (origin_hash,))
        return rows[0][0] if rows else ""

    def advance(self, last: Cosigned, new: Cosigned) -> bool:
        """Remember *new*, durably, if *last* is still what was cosigned last; tell whether it was.

        SPEC: checking the old size and persisting the new checkpoint MUST be atomic: the
        condition stands in the statement itself, whoever else has the file open.
        """
        rows = self._run(
            "UPDATE logs SET size = ?, root = ?, note = ?, time_s = ? "
            "WHERE origin = ? AND size = ? AND root = ? AND time_s <= ? RETURNING 1",
            (*new[1:], last.origin, last.size, last.root, new.time_s),
        )
        return bool(rows)

    def keep(self, found: Evidence) -> None:
        """Keep evidence, once; at most 1,000 of a kind and log."""
        self._run(
            "INSERT INTO evidence (origin, size, root, kind, note, cosigned, time_s) "
            "SELECT ?, ?, ?, ?, ?, ?, ? "
            "WHERE (SELECT count(*) FROM evidence WHERE origin = ? AND kind = ?) < ? "
            "ON CONFLICT DO NOTHING",
            (*found, found.origin, found.kind, MAX_EVIDENCE),
        )

    def evidence(self) -> list[Evidence]:
        """Return all that was kept, oldest first."""
        rows = self._run(
            "SELECT origin, size, root, kind, note, cosigned, time_s FROM evidence ORDER BY number"
        )
        return [Evidence(*row) for row in rows]

    def _check(self) -> None:
        """Make what is committed durable; raise WitnessError unless the file is a witness's."""
        self._run("PRAGMA journal_mode=WAL")
        self._run("PRAGMA synchronous=FULL")
        made_by = [self._run(f"PRAGMA {name}")[0][0] for name in ("application_id", "user_version")]
        if made_by != [APPLICATION_ID, SCHEMA]:
            raise WitnessError(
                "this is no database of this version of the witness",
                "这不是此版本见证者的数据库",
            )

    def _run(self, sql: str, values: tuple[object, ...] = ()) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise WitnessError(
                f"the witness cannot use its database ({type(error).__name__}); "
                "nothing was cosigned: try again later",
                f"见证者无法使用其数据库（{type(error).__name__}）；未予联署：请稍后再试",
            ) from error


def create_store(path: Path) -> None:
    """Make an empty memory at *path*, which must not exist; raise FileExistsError."""
    path.touch(mode=0o600, exist_ok=False)
    connection = _connect(path)
    try:
        connection.executescript(f"BEGIN;{_SCHEMA}COMMIT;")
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    """Open *path*, which exists; statements commit by themselves."""
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )
