"""An obligation as members: what the API answers and the commands print.

It is told as it was known at a T and a tree size. What a step says beside its date is
left out where the asker may not read the statement that brought it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from ledger.events.wording import Wording
from ledger.sharing.machine import Body
from ledger.sharing.succession import Answerable
from ledger.supervision.obligation import Status, known, status
from ledger.supervision.obligation_words import BASES, OFFICES, POSTS, STATES, STEPS, UNITS, WHYS
from ledger.supervision.obligations import KINDS
from ledger.supervision.periods import day_of

Members = dict[str, Any]

COLUMNS = (
    "ref", "rule", "kind", "state", "department", "answering", "due", "due_day", "late", "to",
    "thing", "item", "entry", "started_at", "ended_at", "missing_calendar",
)  # fmt: skip
_DATES = ("entry", "at", "what", "due", "missing")


def obligation_members(
    body: Body,
    at: str,
    size: int | None = None,
    seen: Collection[int] | None = None,
    answering: Answerable | None = None,
) -> Members | None:
    """Return an obligation as it was known at the T *at*; None: it was not.

    Args:
        size: the tree size up to which entries count; None: all.
        seen: entries that the asker may read; None: all.
        answering: who answers by now in the place of the department that owes it.
    """
    now = status(body, at, size)
    if now is None:
        return None
    kind = KINDS[body["name"]]
    members = {
        **_who(body),
        **({} if answering is None else _in_its_place(answering)),
        **_when(body, now),
        "rule": body["kind"],
        "kind": body["name"],
        "label": kind.label.both(),
        "state": now.state,
        "state_label": STATES[now.state].both(),
        "period": _period(body["period"]),
        "pack": body["rule_pack"],
        "facts": body["facts"],
        "history": [_step(step, seen) for step in known(body, at, size)],
    }
    return {name: value for name, value in members.items() if value is not None}


def _who(body: Body) -> Members:
    return {
        "ref": body["ref"],
        "department": body["department"],
        "office": {"kind": body["office"], "label": OFFICES[body["office"]].both()},
        "unit": body["unit"],
        "post": {"tier": body["post"], "label": POSTS[body["post"]].both()},
        "to": body["to"],
        "thing": body["thing"],
        "item": body["item"],
        "region": body["region"],
        "entry": body["started"]["index"],
        "started_at": body["started"]["at"],
    }


def _in_its_place(answering: Answerable) -> Members:
    return {
        "answering": answering.department or answering.abolished_by,
        "answering_among": list(answering.among) or None,
        "answering_by": list(answering.by),
    }


def _when(body: Body, now: Status) -> Members:
    return {
        "since": body["from"],
        "due": now.due,
        "due_day": None if now.due is None else str(day_of(now.due)),
        "missing_calendar": now.missing,
        "late": now.late,
        "ended_at": now.ended_at,
        "stopped": True if now.stopped else None,
        "excused": True if now.excused else None,
        "claimed": True if now.claimed else None,
        "good_reason_matters": body["excusable"],
    }


def _period(period: Mapping[str, Any]) -> Members:
    if "stated" in period:
        return {"basis": "stated", "basis_label": BASES["stated"].both()}
    members = {name: period.get(name) for name in ("value", "unit", "basis", "law", "article")}
    labels = {"unit_label": UNITS[period["unit"]].both(), "basis_label": _basis(period).both()}
    found = members | labels | {"pack": period.get("pack")}
    return {name: value for name, value in found.items() if value is not None}


def _basis(period: Mapping[str, Any]) -> Wording:
    return BASES[period["basis"]]


def _step(step: Body, seen: Collection[int] | None) -> Members:
    shown = {**step, "entry": step["index"]}
    if seen is not None and step["index"] not in seen:
        shown = {name: shown[name] for name in _DATES if name in shown}
    else:
        shown.pop("index")
    shown["label"] = STEPS[step["what"]].both()
    why = str(shown.get("why") or shown.get("reason"))
    if why in WHYS:
        shown["why_label"] = WHYS[why].both()
    return {name: value for name, value in shown.items() if value is not None}
