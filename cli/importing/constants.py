"""Say what an import adds that the source does not say: the constants of its mapping.

They are printed before anything is sent, so that nobody takes them for the
source's. Pure.
"""

import json
from collections.abc import Iterator, Mapping

from cli.importing.declared import EventRule, LogMapping, Naming, Opening
from cli.importing.templates import Shape, Slot, Template, slots_of
from ledger.reconciliation.names import Names

Row = tuple[str, str]  # where it stands, what it is


def constants_of(mapping: LogMapping) -> list[Row]:
    """Return each constant once, with where it goes, in the order of the mapping."""
    return list(dict.fromkeys(_all(mapping)))


def _all(mapping: LogMapping) -> Iterator[Row]:
    yield from mapping.constants.items()
    for field in mapping.fields.values():
        if field.constant is not None:
            yield field.name, field.constant
        for value, chosen in field.named.items():
            yield f"{field.name} {json.dumps(value, ensure_ascii=False)}", chosen
        if field.offset is not None:
            yield f"{field.name} offset", str(field.offset)
    yield from _named(mapping.names)
    yield from _opening(mapping.opening)
    yield from _naming("departments", mapping.departments.usual)
    for department, naming in mapping.departments.single.items():
        yield from _naming(f"department {department}", naming)
    if mapping.posts is not None:
        yield "posts", f"{mapping.posts.post}, {', '.join(mapping.posts.tiers)}"
    for activity in mapping.activities.values():
        yield from _rule(activity.rule)


def _named(names: Names) -> Iterator[Row]:
    """What an X-Road platform's names are here."""
    for kind, table in (
        ("subsystem", names.subsystems),
        ("service", names.services),
        ("grant", names.grants),
    ):
        yield from ((f"{kind} {theirs}", ours) for theirs, ours in table.items())
    yield from (("passed over", service) for service in sorted(names.passed_over))


def _opening(opening: Opening | None) -> Iterator[Row]:
    for name in ("id", "department", "time", "official"):
        template = getattr(opening, name, None)
        if template is not None:
            yield f"opening {name}", written(template)


def _naming(where: str, naming: Naming) -> Iterator[Row]:
    yield f"{where} kind", naming.kind
    yield f"{where} name", written(naming.zh)
    if naming.en is not None:
        yield f"{where} name", written(naming.en)


def _rule(rule: EventRule) -> Iterator[Row]:
    short = rule.kind.name.removeprefix("zelian.")
    members: Mapping[str, Shape] = {**rule.refs, **rule.data}
    for name, shape in members.items():
        if not any(slot.default is None for slot in slots_of(shape)):
            yield f"{short} {name}", written(shape)
        for slot in slots_of(shape):
            if slot.default is not None:
                yield f"{short} {name}, where there is no {slot.name}", slot.default


def written(shape: Shape) -> str:
    """Return *shape* as the mapping has it."""
    if isinstance(shape, Template):
        return "".join(_part(part) for part in shape.parts)
    if isinstance(shape, tuple):
        return f"[{', '.join(map(written, shape))}]"
    if isinstance(shape, dict):
        return f"{{{', '.join(f'{name} = {written(inner)}' for name, inner in shape.items())}}}"
    return json.dumps(shape)


def _part(part: str | Slot) -> str:
    if isinstance(part, str):
        return part
    return f"{{{part.name}}}" if part.default is None else f"{{{part.name}|{part.default}}}"
