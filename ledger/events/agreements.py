"""What parties agree on between them, and what is talked over and filed before a share changes.

An agreement binds departments, not the persons who head them. Its clauses are
told apart by id, so that a later statement can rest on one of them.

Source: decree 809, articles 20, 27, 28 and 31; spec 9.
"""

from ledger.events import terms
from ledger.events.declare import declare
from ledger.events.fields import (
    Choice,
    DepartmentId,
    Hex,
    Id,
    Integer,
    Kind,
    ListOf,
    Object,
    Ref,
    Rule,
    Time,
)
from ledger.events.parts import needed_when, period
from ledger.events.speakers import BODIES, SOCIAL
from ledger.events.terms import EITHER, about_something
from ledger.events.wording import Wording

PARTY = Wording("a party of the agreement", "协议当事方")

CLAUSES = (
    "purpose", "mode", "scope", "security", "personal_information", "responsibility", "feedback",
    "disposal", "cost", "dispute", "ending", "other",
)  # fmt: skip


def _agreement() -> dict[str, Kind]:
    """The whole of an agreement as it stands after the statement."""
    party = {
        "department": DepartmentId(),
        "role": Choice(
            "provider",
            "consumer",
            "industry_lead",
            "platform_operator",
            "contractor",
            "guarantor",
            "other",
        ),
    }
    # The text stays with the parties: its digest binds it.
    clause = {"id": Id(), "kind": Choice(*CLAUSES), "sha256": Hex(optional=True)}
    return {
        "parties": ListOf(Object(party), 2),
        "purpose_codes": ListOf(Id(), 1),
        "clauses": ListOf(Object(clause), 1),
        "period": period(),
        "expected_benefits": terms.benefits(),
        "safeguards": terms.safeguards(),
        "items": ListOf(Ref(), optional=True),
        "matter_codes": ListOf(Id(), optional=True),
        "feedback_days": Integer(1, 3660, optional=True),
        "text_sha256": Hex(optional=True),
        "copied_from": Ref(optional=True),
        "pilot": terms.pilot(),
        # Without a review of secrecy nothing of it is published.
        "publication": Object({"secrecy_review": Ref()}, optional=True),
    }


AGREEMENT_MADE = declare(
    "agreement.made",
    "grants",
    en="Agreement made",
    zh="签订共享协议",
    speaker=PARTY,
    serves=("809:20", "S06", "S61"),
    speakers=BODIES | SOCIAL,
    parties=("parties.department", "items"),
    mentions=("copied_from", "publication.secrecy_review"),
    refs=("agreement",),
    refs_optional=("item", "request", "matter", "assessment"),
    members=_agreement(),
)

AGREEMENT_AMENDED = declare(
    "agreement.amended",
    "grants",
    en="Agreement amended",
    zh="变更共享协议",
    speaker=PARTY,
    serves=("S06", "S41"),
    speakers=BODIES | SOCIAL,
    parties=("parties.department", "items"),
    mentions=("copied_from", "publication.secrecy_review"),
    refs=("agreement",),
    refs_optional=("item", "request", "matter", "assessment"),
    members={
        **_agreement(),
        "changes": ListOf(
            Choice("renewed", "parties", "purpose", "clauses", "period", "items", "publication"), 1
        ),
        "effective": Time(),
    },
)

AGREEMENT_ENDED = declare(
    "agreement.ended",
    "grants",
    en="Agreement ended",
    zh="终止共享协议",
    speaker=PARTY,
    serves=("S53",),
    speakers=BODIES | SOCIAL,
    parties=("parties",),
    mentions=("superseded_by",),
    refs=("agreement",),
    refs_optional=("item", "matter", "dispute"),
    members={
        "parties": ListOf(DepartmentId(), 1),
        "reason": Choice(
            "period_over",
            "purpose_achieved",
            "purpose_impossible",
            "by_consent",
            "breach",
            "law_changed",
            "succession",
            "superseded",
            "one_sided",
            "other",
            "not_stated",
        ),
        "effective": Time(),
        "superseded_by": Ref(optional=True),
    },
    rules=(needed_when("superseded_by", "reason", "superseded"),),
)

CONSULTATION_HELD = declare(
    "consultation.held",
    "grants",
    en="Consultation held",
    zh="协商",
    speaker=EITHER,
    serves=("809:27", "809:28"),
    speakers=BODIES,
    parties=("participants",),
    refs_optional=("grant", "item", "agreement", "request", "dispute", "correction", "matter"),
    members={
        "about": Choice(
            "refusal", "conditions", "change", "suspension", "termination", "dispute", "quality"
        ),
        "participants": ListOf(DepartmentId(), 1),
        "outcome": Choice("agreed", "partly_agreed", "not_agreed", "no_answer"),
        "form": Choice("meeting", "letter", "online", "not_stated"),
        "agreed_effective": Time(optional=True),
        "minutes_sha256": Hex(optional=True),
    },
    rules=(about_something("grant", "item", "agreement", "request", "dispute"),),
)

FILING_MADE = declare(
    "filing.made",
    "grants",
    en="Filing made",
    zh="备案",
    speaker=EITHER,
    serves=("809:27", "809:28", "809:31"),
    speakers=BODIES,
    parties=("filed_with",),
    refs_optional=("grant", "item", "agreement", "request", "dispute", "matter"),
    members={
        "about": Choice("change", "termination", "dispute", "application", "new_system", "other"),
        "filed_with": DepartmentId(),
        "effective": Time(optional=True),
    },
    rules=(
        Rule(
            "platform_ref",
            lambda data: "platform_ref" in data or "document" in data,
            Wording(
                "or document must give the number of the filing",
                "与 document 须至少填写一项，写明备案编号",
            ),
        ),
    ),
)

AGREEMENTS = (
    AGREEMENT_MADE,
    AGREEMENT_AMENDED,
    AGREEMENT_ENDED,
    CONSULTATION_HELD,
    FILING_MADE,
)
