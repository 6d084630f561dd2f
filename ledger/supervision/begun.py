"""How an obligation begins: its name, its period by the pack in force, its first date."""

from collections.abc import Iterable, Iterator

from ledger.sharing.machine import Body, Said
from ledger.supervision.obligation_kinds.kind import (
    CLOCKS,
    DUE_SOON,
    Case,
    Kind,
    Start,
    period_of,
    time_of,
)
from ledger.supervision.packs import ON, Rules, in_force
from ledger.supervision.seen import Seen, Store


def begun(
    starts: Iterable[tuple[Kind, Start]], said: Said, seen: Seen, store: Store
) -> Iterator[Case]:
    """Yield the obligations that begin, where their rule is on for who owes them."""
    numbers: dict[tuple[str, str], int] = {}
    time = time_of(said)
    for kind, start in starts:
        region = seen.departments.region(start.department)
        rules = in_force(seen.packs, time, region)
        items = () if start.item is None else (start.item,)
        if not rules.is_on(kind.id, start.department, items) or not _has_period(kind, start, rules):
            continue
        number = numbers[start.department, kind.id] = (
            numbers.get((start.department, kind.id), 0) + 1
        )
        ref = f"{start.department}/{kind.id}-{said.index}" + (f"-{number}" if number > 1 else "")
        body = _body(ref, kind, start, said, region, rules)
        if start.unit is None and kind.office == "sharing_office":
            body["unit"] = _office(store, start.department, time)
        case = Case(body, said, seen, fresh=True)
        case.reckon("started")
        if start.met:
            case.fulfil(final=False)
        yield case


def _body(ref: str, kind: Kind, start: Start, said: Said, region: str | None, rules: Rules) -> Body:
    items = () if start.item is None else (start.item,)
    soon, time = rules.parameter(CLOCKS, DUE_SOON), time_of(said)
    return {
        "ref": ref,
        "kind": kind.id,
        "name": kind.name,
        "department": start.department,
        "region": region,
        "office": kind.office,
        "unit": start.unit,
        "post": kind.post,
        "to": start.to,
        "thing": start.thing,
        "item": start.item,
        "matter_codes": _functions(said),
        "started": {
            "index": said.index, "at": said.recorded_at, "time": time,
            "digest": said.digest, "by": said.source,
        },
        "from": start.since or time,
        "period": _period(kind, start, rules, items),
        "rule_pack": rules.parameter(kind.id, ON, start.department, items).pack.members,
        "excusable": kind.excusable,
        "clock": {
            "extended": 0, "stood": [], "stopped": None,
            "soon": {"value": soon.value, "unit": soon.unit},
        },
        "watch": list(start.watch),
        "facts": dict(start.facts),
        "life": [],
        "open": True,
        "final": False,
    }  # fmt: skip


def _functions(said: Said) -> list[str]:
    """Return the matter codes that the statement names: who goes on with them owes it then."""
    data = said.data
    found = set(data.get("matter_codes", ()))
    if "matter_code" in data:
        found.add(data["matter_code"])
    return sorted(found)


def _has_period(kind: Kind, start: Start, rules: Rules) -> bool:
    """Whether the packs give the period: one may switch a rule on and say no number."""
    return start.parameter is None or (kind.id, start.parameter) in rules.parameters


def _period(kind: Kind, start: Start, rules: Rules, items: tuple[str, ...]) -> Body:
    """Return what the period is and whose word it is: a pack's, the parties', a speaker's."""
    if start.stated is not None:
        return {"stated": start.stated}
    if start.days is not None:
        return {"value": start.days, "unit": "days", "basis": "agreed"}
    if start.parameter is None:
        raise LookupError(f"{kind.name} has no period")
    return period_of(rules.parameter(kind.id, start.parameter, start.department, items))


def _office(store: Store, department: str, at: str) -> str | None:
    """Return the sharing office's unit, the last that was recorded and is there at *at*."""
    units = (store.get(f"office/{department}") or {"units": ()})["units"]
    held = [
        unit["unit"]
        for unit in units
        if unit["starts"] <= at and (unit["ends"] is None or at < unit["ends"])
    ]
    return held[-1] if held else None
