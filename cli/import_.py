"""``zelian import``: an event log from a file becomes statements of its departments.

An import proves that the departments say so, not that the officials signed: their
system keys sign, and readers see "attested". What the source does not say is not
made up; what the mapping adds is printed first.

The command may be run again at any time: the same bytes come out, and the ledger
answers with the entries that there are.

Source: design ("Command line and home"), spec 8.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from cli.command import command, option
from cli.door import open_door
from cli.failures import DONE, NOT_FOUND, REFUSED, Failure
from cli.importing.constants import constants_of
from cli.importing.declared import LogMapping
from cli.importing.mapping import read_mapping
from cli.importing.registration import Registered, Unsigned
from cli.importing.run import Job, Way, read_job, register_speakers, send_job, try_job
from cli.importing.sending import Refusal, Tally
from cli.invocation import SENDING, here, home
from cli.output import data, data_bytes, data_json, progress, table, talk
from cli.receipts import trust_policy
from cli.registering import REGISTRAR_KEY, registrar_keys
from cli.speech import pick
from crypto.errors import CryptoError
from ledger.errors import LedgerError, Refused

IN_FLIGHT = 2  # batches at a time over HTTP
SHOWN = 20  # refusals, on a terminal; --json has all


@command(
    "Log an event log from a file, by a mapping.\n\n"
    "FILE is CSV, XES or X-Road operational monitoring records, as the mapping says, in UTF-8, "
    "gzipped or not. The departments' system keys sign; they are made "
    "under keys/import in the home. Running it again resumes: nothing is logged twice.",
    "按映射从文件导入事件日志。\n\n"
    "文件为 CSV、XES 或 X-Road 运行监测记录（由映射指定），UTF-8 编码，可经 gzip 压缩。"
    "由各部门的系统密钥签名，密钥生成于主目录的 keys/import。再次运行即可续传：不会重复记入。",
    name="import",
    options=SENDING,
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@option(
    "--mapping",
    "mapping_file",
    metavar="M.toml",
    required=True,
    type=click.Path(path_type=Path),
    en="What columns and activities mean.",
    zh="各列与各活动的含义。",
)
@option(
    "--dry-run",
    is_flag=True,
    en="Read, build and judge everything; log nothing, write nothing.",
    zh="只读取、生成并检查；不记入，也不写入任何文件。",
)
@option(
    "--limit",
    type=click.IntRange(min=1),
    en="Take the first so many events, in the order of time.",
    zh="只取按时间排序的前若干个事件。",
)
@option(
    "--receipts",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    en="Keep every statement and its whole receipt there (slower).",
    zh="在此保存每条陈述及其完整回执（较慢）。",
)
@REGISTRAR_KEY
def import_(
    file: Path,
    mapping_file: Path,
    dry_run: bool,
    limit: int | None,
    receipts: Path | None,
    registrar_files: tuple[Path, ...],
) -> None:
    """Log an event log from a file, by a mapping."""
    mapping = _read_mapping(mapping_file)
    _say_constants(mapping)
    job = read_job(file, mapping, limit)
    tally = Tally()
    started = time.monotonic()
    if dry_run:
        registered = _try(job, tally)
    else:
        with _resumable(job, tally), open_door(writes=True) as door:
            way = Way(
                door,
                trust_policy(),
                home(),
                registrar_keys(registrar_files),
                receipts,
                1 if here().server is None else IN_FLIGHT,
            )
            outcome = register_speakers(job, way)
            if isinstance(outcome, Unsigned):
                _print_unsigned(outcome)
                click.get_current_context().exit(REFUSED)
            registered = outcome
            started = time.monotonic()
            with progress("importing", "导入中", len(job.steps)) as told:
                send_job(job, way, tally, told)
    _report(job, tally, registered, time.monotonic() - started, dry_run)
    click.get_current_context().exit(REFUSED if tally.refusals else DONE)


def _read_mapping(path: Path) -> LogMapping:
    return read_mapping(_bytes(path), path.name, lambda name: _bytes(path.with_name(name)))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise Failure(NOT_FOUND, f"no file {path}", f"没有文件 {path}") from None


def _say_constants(mapping: LogMapping) -> None:
    talk(
        f"mapping {mapping.name}: these are the mapping's words, not the source's:",
        f"映射 {mapping.name}：下列内容出自映射，而非来源数据：",
    )
    for line in table(constants_of(mapping)):
        talk(f"  {line}", f"  {line}")


def _try(job: Job, tally: Tally) -> Registered:
    with progress("building", "生成中", len(job.steps)) as told:
        return Registered(len(try_job(job, home(), tally, told)), 0)


def _print_unsigned(unsigned: Unsigned) -> None:
    for part in unsigned.parts:
        if here().as_json:
            text = part.envelope().decode() if part.signatures else None
            data_json({"event": part.event, "missing": part.missing, "partial": text})
        else:
            data_bytes(part.envelope() if part.signatures else part.payload)
    who = sorted({key_id for part in unsigned.parts for key_id in part.missing})
    missing = "\n  ".join(who)
    talk(
        f"nothing was logged: {len(unsigned.parts)} registry statements must be signed first, "
        f"by these keys:\n  {missing}\n"
        "each line on stdout is one: `zelian sign - --key KEY`, then `zelian submit` all of "
        "them in this order, and run the import again",
        f"未记入任何内容：须先签署 {len(unsigned.parts)} 条登记类陈述，密钥为：\n  {missing}\n"
        "stdout 每行一条：运行 `zelian sign - --key 密钥`，再按此顺序 `zelian submit`，"
        "然后重新运行导入",
    )


@contextmanager
def _resumable(job: Job, tally: Tally) -> Iterator[None]:
    """Whatever stops the sending, say how far it came and how it goes on."""
    try:
        yield
    except (KeyboardInterrupt, LedgerError, CryptoError, Failure, OSError) as error:
        # An error before the first answer says itself what to do.
        if tally.done or isinstance(error, KeyboardInterrupt):
            talk(
                f"stopped: {tally.done} of {len(job.steps)} events were answered; run the same "
                "command again to go on, nothing is logged twice",
                f"已停止：{len(job.steps)} 个事件中 {tally.done} 个已有应答；再次运行同一命令"
                "即可继续，不会重复记入",
            )
        raise


# What came of it


def _report(job: Job, tally: Tally, registered: Registered, seconds: float, dry_run: bool) -> None:
    if here().as_json:
        data_json(_summary(job, tally, registered, seconds, dry_run))
        return
    for line in table(_rows(tally, registered, dry_run)):
        data(line)
    families = "  ".join(f"{name} {number}" for name, number in _families(tally).items())
    data(families)
    for refusal in tally.refusals[:SHOWN]:
        _say_refusal(job, refusal)
    if len(tally.refusals) > SHOWN:
        more = len(tally.refusals) - SHOWN
        talk(f"and {more} more: --json lists all", f"另有 {more} 条：--json 可列出全部")
    rate = _rate(tally, seconds)
    talk(
        f"{len(job.steps)} events in {seconds:.1f} s, {rate} a second"
        + (f"; {job.rows.ignored} rows ignored" if job.rows.ignored else ""),
        f"{len(job.steps)} 个事件，用时 {seconds:.1f} 秒，每秒 {rate} 个"
        + (f"；忽略 {job.rows.ignored} 行" if job.rows.ignored else ""),
    )


def _rows(tally: Tally, registered: Registered, dry_run: bool) -> Sequence[Sequence[str]]:
    new = pick("would be sent", "将发送") if dry_run else pick("new", "新记入")
    head = (pick("type", "类型"), new, pick("there already", "已有"), pick("refused", "被拒绝"))
    rows = [head, (pick("registry", "登记"), str(registered.new), str(registered.there), "0")]
    rows += [
        (name, str(one.new), str(one.there), str(one.refused))
        for name, one in sorted(tally.types.items())
    ]
    return rows


def _families(tally: Tally) -> dict[str, int]:
    """Return how many events of each family are in the ledger, or would be."""
    found: dict[str, int] = {}
    for one in tally.types.values():
        found[one.family] = found.get(one.family, 0) + one.new + one.there
    return dict(sorted(found.items()))


def _rate(tally: Tally, seconds: float) -> int:
    return round(tally.done / seconds) if seconds > 0 else 0


def _say_refusal(job: Job, refusal: Refusal) -> None:
    error = refusal.error
    en, zh = job.source.counts
    code = error.code if isinstance(error, Refused) else "-"
    talk(
        f"{en} {refusal.line}, event {refusal.id}: {code}: {error.en}",
        f"第 {refusal.line} {zh}，事件 {refusal.id}：{code}：{error.zh}",
    )


def _summary(
    job: Job, tally: Tally, registered: Registered, seconds: float, dry_run: bool
) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "entries_per_second": _rate(tally, seconds),
        "events": len(job.steps),
        "families": _families(tally),
        "ignored_rows": job.rows.ignored,
        "refusals": [_refusal_json(refusal) for refusal in tally.refusals],
        "registry": {"new": registered.new, "there": registered.there},
        "seconds": round(seconds, 3),
        "types": {
            name: {"new": one.new, "refused": one.refused, "there": one.there}
            for name, one in tally.types.items()
        },
    }


def _refusal_json(refusal: Refusal) -> dict[str, Any]:
    error = refusal.error
    code, pointer = (error.code, error.pointer) if isinstance(error, Refused) else (None, "")
    return {
        "code": code,
        "detail": pick(error.en, error.zh),
        "id": refusal.id,
        "line": refusal.line,
        "pointer": pointer,
    }
