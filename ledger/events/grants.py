"""What is granted, and how a grant lives: amended, reviewed, suspended, resumed, ended.

A grant says the whole of its scope, and so does each amendment: what held at a
time is the scope that was said last before it. Neither the expected benefit nor
the safeguards may be left out, for a share that has only one of them is not
weighed. That a day has passed, or that a grant has expired, nobody says: it
follows from what was said.

Source: decree 809, articles 20, 22, 25 and 27; spec 9.
"""

from ledger.events import terms
from ledger.events.declare import declare
from ledger.events.fields import (
    Boolean,
    Choice,
    DepartmentId,
    Hex,
    Id,
    Integer,
    Kind,
    ListOf,
    Object,
    Ref,
    Text,
    Time,
)
from ledger.events.parts import needed_when
from ledger.events.speakers import BODIES
from ledger.events.terms import DIRECTIONS, PROVIDER
from ledger.events.wording import Wording

ENDING = Wording("the providing department or the sharing authority", "提供部门或共享主管部门")


def _terms() -> dict[str, Kind]:
    return {
        "consumer": DepartmentId(),
        "scope": terms.scope(),
        "expected_benefits": terms.benefits(),
        "safeguards": terms.safeguards(),
        "schedule": terms.schedule(),
        "conditions": terms.conditions(optional=True),
        "matter_codes": ListOf(Id(), optional=True),
        "systems": ListOf(Id(), optional=True),
        "officials": ListOf(Id(), optional=True),
        "item_version": Text(optional=True),
        "feedback_days": Integer(1, 3660, optional=True),
    }


def _emergency() -> Object:
    """Shared first, papers later: until when it holds, and when the papers are due."""
    return Object(
        {
            "reason": Choice(
                "natural_disaster", "accident", "public_health", "public_security", "other"
            ),
            "sunset": Time(),
            "paperwork_due": Time(),
            "document": Text(optional=True),
        },
        optional=True,
    )


GRANT_ISSUED = declare(
    "grant.issued",
    "grants",
    en="Grant issued",
    zh="共享授权",
    speaker=PROVIDER,
    serves=("809:20", "809:22", "S31", "S36"),
    speakers=BODIES,
    parties=("consumer",),
    mentions=("scope.onward.department", "scope.onward.secrecy_review", "copied_from"),
    refs=("grant", "item"),
    refs_optional=("request", "agreement", "assessment", "dispute", "matter"),
    members={
        **_terms(),
        "direction": Choice(*DIRECTIONS, optional=True),
        "legal_basis": terms.legal_basis(optional=True),
        "emergency": _emergency(),
        "pilot": terms.pilot(),
        "copied_from": Ref(optional=True),
    },
)

GRANT_AMENDED = declare(
    "grant.amended",
    "grants",
    en="Grant amended",
    zh="变更共享授权",
    speaker=PROVIDER,
    serves=("809:25",),
    speakers=BODIES,
    parties=("consumer",),
    mentions=("scope.onward.department", "scope.onward.secrecy_review"),
    refs=("grant", "item"),
    refs_optional=("request", "agreement", "assessment", "dispute", "matter"),
    members={
        **_terms(),
        "changes": ListOf(
            Choice(
                "purpose",
                "fields",
                "granularity",
                "channels",
                "period",
                "frequency",
                "regions",
                "onward",
                "conditions",
                "schedule",
                "systems",
                "officials",
                "consumer",
            ),
            1,
        ),
        "cause": Choice(
            "asked_by_consumer",
            "narrowed_by_provider",
            "paperwork",
            "review",
            "cure",
            "dispute",
            "law_changed",
            "succession",
            "other",
        ),
        "effective": Time(),
        # Digests of the consultation and the filing of article 27, where it is the provider's wish.
        "consultation": Hex(optional=True),
        "filing": Hex(optional=True),
    },
)

GRANT_REVIEWED = declare(
    "grant.reviewed",
    "grants",
    en="Grant reviewed",
    zh="共享授权复查",
    speaker=ENDING,
    serves=("S36",),
    speakers=BODIES,
    parties=("consumer",),
    refs=("grant", "item"),
    refs_optional=("assessment", "agreement", "matter"),
    members={
        "consumer": DepartmentId(),
        "kind": Choice("emergency", "pilot", "periodic"),
        "outcome": Choice("continue", "regularise", "narrow", "end"),
        "paperwork_complete": Boolean(optional=True),
        "next_review": Time(optional=True),
    },
    rules=(needed_when("paperwork_complete", "kind", "emergency"),),
)

GRANT_SUSPENDED = declare(
    "grant.suspended",
    "grants",
    en="Grant suspended",
    zh="暂停共享权限",
    speaker=ENDING,
    serves=("809:27",),
    speakers=BODIES,
    parties=("consumer",),
    mentions=("findings",),
    refs=("grant", "item"),
    refs_optional=("finding", "incident", "dispute", "matter"),
    members={
        "consumer": DepartmentId(),
        "reason": Choice(
            "beyond_scope",
            "beyond_purpose",
            "third_party",
            "safeguards_lacking",
            "incident",
            "secrecy_risk",
            "wrong_data",
            "law_changed",
            "technical",
            "other",
            "not_stated",
        ),
        "effective": Time(),
        "findings": ListOf(Ref(), optional=True),
        "cure_due": Time(optional=True),
        "fields": terms.fields(1, optional=True),
        "legal_basis": terms.legal_basis(optional=True),
    },
)

GRANT_RESUMED = declare(
    "grant.resumed",
    "grants",
    en="Grant resumed",
    zh="恢复共享权限",
    speaker=ENDING,
    serves=("809:27",),
    speakers=BODIES,
    parties=("consumer",),
    refs=("grant", "item"),
    refs_optional=("finding", "incident", "dispute", "matter"),
    members={
        "consumer": DepartmentId(),
        "reason": Choice("cured", "cleared", "dispute", "cause_gone", "other"),
        "effective": Time(),
    },
)

GRANT_TERMINATED = declare(
    "grant.terminated",
    "grants",
    en="Grant terminated",
    zh="终止共享",
    speaker=ENDING,
    serves=("809:27", "S53"),
    speakers=BODIES,
    parties=("consumer",),
    mentions=("superseded_by",),
    refs=("grant", "item"),
    refs_optional=("agreement", "finding", "incident", "dispute", "disposal", "matter"),
    members={
        "consumer": DepartmentId(),
        "reason": Choice(
            "cure_refused",
            "cure_inadequate",
            "purpose_achieved",
            "purpose_impossible",
            "not_needed",
            "asked_by_consumer",
            "item_withdrawn",
            "law_changed",
            "superseded",
            "succession",
            "provider_cannot",
            "other",
            "not_stated",
        ),
        "effective": Time(),
        "superseded_by": Ref(optional=True),
        # Digests; without them a provider's own stop is a finding.
        "consultation": Hex(optional=True),
        "filing": Hex(optional=True),
        "legal_basis": terms.legal_basis(optional=True),
    },
    rules=(needed_when("superseded_by", "reason", "superseded"),),
)

GRANTS = (
    GRANT_ISSUED,
    GRANT_AMENDED,
    GRANT_REVIEWED,
    GRANT_SUSPENDED,
    GRANT_RESUMED,
    GRANT_TERMINATED,
)
