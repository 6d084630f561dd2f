"""``zelian witness``: run an outside eye for this ledger or for any C2SP log.

A witness has a folder of its own, and neither needs nor opens a ledger's home. It
should not stand where the ledger stands: who holds both can show two histories.
"""

import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from cli.command import command, group, option
from cli.failures import DONE, FAILED, NOT_FOUND, REFUSED, Failure, usage
from cli.invocation import JSON, LANG, here
from cli.output import data, data_json, local_time, table, talk
from cli.receipts import write_durably
from cli.speech import pick
from crypto.fork import FORK as FORKED
from crypto.fork import ForkReport, write_fork_report
from crypto.keys import PrivateKey
from crypto.notation import format_time
from crypto.note import COSIGNATURE, VKey, format_vkey, parse_note, parse_vkey, vkey_of
from ledger.home import read_private, write_private, write_public
from witness.errors import WitnessError
from witness.judge import FORK, Cosigned
from witness.known_logs import format_known_logs, parse_known_logs
from witness.store import Evidence, Store, create_store
from witness.tree_head import parse_tree_head

DEFAULT_HOME = "var-witness"
KEY, VKEY, KNOWN_LOGS, DATABASE = "witness.pem", "witness.vkey", "known-logs", "witness.db"
KINDS = {
    "fork": ("two roots of one size", "同一大小有两个根"),
    "unproven": ("not shown to follow", "未证明其延续"),
}


def _keep_home(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    if value is not None:
        here().home = value


WITNESS_HOME = option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    expose_value=False,
    callback=_keep_home,
    en=f"The witness's folder (default: ./{DEFAULT_HOME}).",
    zh=f"见证者的主目录（默认：./{DEFAULT_HOME}）。",
)
OWN = (WITNESS_HOME, JSON, LANG)

witness = group("Run a witness of logs.", "运行日志的见证者。", name="witness", options=OWN)


@command(
    "Make a witness: a key, an empty database, a list of logs.\n\n"
    "Prints the key that verifies what it cosigns, for the policies of those who trust it.",
    "新建见证者：密钥、空数据库与日志清单。\n\n输出用于验证其联署的密钥，供信任者写入策略。",
    options=OWN,
)
@option(
    "--name",
    required=True,
    en="The key's name, such as witness.example/w1.",
    zh="密钥名称，如 witness.example/w1。",
)
@option("--log", "logs", multiple=True, metavar="VKEY", en="A log to know.", zh="所认识的日志。")
@option(
    "--known",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    en="A policy whose logs to know, such as a ledger's trust-policy.",
    zh="其所列日志均予认识的策略文件，如账本的 trust-policy。",
)
def init(name: str, logs: tuple[str, ...], known: Path | None) -> None:
    """Make a witness."""
    keys = _keys(logs, known)
    folder = _folder()
    if any((folder / file).exists() for file in (KEY, VKEY, KNOWN_LOGS, DATABASE)):
        raise Failure(
            REFUSED,
            f"{folder} holds a witness, and none is ever made over another: choose another --home",
            f"{folder} 已有见证者，绝不覆盖：请另选 --home",
        )
    key = PrivateKey.generate("ed25519")
    vkey = vkey_of(name, COSIGNATURE, key)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(folder / KEY, key.to_pem())
    create_store(folder / DATABASE)
    write_public(folder / KNOWN_LOGS, format_known_logs(keys))
    write_public(folder / VKEY, f"{format_vkey(vkey)}\n")
    if here().as_json:
        data_json({"logs": [format_vkey(one) for one in keys], "vkey": format_vkey(vkey)})
        return
    data(format_vkey(vkey))
    talk(
        f"it knows {len(keys)} logs; more: add lines to {folder / KNOWN_LOGS} and restart",
        f"已认识 {len(keys)} 个日志；如需增加，请在 {folder / KNOWN_LOGS} 中添加行后重启",
    )


@command(
    "Cosign what the known logs prove, until interrupted.",
    "为所认识的日志联署，直至中断。",
    options=(WITNESS_HOME, LANG),
)
@option("--host", default="127.0.0.1", show_default=True, en="Where to listen.", zh="监听地址。")
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8100,
    show_default=True,
    en="On which port; 0 takes a free one.",
    zh="监听端口；0 表示任取空闲端口。",
)
def run(host: str, port: int) -> None:
    """Cosign what the known logs prove."""
    from witness.serving import serve_witness  # loads Flask, which no other command needs
    from witness.witness import Witness

    folder = _existing()
    name, key = _identity(folder)
    try:
        logs = parse_known_logs((folder / KNOWN_LOGS).read_bytes())
        with closing(Store(folder / DATABASE)) as store:
            made = Witness(name, key, logs, store, lambda: int(time.time()))
            serve_witness(made, host, port, lambda on: _say_where(host, on))
    except WitnessError as error:
        raise _refused(error) from None


