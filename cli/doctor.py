"""``zelian doctor``: what is set, what lies in the home, and what would keep it from working.

Nothing is changed but by ``--migrate``. No secret is ever shown: a URL's password
is masked, a key is named by whether it can be read.

Exit code 0: all in order, warnings apart; 1: something is wrong.
"""

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import click

from cli.command import command, option
from cli.failures import DONE, FAILED, Failure
from cli.home_door import check_database_url, database_answers, opened
from cli.invocation import LOCAL, here, home, settings
from cli.output import data, data_json, local_time, table, talk
from cli.speech import Words, pick
from crypto.errors import CryptoError
from crypto.notation import format_time
from ledger.bootstrap import read_log_key
from ledger.errors import LedgerError
from ledger.home import Home
from ledger.log.clock import system_clock
from ledger.log.startup import Expected, check_start, wrong_log_key
from ledger.scrubbing.progress import read_progress
from ledger.service_check import look_at
from ledger.settings import VARIABLES, Settings
from ledger.store.engine import migrate, open_engine, service_file
from ledger.witnessing.witnessing import Standing

LIBRARIES = (
    "alembic",
    "click",
    "cryptography",
    "Flask",
    "msgspec",
    "orjson",
    "psycopg",
    "PyNaCl",
    "SQLAlchemy",
)
_USER = re.compile(r"://.*@")
_QUERY = re.compile(r"\?.*")
ROOM_WARNING = 1 << 30  # bytes free
ROOM_FAILURE = 100 << 20
WITNESS_S = 3_600  # a ledger that is served has each line renewed within the hour

