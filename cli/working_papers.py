"""Write working papers 取证单: a page to print for each entry of a sample, in two languages.

A page says what the ledger holds of the entry, with what proves it, and leaves room for
what only the auditor can say; nothing on it is a finding. All that others wrote is
escaped, marks that turn the direction of text are shown as such, and a page loads nothing
from anywhere.
"""

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.door import Said
from cli.failures import REFUSED, Failure
from cli.output import clean, json_text, local_time
from cli.receipts import write_durably
from crypto.header import Header
from ledger.events.types import EVENT_TYPES

_VOICES: Mapping[str | None, str] = {
    "signed": "本人签署 · signed by the official",
    "attested": "部门代证，本人未签署 · attested by the department's system",
    "system": "系统陈述 · said by a system",
    None: "-",
}
_CHECKED = (
    "已核验：陈述与记录头所记摘要一致，记录头在下述检查点的树中。"
    "未核验：签名（可用 zelian verify ledger 核验）；内容是否属实。"
    " Verified: the statement is the one that the entry's header records, and the header is in "
    "the tree of this checkpoint. Not verified: signatures, which zelian verify ledger checks; "
    "whether what was said is true."
)
_CHECKED_HEADER = (
    "已核验：记录头在下述检查点的树中。未提供陈述，其内容未经查看。 Verified: the header is in the "
    "tree of this checkpoint. No statement is shown: what it says was not looked at."
)
# What the auditor fills in by hand.
_BLANKS = (
    "被取证单位 · Body examined",
    "取证事项 · Matter examined",
    "核对的原始凭证 · Source documents compared",
    "与凭证是否一致 · Does it agree with them",
    "取证说明 · Notes",
    "提供人意见及签名 · Remarks and signature of whoever provided it",
    "取证人签名、日期 · Taken by, date",
    "复核人签名、日期 · Reviewed by, date",
)
_STYLE = """
@page { size: A4; margin: 18mm 16mm }
body { font: 11pt/1.5 "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif; max-width: 178mm;
  margin: 1em auto; color: #000; background: #fff }
h1 { font-size: 16pt; text-align: center; margin: 0 0 .2em }
p { margin: .3em 0; font-size: 10pt }
table { width: 100%; border-collapse: collapse; margin: .6em 0; table-layout: fixed }
th, td { border: 1px solid #000; padding: .25em .5em; vertical-align: top; text-align: left;
  overflow-wrap: anywhere }
th { width: 34%; font-weight: normal; background: #f2f2f2 }
.mono { font-family: "Noto Sans Mono", monospace; font-size: 9pt }
.blank td { height: 3.2em }
tr { break-inside: avoid }
@media print { a { color: inherit; text-decoration: none } }
"""


@dataclass(frozen=True, slots=True)
class Paper:
    """An entry that was drawn, whose place in the tree was verified.

    Args:
        leaf: hash of its header, 32 bytes.
        event: None where no statement is shown; *absent* says why.
        rank: by which it was drawn, 32 bytes.
    """

    header: Header
    leaf: bytes
    event: Mapping[str, Any] | None
    said: Said | None
    absent: str | None
    rank: bytes

    @property
    def file(self) -> str:
        """The page's name."""
        return f"entry-{self.header.index}.html"


def check_new(folder: Path) -> None:
    """Raise Failure where *folder* is there already: papers are never written over."""
    if folder.exists():
        raise Failure(
            REFUSED,
            f"{folder} exists already: working papers go into a new folder",
            f"{folder} 已存在：取证单须写入新目录",
        )


def write_papers(folder: Path, facts: Mapping[str, Any], papers: Sequence[Paper]) -> None:
    """Write a page an entry, ``index.html`` that lists them, and ``sample.json``.

    Args:
        facts: of the draw, by which another draws the same.
    """
    check_new(folder)
    folder.mkdir(parents=True, mode=0o700)
    for number, paper in enumerate(papers, 1):
        page = _page(f"取证单 · Working paper {number}", _paper(number, facts, paper))
        write_durably(folder / paper.file, page)
    write_durably(folder / "index.html", _page("审计样本 · Audit sample", _index(facts, papers)))
    listed = [one.header.index for one in papers]
    sample = json.dumps({**facts, "entries": listed}, ensure_ascii=False, indent=1, sort_keys=True)
    write_durably(folder / "sample.json", sample.encode() + b"\n")


