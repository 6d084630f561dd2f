"""The file of a grant as a page to print, in Chinese and English side by side.

It says what is recorded and what lacks, never a verdict; a line has the leaf hash by
which anyone finds it in the tree. All that others wrote is escaped, and nothing is
loaded but our own style sheet where a server gives it.

Source: decree 809, article 29, paragraph 2.
"""

import html
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from ledger.printed_page import printed_page
from ledger.registry.names import Names, called
from ledger.supervision.china import china_time

Members = Mapping[str, Any]

_VOICES = {
    "signed": "本人签署 · signed by the official",
    "attested": "部门系统代证 · attested by the department's system",
    "system": "系统陈述 · said by a system",
}
_NOTE = (
    "本页是记录的汇总，不是结论；逐条的真伪以陈述的签名、记录头及检查点核验为准。 "
    "This page sums up records and is no verdict; whether each is genuine is told by its "
    "signature, its header and a checkpoint."
)
_STYLE = """
@page { size: A4 landscape; margin: 14mm }
body { font: 10.5pt/1.5 "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif; margin: 1em auto;
  max-width: 262mm; color: #000; background: #fff }
table { width: 100%; border-collapse: collapse; margin: .4em 0 }
th, td { border: 1px solid #000; padding: .2em .4em; text-align: left; vertical-align: top;
  overflow-wrap: anywhere }
code { font-family: "Noto Sans Mono", monospace; font-size: 8.5pt }
h1, h2, p, li { overflow-wrap: anywhere }
tr { break-inside: avoid }
@media screen and (max-width: 40rem) {
  table, tbody, tr, td, th { display: block }
  thead { display: none }
  tr { margin: 0 0 .6em }
}
"""
_HEADS = (
    "条目 · entry", "记入时间 · recorded", "陈述 · statement", "部门、人员 · by whom",
    "内容 · what", "待核事项 · to be checked", "叶散列 · leaf hash",
)  # fmt: skip


def grant_file_page(members: Members, stylesheet: str | None = None) -> bytes:
    """Return the page of what ``ledger.grant_files.grant_file`` returned.

    Args:
        stylesheet: address of a style sheet; None: the page brings its own.
    """
    title = f"使用记录档案 · File of grant {members['grant']['ref']}"
    return printed_page(title, _body(members), _STYLE, stylesheet)


def _body(members: Members) -> Iterator[str]:
    yield from _facts(members)
    for part in members["parts"]:
        head = f"{_both(part['label'])}：{_both(part['state_label'])}"
        yield f"<section>\n<h2>{_text(head)}</h2>"
        yield from _gaps(part["gaps"])
        yield from _lines(part, members["departments"])
        yield "</section>"
    yield f"<p>{_text(_NOTE)}</p>"


def _facts(members: Members) -> Iterator[str]:
    grant, kept, share = members["grant"], members["retention"], members["recorded"]
    until = china_time(kept["until"]) if kept["until"] else "办结后起算 · counted from the closing"
    rows = (
        ("提供部门 · Provider", called(grant["owner"], members["departments"])),
        ("使用部门 · Using department", called(grant["counterparty"], members["departments"])),
        ("目录条目 · Item", grant.get("item", "-")),
        ("状态 · State", grant["state"]),
        ("记录齐备 · Recorded", f"{share['present']} / {share['of']}"),
        (
            "保存期限 · Kept at least",
            f"{kept['years']} 年 · years（{kept['law'] or '-'} {kept['article'] or ''}）；{until}",
        ),
        ("截至 · As of", f"{members['as_of']} 条 · entries；{china_time(members['at'])}"),
    )
    yield "<table>"
    for name, value in rows:
        yield f'<tr><th scope="row">{_text(name)}</th><td>{_text(value)}</td></tr>'
    yield "</table>"


def _gaps(gaps: list[Members]) -> Iterator[str]:
    if not gaps:
        return
    yield "<ul>"
    for gap in gaps:
        about = f"（{gap['about']}）" if "about" in gap else ""
        said = f"缺失 · missing：{_both(gap['label'])}{about}，自 {china_time(gap['since'])} 起"
        yield f"<li><strong>{_text(said)}</strong></li>"
    yield "</ul>"


def _lines(part: Members, names: Names) -> Iterator[str]:
    if not part["lines"]:
        yield "<p>没有记录 · No records</p>"
        return
    heads = "".join(f'<th scope="col">{_text(name)}</th>' for name in _HEADS)
    yield f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>"
    for line in part["lines"]:
        yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in _cells(line, names)) + "</tr>"
    yield "</tbody>\n</table>"


def _cells(line: Members, names: Names) -> tuple[str, ...]:
    person = [str(line[name]) for name in ("official", "tier") if name in line]
    by = "、".join((called(line["department"], names), *person))
    said = orjson.dumps(line["data"], option=orjson.OPT_SORT_KEYS).decode()
    return (
        _text(line["index"]),
        _text(china_time(line["recorded_at"])),
        _text(_both(line["label"])),
        f"{_text(by)}<br>{_text(_VOICES[line['said']])}",
        f"<code>{_text(said)}</code>",
        _text("、".join(line["findings"]) or "-"),
        f"<code>{_text(line['leaf_hash'])}</code>",
    )


def _both(words: Members) -> str:
    return f"{words['zh']} · {words['en']}"


def _text(value: object) -> str:
    """Return *value* as text and nothing else; what cannot be seen is shown by its code."""
    shown = "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in str(value))
    return html.escape(shown)
