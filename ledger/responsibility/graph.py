"""The graph of a trace: what was said, by which department, and what leads from one to the next.

    graph_of(report) -> Graph

A node is a statement, or what is missing, or what is to be checked; a lane is a
department. What a statement cites of another ledger stands outside, in a lane of that
ledger, as judged or not checked. The act stands in the last column; whatever a line leads
up to stands in a column before it. Nothing is in the graph that no line of the report says.

Source: domain, 4.6; PROV-DM for the direction of links.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ledger.access.citations import NOT_CHECKED as UNJUDGED
from ledger.access.citations import VERIFIED

Members = Mapping[str, Any]

# Lines that say what is not there, or is not as it should be.
LACKING: Final = frozenset(
    {
        "act_not_stated", "shared_without_use", "use_not_found", "use_not_cited",
        "receipt_missing", "receipt_differs", "receipt_rejected", "delivery_missing",
        "delivery_not_named", "grant_missing", "grant_not_named", "grant_not_in_force",
        "reply_missing", "request_missing", "request_not_named", "consent_missing",
        "item_missing", "circle", "notice_unanswered", "notice_before_use",
        "notice_before_decision", "overdue", "undetermined_term", "not_in_post", "no_successor",
        "complaint_unanswered", "not_rectified", "among",
    }
)  # fmt: skip
_TO_CHECK = frozenset({"finding", "fulfilled_late"})

SAID, MISSING, TO_CHECK = "said", "missing", "to_check"
OUTSIDE, NOT_CHECKED = "outside", "not_checked"
_CITED: Final = {
    VERIFIED: (OUTSIDE, {"en": "cited, receipt held", "zh": "援引：回执成立"}),
    UNJUDGED: (NOT_CHECKED, {"en": "cited, NOT CHECKED", "zh": "援引：未检查"}),
}
SIGNED, REF, BESIDE = "signed", "ref", "beside"


@dataclass(frozen=True, slots=True)
class Node:
    """One box.

    Attributes:
        key: unique, such as ``e716`` for the statement of entry 716.
        lane: the department, or the other ledger.
        column: 0 is the earliest.
        kind: :data:`SAID`, MISSING or TO_CHECK; of another ledger OUTSIDE or NOT_CHECKED.
        label: in two languages.
        by: the official, or ""; of another ledger's statement how its digest begins.
        entry: its statement's, or the one that it rests on.
        voice: ``signed``, ``attested``, ``system``, or "" where nobody spoke.
    """

    key: str
    lane: str
    column: int
    kind: str
    label: Mapping[str, str]
    by: str
    entry: int
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """From what relies to what it relies on; *kind* is :data:`SIGNED`, REF or BESIDE."""

    lower: str
    upper: str
    kind: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Lanes in the order in which they first stand in the report; nodes likewise."""

    act: str
    as_of: int
    lanes: tuple[str, ...]
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]

    @property
    def columns(self) -> int:
        """How many there are."""
        return max((node.column for node in self.nodes), default=-1) + 1


@dataclass(slots=True)
class _Drawing:
    nodes: dict[str, Node] = field(default_factory=dict)
    links: dict[tuple[str, str], Link] = field(default_factory=dict)

    def add(self, node: Node) -> None:
        self.nodes.setdefault(node.key, node)

    def link(self, lower: str, upper: str, kind: str) -> None:
        if lower != upper:
            self.links.setdefault((lower, upper), Link(lower, upper, kind))


def graph_of(report: Members) -> Graph:
    """Return the graph of what ``ledger.responsibility.trace`` returned."""
    drawing = _Drawing()
    _draw(drawing, report["evidence"], report["act"]["department"])
    for branch in report["branches"]:
        _draw(drawing, branch["lines"], report["act"]["department"])
    known = [one for one in drawing.links.values() if {one.lower, one.upper} <= set(drawing.nodes)]
    nodes = _placed(drawing.nodes.values(), known)
    lanes = tuple(dict.fromkeys(node.lane for node in nodes))
    return Graph(report["act"]["ref"], report["as_of"], lanes, nodes, tuple(known))


def _draw(drawing: _Drawing, lines: Sequence[Members], department: str) -> None:
    """Draw the statements of one part of a report first, then what is missing or to be checked."""
    led_to: dict[str, str] = {}  # by lane, the last that a link leads to; "" of any lane
    for line in lines:
        if "voice" not in line:
            continue
        node = _said(line, department)
        drawing.add(node)
        if "link" in line:
            drawing.link(f"e{line['link']['by']}", node.key, line["link"]["kind"])
            led_to[node.lane] = led_to[""] = node.key
        elif led_to:
            drawing.link(led_to.get(node.lane, led_to[""]), node.key, BESIDE)
    for line in lines:
        for node in _beside(line, drawing.nodes, department):
            drawing.add(node)
            drawing.link(f"e{node.entry}", node.key, BESIDE)
        for node in _cited(line, drawing.nodes):
            drawing.add(node)
            drawing.link(f"e{node.entry}", node.key, SIGNED)


def _said(line: Members, department: str) -> Node:
    entry = line["entries"][0]
    return Node(
        f"e{entry}", line.get("department", department), 0, SAID, line.get("of", line["label"]),
        line.get("official", ""), entry, line["voice"],
    )  # fmt: skip


def _beside(line: Members, nodes: Mapping[str, Node], department: str) -> Iterator[Node]:
    if line["what"] in LACKING:
        kind = MISSING
    elif line["what"] in _TO_CHECK:
        kind = TO_CHECK
    else:
        return
    entry = line["entries"][0]
    about = line.get("rule") or line.get("ref") or ""
    rests = nodes.get(f"e{entry}")
    lane = line.get("department") or (department if rests is None else rests.lane)
    label = line["label"]
    if "rule" in line:
        label = {name: f"{text} {line['rule']}" for name, text in label.items()}
    if "days" in line:
        label = {"en": f"{label['en']}, {line['days']} d", "zh": f"{label['zh']} {line['days']} 日"}
    yield Node(f"{line['what']}-{entry}-{about}", lane, 0, kind, label, "", entry)


def _cited(line: Members, nodes: Mapping[str, Node]) -> Iterator[Node]:
    """Yield what the statements of a line cite, each with the entry in the graph that cites it."""
    for one in line.get("cites", ()):
        entry = one["entry"] if f"e{one['entry']}" in nodes else line["entries"][0]
        kind, label = _CITED[one["standing"]]
        key = f"{kind}-{one['ledger']}-{one['statement']}"
        yield Node(key, one["ledger"], 0, kind, label, one["statement"][:12], entry)


def _placed(nodes: Iterable[Node], links: Sequence[Link]) -> tuple[Node, ...]:
    """Put each node as many columns before the act as it takes links to come there, at least."""
    every = list(nodes)
    uppers: dict[str, list[str]] = {}
    for one in links:
        uppers.setdefault(one.lower, []).append(one.upper)
    reached = {one.upper for one in links}
    depth = {node.key: 0 for node in every if node.key not in reached}
    if not depth and every:  # a circle
        depth[every[0].key] = 0
    waiting = list(depth)
    for key in waiting:  # grows as it is walked, nearest first
        for upper in uppers.get(key, ()):
            if upper not in depth:
                depth[upper] = depth[key] + 1
                waiting.append(upper)
    deepest = max(depth.values(), default=0)
    return tuple(replace(one, column=deepest - depth.get(one.key, deepest)) for one in every)
