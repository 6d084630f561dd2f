"""``zelian items``, ``requests``, ``grants`` and their like: lists and histories.

A list is a line for each thing; with a name, the thing and then its history. What a
server shows is what the session may see; on a home everything is shown.
"""

from collections.abc import Mapping
from typing import Any

import click

from cli import list_options
from cli.command import SpokenCommand, command, option
from cli.csv_output import print_csv
from cli.door import open_door
from cli.entry_text import label_of, said_in_words
from cli.failures import usage
from cli.invocation import ANYWHERE, here
from cli.output import data, data_json, local_time, table, talk
from cli.speech import pick
from crypto.notation import REF, TIME
from ledger.share_members import COLUMNS, STEP_COLUMNS
from ledger.shares_views import VIEWS
from ledger.sharing.words import REASONS, STATES

_MORE_STATES = {
    "no_exchange": ("no exchange", "无共享往来"),
    "no_duty": ("no duty to share", "未明确共享职责"),
    "no_unit": ("no unit has the duty", "职责未落实到机构"),
}


def _reader(plural: str, en: str, zh: str) -> SpokenCommand:
    """Return the command that lists and shows things of one kind."""

    @command(
        f"List {en}, newest first, or show one.\n\n"
        "A line: name, state, the other side, item, when opened, due, what is missing.\n\n"
        "With NAME, <department>/<id>, its history too: what does not fit says why.",
        f"列出{zh}（最新在前），或查看其中一项。\n\n"
        "每行：名称、状态、对方、目录条目、开启时间、期限、缺少的会签。\n\n"
        "给出名称“部门/编号”时列出其经过；与状态不符的陈述注明原因。",
        options=ANYWHERE,
    )
    @click.argument("name", metavar="[NAME]", required=False)
    @option("--state", type=click.Choice(list(STATES)), en="In this state.", zh="处于此状态。")
    @option("--department", metavar="ID", en="Of this owner or counterparty.", zh="此部门为一方。")
    @option("--item", metavar="REF", en="About this item.", zh="关于此目录条目。")
    @option(
        "--view",
        type=click.Choice([view for view, one in VIEWS.items() if plural in one.at] or ["-"]),
        en="What auditors ask first.",
        zh="审计常用视图。",
        hidden=not any(plural in one.at for one in VIEWS.values()),
    )
    @option("--at", metavar="T", en="States at this time; else now.", zh="此时的状态；默认为现在。")
    @list_options.as_of_size
    @list_options.limit
    @list_options.as_csv
    def read(name: str | None, limit: int, as_csv: bool, **asked: Any) -> None:
        _read(plural, name, limit, as_csv, asked)

    read.name = plural
    return read


items = _reader("items", "catalogue items", "目录条目")
requests = _reader("requests", "requests", "共享申请")
grants = _reader("grants", "grants", "共享授权")
agreements = _reader("agreements", "agreements", "共享协议")
deliveries = _reader("deliveries", "deliveries", "数据交付")
uses = _reader("uses", "uses", "使用记录")
corrections = _reader("corrections", "corrections", "校核纠错")
disputes = _reader("disputes", "disputes", "共享争议")
determinations = _reader("determinations", "determinations", "责任认定")


def _read(
    plural: str, name: str | None, limit: int, as_csv: bool, asked: Mapping[str, Any]
) -> None:
    _check(name, as_csv, asked)
    if name is not None:
        _show(plural, name, as_csv, asked)
        return
    with open_door(writes=False) as door:
        found = door.things(plural, limit, asked)
    if here().as_json:
        for one in found:
            data_json(one)
    elif as_csv:
        print_csv(found, COLUMNS)
    else:
        for line in table(map(_row, found)):
            data(line)
        if len(found) == limit:
            talk(
                f"the newest {limit}: more with --limit",
                f"已列最新 {limit} 条：用 --limit 查看更多",
            )


def _check(name: str | None, as_csv: bool, asked: Mapping[str, Any]) -> None:
    if as_csv and here().as_json:
        raise usage("give one of --csv and --json", "--csv 与 --json 只能给出一个")
    if asked["at"] is not None and not TIME.match(asked["at"]):
        raise usage(
            "--at takes a time in UTC as 2026-11-01T00:00:00.000Z",
            "--at 应为 UTC 时间，如 2026-11-01T00:00:00.000Z",
        )
    if name is None:
        return
    if not REF.match(name):
        raise usage(
            f"{name!r} is no name: it is <department>/<id>", f"{name!r} 不是名称：应为“部门/编号”"
        )
    if any(asked[filter_] is not None for filter_ in ("state", "department", "item", "view")):
        raise usage(
            "a list is filtered, one thing is not: leave NAME or the filters out",
            "筛选条件只用于列表：请去掉名称或筛选条件",
        )


def _show(plural: str, name: str, as_csv: bool, asked: Mapping[str, Any]) -> None:
    kept = {"at": asked["at"], "as_of": asked["as_of"]}
    with open_door(writes=False) as door:
        shown = door.thing(plural, name, kept)
    if here().as_json:
        data_json(shown)
        return
    if as_csv:
        print_csv(shown["history"], STEP_COLUMNS)
        return
    for line in table([_row(shown["thing"])]):
        data(line)
    for line in table(map(_step, shown["history"])):
        data(f"  {line}")


def _row(one: Mapping[str, Any]) -> tuple[str, ...]:
    lacking = ", ".join(one.get("missing_hands", ()))
    return (
        str(one.get("ref")),
        _state(one.get("state")),
        str(one.get("counterparty") or "-"),
        str(one.get("item") or "-"),
        local_time(str(one["opened_at"])) if "opened_at" in one else "-",
        local_time(str(one["due"])) if "due" in one else "-",
        pick(f"missing: {lacking}", f"缺少：{lacking}") if lacking else "",
    )


def _step(one: Mapping[str, Any]) -> tuple[str, ...]:
    reason = one.get("reason")
    words = REASONS.get(str(reason))
    why = str(reason) if words is None else pick(str(words), words.zh)
    return (
        str(one.get("index")),
        local_time(str(one.get("recorded_at"))),
        label_of({"type": str(one.get("type"))}),
        str(one.get("department")),
        str(one.get("official", "-")),
        said_in_words(one.get("said")),
        _state(one.get("state")),
        pick(f"does not fit: {why}", f"不符：{why}") if one.get("fits") is False else "",
        *(_corrected(of_it) for of_it in one.get("corrected", ())),
    )


def _corrected(of_it: Mapping[str, Any]) -> str:
    index = of_it["index"]
    if of_it["effect"] == "void":
        return pick(f"declared void by entry {index}", f"已由第 {index} 号条目声明作废")
    return pick(f"corrected by entry {index}", f"已由第 {index} 号条目更正")


def _state(state: object) -> str:
    name = str(state)
    if name in _MORE_STATES:
        return pick(*_MORE_STATES[name])
    words = STATES.get(name)
    return "-" if words is None else pick(str(words), words.zh)
