"""Show things and their histories as members: what the API answers and the commands print."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ledger.access.sight import Sight
from ledger.entries import Entry
from ledger.service import Ledger
from ledger.shares_views import VIEWS, departments_in
from ledger.sharing.words import STATES
from ledger.shown import Asked, Shown
from ledger.store.thing_rows import StepRow

Members = dict[str, Any]

COLUMNS = (
    "kind", "ref", "state", "owner", "counterparty", "item", "opened", "opened_at", "last", "due",
    "unfit", "missing_hands", "retention_from",
)  # fmt: skip
STEP_COLUMNS = (
    "index", "recorded_at", "type", "department", "official", "tier", "said", "fits", "reason",
    "state",
)  # fmt: skip


def thing_members(shown: Shown) -> Members:
    """Return one thing; what is not there is left out."""
    body = shown.body
    beside = ("owner", "counterparty", "item", "opened", "opened_at", "last", "due", "unfit")
    members = {
        "kind": shown.kind,
        "ref": shown.ref,
        "state": shown.state,
        "state_label": STATES[shown.state].both() if shown.state in STATES else None,
        **{name: body.get(name) for name in beside},
        "missing_hands": list(shown.missing_hands),
        "answering": {
            side: {
                "department": one.department,
                "abolished_by": one.abolished_by,
                "among": list(one.among),
                "by": list(one.by),
            }
            for side, one in shown.answering.items()
        }
        or None,
        "retention_from": shown.retention_from,
    }
    return {name: value for name, value in members.items() if value is not None}


def department_members(department: str, state: str) -> Members:
    """Return a department in a list of departments; *state* says why it is there."""
    return {"kind": "department", "ref": department, "state": state, "owner": department}


def step_members(step: StepRow, entry: Entry, of_it: Iterable[Entry] = ()) -> Members:
    """Return one statement of a history; *entry* has its statement.

    Args:
        of_it: what corrects and countersigns it, whether or not that names the thing. What its
            own speaker did not correct is not corrected. States stay what they were: the
            statement that stands in its place is told in its own words.
    """
    event = entry.event or {}
    said = "attested" if entry.attested else "signed"
    members = {
        "index": step.entry,
        "recorded_at": json.loads(entry.header)["recorded_at"],
        "type": event["type"],
        "department": event["source"].removeprefix("/departments/"),
        "official": event.get("official"),
        "tier": event.get("tier"),
        "said": said if "official" in event else "system",
        "fits": step.reason is None,
        "reason": step.reason,
        "state": step.state or None,
        "corrected": [_correction(one) for one in of_it if _corrects(one, event["source"])] or None,
        "countersigned": [_hand(one) for one in of_it if _is(one, "countersigned")] or None,
    }
    return {name: value for name, value in members.items() if value is not None}


def _is(entry: Entry, verb: str) -> bool:
    return entry.event is not None and entry.event["type"] == f"zelian.statement.{verb}.v1"


def _corrects(entry: Entry, source: str) -> bool:
    return _is(entry, "corrected") and (entry.event or {})["source"] == source


def _correction(entry: Entry) -> Members:
    data = (entry.event or {})["data"]
    kept = ("effect", "replacement", "reason")
    return {"index": entry.index} | {name: data[name] for name in kept if name in data}


def _hand(entry: Entry) -> Members:
    event = entry.event or {}
    members = {
        "index": entry.index,
        "department": event["source"].removeprefix("/departments/"),
        "official": event.get("official"),
        "tier": event.get("tier"),
        "decision": event["data"]["decision"],
    }
    return {name: value for name, value in members.items() if value is not None}


def of_steps(
    ledger: Ledger, sight: Sight, entries: Sequence[Entry], as_of: int
) -> dict[int, list[Entry]]:
    """Return what is seen of corrections and countersignings, by the entry that they are of."""
    digests = {json.loads(entry.header)["statement"]: entry.index for entry in entries}
    found = ledger.look_up.said_of(sight, digests, as_of)
    return {digests[digest]: ledger.entries_of(indexes) for digest, indexes in found.items()}


def listed(
    ledger: Ledger, sight: Sight, asked: Asked, view: str | None, after: int | None, limit: int
) -> tuple[list[Members], int | None]:
    """Return one page of a list or of a view of it, and where the next goes on, if there is one.

    Args:
        view: a name of ``VIEWS``.
        after: what the page before returned.
    """
    if view is not None and VIEWS[view].kind is None:
        return _departments(ledger, sight, asked, view, after, limit)
    narrowed = asked if view is None else VIEWS[view].of(asked)
    found = ledger.shares.listed(sight, narrowed, after, limit + 1)
    last = found[limit - 1].body["opened"] if len(found) > limit else None
    return [thing_members(one) for one in found[:limit]], last


def _departments(
    ledger: Ledger, sight: Sight, asked: Asked, view: str, after: int | None, limit: int
) -> tuple[list[Members], int | None]:
    found = departments_in(ledger, view, sight, asked.as_of, asked.at)
    if asked.department is not None:
        found = [one for one in found if one[0] == asked.department]
    start = 0 if after is None else after + 1
    page = [department_members(*one) for one in found[start : start + limit]]
    return page, start + limit - 1 if len(found) > start + limit else None
