"""``zelian trace``: who answers for an act, as a tree.

A line tells what it says, by whom, the entries on which it rests and, with ``-v``, why it
stands there; what is missing begins with ``!``.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from cli.command import command, option
from cli.door import open_door
from cli.failures import usage
from cli.invocation import ANYWHERE, here
from cli.output import data, data_json, local_time, talk
from cli.receipts import write_durably
from cli.speech import pick
from crypto.notation import REF
from ledger.events.determinations import DEFECT_ROWS
from ledger.responsibility.graph import LACKING, graph_of
from ledger.responsibility.graph_mermaid import mermaid
from ledger.responsibility.graph_svg import svg
from ledger.responsibility.telling import said_of
from ledger.trace_page import trace_page

_SECTIONS = (
    ("outward", "who answers outside", "对外责任主体"),
    ("evidence", "the act and its own evidence", "行政行为及自有证据"),
)
_AFTER = (
    ("people", "officials, tiers and posts", "人员、层级与岗位"),
    ("beside", "objections, entrustment, precautions", "异议、委托与事前防范"),
    (
        "exemption",
        "checklist of an exemption: a competent body decides",
        "容错免责要件：由有权机关认定",
    ),
    ("determinations", "determination", "责任认定"),
    ("credit", "credit of the same chain", "同一链条的成效"),
)
Members = Mapping[str, Any]


@command(
    "Trace an act: who stands behind it, on both sides of each share.\n\n"
    "From the act to each use, delivery, grant, request and item; officials by tier and post as "
    "of then; objections, findings, determinations, credit. A finding is to be checked, and "
    "never a verdict.\n\n"
    "--defect marks what the matrix has examined first; --html writes a page to print, --svg and "
    "--mermaid the graph.",
    "追溯一项行政行为：列明每次共享双方的责任环节与人员。\n\n"
    "由行政行为逐级上溯至使用、交付、授权、申请与目录条目；人员按当时的层级与岗位列出；"
    "并列异议、待核事项、责任认定与成效。待核事项不是违规结论。\n\n"
    "--defect 按责任矩阵标明先行核查的环节；--html 生成可打印页面，--svg 与 --mermaid 生成"
    "责任链图。",
    options=ANYWHERE,
)
@click.argument("act", metavar="ACT")
@option(
    "--as-of",
    type=click.IntRange(min=0),
    metavar="SIZE",
    en="As the ledger was when it had SIZE entries.",
    zh="账本有 SIZE 条时的情形。",
)
@option(
    "--defect",
    type=click.Choice(list(DEFECT_ROWS)),
    en="Read this row of the matrix of responsibility.",
    zh="按责任矩阵此行标注。",
)
@option(
    "--item",
    metavar="REF",
    en="The item that is defective; with --defect.",
    zh="有问题的目录条目；须与 --defect 同用。",
)
@option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    en="Write a page to print; FILE must not be there yet.",
    zh="写入可打印页面；FILE 须尚不存在。",
)
@option(
    "--svg",
    "drawing",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    en="Draw the graph; FILE must not be there yet.",
    zh="绘制责任链图；FILE 须尚不存在。",
)
@option(
    "--mermaid",
    "flowchart",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    en="Write the graph as a Mermaid flowchart; FILE must not be there yet.",
    zh="将责任链图写成 Mermaid 流程图；FILE 须尚不存在。",
)
def trace(
    act: str, page: Path | None, drawing: Path | None, flowchart: Path | None, **asked: Any
) -> None:
    """Print or write the trace of an act."""
    check_name(act)
    if asked["item"] is not None:
        check_name(asked["item"])
        if asked["defect"] is None:
            raise usage("--item goes with --defect", "--item 须与 --defect 同用")
    wanted = ((page, trace_page), (drawing, _drawn), (flowchart, _charted))
    files = [(path, form) for path, form in wanted if path is not None]
    _check_files([path for path, _ in files])
    with open_door(writes=False) as door:
        found = door.responsibility(act, asked)
    for path, form in files:
        write_durably(path, form(found))
        talk(f"written to {path}", f"已写入 {path}")
    if files:
        return
    if here().as_json:
        data_json(found)
    else:
        for text in tree(found):
            data(text)


def _check_files(paths: Sequence[Path]) -> None:
    if paths and here().as_json:
        raise usage(
            "give --json or files to write, not both", "--json 与写入文件的选项不能同时给出"
        )
    if len(set(paths)) < len(paths):
        raise usage("each form takes a file of its own", "各种形式须写入不同的文件")
    for path in paths:
        if path.exists():
            raise usage(f"{path} is there already", f"{path} 已存在")


def _drawn(report: Members) -> bytes:
    return svg(graph_of(report)).encode()


def _charted(report: Members) -> bytes:
    return mermaid(graph_of(report)).encode()


def check_name(name: str) -> None:
    """Raise unless *name* is ``<department>/<id>``."""
    if not REF.match(name):
        raise usage(
            f"{name!r} is no name: it is <department>/<id>",
            f"{name!r} 不是名称：应为“部门/编号”",
        )


def tree(report: Members) -> Iterator[str]:
    """Yield the report as the lines of a tree."""
    act = report["act"]
    state = _words(act["state_label"]) if "state_label" in act else "-"
    yield f"{act['ref']}  {state}  {act.get('decision_no', '')}".rstrip()
    size, at = report["as_of"], local_time(report["at"])
    yield pick(f"as of {size} entries, {at}", f"截至 {size} 条，{at}")
    sections = [(pick(en, zh), report[name]) for name, en, zh in _SECTIONS]
    sections += [(_branch(one), one["lines"]) for one in report["branches"]]
    sections += [(pick(en, zh), report[name]) for name, en, zh in _AFTER if report.get(name)]
    if "defect" in report:
        sections.append((_defect(report["defect"]), report["defect"]["lines"]))
    for number, (title, lines) in enumerate(sections, 1):
        yield from _section(title, lines, last=number == len(sections))


def _section(title: str, lines: Sequence[Members], *, last: bool) -> Iterator[str]:
    yield f"{'└─' if last else '├─'} {title}"
    stem = "   " if last else "│  "
    for number, one in enumerate(lines, 1):
        yield f"{stem}{'└─' if number == len(lines) else '├─'} {line_text(one)}"


def line_text(line: Members) -> str:
    """Return one line of a report, in the language spoken."""
    mark = "! " if line["what"] in LACKING else ""
    who = "/".join(str(line[name]) for name in ("department", "official", "tier") if name in line)
    said = said_of(line, pick("en", "zh"))  # type: ignore[arg-type]
    entries = " ".join(f"#{index}" for index in line["entries"])
    parts = (f"{mark}{_words(line['label'])}", who, said, entries, f"[{line['because']['code']}]")
    return "  ".join(part for part in parts if part)


def _branch(branch: Members) -> str:
    names = ("item", "provider", "reliance")
    return "  ".join([pick("share", "共享"), *(branch[name] for name in names if name in branch)])


def _defect(defect: Members) -> str:
    matrix = defect["matrix"] or {"adopted": False, "version": "-"}
    known = f"{defect['defect']}  {matrix['version']}"
    if matrix["adopted"]:
        return pick(f"defect {known}", f"问题类型 {known}")
    return pick(
        f"defect {known}: no matrix is in force, roles only",
        f"问题类型 {known}：无生效的责任矩阵，仅示角色",
    )


def _words(both: Members) -> str:
    return pick(both["en"], both["zh"])
