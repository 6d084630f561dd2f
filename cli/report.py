"""``zelian report``: a period in counts, for people's congresses and the CPPCC, without a name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import orjson

from cli import list_options
from cli.command import command, option
from cli.csv_output import print_csv
from cli.door import open_door
from cli.failures import FAILED, Failure, usage
from cli.invocation import ANYWHERE, here
from cli.output import data, data_json, local_time, table, talk
from cli.speech import pick
from ledger.period_report import COLUMNS, report_rows
from ledger.supervision.period import FORMS, period_of

MAX_REPORT = 4 * 1024 * 1024  # bytes of a report that is checked


@command(
    "Report on a period: what was recorded, what was done in time, what was found.\n\n"
    "For people's congresses and the CPPCC: no official, department or thing is named. Each figure "
    "stands beside the hash of what was counted, and the whole is bound to a signed checkpoint.\n\n"
    "--check FILE counts again, at the size that FILE states, and compares every figure.",
    "按期间出具统计报告：记录了什么、是否按时、发现了什么。\n\n"
    "供人大、政协使用：不含人员、部门与事项名称。每个数字附有所计内容的散列，整份报告与已签名的检查点绑定。\n\n"
    "--check FILE 按 FILE 所载大小重新统计并逐项比较。",
    options=ANYWHERE,
)
@option("--period", metavar="P", en=f"One of the forms {FORMS}.", zh=f"期间，写作 {FORMS} 之一。")
@option(
    "--as-of",
    type=click.IntRange(min=1),
    metavar="SIZE",
    en="At the size of a stored checkpoint; else the published one.",
    zh="以某一已存检查点的大小为准；默认为已公布者。",
)
@list_options.as_csv
@option(
    "--check",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    en="Count again what this report (JSON) states.",
    zh="重新统计此报告（JSON）所载内容并比较。",
)
def report(period: str | None, as_of: int | None, as_csv: bool, check: Path | None) -> None:
    """Print a report, or check one."""
    if check is not None:
        _check(check, period, as_of)
        return
    if period is None:
        raise usage("--period is needed", "须给出 --period")
    found = _made(period, as_of)
    if here().as_json:
        data_json(found)
    elif as_csv:
        print_csv(report_rows(found), COLUMNS)
    else:
        _print(found)


def _made(period: str, as_of: int | None) -> dict[str, Any]:
    try:
        period_of(period)
    except ValueError as error:
        raise usage(str(error), f"没有期间 {period!r}：请写作 {FORMS} 之一") from None
    with open_door(writes=False) as door:
        return door.report(period, as_of)


def _check(file: Path, period: str | None, as_of: int | None) -> None:
    if period is not None or as_of is not None:
        raise usage(
            "--check takes period and size from the file", "--check 的期间与大小取自文件本身"
        )
    stated = _read(file)
    made = _made(str(stated["period"]["name"]), int(stated["as_of"]))
    differing = sorted(name for name in made.keys() | stated.keys() if _differs(name, made, stated))
    if differing:
        raise Failure(
            FAILED,
            f"FAILED: counted again, these differ: {', '.join(differing)}",
            f"FAILED：重新统计后，以下内容不符：{'、'.join(differing)}",
        )
    data(
        pick(
            f"counted again at size {made['as_of']}: every figure agrees",
            f"已按大小 {made['as_of']} 重新统计：各项数字一致",
        )
    )


def _differs(name: str, made: Mapping[str, Any], stated: Mapping[str, Any]) -> bool:
    if name not in made or name not in stated:
        return True
    return _told(made[name]) != _told(stated[name])


def _told(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _read(file: Path) -> Mapping[str, Any]:
    with file.open("rb") as opened:
        raw = opened.read(MAX_REPORT + 1)
    try:
        stated: Any = orjson.loads(raw) if len(raw) <= MAX_REPORT else None
        return {**stated, "as_of": int(stated["as_of"]), "period": {**stated["period"]}}
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise usage(
            f"{file} is no report: give what `zelian report --json` printed",
            f"{file} 不是报告：请给出 `zelian report --json` 的输出",
        ) from None


def _print(found: Mapping[str, Any]) -> None:
    label, entries = found["period"]["label"], found["entries"]
    data(
        pick(
            f"{found['origin']}, {label['en']}: {entries['count']} entries, at size "
            f"{found['as_of']}, told at {local_time(found['at'])}",
            f"{found['origin']}，{label['zh']}：{entries['count']} 条，账本大小 {found['as_of']}，"
            f"截至 {local_time(found['at'])}",
        )
    )
    _section("statements", "陈述", found["statements"], ("count",))
    _section(
        "due: in time, late, overdue, open",
        "到期事项：按时、逾期完成、逾期未完成、未到期",
        found["timeliness"],
        ("count", "in_time", "late", "overdue", "open"),
    )
    _section(
        "to be checked: explained, confirmed, cleared, withdrawn",
        "待核事项：已说明、已确认、已排除、已撤回",
        found["findings"],
        ("count", "explained", "confirmed", "cleared", "withdrawn"),
    )
    talk(found["method"]["en"], found["method"]["zh"])


def _section(en: str, zh: str, rows: list[Mapping[str, Any]], columns: tuple[str, ...]) -> None:
    data(pick(en, zh))
    if not rows:
        data(pick("  none", "  无"))
    for line in table(map(lambda row: _row(row, columns), rows)):
        data(f"  {line}")


def _row(row: Mapping[str, Any], columns: tuple[str, ...]) -> tuple[str, ...]:
    name = row.get("clock") or row.get("rule") or ""
    label = pick(row["label"]["en"], row["label"]["zh"])
    return (f"{name} {label}".strip(), *(str(row[column]) for column in columns))
