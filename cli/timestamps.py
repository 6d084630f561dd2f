"""``zelian timestamps``: the tokens by which the log's head was stamped, checked or taken away."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from cli import list_options
from cli.command import command, option
from cli.door import Door, Shown, open_door
from cli.failures import DONE, FAILED, NOT_FOUND, UNVERIFIED, Failure, usage
from cli.invocation import ANYWHERE, here
from cli.output import data, data_json, local_time, table, talk
from cli.receipts import write_durably
from cli.speech import pick
from crypto.checkpoint import Checkpoint
from crypto.errors import CryptoError, Untrusted
from crypto.notation import read_b64
from crypto.timestamp import read_roots
from ledger.anchoring.anchor import ANCHORED, TIMESTAMP, stamped_bytes, verify_anchor

TOKEN, STAMPED = "token.tsr", "checkpoint.txt"


@command(
    "List time-stamps of the log's head, newest first.\n\n"
    "With --roots each token is verified against the certificates given: exit code 1 where one "
    "fails, 3 where one is not by an authority of theirs. --take writes one token and the bytes "
    "that it stamps, for `openssl ts -verify -data checkpoint.txt -in token.tsr -CAfile ROOTS`.",
    "列出日志头的时间戳，最新在前。\n\n"
    "给出 --roots 时逐一以所给根证书验证：失败为 1，非其机构签发为 3。--take 写出一枚时间戳及"
    "其所盖内容，供 `openssl ts -verify -data checkpoint.txt -in token.tsr -CAfile ROOTS` 使用。",
    options=ANYWHERE,
)
@option(
    "--roots",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    en="Certificates (PEM) in which those of the authorities must end.",
    zh="时间戳机构须追溯至的根证书（PEM）。",
)
@option("--take", type=click.IntRange(0), metavar="ENTRY", en="Of this entry.", zh="此条目的。")
@option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    en="With --take: the folder to write to.",
    zh="与 --take 同用：写入的目录。",
)
@list_options.limit
def timestamps(roots: Path | None, take: int | None, output: Path | None, limit: int) -> None:
    """List, verify or take time-stamps."""
    if (take is None) != (output is None):
        raise usage("--take and --output go together", "--take 与 --output 须同时给出")
    with open_door(writes=False) as door:
        if take is not None and output is not None:
            _take(door.entry(take), output)
            return
        found = list(_found(door, limit))
    trusted = None if roots is None else read_roots(_read(roots))
    rows = [_row(index, said, trusted) for index, said in found]
    if here().as_json:
        for row in rows:
            data_json(row)
    else:
        for line in table(map(_cells, rows)):
            data(line)
    if not rows:
        talk("no time-stamp is logged", "尚未记入时间戳")
    verdicts = {row.get("verdict") for row in rows}
    code = FAILED if "failed" in verdicts else UNVERIFIED if "untrusted" in verdicts else DONE
    click.get_current_context().exit(code)


def _found(door: Door, limit: int) -> Iterator[tuple[int, dict[str, Any]]]:
    for shown in door.find(f"type:{ANCHORED}", None, limit).entries:
        if shown.event is not None and _is_stamp(shown.event["data"]):
            yield shown.index, shown.event["data"]


def _is_stamp(said: dict[str, Any]) -> bool:
    return said["kind"] == TIMESTAMP and "proof" in said


def _row(index: int, said: dict[str, Any], roots: Any) -> dict[str, Any]:
    row = {
        "anchored_at": said["anchored_at"],
        "authority": said.get("anchored_in"),
        "entry": index,
        "size": said["size"],
    }
    if roots is None:
        return row
    try:
        verify_anchor(said, roots)
    except Untrusted as error:
        return row | {"verdict": "untrusted", "detail": pick(error.en, error.zh)}
    except CryptoError as error:
        return row | {"verdict": "failed", "detail": pick(error.en, error.zh)}
    return row | {"verdict": "verified"}


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    words = {
        "verified": pick("OK", "通过"),
        "untrusted": pick("UNTRUSTED", "不受信任"),
        "failed": pick("FAILED", "失败"),
        None: pick("NOT CHECKED", "未检查"),
    }
    return (
        f"#{row['entry']}",
        local_time(row["anchored_at"]),
        pick(f"size {row['size']}", f"大小 {row['size']}"),
        str(row["authority"] or "-"),
        words[row.get("verdict")],
        row.get("detail", ""),
    )


def _take(shown: Shown, folder: Path) -> None:
    event = shown.event
    if (
        event is None
        or not event["type"].startswith(f"zelian.{ANCHORED}.")
        or not _is_stamp(event["data"])
    ):
        raise usage(f"entry {shown.index} holds no time-stamp", f"第 {shown.index} 条没有时间戳")
    said = event["data"]
    head = Checkpoint(said["origin"], said["size"], bytes.fromhex(said["root"]))
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in ((TOKEN, read_b64(said["proof"])), (STAMPED, stamped_bytes(head))):
        if (folder / name).exists():
            raise usage(f"{folder / name} is there already", f"{folder / name} 已存在")
        write_durably(folder / name, content)
    talk(f"written to {folder}", f"已写入 {folder}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Failure(NOT_FOUND, f"{path.name} cannot be read", f"无法读取 {path.name}") from None
