"""What is owed, by whom, until when: one obligation for each period that a statement starts.

    take(said: Said, seen: Seen, store: Store) -> list[Body]

is called once for each entry whose statement is there, in order, after the bodies of
what it touches were folded. It returns the obligations that changed, whole, in the
order of their refs; each was put into the store as ``obligation/<ref>`` too. What it
keeps besides are lists of refs under ``open/<name>`` and sharing offices under
``office/<department>``; :func:`lists_asked` of ``ledger.supervision.seen`` says which
lists an entry may ask for, so that a store can be read ahead. ``Seen``, ``Store`` and
``Departments`` stand there as well.

An obligation is named like a finding, ``<who owes>/<rule>-<entry>``, and is confirmed
or cleared like one: so it is assessed whether there was a good reason for being late.

Source: decree 809, articles 17, 21, 22, 26 to 28 and 39(4); domain, 4.5.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ledger.sharing.machine import Body, Said
from ledger.supervision.begun import begun
from ledger.supervision.obligation_kinds import (
    catalogue,
    corrections,
    disputes,
    requests,
    schedules,
    service,
    uses,
)
from ledger.supervision.obligation_kinds.kind import Case, Kind, Start
from ledger.supervision.scene import Spoken, spoken_of
from ledger.supervision.seen import Seen, Store

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for family in (requests, catalogue, corrections, uses, disputes, schedules, service)
    for kind in family.KINDS
}
_STARTING: dict[str, list[Kind]] = {}
for _kind in KINDS.values():
    for _type in _kind.starts:
        _STARTING.setdefault(_type, []).append(_kind)
_TOGETHER = {type_ for kind in KINDS.values() for type_ in kind.together}
_CORRECTED, _CALENDAR, _UNIT = "statement.corrected", "calendar.adopted", "unit.recorded"
_MOVING = {type_ for kind in KINDS.values() for type_ in (*kind.moves, *kind.together)}
_WITHDRAWN = "feedback.withdrawn"
_MOVING |= {_CORRECTED, _WITHDRAWN}
_ASSESSING = ("finding.confirmed", "finding.cleared")


def take(said: Said, seen: Seen, store: Store) -> list[Body]:
    """Take one statement in; see the module's docstring."""
    type_, spoken = said.type, spoken_of(said)
    if type_ == _UNIT:
        _keep_office(said, store)
    cases = _cases(spoken, seen, store)
    starts: list[tuple[Kind, Start]] = []
    for case in cases:
        _move(case)
    if any(case.anew for case in cases):
        seen = msgspec.structs.replace(seen, anew=True)
    for kind in _together(type_):
        own = [case for case in cases if case.body["name"] == kind.name and not case.final]
        starts += [(kind, start) for start in kind.together[type_](said, seen, own)]
    for kind in _STARTING.get(type_, ()):
        starts += [(kind, start) for start in kind.starts[type_](said, seen)]
    changed = [case for case in cases if case.changed]
    if starts:
        changed += begun(starts, said, seen, store)
    return _put(store, changed) if changed else []


def names(said: Said) -> list[str]:
    """Return the names of what *said* will ask a store for first, so far as it tells.

    What it starts is listed under its refs, mostly, and under its digest; it stands under
    the entry's name, where nothing was before.
    """
    type_ = said.type
    found: list[str] = []
    if type_ in _MOVING or type_ in _STARTING:
        found += spoken_of(said).lists
    if type_ in _ASSESSING:
        found.append(f"obligation/{said.refs['finding']}")
    return found


def _cases(said: Spoken, seen: Seen, store: Store) -> list[Case]:
    """Return the open obligations that a statement may move, by ref."""
    type_ = said.type
    names: Sequence[str] = ()
    if type_ in _MOVING:
        names = said.lists
    elif type_ == _CALENDAR:
        return [Case(body, said, seen) for body in store.owed()]
    refs: set[str] = set()
    for name in names:
        known = store.get(name)
        if known is not None:
            refs.update(known["refs"])
    if type_ in _ASSESSING:
        refs.add(said.refs["finding"])
    if not refs:
        return []
    bodies = (store.get(f"obligation/{ref}") for ref in sorted(refs))
    return [Case(body, said, seen) for body in bodies if body is not None]


