"""A dispute, rung by rung; and an agreement, hand by hand."""

import pytest

from ledger.sharing.hands import missing
from tests.unit.sharing.tale import (
    AUTHORITY,
    DISPUTE,
    GOVERNMENT,
    ITEM,
    C,
    P,
    Tale,
    X,
    digest_of,
    example,
)

REFS = {"dispute": DISPUTE, "item": ITEM}
AGREEMENT = f"{P}/AG-1"


@pytest.fixture
def tale() -> Tale:
    made = Tale("dispute", DISPUTE)
    made.say("dispute.opened", C, REFS, respondents=[P])
    return made


def escalate(tale: Tale, source: str, below: str, above: str, to: str) -> str | None:
    members = {"respondents": [P], "from_rung": below, "to_rung": above, "to": to}
    return tale.say("dispute.escalated", source, REFS, **members).reason


def test_it_climbs_from_the_rung_where_it_is(tale: Tale) -> None:
    assert tale.state == "negotiating"
    assert escalate(tale, X, "parties", "same_level_authority", AUTHORITY) == "no_party"
    assert escalate(tale, P, "common_superior", "government", GOVERNMENT) == "wrong_rung"
    assert escalate(tale, P, "parties", "same_level_authority", AUTHORITY) is None
    assert tale.state == "at_authority"
    assert tale.body["rungs"][-1]["to"] == AUTHORITY
    assert escalate(tale, C, "same_level_authority", "government", GOVERNMENT) is None
    assert tale.state == "at_government"


def test_who_was_called_upon_mediates_and_decides(tale: Tale) -> None:
    escalate(tale, C, "parties", "same_level_authority", AUTHORITY)
    mediation = {"participants": [C, P], "rung": "same_level_authority"}
    assert tale.say("dispute.mediated", GOVERNMENT, REFS, **mediation).reason == "no_party"
    assert tale.say("dispute.mediated", AUTHORITY, REFS, **mediation).fits
    assert tale.state == "at_authority"
    assert len(tale.body["mediations"]) == 1
    ruling = mediation | {"remedies": ["share"]}
    wrong = ruling | {"rung": "government"}
    assert tale.say("dispute.decided", AUTHORITY, REFS, **wrong).reason == "wrong_rung"
    assert tale.say("dispute.decided", AUTHORITY, REFS, **ruling).fits
    assert tale.state == "decided"
    assert tale.body["outcome"]["remedies"] == ["share"]


def test_the_parties_settle_at_any_rung(tale: Tale) -> None:
    terms = {"participants": [C], "rung": "parties", "remedies": ["share"]}
    assert tale.say("dispute.settled", X, REFS, **terms).reason == "no_party"
    assert tale.say("dispute.settled", P, REFS, **terms).fits
    assert tale.state == "settled"
    assert tale.say("dispute.settled", P, REFS, **terms).reason == "unfit_state"


def agreed() -> Tale:
    tale = Tale("agreement", AGREEMENT)
    parties = [{"department": P, "role": "provider"}, {"department": C, "role": "consumer"}]
    tale.say("agreement.made", P, {"agreement": AGREEMENT}, parties=parties)
    return tale


def test_every_party_of_an_agreement_has_a_hand() -> None:
    tale = agreed()
    assert missing(tale.body) == (C,)
    consent = {"decision": "agree", "parents": [digest_of(0)]}
    about = {"agreement": AGREEMENT}
    assert tale.say("statement.countersigned", X, about, **consent).reason == "no_party"
    assert tale.say("statement.countersigned", C, about, **consent).fits
    assert missing(tale.body) == ()
    amended = {"parties": example("agreement.made")["parties"][:1]}
    amended["parties"] += [{"department": C, "role": "consumer"}]
    tale.say("agreement.amended", C, about, **amended)
    assert C not in missing(tale.body)
    assert len(missing(tale.body)) == 1


def test_an_agreement_ends_by_its_period_or_by_a_statement() -> None:
    tale = agreed()
    assert tale.state == "made"
    due = tale.body["due"]
    assert due is None or tale.machine.state_at(tale.body, due) == "expired"
    tale.say("agreement.ended", C, {"agreement": AGREEMENT}, parties=[P], superseded_by=None,
             reason="by_consent")  # fmt: skip
    assert tale.state == "ended"
