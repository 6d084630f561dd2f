"""Fill the members of an event from the values of a row.

A template is a text with slots: ``{department}`` is a value, ``{next.department}``
the same of the next event in the case, ``{next.department|external}`` has a text
for where there is none. A text whose slot has no value is left out, never made up.
A template that is one slot keeps the value's own type.

A shape is what TOML can say: templates, numbers, truth values, lists and tables of
these. Pure.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = str | int | None
Filled: TypeAlias = "str | int | bool | list[Filled] | dict[str, Filled]"

NAME = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")
_SLOT = re.compile(r"\{((?:next\.)?[a-z][a-z0-9_]{0,31})(?:\|([^{}|]+))?\}")


@dataclass(frozen=True, slots=True)
class Slot:
    """A value's name, and the text for where it has none."""

    name: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Template:
    """Texts and slots in turn."""

    parts: tuple[str | Slot, ...]

    def fill(self, values: Mapping[str, Value]) -> str | int | None:
        """Return the text with its slots filled; None where a value is missing."""
        found: list[str | int] = []
        for part in self.parts:
            value = part if isinstance(part, str) else values.get(part.name)
            if value is None and isinstance(part, Slot):
                value = part.default
            if value is None:
                return None
            found.append(value)
        return found[0] if len(found) == 1 else "".join(map(str, found))


Shape: TypeAlias = "Template | int | bool | tuple[Shape, ...] | dict[str, Shape]"


class NotATemplate(ValueError):
    """A text whose braces are no slots."""


def parse_template(text: str) -> Template:
    """Return the template that *text* writes.

    Raises:
        NotATemplate: a brace belongs to no slot, or the text is empty.
    """
    parts: list[str | Slot] = []
    end = 0
    for found in _SLOT.finditer(text):
        parts += [text[end : found.start()]] if found.start() > end else []
        parts.append(Slot(found[1], found[2]))
        end = found.end()
    parts += [text[end:]] if end < len(text) else []
    if not parts or any("{" in part or "}" in part for part in parts if isinstance(part, str)):
        raise NotATemplate(text)
    return Template(tuple(parts))


def parse_shape(value: object) -> Shape:
    """Return the shape of a TOML value.

    Raises:
        NotATemplate: a text in it is none, or it holds a fraction or a date.
    """
    if isinstance(value, str):
        return parse_template(value)
    if isinstance(value, bool) or type(value) is int:
        return value
    if isinstance(value, list):
        return tuple(map(parse_shape, value))
    if isinstance(value, dict):
        return {str(name): parse_shape(inner) for name, inner in value.items()}
    raise NotATemplate(str(value))


def slots_of(shape: Shape) -> Iterator[Slot]:
    """Yield every slot in *shape*."""
    if isinstance(shape, Template):
        yield from (part for part in shape.parts if isinstance(part, Slot))
    elif isinstance(shape, tuple):
        for inner in shape:
            yield from slots_of(inner)
    elif isinstance(shape, dict):
        for inner in shape.values():
            yield from slots_of(inner)


def fill_shape(shape: Shape, values: Mapping[str, Value]) -> "Filled | None":
    """Return *shape* filled; a member or item whose value is missing is left out."""
    if isinstance(shape, Template):
        return shape.fill(values)
    if isinstance(shape, tuple):
        items = (fill_shape(inner, values) for inner in shape)
        return [item for item in items if item is not None]
    if isinstance(shape, dict):
        return fill_members(shape, values)
    return shape


def fill_members(shape: Mapping[str, Shape], values: Mapping[str, Value]) -> dict[str, Filled]:
    """Return the members of *shape* that have a value."""
    filled = ((name, fill_shape(inner, values)) for name, inner in shape.items())
    return {name: value for name, value in filled if value is not None}
