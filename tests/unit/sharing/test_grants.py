"""A grant as decree 809 has it, row by row, from its papers to the keeping of its records."""

from typing import Any

import pytest

from ledger.sharing.grants import retention_from, state_at, state_with_item
from tests.unit.sharing.tale import (
    AUDIT,
    AUTHORITY,
    DELIVERY,
    GOVERNMENT,
    GRANT,
    ITEM,
    USE,
    C,
    P,
    Tale,
    X,
    digest_of,
    example,
)

REFS = {"grant": GRANT, "item": ITEM}
SENT = REFS | {"delivery": DELIVERY}
DISPOSED = REFS | {"disposal": f"{P}/DI-1"}
SCOPE = example("grant.issued")["scope"]
ENDS = SCOPE["to"]
LATER = "2028-01-01T00:00:00.000Z"


@pytest.fixture
def tale() -> Tale:
    made = Tale("grant", GRANT)
    made.say("grant.issued", P, REFS, consumer=C)
    return made


@pytest.fixture
def active(tale: Tale) -> Tale:
    deliver(tale)
    assert tale.state == "active"
    return tale


def deliver(tale: Tale, sent: str | None = None, arrived: str | None = None) -> str | None:
    tale.say("delivery.sent", P, SENT, consumer=C, content_sha256=sent)
    receipt = {"provider": P, "content_sha256": arrived, "result": "accepted"}
    return tale.say("delivery.received", C, SENT, **receipt).reason


def suspend(tale: Tale, source: str = P) -> str | None:
    return tale.say("grant.suspended", source, REFS, consumer=C).reason


def end(tale: Tale, reason: str, source: str = P) -> str | None:
    more = {"superseded_by": f"{P}/G-2"} if reason == "superseded" else {"superseded_by": None}
    return tale.say("grant.terminated", source, REFS, consumer=C, reason=reason, **more).reason


def test_papers_make_it_ready_and_missing_ones_are_shown(tale: Tale) -> None:
    assert tale.state == "approved"
    assert tale.body["papers"] == {"agreement": None, "assessment": None}
    tale.say("grant.amended", P, REFS | {"agreement": f"{P}/AG-1"}, consumer=C, cause="paperwork")
    assert tale.state == "approved"
    tale.say("assessment.recorded", C, REFS | {"assessment": f"{C}/AS-1"})
    assert tale.state == "ready"
    deliver(tale)
    assert tale.state == "active"


def test_the_first_delivery_that_arrives_makes_it_active_without_papers_too(tale: Tale) -> None:
    tale.say("delivery.sent", P, SENT, consumer=C)
    assert tale.state == "approved"
    other = SENT | {"delivery": f"{P}/D-9"}
    assert tale.say("delivery.received", C, other, provider=P).reason == "nothing_sent"
    assert tale.say("delivery.received", C, SENT, provider=P, content_sha256=None).fits
    assert tale.state == "active"


def test_what_arrives_otherwise_than_it_was_sent_does_not(tale: Tale) -> None:
    assert deliver(tale, "a" * 64, "b" * 64) == "hash_differs"
    assert tale.state == "approved"
    assert deliver(tale, "a" * 64, "a" * 64) is None
    assert tale.state == "active"


def test_an_emergency_is_active_at_once_and_flagged_until_its_sunset() -> None:
    tale = Tale("grant", GRANT)
    emergency = {
        "reason": "accident",
        "sunset": "2026-08-01T00:00:00.000Z",
        "paperwork_due": "2026-07-20T00:00:00.000Z",
    }
    tale.say("grant.issued", P, REFS, consumer=C, emergency=emergency)
    assert tale.state == "active"
    assert tale.body["emergency"] == emergency
    assert tale.body["due"] == emergency["sunset"]
    assert state_at(tale.body, emergency["sunset"]) == "expired"
    reviewed = {"kind": "emergency", "outcome": "regularise", "paperwork_complete": True}
    tale.say("grant.reviewed", P, REFS, consumer=C, **reviewed)
    assert state_at(tale.body, emergency["sunset"]) == "active"
    assert tale.body["emergency"]["regularised"] == 1
    assert state_at(tale.body, ENDS) == "expired"


def test_an_emergency_may_be_reviewed_after_its_sunset() -> None:
    tale = Tale("grant", GRANT)
    emergency = {
        "reason": "accident",
        "sunset": "2026-07-10T00:00:00.000Z",
        "paperwork_due": "2026-07-10T00:00:00.000Z",
    }
    tale.say("grant.issued", P, REFS, consumer=C, emergency=emergency)
    tale.now = "2026-07-20T00:00:00.000Z"
    assert tale.state == "expired"
    review = {"kind": "emergency", "outcome": "end", "paperwork_complete": False}
    assert tale.say("grant.reviewed", P, REFS, consumer=C, **review).fits
    assert tale.body["reviewed"]["index"] == 1
    assert tale.state == "expired"


