"""The graph of a trace as a Mermaid flowchart: a subgraph a department or another ledger.

Dashed is what is missing, and what was cited and not checked.

Source: the flowchart syntax of Mermaid.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from ledger.responsibility.graph import (
    BESIDE,
    MISSING,
    NOT_CHECKED,
    OUTSIDE,
    REF,
    SIGNED,
    TO_CHECK,
    Graph,
    Node,
)

_ARROWS: Final = {SIGNED: "-->", REF: "-.->", BESIDE: "---"}
_CLASSES: Final = {
    MISSING: ":::missing",
    TO_CHECK: ":::to_check",
    OUTSIDE: ":::outside",
    NOT_CHECKED: ":::not_checked",
}


def mermaid(graph: Graph, names: Mapping[str, str] | None = None) -> str:
    """Return the flowchart; *names* are of departments by their ids."""
    return "\n".join(_lines(graph, names or {})) + "\n"


def _lines(graph: Graph, names: Mapping[str, str]) -> Iterator[str]:
    # What Mermaid would read as syntax never gets to it: keys are counted, texts are escaped.
    keys = {node.key: f"n{number}" for number, node in enumerate(graph.nodes)}
    yield "flowchart RL"
    for number, lane in enumerate(graph.lanes):
        yield f'  subgraph d{number}["{_text(names.get(lane, lane))}"]'
        for node in graph.nodes:
            if node.lane == lane:
                yield f'    {keys[node.key]}["{_label(node)}"]{_CLASSES.get(node.kind, "")}'
        yield "  end"
    for link in graph.links:
        yield f"  {keys[link.lower]} {_ARROWS[link.kind]} {keys[link.upper]}"
    yield "  classDef missing stroke-dasharray: 5 4"
    yield "  classDef to_check stroke-width: 3px"
    kinds = {node.kind for node in graph.nodes}
    if OUTSIDE in kinds:
        yield "  classDef outside fill: lightgray"
    if NOT_CHECKED in kinds:
        yield "  classDef not_checked fill: lightgray,stroke-dasharray: 2 3"


def _label(node: Node) -> str:
    words = f"{node.label['zh']} · {node.label['en']}"
    return "<br>".join(_text(part) for part in (words, f"#{node.entry} {node.by}".strip()))


def _text(text: str) -> str:
    return "".join(
        one if one.isalnum() or one in " ·，。、.-_/" else f"#{ord(one)};" for one in text
    )
