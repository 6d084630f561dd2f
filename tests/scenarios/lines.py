"""The lines of a scenario: with what is indented under each, and with forms filled in.

Source: docs/scenarios.md.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_HOLE = re.compile(r"\{([a-z]+)\}")


class NotUnderstood(Exception):
    """A line of a scenario that says nothing that is known."""

    def __init__(self, line: "Line", why: str) -> None:
        super().__init__(f"{line.file}:{line.number}: {why}: {line.text}")


@dataclass(frozen=True)
class Line:
    """A line and the indented lines under it.

    Attributes:
        text: without indentation and comment.
    """

    file: str
    number: int
    text: str
    inside: tuple["Line", ...] = ()

    @property
    def words(self) -> list[str]:
        return self.text.split()


def lines_of(file: Path) -> list[Line]:
    """Return the lines of a file, each with those that are indented under it.

    In the place of ``with NAME`` stand the lines of the file of that name beside it.
    """
    found: list[tuple[Line, list[Line]]] = []
    for number, raw in enumerate(file.read_text("utf-8").splitlines(), 1):
        text = re.sub(r"(\A|\s)# .*\Z|(\A|\s)#\Z", "", raw).rstrip()
        if not text.strip():
            continue
        line = Line(file.name, number, text.strip())
        if text[0] != " ":
            found.append((line, []))
        elif not found:
            raise NotUnderstood(line, "it is indented under nothing")
        else:
            found[-1][1].append(line)
    return [one for line, inside in found for one in _with(file, _over(line, inside))]


def _with(file: Path, line: Line) -> list[Line]:
    if line.words[0] != "with":
        return [line]
    other = file.parent / line.text.partition(" ")[2]
    if line.inside or not other.is_file():
        raise NotUnderstood(line, "it should be: with FILE")
    return lines_of(other)


def _over(line: Line, inside: Sequence[Line]) -> Line:
    return Line(line.file, line.number, line.text, tuple(inside))


def filled(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines with each use of a form filled in; forms are told before they are used."""
    forms: dict[str, tuple[list[str], list[Line]]] = {}
    rest = iter(lines)
    for line in rest:
        if line.words[0] != "form":
            yield from _used(line, forms)
            continue
        name = line.words[1] if len(line.words) > 1 else ""
        if not name or name in forms:
            raise NotUnderstood(line, "a form has a name of its own")
        # Forms in it are filled in at once, so that none can stand in itself.
        body = [one for inner in _until_end(line, rest) for one in _used(inner, forms)]
        forms[name] = (line.words[2:], body)


def _used(line: Line, forms: Mapping[str, tuple[list[str], list[Line]]]) -> Iterator[Line]:
    word, *values = line.words
    if word not in forms:
        yield line
    elif line.inside:
        raise NotUnderstood(line.inside[0], "nothing belongs under the line before it")
    else:
        yield from _fill(line, values, *forms[word])


def _until_end(form: Line, rest: Iterator[Line]) -> Iterator[Line]:
    for line in rest:
        if line.text == "end":
            return
        yield line
    raise NotUnderstood(form, "the form has no end")


def _fill(used: Line, values: list[str], holes: list[str], lines: list[Line]) -> Iterator[Line]:
    if len(values) != len(holes):
        raise NotUnderstood(used, f"the form wants {' '.join(holes)}")
    known = dict(zip(holes, values, strict=True))

    def put(line: Line) -> Line:
        unknown = [name for name in _HOLE.findall(line.text) if name not in known]
        if unknown:
            raise NotUnderstood(line, f"the form has no {unknown[0]}")
        text = _HOLE.sub(lambda hole: known[hole[1]], line.text)
        return Line(line.file, line.number, text, tuple(map(put, line.inside)))

    return map(put, lines)
