"""A kind of obligation: what starts one, who owes it, what meets, extends or cancels it.

A kind is a declaration. Its functions read the statement and the bodies of things
after it: whether a reply fits is decided by the machine of requests, here it is only
looked up. They change an obligation through a :class:`Case`, and nothing else.

Source: decree 809, articles 17 to 28; domain, 4.5 (O1 to O16).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ledger.events.wording import Wording
from ledger.sharing.machine import Body, Said
from ledger.supervision.obligation import due_of, ended, reckoned
from ledger.supervision.pack_values import Parameter
from ledger.supervision.packs import Rules, in_force
from ledger.supervision.seen import Seen

CLOCKS, DUE_SOON = "clocks", "due_soon"


class Start(msgspec.Struct, frozen=True, gc=False):
    """An obligation that a statement starts.

    Attributes:
        department: who owes it; ``to``: to whom.
        thing: what it is about, as ``request/MZ/R-1``.
        parameter: the name of the period in the pack; or ``stated``, a T that a
            statement set; or ``days``, that the parties agreed upon.
        since: T from which the period runs; None: when the statement says that it happened.
        watch: further names of which a statement may move it.
        unit: of the department, where the statement names it.
        met: it is met by the very statement that starts it.
    """

    department: str
    thing: str
    to: str | None = None
    item: str | None = None
    parameter: str | None = None
    stated: str | None = None
    days: int | None = None
    since: str | None = None
    watch: tuple[str, ...] = ()
    unit: str | None = None
    facts: Mapping[str, Any] = {}
    met: bool = False


class Case:
    """One open obligation, as a statement may move it; ``body`` is a copy, to be changed.

    Args:
        fresh: that it begins with this statement: its body is nobody else's, and is not copied.
    """

    __slots__ = ("body", "changed", "final", "fresh", "said", "seen")

    def __init__(self, body: Body, said: Said, seen: Seen, *, fresh: bool = False) -> None:
        copied = {} if fresh else {"life": list(body["life"]), "clock": dict(body["clock"])}
        self.body = body if fresh else body | copied
        self.said, self.seen, self.fresh = said, seen, fresh
        self.changed = False
        self.final = bool(body["final"])

    @property
    def time(self) -> str:
        """When it happened, as the statement says; the ledger's own time stands in each step."""
        return time_of(self.said)

    @property
    def facts(self) -> Mapping[str, Any]:
        facts: Mapping[str, Any] = self.body["facts"]
        return facts

    @property
    def rules(self) -> Rules:
        """The rules that were in force where whoever owes lies when it began."""
        return in_force(self.seen.packs, self.body["started"]["time"], self.body["region"])

    def value(self, name: str) -> int:
        """Return a number of its rule; 0 where no pack gave one then."""
        known = self.rules.parameters
        return (
            self.rules.value(self.body["kind"], name) if (self.body["kind"], name) in known else 0
        )

    @property
    def by_owing(self) -> bool:
        """Whether whoever owes it speaks, or who answers in its place."""
        return self.body["department"] in self.said.stands_for

    @property
    def by_other(self) -> bool:
        """Whether that department speaks to which it is owed."""
        return self.body["to"] in self.said.stands_for

    @property
    def met(self) -> bool:
        return ended(self.body)

    def about(self) -> Body | None:
        """Return the body of the thing that it is about."""
        kind, _, ref = self.body["thing"].partition("/")
        return self.seen.thing(kind, ref)

    def did(self, step: Body | None) -> bool:
        """Whether *step*, which a machine keeps of the last such statement, is this one's.

        What met it and was void the machine still keeps: then it counts that whoever said
        that says it anew.
        """
        return did(self.said, step) or (not self.met and self._says_anew)

    @property
    def anew(self) -> bool:
        """Whether it is met by a statement that takes the place of one that was void."""
        ended = self.body.get("ended_by")
        return self._says_anew and ended is not None and ended["digest"] == self.said.digest

    @property
    def _says_anew(self) -> bool:
        gone = self.body.get("gone")
        if gone is None or gone["type"] != self.said.type:
            return False
        return gone["by"] in self.said.stands_for

    def fulfil(self, *, final: bool = True, on: str | None = None) -> None:
        """It is met; not *final*: a later statement may still find that it was not."""
        if not self.met:
            self._step("fulfilled", on=on or self.time, by=self.said.source)
            self._keep_ending()
        self.final = self.final or final

    def cancel(self, why: str) -> None:
        if not self.met:
            self._step("cancelled", on=self.time, why=why)
            self._keep_ending()
        self.final = True

    def miss(self, why: str) -> None:
        """It was not met, and by now it cannot be: what was due in its place never came."""
        if not self.met:
            self._step("missed", on=self.time, why=why)
            self._keep_ending()
        self.final = True

    def drop(self, why: str) -> None:
        """Nothing is owed any more; of what was due already, it stays that it never came."""
        due = due_of(self.body)
        if due is not None and self.time > due:
            self.miss(why)
        else:
            self.cancel(why)

    def _keep_ending(self) -> None:
        """Keep which statement ended it, for whoever takes that back."""
        said, feedback = self.said, self.said.refs.get("feedback")
        kept = {"digest": said.digest, "by": said.source, "type": said.type}
        self.body["ended_by"] = kept if feedback is None else kept | {"feedback": feedback}

    def reopen(self, why: str) -> None:
        """What was met was not, as is found now."""
        if self.met:
            self._step("reopened", why=why)
            self.body.pop("ended_by", None)

    def take_back(self, why: str) -> None:
        """Whoever said what ended it says that it does not hold: it is owed again."""
        self.body["gone"] = self.body["ended_by"]
        self.reopen(why)
        self.final = False

    def received(self, at: str | None) -> None:
        """Let the period run from the T at which it was received, as is told now."""
        if at is not None and self.body["from"] < at <= self.time:
            self.body["from"] = at
            self.reckon("received")

    def set_anew(self, stated: str | None, name: str) -> None:
        """Owe it until the T *stated*, or for the period *name* of the pack from now on."""
        if stated is not None:
            self.body["period"] = {"stated": stated}
        else:
            parameter = self.rules.parameter(self.body["kind"], name)
            self.body["from"], self.body["period"] = self.time, period_of(parameter)
        self.reckon("set_anew")

    def note(self, why: str, **members: Any) -> None:
        """Keep what was said beside it; it changes nothing."""
        self._step("noted", why=why, **members)

    def extend(self, days: int, ceiling: int, reason: str | None) -> None:
        """Extend by *days*, all together by at most *ceiling*.

        Args:
            reason: why the extension does not count; None: it does.
        """
        # SPEC: decree 809, articles 17 and 21, extensions have a longest sum.
        left = max(ceiling - self.body["clock"]["extended"], 0)
        counted = min(days, left) if reason is None else 0
        if reason is None and counted < days:
            reason = "beyond_ceiling"
        self._step("extended", asked=days, counted=counted, reason=reason)
        if counted:
            self.body["clock"]["extended"] += counted
            self.reckon("extended")

    def stop(self) -> None:
        """The clock stands from here on."""
        self.body["clock"]["stopped"] = self.time
        self.reckon("stopped")

    def go_on(self) -> None:
        """The clock that stood goes on; the working days between are not counted."""
        clock = self.body["clock"]
        stood = [*clock["stood"], [clock["stopped"], self.time]]
        clock["stopped"], clock["stood"] = None, stood
        self.reckon("going_on")

    def watch(self, name: str) -> None:
        """Statements about *name* may move it from here on."""
        if name not in self.body["watch"]:
            self.body["watch"] = [*self.body["watch"], name]
            self.changed = True

    def reckon(self, why: str) -> None:
        self._reckoned(why, reckoned(self.body, self.seen.calendar))

    def reckon_anew(self) -> None:
        """Another calendar is in force: the dates that it moves are kept, old and new."""
        now, was = reckoned(self.body, self.seen.calendar), due_of(self.body)
        if now["due"] != was:
            before = {} if was is None else {"was": was}
            why = "calendar_adopted" if was is None else "calendar_replaced"
            self._reckoned(why, before | now)

    def _reckoned(self, why: str, clock: Body) -> None:
        said = self.said
        self.body["life"].append(
            {"index": said.index, "at": said.recorded_at, "what": "reckoned", "why": why, **clock}
        )
        self.changed = True

    def assess(self, good_reason: str) -> None:
        self._step("assessed", good_reason=good_reason, by=self.said.source)

    def _step(self, what: str, **members: Any) -> None:
        step = {"index": self.said.index, "at": self.said.recorded_at, "what": what}
        self.body["life"].append(step | members)
        self.changed = True


