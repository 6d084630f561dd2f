"""A request as decree 809 has it, row by row, from the asking to the end of a dispute."""

from typing import Any

import pytest

from ledger.sharing.hands import missing
from tests.unit.sharing.tale import (
    AUDIT,
    AUTHORITY,
    DISPUTE,
    GOVERNMENT,
    GRANT,
    ITEM,
    REQUEST,
    SUPERIOR,
    C,
    P,
    Tale,
    X,
    digest_of,
)

REFS = {"request": REQUEST, "item": ITEM}
DISPUTED = REFS | {"dispute": DISPUTE}


@pytest.fixture
def tale() -> Tale:
    made = Tale("request", REQUEST)
    made.say("request.made", C, REFS, provider=P)
    return made


def refuse(tale: Tale) -> None:
    tale.say("request.replied", P, REFS, consumer=C, decision="refuse", reason_code="no_duty")


def escalate(tale: Tale, rung: tuple[str, str], to: str, **more: Any) -> str | None:
    members = {"from_rung": rung[0], "to_rung": rung[1], "to": to, "respondents": [P]}
    return tale.say("dispute.escalated", C, DISPUTED, **members, **more).reason


def test_who_asks_opens_it(tale: Tale) -> None:
    assert tale.state == "requested"
    assert tale.body["owner"] == C
    assert tale.body["counterparty"] == P
    assert tale.body["item"] == ITEM


def test_what_is_missing_is_told_once(tale: Tale) -> None:
    assert tale.say("request.supplement_required", P, REFS, consumer=C).fits
    assert tale.state == "supplement_required"
    assert tale.body["due"] is not None
    assert tale.say("request.supplemented", C, REFS, provider=P).fits
    assert tale.state == "requested"
    again = tale.say("request.supplement_required", P, REFS, consumer=C)
    assert again.reason == "second_supplement"
    assert tale.state == "requested"


def test_extensions_are_summed_as_they_were_said(tale: Tale) -> None:
    tale.say("request.extended", P, REFS, consumer=C, working_days=4, agreed_by=AUTHORITY)
    tale.say("request.extended", P, REFS, consumer=C, working_days=7, agreed_by=None)
    assert tale.state == "requested"
    assert tale.body["extended_working_days"] == 11
    assert [one["agreed_by"] for one in tale.body["extensions"]] == [AUTHORITY, None]


@pytest.mark.parametrize(
    ("decision", "state"),
    [("agree", "approved"), ("agree_narrowed", "approved"), ("refuse", "refused")],
)
def test_it_is_answered(tale: Tale, decision: str, state: str) -> None:
    reply = tale.say("request.replied", P, REFS | {"grant": GRANT}, consumer=C, decision=decision)
    assert reply.fits
    assert tale.state == state
    assert tale.body["reply"]["grant"] == GRANT


def test_it_is_withdrawn(tale: Tale) -> None:
    tale.say("request.withdrawn", C, REFS, provider=P)
    assert tale.state == "withdrawn"
    late = tale.say("request.replied", P, REFS, consumer=C, decision="agree")
    assert late.reason == "unfit_state"


def test_a_refusal_is_disputed_up_to_the_government(tale: Tale) -> None:
    refuse(tale)
    tale.say("dispute.opened", C, DISPUTED, respondents=[P])
    assert tale.state == "negotiating"
    assert escalate(tale, ("parties", "same_level_authority"), AUTHORITY) is None
    assert tale.state == "at_authority"
    assert escalate(tale, ("same_level_authority", "common_superior"), SUPERIOR) is None
    assert tale.state == "at_superior"
    assert escalate(tale, ("common_superior", "government"), GOVERNMENT) is None
    assert tale.state == "at_government"


