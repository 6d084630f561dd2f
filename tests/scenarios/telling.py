"""Make the event that a line of a scenario tells: its members, and what it leaves to the example.

Who, what and when are always said: no name, ref, digest, id or time is taken from an
example, and no member that a type may do without.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crypto.notation import format_time
from ledger.events.fields import Boolean, DepartmentId, Hex, Id, Integer, Kind, ListOf, Object, Ref
from ledger.events.fields import Time as TimeKind
from ledger.events.types import EVENT_TYPES
from tests.scenarios.language import time_of
from tests.scenarios.lines import Line, NotUnderstood
from tests.scenarios.steps import Telling
from tests.unit.sharing.tale import EXAMPLES, example

_AT = re.compile(r"(@@?)([a-z][a-z0-9-]*)")
_NAMING = (DepartmentId, Hex, Id, Ref, TimeKind)
_GIVEN = ("refs", "parents", "signers")


@dataclass
class Names:
    """Statements by the names that the scenario gives them: each one's entry and digest."""

    entries: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    def note(self, line: Line, name: str, entry: int, digest: str) -> None:
        if name in self.entries:
            raise NotUnderstood(line, f"two statements are called {name}")
        self.entries[name], self.digests[name] = entry, digest

    def entry(self, line: Line, name: str) -> int:
        if name not in self.entries:
            raise NotUnderstood(line, f"no statement before is called {name}")
        return self.entries[name]

    def digest(self, line: Line, name: str) -> str:
        self.entry(line, name)
        return self.digests[name]

    def put(self, line: Line, text: str) -> str:
        """Return *text* with each ``@name`` as its entry's number, ``@@name`` as its digest."""

        def named(at: re.Match[str]) -> str:
            return str(self.entry(line, at[2])) if at[1] == "@" else self.digest(line, at[2])

        return _AT.sub(named, text)


def event_of(told: Telling, names: Names, origin: str, id_: str, now_ms: int) -> dict[str, Any]:
    """Return the event of a line, to be signed."""
    event: dict[str, Any] = {
        "data": _data(told, names),
        "datacontenttype": "application/json",
        "id": id_,
        "ledger": origin,
        "source": f"/departments/{told.source}",
        "specversion": "1.0",
        "subject": f"department/{told.source}",
        "time": told.happened or format_time(now_ms),
        "type": f"zelian.{told.kind}.v1",
    }
    if told.official is not None:
        event |= {"official": told.official, "tier": told.tier}
    return event


def _data(told: Telling, names: Names) -> dict[str, Any]:
    kind = EVENT_TYPES[f"zelian.{told.kind}.v1"].data
    given: dict[str, Any] = {}
    parents: list[str] = []
    for line in told.line.inside:
        name, plus, rest = _split(line)
        if name == "parents":
            parents = sorted(names.digest(line, one) for one in _listed(rest))
        elif name in _GIVEN:
            raise NotUnderstood(line, f"{name} are not said here")
        elif plus:
            _append(given, kind, line, name, rest, names)
        else:
            _set(given, kind, line, name.split("."), rest, names)
    left = example(told.kind) if told.kind in EXAMPLES else {}
    refs = {name: names.put(told.line, ref) for name, ref in told.refs.items()}
    members = {name: one for name, one in kind.members.items() if name not in _GIVEN}
    return {"parents": parents, "refs": refs, **_complete(members, given, left, told.line, "")}


def _split(line: Line) -> tuple[str, bool, str]:
    """Return a member's name, whether one more is added to its list, and the rest."""
    found = re.match(r"\A([a-z_.0-9]+)(:| \+)(?: (.*))?\Z", line.text)
    if found is None:
        raise NotUnderstood(line, "a member is NAME: VALUE, or NAME + NAME=VALUE …")
    return found[1], found[2] == " +", found[3] or ""


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _set(
    into: dict[str, Any], kind: Object, line: Line, path: list[str], text: str, names: Names
) -> None:
    """Set the member at *path*, of objects in objects, to what *text* says."""
    name, *deeper = path
    member = _member(kind, name, line)
    if not deeper:
        if name in into:
            raise NotUnderstood(line, f"{name} is said twice")
        into[name] = _value(member, text, line, names)
    elif isinstance(member, Object):
        _set(into.setdefault(name, {}), member, line, deeper, text, names)
    else:
        raise NotUnderstood(line, f"{name} has no members")


