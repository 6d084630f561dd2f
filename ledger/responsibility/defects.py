"""A defect that was asked about: which roles the row of a matrix has examined first, and next.

As long as no authority's matrix is in force, a line tells sides and roles, and nobody's
name. What a row makes hang on a condition stands with that condition as the chain shows
it: shown, not shown, or unknown; what is not shown is for information only.

Source: domain, 0A and 4.6, step 6.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ledger.events.wording import Wording
from ledger.responsibility.branches import Branch, decided
from ledger.responsibility.chain import Chain, Members
from ledger.responsibility.climb import notices
from ledger.responsibility.conditions import Shown, condition
from ledger.responsibility.lines import by_row, line
from ledger.responsibility.matrix import MARKS, Matrix, row_of, set_aside
from ledger.responsibility.people import Person
from ledger.responsibility.words import RESULTS, SIDES, WHAT
from ledger.sharing.machine import Said

_USING = frozenset({"use.recorded", "use.bound"})
_COLLECTING = frozenset({"collection.recorded", "delivery.sent"})


@dataclass(frozen=True, slots=True)
class Scene:
    """What rows are read against.

    Attributes:
        act: its ref.
        rests: entries of the act.
    """

    chain: Chain
    act: str
    branches: Sequence[Branch]
    people: Sequence[Person]
    rests: list[int]


def examined(scene: Scene, defect: str, item: str | None = None) -> Members:
    """Return the matrix that holds for a defect, and the lines of its row.

    Args:
        item: whose shares the row is read of; None: those in doubt.
    """
    chain = scene.chain
    decision = decided(chain, scene.act)
    at = chain.at if decision is None else decision.recorded_at
    known = chain.registry.department(scene.act.partition("/")[0], chain.size)
    region = None if known is None else known.region
    found = row_of(chain.matrices, defect, at, region)
    asked = {} if item is None else {"item": item}
    if found is None:
        none = by_row(line(6, "no_row", scene.rests), defect, _why(defect, "no_row"))
        return {**asked, "defect": defect, "lines": [none], "matrix": None}
    matrix, row = found
    scene = replace(scene, branches=_in_question(scene, item))
    lines = [_line(scene, matrix, defect, mark, role) for mark in MARKS for role in row[mark]]
    lines += [_nobody(scene, defect, name) for name in row.get("nobody_when", ())]
    lines.append(_leadership(scene, matrix, defect))
    lines += _laxer(set_aside(chain.matrices, defect, at, region), scene, defect)
    if item is not None and not scene.branches:
        fed = line(6, "item_not_used", scene.rests, ref=item)
        lines = [by_row(fed, defect, _why(defect, "item_not_used"))]
    return {
        **asked,
        "defect": defect,
        "lines": lines,
        "matrix": matrix.members,
        "uses": [one.use_ref for one in scene.branches],
    }


def _in_question(scene: Scene, item: str | None) -> list[Branch]:
    if item is None:
        return concerned(scene.chain, scene.branches)
    return [one for one in scene.branches if one.item == item]


def _laxer(aside: Iterable[Matrix], scene: Scene, defect: str) -> list[Members]:
    return [
        by_row(
            line(6, "laxer_row", [*scene.rests, *(() if one.entry is None else (one.entry,))],
                 version=one.version),
            defect,
            _why(defect, "laxer_row"),
        )
        for one in aside
    ]  # fmt: skip


def concerned(chain: Chain, branches: Sequence[Branch]) -> list[Branch]:
    """Return the branches that the question is about: those in doubt, else all.

    In doubt is a use that was challenged or found tainted, and one of whose data a defect was
    told, by either side.
    """
    return [one for one in branches if _doubted(chain, one)] or list(branches)


def _doubted(chain: Chain, branch: Branch) -> bool:
    told = chain.about("use", branch.use_ref, "feedback.quality", "correction.requested")
    state = chain.body("use", branch.use_ref)["state"]
    return bool(told or notices(chain, branch)) or state in ("challenged", "tainted")


def _line(scene: Scene, matrix: Matrix, defect: str, mark: str, role: Mapping[str, Any]) -> Members:
    side, name = role["side"], role["role"]
    shown = None if "when" not in role else condition(scene, role["when"])
    what = mark if shown is None or shown.result != "not_shown" else "informational"
    people = _whose(scene, side, name)
    rests = [said.index for one in people for said in one.said] if matrix.entry is not None else []
    adopted = [] if matrix.entry is None else [matrix.entry]
    told = line(
        6, what, [*(rests or scene.rests), *adopted, *(() if shown is None else shown.entries)],
        side=side, side_label=SIDES[side].both(), role=name, row=mark,
        when=None if shown is None else _told(role["when"], shown),
        who=_named(people) if matrix.entry is not None else None,
    )  # fmt: skip
    return by_row(told, defect, _why(defect, mark))


def _whose(scene: Scene, side: str, role: str) -> list[Person]:
    """Return who stood on a side of the branches in question in a role, with what he said in it."""
    providers = {one.provider for one in scene.branches}
    found = [
        replace(one, said=_in_role(scene, one, role))
        for one in scene.people
        if side in one.sides and (side != "provider" or one.department in providers)
    ]
    return [one for one in found if one.said]


def _in_role(scene: Scene, person: Person, role: str) -> list[Said]:
    if role == "user":
        uses = {one.use_ref for one in scene.branches}
        return [one for one in person.said if one.type in _USING and one.refs["use"] in uses]
    if role == "collector":
        return [one for one in person.said if one.type in _COLLECTING]
    return person.said if role == "body" or person.tier == role else []


def _named(people: Iterable[Person]) -> list[Members]:
    found = [
        {
            "department": one.department,
            "entries": [said.index for said in one.said],
            "official": one.official,
            "tier": one.tier,
            "voice": one.voice,
        }
        for one in people
    ]
    return [{name: value for name, value in one.items() if value is not None} for one in found]


def _nobody(scene: Scene, defect: str, name: str) -> Members:
    shown = condition(scene, name)
    told = line(6, "nobody_when", [*scene.rests, *shown.entries], when=_told(name, shown))
    return by_row(told, defect, _why(defect, "nobody_when"))


def _leadership(scene: Scene, matrix: Matrix, defect: str) -> Members:
    """Say whether leaders are added: signed, or a warning left unanswered; else unknown."""
    signed = condition(scene, "leader_signed")
    leaders = [one for one in scene.people if one.layer == "leadership"]
    return by_row(
        line(
            6, "leadership", [*scene.rests, *signed.entries], when=_told("leader_signed", signed),
            who=(_named(leaders) or None) if matrix.entry is not None else None,
        ),
        defect,
        _why(defect, "leadership"),
    )  # fmt: skip


def _told(name: str, shown: Shown) -> Members:
    found: Members = {"condition": name, "result": shown.result}
    found["label"] = RESULTS[shown.result].both()
    return found | ({"entries": sorted(set(shown.entries))} if shown.entries else {})


def _why(defect: str, mark: str) -> Wording:
    words = WHAT[mark]
    return Wording(f"row {defect} of the matrix: {words}", f"责任矩阵 {defect} 行：{words.zh}")