@pytest.mark.parametrize(
    ("remedies", "state"), [(["share_narrowed"], "approved"), (["nothing"], "refused_final")]
)
def test_a_dispute_ends_the_request(tale: Tale, remedies: list[str], state: str) -> None:
    refuse(tale)
    tale.say("dispute.opened", C, DISPUTED, respondents=[P])
    escalate(tale, ("parties", "government"), GOVERNMENT)
    members = {"participants": [C, P], "rung": "government", "remedies": remedies}
    assert tale.say("dispute.decided", SUPERIOR, DISPUTED, **members).reason == "no_party"
    wrong = members | {"rung": "common_superior"}
    assert tale.say("dispute.decided", GOVERNMENT, DISPUTED, **wrong).reason == "wrong_rung"
    assert tale.state == "at_government"
    assert tale.say("dispute.decided", GOVERNMENT, DISPUTED, **members).fits
    assert tale.state == state


def test_the_parties_may_settle_first(tale: Tale) -> None:
    refuse(tale)
    tale.say("dispute.opened", C, DISPUTED, respondents=[P])
    members = {"participants": [C], "rung": "parties", "remedies": ["share"]}
    assert tale.say("dispute.settled", P, DISPUTED, **members).fits
    assert tale.state == "approved"


def test_a_dispute_about_delay_stands_beside_a_request(tale: Tale) -> None:
    assert tale.say("dispute.opened", C, DISPUTED, respondents=[P], subject="delay").fits
    assert tale.state == "requested"


def test_hands_are_there_or_missing(tale: Tale) -> None:
    assert missing(tale.body) == ("consumer_office_head",)
    consent = {"decision": "agree", "parents": [digest_of(0)]}
    tale.say("statement.countersigned", C, {}, **consent)  # a handler's is not the head's
    tale.say("statement.countersigned", P, {}, **consent, tier="office_head")
    assert missing(tale.body) == ("consumer_office_head",)
    tale.say("statement.countersigned", C, {}, **consent, tier="office_head")
    assert missing(tale.body) == ()
    tale.say("request.replied", P, REFS, consumer=C, decision="agree", tier="office_head")
    assert missing(tale.body) == ()
    assert tale.body["hands"]["provider_office_head"]["index"] == 4


def test_an_objection_is_kept_and_is_no_hand(tale: Tale) -> None:
    tale.say(
        "statement.countersigned", C, {}, decision="object", parents=[digest_of(0)],
        tier="office_head",
    )  # fmt: skip
    assert missing(tale.body) == ("consumer_office_head",)
    assert tale.body["dissents"] == [{"index": 1, "department": C, "tier": "office_head"}]


@pytest.mark.parametrize("source", [X, AUDIT, C])
def test_a_reply_by_anybody_else_changes_nothing(tale: Tale, source: str) -> None:
    before = tale.body
    step = tale.say("request.replied", source, REFS, consumer=C, decision="agree")
    assert step.reason == "no_party"
    assert tale.body == before | {"last": 1, "unfit": 1}


def test_a_successor_answers_in_its_predecessors_place(tale: Tale) -> None:
    tale.stands_for[X] = frozenset({X, P})
    assert tale.say("request.replied", X, REFS, consumer=C, decision="agree").fits
    assert tale.state == "approved"


def test_what_comes_before_it_was_opened_is_kept() -> None:
    tale = Tale("request", REQUEST)
    assert tale.say("request.withdrawn", C, REFS, provider=P).reason == "not_open"
    assert tale.say("request.made", X, REFS, provider=P).reason == "no_party"
    assert tale.body["opened"] is None
    assert tale.say("request.made", C, REFS, provider=P).fits
    assert tale.say("request.made", C, REFS, provider=P).reason == "opened_before"
    assert tale.body["opened"] == 2


def test_what_will_be_opened_may_be_named_before() -> None:
    tale = Tale("grant", GRANT)
    assert tale.say("request.replied", P, REFS | {"grant": GRANT}, consumer=C).fits
    assert tale.say("request.replied", X, REFS | {"grant": GRANT}, consumer=C).reason == "not_open"
    assert tale.history[0].state == ""
