"""``zelian sample``: entries to look at, drawn so that another draws the same.

How it draws is told in ``ledger/reconciliation/sample.py``: by seed, size and root of a
checkpoint, and index. Each entry that is drawn is shown to be in that tree. Auditors
write the seed down before they look, and the checkpoint beside it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from cli.client import Client
from cli.command import command, option
from cli.door import Door, Shown, open_door
from cli.entry_text import entry_json, label_of, read_shown, said_in_words, source_of
from cli.importing.compact import open_note
from cli.invocation import ANYWHERE, here
from cli.log import Searching
from cli.output import data, data_json, local_time, table, talk
from cli.receipts import trust_policy
from cli.working_papers import Paper, check_new, write_papers
from crypto.header import Header
from crypto.inclusion import verify_inclusion
from crypto.merkle import leaf_hash
from crypto.tlog_proof import parse_tlog_proof
from ledger.reconciliation.sample import METHOD, Drawn, Tree, check_seed, draw

MAX_SAMPLE = 10_000


@dataclass(frozen=True, slots=True)
class _Sample:
    """What was drawn from what; ``note`` is the checkpoint, word for word.

    ``whole``: no entry may be missing from the population because this session may not
    read it.
    """

    origin: str
    seed: str
    query: str
    note: str
    tree: Tree
    population: int
    whole: bool
    drawn: list[tuple[Drawn, Shown, Header, dict[str, Any] | None]]


@command(
    "Draw a repeatable audit sample.\n\n"
    "QUERY finds the population, as in `zelian log`; without one it is every entry.\n\n"
    "The same seed, checkpoint and population give the same sample: each entry's rank is the "
    "SHA-256 of seed, size, root and index, and the lowest are drawn.\n\n"
    "--papers writes a working paper an entry, to print and to fill in.",
    "抽取可重现的审计样本。\n\n"
    "QUERY 为总体的查询条件，同 `zelian log`；不给出时为全部条目。\n\n"
    "种子、检查点与总体相同，则样本相同：以种子、树大小、根与序号的 SHA-256 排序，取最小者。\n\n"
    "--papers 为每个条目生成一份取证单，可打印填写。",
    options=ANYWHERE,
    cls=Searching,
)
@click.argument("query", metavar="[QUERY]...", nargs=-1)
@option(
    "--seed",
    required=True,
    metavar="S",
    en="What decides the draw; choose it before you look.",
    zh="决定抽样结果的种子，应在查看之前确定。",
)
@option(
    "--n",
    "-n",
    "count",
    type=click.IntRange(min=1, max=MAX_SAMPLE),
    default=25,
    show_default=True,
    en="How many.",
    zh="条数。",
)
@option(
    "--as-of",
    type=click.IntRange(min=1),
    metavar="SIZE",
    en="Under the checkpoint of this size; else the published one.",
    zh="以此大小的检查点为准；默认为已公布的检查点。",
)
@option(
    "--papers",
    metavar="DIR",
    type=click.Path(path_type=Path),
    en="Write working papers into this new folder.",
    zh="在此新目录中生成取证单。",
)
def sample(
    query: tuple[str, ...], seed: str, count: int, as_of: int | None, papers: Path | None
) -> None:
    """Draw a repeatable audit sample."""
    check_seed(seed)
    if papers is not None:
        check_new(papers)
    with open_door(writes=False) as door:
        found = _draw(door, " ".join(query), seed, count, as_of)
    if papers is not None:
        write_papers(papers, _facts(found), [_paper(*one) for one in found.drawn])
    if here().as_json:
        data_json({**_facts(found), "entries": [_json(*one) for one in found.drawn]})
        return
    _say(found)
    for line in table(_row(*one) for one in found.drawn):
        data(line)
    if papers is not None:
        talk(
            f"{len(found.drawn)} working papers are in {papers}: begin with index.html",
            f"{len(found.drawn)} 份取证单已写入 {papers}：请从 index.html 开始",
        )


def _draw(door: Door, query: str, seed: str, count: int, as_of: int | None) -> _Sample:
    note = door.checkpoint() if as_of is None else parse_tlog_proof(door.proof(0, as_of)).checkpoint
    checkpoint = open_note(note, trust_policy())
    tree = Tree(checkpoint.size, checkpoint.root)
    population = _population(door, query, tree.size)
    drawn = []
    for one in draw(seed, tree, population, count):
        shown = door.entry(one.index)
        header, event = read_shown(shown)
        path = parse_tlog_proof(door.proof(one.index, tree.size)).path
        verify_inclusion(leaf_hash(shown.header), one.index, tree.size, path, tree.root)
        drawn.append((one, shown, header, event))
    whole = not query or not isinstance(door, Client) or door.sees_all()
    return _Sample(door.origin, seed, query, note, tree, len(population), whole, drawn)


def _population(door: Door, query: str, size: int) -> range | list[int]:
    if not query:
        return range(size)
    return [shown.index for shown in door.find(query, size, size).entries]


def _facts(found: _Sample) -> dict[str, Any]:
    """Return what another needs to draw the same."""
    return {
        "checkpoint": found.note,
        "drawn": len(found.drawn),
        "method": METHOD,
        "origin": found.origin,
        "population": found.population,
        "query": found.query,
        "root": found.tree.root.hex(),
        "seed": found.seed,
        "size": found.tree.size,
        "whole_population": found.whole,
    }


def _json(one: Drawn, shown: Shown, header: Header, event: dict[str, Any] | None) -> dict[str, Any]:
    leaf = leaf_hash(shown.header).hex()
    return {**entry_json(shown, header, event), "leaf_hash": leaf, "rank": one.rank.hex()}


def _paper(one: Drawn, shown: Shown, header: Header, event: dict[str, Any] | None) -> Paper:
    return Paper(header, leaf_hash(shown.header), event, shown.said, shown.absent, one.rank)


def _say(found: _Sample) -> None:
    if not found.whole:
        talk(
            "what this session may not read is not in the population",
            "本次登录无权查阅的陈述不在总体之中",
        )
    size, root = found.tree.size, found.tree.root.hex()
    talk(
        f"{len(found.drawn)} of {found.population} entries; {found.origin} at {size} entries, "
        f"root {root}; seed {found.seed!r}; method {METHOD}",
        f"从 {found.population} 条中抽取 {len(found.drawn)} 条；{found.origin}，共 {size} 条，"
        f"根 {root}；种子 {found.seed!r}；方法 {METHOD}",
    )


def _row(one: Drawn, shown: Shown, header: Header, event: dict[str, Any] | None) -> tuple[str, ...]:
    return (
        str(header.index),
        local_time(header.recorded_at),
        label_of(event),
        source_of(event),
        str((event or {}).get("official", "-")),
        said_in_words(shown.said),
        str(event["subject"]) if event else shown.absent or "-",
        one.rank.hex()[:12],
    )
