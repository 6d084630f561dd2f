"""``zelian evidence``: a bundle that proves what the ledger holds of one thing, to take away."""

from pathlib import Path

import click

from cli.command import command, option
from cli.door import open_door
from cli.failures import usage
from cli.invocation import ANYWHERE
from cli.output import talk
from cli.receipts import write_durably
from crypto.archive import read_archive
from ledger.evidence.bundle import PAGE
from ledger.evidence.question import MAX_QUERY, THINGS, Question, is_chain_name
from ledger.projections.query import QueryError, parse_query

_AS_NAMED = {"thing": "department/id", "chain": "kind/name"}


@command(
    "Make an evidence bundle.\n\n"
    "About ACT, or what an option names: every statement on it that may be read, with all that "
    "proves it under one checkpoint. `zelian verify bundle` verifies it anywhere, offline.",
    "制作证据包。\n\n"
    "关于 ACT，或选项所指：其上可查阅的全部陈述，以及在同一检查点下证明它们的全部材料。"
    "`zelian verify bundle` 可在任何地方离线验证。",
    options=ANYWHERE,
)
@click.argument("act", metavar="[ACT]", required=False)
@option("--grant", metavar="REF", en="About a grant.", zh="关于一项授权。")
@option("--item", metavar="REF", en="About an item.", zh="关于一个目录条目。")
@option(
    "--chain", metavar="NAME", en="About a chain, as kind/name.", zh="关于一条链（类别/名称）。"
)
@option(
    "--entry", type=click.IntRange(min=0), metavar="N", en="About one entry.", zh="关于一个条目。"
)
@option("--query", metavar="QUERY", en="About what a search finds.", zh="关于一次查询的结果。")
@option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="F",
    required=True,
    en="The file to write, which must not be there yet.",
    zh="写入的文件，须尚不存在。",
)
@option(
    "--as-of",
    type=click.IntRange(min=1),
    metavar="SIZE",
    en="Under the checkpoint of this size (default: the published one).",
    zh="在此大小的检查点下（默认：已公布的检查点）。",
)
@option(
    "--page",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="F",
    en="Write the page that shows and checks the bundle in a browser to a file of its own, too.",
    zh="另将可在浏览器中显示并检查证据包的页面写成单独的文件。",
)
def evidence(
    act: str | None,
    grant: str | None,
    item: str | None,
    chain: str | None,
    entry: int | None,
    query: str | None,
    output: Path,
    as_of: int | None,
    page: Path | None,
) -> None:
    """Make a bundle and write it."""
    named = {"act": act, "grant": grant, "item": item, "chain": chain, "query": query}
    question = _question({kind: text for kind, text in named.items() if text is not None}, entry)
    for file in (output, *([page] if page else [])):
        if file.exists():
            raise usage(f"{file} is there already", f"{file} 已存在")
    with open_door(writes=False) as door:
        raw = door.evidence(question, as_of)
    write_durably(output, raw)
    talk(
        f"written to {output}: {len(raw)} bytes; verify it with `zelian verify bundle`",
        f"已写入 {output}：{len(raw)} 字节；请用 `zelian verify bundle` 验证",
    )
    if page is not None:
        _write_page(page, raw)


def _write_page(file: Path, bundle: bytes) -> None:
    """Take the page out of the bundle, where it is not left out for its size."""
    page = read_archive(bundle).get(PAGE)
    if page is None:
        raise usage(
            "the bundle has no page: it would be over 16 MiB; ask for less",
            "证据包不附页面：将超过 16 MiB；请缩小范围",
        )
    write_durably(file, page)
    talk(
        f"the page is written to {file}: open it in a browser", f"页面已写入 {file}：请用浏览器打开"
    )


def _question(named: dict[str, str], entry: int | None) -> Question:
    if len(named) + (entry is not None) != 1:
        raise usage(
            "ask by exactly one: ACT, --grant, --item, --chain, --entry or --query",
            "ACT、--grant、--item、--chain、--entry、--query 中须给出且只给出一个",
        )
    if entry is not None:
        return Question("entry", "", (entry,))
    ((kind, text),) = named.items()
    if kind == "query":
        _check_query(text)
        return Question(kind, text)
    question = Question(kind, text)
    if not is_chain_name(question.chain or ""):
        form = _AS_NAMED["thing" if kind in THINGS else "chain"]
        raise usage(f"{text!r} is no name: it is {form}", f"{text!r} 不是名称：应为 {form}")
    return question


def _check_query(text: str) -> None:
    if len(text) > MAX_QUERY:
        raise usage(f"a query has at most {MAX_QUERY} characters", f"查询至多 {MAX_QUERY} 个字符")
    try:
        parse_query(text)
    except QueryError as error:
        raise usage(error.en, error.zh) from None
