"""A report of a trace as text, to be compared with a file that was read against its story.

What is told is who, in which tier and voice, on what it rests, by the names of the
story's statements, and why it stands there.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

Name = Callable[[int], str]  # of the statement of an entry
SAID = (
    "ref", "reliance", "grade", "type", "decision", "result", "outcome", "reason", "stage", "duty",
    "sides", "state", "acknowledged", "before_first_delivery", "claims_earlier", "covers_all",
    "one_of", "instead_of", "role", "side", "row", "sunset", "exemption", "kind", "contractor",
    "limb", "lacks", "missed", "interval", "declared", "loss", "rule", "days", "mode",
    "disposition", "superseded_by",
)  # fmt: skip


def golden_lines(report: dict[str, Any], name: Name) -> Iterator[str]:
    """Yield a report as text."""
    act = report["act"]
    yield f"act {act['ref']} {act.get('state', '-')}"
    for part in ("outward", "evidence"):
        yield from _part(name, part, report[part])
    for one in report["branches"]:
        yield from _part(name, f"share {one['item']} {one.get('reliance')}", one["lines"])
    for part in ("people", "beside", "exemption", "determinations", "credit"):
        yield from _part(name, part, report[part])
    if "defect" in report:
        matrix = report["defect"]["matrix"]
        force = "in force" if matrix["adopted"] else "not adopted"
        title = f"defect {report['defect']['defect']} {matrix['version']} {force}"
        yield from _part(name, title, report["defect"]["lines"])


def _part(name: Name, title: str, lines: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield title
    yield from (f"  {_line(name, one)}" for one in lines)


def _line(name: Name, line: dict[str, Any]) -> str:
    """A line without ``because`` raises KeyError: no report may have one."""
    who = "/".join(str(line[part]) for part in ("department", "official", "tier") if part in line)
    said = [f"{part}={_plain(line[part], name)}" for part in SAID if part in line]
    if "link" in line:
        said.append(f"link={line['link']['kind']}")
    if "when" in line:
        said.append(f"when={line['when']['condition']}:{line['when']['result']}")
    if "who" in line:
        said.append("who=" + ",".join(str(one.get("official", "system")) for one in line["who"]))
    if "mark" in line:
        said.append(f"mark={line['mark']['mark']}")
    entries = " ".join(name(index) for index in line["entries"])
    return " ".join([line["because"]["code"], line["what"], who or "-", *said, f"[{entries}]"])


def _plain(value: Any, name: Name) -> str:
    if isinstance(value, list):
        return ",".join(name(one) if isinstance(one, int) else str(one) for one in value)
    return str(value)
