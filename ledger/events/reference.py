"""Write the page that lists every event type with all its members, from the declarations.

``python -m ledger.events.reference > docs/event-types.md`` writes it anew; a test holds the
page to this.

Source: spec 9.
"""

from collections.abc import Iterator
from itertools import groupby

from ledger.events.declare import REF_NAMES, EventType
from ledger.events.families import FAMILIES
from ledger.events.fields import (
    Base64,
    BilingualName,
    Boolean,
    Choice,
    Date,
    DepartmentId,
    Hex,
    Id,
    Integer,
    Kind,
    ListOf,
    Object,
    Origin,
    PolicyText,
    Ref,
    Region,
    Text,
    Time,
    VKey,
)
from ledger.events.speakers import ANYONE, BODIES, LISTENING
from ledger.events.types import EVENT_TYPES

# What a kind is called here; those that are not listed say more of themselves.
_CALLED: dict[type[Kind], str] = {
    Base64: "b64",
    BilingualName: "object: `zh` *text*, `en`? *text*",
    Boolean: "boolean",
    Date: "date",
    DepartmentId: "*department id*",
    Hex: "*hex*",
    Id: "*id*",
    Origin: "*origin*",
    Ref: "*ref*",
    Region: "6 digits, a division code",
    Text: "*text*",
    Time: "*T*",
    VKey: "vkey",
    PolicyText: "trust policy",
}

_GROUPS = {"bodies": BODIES, "listening": LISTENING, "anyone": ANYONE}

# Said once for all types (spec 1); a type's own are the rest, and what it narrows.
_COMMON = ("refs", "parents", "signers", "document", "platform_ref", "on_behalf_of", "cites")

_HEAD = """# Event types 事件类型

Printed from the declarations by `python -m ledger.events.reference`; do not edit. Kinds of values
are those of the [byte formats](spec.md), whose section 1 has the members that all types share:
`refs`, `parents`, `signers`, `document`?, `platform_ref`?, `on_behalf_of`? and, but where the
registrar or the ledger itself speaks, `cites`?. Nothing else may be in `data`. `?` marks what may
be left out, `[]` a list, `.` a member of an object.

Roles come in groups: {groups}.

*Serves* names articles of decree 809 (`809:26`), numbered demands of the article that the project
is built on (`S55`), or sections of the byte formats (`spec:8`). *Parties* are members whose
department, or owner, may read the statement, as may its source, `on_behalf_of` and the owners of
its refs; *mentions* give no right."""


def page() -> str:
    """Return the page, with a last newline."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    groups = "; ".join(
        f"`{name}`: {', '.join(f'`{role}`' for role in sorted(roles))}"
        for name, roles in _GROUPS.items()
    )
    yield _HEAD.format(groups=groups)
    yield from _index()
    for family, kinds in groupby(EVENT_TYPES.values(), key=lambda kind: kind.family):
        yield f"\n## {FAMILIES[family]} {FAMILIES[family].zh}"
        for kind in kinds:
            yield from _type(kind)


def _index() -> Iterator[str]:
    yield "\n| 中文 | type | English |\n|---|---|---|"
    for name, kind in EVENT_TYPES.items():
        yield f"| {kind.label_zh} | `{name}` | {kind.label_en} |"


def _type(kind: EventType) -> Iterator[str]:
    short = kind.name.removeprefix("zelian.").removesuffix(".v1")
    yield f"\n### `{short}` {kind.label_zh}\n"
    said_by = f"{kind.speaker} {kind.speaker.zh}: {_roles(kind)}"
    yield f"{kind.label_en}. Said by {said_by}.{_voice(kind)}"
    yield f"Serves {_code(kind.serves)}. Refs: {_refs(kind)}.{_parents(kind)}{_read(kind)}\n"
    yield "| member of `data` | value |\n|---|---|"
    for name, member in kind.data.members.items():
        if name not in _COMMON or (name == "document" and not member.optional):
            yield from _rows(name, member)
    for rule in kind.data.rules:
        yield f"| `{rule.member}` | {rule.wording} |"


def _roles(kind: EventType) -> str:
    found = sorted(kind.speakers)
    for name, roles in _GROUPS.items():  # from the smallest to the largest
        if roles <= kind.speakers:
            found = [name, *sorted(kind.speakers - roles)]
    return _code(found) + (", whoever spoke the target" if kind.by_author else "")


def _voice(kind: EventType) -> str:
    words = {
        "signed": " An official signs with his own key.",
        "system": " The department's system says it, and names no official.",
        "registrar": " The registrar's threshold signs.",
        "both": "",
    }
    return words[kind.voice] + (" Sealed." if kind.sealed else "")


def _refs(kind: EventType) -> str:
    if kind.refs_optional == frozenset(REF_NAMES):
        return "none; every name of section 1"
    needed, allowed = (_code(sorted(refs)) for refs in (kind.refs_required, kind.refs_optional))
    return f"{needed or 'none'}; {allowed or 'none'}"


def _parents(kind: EventType) -> str:
    parents = kind.data.members["parents"]
    return " At least one parent." if isinstance(parents, ListOf) and parents.least else ""


def _read(kind: EventType) -> str:
    parties = f" Parties: {_code(kind.parties)}." if kind.parties else ""
    return parties + (f" Mentions: {_code(kind.mentions)}." if kind.mentions else "")


def _rows(path: str, kind: Kind) -> Iterator[str]:
    """One row for a member, and one for each that lies in it."""
    mark = "?" if kind.optional else ""
    yield f"| `{path}`{mark} | {_value(kind)} |"
    inner, step = (kind.item, "[].") if isinstance(kind, ListOf) else (kind, ".")
    if isinstance(inner, Object) and type(inner) is Object:
        for name, member in inner.members.items():
            yield from _rows(f"{path}{step}{name}", member)
        for rule in inner.rules:
            yield f"| `{path}{step}{rule.member}` | {rule.wording} |"


def _value(kind: Kind) -> str:
    if isinstance(kind, ListOf):
        return f"list{f' of {kind.least} or more' if kind.least else ''}: {_value(kind.item)}"
    if isinstance(kind, Choice):
        return _code(kind.wire.__args__)
    if isinstance(kind, Integer):
        return _range(kind)
    return "object" if type(kind) is Object else _CALLED[type(kind)]


def _range(kind: Integer) -> str:
    return str(kind.expected).removeprefix("a whole ").replace(" to 9007199254740991", " on")


def _code(words: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


if __name__ == "__main__":
    print(page(), end="")
