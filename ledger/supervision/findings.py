"""A finding: what it holds, and what becomes of it.

It is raised by one entry, explained by the department concerned, confirmed or
cleared by a body that supervises, and withdrawn where the statement that raised it
is corrected or taken back. Nothing is wiped out: each of these stands in its life,
by entry, so that it can be shown as it stood at any tree size.

What an explanation or a judgment says of a finding of another rule, or by another
department, is kept beside the rest and changes nothing: the ledger records.
"""

from collections.abc import Mapping
from typing import Any

from ledger.sharing.machine import Body
from ledger.supervision.pack_values import PackName
from ledger.supervision.rule import Found, Rule
from ledger.supervision.scene import Spoken

RAISED, EXPLAINED = "raised", "explained"
CONFIRMED, CLEARED, WITHDRAWN = "confirmed", "cleared", "withdrawn"
STATES = (RAISED, EXPLAINED, CONFIRMED, CLEARED, WITHDRAWN)
JUDGED = frozenset({CONFIRMED, CLEARED})
OVER = frozenset({CLEARED, WITHDRAWN})  # what rests on such a finding rests on nothing

EXPLAINING = "finding.explained"
JUDGING: Mapping[str, str] = {"finding.confirmed": CONFIRMED, "finding.cleared": CLEARED}
PLACES = 1_000  # numbers that an entry has for what it raises
LIFE_TYPES = frozenset({EXPLAINING, *JUDGING})
_WORDS: Mapping[str, str] = {
    EXPLAINING: "explanation", "finding.confirmed": "good_reason", "finding.cleared": "reason",
}  # fmt: skip


def ref_of(rule: str, department: str, entry: int, number: int) -> str:
    """Return the name of the *number*-th finding of a rule on a department in one entry."""
    return f"{department}/{rule}-{entry}" + (f"-{number}" if number > 1 else "")


def raised(
    rule: Rule, found: Found, said: Spoken, numbers: tuple[int, int], pack: PackName, visible: str
) -> Body:
    """Return a new finding.

    Args:
        numbers: among the findings of its entry, and of its rule and department there, from 1.
        visible: the T from which it is shown above the department without an explanation.
    """
    return {
        "ref": ref_of(rule.id, found.department, said.index, numbers[1]),
        "rule": rule.id,
        "rule_version": rule.version,
        "pack": {"id": pack.id, "version": pack.version, "adopted_by": pack.adopted_by},
        "department": found.department,
        "severity": rule.severity,
        "basis": rule.basis,
        "entry": said.index,
        "place": said.index * PLACES + numbers[0],
        "entries": list(found.entries),
        "raised_at": said.recorded_at,
        "visible": visible,
        "facts": dict(found.facts),
        "marks": [list(mark) for mark in found.marks],
        "state": RAISED,
        "life": [],
    }


def live(body: Body, said: Spoken) -> None:
    """Take in what a statement says of a finding."""
    reason = _unfit(body, said)
    after = EXPLAINED if said.type == EXPLAINING else JUDGING[said.type]
    step = {
        "entry": said.index, "at": said.recorded_at, "by": said.source,
        "type": said.type, "word": said.data[_WORDS[said.type]], "reason": reason,
    }  # fmt: skip
    if reason is None and not (after == EXPLAINED and body["state"] in JUDGED):
        body["state"] = after
    step["state"] = body["state"]
    body["life"].append(step)


def _unfit(body: Body, said: Spoken) -> str | None:
    if said.data["rule"] != body["rule"]:
        return "other_rule"
    if body["state"] == WITHDRAWN:
        return "withdrawn_before"
    if said.type == EXPLAINING and body["department"] not in said.stands_for:
        return "not_concerned"
    if said.type != EXPLAINING and said.source == body["department"]:
        return "own_finding"
    return None


def withdraw(body: Body, said: Spoken, why: str) -> None:
    """Take the finding along with the statement that raised it."""
    if body["state"] == WITHDRAWN:
        return
    body["state"] = WITHDRAWN
    body["life"].append(
        {"entry": said.index, "at": said.recorded_at, "by": said.source, "type": said.type,
         "word": why, "reason": None, "state": WITHDRAWN}
    )  # fmt: skip


def as_of(body: Mapping[str, Any], size: int) -> dict[str, Any]:
    """Return a finding as it stood when the ledger had *size* entries."""
    life = [step for step in body["life"] if step["entry"] < size]
    state = life[-1]["state"] if life else RAISED
    return {**body, "life": life, "state": state}


def explained(body: Mapping[str, Any]) -> bool:
    """Whether the department has explained it, or it went further: then it is shown above."""
    return bool(body["state"] != RAISED)
