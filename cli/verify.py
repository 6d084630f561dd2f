"""``zelian verify``: receipts, checkpoints, refusals, bundles, exports, whole ledgers, offline.

Nothing that is verified is believed, and neither a home nor a server nor a
database is needed. A home, where there is one, only supplies what the options
leave out: the trust policy, the ledger's identity, and for a whole ledger that
ledger itself.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NoReturn

import click

from cli.bundle_file import read_bundle
from cli.command import command, group, option
from cli.failures import NOT_FOUND, Failure, usage
from cli.invocation import ANYWHERE, HOME, JSON, LANG, POLICY, SENDING, here, home, settings
from cli.output import data, progress
from cli.report_text import print_report
from cli.verify_sources import folder_checkpoint, folder_source, server_source
from crypto.archive import MAX_TOTAL
from crypto.checkpoint import Checkpoint
from crypto.errors import CryptoError
from crypto.fork import MAX_REPORT
from crypto.notation import read_hex
from crypto.policy import Policy, parse_policy
from ledger.exports.forms import FORMS
from ledger.verification.bundle_check import (
    bundle_report,
    bundle_trace,
    unread_bundle_report,
)
from ledger.verification.certificate import certificate_report
from ledger.verification.documents import (
    checkpoint_report,
    receipt_report,
    unread_ledger_report,
)
from ledger.verification.export_check import export_report, unread_export_report
from ledger.verification.fork import fork_report
from ledger.verification.refusal import refusal_report
from ledger.verification.report import FAILED, Report
from ledger.verification.source import Source
from ledger.verification.stream import Progress, verify_stream
from ledger.verification.trust import open_published

verify = group("Verify offline.", "离线验证。", name="verify", options=SENDING)

_FILE = click.Path(path_type=Path, dir_okay=False)
_MOST = 16 * 1024 * 1024  # bytes: beyond any receipt, checkpoint, statement, certificate, refusal
_OFFLINE = (HOME, POLICY, JSON, LANG)

_identity = option(
    "--identity",
    metavar="HEX",
    en="Leaf hash of entry 0 to pin (default: the home's).",
    zh="须比对的第 0 条叶哈希（默认：主目录中的）。",
)


@command(
    "Verify a receipt.\n\nRecomputes everything from the statement up to the checkpoint.",
    "验证回执。\n\n从陈述到检查点全部重新计算。",
    options=_OFFLINE,
)
@click.argument("file", type=_FILE)
@option("--statement", type=_FILE, required=True, en="The statement sent.", zh="所提交的陈述。")
@_identity
def receipt(file: Path, statement: Path, identity: str | None) -> None:
    """Verify a receipt."""
    # What was printed into a file ends in a line feed, which belongs to neither.
    raw, envelope = (_read(path).removesuffix(b"\n") for path in (file, statement))
    _end(receipt_report(raw, envelope, _policy(), _pin(identity)))


@command(
    "Verify a checkpoint.\n\nIts log's signature, and whether enough witnesses cosigned it.",
    "验证检查点。\n\n检查日志签名及见证者是否足够。",
    options=_OFFLINE,
)
@click.argument("file", type=_FILE)
def checkpoint(file: Path) -> None:
    """Verify a checkpoint."""
    _end(checkpoint_report(_read(file).decode("utf-8", "replace"), _policy()))


@command(
    "Verify a certificate.\n\n"
    "That a ledger's service signed it, and that its entries are in the ledger.",
    "验证证书。\n\n检查由账本服务签署，且所列记录均在账本中。",
    options=_OFFLINE,
)
@click.argument("file", type=_FILE)
@option("--order", type=_FILE, en="The statement that ordered it.", zh="作出命令的陈述。")
def certificate(file: Path, order: Path | None) -> None:
    """Verify a certificate."""
    said = None if order is None else _read(order).removesuffix(b"\n")
    _end(certificate_report(_read(file).removesuffix(b"\n"), said, _policy()))


@command(
    "Verify a refusal.\n\n"
    "The note that a ledger gave on a statement that it refused: that it was tried, and when.",
    "验证拒收凭证。\n\n账本对被拒收陈述出具的凭证：证明曾经提交及其时间。",
    options=_OFFLINE,
)
@click.argument("file", type=_FILE)
@option("--statement", type=_FILE, en="The statement sent.", zh="所提交的陈述。")
def refusal(file: Path, statement: Path | None) -> None:
    """Verify a refusal."""
    envelope = None if statement is None else _read(statement).removesuffix(b"\n")
    _end(refusal_report(_read(file), envelope, _policy()))


@command(
    "Verify a fork report.\n\nDid the log sign two histories?",
    "验证分叉报告。\n\n日志是否签署了两种历史？",
    options=_OFFLINE,
)
@click.argument("file", type=_FILE)
def fork(file: Path) -> None:
    """Verify a fork report."""
    _end(fork_report(_read(file, MAX_REPORT + 1), _policy()))


@command(
    "Verify an evidence bundle.\n\n"
    "Recomputes everything from the signed statements up to the checkpoint; needs neither home "
    "nor server.",
    "验证证据包。\n\n从已签名的陈述到检查点全部重新计算；无需主目录或服务器。",
    options=_OFFLINE,
)
@click.argument("file", type=_FILE)
@_identity
@option("--trace", is_flag=True, en="Tell who stands behind the act.", zh="列出该行为的责任链。")
def bundle(file: Path, identity: str | None, trace: bool) -> None:
    """Verify an evidence bundle."""
    policy, pin = _policy(), _pin(identity)
    try:
        raw = read_bundle(file)
    except CryptoError as error:
        _end(unread_bundle_report(error))
    report = bundle_report(raw, policy, pin)
    if not trace or report.verdict == FAILED:
        _end(report)
    _tell_trace(report, raw)


@command(
    "Verify an export.\n\nThe bundle that it was made from, and that it follows from that bundle.",
    "验证导出内容。\n\n验证所依据的证据包，并核对导出内容由其得出。",
    options=_OFFLINE,
)
@click.argument("file", type=_FILE)
@option("--bundle", type=_FILE, required=True, en="The bundle it was made from.", zh="所据证据包。")
@option(
    "--as", "form", type=click.Choice(list(FORMS)), required=True, en="Its form.", zh="导出形式。"
)
@_identity
def export(file: Path, bundle: Path, form: str, identity: str | None) -> None:
    """Verify an export."""
    policy, pin = _policy(), _pin(identity)
    try:
        raw = read_bundle(bundle)
    except CryptoError as error:
        _end(unread_export_report(error))
    _end(export_report(_read(file, MAX_TOTAL + 1), form, raw, policy, pin))


@command(
    "Verify a whole ledger.\n\n"
    "Reads a folder of published files (--tiles), a server (--server), or else the home.",
    "验证整个账本。\n\n读取已公布文件的目录（--tiles）、服务器（--server），否则读取主目录。",
    options=ANYWHERE,
)
@option(
    "--tiles",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    en="Folder that holds `checkpoint` and `tile`.",
    zh="含有 `checkpoint` 与 `tile` 的目录。",
)
@_identity
def ledger(tiles: Path | None, identity: str | None) -> None:
    """Verify a whole ledger."""
    server = here().server
    if tiles is not None and server is not None:
        raise usage("give --tiles or --server, not both", "--tiles 与 --server 只能给出一个")
    policy, pin = _policy(), _pin(identity)
    if tiles is not None:
        note = folder_checkpoint(tiles)
        report = _published_ledger(
            note, policy, pin, lambda stated: folder_source(tiles, note, stated)
        )
    elif server is not None:
        report = _served_ledger(server, policy, pin)
    else:
        report = _home_ledger(policy, pin)
    _end(report)


for _command in (receipt, checkpoint, certificate, refusal, bundle, export, ledger):
    verify.add_command(_command)
verify.add_command(fork, "fork-report")


def _tell_trace(report: Report, raw: bytes) -> None:
    """Print a report, and what follows of the act from the statements that were verified."""
    # How a trace is told is looked up only here: it is no part of verifying.
    from cli.trace import tree

    try:
        found = bundle_trace(raw)
    except (CryptoError, LookupError):
        raise usage("the bundle shows no act to trace", "该证据包没有可追溯的行政行为") from None
    code = print_report(report, more={"trace": found})
    if not here().as_json:
        for line in tree(found):
            data(line)
    click.get_current_context().exit(code)


def _served_ledger(server: str, policy: Policy, pin: bytes | None) -> Report:
    """Verify what a server shows: all of it to whom the whole ledger is open."""
    # A key and what was kept of a session are looked up only here.
    from cli.sessions import signed_in

    with signed_in(server) as client:
        note = client.checkpoint()
        return _published_ledger(
            note, policy, pin, lambda stated: server_source(client, note, stated)
        )


def _published_ledger(
    note: str, policy: Policy, pin: bytes | None, source_of: Callable[[Checkpoint], Source]
) -> Report:
    """Verify what a log publishes, if the policy trusts its checkpoint at all."""
    published = open_published(note, policy)
    if published.checkpoint is None or published.log is None:
        return unread_ledger_report(published)
    source = source_of(published.checkpoint)
    with _progress(source.size) as told:
        return verify_stream(source, policy, pin, progress=told)


def _home_ledger(policy: Policy, pin: bytes | None) -> Report:
    """Verify the home's own ledger, its chain secret and published files at hand."""
    # Only here a database is needed; everything else runs without.
    from cli.home_door import opened
    from ledger.home_report import verify_home

    with opened(settings(), writes=False) as mine, _progress(mine.size()) as told:
        return verify_home(mine, policy, pin, told)


def _progress(size: int) -> AbstractContextManager[Progress]:
    return progress("verifying", "验证中", size)


def _policy() -> Policy:
    """Return the policy to verify under: ``--policy``, else the home's."""
    path = here().policy or home().trust_policy
    try:
        return parse_policy(path.read_bytes())
    except OSError:
        raise usage(
            "no trust policy to verify with: give --policy FILE",
            "没有可用的信任策略：请给出 --policy FILE",
        ) from None
    except CryptoError as error:
        raise usage(error.en, error.zh) from None


def _pin(identity: str | None) -> bytes | None:
    """Return the identity to pin: ``--identity``, else the home's; None: there is none."""
    text = identity or home().read_identity()
    try:
        return None if text is None else read_hex(text, "--identity")
    except CryptoError as error:
        raise usage(error.en, error.zh) from None


def _read(path: Path, limit: int = _MOST) -> bytes:
    """Return what is in a file, of a large one the first *limit* bytes."""
    try:
        with path.open("rb") as handle:
            return handle.read(limit)
    except OSError:
        raise Failure(NOT_FOUND, f"{path.name} cannot be read", f"无法读取 {path.name}") from None


def _end(report: Report) -> NoReturn:
    click.get_current_context().exit(print_report(report))
