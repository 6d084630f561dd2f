"""``zelian file``: what article 29 of decree 809 has a department record of a grant.

What is missing is named, and since when.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli import list_options
from cli.command import command, option
from cli.csv_output import print_csv
from cli.door import open_door
from cli.entry_text import said_in_words
from cli.failures import usage
from cli.invocation import ANYWHERE, here
from cli.output import data, data_json, local_time, table, talk
from cli.receipts import write_durably
from cli.speech import pick
from crypto.notation import REF, TIME
from ledger.grant_file_page import grant_file_page
from ledger.grant_files import COLUMNS, file_rows

_TIMES = ("at", "after", "before")


@command(
    "Show the file of a grant: use scenario, use process, effect, storage, disposal.\n\n"
    "Each of the five kinds of records of decree 809, article 29, with its statements; what is "
    "missing is named, and since when.\n\n"
    "--html writes a page to print; --proofs brings the inclusion proof of each line (JSON).",
    "查看一项授权的使用记录档案：使用场景、使用过程、应用成效、存储情况、销毁情况。\n\n"
    "按《政务数据共享条例》第二十九条的五类记录列出陈述；缺失的注明缺什么、自何时起。\n\n"
    "--html 生成可打印页面；--proofs 为每条附上包含证明（JSON）。",
    options=ANYWHERE,
)
@click.argument("grant", metavar="GRANT")
@option("--at", metavar="T", en="Gaps at this time; else now.", zh="此时的缺失情况；默认为现在。")
@list_options.as_of_size
@option("--after", metavar="T", en="Statements recorded from T on.", zh="自 T 起记入的陈述。")
@option("--before", metavar="T", en="Statements recorded before T.", zh="T 之前记入的陈述。")
@option(
    "--proofs",
    is_flag=True,
    en="With inclusion proofs; needs --json.",
    zh="附包含证明；须与 --json 同用。",
)
@list_options.as_csv
@option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    en="Write a page to print; FILE must not be there yet.",
    zh="写入可打印页面；FILE 须尚不存在。",
)
def file(grant: str, as_csv: bool, proofs: bool, page: Path | None, **asked: Any) -> None:
    """Print or write the file of a grant."""
    _check(grant, as_csv, proofs, page, asked)
    with open_door(writes=False) as door:
        found = door.grant_file(grant, asked | {"proofs": "yes" if proofs else None})
    if page is not None:
        write_durably(page, grant_file_page(found))
        talk(f"written to {page}", f"已写入 {page}")
    elif here().as_json:
        data_json(found)
    elif as_csv:
        print_csv(file_rows(found), COLUMNS)
    else:
        _print(found)


def _check(
    grant: str, as_csv: bool, proofs: bool, page: Path | None, asked: Mapping[str, Any]
) -> None:
    if not REF.match(grant):
        raise usage(
            f"{grant!r} is no name: it is <department>/<id>",
            f"{grant!r} 不是名称：应为“部门/编号”",
        )
    if as_csv + here().as_json + (page is not None) > 1:
        raise usage("give one of --csv, --json and --html", "--csv、--json 与 --html 只能给出一个")
    if proofs and not here().as_json:
        raise usage("--proofs needs --json", "--proofs 须与 --json 同用")
    for name in _TIMES:
        if asked[name] is not None and not TIME.match(asked[name]):
            raise usage(
                f"--{name} takes a time in UTC as 2026-11-01T00:00:00.000Z",
                f"--{name} 应为 UTC 时间，如 2026-11-01T00:00:00.000Z",
            )
    if page is not None and page.exists():
        raise usage(f"{page} is there already", f"{page} 已存在")


def _print(found: Mapping[str, Any]) -> None:
    share, kept = found["recorded"], found["retention"]
    data(
        pick(
            f"{found['grant']['ref']}: {share['present']} of {share['of']} kinds recorded",
            f"{found['grant']['ref']}：应有记录 {share['of']} 类，齐备 {share['present']} 类",
        )
    )
    for part in found["parts"]:
        data(f"{_words(part['label'])}  {_words(part['state_label'])}")
        for line in table(map(_line, part["lines"])):
            data(f"  {line}")
        for gap in part["gaps"]:
            about = f" {gap['about']}" if "about" in gap else ""
            since = local_time(gap["since"])
            said = _words(gap["label"])
            data(pick(f"  ! {said}{about}, since {since}", f"  ! {said}{about}，自 {since} 起"))
    until = "-" if kept["until"] is None else local_time(kept["until"])
    data(
        pick(
            f"kept at least {kept['years']} years from the closing "
            f"({kept['law']} {kept['article']}): until {until}",
            f"自办结起至少保存 {kept['years']} 年（{kept['law']} {kept['article']}）：至 {until}",
        )
    )


def _line(line: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(line["index"]),
        local_time(line["recorded_at"]),
        _words(line["label"]),
        str(line["department"]),
        str(line.get("official", "-")),
        said_in_words(line["said"]),
        " ".join(line["findings"]),
    )


def _words(both: Mapping[str, str]) -> str:
    return pick(both["en"], both["zh"])
