"""Read how an event is built, and refuse what its type could never hold.

The names of refs and members are held against the closed list of event types here,
once, so that a slip in a mapping is told with its key and not ten thousand times by
the ledger. Values are judged when there are some.

Source: spec 1 (refs, common members), spec 9.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cli.importing.declared import EventRule, Last
from cli.importing.strict_table import StrictTable
from cli.importing.templates import NotATemplate, Shape, Template, parse_shape, slots_of
from ledger.events.declare import EventType
from ledger.events.types import EVENT_TYPES

ReadLast = Callable[[StrictTable], Last]

_OURS = frozenset({"refs", "parents", "signers"})  # members that the import fills in


@dataclass(frozen=True, slots=True)
class DraftRule:
    """An event's own table, read before the activities that use it."""

    table: StrictTable
    kind: EventType
    family: str
    subject: Template
    refs: Mapping[str, Shape]
    data: Mapping[str, Shape]
    parents: "list[StrictTable] | None"
    fields: frozenset[str]
    constants: frozenset[str]


def draft_rule(
    table: StrictTable, fields: Collection[str], constants: Collection[str]
) -> DraftRule:
    """Read one of ``[events.…]``; its slots are the names of *fields* and *constants*."""
    names = [name for name, kind in EVENT_TYPES.items() if not kind.registrar]
    kind = EVENT_TYPES[table.choice("type", names)]
    family = table.text("family")
    subject = _shape(table, "subject", table.text("subject"))
    if not isinstance(subject, Template):
        raise TypeError("a text gives a template")
    draft = DraftRule(
        table=table,
        kind=kind,
        family=family,
        subject=subject,
        refs=_shapes(table.table("refs", {})),
        data=_shapes(table.table("data", {})),
        parents=table.tables("parents"),
        fields=frozenset(fields),
        constants=frozenset(constants),
    )
    table.close()
    _check_names(table, "refs", draft.refs, kind.refs_required | kind.refs_optional)
    for name in kind.refs_required - draft.refs.keys():
        raise table.error(("refs", name), f"{kind.name} must have it", f"{kind.name} 须有此项")
    return draft


def finish_rule(
    draft: DraftRule, activity: StrictTable, has_code: bool, last: ReadLast
) -> EventRule:
    """Return the rule of one activity: its own members and parents go before the event's."""
    kind = draft.kind
    own = _shapes(activity.table("data", {}))
    data = {**draft.data, **own}
    _check_names(draft.table, "data", draft.data, kind.data.members.keys() - _OURS)
    _check_names(activity, "data", own, kind.data.members.keys() - _OURS)
    for name, member in kind.data.members.items():
        if not member.optional and name not in data and name not in _OURS:
            raise activity.error(
                ("data", name), f"{kind.name} must have it", f"{kind.name} 须有此项"
            )
    # The next event's code and the constants, which are everywhere the same, have no slot.
    known = draft.constants | draft.fields | {f"next.{name}" for name in draft.fields}
    known |= {"code"} if has_code else set()
    _check_slots(activity, (draft.subject, dict(draft.refs), data), known)
    parents = activity.tables("parents")
    chosen = draft.parents if parents is None else parents
    return EventRule(
        kind, draft.family, draft.subject, draft.refs, data, _lasts(chosen or [], last)
    )


def _lasts(tables: list[StrictTable], last: ReadLast) -> tuple[Last, ...]:
    """Read rules of parents; an event's own are read again for each of its activities."""
    return tuple(last(table.again()) for table in tables)


def _shapes(table: StrictTable) -> dict[str, Shape]:
    return {name: _shape(table, name, table.anything(name)) for name in table.names()}


def _shape(table: StrictTable, name: str, value: Any) -> Shape:
    try:
        return parse_shape(value)
    except NotATemplate as error:
        raise table.error(
            name,
            f"{str(error)!r} is no template: slots are {{name}}, {{next.name}} or "
            "{name|text}; numbers are whole",
            f"{str(error)!r} 不是模板：占位写作 {{name}}、{{next.name}} 或 "
            "{name|文本}；数须为整数",
        ) from None


def _check_names(
    table: StrictTable, where: str, given: Collection[str], known: Collection[str]
) -> None:
    for name in given:
        if name not in known:
            listed = sorted(known)
            raise table.error(
                (where, name),
                f"the type has no such member; it has {', '.join(listed)}",
                f"该类型没有此成员；可用：{'、'.join(listed)}",
            )


def _check_slots(table: StrictTable, shapes: tuple[Shape, ...], known: Collection[str]) -> None:
    for slot in slots_of(shapes):
        if slot.name not in known:
            raise table.error(
                (),
                f"the slot {{{slot.name}}} names no field, constant or code",
                f"占位 {{{slot.name}}} 不是字段、常量或 code",
            )
