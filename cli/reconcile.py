"""``zelian reconcile``: what a platform counted beside what the ledger holds, both ways.

It says in what two sources differ, and of whose word the other knows nothing; not which
of them is right. Exit code 3 where anything differs: nothing failed to verify, and the
population is not shown to be complete.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from cli import list_options
from cli.client import Client
from cli.command import command, option
from cli.door import Door, open_door
from cli.entry_text import read_shown
from cli.failures import NOT_FOUND, UNVERIFIED, Failure, usage
from cli.importing.basis import read_whole
from cli.importing.platform_names import NO_NAMES, read_names_alone
from cli.importing.rows import read_source
from cli.invocation import ANYWHERE
from cli.output import talk
from cli.reconciliation_text import Heading, print_outcome
from crypto.notation import TIME, format_time, parse_time
from ledger.errors import NotFound
from ledger.reconciliation.compare import compare, span_of
from ledger.reconciliation.compare_counts import GrantParties, compare_counts
from ledger.reconciliation.counts import Counted, check_apart, read_counts
from ledger.reconciliation.exchanges import Paired, pair
from ledger.reconciliation.names import Names
from ledger.reconciliation.outcome import Outcome
from ledger.reconciliation.recorded import TYPES, Told, book_of
from ledger.reconciliation.span import Span
from ledger.reconciliation.xroad import read_records

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line asks for; times in milliseconds."""

    names: Names
    since: int | None
    until: int | None
    tolerance: int
    as_of: int | None


@command(
    "Compare a platform's own counts with the ledger.\n\n"
    "FILE is CSV (grant,from,to,calls and, if it is there, failed), or X-Road operational "
    "monitoring records as JSON, both sides of each exchange; UTF-8, gzipped or not.\n\n"
    "Lists what was exchanged and not recorded, recorded and not exchanged, or told by one "
    "side only; then the recording coverage: uses recorded of calls on the gateway. Exits 3 "
    "where anything differs.",
    "对账：将平台自身的统计与账本相核对。\n\n"
    "文件为 CSV（grant,from,to,calls，可另有 failed），或 JSON 格式的 X-Road 运行监测记录"
    "（含每次交换的双方记录）；UTF-8 编码，可经 gzip 压缩。\n\n"
    "列出已交换而未记录、已记录而未交换、仅一方有记录的各项，以及记录覆盖率"
    "（已记录的使用数 ÷ 网关调用数）。有差异时退出码为 3。",
    options=ANYWHERE,
)
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@option(
    "--mapping",
    "mapping",
    metavar="M.toml",
    type=click.Path(path_type=Path),
    en="What the platform's names are in the ledger; X-Road needs it.",
    zh="平台名称与账本名称的对应；X-Road 记录须提供。",
)
@option(
    "--tolerance",
    type=click.IntRange(min=0, max=86_400),
    default=60,
    show_default=True,
    metavar="SECONDS",
    en="By how much times may differ.",
    zh="时间可相差的秒数。",
)
@option(
    "--from",
    "since",
    metavar="T",
    en="X-Road: from this time on; else from the first record.",
    zh="X-Road：自此时间起；默认自首条记录。",
)
@option(
    "--to",
    "until",
    metavar="T",
    en="X-Road: up to this time; else to the last record.",
    zh="X-Road：至此时间止；默认至末条记录。",
)
@option(
    "--as-of",
    type=click.IntRange(min=0),
    metavar="SIZE",
    en="With the ledger as it was when it had SIZE entries.",
    zh="以账本有 SIZE 条时的内容核对。",
)
@list_options.as_csv
def reconcile(
    files: tuple[Path, ...],
    mapping: Path | None,
    tolerance: int,
    since: str | None,
    until: str | None,
    as_of: int | None,
    as_csv: bool,
) -> None:
    """Compare a platform's own counts with the ledger."""
    names = NO_NAMES if mapping is None else _read_names(mapping)
    asked = _Asked(names, _time(since, "--from"), _time(until, "--to"), tolerance * 1000, as_of)
    texts = _read(files)
    if all(_is_json(text) for _, text in texts):
        heading, outcome = _exchanges(texts, asked, mapping is not None)
    elif any(_is_json(text) for _, text in texts):
        raise usage(
            "give counts or monitoring records, not both at a time",
            "CSV 统计与运行监测记录不能同时给出",
        )
    else:
        heading, outcome = _counts(texts, asked)
    print_outcome(heading, outcome, as_csv=as_csv)
    click.get_current_context().exit(UNVERIFIED if outcome.differences else 0)


# What is read


def _read_names(path: Path) -> Names:
    raw = _bytes(path)
    whole = read_whole(raw, path.name, lambda name: _bytes(path.with_name(name)))
    return read_names_alone(whole, path.name)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise Failure(NOT_FOUND, f"no file {path}", f"没有文件 {path}") from None


