"""``zelian impact``: what relied on an item, on one version of it or on one delivery."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.command import command, option
from cli.door import open_door
from cli.failures import usage
from cli.invocation import ANYWHERE, here
from cli.output import data, data_json, table, talk
from cli.receipts import write_durably
from cli.speech import pick
from cli.trace import check_name
from crypto.notation import REF
from ledger.responsibility.notices import prepared

_REST = (
    ("derived", "derived from it", "由其加工形成的条目"),
    ("told", "who was told", "告知情况"),
    ("untold", "who was not told", "未告知的部门"),
    ("unused", "received, no use on record", "已接收但没有使用记录"),
)

Members = Mapping[str, Any]


@command(
    "List every use, act and department that relied on an item, decisive ones first.\n\n"
    "With who was told of an error, who acknowledged, who used it or decided afterwards, and "
    "which acts are still to be examined anew.\n\n"
    "--prepare writes what follows as events to sign, one a file: a notice to those who were not "
    "told, a re-examination of each act. Nothing is said until somebody signs.",
    "列出依据某目录条目的全部使用、行政行为与部门，起决定作用的在前。\n\n"
    "并列告知与回执情况、告知之后的使用与决定，以及尚未重新审查的行政行为。\n\n"
    "--prepare 将后续事项写成待签署的事件，每个一份文件：告知尚未告知的部门，逐项重新审查行政行为。"
    "未经签署即未作出任何陈述。",
    options=ANYWHERE,
)
@click.argument("item", metavar="ITEM")
@option("--version", metavar="V", en="Only of this version.", zh="仅此版本。")
@option("--delivery", metavar="REF", en="Only of this delivery.", zh="仅此次交付。")
@option(
    "--as-of",
    type=click.IntRange(min=0),
    metavar="SIZE",
    en="As the ledger was when it had SIZE entries.",
    zh="账本有 SIZE 条时的情形。",
)
@option(
    "--prepare",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    en="Write events to sign into FOLDER, which must not be there yet.",
    zh="将待签署的事件写入 FOLDER；该文件夹须尚不存在。",
)
def impact(item: str, folder: Path | None, **asked: Any) -> None:
    """Print what relied on an item."""
    check_name(item)
    if folder is not None and folder.exists():
        raise usage(f"{folder} is there already", f"{folder} 已存在")
    if asked["version"] is not None and asked["delivery"] is not None:
        raise usage("give one of --version and --delivery", "--version 与 --delivery 只能给出一个")
    if asked["delivery"] is not None and not REF.match(asked["delivery"]):
        raise usage("--delivery takes <department>/<id>", "--delivery 应为“部门/编号”")
    with open_door(writes=False) as door:
        found = door.impact(item, asked)
    if folder is not None:
        _prepare(found, folder)
    if here().as_json:
        data_json(found)
    else:
        _print(found)


def _prepare(found: Members, folder: Path) -> None:
    events = prepared(found)
    folder.mkdir(parents=True)
    for name, event in events:
        text = json.dumps(event, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        write_durably(folder / f"{name}.json", text.encode())
    talk(
        f"{len(events)} events to sign in {folder}: read and complete each, then zelian sign",
        f"{folder} 中有 {len(events)} 个待签署事件：请逐个核对补全后执行 zelian sign",
    )


def _print(found: Members) -> None:
    counts = found["counts"]
    uses = len(found["uses"])
    data(
        pick(
            f"{found['asked']['item']}: {uses} uses ({counts['decisive']} decisive), "
            f"{counts['acts']} acts, {counts['departments']} departments",
            f"{found['asked']['item']}：使用 {uses} 次（起决定作用 {counts['decisive']} 次），"
            f"行政行为 {counts['acts']} 项，部门 {counts['departments']} 个",
        )
    )
    for line in table(map(_use, found["uses"])):
        data(f"  {line}")
    for name, en, zh in _REST:
        if found[name]:
            data(pick(en, zh))
            for line in table(map(_rest, found[name])):
                data(f"  {line}")


def _use(line: Members) -> tuple[str, ...]:
    acts = " ".join(_act(one) for one in line["acts"])
    after = "used_after_told" in line
    return (
        str(line["grade"]),
        str(line["ref"]),
        str(line["department"]),
        str(line.get("item_version", "-")),
        acts or "-",
        pick("used after being told", "告知之后仍使用") if after else "",
        " ".join(f"#{index}" for index in line["entries"]),
    )


def _act(act: Members) -> str:
    words = [str(act["ref"])]
    if "decided_after_told" in act:
        words.append(pick("(decided after being told)", "（告知之后作出）"))
    if "to_examine" in act:
        words.append(pick("(not examined anew)", "（未重新审查）"))
    return "".join(words)


def _rest(line: Members) -> tuple[str, ...]:
    return (
        pick(line["label"]["en"], line["label"]["zh"]),
        str(line["department"]),
        str(line.get("ref", "")),
        str(line.get("outcome", "")),
        " ".join(f"#{index}" for index in line["entries"]),
    )
