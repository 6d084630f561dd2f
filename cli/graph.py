"""Draw which statement relies on which, beside a list of entries, as git draws history.

Only the entries that are listed get lines: a parent outside of the list would leave a
line without an end. Entries come newest first; a statement's parents are older, so
every line runs downwards. A column waits for one digest; where a second statement
relies on a digest that a column waits for already, a dashed line leads there.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class Node(NamedTuple):
    """An entry of the list: its statement's digest, and those on which it relies."""

    digest: str
    parents: Sequence[str]


def beside(lines: Iterable[str], nodes: Sequence[Node]) -> Iterator[str]:
    """Yield *lines*, one a node, with the drawing at their left."""
    drawn = list(draw(nodes))
    width = max((len(before) for before, _ in drawn), default=0)
    for line, (before, below) in zip(lines, drawn, strict=True):
        yield f"{before:<{width}}  {line}"
        yield from below


def draw(nodes: Sequence[Node]) -> Iterator[tuple[str, list[str]]]:
    """Yield, for each node, what stands before its line, and the lines below it."""
    listed = {node.digest for node in nodes}
    columns: list[str] = []
    for node in nodes:
        if node.digest not in columns:
            columns.append(node.digest)
        at = columns.index(node.digest)
        before = " ".join("*" if i == at else "|" for i in range(len(columns)))
        parents = [parent for parent in dict.fromkeys(node.parents) if parent in listed]
        fresh = [parent for parent in parents if parent not in columns]
        joins = [columns.index(parent) for parent in parents if parent in columns]
        below = [_join(len(columns), at, to, ends=not fresh) for to in joins]
        if len(fresh) != 1:
            below += _shift(len(columns), at, len(fresh))
        columns[at : at + 1] = fresh
        yield before, below


def _join(width: int, at: int, to: int, *, ends: bool) -> str:
    """Return the line that leads from one column to another, and may end the first."""
    marks = list(" ".join("|" * width))
    low, high = sorted((2 * at, 2 * to))
    for i in range(low + 1, high):
        marks[i] = "+" if marks[i] == "|" else "-"
    if ends:
        marks[2 * at] = "'"
    return "".join(marks)


def _shift(width: int, at: int, fresh: int) -> list[str]:
    """Return the line on which a column becomes several, or none and the others move left."""
    left, right = ["|"] * at, width - at - 1
    if fresh > 1:
        return [" ".join([*left, "|" + "\\ " * (fresh - 1) + "\\ " * right]).rstrip()]
    if right:
        return [" ".join([*left, ""]) + " " + " ".join("/" * right)]
    return []