def _member(kind: Object, name: str, line: Line) -> Kind:
    if name not in kind.members:
        raise NotUnderstood(line, f"there is no member {name}")
    return kind.members[name]


def _append(
    into: dict[str, Any], kind: Object, line: Line, name: str, text: str, names: Names
) -> None:
    """Add one object to the list at *name*, a path too: ``evidence + source=shared use=…``.

    A step of the path that is a list means the object that was added to it last.
    """
    *above, last = name.split(".")
    for step in above:
        inner = _member(kind, step, line)
        if isinstance(inner, ListOf) and isinstance(inner.item, Object) and into.get(step):
            into, kind = into[step][-1], inner.item
        elif isinstance(inner, Object):
            into, kind = into.setdefault(step, {}), inner
        else:
            raise NotUnderstood(line, f"{step} has no members")
    member = _member(kind, last, line)
    if not isinstance(member, ListOf) or not isinstance(member.item, Object):
        raise NotUnderstood(line, f"{name} is no list of objects")
    one: dict[str, Any] = {}
    for word in text.split():
        inside, equals, value = word.partition("=")
        if not equals:
            raise NotUnderstood(line, f"{word} should be NAME=VALUE")
        _set(one, member.item, line, inside.split("."), value, names)
    into.setdefault(last, []).append(one)


def _value(kind: Kind, text: str, line: Line, names: Names) -> Any:
    if isinstance(kind, ListOf):
        return [_value(kind.item, one, line, names) for one in _listed(text)]
    if isinstance(kind, Object):
        raise NotUnderstood(line, "say its members one by one")
    if isinstance(kind, Boolean):
        return _known({"yes": True, "no": False}, text, line)
    if isinstance(kind, Integer):
        if not text.lstrip("-").isdigit():
            raise NotUnderstood(line, f"{text!r} is no number")
        return int(text)
    if isinstance(kind, TimeKind):
        return time_of(line, text.replace("_", " "))
    if isinstance(kind, Hex):
        return _digest(text, line, names)
    return names.put(line, text) if isinstance(kind, Ref) else text


def _digest(text: str, line: Line, names: Names) -> str:
    """Return the digest of a statement that is named, or of words that are told of."""
    if text.startswith("@"):
        return names.digest(line, text[1:])
    word = text.removeprefix("sha256:")
    if word == text:
        raise NotUnderstood(line, "a digest is @NAME of a statement, or sha256:WORD")
    return hashlib.sha256(word.encode()).hexdigest()


def _known(words: Mapping[str, Any], text: str, line: Line) -> Any:
    if text not in words:
        raise NotUnderstood(line, f"{text!r} is none of {', '.join(words)}")
    return words[text]


# What is left to the example


def _complete(
    members: Mapping[str, Kind], given: Mapping[str, Any], left: Any, line: Line, path: str
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in members.items():
        spare = left.get(name) if isinstance(left, Mapping) else None
        if name in given and isinstance(kind, Object):
            found[name] = _complete(kind.members, given[name], spare, line, f"{path}{name}.")
        elif name in given:
            found[name] = given[name]
        elif not kind.optional:
            if spare is None or _names_something(kind, spare):
                raise NotUnderstood(line, f"{path}{name} must be said")
            found[name] = spare
    return found


def _names_something(kind: Kind, value: Any, listed: bool = False) -> bool:
    """Whether a value names somebody, something or some time; ids in a list name its own lines."""
    if isinstance(kind, ListOf):
        return any(_names_something(kind.item, one, True) for one in value)
    if isinstance(kind, Object):
        members = kind.members
        return any(_names_something(members[name], one, listed) for name, one in value.items())
    return isinstance(kind, _NAMING) and not (listed and isinstance(kind, Id))
