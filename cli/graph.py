"""Draw which statement relies on which, beside a list of entries, as git draws history.

Only the entries that are listed get lines: a parent outside of the list would leave a
line without an end. Entries come newest first; a statement's parents are older, so
every line runs downwards.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

NODE, LINE = "*", "|"


class Node(NamedTuple):
    """An entry of the list: its statement's digest, and those on which it relies."""

    digest: str
    parents: Sequence[str]


def draw(nodes: Sequence[Node]) -> Iterator[tuple[str, str]]:
    """Yield, for each node, what stands before its line and a line below it, or "".

    Every column waits for one digest; a node takes the first column that waits for
    it, ends the others, and its parents wait below it.
    """
    listed = {node.digest for node in nodes}
    columns: list[str] = []
    for node in nodes:
        if node.digest not in columns:
            columns.append(node.digest)
        at = columns.index(node.digest)
        before = " ".join(NODE if i == at else LINE for i in range(len(columns)))
        parents = [parent for parent in node.parents if parent in listed]
        left, joins = _leave(columns, at, node.digest, parents)
        yield before, _below(len(columns), at, joins, len(left) - len(columns))
        columns = left


def _leave(
    columns: Sequence[str], at: int, digest: str, parents: Sequence[str]
) -> tuple[list[str], bool]:
    """Return the columns below a node, and whether some ended or began there."""
    waiting = [one for i, one in enumerate(columns) if i != at and one != digest]
    fresh = [parent for parent in dict.fromkeys(parents) if parent not in waiting]
    left = [one for one in columns[:at] if one != digest]
    return left + fresh + waiting[len(left) :], len(fresh) > 1


def _below(width: int, at: int, splits: bool, grown: int) -> str:
    """Return the line between two nodes where columns shift, or "" where none does."""
    if splits:
        return " ".join([*[LINE] * at, "|" + "\\" * grown, *["\\"] * (width - at - 1)])
    if grown < 0 and at < width - 1:
        return " ".join([*[LINE] * at, *["/"] * (width - at - 1)])
    return ""


def beside(lines: Iterable[str], nodes: Sequence[Node]) -> Iterator[str]:
    """Yield *lines*, one a node, with the drawing at their left."""
    drawn = list(draw(nodes))
    width = max((len(before) for before, _ in drawn), default=0)
    for line, (before, below) in zip(lines, drawn, strict=True):
        yield f"{before:<{width}}  {line}"
        if below:
            yield below