def _move(case: Case) -> None:
    said, kind = case.said, KINDS[case.body["name"]]
    if said.type == _CALENDAR:
        case.reckon_anew()
    elif said.type == _CORRECTED:
        _correct(case)
    elif said.type == _WITHDRAWN:
        _withdraw(case)
    elif said.type in _ASSESSING and said.refs["finding"] == case.body["ref"]:
        _assess(case)
    elif said.type in kind.moves:
        kind.moves[said.type](case)


def _correct(case: Case) -> None:
    """Whoever voids his statement voids what it started, and what it had ended is owed again.

    A new wording changes no clock.
    """
    data, started, ended = case.said.data, case.body["started"], case.body.get("ended_by")
    void, again = data["effect"] == "void", _said_by(case, ended, "digest", data["target"])
    if void and again:
        case.take_back("statement_void")
    elif again:
        case.note("ending_replaced", replacement=data["replacement"])
    if not _said_by(case, started, "digest", data["target"]):
        return
    if void:
        case.cancel("statement_void")
    elif not again:
        case.note("statement_replaced", replacement=data["replacement"])


def _withdraw(case: Case) -> None:
    """Feedback that is withdrawn was none: what it had met is owed again."""
    if _said_by(case, case.body.get("ended_by"), "feedback", case.said.refs["feedback"]):
        case.take_back("feedback_withdrawn")


def _said_by(case: Case, what: Body | None, member: str, name: str) -> bool:
    """Whether *what* is of the statement of this name, and whoever takes it back said it."""
    return what is not None and what.get(member) == name and what["by"] in case.said.stands_for


def _assess(case: Case) -> None:
    """Take in what a body that supervises says of the reason for being late."""
    data = case.said.data
    if data["rule"] != case.body["kind"] or case.by_owing:
        return
    if case.said.type == "finding.confirmed":
        if data["good_reason"] != "not_assessed":
            case.assess(data["good_reason"])
    else:
        case.assess("found" if data["reason"] == "good_reason" else "cleared")


def _together(type_: str) -> list[Kind]:
    if type_ not in _TOGETHER:
        return []
    return [kind for kind in KINDS.values() if type_ in kind.together]


def _keep_office(said: Said, store: Store) -> None:
    """Keep which unit is a department's sharing office, since when."""
    data = said.data
    if data["kind"] != "sharing_office":
        return
    name = f"office/{data['department']}"
    known = (store.get(name) or {"units": []})["units"]
    unit = {"unit": data["unit"], "starts": data["starts"], "ends": data.get("ends")}
    store.put(name, {"units": [*known, unit]})


# Keeping


def _put(store: Store, cases: Iterable[Case]) -> list[Body]:
    changed = {case.body["ref"]: case for case in cases}
    refs = sorted(changed)
    for ref in refs:
        case, name = changed[ref], f"obligation/{ref}"
        body = case.body
        body["open"] = not case.met
        before = set() if case.fresh else _listed(store.get(name))
        body["final"] = case.final
        for one in sorted(before ^ _listed(body)):
            _list(store, one, ref, listed=one not in before)
        store.put(name, body)
    return [changed[ref].body for ref in refs]


def _listed(body: Body | None) -> set[str]:
    """Return the names under which an obligation is found.

    Once nothing else can move it, only whoever takes back what ended it does.
    """
    if body is None:
        return set()
    ended, names = body.get("ended_by"), set()
    if ended is not None:
        names.add(f"ended/{ended['digest']}")
        if "feedback" in ended:
            names.add(f"ended/feedback/{ended['feedback']}")
    if not body["final"]:
        names |= {body["thing"], f"statement/{body['started']['digest']}", *body["watch"]}
    return names


def _list(store: Store, name: str, ref: str, *, listed: bool) -> None:
    known = (store.get(f"open/{name}") or {"refs": []})["refs"]
    refs = [*known, ref] if listed else [one for one in known if one != ref]
    store.put(f"open/{name}", {"refs": refs})
