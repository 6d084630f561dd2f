"""Whole reports of the stories, line by line, beside files that were read against the stories.

A file is never written by this test. What is told is who, in which tier and voice, on what
it rests (by the names of the stories' lines) and why it stands there.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.stories.departments import ref
from ledger.responsibility.trace import trace
from tests.unit.responsibility.log import Log, short, told

GOLDEN = Path("tests/golden")
# (act, defect): what the story is about.
STORIES = {
    "a-seven-providers": (ref("cs", "SL-2026-00318"), None),
    "b-stale-premises": (ref("cs", "SL-2026-00342"), "D1"),
    "c-use-without-grant": (ref("fg", "XYFJ-2026-07"), "D6"),
    "d-notice-ignored": (ref("lx", "KSHR-2026-02160"), "D2"),
    "e-merged-department": (ref("sy", "SPXK-2017-00812"), None),
    "k-past-sunset": (ref("yj", "YJXY-2026-03"), "D6"),
}
SAID = (
    "ref", "reliance", "grade", "type", "decision", "result", "outcome", "reason", "stage", "duty",
    "sides", "state", "acknowledged", "before_first_delivery", "claims_earlier", "covers_all",
    "one_of", "instead_of", "role", "side", "row", "sunset", "exemption", "kind", "contractor",
    "limb", "lacks", "missed", "interval", "declared", "loss",
)  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_a_report_is_what_the_story_implies(story: str) -> None:
    act, defect = STORIES[story]
    log = told()
    report = trace(log.fetched(act), act, defect)
    found = short("\n".join(written(log, report))) + "\n"
    assert found == (GOLDEN / f"{story}.txt").read_text("utf-8")


def written(log: Log, report: dict[str, Any]) -> Iterator[str]:
    """Yield a report as text."""
    act = report["act"]
    yield f"act {act['ref']} {act.get('state', '-')}"
    for part in ("outward", "evidence"):
        yield from _part(log, part, report[part])
    for one in report["branches"]:
        yield from _part(log, f"share {one['item']} {one.get('reliance')}", one["lines"])
    for part in ("people", "beside", "exemption", "determinations", "credit"):
        yield from _part(log, part, report[part])
    if "defect" in report:
        matrix = report["defect"]["matrix"]
        force = "in force" if matrix["adopted"] else "not adopted"
        title = f"defect {report['defect']['defect']} {matrix['version']} {force}"
        yield from _part(log, title, report["defect"]["lines"])


def _part(log: Log, title: str, lines: list[dict[str, Any]]) -> Iterator[str]:
    yield title
    yield from (f"  {_line(log, one)}" for one in lines)


def _line(log: Log, line: dict[str, Any]) -> str:
    who = "/".join(str(line[name]) for name in ("department", "official", "tier") if name in line)
    said = [f"{name}={_plain(line[name], log)}" for name in SAID if name in line]
    if "link" in line:
        said.append(f"link={line['link']['kind']}")
    if "when" in line:
        said.append(f"when={line['when']['condition']}:{line['when']['result']}")
    if "who" in line:
        said.append("who=" + ",".join(str(one.get("official", "system")) for one in line["who"]))
    if "mark" in line:
        said.append(f"mark={line['mark']['mark']}")
    entries = " ".join(log.name(index) for index in line["entries"])
    return " ".join([line["because"]["code"], line["what"], who or "-", *said, f"[{entries}]"])


def _plain(value: Any, log: Log) -> str:
    if isinstance(value, list):
        return ",".join(log.name(one) if isinstance(one, int) else str(one) for one in value)
    return str(value)
