"""``zelian export``: the answer of an evidence bundle, for other programs."""

from pathlib import Path

import click

from cli.bundle_file import read_bundle
from cli.command import command, option
from cli.failures import usage
from cli.invocation import LANG
from cli.output import talk
from cli.receipts import write_durably
from crypto.errors import CryptoError
from ledger.exports.forms import FORMS, export

MANIFEST = ".manifest.json"
AS = [form for form in FORMS if form != "manifest"]


@command(
    "Give the answer of an evidence bundle to other programs.\n\n"
    "As W3C PROV (prov-json, prov-n), as an object-centric event log (ocel), or as rows (csv, with "
    "a manifest beside them). Nothing is verified here: `zelian verify export` verifies the bundle "
    "and that the export follows from it.",
    "将证据包的内容导出给其他程序。\n\n"
    "W3C PROV（prov-json、prov-n）、以对象为中心的事件日志（ocel），或表格（csv，并附清单）。"
    "此处不作验证：`zelian verify export` 验证证据包，并核对导出内容由其得出。",
    options=(LANG,),
)
@click.argument("bundle", type=click.Path(path_type=Path, dir_okay=False))
@option("--as", "form", type=click.Choice(AS), required=True, en="The form.", zh="导出形式。")
@option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="F",
    required=True,
    en="The file to write, which must not be there yet; the manifest of csv is F.manifest.json.",
    zh="写入的文件，须尚不存在；csv 的清单为 F.manifest.json。",
)
def export_(bundle: Path, form: str, output: Path) -> None:
    """Make an export and write it."""
    targets = {output: form}
    if form == "csv":
        targets[output.with_name(output.name + MANIFEST)] = "manifest"
    for path in targets:
        if path.exists():
            raise usage(f"{path} is there already", f"{path} 已存在")
    try:
        raw = read_bundle(bundle)
    except CryptoError as error:
        raise usage(error.en, error.zh) from None
    for path, made in {path: _export(raw, one) for path, one in targets.items()}.items():
        write_durably(path, made)
        talk(f"written to {path}: {len(made)} bytes", f"已写入 {path}：{len(made)} 字节")


def _export(raw: bytes, form: str) -> bytes:
    try:
        return export(raw, form)
    except CryptoError as error:
        raise usage(error.en, error.zh) from None
