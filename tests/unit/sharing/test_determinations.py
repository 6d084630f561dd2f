"""A determination from its proposal to what became of it on appeal."""

import pytest

from tests.unit.sharing.tale import AUDIT, GOVERNMENT, C, P, Tale, X, digest_of

COURT = "FY"
DETERMINATION = f"{GOVERNMENT}/D-1"
REFS = {"determination": DETERMINATION}
BASIS = [{"clause": "第四十条", "instrument": "政务数据共享条例", "kind": "statute"}]
HELD = {"basis": BASIS, "fault": "ordinary", "outcomes": ["talk"], "kind": "several"}
BODIES = [{**HELD, "department": C}]
ON_C = {"persons": [], "bodies": BODIES, "parents": ["0" * 64]}


@pytest.fixture
def tale() -> Tale:
    made = Tale("determination", DETERMINATION)
    made.say("determination.proposed", GOVERNMENT, REFS, **ON_C)
    return made


def said(tale: Tale, verb: str, source: str, **members: object) -> str | None:
    """Say it; return why it does not fit."""
    return tale.say(f"determination.{verb}", source, REFS, **{**ON_C, **members}).reason


def appeal(tale: Tale, source: str, to: str = GOVERNMENT) -> str | None:
    members = {"appellant": "department", "to": to, "remedy": "review"}
    return tale.say("determination.appealed", source, REFS, officials=None, **members).reason


def hear(tale: Tale, source: str) -> str | None:
    return tale.say("hearing.held", source, REFS, heard="li", department=C).reason


def withdraw(tale: Tale, source: str) -> str | None:
    members = {"told": [C], "parents": ["0" * 64]}
    return tale.say("determination.withdrawn", source, REFS, **members).reason


def test_it_is_proposed_heard_issued_appealed_and_upheld(tale: Tale) -> None:
    states = [tale.state]
    assert tale.body["due"] is not None
    for step in (
        lambda: hear(tale, GOVERNMENT),
        lambda: said(tale, "issued", GOVERNMENT),
        lambda: appeal(tale, C),
        lambda: said(tale, "revised", GOVERNMENT, decision="upheld"),
    ):
        assert step() is None
        states.append(tale.state)
    assert states == ["proposed", "heard", "issued", "appealed", "upheld"]
    assert [one["decision"] for one in tale.body["decisions"]] == ["issued", "upheld"]
    assert tale.body["counterparty"] == C


def test_nobody_else_decides_and_no_step_is_left_out(tale: Tale) -> None:
    assert said(tale, "issued", X) == "no_party"
    assert hear(tale, C) == "no_party"
    assert hear(tale, AUDIT) is None
    assert appeal(tale, C) == "unfit_state"
    assert said(tale, "revised", GOVERNMENT, decision="changed") == "unfit_state"
    assert said(tale, "issued", GOVERNMENT) is None
    assert said(tale, "issued", GOVERNMENT) == "unfit_state"
    assert hear(tale, GOVERNMENT) == "unfit_state"
    assert said(tale, "proposed", GOVERNMENT) == "opened_before"
    assert appeal(tale, P) == "no_party"
    assert said(tale, "revised", COURT, decision="changed") == "no_party"


def test_who_was_appealed_to_changes_it_and_a_change_can_be_appealed(tale: Tale) -> None:
    said(tale, "issued", GOVERNMENT)
    assert said(tale, "revised", GOVERNMENT, decision="upheld") == "unfit_state"
    assert appeal(tale, C, to=COURT) is None
    on_p = [{**HELD, "department": P}]
    assert said(tale, "revised", COURT, decision="changed", bodies=on_p) is None
    assert (tale.state, tale.body["concerned"]) == ("revised", [P])
    assert appeal(tale, C) == "no_party"
    assert appeal(tale, P) is None
    assert tale.state == "appealed"


def test_it_is_withdrawn_and_nothing_follows(tale: Tale) -> None:
    said(tale, "issued", GOVERNMENT)
    assert withdraw(tale, X) == "no_party"
    assert withdraw(tale, GOVERNMENT) is None
    assert (tale.state, tale.body["due"]) == ("withdrawn", None)
    assert appeal(tale, C) == "unfit_state"
    assert withdraw(tale, GOVERNMENT) == "unfit_state"


def test_whoever_does_not_see_the_making_meets_it_issued() -> None:
    seen = Tale("determination", DETERMINATION)
    assert appeal(seen, C) == "not_open"
    assert said(seen, "issued", X) == "no_party"
    assert said(seen, "issued", GOVERNMENT) is None
    assert seen.state == "issued"
    assert appeal(seen, C) is None


def test_a_dissent_is_kept(tale: Tale) -> None:
    parents = [digest_of(0)]
    step = tale.say("statement.countersigned", C, REFS, decision="object", parents=parents)
    assert step.fits
    assert [one["department"] for one in tale.body["dissents"]] == [C]