Begins = Callable[[Said, Seen], Iterable[Start]]
Moves = Callable[[Case], None]
Together = Callable[[Said, Seen, Sequence[Case]], Iterable[Start]]


@dataclass(frozen=True, slots=True)
class Kind:
    """How obligations of one kind begin and end.

    Attributes:
        id: the rule's, as ``O1``; ``name``: unique among all kinds.
        office: whose in the department: ``sharing_office``, ``business``, ``intake``,
            ``authority``, ``service``; ``post``: the tier that answers.
        excusable: the law makes lateness matter only without good reason.
        starts: by type, what a statement starts.
        moves: by type, what a statement does to each one that it is about.
        together: by type, for kinds whose obligations hang together: it is given all of
            the kind that a statement is about, and returns what starts.
    """

    id: str
    name: str
    label: Wording
    office: str
    post: str
    excusable: bool = False
    starts: Mapping[str, Begins] = field(default_factory=dict)
    moves: Mapping[str, Moves] = field(default_factory=dict)
    together: Mapping[str, Together] = field(default_factory=dict)


def opened(said: Said, seen: Seen, kind: str) -> Body | None:
    """Return the thing of *kind* that this very statement opened, or None."""
    body = seen.thing(kind, said.refs[kind]) if kind in said.refs else None
    return body if body is not None and body["opened"] == said.index else None


def time_of(said: Said) -> str:
    """Return when a statement says that it happened."""
    time: str = said.event["time"]
    return time


def period_of(one: Parameter) -> Body:
    """Return a period that a pack gives, with its words and its pack."""
    return {
        "name": one.name, "value": one.value, "unit": one.unit, "basis": one.basis,
        "law": one.law, "article": one.article, "pack": one.pack.members,
    }  # fmt: skip


def did(said: Said, step: Body | None) -> bool:
    """Whether *step*, which a machine keeps of the last such statement, is this one's."""
    return step is not None and step["index"] == said.index


def last(steps: Sequence[Body]) -> Body | None:
    return steps[-1] if steps else None
