"""``zelian obligations``: what is due, what is overdue, and what became of one.

A list is a line for each; with a name, the obligation and its steps. What a server
shows is what the session may see; on a home everything is shown.
"""

from collections.abc import Mapping
from typing import Any

import click

from cli import list_options
from cli.command import command, option
from cli.csv_output import print_csv
from cli.door import open_door
from cli.failures import usage
from cli.invocation import ANYWHERE, here
from cli.output import data, data_bytes, data_json, local_time, table, talk
from cli.speech import language, pick
from crypto.notation import REF, TIME
from ledger.supervision.icalendar import icalendar
from ledger.supervision.obligation_members import COLUMNS
from ledger.supervision.obligations import KINDS

_RULES = tuple(dict.fromkeys(kind.id for kind in KINDS.values()))


@command(
    "List what is owed and not done yet, newest first, or show one obligation.\n\n"
    "A line: name, state, what, who owes it, until which day in China, by whose word.\n\n"
    "With NAME, <department>/<clock>-<entry>, its steps too. That a day has passed is no verdict.",
    "列出尚未完成的期限事项（最新在前），或查看其中一项。\n\n"
    "每行：名称、状态、事项、责任部门、到期日（北京时间）、依据。\n\n"
    "给出名称“部门/时限-条目”时列出其经过。逾期仅表示期限已过，不是认定。",
    options=ANYWHERE,
)
@click.argument("name", metavar="[NAME]", required=False)
@option("--overdue", is_flag=True, en="Only what is overdue.", zh="仅列逾期的。")
@option(
    "--all", "every", is_flag=True, en="What is done or cancelled too.", zh="含已完成或取消的。"
)
@option("--department", metavar="ID", en="That this department owes.", zh="由此部门承担。")
@option("--rule", type=click.Choice(_RULES), en="Of this clock.", zh="此项时限。")
@option(
    "--as-of",
    metavar="T|SIZE",
    en="As was known at this time, or when the ledger had SIZE entries.",
    zh="当时所知的情形，或账本有 SIZE 条时的情形。",
)
@list_options.limit
@list_options.as_csv
@option("--ics", "as_ics", is_flag=True, en="Print an iCalendar file.", zh="以 iCalendar 输出。")
def obligations(
    name: str | None, limit: int, as_csv: bool, as_ics: bool, as_of: str | None, **asked: Any
) -> None:
    """Print obligations; see the help."""
    if as_csv + as_ics + here().as_json > 1:
        raise usage("give one of --csv, --ics and --json", "--csv、--ics 与 --json 只能给出一个")
    moment = _moment(as_of)
    if name is not None:
        _show(name, moment, asked, plain=not (as_csv or as_ics))
        return
    filters = {"department": asked["department"], "rule": asked["rule"], "view": _view(asked)}
    with open_door(writes=False) as door:
        found, at = door.obligations(limit, moment | filters)
        origin = door.origin if as_ics else ""
    if as_ics:
        data_bytes(icalendar(found, at, origin, language()))
    elif as_csv:
        print_csv(found, COLUMNS)
    else:
        _print(found, limit)


def _view(asked: Mapping[str, Any]) -> str | None:
    if asked["overdue"] and asked["every"]:
        raise usage("give one of --overdue and --all", "--overdue 与 --all 只能给出一个")
    return "overdue" if asked["overdue"] else None if asked["every"] else "open"


def _moment(as_of: str | None) -> dict[str, Any]:
    """Return the parameter that a time, or a number of entries, is."""
    if as_of is None:
        return {}
    if as_of.isascii() and as_of.isdigit():
        return {"as_of": int(as_of)}
    if TIME.match(as_of):
        return {"at": as_of}
    raise usage(
        "--as-of takes a time in UTC as 2026-11-01T00:00:00.000Z, or a number of entries",
        "--as-of 应为 UTC 时间（如 2026-11-01T00:00:00.000Z）或条目数",
    )


def _print(found: list[dict[str, Any]], limit: int) -> None:
    if here().as_json:
        for one in found:
            data_json(one)
        return
    for line in table(map(_row, found)):
        data(line)
    if len(found) >= limit:
        talk(f"the newest {limit}: more with --limit", f"已列最新 {limit} 条：用 --limit 查看更多")


def _show(name: str, moment: Mapping[str, Any], asked: Mapping[str, Any], *, plain: bool) -> None:
    if not REF.match(name):
        raise usage(
            f"{name!r} is no name: it is <department>/<clock>-<entry>",
            f"{name!r} 不是名称：应为“部门/时限-条目”",
        )
    if any(asked.values()) or not plain:
        raise usage(
            "a list is filtered and printed in other forms, one obligation is not",
            "筛选条件与其他格式只用于列表",
        )
    with open_door(writes=False) as door:
        one = door.obligation(name, moment)
    if here().as_json:
        data_json(one)
        return
    for line in table([_row(one)]):
        data(line)
    for line in table(map(_step, one["history"])):
        data(f"  {line}")


def _row(one: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(one["ref"]),
        _said(one["state_label"]),
        _said(one["label"]),
        _whose(one),
        str(one.get("due_day") or one.get("missing_calendar") or "-"),
        _basis(one["period"]),
        str(one["thing"]),
    )


def _whose(one: Mapping[str, Any]) -> str:
    """Return who owes it and, behind an arrow, who answers today in its place."""
    today = [one["answering"]] if "answering" in one else one.get("answering_among", [])
    return " → ".join([str(one["department"]), *(["/".join(today)] if today else [])])


def _basis(period: Mapping[str, Any]) -> str:
    """Return how long the period is and by whose word, in a few words."""
    basis = str(period.get("article") or _said(period["basis_label"]))
    if "value" not in period:
        return basis
    unit = _said(period["unit_label"])
    return f"{period['value']}{pick(' ', '')}{unit}, {basis}"


def _step(one: Mapping[str, Any]) -> tuple[str, ...]:
    due = one.get("due")
    return (
        str(one["entry"]),
        local_time(str(one["at"])),
        _said(one["label"]),
        "" if due is None else f"→ {local_time(str(due))}",
        _said(one["why_label"]) if "why_label" in one else "",
    )


def _said(label: Mapping[str, str]) -> str:
    return pick(label["en"], label["zh"])
