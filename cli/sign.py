"""``zelian sign``: an event becomes a statement, or a partial one gets a signature more.

The statement goes to stdout and nowhere else; what is being signed is said on
stderr in plain words first. Keys stay on this machine.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from cli.command import command, option
from cli.event import origin_of_home
from cli.failures import usage
from cli.invocation import HOME, LANG
from cli.keyfiles import read_private_key
from cli.output import data_bytes, table, talk
from cli.signing import (
    ToSign,
    add_signatures,
    check_sound,
    fill,
    in_plain_words,
    merge,
    read_to_sign,
)
from crypto.keys import PrivateKey
from crypto.notation import HEX32


@command(
    "Sign an event; the statement goes to stdout.\n\n"
    "FILE is an event (JSON), in which id, time, ledger and signers may be left out, or a "
    "statement that still lacks signatures. Several files that hold the same event are put "
    "together. `-` is stdin.",
    "签署事件；陈述输出到 stdout。\n\n"
    "文件为事件（JSON，可省略 id、time、ledger、signers），或尚缺签名的陈述。"
    "多个文件若为同一事件则合并签名。`-` 表示 stdin。",
    options=(HOME, LANG),
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@option(
    "--key",
    "key_files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    en="A private key to sign with; may be repeated.",
    zh="用于签名的私钥文件；可重复。",
)
@option(
    "--signers",
    "--signer",
    "signers",
    multiple=True,
    metavar="KEYID",
    en="A key that will sign elsewhere; may be repeated; with --partial.",
    zh="将在别处签名的密钥标识；可重复；须带 --partial。",
)
@option(
    "--partial",
    is_flag=True,
    en="Allow signatures to be missing from the outcome.",
    zh="允许结果尚缺签名。",
)
@option("--ledger", metavar="ORIGIN", en="The ledger to say it to.", zh="陈述所对的账本名。")
def sign(
    files: tuple[str, ...],
    key_files: tuple[Path, ...],
    signers: tuple[str, ...],
    partial: bool,
    ledger: str | None,
) -> None:
    """Sign an event; the statement goes to stdout."""
    if not key_files and len(files) == 1:
        raise usage("give a key to sign with: --key FILE", "请给出签名密钥：--key 文件")
    _check_signers(signers, partial)
    keys = [read_private_key(path) for path in key_files]
    filled: list[str] = []
    part = merge([_read(name, keys, signers, ledger, filled) for name in files])
    begun = bool(part.signatures)
    check_sound(part.payload)
    # Nothing is said of signing before it is sure that these keys may; nothing is
    # given out before it is said.
    part = add_signatures(part, keys)
    if part.missing and not (partial or begun):
        raise usage(
            "signatures would still be missing: add --partial to sign nevertheless",
            "结果仍缺签名：如确需签署，请加 --partial",
        )
    _say(part, keys, filled)
    data_bytes(part.envelope())


def _check_signers(signers: Sequence[str], partial: bool) -> None:
    if signers and not partial:
        raise usage(
            "--signers goes with --partial: their signatures will be missing",
            "--signers 须与 --partial 同用：结果将缺少其签名",
        )
    for key_id in signers:
        if not HEX32.fullmatch(key_id):
            raise usage(
                "--signers takes whole key ids, 64 hex digits",
                "--signers 应为完整的密钥标识（64 位十六进制）",
            )


def _read(
    name: str,
    keys: Sequence[PrivateKey],
    signers: Sequence[str],
    ledger: str | None,
    filled: list[str],
) -> ToSign:
    """Return what lies in a file; the names of what was filled in are added to *filled*."""
    found = read_to_sign(_bytes(name), name)
    if isinstance(found, ToSign):
        return found
    payload, names = fill(
        found, ledger or origin_of_home(), {*(key.key_id for key in keys), *signers}
    )
    filled += names
    return ToSign(payload)


def _bytes(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise usage(f"no file {name}", f"没有文件 {name}") from None


def _say(part: ToSign, keys: Sequence[PrivateKey], filled: Sequence[str]) -> None:
    if filled:
        talk(f"filled in: {', '.join(filled)}", f"已补全：{'、'.join(filled)}")
    if keys:
        for line in table(in_plain_words(part.payload, keys)):
            click.echo(line, file=sys.stderr)
    if part.missing:
        missing = "\n  ".join(part.missing)
        talk(
            f"not a whole statement yet: these keys have to sign it:\n  {missing}",
            f"尚不是完整的陈述：还须由以下密钥签名：\n  {missing}",
        )
