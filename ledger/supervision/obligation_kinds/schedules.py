"""O10 deliveries by schedule, O11 reviews by their days and after an emergency.

A schedule has no end, so only a few cycles stand open at once, as many as the policy
says. A delivery meets the last cycle whose day has come, or the next one where that
is near; older ones that are still open never came. Of a provider
that is silent for long no more than those few stand open.

Source: decree 809, article 27(3); S36, S46, S53.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ledger.events.wording import Wording
from ledger.sharing.machine import Body, Said
from ledger.supervision.obligation_kinds.kind import Case, Kind, Start, did, last, opened, time_of
from ledger.supervision.packs import in_force
from ledger.supervision.periods import add_months, day_of, start_of_day
from ledger.supervision.seen import Seen

_DAYS = {"daily": 1, "weekly": 7}
_MOST = 31  # obligations of a schedule that one statement starts, whatever a pack says
_LAST = date(9999, 12, 30)
# Two terms make a school year.
_MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "termly": 6, "yearly": 12}


def expected(first: date, cycle: str, n: int) -> date:
    """Return the day of the *n*-th delivery after that of *first*; the last of all at most."""
    try:
        if cycle in _DAYS:
            return first + timedelta(days=n * _DAYS[cycle])
        return add_months(first, n * _MONTHS[cycle])
    except (OverflowError, ValueError):
        return date.max if n > 0 else date.min


def latest(first: date, cycle: str, day: date) -> int:
    """Return the number of the last cycle whose day is not after *day*; -1: none yet."""
    if day < first:
        return -1
    if cycle in _DAYS:
        return (day - first).days // _DAYS[cycle]
    months = (day.year - first.year) * 12 + day.month - first.month
    n = months // _MONTHS[cycle]
    return n if expected(first, cycle, n) <= day else n - 1


def _schedule(grant: Body | None) -> Body | None:
    """Return the schedule in force, where it has cycles of days or longer."""
    schedule: Body | None = grant["versions"][-1].get("schedule") if grant else None
    known = schedule is not None and schedule["cycle"] in (*_DAYS, *_MONTHS)
    return schedule if known else None


def _granted(said: Said, seen: Seen, _open: Sequence[Case]) -> Iterator[Start]:
    grant = opened(said, seen, "grant")
    schedule = _schedule(grant)
    if grant is not None and schedule is not None and "first" in schedule:
        yield from _ahead(said, seen, grant, day_of(schedule["first"]), 0)


def _amended(said: Said, seen: Seen, cases: Sequence[Case]) -> Iterator[Start]:
    grant = seen.thing("grant", said.refs["grant"])
    if grant is None or not did(said, last(grant["versions"])):
        return
    schedule = _schedule(grant)
    if cases and schedule is not None and schedule["cycle"] == cases[0].facts["every"]:
        return
    for case in cases:
        case.drop("schedule_changed")
    if schedule is not None and grant["state"] == "active":
        first = day_of(schedule.get("first", said.data["effective"]))
        after = latest(first, schedule["cycle"], _today(said)) + 1
        yield from _ahead(said, seen, grant, first, after)


def _stopped(said: Said, seen: Seen, cases: Sequence[Case]) -> Iterator[Start]:
    grant = seen.thing("grant", said.refs["grant"])
    if grant is not None and _is_over(said, grant):
        for case in cases:
            case.drop(said.type)
    yield from ()


def _is_over(said: Said, grant: Body) -> bool:
    return did(said, last(grant["suspensions"])) or did(said, grant.get("ending"))


def _resumed(said: Said, seen: Seen, cases: Sequence[Case]) -> Iterator[Start]:
    grant = seen.thing("grant", said.refs["grant"])
    suspension = None if grant is None else last(grant["suspensions"])
    fits = suspension is not None and suspension["resumed"] == said.index
    schedule = _schedule(grant)
    if grant is not None and schedule is not None and fits and not cases:
        first = day_of(schedule.get("first", time_of(said)))
        after = latest(first, schedule["cycle"], _today(said)) + 1
        yield from _ahead(said, seen, grant, first, after)


def _sent(said: Said, seen: Seen, cases: Sequence[Case]) -> Iterator[Start]:
    grant = seen.thing("grant", said.refs["grant"]) if "grant" in said.refs else None
    schedule = _schedule(grant)
    if grant is None or schedule is None or grant["owner"] not in said.stands_for:
        return
    if not cases:
        # Without a first day the first delivery sets it, and is itself no cycle.
        first = day_of(schedule.get("first", time_of(said)))
        after = latest(first, schedule["cycle"], _today(said)) + 1
        yield from _ahead(said, seen, grant, first, after)
        return
    yield from _meet(said, seen, grant, sorted(cases, key=lambda case: case.facts["cycle"]))


def _meet(said: Said, seen: Seen, grant: Body, cases: Sequence[Case]) -> Iterator[Start]:
    facts = cases[0].facts
    first, every = date.fromisoformat(facts["first"]), facts["every"]
    now = _nearest(first, every, _today(said), cases)
    due = [case for case in cases if case.facts["cycle"] < now]
    met = [case for case in cases if case.facts["cycle"] == now]
    for case in due:
        case.miss("overtaken")
    for case in met:
        case.fulfil()
    if due and not met:
        yield _cycle(said, grant, first, every, now, met=True)
    if due or met:
        start = max(now, cases[-1].facts["cycle"]) + 1
        yield from _ahead(said, seen, grant, first, start, now)


def _nearest(first: date, every: str, today: date, cases: Sequence[Case]) -> int:
    """Return the cycle that a delivery of *today* is for.

    It is the last whose day has come; where that is met already, or none has come, the
    next one if its day is nearer than the middle between the two.
    """
    now = latest(first, every, today)
    if cases[0].facts["cycle"] <= now:
        return now
    before, after = expected(first, every, now), expected(first, every, now + 1)
    return now + 1 if (after - today) * 2 < after - before else now


def _ahead(
    said: Said, seen: Seen, grant: Body, first: date, start: int, upto: int | None = None
) -> Iterator[Start]:
    """Yield cycles from *start* on, so many that enough stand open after *upto*."""
    every = _schedule(grant)["cycle"]  # type: ignore[index]  # only called where there is one
    region = seen.departments.region(grant["owner"])
    rules = in_force(seen.packs, time_of(said), region)
    after = start - 1 if upto is None else upto
    ends = day_of(grant["versions"][-1]["scope"]["to"])
    few = min(rules.value("O10", "open_at_once"), _MOST)
    for n in range(start, after + 1 + few):
        if expected(first, every, n) <= min(ends, _LAST):
            yield _cycle(said, grant, first, every, n)


def _cycle(said: Said, grant: Body, first: date, every: str, n: int, *, met: bool = False) -> Start:
    day = expected(first, every, n)
    return Start(
        grant["owner"],
        f"grant/{grant['ref']}",
        grant["counterparty"],
        grant["item"],
        "tolerance",
        since=start_of_day(day),
        facts={"cycle": n, "every": every, "first": str(first), "expected": str(day)},
        met=met,
    )


def _today(said: Said) -> date:
    return day_of(time_of(said))


DELIVER = Kind(
    "O10",
    "deliver",
    Wording("Deliver as scheduled", "按约定频次交付"),
    "sharing_office",
    "handler",
    together={
        "grant.issued": _granted,
        "grant.amended": _amended,
        "grant.suspended": _stopped,
        "grant.terminated": _stopped,
        "grant.resumed": _resumed,
        "delivery.sent": _sent,
    },
)


def _assessed(said: Said, seen: Seen) -> Iterator[Start]:
    assessment, days = said.refs["assessment"], sorted(said.data.get("reviews", ()))
    region = seen.departments.region(said.source)
    rules = in_force(seen.packs, time_of(said), region)
    few = max(min(rules.value("O11", "open_at_once"), _MOST), 1)
    for n, day in enumerate(days[:few]):
        # Each one opens, once it is met, the review that stands *few* places after it.
        yield _review(said.source, f"assessment/{assessment}", day, days[n + few :: few])


def _review(department: str, thing: str, day: str, later: list[str]) -> Start:
    return Start(
        department,
        thing,
        parameter="tolerance",
        since=day,
        facts={"scheduled_for": day, "later": later},
    )


def _made(said: Said, _seen: Seen, cases: Sequence[Case]) -> Iterator[Start]:
    if said.data["kind"] != "scheduled_review":
        return
    own = sorted(
        (case for case in cases if case.by_owing and not case.met),
        key=lambda case: str(case.facts["scheduled_for"]),
    )
    day = said.data.get("scheduled_for")
    met = next((case for case in own if day in (None, case.facts["scheduled_for"])), None)
    if met is not None:
        met.fulfil()
        later = met.facts["later"]
        if later:
            yield _review(met.body["department"], met.body["thing"], later[0], later[1:])


REVIEW = Kind(
    "O11",
    "risk_review",
    Wording("Review a risk assessment", "按期复查风险评估"),
    "business",
    "reviewer",
    starts={"assessment.recorded": _assessed},
    together={"diligence.recorded": _made},
)


def _emergency(said: Said, seen: Seen) -> Iterator[Start]:
    grant = opened(said, seen, "grant")
    if grant is not None and grant["emergency"]:
        yield Start(
            grant["owner"],
            f"grant/{grant['ref']}",
            grant["counterparty"],
            grant["item"],
            stated=grant["emergency"]["paperwork_due"],
            facts={"of": "emergency", "sunset": grant["emergency"]["sunset"]},
        )


def _next(said: Said, seen: Seen) -> Iterator[Start]:
    grant = seen.thing("grant", said.refs["grant"])
    if grant is not None and did(said, grant.get("reviewed")) and "next_review" in said.data:
        yield Start(
            grant["owner"],
            f"grant/{grant['ref']}",
            grant["counterparty"],
            grant["item"],
            "tolerance",
            since=said.data["next_review"],
            facts={"of": "next_review"},
        )


def _reviewed(case: Case) -> None:
    grant, data = case.about(), case.said.data
    if grant is None or not case.did(grant.get("reviewed")):
        return
    complete = data["kind"] == "emergency" and data["paperwork_complete"]
    if case.facts["of"] != "emergency" or complete or data["outcome"] == "end":
        case.fulfil()


def _ended(case: Case) -> None:
    grant = case.about()
    if grant is not None and case.did(grant.get("ending")):
        case.cancel("grant_ended")


GRANT_REVIEW = Kind(
    "O11",
    "grant_review",
    Wording("Review a grant, an emergency's above all", "复查共享授权（含应急共享补办手续）"),
    "sharing_office",
    "office_head",
    starts={"grant.issued": _emergency, "grant.reviewed": _next},
    moves={"grant.reviewed": _reviewed, "grant.terminated": _ended},
)

KINDS = (DELIVER, REVIEW, GRANT_REVIEW)
