"""Print what a reconciliation came to: for people, as JSON, or as one table of CSV."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cli.csv_output import print_csv
from cli.failures import usage
from cli.invocation import here
from cli.output import data, data_json, local_time, table, talk
from cli.speech import Words, pick
from crypto.notation import format_time
from ledger.reconciliation.names import Names
from ledger.reconciliation.outcome import Coverage, Difference, Failed, Outcome, members

COLUMNS = (
    "row", "kind", "party", "at", "since", "until", "provider", "consumer", "item", "grant",
    "calls", "recorded", "id", "entry", "theirs", "source", "of", "name", "side", "fault",
)  # fmt: skip
SHOWN = 200  # lines on a terminal; --json and --csv have all

_KINDS: Mapping[str, Words] = {
    "not_recorded": Words("exchanged, not recorded", "已交换未记录"),
    "not_exchanged": Words("recorded, not exchanged", "已记录未交换"),
    "one_side": Words("told by one side only", "仅一方有记录"),
    "fewer_recorded": Words("fewer recorded than exchanged", "记录数少于交换数"),
    "more_recorded": Words("more recorded than exchanged", "记录数多于交换数"),
    "not_counted": Words("recorded, in no window counted", "已记录但不在任何统计时段内"),
    "time_differs": Words("times differ", "时间不符"),
    "grant_differs": Words("recorded under another grant", "所记共享授权不同"),
    "straddles": Words("a window across windows: not compared", "时段交叉：未核对"),
    "unknown_grant": Words("no such grant in the ledger", "账本中无此共享授权"),
    "unmapped": Words("no name in the mapping: not compared", "映射中无对应名称：未核对"),
}
_PARTIES: Mapping[str, Words] = {
    "provider": Words("provider", "提供方"),
    "consumer": Words("consumer", "使用方"),
}
_COUNTED: Mapping[str, Words] = {
    "absent": Words("withheld or erased", "停止提供或已删除"),
    "again": Words("more statements on an exchange that one tells of", "同一交换的重复陈述"),
    "both_sides": Words("told by both sides", "双方均有记录"),
    "calls": Words("calls", "调用"),
    "deliveries": Words("deliveries", "交付"),
    "exchanges": Words("exchanges", "交换"),
    "failed": Words("failed calls", "失败调用"),
    "failed_records": Words("records of failures", "失败记录"),
    "grants": Words("grants", "共享授权"),
    "one_side": Words("told by one side", "仅一方有记录"),
    "other_channel": Words("through other channels", "经其他渠道"),
    "outside_the_period": Words("outside the period", "时段之外"),
    "passed_over": Words("passed over by the mapping", "映射略过"),
    "repeated_records": Words("repeated records", "重复记录"),
    "rows": Words("rows", "行"),
    "unmapped": Words("without a name in the mapping", "映射中无对应名称"),
    "uses": Words("uses", "使用"),
    "void": Words("void or corrected", "已作废或更正"),
    "windows": Words("windows of calls", "调用窗口"),
    "windows_beyond": Words("windows beyond the file", "超出文件时段的调用窗口"),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """Of what an outcome is: which ledger, how far, in which time; milliseconds.

    Attributes:
        source: ``xroad`` or ``counts``.
        sees_all: False: statements may be there that were not shown.
    """

    source: str
    origin: str
    as_of: int
    since: int
    until: int
    tolerance: int
    names: Names
    sees_all: bool


def print_outcome(heading: Heading, outcome: Outcome, *, as_csv: bool) -> None:
    """Print all of it in the form that is asked for."""
    if as_csv and here().as_json:
        raise usage("give one of --csv and --json", "--csv 与 --json 只能给出一个")
    if here().as_json:
        data_json(_json(heading, outcome))
        return
    _say(heading)
    if as_csv:
        print_csv(_rows(outcome), COLUMNS)
    else:
        _print(heading, outcome)


def _json(heading: Heading, outcome: Outcome) -> dict[str, Any]:
    return {
        "as_of": heading.as_of,
        "coverage": [members(one) for one in outcome.coverage],
        "differences": [members(one) for one in outcome.differences],
        "failed": [members(one) for one in outcome.failed],
        "from": format_time(heading.since),
        "ledger": dict(outcome.ledger),
        "names": {
            "grants": dict(heading.names.grants),
            "passed_over": sorted(heading.names.passed_over),
            "services": dict(heading.names.services),
            "subsystems": dict(heading.names.subsystems),
        },
        "origin": heading.origin,
        "platform": dict(outcome.platform),
        "sees_all": heading.sees_all,
        "source": heading.source,
        "to": format_time(heading.until),
        "tolerance_s": heading.tolerance // 1000,
    }


def _rows(outcome: Outcome) -> Iterator[dict[str, Any]]:
    for name, rows in (
        ("difference", outcome.differences),
        ("failed", outcome.failed),
        ("coverage", outcome.coverage),
    ):
        for one in rows:
            yield {"row": name, **members(one)}


def _say(heading: Heading) -> None:
    """Say under which assumptions the rest holds."""
    since, until = (local_time(format_time(ms)) for ms in (heading.since, heading.until))
    seconds = heading.tolerance // 1000
    talk(
        f"{heading.origin} at {heading.as_of} entries; from {since} to {until}"
        + (f"; times may differ by {seconds} s" if heading.source == "xroad" else ""),
        f"{heading.origin}，共 {heading.as_of} 条；自 {since} 至 {until}"
        + (f"；时间允许相差 {seconds} 秒" if heading.source == "xroad" else ""),
    )
    names = heading.names
    rows = [*names.subsystems.items(), *names.services.items(), *names.grants.items()]
    for line in table(rows):
        talk(f"  {line}", f"  {line}")


def _print(heading: Heading, outcome: Outcome) -> None:
    for line in table(_difference(one) for one in outcome.differences[:SHOWN]):
        data(line)
    if len(outcome.differences) > SHOWN:
        more = len(outcome.differences) - SHOWN
        talk(f"and {more} more: --json lists all", f"另有 {more} 项：--json 可列出全部")
    for line in table(_failed(one) for one in outcome.failed[:SHOWN]):
        data(line)
    data(pick("recording coverage:", "记录覆盖率："))
    for line in table(_coverage(one) for one in outcome.coverage):
        data(f"  {line}")
    data(_counts(pick("platform: ", "平台："), outcome.platform))
    data(_counts(pick("ledger: ", "账本："), outcome.ledger))
    data(_verdict(outcome))


def _verdict(outcome: Outcome) -> str:
    count = len(outcome.differences)
    if not count:
        return pick("nothing differs", "未见差异")
    return pick(f"{count} to be checked: exit code 3", f"{count} 项待核：退出码 3")


def _difference(one: Difference) -> tuple[str, ...]:
    when = one.at if one.at is not None else one.since
    return (
        _KINDS[one.kind].spoken(),
        "-" if one.party is None else _PARTIES[one.party].spoken(),
        "-" if when is None else local_time(format_time(when)),
        "-" if one.at is not None or one.until is None else local_time(format_time(one.until)),
        f"{one.provider or '?'} → {one.consumer or '?'}",
        one.item or "-",
        one.grant or "-",
        pick(f"calls {_number(one.calls)}", f"调用 {_number(one.calls)}"),
        pick(f"recorded {_number(one.recorded)}", f"记录 {_number(one.recorded)}"),
        "-" if one.entry is None else pick(f"entry {one.entry}", f"第 {one.entry} 条"),
        one.id or one.theirs or "-",
        one.source or "-",
    )


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)


def _failed(one: Failed) -> tuple[str, ...]:
    return (
        pick("failed, no data exchanged", "失败，未交换数据"),
        one.side,
        local_time(format_time(one.at)),
        one.theirs or "-",
        one.fault or "-",
        one.id or "-",
        one.source,
    )


def _coverage(one: Coverage) -> tuple[str, ...]:
    of = pick("department", "部门") if one.of == "department" else pick("grant", "共享授权")
    permille = (2000 * one.recorded + one.calls) // (2 * one.calls) if one.calls else None
    return (
        of,
        one.name or pick("(no grant in the mapping)", "（映射中无共享授权）"),
        _PARTIES[one.party].spoken(),
        f"{one.recorded}/{one.calls}",
        "-" if permille is None else f"{permille // 10}.{permille % 10}%",
    )


def _counts(head: str, counted: Mapping[str, int]) -> str:
    parts = [f"{_COUNTED[name].spoken()} {number}" for name, number in counted.items()]
    return head + pick(", ", "，").join(parts)
