"""``zelian log``: the entries, or those that are searched for, newest first, one line each."""

import re
from collections.abc import Sequence
from typing import Any

import click

from cli import list_options
from cli.command import SpokenCommand, command, option
from cli.csv_output import print_csv
from cli.door import Door, Shown, open_door
from cli.entry_text import entry_json, label_of, read_shown, said_in_words, source_of
from cli.failures import usage
from cli.graph import Node, beside
from cli.invocation import ANYWHERE, here
from cli.lanes import in_lanes
from cli.output import data, data_json, local_time, table, talk
from crypto.header import Header

Row = tuple[Header, dict[str, Any] | None]


COLUMNS = (
    "index", "recorded_at", "type", "department", "official", "said", "subject", "statement",
)  # fmt: skip
_TURNED = re.compile(r"-[a-z_]+:")


class Searching(SpokenCommand):
    """A command whose arguments may be filters that are turned round by a ``-``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep filters such as ``-official:li`` from being taken for options."""
        if "--" in args:
            return super().parse_args(ctx, args)
        turned = [arg for arg in args if _TURNED.match(arg)]
        rest = [arg for arg in args if not _TURNED.match(arg)]
        return super().parse_args(ctx, [*rest, "--", *turned] if turned else rest)


@command(
    "List entries, newest first.\n\n"
    "QUERY finds those of which all filters hold: type:use.recorded department:D official:O "
    "item:D/I-1 act:D/A-1 grant: matter: purpose:P subject:HEX voice:signed after:2026-11-01 "
    "before:2026-12-01; `-` before one turns it round.\n\n"
    "A line: index, time recorded, meaning, department, official, signed or attested, subject.",
    "列出条目，最新在前。\n\n"
    "QUERY 为查询条件，须同时满足：type:use.recorded department:部门 official:人员 "
    "item:部门/编号 act:部门/编号 grant: matter: purpose:用途代码 subject:十六进制 voice:signed "
    "after:2026-11-01 before:2026-12-01；条件前加“-”表示排除。\n\n"
    "每行：序号、记入时间、含义、部门、人员、本人签署或部门代证、事项。",
    options=ANYWHERE,
    cls=Searching,
)
@click.argument("query", metavar="[QUERY]...", nargs=-1)
@option(
    "--limit",
    "-n",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    en="How many.",
    zh="条数。",
)
@option("--reverse", is_flag=True, en="Oldest first.", zh="最早在前。")
@list_options.as_of_size
@option(
    "--graph", is_flag=True, en="Draw which statement relies on which.", zh="画出陈述间的依据关系。"
)
@option("--lanes", is_flag=True, en="Draw a column for each department.", zh="每个部门画作一列。")
@list_options.as_csv
def log(
    query: tuple[str, ...],
    limit: int,
    reverse: bool,
    as_of: int | None,
    graph: bool,
    lanes: bool,
    as_csv: bool,
) -> None:
    """List entries, newest first."""
    _check_options(query, reverse, [graph, lanes, as_csv, here().as_json])
    with open_door(writes=False) as door:
        size = _size(door, as_of)
        if query:
            shown = list(door.find(" ".join(query), size, limit).entries)
        else:
            shown = list(door.entries(size, limit, not reverse))
    rows = [read_shown(one) for one in shown]
    if here().as_json:
        for one, (header, event) in zip(shown, rows, strict=True):
            data_json(entry_json(one, header, event))
        return
    if as_csv:
        _print_csv(shown, rows)
        return
    for line in _drawn(shown, rows, graph=graph, lanes=lanes):
        data(line)
    if len(shown) == limit and (query or limit < size):
        _tell_of_more(len(shown), size, searched=bool(query))


def _check_options(query: Sequence[str], reverse: bool, forms: Sequence[bool]) -> None:
    if forms[0] and reverse:
        raise usage(
            "--graph draws newest first: leave --reverse out",
            "--graph 以最新在前绘制：请去掉 --reverse",
        )
    if query and reverse:
        raise usage(
            "what is found comes newest first: leave --reverse out",
            "查询结果总是最新在前：请去掉 --reverse",
        )
    if sum(forms) > 1:
        raise usage(
            "give one of --graph, --lanes, --csv and --json",
            "--graph、--lanes、--csv 与 --json 只能给出一个",
        )


def _drawn(shown: list[Shown], rows: list[Row], *, graph: bool, lanes: bool) -> Sequence[str]:
    """Return a line for each entry, with the drawing that was asked for at its left."""
    lines = table(
        (
            str(header.index),
            local_time(header.recorded_at),
            label_of(event),
            source_of(event),
            str((event or {}).get("official", "-")),
            said_in_words(one.said),
            str(event["subject"]) if event else one.absent or "-",
        )
        for one, (header, event) in zip(shown, rows, strict=True)
    )
    if graph:
        return list(beside(lines, _nodes(rows)))
    if lanes:
        return list(in_lanes(lines, [source_of(event) for _, event in rows]))
    return list(lines)


def _print_csv(shown: list[Shown], rows: list[Row]) -> None:
    pairs = zip(shown, rows, strict=True)
    print_csv([_cells(one, header, event) for one, (header, event) in pairs], COLUMNS)


def _cells(shown: Shown, header: Header, event: dict[str, Any] | None) -> dict[str, Any]:
    said = event or {}
    return {
        "index": header.index,
        "recorded_at": header.recorded_at,
        "type": said.get("type"),
        "department": None if event is None else source_of(event),
        "official": said.get("official"),
        "said": shown.said,
        "subject": said.get("subject"),
        "statement": header.statement.hex(),
    }


def _tell_of_more(given: int, size: int, *, searched: bool) -> None:
    if searched:
        talk(
            f"the newest {given} that were found: more with --limit",
            f"已列最新 {given} 条：用 --limit 查看更多",
        )
    else:
        talk(
            f"{given} of {size} entries: more with --limit",
            f"共 {size} 条，已列 {given} 条：用 --limit 查看更多",
        )


def _size(door: Door, as_of: int | None) -> int:
    size = door.size()
    if as_of is not None and as_of > size:
        raise usage(
            f"--as-of {as_of}: the ledger has {size} entries",
            f"--as-of {as_of}：账本现有 {size} 条",
        )
    return size if as_of is None else as_of


def _nodes(rows: list[Row]) -> list[Node]:
    return [
        Node(header.statement.hex(), event["data"]["parents"] if event else ())
        for header, event in rows
    ]
