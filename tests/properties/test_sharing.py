"""Whatever is said of a thing, in any order: at once or in pieces, it comes to the same."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.sharing.machine import Body, Said, fold
from ledger.sharing.touched import MACHINES
from ledger.sharing.words import REASONS, STATES
from tests.unit.sharing.tale import (
    AUDIT,
    AUTHORITY,
    EXAMPLES,
    GOVERNMENT,
    ROLES,
    C,
    P,
    X,
    digest_of,
    example,
)

SOURCES = (P, C, AUTHORITY, GOVERNMENT, AUDIT, X)
TIMES = ("2026-07-02T00:00:00.000Z", "2026-10-01T00:00:00.000Z", "2028-01-01T00:00:00.000Z")
REFS = {
    "item": f"{P}/I-1", "grant": f"{P}/G-1", "request": f"{C}/R-1", "use": f"{C}/U-1",
    "correction": f"{C}/C-1", "dispute": f"{C}/DP-1", "agreement": f"{P}/AG-1",
    "delivery": f"{P}/D-1", "act": f"{C}/A-1", "matter": f"{C}/M-1", "disposal": f"{P}/DI-1",
    "feedback": f"{C}/F-1", "finding": f"{AUDIT}/FI-1", "assessment": f"{C}/AS-1",
    "determination": f"{AUDIT}/DE-1", "complaint": f"{C}/CO-1", "incident": f"{C}/IN-1",
    "inquiry": f"{AUDIT}/IQ-1",
}  # fmt: skip
# Members by which the examples name departments: these are the cast's.
CAST = {
    "consumer": C, "provider": P, "consumers": [C], "respondents": [P], "participants": [C, P],
    "department": C, "ordered_by": P, "to": AUTHORITY, "referred_to": X,
}  # fmt: skip
NAMES = {kind: (m.opened_by | m.acts.keys()) & EXAMPLES.keys() for kind, m in MACHINES.items()}


def data_of(kind: str) -> dict[str, Any]:
    data = example(kind)
    return {name: CAST.get(name, value) for name, value in data.items()} | {"refs": REFS}


@st.composite
def tales(draw: st.DrawFn) -> tuple[str, list[Said]]:
    """A kind, and what was said of one thing of it: often what opens it first."""
    kind = draw(st.sampled_from(sorted(MACHINES)))
    opening = draw(st.sampled_from(sorted(MACHINES[kind].opened_by & EXAMPLES.keys())))
    owner = REFS[kind].partition("/")[0]
    first = [(opening, owner)] if draw(st.booleans()) else []
    more = st.tuples(st.sampled_from(sorted(NAMES[kind])), st.sampled_from(SOURCES))
    times = sorted(draw(st.lists(st.sampled_from(TIMES), min_size=24, max_size=24)))
    spoken = [*first, *draw(st.lists(more, max_size=20))]
    return kind, [said(index, times[index], *one) for index, one in enumerate(spoken)]


def said(index: int, at: str, kind: str, source: str) -> Said:
    parents = [digest_of(n) for n in range(index)]
    event = {
        "type": f"zelian.{kind}.v1",
        "source": f"/departments/{source}",
        "tier": "office_head",
        "data": data_of(kind) | {"parents": parents},
    }
    role = ROLES.get(source, "department")
    return Said(index, at, event, digest_of(index), role, "signed", frozenset({source}))


@given(tales(), st.integers(0, 21))
@settings(max_examples=300, deadline=None)
def test_in_pieces_as_at_once(tale: tuple[str, list[Said]], cut: int) -> None:
    kind, all_of_it = tale
    machine = MACHINES[kind]
    whole, history = fold(machine, REFS[kind], all_of_it)
    body, first = fold(machine, REFS[kind], all_of_it[:cut])
    kept = json.dumps(body)  # what a table keeps is all that the rest needs
    rest, second = fold(machine, REFS[kind], all_of_it[cut:], json.loads(kept))
    assert (rest, first + second) == (whole, history)
    assert json.dumps(body) == kept  # and a fold leaves what it began with alone


@given(tales())
@settings(max_examples=300, deadline=None)
def test_what_does_not_fit_changes_nothing(tale: tuple[str, list[Said]]) -> None:
    kind, all_of_it = tale
    machine, ref = MACHINES[kind], REFS[kind]
    whole, history = fold(machine, ref, all_of_it)
    fitting = [one for one, step in zip(all_of_it, history, strict=True) if step.fits]
    assert _kept(fold(machine, ref, fitting)[0]) == _kept(whole)


def _kept(body: Body) -> Body:
    return {name: value for name, value in body.items() if name not in ("last", "unfit")}


@given(tales())
@settings(max_examples=300, deadline=None)
def test_every_state_and_reason_has_words(tale: tuple[str, list[Said]]) -> None:
    kind, all_of_it = tale
    for step in fold(MACHINES[kind], REFS[kind], all_of_it)[1]:
        assert step.state in {"", *STATES}
        assert step.reason is None or step.reason in REASONS


@given(tales())
@settings(max_examples=300, deadline=None)
def test_a_fold_leaves_what_was_said_alone(tale: tuple[str, list[Said]]) -> None:
    """Others are shown the same statements after it."""
    kind, all_of_it = tale
    kept = json.dumps([one.event for one in all_of_it])
    fold(MACHINES[kind], REFS[kind], all_of_it)
    assert json.dumps([one.event for one in all_of_it]) == kept
