"""A correction: confirmed or not, told to all who had the data, acknowledged, closed."""

import pytest

from ledger.sharing.corrections import overdue_at
from tests.unit.sharing.tale import ACT, CORRECTION, ITEM, C, P, Tale, X, digest_of

REFS = {"correction": CORRECTION, "item": ITEM}
Y = "WJ"


@pytest.fixture
def tale() -> Tale:
    made = Tale("correction", CORRECTION)
    made.say("correction.requested", C, REFS, provider=P)
    return made


def result(tale: Tale, what: str, source: str = P, to: str | None = None) -> str | None:
    members = {"consumer": C, "result": what, "reason": "evidence_lacking", "referred_to": to}
    return tale.say("correction.resulted", source, REFS, **members).reason


def acknowledge(tale: Tale, source: str, outcome: str = "replaced", acts: tuple = ()) -> str | None:
    members = {"provider": P, "outcome": outcome, "affected_acts": list(acts)}
    members["parents"] = [digest_of(2)]
    return tale.say("notice.acknowledged", source, REFS, **members).reason


@pytest.mark.parametrize(
    ("what", "state"),
    [("corrected", "confirmed"), ("partly", "confirmed"), ("not_confirmed", "rejected")],
)
def test_it_is_confirmed_or_rejected_with_its_reason(tale: Tale, what: str, state: str) -> None:
    assert tale.state == "open"
    assert result(tale, what, C) == "no_party"
    assert result(tale, what) is None
    assert tale.state == state
    assert tale.body["reason"] == "evidence_lacking"


def test_the_source_answers_where_it_was_referred_to(tale: Tale) -> None:
    assert result(tale, "corrected", X) == "no_party"
    assert result(tale, "referred_to_source", to=X) is None
    assert tale.state == "open"
    assert result(tale, "corrected", X) is None
    assert tale.state == "confirmed"


def test_all_who_had_it_are_told_and_answer(tale: Tale) -> None:
    result(tale, "corrected")
    assert tale.say("notice.issued", P, REFS, consumers=[C, Y]).fits
    assert tale.state == "notifying"
    assert acknowledge(tale, X) == "not_told"
    assert acknowledge(tale, C) is None
    assert acknowledge(tale, Y, "being_checked") is None
    assert tale.state == "notifying"
    assert acknowledge(tale, Y) is None
    assert tale.state == "closed"


def test_acts_that_rest_on_it_are_examined_anew_before_it_closes(tale: Tale) -> None:
    result(tale, "corrected")
    tale.say("recall.issued", P, REFS, consumers=[C])
    acknowledge(tale, C, acts=(ACT,))
    assert tale.state == "all_acked"
    about = REFS | {"act": ACT}
    assert tale.say("act.reexamined", C, about, outcome="pending").fits
    assert tale.state == "all_acked"
    other = REFS | {"act": f"{C}/A-9"}
    assert tale.say("act.reexamined", C, other, outcome="upheld").reason == "act_not_named"
    assert tale.say("act.reexamined", C, about, outcome="upheld").fits
    assert tale.state == "closed"


def test_whether_it_is_overdue_hangs_on_the_term_one_asks_with(tale: Tale) -> None:
    assert not overdue_at(tale.body, None, tale.now)
    assert not overdue_at(tale.body, tale.now, tale.now)
    assert overdue_at(tale.body, "2026-07-01T00:00:00.000Z", tale.now)
    result(tale, "corrected")
    assert not overdue_at(tale.body, "2026-07-01T00:00:00.000Z", tale.now)
