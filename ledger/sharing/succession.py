"""Who answers today for what a department did: successions, folded, then followed by function.

Nothing that was said is rewritten when bodies change. A succession tells by matter
code who goes on with what; where it does not, its only successor does. A chain of
successions is followed to its end, and never round in a circle.

Source: decree 809, article 34; the seed, on institutional reform.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.access.inherited import NOTHING_INHERITED, Inherited


@dataclass(frozen=True, slots=True)
class Succession:
    """What one ``succession.recorded`` says.

    Attributes:
        recorded_at, effective: T's; it counts once it is recorded and in effect.
        functions: (predecessor, matter code) → successor; None: nobody's any more.
        custody: predecessor → who keeps its records, where that is told.
    """

    index: int
    recorded_at: str
    effective: str
    kind: str
    predecessors: frozenset[str]
    successors: tuple[str, ...]
    functions: Mapping[tuple[str, str], str | None]
    abolished_by: str | None
    custody: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answerable:
    """Who answers, and the entries of the successions that lead there.

    Attributes:
        department: None where nothing tells who goes on: then ``abolished_by`` answers,
            or one of ``among`` does.
    """

    department: str | None
    abolished_by: str | None
    among: tuple[str, ...]
    by: tuple[int, ...]


def fold(said: Iterable[tuple[int, str, Mapping[str, Any]]]) -> tuple[Succession, ...]:
    """Return the successions that were recorded, in order.

    Args:
        said: index, recorded_at and event of each ``succession.recorded``.
    """
    return tuple(_succession(index, at, event["data"]) for index, at, event in said)


def _succession(index: int, recorded_at: str, data: Mapping[str, Any]) -> Succession:
    functions = {
        (move["from"], move["matter_code"]): move.get("to") for move in data["function_map"]
    }
    custody = {
        one["from"]: one["to"]
        for one in data.get("carries", ())
        if one["what"] == "custody_of_records"
    }
    return Succession(
        index, recorded_at, data["effective"], data["kind"], frozenset(data["predecessors"]),
        tuple(data["successors"]), functions, data.get("abolished_by"), custody,
    )  # fmt: skip


def answerable(
    successions: Iterable[Succession], department: str, matter_code: str | None, at: str
) -> Answerable:
    """Return who answers at the T *at* for what *department* did in a matter.

    Args:
        successions: of one ledger, in order.
        matter_code: of the function; None: the department as a whole.
    """
    known = [one for one in successions if max(one.recorded_at, one.effective) <= at]
    # Forward in time: a body gives away what it has then, not what it gets later.
    known.sort(key=lambda one: (one.effective, one.index))
    return _followed(known, department, matter_code)


def answerable_for(
    successions: Iterable[Succession], department: str, matter_codes: Sequence[str], at: str
) -> Answerable:
    """Return who answers at the T *at* for what *department* did in several functions at once.

    Args:
        matter_codes: of the functions; none: the department as a whole.
    """
    known = tuple(successions)
    found = [answerable(known, department, code, at) for code in matter_codes or (None,)]
    if len({one.department for one in found}) == 1:
        return found[0]
    among = {name for one in found for name in (one.department, *one.among) if name is not None}
    by = {entry for one in found for entry in one.by}
    return Answerable(None, None, tuple(sorted(among)), tuple(sorted(by)))


def _followed(known: list[Succession], department: str, matter_code: str | None) -> Answerable:
    by: list[int] = []
    for one in known:  # each at most once, forward in time: so never round in a circle
        if department not in one.predecessors:
            continue
        to, told = _next(one, department, matter_code)
        if not told:
            continue
        by.append(one.index)
        if to is None:
            return Answerable(None, one.abolished_by, one.successors, tuple(by))
        department = to
    return Answerable(department, None, (), tuple(by))


def _next(one: Succession, department: str, matter_code: str | None) -> tuple[str | None, bool]:
    """Return who goes on after *one*, and whether it says anything of this function."""
    if matter_code is not None and (department, matter_code) in one.functions:
        return one.functions[department, matter_code], True
    if one.kind == "transfer":
        return None, False  # only the functions that it names move
    if len(one.successors) == 1:
        return one.successors[0], True
    if department in one.successors:
        return department, True  # what is not told stays where it was
    return None, True


def stands_for(successions: Iterable[Succession], department: str, at: str) -> frozenset[str]:
    """Return the departments in whose place *department* answers at the T *at*, in any matter."""
    known = [one for one in successions if max(one.recorded_at, one.effective) <= at]
    if not known:
        return frozenset({department})
    before = {name for one in known for name in one.predecessors}
    codes = {code for one in known for _, code in one.functions}
    return frozenset({department}) | {
        name
        for name in before
        if any(
            answerable(known, name, code, at).department == department for code in (None, *codes)
        )
    }


def inherited(successions: Iterable[Succession], department: str, at: str) -> Inherited:
    """Return for whom *department* reads at the T *at*.

    For a whole department: who answers for it as a whole, or abolished it and left nobody
    to, or keeps its records. For one function: who answers for that.
    """
    known = [one for one in successions if max(one.recorded_at, one.effective) <= at]
    if not known:
        return NOTHING_INHERITED
    before = {name for one in known for name in one.predecessors}
    wholes, size = {department}, 0
    while len(wholes) > size:
        size = len(wholes)
        wholes |= {name for name in before if _reads_for(known, name, at) & wholes}
    codes = {code for one in known for _, code in one.functions}
    moved = {
        (name, code)
        for name in before - wholes
        for code in codes
        if answerable(known, name, code, at).department in wholes
    }
    return Inherited(frozenset(wholes - {department}), frozenset(moved))


def _reads_for(known: Iterable[Succession], department: str, at: str) -> set[str | None]:
    """Return who reads for a department as a whole."""
    found = answerable(known, department, None, at)
    keepers = [one.custody[department] for one in known if department in one.custody]
    return {found.department or found.abolished_by, *keepers[-1:]}