@pytest.mark.parametrize("source", [P, AUTHORITY, GOVERNMENT])
def test_it_is_suspended_and_resumed(active: Tale, source: str) -> None:
    assert suspend(active, source) is None
    assert active.state == "suspended"
    assert active.say("use.recorded", C, REFS | {"use": USE}).reason == "unfit_state"
    cure = {"department": C, "ordered_by": P, "result": "cured", "parents": [digest_of(3)]}
    assert active.say("cure.resulted", P, REFS, **cure).fits
    assert active.state == "suspended"
    assert active.body["suspensions"][0]["cure"]["result"] == "cured"
    assert active.say("grant.resumed", source, REFS, consumer=C).fits
    assert active.state == "active"


def test_a_cure_that_is_refused_ends_in_termination(active: Tale) -> None:
    suspend(active)
    assert end(active, "cure_refused", AUTHORITY) is None
    assert active.state == "terminated"
    assert active.say("grant.resumed", P, REFS, consumer=C).reason == "unfit_state"


def test_each_amendment_is_a_version_with_its_whole_scope(active: Tale) -> None:
    wider = SCOPE | {"fields": [*SCOPE["fields"], "住址"]}
    assert active.say("grant.amended", C, REFS, consumer=C, scope=wider).reason == "no_party"
    assert active.say("grant.amended", P, REFS, consumer=C, scope=wider).fits
    assert active.state == "active"
    versions = active.body["versions"]
    assert [one["version"] for one in versions] == [1, 2]
    assert [one["scope"] for one in versions] == [SCOPE, wider]
    assert versions[1]["index"] == 4


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("purpose_achieved", "ended"),
        ("item_withdrawn", "ended"),
        ("superseded", "superseded"),
        ("provider_cannot", "terminated"),
        ("not_stated", "terminated"),
    ],
)
def test_it_ends(active: Tale, reason: str, state: str) -> None:
    assert end(active, reason, C) == "no_party"
    assert end(active, reason) is None
    assert active.state == state
    assert active.body["ending"]["reason"] == reason


def test_consultation_and_filing_of_a_stop_are_there_or_missing(active: Tale) -> None:
    active.say(
        "grant.terminated", P, REFS, consumer=C, reason="other", consultation="c" * 64,
        filing=None, superseded_by=None,
    )  # fmt: skip
    assert active.body["ending"]["consultation"] == "c" * 64
    assert active.body["ending"]["filing"] is None


def test_a_successor_grant_is_named(active: Tale) -> None:
    end(active, "superseded")
    assert active.body["ending"]["superseded_by"] == f"{P}/G-2"


def test_expiry_follows_from_the_scope_and_is_said_by_nobody(active: Tale) -> None:
    assert state_at(active.body, ENDS[:-5] + ".000Z") == "expired"
    active.now = LATER
    assert active.say("use.recorded", C, REFS | {"use": USE}).reason == "unfit_state"
    assert active.history[-1].state == "expired"
    assert active.body["state"] == "active"


def test_the_withdrawal_of_its_item_ends_it(active: Tale) -> None:
    item = {"withdrawn": {"effective": "2026-08-01T00:00:00.000Z"}}
    assert state_with_item(active.body, "2026-07-31T00:00:00.000Z", item) == "active"
    assert state_with_item(active.body, "2026-08-01T00:00:00.000Z", item) == "ended"
    assert state_with_item(active.body, "2026-08-01T00:00:00.000Z", None) == "active"


def dispose(tale: Tale, **accepted: Any) -> str | None:
    tale.say("disposal.done", C, DISPOSED, provider=P)
    return tale.say("disposal.accepted", P, DISPOSED, consumer=C, **accepted).reason


def test_disposal_closes_what_has_ended_and_starts_the_keeping(active: Tale) -> None:
    end(active, "purpose_achieved")
    active.say("disposal.required", P, DISPOSED, consumer=C)
    assert active.state == "closing"
    accepted = {"consumer": C, "result": "accepted"}
    assert active.say("disposal.accepted", P, DISPOSED, **accepted).reason == "nothing_done"
    assert dispose(active, result="inadequate", lacking=["copies_left"]) is None
    assert active.state == "closing"
    assert retention_from(active.body, active.now) is None
    active.now = "2026-09-01T00:00:00.000Z"
    assert dispose(active, result="accepted", lacking=None) is None
    assert active.state == "closed"
    assert retention_from(active.body, LATER) == active.now


def test_what_was_disposed_of_early_is_closed_by_the_end_of_its_time(active: Tale) -> None:
    active.say("disposal.required", P, DISPOSED, consumer=C)
    dispose(active, result="accepted", lacking=None)
    assert active.state == "active"
    assert state_at(active.body, LATER) == "closed"
    assert retention_from(active.body, LATER) == ENDS


@pytest.mark.parametrize("source", [X, C, AUDIT])
def test_nobody_else_suspends_it(active: Tale, source: str) -> None:
    before = active.body
    assert suspend(active, source) == "no_party"
    assert active.body == before | {"last": 3, "unfit": 1}


def test_by_office_one_speaks_of_it_and_as_a_stranger_not(active: Tale) -> None:
    opinion = {"rule": "F2", "rules_version": "v1", "department": C}
    about = REFS | {"finding": f"{AUDIT}/F-1"}
    assert active.say("finding.confirmed", AUDIT, about, **opinion).fits
    assert active.say("storage.recorded", X, REFS, provider=P).reason == "no_party"
    assert active.say("storage.recorded", C, REFS, provider=P).fits
    assert active.state == "active"