def _page(title: str, body: Iterator[str]) -> bytes:
    head = (
        '<!doctype html>\n<html lang="zh-CN">\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n<h1>{_text(title)}</h1>\n"
    )
    return (head + "\n".join(body) + "\n</html>\n").encode()


def _text(value: object) -> str:
    """Return *value* so that it is text and nothing else, on a page and on a terminal."""
    return html.escape(clean(str(value)))


def _rows(rows: Sequence[tuple[str, str]], cls: str = "") -> Iterator[str]:
    yield f'<table class="{cls}">' if cls else "<table>"
    for name, cell in rows:
        yield f"<tr><th>{_text(name)}</th><td>{cell}</td></tr>"
    yield "</table>"


def _mono(value: object) -> str:
    return f'<span class="mono">{_text(value)}</span>'


def _paper(number: int, facts: Mapping[str, Any], paper: Paper) -> Iterator[str]:
    header = paper.header
    yield f"<p>{_text(facts['origin'])} · {number} / {facts['drawn']}</p>"
    yield from _rows(
        [
            ("条目序号 · Entry index", _text(header.index)),
            ("记入时间 · Recorded at", _text(local_time(header.recorded_at))),
            ("叶哈希 · Leaf hash", _mono(paper.leaf.hex())),
            ("陈述摘要 · Statement digest", _mono(header.statement.hex())),
            *_said(paper),
        ]
    )
    yield f"<p>{_text(_CHECKED if paper.event is not None else _CHECKED_HEADER)}</p>"
    yield from _rows(
        [
            ("树大小 · Tree size", _text(facts["size"])),
            ("根 · Root", _mono(facts["root"])),
            ("抽样 · Drawn by", _drawn_by(facts)),
            ("排序值 · Rank", _mono(paper.rank.hex())),
        ]
    )
    yield from _rows([(name, "") for name in _BLANKS], "blank")


def _drawn_by(facts: Mapping[str, Any]) -> str:
    query = facts["query"] or "全部条目 · every entry"
    return (
        f"{_mono(facts['method'])}，种子 · seed {_mono(facts['seed'])}，总体 · population "
        f"{_text(facts['population'])}（{_mono(query)}）"
    )


def _said(paper: Paper) -> Iterator[tuple[str, str]]:
    """Yield what the statement says, or why there is none."""
    event = paper.event
    if event is None:
        yield "陈述 · Statement", _text(paper.absent or "-")
        return
    kind = EVENT_TYPES.get(event["type"])
    label = f"{kind.label_zh} · {kind.label_en}" if kind else ""
    official = str(event.get("official", "-"))
    data = event["data"]
    yield "含义 · Meaning", f"{_text(label)} {_mono(event['type'])}"
    yield "陈述部门 · Department", _text(str(event["source"]).removeprefix("/departments/"))
    yield "人员 · Official", _text(f"{official} {event.get('tier', '')}".strip())
    yield "陈述方式 · Voice", _text(_VOICES[paper.said])
    yield "签名密钥 · Signing keys", "<br>".join(_mono(key) for key in data["signers"])
    yield "发生时间（自述） · Happened at, as said", _text(local_time(event["time"]))
    yield "事项 · Subject", _text(event["subject"])
    yield "来源编号 · Id at the source", _text(event["id"])
    for name, ref in sorted(data["refs"].items()):
        yield f"引用 · refs.{name}", _text(ref)
    for name, value in data.items():
        if name not in ("refs", "signers") and value not in ([], {}):
            yield f"data.{name}", _text(value if isinstance(value, str) else json_text(value))


def _index(facts: Mapping[str, Any], papers: Sequence[Paper]) -> Iterator[str]:
    yield from _rows(
        [
            ("账本 · Ledger", _text(facts["origin"])),
            ("树大小 · Tree size", _text(facts["size"])),
            ("根 · Root", _mono(facts["root"])),
            ("抽样 · Drawn by", _drawn_by(facts)),
        ]
    )
    yield "<ol>"
    for paper in papers:
        meaning = "-"
        if paper.event is not None:
            kind = EVENT_TYPES.get(paper.event["type"])
            meaning = kind.label_zh if kind else str(paper.event["type"])
        yield (
            f'<li><a href="{_text(paper.file)}">{_text(paper.header.index)}</a> '
            f"{_text(local_time(paper.header.recorded_at))} {_text(meaning)}</li>"
        )
    yield "</ol>"
