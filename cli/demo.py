"""``zelian demo``: fill a new ledger with invented stories, and say what to look at.

A home without a ledger gets one, in demo mode; one in which only ``init`` has run
is filled; any other is refused and left as it is. A demo that was cut short goes
on where it stopped. With ``--serve`` it is served afterwards, and a home that the
demo has filled before is served as it is.

Source: design "Command line and home".
"""

import errno
import socket
from collections.abc import Sequence
from typing import Any

import click

from cli.command import command, option
from cli.door import Door
from cli.failures import REFUSED, Failure
from cli.home_door import check_database_url, database_answers, open_home
from cli.init import TO_SIGN, make_demo
from cli.invocation import LOCAL, here, settings
from cli.output import data_json, progress, talk
from cli.serve import serve as serve_command
from cli.speech import pick
from cli.stories.departments import DEPARTMENTS
from cli.stories.guide import Place, commands, print_guide
from cli.stories.line import Line
from cli.stories.officials import OFFICIALS
from cli.stories.record import (
    Record,
    read_record,
    remove_record,
    start_before,
    write_record,
)
from cli.stories.teller import source_of
from cli.stories.telling import keep_files, sum_up, tell
from cli.stories.whole import all_lines
from ledger.errors import LedgerError
from ledger.home import Home
from ledger.log.clock import system_clock
from ledger.opening import check_free, make_home
from ledger.settings import Settings

ORIGIN = "demo.zelian.example/yunling"
OPENING_TYPES = ("ledger.opened", "department.registered", "key.enrolled")
PORTS_TRIED = 20


@command(
    "Fill a ledger with invented stories, and say what to look at.\n\n"
    "Makes a ledger where there is none, or fills one in which only init has run; any other "
    "is refused. --serve serves it afterwards, and also a home that the demo filled before.",
    "写入演示故事，并提示如何查看。\n\n"
    "没有账本则新建，或写入仅完成 init 的账本；其他账本一律拒绝。"
    "--serve 在完成后启动服务，亦可直接服务此前由演示写入的主目录。",
    options=LOCAL,
)
@option("--serve", is_flag=True, en="Serve it afterwards.", zh="完成后启动服务。")
@option("--host", default="127.0.0.1", show_default=True, en="Where to listen.", zh="监听地址。")
@option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    en="On which port; the next free one if it is taken.",
    zh="监听端口；若被占用则用下一个空闲端口。",
)
def demo(serve: bool, host: str, port: int) -> None:
    """Fill a ledger with invented stories, and say what to look at."""
    config = settings()
    check_database_url(config)
    home = Home(config.home)
    record = read_record(home)
    if record is None or record.summary is None:
        summary = _fill(config, home, record)
    else:
        summary = _filled_before(home, record.summary, serve)
    if serve:
        # Whoever else writes here is found now: later it would end the server's start.
        home.lock(shared=not config.on_sqlite).close()
        port = _free_port(host, port)
    place = Place(config.home, here().home, f"http://{host}:{port}/", serve)
    _print(summary, place)
    if serve:
        click.get_current_context().invoke(serve_command, host=host, port=port, workers=1)


# Filling


def _fill(config: Settings, home: Home, record: Record | None) -> dict[str, Any]:
    """Tell the stories to the home's ledger, which is made if need be; return the summary."""
    lines = all_lines()
    _require_free(config, home, record, lines)
    begun = record is not None
    if record is None:
        record = Record(start_before(system_clock()))
        write_record(home, record)
    else:
        talk("going on with a demo that was cut short", "继续先前中断的演示")
    _make_ledger(config, home, begun)
    with (
        open_home(config, writes=True) as door,
        progress("telling the stories", "正在写入演示故事", len(lines)) as told,
    ):
        kept = tell(door, home, record.start_ms, lines, told)
        entries, origin = door.size(), door.origin
    summary = {
        **sum_up(kept),
        "counts": _counts(lines, entries),
        "files": keep_files(home, kept),
        "identity": home.read_identity(),
        "origin": origin,
    }
    write_record(home, Record(record.start, summary))
    return summary


def _counts(lines: list[Line], entries: int) -> dict[str, int]:
    return {
        "departments": len(DEPARTMENTS),
        "entries": entries,
        "keys": sum(line.kind == "key.enrolled" for line in lines),
        "officials": len(OFFICIALS),
        "statements": len(lines),
    }


