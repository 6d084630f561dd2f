"""How a share is asked for and answered: five things in the asking, a reason in a refusal.

Every one of these names the request and its one item, so that the item's chain
shows all that was ever asked of it, refused requests among them.

Source: decree 809, articles 20, 21 and 24; spec 9.
"""

from ledger.events import terms
from ledger.events.declare import declare
from ledger.events.fields import Choice, DepartmentId, Id, Integer, ListOf, Region, Text, Time
from ledger.events.parts import needed_when, period
from ledger.events.speakers import BODIES
from ledger.events.terms import ATTRIBUTES, CONSUMER, DIRECTIONS, PROVIDER, REFUSAL_REASONS
from ledger.events.wording import Wording

# What a request consists of, and so what can be found missing in one.
MATERIALS = (
    "legal_basis", "use_scenario", "scope", "channel", "period", "assessment", "safeguards",
    "duty", "consent_of_office_head", "other",
)  # fmt: skip

REQUEST_MADE = declare(
    "request.made",
    "requests",
    en="Request made",
    zh="共享申请",
    speaker=CONSUMER,
    serves=("809:20", "S31"),
    speakers=BODIES,
    parties=("provider",),
    mentions=("scope.onward.department", "scope.onward.secrecy_review"),
    refs=("request", "item"),
    refs_optional=("grant", "agreement", "act", "matter", "assessment"),
    members={
        "provider": DepartmentId(),
        "legal_basis": terms.legal_basis(1),
        "use_scenario": Text(),
        "scope": terms.scope(),
        "matter_codes": ListOf(Id(), optional=True),
        "direction": Choice(*DIRECTIONS, optional=True),
        "schedule": terms.schedule(),
        "expected_benefits": terms.benefits(optional=True),
        "safeguards": terms.safeguards(optional=True),
        "systems": ListOf(Id(), optional=True),
        "officials": ListOf(Id(), optional=True),
        "item_version": Text(optional=True),
        "pilot": terms.pilot(),
    },
)

SUPPLEMENT_REQUIRED = declare(
    "request.supplement_required",
    "requests",
    en="Supplement required",
    zh="一次性告知补正",
    speaker=PROVIDER,
    serves=("809:21",),
    speakers=BODIES,
    parties=("consumer",),
    refs=("request", "item"),
    members={
        "consumer": DepartmentId(),
        "received_at": Time(optional=True),
        "missing": ListOf(Choice(*MATERIALS), 1),
        "due": Time(optional=True),
    },
)

SUPPLEMENTED = declare(
    "request.supplemented",
    "requests",
    en="Request supplemented",
    zh="申请补正",
    speaker=CONSUMER,
    serves=("809:21",),
    speakers=BODIES,
    parties=("provider",),
    mentions=("scope.onward.department", "scope.onward.secrecy_review"),
    refs=("request", "item"),
    refs_optional=("assessment",),
    members={
        "provider": DepartmentId(),
        "supplied": ListOf(Choice(*MATERIALS), 1),
        # Whatever is said here again takes the place of what the request said.
        "legal_basis": terms.legal_basis(1, optional=True),
        "use_scenario": Text(optional=True),
        "scope": terms.scope(optional=True),
        "safeguards": terms.safeguards(optional=True),
    },
)

REQUEST_WITHDRAWN = declare(
    "request.withdrawn",
    "requests",
    en="Request withdrawn",
    zh="撤回申请",
    speaker=CONSUMER,
    serves=("809:20",),
    speakers=BODIES,
    parties=("provider",),
    refs=("request", "item"),
    members={
        "provider": DepartmentId(),
        "reason": Choice(
            "need_ended",
            "obtained_otherwise",
            "made_anew",
            "item_withdrawn",
            "mistaken",
            "other",
            "not_stated",
        ),
    },
)

REQUEST_EXTENDED = declare(
    "request.extended",
    "requests",
    en="Reply extended",
    zh="延长答复期限",
    speaker=PROVIDER,
    serves=("809:21",),
    speakers=BODIES,
    parties=("consumer", "agreed_by"),
    refs=("request", "item"),
    members={
        "consumer": DepartmentId(),
        "working_days": Integer(1, 60),
        "reason": Choice(
            "several_units",
            "law_unclear",
            "security_assessment",
            "technical",
            "volume",
            "other",
            "not_stated",
        ),
        # Left out where the authority was not asked: that is recorded, and is a finding.
        "agreed_by": DepartmentId(optional=True),
        "told_at": Time(optional=True),
    },
)

REQUEST_REPLIED = declare(
    "request.replied",
    "requests",
    en="Request replied to",
    zh="答复申请",
    speaker=PROVIDER,
    serves=("809:20", "809:21", "809:14", "809:15"),
    speakers=BODIES,
    parties=("consumer",),
    mentions=("scope.onward.department", "scope.onward.secrecy_review"),
    refs=("request", "item"),
    refs_optional=("grant", "dispute", "matter"),
    members={
        "consumer": DepartmentId(),
        "decision": Choice("agree", "agree_narrowed", "refuse"),
        # The term runs from the receipt; absent, from when the request was recorded.
        "received_at": Time(optional=True),
        # not_stated: refused without a reason, which article 21 forbids and a ledger records.
        "reason_code": Choice(*REFUSAL_REASONS, optional=True),
        "reason": Text(optional=True),
        "basis": terms.legal_basis(optional=True),
        "conditions": terms.conditions(optional=True),
        "scope": terms.scope(optional=True),
        "sharing_attribute": Choice(*ATTRIBUTES, optional=True),
        "provide_by": Time(optional=True),
    },
    rules=(
        needed_when("reason_code", "decision", "agree_narrowed", "refuse"),
        needed_when("scope", "decision", "agree_narrowed"),
    ),
)

RETURN_REQUESTED = declare(
    "return.requested",
    "requests",
    en="Return requested",
    zh="回流申请",
    speaker=Wording("the department of the lower level", "下级部门"),
    serves=("809:24", "S04"),
    speakers=BODIES,
    parties=("provider",),
    refs=("request", "item"),
    refs_optional=("grant", "matter"),
    members={
        "provider": DepartmentId(),
        "region": Region(),
        "use_scenario": Text(),
        "fields": terms.fields(optional=True),
        "channels": ListOf(terms.channel(), 1, optional=True),
        "legal_basis": terms.legal_basis(optional=True),
        "period": period(optional=True),
        "schedule": terms.schedule(),
        "system": Id(optional=True),
    },
)

REQUESTS = (
    REQUEST_MADE,
    SUPPLEMENT_REQUIRED,
    SUPPLEMENTED,
    REQUEST_WITHDRAWN,
    REQUEST_EXTENDED,
    REQUEST_REPLIED,
    RETURN_REQUESTED,
)