def _time(text: str | None, name: str) -> int | None:
    if text is None:
        return None
    if not TIME.match(text):
        raise usage(
            f"{name} takes a time in UTC as 2026-11-01T00:00:00.000Z",
            f"{name} 应为 UTC 时间，如 2026-11-01T00:00:00.000Z",
        )
    return parse_time(text)


def _read(files: Sequence[Path]) -> list[tuple[str, str]]:
    """Return name and text of each file; names tell them apart in what is listed."""
    found = [(path.name, read_source(path).text) for path in files]
    if len({name for name, _ in found}) < len(found):
        raise usage("two files have the same name", "有两个文件同名")
    return found


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("[", "{")


# X-Road's records


def _exchanges(
    texts: Sequence[tuple[str, str]], asked: _Asked, named: bool
) -> tuple[Heading, Outcome]:
    if not named:
        raise usage(
            "records name subsystems and services: give --mapping, which says what they are here",
            "运行监测记录使用子系统与服务的名称：请用 --mapping 给出其在账本中的名称",
        )
    paired = pair([record for name, text in texts for record in read_records(text, name)])
    span = span_of(paired, asked.since, asked.until, asked.tolerance)
    if span.until < span.since:
        raise usage("--to is before --from", "--to 早于 --from")
    with open_door(writes=False) as door:
        size = _size(door, asked.as_of)
        book = book_of(_told(door, _item_queries(paired, asked.names, span), size))
        heading = _heading(door, "xroad", asked, size, span.since, span.until)
    return heading, compare(paired, book, asked.names, span)


def _item_queries(paired: Paired, names: Names, span: Span) -> Iterator[str]:
    """Yield what to search for: what was said of any item that the mapping names."""
    after = _after(span.since - span.tolerance)
    for item in sorted({*names.services.values()}):
        for kind in TYPES[:-1]:
            yield f"type:{kind} item:{item} {after}"
    yield f"type:{TYPES[-1]} {after}"


def _after(since: int) -> str:
    """Nothing is recorded before it happens, but for a clock that is ahead: less than a day."""
    return f"after:{format_time(max(0, since - DAY_MS))}"


# A platform's counts


def _counts(texts: Sequence[tuple[str, str]], asked: _Asked) -> tuple[Heading, Outcome]:
    if asked.since is not None or asked.until is not None:
        raise usage(
            "--from and --to are for X-Road's records: counts have windows of their own",
            "--from 与 --to 只用于 X-Road 记录：CSV 统计自带时段",
        )
    counts = [row for name, text in texts for row in read_counts(text, name, asked.names)]
    if not counts:
        raise usage("there is no row to compare", "没有可核对的行")
    check_apart(counts)
    since = min(one.since for one in counts)
    until = max(one.until for one in counts)
    with open_door(writes=False) as door:
        size = _size(door, asked.as_of)
        queries = (f"type:{kind} {_after(since)}" for kind in TYPES)
        book = book_of(_told(door, queries, size))
        grants = _grants(door, counts, size)
        heading = _heading(door, "counts", asked, size, since, until)
    return heading, compare_counts(counts, book, grants)


def _grants(door: Door, counts: Sequence[Counted], size: int) -> dict[str, GrantParties]:
    """Return the grants of *counts* that there are."""
    found = {}
    for ref in sorted({one.grant for one in counts if one.grant is not None}):
        try:
            thing = door.thing("grants", ref, {"as_of": size})["thing"]
        except NotFound:
            continue
        provider, consumer = str(thing["owner"]), str(thing.get("counterparty"))
        found[ref] = GrantParties(provider, consumer, str(thing.get("item")))
    return found


# The ledger


def _size(door: Door, as_of: int | None) -> int:
    size = door.size()
    if as_of is not None and as_of > size:
        raise usage(
            f"--as-of {as_of}: the ledger has {size} entries",
            f"--as-of {as_of}：账本现有 {size} 条",
        )
    return size if as_of is None else as_of


def _told(door: Door, queries: Iterator[str], size: int) -> Iterator[Told]:
    """Yield what was found, each statement held against the header that records it."""
    for query in queries:
        for shown in door.find(query, size, max(size, 1)).entries:
            header, event = read_shown(shown)
            yield header.index, header.statement.hex(), event


def _heading(door: Door, source: str, asked: _Asked, size: int, since: int, until: int) -> Heading:
    sees_all = not isinstance(door, Client) or door.sees_all()
    if not sees_all:
        talk(
            "what this session may not read counts here as not recorded",
            "本次登录无权查阅的陈述，在此按未记录计",
        )
    return Heading(source, door.origin, size, since, until, asked.tolerance, asked.names, sees_all)
