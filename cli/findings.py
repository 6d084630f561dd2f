"""``zelian findings``: what the rules found, newest first; or each as it comes.

A finding is to be checked; it is no verdict. What a server shows is what the session
may see; on a home everything is shown.
"""

import time
from collections.abc import Iterable, Mapping
from typing import Any

import click

from cli import list_options
from cli.command import command, option
from cli.csv_output import print_csv
from cli.door import Door, open_door
from cli.failures import usage
from cli.invocation import ANYWHERE, here
from cli.output import data, data_json, local_time, table, talk
from cli.speech import pick
from crypto.notation import TIME
from ledger.events.wording import Wording
from ledger.findings_view import COLUMNS
from ledger.supervision.findings import STATES
from ledger.supervision.rule import BASES, SEVERITIES
from ledger.supervision.rules import RULES

POLL_S = 0.4  # so that each is told within a second of its entry
AT_ONCE = 200  # findings that are asked for at a time while following
Members = Mapping[str, Any]


@command(
    "List what the rules found, newest first; it is to be checked, and no verdict.\n\n"
    "A line: name, state, severity, basis, when, and what was found.",
    "列出待核事项（最新在前）；待核事项并非结论。\n\n每行：名称、状态、程度、依据、时间、内容。",
    name="findings",
    options=ANYWHERE,
)
@option("--rule", type=click.Choice([one.id for one in RULES]), en="Of this rule.", zh="此规则。")
@option("--department", metavar="ID", en="Of this department.", zh="此部门。")
@option("--state", type=click.Choice(STATES), en="In this state.", zh="处于此状态。")
@option("--severity", type=click.Choice(list(SEVERITIES)), en="So severe.", zh="此程度。")
@option("--basis", type=click.Choice(list(BASES)), en="With this basis.", zh="此依据。")
@option("--entry", type=click.IntRange(min=0), metavar="N", en="Of this entry.", zh="此记录。")
@option("--at", metavar="T", en="What is shown at this time; else now.", zh="此时可见的内容。")
@list_options.as_of_size
@list_options.limit
@option("--follow", is_flag=True, en="Go on with each that comes.", zh="持续输出新的待核事项。")
@list_options.as_csv
def findings(limit: int, follow: bool, as_csv: bool, **asked: Any) -> None:
    """List findings."""
    _check(follow, as_csv, asked)
    with open_door(writes=False) as door:
        found = door.findings(limit, asked)
        if follow:
            _follow(door, found, asked)
            return
    if as_csv:
        print_csv(found, COLUMNS)
    else:
        _print(found)
    if len(found) == limit:
        talk(f"the newest {limit}: more with --limit", f"已列最新 {limit} 条：用 --limit 查看更多")


def _check(follow: bool, as_csv: bool, asked: Members) -> None:
    if as_csv and here().as_json:
        raise usage("give one of --csv and --json", "--csv 与 --json 只能给出一个")
    if follow and (as_csv or asked["as_of"] is not None or asked["at"] is not None):
        raise usage(
            "--follow goes on from now: leave --csv, --as-of and --at out",
            "--follow 从现在开始：请去掉 --csv、--as-of 与 --at",
        )
    if asked["at"] is not None and not TIME.match(asked["at"]):
        raise usage(
            "--at takes a time in UTC as 2026-11-01T00:00:00.000Z",
            "--at 应为 UTC 时间，如 2026-11-01T00:00:00.000Z",
        )


def _follow(door: Door, found: list[dict[str, Any]], asked: Members) -> None:
    """Print what there is, oldest first, then each that comes, until it is interrupted."""
    known = {one["ref"] for one in found}
    _print(reversed(found))
    try:
        while True:
            pause(POLL_S)
            newest = door.findings(AT_ONCE, asked)
            fresh = [one for one in newest if one["ref"] not in known]
            _print(reversed(fresh))
            known = {one["ref"] for one in newest} | known
    except KeyboardInterrupt:
        return


def pause(seconds: float) -> None:
    """Wait for what may come."""
    time.sleep(seconds)


def _print(found: Iterable[Members]) -> None:
    if here().as_json:
        for one in found:
            data_json(dict(one))
        return
    for line in table(map(_row, found)):
        data(line)


def _row(one: Members) -> tuple[str, ...]:
    return (
        str(one.get("ref")),
        _picked(one.get("state_label")),
        _word(SEVERITIES, one.get("severity")),
        _word(BASES, one.get("basis")),
        local_time(str(one.get("raised_at"))),
        _picked(one.get("title")),
        _picked(one.get("message")),
    )


def _word(words: Mapping[str, Wording], name: object) -> str:
    known = words.get(str(name))
    return str(name) if known is None else pick(str(known), known.zh)


def _picked(words: object) -> str:
    if not isinstance(words, Mapping):
        return "-"
    return pick(str(words.get("en")), str(words.get("zh")))
