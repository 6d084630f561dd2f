"""The graph of a trace: nothing but what the report says, in forms that others read."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest

from cli.stories.departments import department_id, ref
from ledger.responsibility.graph import (
    BESIDE,
    LACKING,
    MISSING,
    SAID,
    TO_CHECK,
    Graph,
    Link,
    Node,
    graph_of,
)
from ledger.responsibility.graph_mermaid import mermaid
from ledger.responsibility.graph_svg import svg
from ledger.responsibility.trace import trace
from ledger.responsibility.words import WHAT
from ledger.trace_page import trace_page
from tests.unit.responsibility.log import told

CANONICAL = ref("cs", "SL-2026-00318")
ACTS = sorted({one.refs["act"] for one in told().said if "act" in one.refs})
HOSTILE = '"]; click n0 "javascript:alert(1)" <script>&\n%%{init}%%'


def report(act: str) -> dict[str, Any]:
    return trace(told().fetched(act), act)


@pytest.fixture(scope="module")
def canonical() -> Graph:
    return graph_of(report(CANONICAL))


def test_what_is_lacking_are_codes_of_lines() -> None:
    assert set(WHAT) >= LACKING


def test_the_canonical_act_is_at_the_right_and_leads_to_seven_requests(canonical: Graph) -> None:
    assert len(canonical.lanes) == 9
    by_key = {node.key: node for node in canonical.nodes}
    last = {node.label["en"] for node in canonical.nodes if node.column == canonical.columns - 1}
    assert "Act decided" in last
    requests = [node for node in canonical.nodes if node.label["en"] == "request"]
    assert {node.lane for node in requests} == {department_id("cs")}
    assert len(requests) == 7
    for link in canonical.links:
        assert by_key[link.upper].column < by_key[link.lower].column


@pytest.mark.parametrize("act", ACTS)
def test_each_statement_of_the_report_is_drawn_once_and_nothing_else(act: str) -> None:
    found = report(act)
    graph = graph_of(found)
    lines = [*found["evidence"], *(line for one in found["branches"] for line in one["lines"])]
    said = [node.entry for node in graph.nodes if node.kind == SAID]
    assert sorted(said) == sorted({line["entries"][0] for line in lines if "voice" in line})
    lacking = {line["label"]["en"] for line in lines if line["what"] in LACKING}
    drawn = [node.label["en"] for node in graph.nodes if node.kind == MISSING]
    assert all(any(text.startswith(label) for text in drawn) for label in lacking)
    linked = {(line["link"]["by"], line["entries"][0]) for line in lines if "link" in line}
    links = {(link.lower, link.upper) for link in graph.links if link.kind != BESIDE}
    assert links == {(f"e{lower}", f"e{upper}") for lower, upper in linked if lower in said}
    assert graph == graph_of(found)


@pytest.mark.parametrize("act", ACTS)
def test_the_drawing_is_well_formed_and_each_box_leads_to_its_row(act: str) -> None:
    found = report(act)
    graph = graph_of(found)
    root = ElementTree.fromstring(svg(graph))
    boxes = [one for one in root.iter() if one.tag.endswith("rect") and one.get("rx")]
    assert len(boxes) == len(graph.nodes)
    page = trace_page({**found, "departments": {}}).decode()
    ids = re.findall(r'<tr id="(e[0-9]+)"', page)
    assert len(ids) == len(set(ids))
    assert {one.removeprefix("#") for one in re.findall(r'href="(#e[0-9]+)"', page)} <= set(ids)


def test_boxes_do_not_overlap(canonical: Graph) -> None:
    root = ElementTree.fromstring(svg(canonical))
    boxes = [one for one in root.iter() if one.tag.endswith("rect") and one.get("rx")]
    corners = [(int(one.get("x", "0")), int(one.get("y", "0"))) for one in boxes]
    assert all(
        abs(x - other_x) >= 138 or abs(y - other_y) >= 40
        for number, (x, y) in enumerate(corners)
        for other_x, other_y in corners[:number]
    )


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)


def test_what_others_wrote_is_text(canonical: Graph) -> None:
    first = canonical.nodes[0]
    node = replace(first, by=HOSTILE, label={"en": HOSTILE, "zh": HOSTILE})
    graph = replace(canonical, act=HOSTILE, nodes=(node, *canonical.nodes[1:]))
    tags = _Tags()
    drawn = svg(graph, {graph.lanes[0]: HOSTILE}, anchors=True)
    tags.feed(drawn)
    ElementTree.fromstring(drawn)
    assert tags.tags == {"svg", "title", "desc", "g", "rect", "text", "path", "a"}
    chart = mermaid(graph, {graph.lanes[0]: HOSTILE})
    assert chart.count("\n") == mermaid(canonical).count("\n")
    for line in chart.splitlines():
        assert re.fullmatch(
            r"flowchart RL|  subgraph d\d+\[\"[^\"\[\]<>{}%]*\"\]|  end|  classDef [\w:. -]+"
            r"|    n\d+\[\"[^\"\[\]{}%]*\"\](:::\w+)?|  n\d+ (-->|-\.->|---) n\d+",
            line,
        ), line
        assert "<" not in line.replace("<br>", "")


def test_a_circle_is_drawn_and_ends() -> None:
    found = {
        "act": {"department": "A", "ref": "A/1"},
        "as_of": 3,
        "evidence": [],
        "branches": [{"lines": [_hop(1, 2), _hop(2, 1)]}],
    }
    graph = graph_of(found)
    assert {(link.lower, link.upper) for link in graph.links} == {("e1", "e2"), ("e2", "e1")}
    ElementTree.fromstring(svg(graph))


def _hop(entry: int, by: int) -> dict[str, Any]:
    words = {"en": "use", "zh": "使用"}
    link = {"by": by, "kind": "signed"}
    return {"entries": [entry], "label": words, "link": link, "voice": "signed", "what": "use"}


def test_nothing_to_draw_is_an_empty_drawing() -> None:
    graph = Graph("A/1", 0, (), (), ())
    assert ElementTree.fromstring(svg(graph)).tag.endswith("svg")
    assert mermaid(graph).startswith("flowchart RL")


def test_kinds_and_links_look_different() -> None:
    words = {"en": "x", "zh": "甲"}
    kinds = (SAID, MISSING, TO_CHECK)
    nodes = [Node(f"e{n}", "A", n, kind, words, "", n) for n, kind in enumerate(kinds)]
    links = tuple(Link("e0", f"e{n + 1}", kind) for n, kind in enumerate(("signed", "ref")))
    drawn = svg(Graph("A/1", 3, ("A",), tuple(nodes), links))
    assert len(set(re.findall(r'<rect fill="#fff" ([^x]*) x=', drawn))) == 3
    assert len(set(re.findall(r'<path fill="none" (stroke[^d]*)', drawn))) == 2