def _require_free(
    config: Settings, home: Home, record: Record | None, lines: Sequence[Line]
) -> None:
    """Refuse a ledger that anybody but init, and this home's own demo, has written to."""
    if home.read_identity() is None:
        if record is None and home.trust_policy.exists():
            raise Failure(
                REFUSED,
                "an unfinished init lies in this home: finish it, or choose another home with "
                "--home; nothing was changed",
                "此主目录中有未完成的 init：请先完成，或用 --home 另选主目录；未作任何更改",
            )
        if record is None:
            check_free(home)
        return
    if not home.demo:
        raise Failure(
            REFUSED,
            "this ledger's registrars keep their keys elsewhere, and the demo must register its "
            "cast: choose an empty home with --home; nothing was changed",
            "此账本的登记机关密钥在别处，而演示须登记其人员：请用 --home 另选空目录；未作任何更改",
        )
    own = set() if record is None else {(source_of(line), line.id) for line in lines}
    with open_home(config, writes=False) as door:
        used = not _holds_only(door, own)
    if used:
        raise Failure(
            REFUSED,
            "this home has a ledger in use, which the demo never writes to: choose an empty home "
            "with --home; nothing was changed",
            "此主目录中的账本已在使用，演示绝不写入：请用 --home 另选空目录；未作任何更改",
        )


def _holds_only(door: Door, own: set[tuple[str, str]]) -> bool:
    """Tell whether the ledger holds what init said, then nothing but the statements *own*."""
    enough = len(OPENING_TYPES) + len(own) + 1
    events = [shown.event for shown in door.entries(door.size(), enough, newest_first=False)]
    opening = [event["type"] for event in events[: len(OPENING_TYPES)] if event]
    rest = [(event["source"], event["id"]) if event else None for event in events[len(opening) :]]
    return opening == [f"zelian.{name}.v1" for name in OPENING_TYPES] and own.issuperset(rest)


def _make_ledger(config: Settings, home: Home, begun: bool) -> None:
    """Make the ledger, or what an earlier run, if there was one, left unmade of it."""
    if home.read_identity() is not None:
        return
    if (home.path / TO_SIGN).exists():
        raise Failure(
            REFUSED,
            "an init with registrars elsewhere was begun in this home: choose an empty home",
            "此主目录中已开始登记机关密钥在别处的 init：请另选空目录",
        )
    if not home.trust_policy.exists():
        with database_answers(), home.lock():
            _make_home(config, home, begun)
    make_demo(config, home, ORIGIN)


def _make_home(config: Settings, home: Home, begun: bool) -> None:
    try:
        make_home(config, ORIGIN, begun)
    except LedgerError:
        if not begun:  # the database is somebody else's: what this run has made goes
            remove_record(home)
        raise


def _filled_before(home: Home, summary: dict[str, Any], serve: bool) -> dict[str, Any]:
    """Return the summary of an earlier run, if its ledger is the one that lies here."""
    if summary.get("identity") != home.read_identity():
        raise Failure(
            REFUSED,
            "this home's ledger is not the one that the demo filled here: choose an empty home",
            "此主目录中的账本并非演示当初写入的账本：请另选空目录",
        )
    if not serve:
        raise Failure(
            REFUSED,
            "the demo has filled this home already; nothing was changed: "
            "`zelian demo --serve` serves it, --home names another",
            "演示此前已写入此主目录；未作任何更改：可用 `zelian demo --serve` 启动服务，"
            "或用 --home 另选目录",
        )
    talk(
        "this home was filled before; it is served as it is", "此主目录此前已写入，现按原样提供服务"
    )
    return summary


# Serving


def _free_port(host: str, port: int) -> int:
    """Return *port*, or the next one above it on which nobody listens."""
    for candidate in range(port, min(port + PORTS_TRIED, 65_536)):
        if _is_free(host, candidate):
            if candidate != port:
                talk(
                    f"port {port} is taken; using {candidate}",
                    f"端口 {port} 已被占用，改用 {candidate}",
                )
            return candidate
    raise Failure(
        REFUSED,
        f"port {port} and the {PORTS_TRIED - 1} after it are taken: give another with --port",
        f"端口 {port} 及其后 {PORTS_TRIED - 1} 个均被占用：请用 --port 另选端口",
    )


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise
    return True


def _print(summary: dict[str, Any], place: Place) -> None:
    if not here().as_json:
        print_guide(summary, place)
        return
    tries = [{"command": text, "shows": pick(*words)} for text, words in commands(summary, place)]
    data_json(
        {
            **summary,
            "demo_mode": True,
            "proves_to_outsiders": False,
            "try": tries,
            "url": place.url if place.served else None,
        }
    )
