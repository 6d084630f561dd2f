"""One obligation: what is owed by whom until when, and what became of it, step by step.

It is canonical JSON with a life: each step has the index and the T of the entry that
brought it, and nothing is ever taken back. So what it was worth at any past T follows
from the steps up to then: an extension that was recorded later was not known, nor was
a fulfilment. No calendar is needed to read one; the dates stand in the steps.

A period runs from when its statement says that something happened, and is met when the
one that meets it says so: most is recorded afterwards, and who records honestly must not
look worse. What was known when is told by the ledger's own time alone, and where only
the claim is in time, not the recording, that is shown (``claimed``).

A date that nobody can tell, for want of a calendar, is no date: the step names what
must be adopted.

Source: decree 809, articles 17, 21, 22, 26 to 28 and 39; domain, 4.5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from crypto.notation import format_time, parse_time
from ledger.sharing.machine import Body
from ledger.supervision.calendar import MissingCalendar, WorkCalendar
from ledger.supervision.periods import HOUR, day_of, end_of, start_of_day

State = Literal[
    "due", "due_soon", "overdue", "overdue_reason_not_assessed",
    "fulfilled", "fulfilled_late", "cancelled", "never_came", "undetermined",
]  # fmt: skip
OVERDUE = ("overdue", "overdue_reason_not_assessed")
PENDING = ("due", "due_soon", *OVERDUE, "undetermined")
# What a supervising body found of the reason: there was one, or the matter was cleared otherwise.
_EXCUSING = ("found", "cleared")
_ENDS = {"fulfilled": "fulfilled", "cancelled": "cancelled", "missed": "missed", "reopened": None}


@dataclass(frozen=True, slots=True)
class Status:
    """What an obligation was worth at a T.

    Attributes:
        due: T by which it had to be met; None: not known, or the clock stands.
        missing: the calendar for want of which it is not known.
        late: whether its T had passed when it was met, cancelled, or asked about.
        ended_at: T of what met or cancelled it.
        stopped: whether the clock stands.
        excused: whether a good reason was found for being late.
        claimed: it was met in time as its statement says, and recorded after its T.
    """

    state: State
    due: str | None
    missing: str | None
    late: bool
    ended_at: str | None
    stopped: bool
    excused: bool
    claimed: bool


def known(body: Body, at: str, size: int | None = None) -> list[Body]:
    """Return the steps that were recorded by the T *at*, in entries below *size*."""
    return [
        step for step in body["life"] if step["at"] <= at and (size is None or step["index"] < size)
    ]


def status(body: Body, at: str, size: int | None = None) -> Status | None:
    """Return what the obligation was worth at the T *at*; None: it was not known then.

    Args:
        size: the tree size up to which entries count; None: all.
    """
    steps = known(body, at, size)
    if not steps:
        return None
    clock = next(step for step in reversed(steps) if "due" in step)
    ending = next((step for step in reversed(steps) if step["what"] in _ENDS), None)
    ended = None if ending is None else _ENDS[ending["what"]]
    ended_at = ending["on"] if ending is not None and ended else None
    assessed = next((step for step in reversed(steps) if step["what"] == "assessed"), None)
    excused = assessed is not None and assessed["good_reason"] in _EXCUSING
    due, missing = clock["due"], clock["missing"]
    late = due is not None and (ended_at or at) > due
    claimed = (
        ending is not None
        and due is not None
        and ended_at is not None
        and (ended_at <= due < ending["at"])
    )
    return Status(
        _state(body, clock, ended, late, at, assessed),
        due, missing, late, ended_at, bool(clock.get("stopped")), excused, claimed,
    )  # fmt: skip


def _state(
    body: Body, clock: Body, ended: str | None, late: bool, at: str, assessed: Body | None
) -> State:
    if ended == "cancelled":
        return "cancelled"
    if ended == "missed":
        return "never_came"
    excused = assessed is not None and assessed["good_reason"] in _EXCUSING
    if ended == "fulfilled":
        return "fulfilled_late" if late and not excused else "fulfilled"
    if clock["missing"] is not None:
        return "undetermined"
    if late and not excused:
        # SPEC: decree 809, article 39(4), "and without good reason" is an element.
        open_question = body["excusable"] and assessed is None
        return "overdue_reason_not_assessed" if open_question else "overdue"
    soon = clock["soon"] is not None and at >= clock["soon"] and not late
    return "due_soon" if soon else "due"


def reckoned(body: Body, calendar: WorkCalendar) -> Body:
    """Return the members of a step that say until when it is owed: due, soon, missing."""
    clock = body["clock"]
    step: Body = {"due": None, "soon": None, "missing": None}
    if clock["stopped"] is not None:
        return step | {"stopped": True}
    try:
        step["due"], step["interpretation"] = _due(body, calendar)
    except MissingCalendar as missing:
        return step | {"missing": missing.name}
    step["soon"] = _soon(step["due"], clock["soon"], calendar, body["region"])
    return step


def _due(body: Body, calendar: WorkCalendar) -> tuple[str, bool]:
    period, clock = body["period"], body["clock"]
    if "stated" in period:
        return period["stated"], False
    more = clock["extended"]
    for since, until in clock["stood"]:
        days = day_of(since), day_of(until)
        more += calendar.working_days_between(*days, body["region"])
    end = end_of(body["from"], period["value"] + more, period["unit"], calendar, body["region"])
    return end.at, end.interpretation


def _soon(
    due: str, ahead: Mapping[str, Any], calendar: WorkCalendar, region: str | None
) -> str | None:
    """Return the T from which it is due soon; None where no calendar tells."""
    if ahead["unit"] != "working_days":
        ms = {"days": 86_400_000, "hours": 3_600_000}[ahead["unit"]] * ahead["value"]
        return format_time(max(parse_time(due) - ms, 0))
    try:
        return _worked_before(due[:HOUR], ahead["value"], calendar, region)
    except MissingCalendar:
        return None


@lru_cache(1_000)
def _worked_before(hour: str, days: int, calendar: WorkCalendar, region: str | None) -> str:
    """Return the T at which the *days*-th working day before that of the *hour* begins."""
    return start_of_day(calendar.sub_working_days(day_of(hour), days, region))


def due_of(body: Body) -> str | None:
    """Return until when it is owed, as far as is known; None: nobody can tell, or it stands."""
    for step in reversed(body["life"]):
        if "due" in step:
            due: str | None = step["due"]
            return due
    raise LookupError(f"{body['ref']} was never reckoned")


def ended(body: Body) -> bool:
    """Whether it is met, cancelled or missed, as far as is known."""
    for step in reversed(body["life"]):
        if step["what"] in _ENDS:
            return _ENDS[step["what"]] is not None
    return False
