"""What the page must know of the formats, told by the Python that defines them.

The closed list of event types, the notations and the text of ``README.txt`` are not
written a second time in JavaScript: they are put into the page when it is built.

Source: spec 1, 9 (as ``ledger.events`` declares them).
"""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, get_args

from crypto import notation
from ledger.events import fields
from ledger.events.declare import EventType
from ledger.events.fields import Kind, ListOf, Object
from ledger.events.speakers import ROLE_OF_KIND
from ledger.events.types import EVENT_TYPES
from ledger.evidence.readme import TEXTS

NOTATIONS = ("ID", "DEPARTMENT_ID", "REF", "SOURCE", "ORIGIN", "TIME")


def formats_script(template: str) -> str:
    """Return the module ``formats.js``; *template* is that of the page itself."""
    text = json.dumps(_formats() | {"template": template}, sort_keys=True, separators=(",", ":"))
    # Nothing in it may end the element in which the script stands.
    return "export const FORMATS = " + text.replace("<", "\\u003c") + ";\n"


def _formats() -> dict[str, Any]:
    patterns = _Patterns()
    return {
        "notations": {name: patterns.add(getattr(notation, name)) for name in NOTATIONS},
        "types": {name: _type(kind, patterns) for name, kind in EVENT_TYPES.items()},
        "roles": dict(ROLE_OF_KIND),
        "readme": dict(TEXTS),
        "patterns": patterns.sources,
    }


class _Patterns:
    """Each pattern once, as JavaScript writes it."""

    def __init__(self) -> None:
        self.sources: list[str] = []

    def add(self, pattern: "str | re.Pattern[str]") -> int:
        """Return the number of a pattern that is anchored at both ends."""
        source = pattern if isinstance(pattern, str) else pattern.pattern
        translated = source.replace(r"\A", "^").replace(r"\Z", "$")
        if translated not in self.sources:
            self.sources.append(translated)
        return self.sources.index(translated)


def _type(kind: EventType, patterns: _Patterns) -> dict[str, Any]:
    return {
        "en": kind.label_en,
        "zh": kind.label_zh,
        "voice": kind.voice,
        "speakers": sorted(kind.speakers),
        "by_author": kind.by_author,
        "data": _kind(kind.data, patterns),
    }


def _kind(kind: Kind, patterns: _Patterns) -> list[Any]:
    """Return a kind as ``types.js`` reads it; KeyError for one that it does not know."""
    if isinstance(kind, Object):
        members = {
            name: [member.optional, _kind(member, patterns)]
            for name, member in kind.members.items()
        }
        return ["object", members]
    if isinstance(kind, ListOf):
        least, most = _bounds(kind, "min_length", "max_length")
        # By whatever else a list ascends, the page looks at it where it matters (entry 0).
        return ["list", _kind(kind.item, patterns), least, most, kind.ascending_by is str]
    return _PLAIN[type(kind)](kind, patterns)


def _bounds(kind: Kind, *names: str) -> Iterable[Any]:
    meta = get_args(kind.wire)[1]
    return [getattr(meta, name) for name in names]


def _text(kind: Kind, patterns: _Patterns) -> list[Any]:
    (pattern,) = _bounds(kind, "pattern")
    return ["text", patterns.add(pattern)]


_PLAIN: dict[type[Kind], Callable[[Kind, _Patterns], list[Any]]] = {
    **dict.fromkeys(
        (
            fields.Id,
            fields.DepartmentId,
            fields.Ref,
            fields.Text,
            fields.Hex,
            fields.Time,
            fields.Date,
            fields.Origin,
            fields.VKey,
            fields.PolicyText,
            fields.Region,
        ),
        _text,
    ),
    fields.Base64: lambda _kind, _patterns: ["base64"],
    fields.Boolean: lambda _kind, _patterns: ["boolean"],
    fields.Integer: lambda kind, _patterns: ["integer", *_bounds(kind, "ge", "le")],
    fields.Choice: lambda kind, _patterns: ["choice", list(get_args(kind.wire))],
}
