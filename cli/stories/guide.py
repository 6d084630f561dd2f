"""What the demo says at its end: what was made, what to open, what to try next.

Every command is printed as it can be typed where the demo was run.
"""

import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.output import data, table
from cli.speech import Words, pick

SHOWN_STORY = "company_registration"
PART_WORDS = {
    "deliveries": Words("deliveries", "交付"),
    "receipts": Words("receipts", "回执"),
    "uses": Words("uses", "使用"),
    "countersigned": Words("countersigned", "会签"),
    "feedback": Words("feedback", "反馈"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the demo was run.

    Args:
        home: the ledger's folder.
        home_option: the home as ``--home`` gave it; None: it goes without saying.
        url: where the ledger is, or can be, served.
        served: whether it is about to be.
    """

    home: Path
    home_option: Path | None
    url: str
    served: bool


def commands(summary: dict[str, Any], place: Place) -> list[tuple[str, Words]]:
    """Return commands to try, in order, and what each shows."""
    notable = summary["notable"]
    files = summary["files"][SHOWN_STORY]
    receipt, statement = (_path(place.home / files[what]) for what in ("receipt", "statement"))
    zelian = [
        ("log --graph --limit 30", Words("who relied on what, newest first", "依据关系，最新在前")),
        (
            f"show {summary['stories'][SHOWN_STORY]['shown']}",
            Words("one use, bound to its act", "一次使用，绑定到行政行为"),
        ),
        (
            f"show {notable['without_grant']}",
            Words(
                "a use without a grant: on record, not refused", "无授权的使用：如实记录而非拒绝"
            ),
        ),
        (
            f"show {notable['back_dated']}",
            Words(
                "an assessment that claims an earlier day than its place in the ledger",
                "声称日期早于记入次序的风险评估",
            ),
        ),
        (
            f"show {notable['stolen_key']}",
            Words("signed at night, with a stolen key", "夜间以失窃密钥签署"),
        ),
        (
            f"show {notable['attested']}",
            Words("attested by a system, not signed by the official", "系统代为证明，非本人签署"),
        ),
        (
            f"verify receipt {receipt} --statement {statement}",
            Words("that statement is in the ledger", "该陈述确在账本中"),
        ),
        ("verify ledger", Words("every hash, signature and post", "逐条验证哈希、签名与任职")),
        ("fsck", Words("every row and file of this home", "检查主目录的每一行与每个文件")),
    ]
    found = [(_zelian(place, rest), words) for rest, words in zelian]
    if not place.served:
        found.append(
            (_zelian(place, "serve"), Words("serve it, for the rest", "启动服务，供下列命令使用"))
        )
    return [
        *found,
        (f"curl {place.url}log/checkpoint", Words("the signed checkpoint", "已签名的检查点")),
        (
            f"curl {place.url}api/v1/entries/{notable['without_grant']}/proof",
            Words("a proof that anyone may fetch", "任何人可获取的包含证明"),
        ),
    ]


def print_guide(summary: dict[str, Any], place: Place) -> None:
    """Print all of it in the language spoken."""
    for line in _lines(summary, place):
        data(line)


def _lines(summary: dict[str, Any], place: Place) -> Iterator[str]:
    counts = summary["counts"]
    yield pick(
        f"{summary['origin']}: {counts['entries']} entries, {counts['departments']} departments, "
        f"{counts['officials']} officials, {counts['keys']} keys",
        f"{summary['origin']}：{counts['entries']} 条，{counts['departments']} 个部门，"
        f"{counts['officials']} 名公务人员，{counts['keys']} 把密钥",
    )
    yield ""
    yield from table(_story_rows(summary))
    yield ""
    yield pick("What happened in each, and where to look:", "每个故事发生了什么，从何处看起：")
    for story in summary["stories"].values():
        title, happened = (Words(**story[part]).spoken() for part in ("title", "happened"))
        yield pick(f"  # {title}: {happened}", f"  # {title}：{happened}")
        yield "  " + _zelian(place, f"show {story['look']}")
    yield ""
    yield pick("Open:", "请打开：")
    yield f"  {place.url}" + (
        "" if place.served else pick("  once it is served", "  （启动服务后）")
    )
    yield f"  {place.url}api/docs"
    yield ""
    yield (
        pick("Try next, in a second terminal:", "接下来可以在另一终端中试：")
        if place.served
        else pick("Try next:", "接下来可以试：")
    )
    for text, words in commands(summary, place):
        yield f"  # {words.spoken()}"
        yield f"  {text}"
    yield ""
    yield pick(
        "Demo mode: this home holds the registrar's key, the log's key and every official's key. "
        "Whoever holds it can write any history, so it proves nothing to outsiders; it shows how "
        "they would check a real one.",
        "演示模式：此主目录中有登记机关密钥、日志密钥和每名公务人员的密钥，持有者可以写出任何历史，"
        "因此对外不证明任何事情；它只展示外部人员将如何核验真实账本。",
    )
    yield pick(
        "Times of the stories are claimed and lie weeks back; the ledger's own times are of now. "
        "Every place and person is invented.",
        "故事中的时间为声称时间，在数周之前；账本记入时间为当前时间。地名与人物均属虚构。",
    )


def _story_rows(summary: dict[str, Any]) -> Iterator[list[str]]:
    yield [
        pick("story", "故事"),
        pick("acts", "行政行为"),
        *(w.spoken() for w in PART_WORDS.values()),
    ]
    for story in summary["stories"].values():
        acts = story["acts"].values()
        counts = [str(sum(len(act[part]) for act in acts)) for part in PART_WORDS]
        yield [Words(**story["title"]).spoken(), str(len(acts)), *counts]


def _zelian(place: Place, rest: str) -> str:
    where = "" if place.home_option is None else f" --home {shlex.quote(str(place.home_option))}"
    return f"{_program()} {rest}{where}"


def _program() -> str:
    """Return how this program was called, short where the shell finds it by its name."""
    called = Path(sys.argv[0])
    found = shutil.which("zelian")
    if called.name != "zelian" or (found and Path(found).resolve() == called.resolve()):
        return "zelian"
    return _path(called.absolute())


def _path(path: Path) -> str:
    """Return *path* as a shell takes it, relative where it lies below this folder."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))
