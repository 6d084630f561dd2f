"""Whether what the service keeps for itself is whole: part of ``fsck``.

It proves nothing of the log, but seals are not to be had again: of each sealed reading
in the log the salt and what lies under it must be kept, and give the commitment that
was logged. A seal that no entry names was made just before something stopped; it is
no damage.
"""

from pathlib import Path

import sqlalchemy as sa

from crypto.canonical import read_canonical
from crypto.errors import CryptoError
from crypto.statement import read_statement
from ledger.access.readings import SEALED, commitment
from ledger.parts import Parts
from ledger.store.engine import open_engine, reading, service_engine, service_file
from ledger.store.service_state import all_seals, damage, misfits, size_bytes
from ledger.verification.report import Check, Words
from ledger.verification.tally import Tally


class ServiceCheck:
    """Collects the seals as spans stream past, and compares at the end."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._logged: dict[str, int] = {}
        self._tally = Tally(
            "service",
            Words(
                "What the service keeps is whole, and every seal can be opened",
                "服务自存数据完好，各密封记录均可启封",
            ),
            Words("seals", "项密封记录"),
        )

    def note(self, index: int, kind: str, envelope: bytes) -> None:
        """Take in a statement of type *kind* that may be a seal."""
        if kind != SEALED:
            return
        try:
            self._logged[read_statement(envelope).data["commitment"]] = index
        except (CryptoError, KeyError, TypeError):
            return  # the verifier says what is wrong with it

    def finish(self) -> Check:
        """Compare, and close."""
        parts, tally = self._parts, self._tally
        tally.of = len(self._logged)
        on_sqlite = parts.engine.dialect.name == "sqlite"
        if on_sqlite and not service_file(parts.home.path).exists():
            tally.find(-1, "service.db is missing", "缺少 service.db")
            return tally.close()
        engine = service_engine(parts.engine, parts.home.path)
        try:
            with reading(engine) as connection:
                self._look(connection)
        except sa.exc.DatabaseError:
            tally.find(-1, "service.db cannot be read", "service.db 无法读取")
        finally:
            if engine is not parts.engine:
                engine.dispose()
        return tally.close()

    def _look(self, connection: sa.Connection) -> None:
        for words in damage(connection):
            self._tally.find(-1, f"service.db: {words}", f"service.db：{words}")
        lacking = misfits(connection)
        for name in lacking:
            self._tally.find(
                -1,
                f"{name} is missing or has other columns than this program's",
                f"{name} 缺失，或列与本程序不符",
            )
        if "seals" not in lacking:
            self._compare(connection)

    def _compare(self, connection: sa.Connection) -> None:
        left = dict(self._logged)
        for sealed, salt, raw in all_seals(connection):
            index = left.pop(sealed, None)
            if index is None:
                continue
            self._tally.done += 1
            if not _gives(sealed, salt, raw):
                self._tally.find(
                    index,
                    f"entry {index}: what is kept under its seal is not what was sealed",
                    f"第 {index} 条：所存密封内容与密封时不符",
                )
        for index in left.values():
            self._tally.done += 1
            self._tally.find(
                index,
                f"entry {index}: what lies under its seal is not kept: restore service.db",
                f"第 {index} 条：密封内容未保存：请从备份恢复 service.db",
            )


def look_at(file: Path) -> tuple[list[str], int]:
    """Return what is wrong with a ``service.db``, and its size in KiB."""
    engine = open_engine(f"sqlite:///{file}", 2)
    try:
        with reading(engine) as connection:
            wrong = [*damage(connection), *misfits(connection)]
            return wrong, size_bytes(connection) // 1024
    except sa.exc.DatabaseError:
        return ["it cannot be read"], file.stat().st_size // 1024
    finally:
        engine.dispose()


def _gives(sealed: str, salt: object, raw: object) -> bool:
    """Whether these give the commitment; SQLite keeps a value of any type in any column."""
    if not isinstance(salt, bytes) or not isinstance(raw, bytes):
        return False
    try:
        members = read_canonical(raw)
    except CryptoError:
        return False
    return isinstance(members, dict) and commitment(salt, members) == sealed
