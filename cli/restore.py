"""``zelian restore``: bring a backup into an empty home, verify it, let it go on.

Exit codes: 0 all was verified (and, with ``--go-on``, entries are taken again), 1 what was
restored does not verify, 7 it stays for reading, because others hold more.
"""

from pathlib import Path

import click

from cli.backup import read_passphrase
from cli.command import command, option
from cli.failures import FAILED, REFUSED, Failure, usage
from cli.home_door import check_database_url, database_answers, opened
from cli.invocation import LOCAL, settings
from cli.output import progress, talk
from cli.report_text import print_report
from crypto.statement import read_statement
from ledger.backups.evidence import read_note
from ledger.backups.restoring import Outcome, hold, let_go_on, put_back
from ledger.fsck import Fsck
from ledger.integrity import of_report
from ledger.removals import KIND_OF
from ledger.service import Ledger
from ledger.settings import Settings
from ledger.verification.report import NOT_CHECKED, VERIFIED


@command(
    "Bring a backup into an empty home and verify all of it.\n\n"
    "It then takes no entries: what was acknowledged after the backup is not in it. Without "
    "BACKUP, --go-on lets a restored home take entries again, unless a witness or a file of "
    "--newer-than shows more than it holds.",
    "将备份恢复到空的主目录并全部验证。\n\n"
    "恢复后不接收记录，因为备份之后确认的内容不在其中。不带 BACKUP 而用 --go-on，"
    "则恢复后的主目录重新接收记录，除非见证者或 --newer-than 的文件显示更多。",
    options=LOCAL,
)
@click.argument("backup", required=False, type=click.Path(path_type=Path, file_okay=False))
@option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    en="The passphrase of the keys in the backup, mode 0600.",
    zh="备份中密钥的口令文件，权限 0600。",
)
@option(
    "--newer-than",
    "newer",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True),
    en="A checkpoint, a receipt, or a watcher's folder that may be newer; may be repeated.",
    zh="可能更新的检查点、回执或监视者目录；可重复。",
)
@option(
    "--go-on",
    is_flag=True,
    en="Nothing was acknowledged after the backup: take entries again.",
    zh="备份之后未再确认任何记录：重新接收记录。",
)
@option(
    "--order",
    "orders",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    en="With --go-on: an order to withhold or erase made after the backup, carried out anew.",
    zh="与 --go-on 同用：备份之后作出的停止提供或删除的命令，重新执行。",
)
def restore(
    backup: Path | None,
    passphrase_file: Path | None,
    newer: tuple[Path, ...],
    go_on: bool,
    orders: tuple[Path, ...],
) -> None:
    """Bring a backup into an empty home and verify all of it."""
    if backup is None and not go_on:
        raise usage("name a backup, or say --go-on", "请指定备份，或使用 --go-on")
    if orders and not go_on:
        raise usage("--order belongs to --go-on", "--order 须与 --go-on 同用")
    config = settings()
    check_database_url(config)
    raw_orders = [_read_order(path) for path in orders]
    notes = [(str(path), read_note(path)) for path in newer]
    if backup is not None:
        passphrase = None if passphrase_file is None else read_passphrase(passphrase_file)
        _bring_back(config, backup, passphrase, notes)
    if go_on:
        _go_on(config, notes, raw_orders)


def _bring_back(
    config: Settings, backup: Path, passphrase: str | None, notes: list[tuple[str, str]]
) -> None:
    with database_answers():
        manifest = put_back(config, backup, passphrase, notes)
    with opened(config, writes=True) as ledger:
        _verify(ledger, manifest.size)
        ledger.catch_up()
        outcome = hold(ledger.parts, manifest.taken_at, notes)
    talk(f"{manifest.size} entries restored and verified", f"已恢复并验证 {manifest.size} 条")
    _tell(outcome)
    talk(
        "statements erased or withheld after the backup are here again: serve this to nobody "
        "before those orders are carried out anew",
        "备份之后删除或停止提供的陈述在此重新出现：重新执行这些命令之前，请勿对外提供",
    )
    if outcome.why is not None and outcome.why.reason != "restored":
        raise Failure(REFUSED, outcome.why.en, outcome.why.zh)


def _verify(ledger: Ledger, size: int) -> None:
    with progress("checking", "检查中", size) as told:
        report = Fsck(ledger.parts).run(told)
    whole = all(
        check.verdict == VERIFIED
        or (check.name, check.verdict) == ("tiles", NOT_CHECKED)  # published once all is whole
        for check in report.checks
        if check.counts
    )
    if not whole or ledger.size() != size:
        print_report(report, of_report(report))
        raise Failure(
            FAILED,
            "what was restored does not verify, and takes no entries: use another backup",
            "恢复的内容未通过验证，不接收记录：请改用其他备份",
        )


def _go_on(config: Settings, notes: list[tuple[str, str]], orders: list[bytes]) -> None:
    with opened(config, writes=True) as ledger:
        outcome = let_go_on(ledger.parts, notes, lambda: _carry_out(ledger, orders))
        if outcome.why is not None:
            raise Failure(REFUSED, outcome.why.en, outcome.why.zh)
        ledger.catch_up()
    _tell(outcome)
    talk("entries are taken again", "已恢复接收记录")


def _carry_out(ledger: Ledger, orders: list[bytes]) -> None:
    for raw in orders:
        logged = ledger.submit(raw)
        talk(
            f"an order was carried out anew as entry {logged.index}",
            f"一项命令已重新执行，记为第 {logged.index} 条",
        )


def _read_order(path: Path) -> bytes:
    raw = path.read_bytes().rstrip(b"\n")
    if read_statement(raw).type not in KIND_OF:
        raise usage(f"{path} is no order to withhold or erase", f"{path} 不是停止提供或删除的命令")
    return raw


def _tell(outcome: Outcome) -> None:
    for name in outcome.agreeing:
        talk(f"the witness {name} holds no more", f"见证者 {name} 所持不多于此")
    for name in outcome.silent:
        talk(
            f"the witness {name} did not answer: ask it before you go on",
            f"见证者 {name} 未应答：继续之前请先查询",
        )
    if outcome.why is not None:
        talk(outcome.why.en, outcome.why.zh)
