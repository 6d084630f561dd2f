"""The graph of a trace as SVG: a lane a department, the earliest at the left, the act at the right.

It needs no script and loads nothing; it prints, and says in words what it draws. A dashed
box is what is missing, a box with a corner what is to be checked; a full line is bound by a
signature, a dotted one is suggested by a name. A grey box is a statement of another ledger,
dashed where its receipt was not checked.

Source: SVG 1.1; WAI-ARIA for the names.
"""

import html
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Final

from ledger.responsibility.graph import (
    BESIDE,
    MISSING,
    NOT_CHECKED,
    OUTSIDE,
    REF,
    SAID,
    SIGNED,
    TO_CHECK,
    Graph,
    Link,
    Node,
)

_BOX, _TALL = 138, 40
_ACROSS, _DOWN = 172, 48  # from one box to the next
_MARGIN, _HEAD = 12, 22  # around all; of a lane, where its name stands

# Attributes and no style sheet: a page's content security policy forbids none of them.
_LINKS: Final = {
    SIGNED: 'stroke="#000"',
    REF: 'stroke="#000" stroke-dasharray="2 3"',
    BESIDE: 'stroke="#999"',
}
_FOREIGN: Final = (OUTSIDE, NOT_CHECKED)
_BOXES: Final = {
    SAID: 'fill="#fff" stroke="#000"',
    MISSING: 'fill="#fff" stroke="#000" stroke-dasharray="5 4"',
    TO_CHECK: 'fill="#fff" stroke="#000" stroke-width="2.5"',
    OUTSIDE: 'fill="#eee" stroke="#000"',
    NOT_CHECKED: 'fill="#eee" stroke="#000" stroke-dasharray="2 3"',
}

Place = tuple[int, int]  # of a box's upper left corner


def svg(graph: Graph, names: Mapping[str, str] | None = None, *, anchors: bool = False) -> str:
    """Return the drawing; *names* are of departments by their ids.

    Args:
        anchors: whether a box leads to the row ``#eN`` of the page that it stands in.
    """
    lanes, places = _laid_out(graph)
    wide = 2 * _MARGIN + max(graph.columns, 1) * _ACROSS
    tall = 2 * _MARGIN + sum(height for _, height in lanes.values())
    role = "group" if anchors else "img"  # what is in a picture cannot be reached by keyboard
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" role="{role}" '
            'aria-labelledby="graph-title graph-words" class="graph">',
            f'<title id="graph-title">责任链 · Responsibility graph {_text(graph.act)}</title>',
            f'<desc id="graph-words">{_text(_words(graph))}</desc>',
            '<g font-family="sans-serif" font-size="11">',
            *(_lane(names or {}, lane, place, wide) for lane, place in lanes.items()),
            *(_link(link, places) for link in graph.links),
            *(_box(node, places[node.key], anchors) for node in graph.nodes),
            "</g>",
            "</svg>\n",
        ]
    )


def _words(graph: Graph) -> str:
    counts = Counter(node.kind for node in graph.nodes)
    foreign = counts[OUTSIDE] + counts[NOT_CHECKED]
    lanes = len(graph.lanes) - len({n.lane for n in graph.nodes if n.kind in _FOREIGN})
    return (
        f"{lanes} 个部门，{counts[SAID]} 条陈述，{counts[MISSING]} 处缺失，"
        f"{counts[TO_CHECK]} 处待核；逐项见下表。 "
        f"{lanes} departments, {counts[SAID]} statements, {counts[MISSING]} missing, "
        f"{counts[TO_CHECK]} to be checked; the table below has each."
    ) + (_foreign_words(foreign, counts[NOT_CHECKED]) if foreign else "")


def _foreign_words(cited: int, unchecked: int) -> str:
    return (
        f" 另援引其他账本的陈述 {cited} 条，其中 {unchecked} 条未检查。 "
        f"{cited} statements of other ledgers are cited, {unchecked} of them not checked."
    )


def _laid_out(graph: Graph) -> tuple[dict[str, Place], dict[str, Place]]:
    """Return (top, height) of each lane, and where each box stands."""
    stacked: dict[tuple[str, int], list[Node]] = defaultdict(list)
    for node in graph.nodes:
        stacked[node.lane, node.column].append(node)
    lanes: dict[str, Place] = {}
    places: dict[str, Place] = {}
    top = _MARGIN
    for lane in graph.lanes:
        columns = {column: nodes for (name, column), nodes in stacked.items() if name == lane}
        for column, nodes in columns.items():
            for row, node in enumerate(nodes):
                across = _MARGIN + column * _ACROSS + (_ACROSS - _BOX) // 2
                places[node.key] = across, top + _HEAD + row * _DOWN
        height = _HEAD + max(map(len, columns.values())) * _DOWN
        lanes[lane] = top, height
        top += height
    return lanes, places


def _lane(names: Mapping[str, str], lane: str, place: Place, wide: int) -> str:
    top, height = place
    name = f"{names[lane]} {lane}" if lane in names else lane
    return (
        f'<rect fill="none" stroke="#999" x="{_MARGIN}" y="{top}" width="{wide - 2 * _MARGIN}" '
        f'height="{height}"/><text font-weight="bold" x="{_MARGIN + 6}" y="{top + 14}">'
        f"{_text(name)}</text>"
    )


def _link(link: Link, places: Mapping[str, Place]) -> str:
    (from_x, from_y), (to_x, to_y) = places[link.lower], places[link.upper]
    middle = _TALL // 2
    if from_x == to_x:
        bend = from_x - 12
        path = f"M{from_x} {from_y + middle}H{bend}V{to_y + middle}H{to_x}"
    else:
        start, end = (from_x, to_x + _BOX) if to_x < from_x else (from_x + _BOX, to_x)
        turn = (start + end) // 2
        path = f"M{start} {from_y + middle}C{turn} {from_y + middle} {turn} {to_y + middle} {end} "
        path += str(to_y + middle)
    return f'<path fill="none" {_LINKS[link.kind]} d="{path}"/>'


def _box(node: Node, place: Place, anchors: bool) -> str:
    across, down = place
    words = f"{node.label['zh']} · {node.label['en']}"
    told = f"{words}, #{node.entry} {node.by} {node.voice}".rstrip()
    inner = "".join(
        [
            f"<title>{_text(told)}</title>",
            f'<rect {_BOXES[node.kind]} x="{across}" y="{down}" width="{_BOX}" '
            f'height="{_TALL}" rx="3"/>',
            _line(across, down + 13, _cut(node.label["zh"], 11), 11),
            _line(across, down + 24, _cut(node.label["en"], 26), 9),
            _line(across, down + 36, _cut(f"#{node.entry} {node.by}".strip(), 26), 9),
        ]
    )
    group = f"<g>{inner}</g>"
    return f'<a href="#e{node.entry}">{group}</a>' if anchors else group


def _line(across: int, down: int, text: str, size: int) -> str:
    return f'<text font-size="{size}" x="{across + 5}" y="{down}">{_text(text)}</text>'


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _text(text: str) -> str:
    return html.escape(text)
