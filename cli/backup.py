"""``zelian backup``: save a ledger into a folder, while it is served or not."""

from pathlib import Path

import click

from cli.command import command, option
from cli.door import require_ledger
from cli.failures import usage
from cli.home_door import opened
from cli.invocation import LOCAL, here, settings
from cli.output import data, data_json, talk
from ledger.backups.manifest import Manifest
from ledger.backups.taking import take_backup
from ledger.home import read_private


@command(
    "Save the ledger into a new folder; it may be served meanwhile.\n\n"
    "Keys and chain secret are left out unless --with-keys puts them under a passphrase. "
    "`zelian restore` brings it back.",
    "将账本备份到新目录；期间账本可照常运行。\n\n"
    "默认不含密钥与链密钥；用 --with-keys 以口令加密后放入。用 `zelian restore` 恢复。",
    options=LOCAL,
)
@click.argument("folder", type=click.Path(path_type=Path))
@option(
    "--with-keys",
    is_flag=True,
    en="Put the private keys and the chain secret in too, under a passphrase.",
    zh="同时放入私钥与链密钥，并以口令加密。",
)
@option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    en="With --with-keys: the passphrase, mode 0600, at least 12 characters.",
    zh="与 --with-keys 同用：口令文件，权限 0600，至少 12 个字符。",
)
def backup(folder: Path, with_keys: bool, passphrase_file: Path | None) -> None:
    """Save the ledger into a new folder."""
    require_ledger()
    if with_keys != (passphrase_file is not None):
        raise usage(
            "--with-keys and --passphrase-file belong together",
            "--with-keys 与 --passphrase-file 须同时使用",
        )
    passphrase = None if passphrase_file is None else read_passphrase(passphrase_file)
    with opened(settings(), writes=False) as ledger:
        manifest = take_backup(ledger.parts, folder, passphrase)
    _tell(folder, manifest, with_keys)


def read_passphrase(path: Path) -> str:
    """Return the first line of a private file."""
    try:
        lines = read_private(path).decode().splitlines()
    except UnicodeDecodeError:
        raise usage("the passphrase is not UTF-8 text", "口令不是 UTF-8 文本") from None
    return lines[0] if lines else ""


def _tell(folder: Path, manifest: Manifest, with_keys: bool) -> None:
    if here().as_json:
        data_json(
            {"folder": str(folder), "origin": manifest.origin, "size": manifest.size}
            | {"taken_at": manifest.taken_at, "keys": with_keys}
        )
        return
    data(str(folder))
    talk(f"{manifest.size} entries saved", f"已备份 {manifest.size} 条")
    if not with_keys:
        talk(
            "copy by hand, to a safe place of their own: chain.secret and keys/; without them a "
            "restored ledger takes no entries",
            "请手工将 chain.secret 与 keys/ 复制到另一安全处；缺少它们，恢复后的账本不能接收记录",
        )
