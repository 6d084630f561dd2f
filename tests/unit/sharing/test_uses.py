"""A use, from its record to the feedback, and through a challenge."""

import pytest

from ledger.sharing.uses import QUESTIONING
from tests.unit.sharing.tale import (
    ACT,
    AUDIT,
    AUTHORITY,
    CORRECTION,
    DISPUTE,
    ITEM,
    USE,
    C,
    P,
    Tale,
    X,
)

REFS = {"use": USE, "item": ITEM}
DISPUTED = REFS | {"dispute": DISPUTE}


@pytest.fixture
def tale() -> Tale:
    made = Tale("use", USE)
    made.say("use.recorded", C, REFS)
    return made


def test_it_is_recorded_bound_and_answered(tale: Tale) -> None:
    assert tale.state == "recorded"
    assert tale.body["counterparty"] == P
    assert tale.say("use.bound", X, REFS | {"act": ACT}).reason == "no_party"
    assert tale.say("use.bound", C, REFS | {"act": ACT}).fits
    assert tale.state == "bound"
    assert tale.body["act"] == ACT
    credit = {"contributions": [{"item": ITEM, "use": USE}]}
    assert tale.say("feedback.effect", C, {"feedback": f"{C}/F-1"}, **credit).fits
    assert tale.state == "feedback_given"
    assert tale.body["feedback"] == [3]


def test_a_use_for_an_act_is_bound_at_once() -> None:
    tale = Tale("use", USE)
    tale.say("use.recorded", C, REFS | {"act": ACT})
    assert tale.state == "bound"


def test_a_use_is_bound_after_feedback_too(tale: Tale) -> None:
    tale.say("feedback.quality", C, REFS | {"feedback": f"{C}/F-1"})
    assert tale.say("use.bound", C, REFS | {"act": ACT}).fits
    assert (tale.body["act"], tale.state) == (ACT, "feedback_given")


@pytest.mark.parametrize(
    ("result", "state"), [("not_confirmed", "upheld"), ("corrected", "tainted")]
)
def test_a_correction_challenges_it(tale: Tale, result: str, state: str) -> None:
    about = REFS | {"correction": CORRECTION}
    assert tale.say("correction.requested", C, about, provider=P).fits
    assert tale.state == "challenged"
    members = {"consumer": C, "referred_to": None, "reason": "agrees_with_source"}
    assert tale.say("correction.resulted", C, about, result=result, **members).reason == "no_party"
    assert tale.say("correction.resulted", P, about, result=result, **members).fits
    assert tale.state == state


@pytest.mark.parametrize(("remedy", "state"), [("nothing", "upheld"), ("limit_use", "tainted")])
def test_a_dispute_challenges_it(tale: Tale, remedy: str, state: str) -> None:
    tale.say("dispute.opened", P, DISPUTED, respondents=[C])
    assert tale.state == "challenged"
    ruling = {"participants": [C, P], "remedies": [remedy]}
    assert tale.say("dispute.decided", AUTHORITY, DISPUTED, **ruling).fits
    assert tale.state == state


def test_a_finding_taints_it_and_another_clears_it(tale: Tale) -> None:
    about = REFS | {"finding": f"{AUDIT}/FI-1"}
    assert tale.say("finding.confirmed", AUDIT, about, department=C).fits
    assert tale.state == "tainted"
    assert tale.say("finding.cleared", AUDIT, about, department=C).reason == "unfit_state"


@pytest.mark.parametrize("rule", ["F5", "F10", "F17", "F19", "F40"])
def test_a_finding_that_is_not_of_its_lawfulness_leaves_it_what_it_was(
    tale: Tale, rule: str
) -> None:
    about = REFS | {"finding": f"{AUDIT}/FI-1"}
    assert tale.say("finding.confirmed", AUDIT, about, department=C, rule=rule).fits
    assert tale.state == "recorded"
    tale.say("dispute.opened", P, DISPUTED, respondents=[C])
    assert tale.say("finding.cleared", AUDIT, about, department=C, rule=rule).fits
    assert tale.state == "challenged"


@pytest.mark.parametrize("rule", sorted(QUESTIONING))
def test_what_is_found_of_its_lawfulness_taints_it_once(tale: Tale, rule: str) -> None:
    about = REFS | {"finding": f"{AUDIT}/FI-1"}
    assert tale.say("finding.confirmed", AUDIT, about, department=C, rule=rule).fits
    assert tale.state == "tainted"
    again = tale.say("finding.confirmed", AUDIT, about, department=C, rule=rule)
    assert again.reason == "unfit_state"


def test_of_a_tainted_use_too_feedback_is_given(tale: Tale) -> None:
    tale.say("finding.confirmed", AUDIT, REFS | {"finding": f"{AUDIT}/FI-1"}, department=C)
    assert tale.say("feedback.quality", C, REFS | {"feedback": f"{C}/F-1"}).fits
    assert (tale.state, tale.body["feedback"]) == ("tainted", [2])


def test_a_cleared_challenge_leaves_it_upheld(tale: Tale) -> None:
    tale.say("dispute.opened", P, DISPUTED, respondents=[C])
    about = REFS | {"finding": f"{AUDIT}/FI-1"}
    assert tale.say("finding.cleared", AUDIT, about, department=C).fits
    assert tale.state == "upheld"
