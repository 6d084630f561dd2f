"""The file of a grant: what a using department has to have recorded of it, and what lacks.

Five kinds of records, in the words of the law. Each is told with its statements, whether
it is there, and where it is not, since when it ought to be and why. What a department has
no cause to record yet is not missing: no use before the first delivery, no disposal
before the provider asks for one.

Of feedback and disposal the clocks say when they are due (``ledger.supervision.obligations``);
nothing here counts days. Retention is three years at least; when it starts the
Regulation does not say, and the pack's source says so.

Source: decree 809, article 29, paragraph 2; article 27, paragraph 1; domain, 0A and 4.3.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Literal

from ledger.events.types import EVENT_TYPES
from ledger.events.wording import Wording
from ledger.sharing.grants import retention_from, state_at
from ledger.sharing.machine import Body, Said
from ledger.supervision.obligation import OVERDUE
from ledger.supervision.pack_values import Parameter
from ledger.supervision.periods import add_months, day_of, end_of_day

PARTS: Mapping[str, Wording] = {
    "use_scenario": Wording("use scenario", "使用场景"),
    "use_process": Wording("use process", "使用过程"),
    "application_effect": Wording("effect achieved", "应用成效"),
    "storage_state": Wording("storage", "存储情况"),
    "disposal": Wording("disposal", "销毁情况"),
}

STATES: Mapping[str, Wording] = {
    "present": Wording("recorded", "有记录"),
    "partial": Wording("recorded in part", "记录不全"),
    "missing": Wording("missing", "缺失"),
    "not_due": Wording("nothing to record yet", "尚无需记录"),
    "not_required": Wording("not asked for by the provider", "提供部门未要求处置"),
}
_APPLYING = ("present", "partial", "missing")

GAPS: Mapping[str, Wording] = {
    "no_request": Wording(
        "no request is recorded for this grant", "没有本授权所依据的共享申请记录"
    ),
    "no_use": Wording("data arrived, and no use is recorded", "数据已接收，但没有使用记录"),
    "no_effect": Wording("no effect of a use is reported", "使用后没有成效反馈"),
    "no_storage": Wording(
        "data arrived, and no storage is recorded", "数据已接收，但没有存储情况记录"
    ),
    "no_disposal": Wording(
        "a disposal that was asked for is not recorded", "已要求处置，但没有处置记录"
    ),
    "not_accepted": Wording("a disposal is not accepted yet", "处置尚未验收"),
}

SERVICE = "records"  # the family of what the service says of itself: no record of a department's
# In whose statements an effect of uses is told.
_EFFECT = frozenset({"feedback.effect", "feedback.quality"})
_SCOPE = frozenset({"grant.issued", "grant.amended"})
_LIVE = ("approved", "ready", "active", "suspended")
_MEANT = {"feedback": "O5", "disposal": "O9"}

State = Literal["present", "partial", "missing", "not_due", "not_required"]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is not recorded.

    Attributes:
        code: one of ``GAPS``.
        since: T from which on it lacks.
        about: the thing it is about, ``use/MZ/U-1``; None: the grant.
        entry: of the statement that it ought to follow.
        obligation: ref of the clock that ran.
    """

    code: str
    since: str
    about: str | None = None
    entry: int | None = None
    obligation: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One of the five kinds of records: its statements in order, and its gaps."""

    name: str
    state: State
    said: tuple[Said, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class GrantFile:
    """The file of one grant at one T."""

    parts: tuple[Part, ...]

    @property
    def applying(self) -> tuple[Part, ...]:
        """Those of which something ought to be recorded by now."""
        return tuple(part for part in self.parts if part.state in _APPLYING)

    @property
    def complete(self) -> bool:
        """Whether every kind that ought to be recorded by now is, without a gap."""
        return all(part.state == "present" for part in self.applying)


def part_of(name: str) -> str:
    """Return in which part statements of the full type *name* stand; each has one.

    A statement about another stands beside that, where both are in the file.
    """
    kind = EVENT_TYPES[name]
    short = name.removeprefix("zelian.").removesuffix(".v1")
    if short == "storage.recorded":
        return "storage_state"
    if short.startswith("disposal."):
        return "disposal"
    if kind.family == "feedback":
        return "application_effect"
    agreed = short.startswith("agreement.")
    if kind.family == "requests" or short in _SCOPE or agreed:
        return "use_scenario"
    return "use_process"


def file_of(
    grant: Body, said: Sequence[Said], clocks: Sequence[Mapping[str, Any]], at: str
) -> GrantFile:
    """Return the file of *grant*.

    Args:
        grant: as its machine folded it.
        said: the statements of its chain, of its request and of feedback on its uses, by
            entry, none twice; what was withdrawn or removed is not among them.
        clocks: obligations that these started, as
            ``ledger.supervision.obligation_members`` tells them at the T *at*.
    """
    sorted_in: dict[str, list[Said]] = {name: [] for name in PARTS}
    where: dict[str, str] = {}
    for one in said:
        kind = EVENT_TYPES[one.event["type"]]
        if kind.family == SERVICE:
            continue
        about = [where[digest] for digest in one.data["parents"] if digest in where]
        part = about[0] if about and kind.family == "statement" else part_of(kind.name)
        where[one.digest] = part
        sorted_in[part].append(one)
    seen = _Seen(grant, sorted_in, clocks, at)
    found = {name: find(seen) for name, find in _FINDERS.items()}
    return GrantFile(
        tuple(
            Part(name, state, tuple(sorted_in[name]), gaps) for name, (state, gaps) in found.items()
        )
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    grant: Body
    said: Mapping[str, Sequence[Said]]
    clocks: Sequence[Mapping[str, Any]]
    at: str

    def of(self, part: str, *types: str) -> list[Said]:
        return [one for one in self.said[part] if one.type in types]

    def arrived(self) -> Said | None:
        """The first statement by which data reached the using department, or was used."""
        received = [
            one
            for one in self.of("use_process", "delivery.received")
            if one.data["result"] != "rejected"
        ]
        return min((*received, *self.uses()), key=lambda one: one.index, default=None)

    def uses(self) -> list[Said]:
        """What the using department itself recorded; another's count is no record of its."""
        recorded = self.of("use_process", "use.recorded", "window.recorded")
        return [one for one in recorded if self.grant["counterparty"] in one.stands_for]

    def over_since(self) -> str | None:
        """The T from which the grant is over; None: it is not."""
        if state_at(self.grant, self.at) in _LIVE:
            return None
        ending = self.grant.get("ending")
        until: str = self.grant["versions"][-1]["scope"]["to"]
        return until if ending is None else min(until, ending["effective"])

    def clock(self, part: str) -> list[Mapping[str, Any]]:
        return [one for one in self.clocks if one["rule"] == _MEANT[part]]