Verdict = Literal["ok", "note", "warning", "wrong"]
_MARKS: dict[Verdict, Words] = {
    "ok": Words("ok", "正常"),
    "note": Words("-", "-"),
    "warning": Words("WARNING", "注意"),
    "wrong": Words("WRONG", "有误"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    detail: Words


@command(
    "Look over settings, home, database, clock and disk.\n\n"
    "Exits 1 where something is wrong; warnings do not count.",
    "检查设置、主目录、数据库、时钟与磁盘。\n\n有误时退出码为 1；“注意”不计。",
    options=LOCAL,
)
@option(
    "--migrate",
    "wanted",
    is_flag=True,
    en="Bring the database's schema up to date first.",
    zh="先将数据库结构升级到最新。",
)
def doctor(wanted: bool) -> None:
    """Look over settings, home, database, clock and disk."""
    config = settings()
    if wanted:
        _migrate(config)
    variables = [(v.name, _value(v.name, config), Words(v.en, v.zh)) for v in VARIABLES]
    found = list(_look(config))
    if here().as_json:
        data_json(
            {
                "checks": [
                    {"detail": f.detail._asdict(), "name": f.name, "verdict": f.verdict}
                    for f in found
                ],
                "settings": {name: value for name, value, _ in variables},
            }
        )
    else:
        _print(variables, found)
    wrong = any(f.verdict == "wrong" for f in found)
    click.get_current_context().exit(FAILED if wrong else DONE)


def _migrate(config: Settings) -> None:
    """Migrate under the home's lock, so that no server writes meanwhile."""
    check_database_url(config)
    with database_answers(), home().lock():
        engine = open_engine(config.database_url, config.cache_mib)
        try:
            migrate(engine)
        finally:
            engine.dispose()
    talk("the schema is up to date", "数据库结构已是最新")


def _value(name: str, config: Settings) -> str:
    """Return a variable's value as it may be shown: without a URL's password."""
    value = os.environ.get(name, "")
    if name == "ZELIAN_HOME" and here().home is not None:
        return str(here().home)
    if name == "ZELIAN_DATABASE_URL" and value:
        try:
            check_database_url(config)
        except Failure:
            return "***"  # where the password stands in it cannot be told
        return _masked(value)
    return value


def _masked(url: str) -> str:
    """Return *url* without what may be a password: all before the last @, all of the query."""
    return _QUERY.sub("?***", _USER.sub("://***@", url))


def _print(variables: list[tuple[str, str, Words]], found: list[Found]) -> None:
    unset = pick("(default)", "（默认）")
    for line in table([(n, v or unset, words.spoken()) for n, v, words in variables]):
        data(line)
    data("")
    rows = [(_MARKS[f.verdict].spoken(), f.name, f.detail.spoken()) for f in found]
    for line in table(rows):
        data(line)


def _look(config: Settings) -> Iterator[Found]:
    place = Home(config.home)
    yield _python()
    yield _libraries()
    yield _clock()
    if not place.path.is_dir():
        yield Found("home", "wrong", _missing_home())
        return
    yield from _files(place)
    yield _registrar(place)
    yield _room(place.path)
    yield from _service(config, place)
    yield _scrubbed(config, place)
    yield from _ledger(config, place)


def _python() -> Found:
    text = f"{platform.python_implementation()} {platform.python_version()}"
    return Found("python", "ok" if sys.version_info >= (3, 11) else "wrong", Words(text, text))


def _libraries() -> Found:
    listed, verdict = [], "ok"
    for name in LIBRARIES:
        try:
            listed.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            listed.append(f"{name} ?")
            verdict = "wrong"
    text = ", ".join(listed)
    return Found("libraries", "ok" if verdict == "ok" else "wrong", Words(text, text))


def _clock() -> Found:
    text = local_time(format_time(system_clock()))
    return Found("clock", "note", Words(f"{text}: compare it", f"{text}：请核对"))


def _missing_home() -> Words:
    return Words(
        "there is no such folder: `zelian init` makes one", "没有该目录：可用 `zelian init` 新建"
    )


def _files(place: Home) -> Iterator[Found]:
    mode = place.path.stat().st_mode & 0o777
    open_to_others = bool(mode & 0o022)
    yield Found(
        "home",
        "warning" if open_to_others else "ok",
        Words(f"mode {mode:04o}", f"权限 {mode:04o}"),
    )
    for path in (place.log_key, place.service_key, place.secret):
        yield _private_file(place, path)
    for path in (place.trust_policy, place.identity):
        there = path.is_file()
        yield Found(
            path.name,
            "ok" if there else "wrong",
            Words("present", "存在") if there else _missing_file(),
        )


def _missing_file() -> Words:
    return Words(
        "missing: restore it from a backup, or finish `zelian init`",
        "缺失：请从备份恢复，或完成 `zelian init`",
    )


def _private_file(place: Home, path: Path) -> Found:
    name = str(path.relative_to(place.path))
    if not path.is_file():
        return Found(name, "wrong", _missing_file())
    try:
        if path == place.secret:
            place.read_secret()
        else:
            place.read_key(path)
    except (LedgerError, CryptoError) as error:
        return Found(name, "wrong", Words(error.en, error.zh))
    except PermissionError:
        return Found(name, "wrong", Words("cannot be read by this user", "当前用户无法读取"))
    return Found(name, "ok", Words("mode 0600, readable", "权限 0600，可读取"))


def _registrar(place: Home) -> Found:
    if place.demo:
        return Found(
            "keys/registrar.pem",
            "warning",
            Words(
                "demo mode: whoever holds this home can register anybody; for trials only",
                "演示模式：持有此主目录者可登记任何人；仅供试用",
            ),
        )
    return Found(
        "keys/registrar.pem",
        "ok",
        Words("no registrar's key in this home", "主目录中没有登记机关密钥"),
    )


def _room(path: Path) -> Found:
    free = shutil.disk_usage(path).free
    verdict: Verdict = "ok"
    if free < ROOM_WARNING:
        verdict = "wrong" if free < ROOM_FAILURE else "warning"
    gib = f"{free / (1 << 30):.1f} GiB"
    return Found("disk", verdict, Words(f"{gib} free", f"可用 {gib}"))


def _service(config: Settings, place: Home) -> Iterator[Found]:
    """Look at what the service keeps for itself; on PostgreSQL that is part of the database."""
    path = service_file(place.path)
    if not config.on_sqlite:
        return
    if not path.is_file():
        missing = Words(
            "not made yet; if it was, restore it from a backup: what lies under seals is in it",
            "尚未生成；如曾生成，请从备份恢复：密封内容存于其中",
        )
        yield Found(path.name, "warning", missing)
        return
    wrong, kib = look_at(path)
    if wrong:
        told = "; ".join(wrong)
        yield Found(
            path.name, "wrong", Words(f"damaged, or not ours: {told}", f"损坏或结构不符：{told}")
        )
        return
    yield Found(
        path.name,
        "ok",
        Words(f"{kib} KiB, whole, tables as declared", f"{kib} KiB，完好，表结构相符"),
    )


def _scrubbed(config: Settings, place: Home) -> Found:
    """How far old entries have been read again while the ledger was served."""
    progress = read_progress(place.scrubbing)
    if progress.damage:
        first = progress.damage[0]
        return Found("scrubbing", "wrong", Words(first.en, first.zh))
    if config.scrub_per_s == 0:
        return Found("scrubbing", "warning", Words("switched off", "已关闭"))
    said = Words(
        f"{progress.position} of {progress.target} entries in this round; "
        f"{progress.repaired} files repaired",
        f"本轮已复读 {progress.target} 条中的 {progress.position} 条；"
        f"已修复 {progress.repaired} 个文件",
    )
    if progress.round_ended_ms is None:
        none = Words("no whole round yet", "尚无完整的一轮")
        return Found("scrubbing", "note", Words(f"{none.en}; {said.en}", f"{none.zh}；{said.zh}"))
    ended = local_time(format_time(progress.round_ended_ms))
    whole = Words(
        f"last round over {progress.round_size} entries ended {ended}",
        f"上一轮复读 {progress.round_size} 条，于 {ended} 结束",
    )
    return Found("scrubbing", "ok", Words(f"{whole.en}; {said.en}", f"{whole.zh}；{said.zh}"))


def _ledger(config: Settings, place: Home) -> Iterator[Found]:
    """Make the start-up check, which holds the log key against entry 0 too."""
    if not place.identity.is_file() or not place.trust_policy.is_file():
        return
    try:
        with opened(config, writes=False) as ledger:
            parts = ledger.parts
            log, key = read_log_key(place)
            if key.algorithm != "ed25519" or key.raw_public != log.public:
                raise wrong_log_key()
            expected = Expected(log, place.read_secret(), place.read_identity())
            head = check_start(parts.engine, parts.rows, parts.reader, expected, system_clock())
            registry_size = parts.judge.size
            witnesses = ledger.witnesses()
    except (LedgerError, CryptoError, Failure) as error:
        yield Found("ledger", "wrong", Words(error.en, error.zh))
        return
    if registry_size < head.size:
        yield Found(
            "ledger",
            "wrong",
            Words(
                f"the registry cannot be read beyond entry {registry_size}: run `zelian fsck`",
                f"登记信息在第 {registry_size} 条之后无法读取：请运行 `zelian fsck`",
            ),
        )
        return
    yield Found(
        "ledger",
        "ok",
        Words(
            f"{ledger.origin}, {head.size} entries; schema, log key, clock and tiles agree",
            f"{ledger.origin}，{head.size} 条；数据库结构、日志密钥、时钟与瓦片一致",
        ),
    )
    yield from (_witness(one, head.size) for one in witnesses)


def _witness(one: Standing, size: int) -> Found:
    """How far a witness has come; a home that nobody serves asks none."""
    name = f"witness {one.name}"
    if one.size is None or one.age_s is None:
        return Found(name, "warning", Words("it has cosigned nothing yet", "尚未联署"))
    said = Words(
        f"cosigned {one.size} of {size} entries, {one.age_s} s ago",
        f"已联署 {size} 条中的 {one.size} 条，距今 {one.age_s} 秒",
    )
    return Found(name, "ok" if one.age_s <= WITNESS_S else "warning", said)
