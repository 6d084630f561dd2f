"""Why the ledger stops taking entries, each with what an operator should do.

Transient reasons are tried again with the next submission; the others stand
until somebody has looked and started the service anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from ledger.errors import ReadOnly

TRANSIENT = frozenset({"clock_ran_back", "disk_full", "database_lost", "busy", "head_older"})

# SQLite speaks in words, PostgreSQL in SQLSTATE classes.
SQLITE_FULL = ("database or disk is full", "disk I/O error")
SQLITE_DAMAGED = ("malformed", "not a database")
SQLITE_BUSY = ("database is locked", "database table is locked")
POSTGRESQL_FULL = "53100"
POSTGRESQL_BUSY = ("40", "53", "55P03", "57014")


def clock_ran_back(by_ms: int) -> ReadOnly:
    return ReadOnly(
        "clock_ran_back",
        f"the clock stands {by_ms} ms before the last entry: set it right; "
        "entries are taken again as soon as it has caught up",
        f"时钟比最后一条记录早 {by_ms} 毫秒：请校准时钟；追上之后即恢复接收",
    )


def head_missing() -> ReadOnly:
    return ReadOnly(
        "head_missing",
        "the database holds no head of a ledger: check the database that is set, "
        "or restore it from a backup; none is made anew",
        "数据库中没有账本头：请检查所设的数据库，或从备份恢复；系统不会自动新建",
    )


def head_older(seen: int, found: int) -> ReadOnly:
    """A former leader that has not stepped down yet, or a copy from before; nobody adds to it."""
    return ReadOnly(
        "head_older",
        f"the database shows size {found}, and {seen} was seen: a former leader may be answering; "
        "entries are taken again once the newest head is back. If this stays, an older copy was "
        "put in its place: stop, keep it, run `zelian fsck`, and restore",
        f"数据库显示的大小为 {found}，而已见大小为 {seen}：可能是旧主节点在应答，"
        "最新的账本头恢复后即继续接收。若一直如此，则数据库已被换成较早的副本："
        "请停机、保留副本、运行 `zelian fsck` 并恢复",
    )


def head_foreign(seen: int, found: int) -> ReadOnly:
    return ReadOnly(
        "head_foreign",
        f"the head of size {found} does not continue the log of size {seen} that was seen: "
        "stop, keep a copy, and run `zelian fsck`",
        f"大小为 {found} 的账本头不是已见大小 {seen} 的延续：请停机、保留副本并运行 `zelian fsck`",
    )


def damaged(what_en: str, what_zh: str) -> ReadOnly:
    return ReadOnly(
        "damaged",
        f"{what_en}: stop, keep a copy, and run `zelian fsck`",
        f"{what_zh}：请停机、保留副本并运行 `zelian fsck`",
    )


def unexpected(error: Exception) -> ReadOnly:
    name = type(error).__name__
    failure = damaged(
        f"the write path met a fault of its own ({name})", f"写入过程内部出错（{name}）"
    )
    failure.__cause__ = error
    return failure


def from_database(error: sa.exc.SQLAlchemyError, reading: bool = False) -> ReadOnly:
    """Tell a full disk, a busy and a lost database and damaged tables apart.

    Args:
        reading: nothing was to be logged, so nothing has to be sent again.
    """
    original = getattr(error, "orig", None)
    state = getattr(original, "sqlstate", None) or ""
    text = str(original)
    if state.startswith(POSTGRESQL_FULL) or any(word in text for word in SQLITE_FULL):
        return ReadOnly(
            "disk_full",
            "the database's disk is full: free some room; nothing acknowledged is lost",
            "数据库磁盘已满：请清理空间；已确认的记录没有丢失",
        )
    if state.startswith(POSTGRESQL_BUSY) or any(word in text for word in SQLITE_BUSY):
        return _busy(reading)
    if any(word in text for word in SQLITE_DAMAGED):
        return damaged("the database file is damaged", "数据库文件已损坏")
    if isinstance(error, sa.exc.IntegrityError):
        return damaged("the tables hold rows beyond the head", "数据表中存在超出账本头的行")
    return _lost(reading)


def _busy(reading: bool) -> ReadOnly:
    if reading:
        return ReadOnly(
            "busy",
            "another process holds the database: ask again in a moment",
            "另有进程占用数据库：请稍后再试",
        )
    return ReadOnly(
        "busy",
        "another process holds the database: send the same bytes again",
        "另有进程占用数据库：请原样重发",
    )


def _lost(reading: bool) -> ReadOnly:
    if reading:
        return ReadOnly(
            "database_lost",
            "the database cannot be reached, so this cannot be read now: ask again in a moment",
            "无法连接数据库，暂时不能读取：请稍后再试",
        )
    return ReadOnly(
        "database_lost",
        "the database cannot be reached: whether this was logged is not known; "
        "send the same bytes again",
        "无法连接数据库：不能确定是否已记入；请原样重发",
    )


@contextmanager
def telling_of_the_database(reading: bool) -> Iterator[None]:
    """Give a database's failure, wherever a use case met it, the ledger's own words."""
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        raise from_database(error, reading) from error