def _say_where(host: str, port: int) -> None:
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    talk(url, url)


@command(
    "What each log was cosigned at last, and what tells against one.\n\n"
    "Exits 1 where a log signed two roots of one size.",
    "各日志最近的联署，以及对日志不利的证据。\n\n有日志对同一大小签署两个根时，退出码为 1。",
    options=OWN,
)
@option(
    "--reports",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    en="Write each fork there, for `zelian verify fork-report`.",
    zh="将各分叉写入此目录，供 `zelian verify fork-report` 核验。",
)
def status(reports: Path | None) -> None:
    """Print what is remembered."""
    folder = _existing()
    name, key = _identity(folder)
    try:
        with closing(Store(folder / DATABASE)) as store:
            logs, evidence = store.logs(), store.evidence()
    except WitnessError as error:
        raise _refused(error) from None
    vkey = format_vkey(vkey_of(name, COSIGNATURE, key))
    if here().as_json:
        members = {"evidence": list(map(_evidence, evidence)), "logs": list(map(_log, logs))}
        data_json(members | {"vkey": vkey})
    else:
        _print(vkey, logs, evidence)
    if reports is not None:
        _write_reports(reports, evidence)
    forked = any(found.kind == FORK for found in evidence)
    click.get_current_context().exit(FAILED if forked else DONE)


def _print(vkey: str, logs: Sequence[Cosigned], evidence: Sequence[Evidence]) -> None:
    data(vkey)
    rows = [
        (one.origin, str(one.size), _when(one.time_s) if one.note else pick("never", "从未联署"))
        for one in logs
    ]
    for line in table(rows):
        data(line)
    for found in evidence:
        said = pick(*KINDS[found.kind])
        data(f"! {found.origin}  {found.size}  {said}  {_when(found.time_s)}")


def _write_reports(folder: Path, evidence: Sequence[Evidence]) -> None:
    """Write what two notes of one size prove, each once and under a name of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for found in evidence:
        if found.kind != FORK or not _of_one_size(found):
            continue
        seen_at = format_time(found.time_s * 1000)
        report = ForkReport(FORKED, found.cosigned, found.note, (), (), seen_at)
        path = folder / f"fork-report-{found.size}-{found.root.hex()[:16]}.json"
        write_durably(path, write_fork_report(report))
        talk(str(path), str(path))


def _of_one_size(found: Evidence) -> bool:
    """Whether what had been cosigned has as many entries: then two notes are all it takes."""
    if not found.cosigned:
        return False
    return parse_tree_head(parse_note(found.cosigned).text).size == found.size


def _when(time_s: int) -> str:
    return local_time(format_time(time_s * 1000))


def _log(one: Cosigned) -> dict[str, Any]:
    return {
        "checkpoint": one.note or None,
        "cosigned_at": format_time(one.time_s * 1000) if one.note else None,
        "origin": one.origin,
        "size": one.size,
    }


def _evidence(found: Evidence) -> dict[str, Any]:
    return {
        "checkpoint": found.note,
        "cosigned": found.cosigned or None,
        "kind": found.kind,
        "origin": found.origin,
        "seen_at": format_time(found.time_s * 1000),
        "size": found.size,
    }


def _keys(logs: Sequence[str], known: Path | None) -> list[VKey]:
    """Return the keys of the logs that were named, each once; read as the list will be."""
    keys = [parse_vkey(text) for text in logs]
    try:
        if known is not None:
            keys += [
                key for found in parse_known_logs(known.read_bytes()).values() for key in found
            ]
        unique = list({format_vkey(key): key for key in keys}.values())
        parse_known_logs(format_known_logs(unique))
    except WitnessError as error:
        raise usage(error.en, error.zh) from None
    return unique


def _folder() -> Path:
    return here().home or Path(DEFAULT_HOME)


def _existing() -> Path:
    folder = _folder()
    if not (folder / VKEY).is_file():
        raise Failure(
            NOT_FOUND,
            f"no witness in {folder}: make one with `zelian witness init --name NAME`",
            f"{folder} 中没有见证者：请用 `zelian witness init --name 名称` 新建",
        )
    return folder


def _identity(folder: Path) -> tuple[str, PrivateKey]:
    """Return the name and the key, which must be the pair that others were given."""
    vkey = parse_vkey((folder / VKEY).read_text(encoding="utf-8").strip())
    key = PrivateKey.from_pem(read_private(folder / KEY))
    if vkey != vkey_of(vkey.name, COSIGNATURE, key):
        raise Failure(
            REFUSED,
            f"{KEY} is not the key of {VKEY}: restore the one that belongs to it",
            f"{KEY} 与 {VKEY} 不符：请恢复相应的密钥",
        )
    return vkey.name, key


def _refused(error: WitnessError) -> Failure:
    return Failure(REFUSED, error.en, error.zh)


witness.add_command(init)
witness.add_command(run)
witness.add_command(status)
