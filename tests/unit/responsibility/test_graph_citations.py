"""What an act's statements cite of other ledgers, in the graph: outside, and never as more."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from ledger.responsibility.graph import (
    MISSING,
    NOT_CHECKED,
    OUTSIDE,
    SAID,
    SIGNED,
    TO_CHECK,
    Graph,
    Link,
    Node,
    graph_of,
)
from ledger.responsibility.graph_mermaid import mermaid
from ledger.responsibility.graph_svg import svg
from tests.citing import FOREIGN

DIGEST = "ab" * 32
ELSEWHERE = "ledger.example/elsewhere"


def line(entry: int, *cites: dict[str, Any], more: tuple[int, ...] = ()) -> dict[str, Any]:
    words = {"en": "use", "zh": "使用"}
    said = {"entries": [entry, *more], "label": words, "voice": "signed", "what": "use"}
    return said | ({"cites": list(cites)} if cites else {})


def cited(entry: int, ledger: str, standing: str, statement: str = DIGEST) -> dict[str, Any]:
    by = 3 if standing == "verified" else None
    return {
        "entry": entry, "ledger": ledger, "statement": statement, "standing": standing, "by": by,
    }  # fmt: skip


def drawn(*lines: dict[str, Any]) -> Graph:
    act = {"department": "A", "ref": "A/1"}
    return graph_of({"act": act, "as_of": 9, "evidence": [], "branches": [{"lines": list(lines)}]})


@pytest.fixture(name="graph", scope="module")
def _graph() -> Graph:
    return drawn(
        line(5, cited(5, FOREIGN, "verified"), cited(5, ELSEWHERE, "not_checked")),
        line(6, cited(7, FOREIGN, "not_checked"), more=(7,)),
        line(8),
    )


def test_it_stands_in_a_lane_of_its_ledger_before_what_cites_it(graph: Graph) -> None:
    outside = {node.key: node for node in graph.nodes if node.kind in (OUTSIDE, NOT_CHECKED)}
    assert sorted((node.lane, node.kind) for node in outside.values()) == [
        (ELSEWHERE, NOT_CHECKED),
        (FOREIGN, NOT_CHECKED),
        (FOREIGN, OUTSIDE),
    ]
    assert {node.by for node in outside.values()} == {DIGEST[:12]}
    by_key = {node.key: node for node in graph.nodes}
    links = [link for link in graph.links if link.upper in outside]
    # Where the statement that cites is not drawn itself, its line's first is.
    assert sorted((link.lower, outside[link.upper].lane) for link in links) == [
        ("e5", ELSEWHERE),
        ("e5", FOREIGN),
        ("e6", FOREIGN),
    ]
    for link in links:
        assert link.kind == SIGNED
        assert by_key[link.upper].column < by_key[link.lower].column


def test_what_was_not_checked_is_dashed_and_says_so(graph: Graph) -> None:
    root = ElementTree.fromstring(svg(graph))
    boxes: dict[str | None, str | None] = {}
    for group in root.iter("{http://www.w3.org/2000/svg}g"):
        title, rect = group.find("{*}title"), group.find("{*}rect")
        if title is not None and rect is not None:
            boxes.setdefault(title.text, rect.get("stroke-dasharray"))
    dashed = [text for text, dash in boxes.items() if dash is not None]
    assert len(dashed) == 2
    assert all("NOT CHECKED" in (text or "") and "未检查" in (text or "") for text in dashed)
    assert [text for text, dash in boxes.items() if dash is None and "receipt held" in (text or "")]
    words = root.findtext("{*}desc") or ""
    assert "1 departments, 3 statements," in words
    assert "3 statements of other ledgers are cited, 2 of them not checked" in words
    assert "援引其他账本的陈述 3 条，其中 2 条未检查" in words
    chart = mermaid(graph)
    assert chart.count(":::not_checked") == 2
    assert chart.count(":::outside") == 1
    assert re.search(r"classDef not_checked .*stroke-dasharray", chart)


def test_a_graph_without_citations_says_nothing_of_them() -> None:
    plain = drawn(line(5), line(8))
    for text in (svg(plain), mermaid(plain)):
        assert not re.search("cited|援引|not_checked|outside|#eee", text)


def test_each_kind_looks_different() -> None:
    words = {"en": "x", "zh": "甲"}
    kinds = (SAID, MISSING, TO_CHECK, OUTSIDE, NOT_CHECKED)
    nodes = tuple(Node(f"e{n}", "A", n, kind, words, "", n) for n, kind in enumerate(kinds))
    text = svg(Graph("A/1", 3, ("A",), nodes, (Link("e0", "e1", SIGNED),)))
    assert len(set(re.findall(r'<rect (fill="#[a-f]+" stroke[^x]*) x=', text))) == len(kinds)
