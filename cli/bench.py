"""``zelian bench``: measure how fast the ledger is, each figure beside its limit.

The benchmark is part of the source and not of an installation. It runs in a
process of its own, in temporary folders; no home is read or written.
"""

import subprocess
import sys
from pathlib import Path

import click

from cli.command import command, option
from cli.failures import NOT_FOUND, Failure
from cli.invocation import LANG
from cli.output import talk

SOURCE = Path(__file__).resolve().parents[1]


@command(
    "Measure speed.\n\n"
    "Prints one table in English: each figure with the limit measured in the same run, the "
    "ratio and the floor. Takes both cores for minutes and gigabytes of disk; --quick takes "
    "seconds. Exits 1 where a floor is missed.",
    "测量速度。\n\n"
    "以英文输出一张表：每项数值附同次测得的上限、比值与下限要求。"
    "完整测量占用全部处理器数分钟及数 GB 磁盘；--quick 仅需数秒。未达下限要求时退出码为 1。",
    options=(LANG,),
)
@option("--quick", is_flag=True, en="Tiny sizes; no floor is judged.", zh="极小规模；不作判定。")
@option(
    "--part",
    "parts",
    multiple=True,
    metavar="NAME",
    en="Only this part; may be repeated: batches, verify, posts, proofs, growth, memory, "
    "projector, supervision, queries.",
    zh="只测此部分，可重复：batches、verify、posts、proofs、growth、memory、projector、"
    "supervision、queries。",
)
@option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    en="Where the temporary folder is made.",
    zh="临时目录所在位置。",
)
def bench(quick: bool, parts: tuple[str, ...], folder: Path | None) -> None:
    """Measure speed."""
    if not (SOURCE / "benchmarks" / "__main__.py").is_file():
        raise Failure(
            NOT_FOUND,
            "the benchmark is not part of an installation: run `make bench` in the source, "
            "where it lies in the folder benchmarks",
            "安装包不含性能测试：请在源代码目录中运行 `make bench`（位于 benchmarks 目录）",
        )
    arguments = ["--quick"] if quick else []
    arguments += [text for part in parts for text in ("--part", part)]
    arguments += ["--folder", str(folder.resolve())] if folder is not None else []
    talk("measuring; leave the machine alone meanwhile", "正在测量；期间请勿在本机运行其他程序")
    done = subprocess.run([sys.executable, "-m", "benchmarks", *arguments], cwd=SOURCE, check=False)
    click.get_current_context().exit(done.returncode)
