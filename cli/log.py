"""``zelian log``: the entries, newest first, one line each."""

from typing import Any

import click

from cli.command import command, option
from cli.door import Door, open_door
from cli.entry_text import entry_json, label_of, read_shown, said_in_words, source_of
from cli.failures import usage
from cli.graph import Node, beside
from cli.invocation import ANYWHERE, here
from cli.output import data, data_json, local_time, table, talk
from crypto.header import Header

Row = tuple[Header, dict[str, Any] | None]


@command(
    "List entries, newest first.\n\n"
    "A line: index, time recorded, meaning, department, official, signed or attested, subject.",
    "列出条目，最新在前。\n\n每行：序号、记入时间、含义、部门、人员、本人签署或部门代证、事项。",
    options=ANYWHERE,
)
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
@option(
    "--as-of",
    type=click.IntRange(min=0),
    metavar="SIZE",
    en="As the ledger was when it had SIZE entries.",
    zh="账本有 SIZE 条时的情形。",
)
@option(
    "--graph", is_flag=True, en="Draw which statement relies on which.", zh="画出陈述间的依据关系。"
)
def log(limit: int, reverse: bool, as_of: int | None, graph: bool) -> None:
    """List entries, newest first."""
    if graph and reverse:
        raise usage(
            "--graph draws newest first: leave --reverse out",
            "--graph 以最新在前绘制：请去掉 --reverse",
        )
    with open_door(writes=False) as door:
        size = _size(door, as_of)
        shown = list(door.entries(size, limit, not reverse))
    rows = [read_shown(one) for one in shown]
    if here().as_json:
        for one, (header, event) in zip(shown, rows, strict=True):
            data_json(entry_json(one, header, event))
        return
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
    for line in beside(lines, _nodes(rows)) if graph else lines:
        data(line)
    if len(rows) < size:
        talk(
            f"{len(rows)} of {size} entries: more with --limit",
            f"共 {size} 条，已列 {len(rows)} 条：用 --limit 查看更多",
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