_Found = tuple[State, tuple[Gap, ...]]


def _judged(there: bool, gaps: Sequence[Gap], otherwise: State) -> _Found:
    """Return the state of a part by whether anything of it is there and what lacks."""
    if not there:
        return ("missing" if gaps else otherwise), tuple(gaps)
    return ("partial" if gaps else "present"), tuple(gaps)


def _scenario(seen: _Seen) -> _Found:
    """The scope of the grant is there with the grant; what it was asked for, not always."""
    asked = any(
        EVENT_TYPES[one.event["type"]].family == "requests" for one in seen.said["use_scenario"]
    )
    emergency = seen.grant.get("emergency") or {}
    since: str = emergency.get("paperwork_due") or seen.grant["opened_at"]
    gaps = [] if asked or since > seen.at else [Gap("no_request", since)]
    return _judged(True, gaps, "not_due")


def _process(seen: _Seen) -> _Found:
    uses, arrived = seen.uses(), seen.arrived()
    lacks = arrived is not None and not uses
    gaps = [Gap("no_use", arrived.recorded_at, None, arrived.index)] if lacks and arrived else []
    return _judged(bool(uses), gaps, "not_due")


def _effect(seen: _Seen) -> _Found:
    withdrawn = {
        one.refs["feedback"] for one in seen.of("application_effect", "feedback.withdrawn")
    }
    given = seen.of("application_effect", *_EFFECT)
    there = any(one.refs["feedback"] not in withdrawn for one in given)
    gaps = [
        Gap("no_effect", one["due"], one["thing"], one["entry"], one["ref"])
        for one in seen.clock("feedback")
        if one["state"] in OVERDUE
    ]
    over = seen.over_since()
    if seen.uses() and not there and not gaps and over is not None:
        gaps = [Gap("no_effect", over)]
    return _judged(there, gaps, "not_due")


def _storage(seen: _Seen) -> _Found:
    arrived = seen.arrived()
    there = bool(seen.said["storage_state"])
    lacks = arrived is not None and not there
    gaps = (
        [Gap("no_storage", arrived.recorded_at, None, arrived.index)] if lacks and arrived else []
    )
    return _judged(there, gaps, "not_due")


def _disposal(seen: _Seen) -> _Found:
    """SPEC: decree 809, article 27: disposal follows the provider's demand."""
    done = {f"disposal/{one.refs['disposal']}" for one in seen.of("disposal", "disposal.done")}
    gaps = [
        Gap(_lacking(one, done), one["due"], one["thing"], one["entry"], one["ref"])
        for one in seen.clock("disposal")
        if one["state"] in OVERDUE
    ]
    asked = bool(seen.of("disposal", "disposal.required"))
    unasked = seen.over_since() is not None and not asked
    return _judged(bool(done), gaps, "not_required" if unasked else "not_due")


def _lacking(clock: Mapping[str, Any], done: Set[str]) -> str:
    return "not_accepted" if clock["thing"] in done else "no_disposal"


_FINDERS = {
    "use_scenario": _scenario,
    "use_process": _process,
    "application_effect": _effect,
    "storage_state": _storage,
    "disposal": _disposal,
}


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the records are to be kept, at least.

    Attributes:
        starts: T of the closing, from which it is counted; None: not closed yet.
        until: T of its last moment; None: as ``starts``.
        parameter: the number of years, with the law that says it.
    """

    parameter: Parameter
    starts: str | None
    until: str | None


def retention_of(grant: Body, at: str, parameter: Parameter) -> Retention:
    """Return until when the records of *grant* are kept, as it stands at the T *at*.

    Args:
        parameter: in years, of the pack in force. The Regulation does not say when the
            years start: from the closing is this ledger's reading, and policy.
    """
    starts = retention_from(grant, at)
    if starts is None:
        return Retention(parameter, None, None)
    last = add_months(day_of(starts), 12 * parameter.value)
    return Retention(parameter, starts, end_of_day(last))
