"""``zelian chain``: all that concerns one thing, and whether it is all.

The chain comes from a ledger that is not believed: its completeness is checked
here, against a checkpoint, and what was not checked is said.
"""

from collections.abc import Iterator

import click

from cli.chain_check import ChainCheck
from cli.command import command, option
from cli.door import Door, open_door
from cli.entry_text import entry_json, label_of, said_in_words, source_of
from cli.failures import usage
from cli.invocation import ANYWHERE, here
from cli.output import data, data_json, local_time, table
from cli.receipts import trust_policy
from cli.report_text import exit_code, print_report
from crypto.checkpoint import parse_checkpoint
from crypto.note import parse_note
from crypto.tiles import TILE_WIDTH, entries_path, parse_bundle
from ledger.access.chain_sight import KINDS
from ledger.verification.trust import open_published


@command(
    "Show a chain and check that it is complete.\n\n"
    "NAME is such as act/D/A-1, grant/D/G-1, item/D/I-1, department/D, official/O.\n\n"
    "Takes it at the published checkpoint and checks: its id, seq 0 and on without a gap, each "
    "link, each statement against its header, the last entry's inclusion, and that no later "
    "entry continues it.",
    "查看一条链并检查其是否完整。\n\n"
    "链名形如 act/部门/编号、grant/部门/编号、item/部门/编号、department/部门、official/人员。\n\n"
    "按已公布的检查点取链，并检查：链标识、序号自 0 起无缺、逐条接续、各陈述与记录头一致、"
    "末条的收录证明，以及其后再无属于此链的记录。",
    options=ANYWHERE,
)
@click.argument("name", metavar="NAME")
@option(
    "--no-tail",
    is_flag=True,
    en="Do not read the headers behind the last entry; then it is not known to be the last.",
    zh="不读取末条之后的记录头；此时无法确认其为末条。",
)
def chain(name: str, no_tail: bool) -> None:
    """Show a chain and check that it is complete."""
    if name.partition("/")[0] not in KINDS or "/" not in name:
        kinds = ", ".join(KINDS)
        raise usage(
            f"{name!r} is no chain's name: <kind>/<name>, where kind is one of {kinds}",
            f"{name!r} 不是链名：应为“类别/名称”，类别为 {kinds} 之一",
        )
    with open_door(writes=False) as door:
        note = door.checkpoint()
        published = open_published(note, trust_policy())
        size = parse_checkpoint(parse_note(note).text).size
        check = ChainCheck(door.chain(name, size))
        rows = list(check.read())
        last = rows[-1][1].index if rows else size
        tail = None if no_tail else _headers(door, last + 1, size)
        check.close(published, lambda index: door.proof(index, size), tail)
    report = check.report(published)
    if here().as_json:
        entries = [entry_json(*row) for row in rows]
        data_json({"entries": entries, "name": name, "report": report.to_json()})
        click.get_current_context().exit(exit_code(report.verdict))
    for line in table(
        (
            str(seq),
            str(header.index),
            local_time(header.recorded_at),
            label_of(event),
            source_of(event),
            str((event or {}).get("official", "-")),
            said_in_words(shown.said),
        )
        for seq, (shown, header, event) in enumerate(rows)
    ):
        data(line)
    click.get_current_context().exit(print_report(report))


def _headers(door: Door, start: int, size: int) -> Iterator[bytes]:
    """Yield the public headers ``start <= index < size`` of the published tree."""
    for n in range(start // TILE_WIDTH, -(-size // TILE_WIDTH)):
        first = n * TILE_WIDTH
        width = min(TILE_WIDTH, size - first)
        bundle = parse_bundle(door.tile(entries_path(n, width)))
        yield from bundle[max(0, start - first) : width]
