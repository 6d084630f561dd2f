"""What an operator may set, all of it from the environment; no secret has a default.

``Settings.from_environment`` reads the variables listed in ``VARIABLES``;
``zelian doctor`` prints that list. There is no setting for the clock.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from ledger.errors import LedgerError


class Variable(NamedTuple):
    """One environment variable, for ``doctor`` and the docs."""

    name: str
    default: str
    en: str
    zh: str


VARIABLES = (
    Variable(
        "ZELIAN_HOME", "./var", "folder of keys, database and tiles", "存放密钥、数据库与瓦片的目录"
    ),
    Variable(
        "ZELIAN_DATABASE_URL",
        "",
        "PostgreSQL URL instead of ledger.db in the home",
        "以 PostgreSQL 地址代替主目录中的 ledger.db",
    ),
    Variable(
        "ZELIAN_PUBLISH_MS",
        "100",
        "shortest time between two published checkpoints, 10–60000 milliseconds",
        "两次公布检查点之间的最短间隔，10–60000 毫秒",
    ),
    Variable(
        "ZELIAN_CACHE_MIB",
        "256",
        "page cache of the writing SQLite connection, 2–65536 MiB",
        "SQLite 写连接的页缓存，2–65536 MiB",
    ),
    Variable(
        "ZELIAN_CHECKERS",
        "0",
        "processes that check batches, 1–64; 0: one a processor",
        "校验批量提交的进程数，1–64；0 表示每个处理器一个",
    ),
    Variable(
        "ZELIAN_SESSION_MINUTES",
        "60",
        "how long a session lasts, 1–1440 minutes",
        "会话时长，1–1440 分钟",
    ),
    Variable(
        "ZELIAN_SIGNINS",
        "60",
        "sign-ins let pass a minute, of one address and of one key, and claim codes, of one"
        " address, 1–100000",
        "每个地址、每把密钥每分钟允许的登录次数，以及每个地址每分钟允许的查询码次数，1–100000",
    ),
    Variable(
        "ZELIAN_QUORUM_WAIT_MS",
        "0",
        "how long a receipt waits for a quorum of witnesses to cosign it, 0–30000 milliseconds;"
        " 0: not at all",
        "回执等待见证者联署达到法定数的时间，0–30000 毫秒；0 表示不等待",
    ),
    Variable(
        "ZELIAN_TIMESTAMPS",
        "",
        "addresses of time-stamp authorities (RFC 3161), blanks between; their roots lie in"
        " timestamp-roots.pem in the home",
        "时间戳机构（RFC 3161）的地址，以空格分隔；其根证书存于主目录的 timestamp-roots.pem",
    ),
    Variable(
        "ZELIAN_TIMESTAMP_MINUTES",
        "60",
        "age of the newest time-stamp at which the head is stamped anew, 1–1440 minutes",
        "最新时间戳超过多少分钟后重新申请，1–1440",
    ),
    Variable(
        "ZELIAN_TIMESTAMP_ENTRIES",
        "10000",
        "new entries after which the head is stamped anew, 1–10000000",
        "新增多少条后重新申请时间戳，1–10000000",
    ),
    Variable(
        "ZELIAN_SCRUB_PER_S",
        "500",
        "old entries that a served ledger reads again a second, to find what decayed,"
        " 0–1000000; 0: none",
        "运行中的账本每秒复读多少条旧记录以发现损坏，0–1000000；0 表示不复读",
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one ledger home."""

    home: Path
    database_url: str
    publish_ms: int = 100
    cache_mib: int = 256
    checkers: int = 0
    session_minutes: int = 60
    signins: int = 60
    quorum_wait_ms: int = 0
    timestamps: tuple[str, ...] = ()
    timestamp_minutes: int = 60
    timestamp_entries: int = 10_000
    scrub_per_s: int = 500

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings.

        Raises:
            LedgerError: a value is not a whole number in its range, or no address.
        """
        given = os.environ if environment is None else environment
        home = Path(given.get("ZELIAN_HOME") or "./var").resolve()
        return cls(
            home=home,
            database_url=given.get("ZELIAN_DATABASE_URL") or f"sqlite:///{home / 'ledger.db'}",
            publish_ms=_number(given, "ZELIAN_PUBLISH_MS", 100, 10, 60_000),
            cache_mib=_number(given, "ZELIAN_CACHE_MIB", 256, 2, 65_536),
            checkers=_number(given, "ZELIAN_CHECKERS", 0, 0, 64),
            session_minutes=_number(given, "ZELIAN_SESSION_MINUTES", 60, 1, 1_440),
            signins=_number(given, "ZELIAN_SIGNINS", 60, 1, 100_000),
            quorum_wait_ms=_number(given, "ZELIAN_QUORUM_WAIT_MS", 0, 0, 30_000),
            timestamps=_addresses(given, "ZELIAN_TIMESTAMPS"),
            timestamp_minutes=_number(given, "ZELIAN_TIMESTAMP_MINUTES", 60, 1, 1_440),
            timestamp_entries=_number(given, "ZELIAN_TIMESTAMP_ENTRIES", 10_000, 1, 10_000_000),
            scrub_per_s=_number(given, "ZELIAN_SCRUB_PER_S", 500, 0, 1_000_000),
        )

    @property
    def on_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def _number(given: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = given.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise LedgerError(
            f"{name} must be a whole number from {low} to {high}",
            f"{name} 必须是 {low} 到 {high} 之间的整数",
        )
    return int(text)


def _addresses(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    found = tuple((given.get(name) or "").split())
    for one in found:
        parts = urlsplit(one)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise LedgerError(
                f"{name} must be addresses that begin with http:// or https://",
                f"{name} 应为以 http:// 或 https:// 开头的地址",
            )
    return found
