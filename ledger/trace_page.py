"""A trace as a page to print, in Chinese and English side by side.

It is the report and nothing else: each row has the entries on which it rests and why it
stands there. All that others wrote is escaped, and nothing is loaded but our own style
sheet where a server gives it.

Source: domain, 4.6.
"""

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger.printed_page import printed_page
from ledger.registry.names import Names, called
from ledger.responsibility.graph import graph_of
from ledger.responsibility.graph_svg import svg
from ledger.responsibility.telling import said_of

Members = Mapping[str, Any]

_NOTE = (
    "本页依据账本所载陈述列明各环节的职责与依据，不是责任认定；待核事项不是违规结论；"
    "逐条的真伪以陈述的签名、记录头及检查点核验为准。 "
    "This page tells roles and what they rest on, by the statements on record. It determines "
    "nothing; what is to be checked is no verdict; whether a statement is genuine is told by its "
    "signature, its header and a checkpoint."
)
_STYLE = """
@page { size: A4 landscape; margin: 14mm }
body { font: 10pt/1.5 "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif; margin: 1em auto;
  max-width: 262mm; color: #000; background: #fff }
table { width: 100%; border-collapse: collapse; margin: .4em 0 }
h1, h2, p { overflow-wrap: anywhere }
th, td { border: 1px solid #000; padding: .2em .4em; text-align: left; vertical-align: top;
  overflow-wrap: anywhere }
.lines { table-layout: fixed }
.lines th:nth-child(1) { width: 17% }
.lines th:nth-child(2) { width: 21% }
.lines th:nth-child(4) { width: 9% }
.lines th:nth-child(5) { width: 19% }
tr { break-inside: avoid }
figure { margin: 0; overflow-x: auto }
svg { width: 100%; min-width: 60em }
@media screen and (max-width: 40rem) {
  table, tbody, tr, td, th { display: block }
  thead { display: none }
  tr { margin: 0 0 .6em }
}
@media print { svg { min-width: 0; max-height: 175mm } }
"""
_SECTIONS = (
    ("outward", "对外责任主体 · Who answers outside"),
    ("evidence", "行政行为及自有证据 · The act and its own evidence"),
    ("people", "人员与岗位 · Officials, tiers and posts"),
    ("beside", "异议、委托与事前防范 · Objections, entrustment, precautions"),
    ("exemption", "容错免责要件 · Checklist of an exemption"),
    ("determinations", "责任认定 · Determination"),
    ("credit", "成效 · Credit"),
)
_GRAPH = "责任链图 · Graph of the trace"
_HEADS = ("事项 · what", "部门、人员 · by whom", "内容 · says", "条目 · entries", "依据 · because")


def trace_page(report: Members, stylesheet: str | None = None) -> bytes:
    """Return the page of what ``ledger.traces.responsibility`` returned.

    Args:
        stylesheet: address of a style sheet; None: the page brings its own.
    """
    title = f"责任追溯 · Responsibility trace of act {report['act']['ref']}"
    return printed_page(title, _body(report), _STYLE, stylesheet)


def _body(report: Members) -> Iterator[str]:
    act, names = report["act"], report["departments"]
    state = _both(act["state_label"]) if "state_label" in act else "-"
    facts = (
        f"{state}；{act.get('decision_no', '-')}；截至 · as of {report['as_of']}（{report['at']}）"
    )
    yield f"<p>{_text(facts)}</p>"
    yield f'<figure tabindex="0" role="group" aria-label="{_GRAPH}">'
    yield f"{svg(graph_of(report), anchors=True)}</figure>"
    marked: set[int] = set()  # entries to whose rows the graph leads
    yield from _section(_SECTIONS[0][1], report["outward"], names, None)
    yield from _section(_SECTIONS[1][1], report["evidence"], names, marked)
    for branch in report["branches"]:
        head = f"数据来源 · Share: {branch.get('item', '-')}（{branch['use']}）"
        yield from _section(head, branch["lines"], names, marked)
    for name, title in _SECTIONS[2:]:
        yield from _section(title, report[name], names, marked)
    if "defect" in report:
        defect = report["defect"]
        yield from _section(_defect(defect), defect["lines"], names, marked)
    yield f"<p>{_text(_NOTE)}</p>"


def _defect(defect: Members) -> str:
    matrix = defect["matrix"] or {"adopted": False, "version": "-"}
    force = "" if matrix["adopted"] else "，未发布，仅示角色 · not adopted: roles only"
    return f"问题类型 · Defect {defect['defect']}（矩阵 · matrix {matrix['version']}{force}）"


def _section(
    title: str, lines: Sequence[Members], names: Names, marked: set[int] | None
) -> Iterator[str]:
    yield f"<section>\n<h2>{_text(title)}</h2>"
    if lines:
        heads = "".join(f'<th scope="col">{_text(name)}</th>' for name in _HEADS)
        yield f'<table class="lines">\n<thead><tr>{heads}</tr></thead>\n<tbody>'
        yield from (_row(one, names, marked) for one in lines)
        yield "</tbody>\n</table>"
    else:
        yield "<p>无 · none</p>"
    yield "</section>"


def _row(line: Members, names: Names, marked: set[int] | None) -> str:
    who = "\n".join(
        called(line[name], names) if name == "department" else str(line[name])
        for name in ("department", "official", "tier")
        if name in line
    )
    cells = (
        _both(line["label"]),
        who or "-",
        f"{said_of(line, 'zh')}\n{said_of(line, 'en')}".strip() or "-",
        " ".join(map(str, line["entries"])),
        f"{line['because']['code']} {_both(line['because'])}",
    )
    inner = "".join(f"<td>{_text(cell)}</td>" for cell in cells)
    entry = line["entries"][0]
    if marked is None or entry in marked:
        return f"<tr>{inner}</tr>"
    marked.add(entry)
    return f'<tr id="e{entry}">{inner}</tr>'


def _both(words: Members) -> str:
    return f"{words['zh']} · {words['en']}"


def _text(text: object) -> str:
    return html.escape(str(text)).replace("\n", "<br>")
