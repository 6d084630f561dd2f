"""``zelian show``: one entry, whole, in words or in its own bytes."""

import re
from typing import Any

import click

from cli.cited import citation_rows
from cli.command import command, option
from cli.door import Proven, Shown, open_door
from cli.entry_text import entry_json, label_of, read_shown, said_in_words, source_of
from cli.failures import NOT_ALLOWED, NOT_FOUND, Failure, usage
from cli.invocation import ANYWHERE, here
from cli.output import data, data_bytes, data_json, json_text, local_time, table
from cli.speech import pick
from crypto.header import Header
from crypto.merkle import leaf_hash
from crypto.notation import HEX32

_INDEX = re.compile(r"0|[1-9][0-9]{0,15}")


@command(
    "Show one entry.\n\nWHICH is an index, or a statement's digest.",
    "查看一个条目。\n\n可用序号或陈述摘要指定。",
    options=ANYWHERE,
)
@click.argument("which", metavar="WHICH")
@option("--raw", is_flag=True, en="Print the statement's bytes.", zh="输出陈述的原字节。")
def show(which: str, raw: bool) -> None:
    """Show one entry."""
    with open_door(writes=False) as door:
        if HEX32.fullmatch(which):
            shown = door.entry_of(which)
        elif _INDEX.fullmatch(which):
            shown = door.entry(int(which))
        else:
            raise usage(
                f"{which!r} is neither an index nor a digest of 64 hex digits",
                f"{which!r} 既不是序号，也不是 64 位十六进制摘要",
            )
    header, event = read_shown(shown)
    _check_asked(which, header)
    if raw:
        data_bytes(_envelope(shown))
    elif here().as_json:
        envelope = None if shown.envelope is None else shown.envelope.decode("ascii")
        leaf = leaf_hash(shown.header).hex()
        members = entry_json(shown, header, event) | {"envelope": envelope, "leaf_hash": leaf}
        if shown.proven is not None:
            members["proven"] = dict(zip(("after", "before"), shown.proven, strict=True))
        if shown.stamped is not None:
            members["stamped"] = dict(zip(("after", "before"), shown.stamped, strict=True))
        if shown.citations:
            members["citations"] = [one.to_json() for one in shown.citations]
        if shown.findings is not None:
            members["findings"] = shown.findings
        data_json(members)
    else:
        for line in table(_rows(shown, header, event)):
            data(line)


def _check_asked(which: str, header: Header) -> None:
    """Refuse another entry than the one that was asked for."""
    if which not in (str(header.index), header.statement.hex()):
        raise Failure(
            NOT_FOUND,
            f"asked for {which}, the answer shows entry {header.index}",
            f"所查为 {which}，应答却是第 {header.index} 条",
        )


def _envelope(shown: Shown) -> bytes:
    if shown.envelope is None:
        raise Failure(
            NOT_ALLOWED,
            f"no statement is shown for entry {shown.index}: {shown.absent}",
            f"第 {shown.index} 条未提供陈述：{shown.absent}",
        )
    return shown.envelope


def _rows(shown: Shown, header: Header, event: dict[str, Any] | None) -> list[tuple[str, str]]:
    rows = [
        (pick("entry", "条目"), str(header.index)),
        (pick("recorded at", "记入时间"), local_time(header.recorded_at)),
        *_proven(shown),
        (pick("statement", "陈述摘要"), header.statement.hex()),
        (pick("leaf hash", "叶哈希"), leaf_hash(shown.header).hex()),
    ]
    if event is None:
        return [*rows, (pick("absent", "未提供"), shown.absent or "-")]
    tier = f" ({event['tier']})" if "tier" in event else ""
    rows += [
        (pick("meaning", "含义"), f"{label_of(event)}  {event['type']}"),
        (pick("department", "部门"), source_of(event)),
        (pick("official", "人员"), f"{event['official']}{tier}" if "official" in event else "-"),
        (pick("voice", "陈述方式"), said_in_words(shown.said)),
        (pick("subject", "事项"), str(event["subject"])),
        (pick("happened at", "发生时间"), local_time(event["time"])),
        (pick("id", "编号"), str(event["id"])),
    ]
    rows += [
        (f"  {name}", value if isinstance(value, str) else json_text(value))
        for name, value in _flat(event["data"])
    ]
    return [*rows, *citation_rows(shown.citations), *_findings(shown)]


def _findings(shown: Shown) -> list[tuple[str, str]]:
    """Return a line for each finding that the entry raised: to be checked, no verdict."""
    name = pick("to be checked", "待核事项")
    if shown.findings is None:
        return [(name, pick("not judged yet", "尚未核查"))]
    return [
        (name, f"{one['ref']}  {pick(**one['state_label'])}  {pick(**one['message'])}")
        for one in shown.findings
    ]


def _proven(shown: Shown) -> list[tuple[str, str]]:
    """Return what witnesses and time-stamps are said to prove; whether, their own proofs show."""
    found = []
    if shown.proven is not None:
        name = pick("proven, says the ledger", "见证区间（账本所称）")
        found.append((name, _between(shown.proven, pick("not witnessed", "未经见证"))))
    if shown.stamped is not None:
        name = pick("time-stamped, says the ledger", "时间戳区间（账本所称）")
        found.append((name, _between(shown.stamped, pick("no time-stamp", "无时间戳"))))
    return found


def _between(ends: Proven, open_end: str) -> str:
    after, before = (open_end if end is None else local_time(end) for end in ends)
    return pick(f"after {after}, before {before}", f"晚于 {after}，早于 {before}")


def _flat(members: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return data's members with the refs among them, empty ones left out."""
    refs = [(f"refs.{name}", value) for name, value in members["refs"].items()]
    rest = [(n, v) for n, v in members.items() if n not in ("refs", "cites") and v not in ([], {})]
    return refs + rest
