"""How one thing's life is folded from what was said of it: a table of acts, and one rule for all.

A thing is opened by one statement and then lives by others, in the order of their
entries. What nobody who takes part in it said, and what does not fit the state it
was in, is kept beside the rest with its reason, and changes nothing: the ledger
records, it does not gate. The time of a fold is each entry's own; that a day has
passed nobody says, it follows.

A fold may stop after any statement and go on later: its body is canonical JSON and
all that the rest needs.

Source: decree 809, articles 20 to 29; design, "Identity and roles".
"""

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ledger.access.terms import owner_of, short_of, source_of

Body = dict[str, Any]


class Said(msgspec.Struct, frozen=True, gc=False):
    """One logged statement, and what the registry knew of its speaker then.

    Attributes:
        digest: of the statement, hex; others name it by this among their parents.
        role: of the source; None: it was not registered.
        voice: ``signed``, ``attested`` or ``system``.
        stands_for: departments in whose place the source answered then, itself among them.
    """

    index: int
    recorded_at: str
    event: Mapping[str, Any]
    digest: str
    role: str | None
    voice: str
    stands_for: frozenset[str]

    @property
    def type(self) -> str:
        return short_of(self.event["type"])

    @property
    def source(self) -> str:
        return source_of(self.event)

    @property
    def data(self) -> Mapping[str, Any]:
        data: Mapping[str, Any] = self.event["data"]
        return data

    @property
    def refs(self) -> Mapping[str, str]:
        refs: Mapping[str, str] = self.data["refs"]
        return refs


class Step(msgspec.Struct, frozen=True, gc=False):
    """One statement in a thing's history.

    Attributes:
        reason: why it does not fit; None: it fits.
        state: of the thing after it; "" before it was opened.
    """

    index: int
    recorded_at: str
    type: str
    source: str
    voice: str
    reason: str | None
    state: str

    @property
    def fits(self) -> bool:
        return self.reason is None


Do = Callable[[Body, Said], str | None]
By = Callable[[Body, Said], bool]


@dataclass(frozen=True, slots=True)
class Act:
    """What one type of statement does to a thing.

    Attributes:
        by: who may do it: any of these.
        states: in which it fits; empty: in every one.
        do: what it changes; it returns a reason, and has changed nothing then, where the
            table of states alone does not tell that it does not fit. None: it changes nothing.
        before: whether it fits before the thing was opened; ``by`` asks nothing of its body then.
    """

    by: tuple[By, ...]
    states: frozenset[str] = frozenset()
    do: Do | None = None
    before: bool = False


def _as_it_stands(body: Body, _at: str) -> str:
    state: str = body["state"]
    return state


@dataclass(frozen=True, slots=True)
class Machine:
    """How things of one kind live.

    Attributes:
        kind: the name that refs have, as ``grant``.
        opened_by: types of which the first opens it.
        open: returns the body that the opening statement gives, with ``state``,
            ``counterparty`` and whatever the acts need.
        acts: what statements of each type do.
        state_at: the state at a T, where time alone changes it.
        due_of: the T by which something is next expected, as the statements say.
    """

    kind: str
    opened_by: frozenset[str]
    open: Callable[[Said], Body]
    acts: Mapping[str, Act]
    state_at: Callable[[Body, str], str] = _as_it_stands
    due_of: Callable[[Body], str | None] = lambda body: body.get("due")


# Who does something


def owner(body: Body, said: Said) -> bool:
    """The department that a thing's ref names, or who answers in its place."""
    return body["owner"] in said.stands_for


def counterparty(body: Body, said: Said) -> bool:
    return body["counterparty"] in said.stands_for


def authority(_body: Body, said: Said) -> bool:
    return said.role == "sharing_authority"


def government(_body: Body, said: Said) -> bool:
    return said.role == "people_government"


PARTIES = (owner, counterparty)
AUTHORITIES = (authority, government)

# Who speaks of other departments' things by his office; everybody else is a party or a stranger.
_WITHOUT_OFFICE = frozenset({"department", "social", None})


def _by_office(_body: Body, said: Said) -> bool:
    return said.role not in _WITHOUT_OFFICE


_BESIDE = Act((*PARTIES, _by_office), before=True)  # types of which the table says nothing


# Folding


def fold(
    machine: Machine, ref: str, said: Iterable[Said], body: Body | None = None
) -> tuple[Body, list[Step]]:
    """Return what a thing has come to, and the history of these statements.

    Args:
        ref: of the thing.
        said: what was said of it after *body*, by index.
        body: as an earlier fold returned it; None: from the beginning.
    """
    now = fresh(ref) if body is None else copy.deepcopy(body)
    return now, fold_on(machine, now, said)


def fold_on(machine: Machine, body: Body, said: Iterable[Said]) -> list[Step]:
    """Take in what was said of a thing after *body*, which it changes; return the history."""
    return [step_on(machine, body, one) for one in said]


def fresh(ref: str) -> Body:
    """Return the body of a thing that nobody has opened."""
    return {
        "ref": ref, "owner": owner_of(ref), "counterparty": None, "state": "",
        "opened": None, "last": None, "unfit": 0,
    }  # fmt: skip


def step_on(machine: Machine, body: Body, said: Said) -> Step:
    """Take in one statement about a thing after *body*, which it changes."""
    opening = body["opened"] is None
    kind = said.type
    reason = (_opened if opening else _done)(machine, body, said, kind)
    if reason is not None:
        body["unfit"] += 1
    body["last"] = said.index
    state = body["state"] and machine.state_at(body, said.recorded_at)
    return Step(said.index, said.recorded_at, kind, said.source, said.voice, reason, state)


def _opened(machine: Machine, body: Body, said: Said, kind: str) -> str | None:
    if kind not in machine.opened_by:
        # What will be opened may be named before: a delivery or a use names the act it is for.
        act = machine.acts.get(kind, _BESIDE)
        return None if act.before and _may(act, body, said) else "not_open"
    if not owner(body, said):
        return "no_party"
    body |= machine.open(said)
    body["opened"], body["opened_at"] = said.index, said.recorded_at
    return None


def _done(machine: Machine, body: Body, said: Said, kind: str) -> str | None:
    act = machine.acts.get(kind, _BESIDE)
    if kind in machine.opened_by and kind not in machine.acts:
        return "opened_before"
    if not _may(act, body, said):
        return "no_party"
    if act.states and machine.state_at(body, said.recorded_at) not in act.states:
        return "unfit_state"
    return act.do(body, said) if act.do is not None else None


def _may(act: Act, body: Body, said: Said) -> bool:
    for may in act.by:  # noqa: SIM110 - asked at every step; a generator takes thrice as long
        if may(body, said):
            return True
    return False


def states(*names: str) -> frozenset[str]:
    """Return *names* as the states in which an act fits."""
    return frozenset(names)
