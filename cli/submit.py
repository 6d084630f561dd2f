"""``zelian submit``: send statements, verify what comes back, keep the receipts.

The same files may be submitted again at any time: the ledger answers with the
entries that there are. A statement that is refused does not stop the others.

Source: spec 6.
"""

import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click

from cli.command import command, option
from cli.door import open_door
from cli.failures import DONE, FAILED, REFUSED, UNVERIFIED, as_failure, usage
from cli.invocation import SENDING, here, home
from cli.output import data, data_json, progress, talk
from cli.receipts import Kept, Outbox, Result, Unkept, trust_policy
from cli.speech import pick
from crypto.errors import CryptoError, Malformed, TooLarge
from crypto.statement import MAX_BODY
from ledger.errors import LedgerError, Refused

CHUNK = 1_000  # statements sent together
_WORST_FIRST = (FAILED, UNVERIFIED, REFUSED)


@command(
    "Send statements, verify and keep their receipts; prints the index of each.\n\n"
    "A FILE holds one statement, or one a line (NDJSON); `-` is stdin. Sending the same "
    "again is safe.",
    "提交陈述，验证并保存回执；逐条输出序号。\n\n"
    "文件含一条陈述，或每行一条（NDJSON）；`-` 表示 stdin。可安全重发。",
    options=SENDING,
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@option(
    "--batch/--single",
    "batch",
    default=None,
    en="One statement a line, or one a file (default: by what is in the file).",
    zh="每行一条，或每文件一条（默认：依文件内容判断）。",
)
@option(
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    en="Where statements and receipts are kept (default: receipts in the home).",
    zh="陈述与回执的保存目录（默认：主目录的 receipts）。",
)
def submit(files: tuple[str, ...], batch: bool | None, output: Path | None) -> None:
    """Send statements, verify and keep their receipts."""
    policy = trust_policy()
    worst = DONE
    with open_door(writes=True) as door, progress("submitting", "提交中", None) as told:
        outbox = Outbox(door, output or home().receipts, policy)
        statements = _statements(files, batch)
        done = 0
        while chunk := list(islice(statements, CHUNK)):
            for result in outbox.send(chunk):
                worst = _worse(worst, _report(result))
            done += len(chunk)
            told(done)
    if not done:
        raise usage("the files hold no statement", "文件中没有陈述")
    click.get_current_context().exit(worst)


def _statements(files: Sequence[str], batch: bool | None) -> Iterator[bytes]:
    """Yield the statements of all files; a line feed at a line's end is no part of one."""
    for name in files:
        if name == "-":
            yield from _of_stream(sys.stdin.buffer, batch)
            continue
        try:
            with Path(name).open("rb") as stream:
                yield from _of_stream(stream, batch)
        except (FileNotFoundError, IsADirectoryError):
            raise usage(f"no file {name}", f"没有文件 {name}") from None


def _of_stream(stream: IO[bytes], batch: bool | None) -> Iterator[bytes]:
    if batch is False:
        yield stream.read(MAX_BODY + 2).removesuffix(b"\n")
        return
    # A statement in its one form is a single line, so one a file is the short case.
    while line := stream.readline(MAX_BODY + 2):
        if stripped := line.strip(b"\r\n"):
            yield stripped


def _worse(one: int, other: int) -> int:
    return next((code for code in _WORST_FIRST if code in (one, other)), DONE)


def _report(result: Result) -> int:
    """Print what became of one statement; return the exit code that it asks for."""
    if isinstance(result, Kept):
        _report_kept(result)
        return DONE
    code, pointer = _code_of(result)
    if here().as_json:
        data_json({"digest": result.digest, "problem": _problem(result, code, pointer)})
    else:
        where = f" {pointer}" if pointer else ""
        head = f"{result.digest or '-'}  {code}{where}"
        talk(
            f"{head}: {_both(result.error.en, result.error.zh)}",
            f"{head}：{_both(result.error.zh, result.error.en)}",
        )
        if result.note is not None:
            talk(
                f"  the ledger's note on this refusal is kept: {result.note}",
                f"  账本对此次拒收的凭证已保存：{result.note}",
            )
    return as_failure(result.error).exit_code


def _report_kept(kept: Kept) -> None:
    if here().as_json:
        described: dict[str, Any] = {
            "created": kept.created,
            "digest": kept.digest,
            "index": kept.index,
            "receipt": str(kept.receipt),
        }
        data_json(described)
        return
    data(str(kept.index))
    if kept.created:
        talk(f"{kept.digest}  entry {kept.index}", f"{kept.digest}  第 {kept.index} 条")
    else:
        talk(
            f"{kept.digest}  entry {kept.index}, logged before",
            f"{kept.digest}  第 {kept.index} 条，此前已记入",
        )


def _code_of(result: Unkept) -> tuple[str, str]:
    """Return the stable code of what went wrong, and where in the statement."""
    error: LedgerError | CryptoError = result.error
    if isinstance(error, Refused):
        return error.code, error.pointer
    pointer = error.pointer if isinstance(error, CryptoError) else ""
    if result.sent:
        return "receipt_does_not_hold", pointer
    if isinstance(error, TooLarge):
        return "too_large", pointer
    if isinstance(error, Malformed):
        return "malformed", pointer
    return "not_logged", pointer


def _both(first: str, second: str) -> str:
    """Return a text in both languages; a server answers in one alone."""
    return first if first == second else f"{first}\n  {second}"


def _problem(result: Unkept, code: str, pointer: str) -> dict[str, Any]:
    error = result.error
    problem = {"code": code, "detail": pick(error.en, error.zh), "pointer": pointer}
    if result.note is not None:
        problem["note"] = str(result.note)
    return problem if error.en == error.zh else {**problem, "en": error.en, "zh": error.zh}
