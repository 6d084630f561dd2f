"""What is done beforehand against risks, and with what care: an official's own protection.

That an assessment stood before the first delivery is proved by where it lies in
the ledger, so nothing here computes a likelihood. Whether a risk could have been
foreseen is ``not_stated`` until somebody states it.

Source: decree 809, articles 13, 25 and 36; spec 9.
"""

from ledger.events.declare import declare
from ledger.events.fields import (
    Boolean,
    Choice,
    DepartmentId,
    Hex,
    Id,
    ListOf,
    Object,
    Ref,
    Text,
    Time,
)
from ledger.events.parts import evidence, period
from ledger.events.speakers import BODIES
from ledger.events.wording import Wording

EITHER_SIDE = Wording("the providing or the using department", "提供部门或使用部门")
PRINCIPAL = Wording("the department that entrusts", "委托部门")

ASSESSMENT_RECORDED = declare(
    "assessment.recorded",
    "protection",
    en="Assessment recorded",
    zh="评估记录",
    speaker=EITHER_SIDE,
    serves=("809:13", "S45", "S25"),
    speakers=BODIES,
    mentions=("assessor",),
    refs=("assessment",),
    refs_optional=("item", "grant", "request", "agreement", "act", "matter"),
    members={
        "kind": Choice("risk", "pia", "secrecy", "security"),
        "stage": Choice("before_catalogue", "before_sharing", "before_use", "in_course", "review"),
        "conclusion": Choice("acceptable", "with_measures", "not_acceptable"),
        "risks": ListOf(
            Object(
                {
                    "id": Id(),
                    "kind": Choice(
                        "leak",
                        "misuse",
                        "linkage",
                        "wrong_data",
                        "stale_data",
                        "service_stop",
                        "privacy",
                        "secrecy",
                        "legal_basis",
                        "other",
                    ),
                    "foreseeable": Choice("foreseeable", "unforeseeable", "not_stated"),
                    "controllable": Choice("controllable", "uncontrollable", "not_stated"),
                    "description": Text(optional=True),
                }
            )
        ),
        "reviews": ListOf(Time(), ascending_by=str, optional=True),
        "due": Time(optional=True),
        "assessor": DepartmentId(optional=True),
        # A paper one may be older than its record; then its time is a claim.
        "made_at": Time(optional=True),
        "report_sha256": Hex(optional=True),
    },
)

MITIGATION_RECORDED = declare(
    "mitigation.recorded",
    "protection",
    en="Mitigation recorded",
    zh="应对措施记录",
    speaker=EITHER_SIDE,
    serves=("S45",),
    speakers=BODIES,
    refs=("assessment",),
    refs_optional=("item", "grant", "incident", "act", "matter"),
    members={
        "measures": ListOf(
            Object(
                {
                    "id": Id(),
                    "risks": ListOf(Id(), 1),
                    "kind": Choice(
                        "technical", "organisational", "legal", "training", "monitoring"
                    ),
                    "state": Choice("planned", "applied", "failed", "dropped"),
                    "applied_at": Time(optional=True),
                    "description": Text(optional=True),
                }
            ),
            1,
        ),
        "evidence": evidence(),
    },
)

DILIGENCE_RECORDED = declare(
    "diligence.recorded",
    "protection",
    en="Diligence recorded",
    zh="勤勉尽责记录",
    speaker=EITHER_SIDE,
    serves=("S46",),
    speakers=BODIES,
    parties=("told",),
    refs_optional=("assessment", "item", "grant", "delivery", "use", "incident", "act", "matter"),
    members={
        "kind": Choice(
            "scheduled_review",
            "alert_handled",
            "verification",
            "warning_raised",
            "inspection",
            "training",
        ),
        "result": Choice("no_issue", "issue_found", "issue_resolved", "escalated", "not_stated"),
        # Which of the assessment's reviews this is.
        "scheduled_for": Time(optional=True),
        "risks": ListOf(Id(), optional=True),
        "told": ListOf(DepartmentId(), optional=True),
        "description": Text(optional=True),
        "evidence": evidence(),
    },
)

LINKAGE_ASSESSED = declare(
    "linkage.assessed",
    "protection",
    en="Linkage assessed",
    zh="汇聚关联评估",
    speaker=Wording("whoever joins the data", "汇聚关联数据的部门"),
    serves=("809:25", "S16"),
    speakers=BODIES,
    parties=("sources",),
    refs=("matter",),
    refs_optional=("item", "grant", "assessment", "act"),
    members={
        "sources": ListOf(Ref(), 2),
        "purpose_code": Id(),
        "granularity": Choice(
            "person", "household", "organisation", "area", "aggregate", "not_stated"
        ),
        "secrecy": Choice("none_found", "with_measures", "referred", "not_stated"),
        "result": Choice("allowed", "with_measures", "not_allowed"),
        "measures": ListOf(
            Choice(
                "pseudonymised",
                "fields_reduced",
                "access_narrowed",
                "separated",
                "output_checked",
                "deleted_after",
            ),
            optional=True,
        ),
        "valid": period(optional=True),
        "evidence": evidence(),
    },
)

ENTRUSTMENT_RECORDED = declare(
    "entrustment.recorded",
    "protection",
    en="Entrustment recorded",
    zh="委托记录",
    speaker=PRINCIPAL,
    serves=("809:36", "S52"),
    speakers=BODIES,
    parties=("contractor", "items"),
    mentions=("approval.by",),
    refs_optional=("item", "grant", "agreement", "assessment"),
    members={
        "entrustment": Id(),
        "contractor": DepartmentId(),
        "work": ListOf(Choice("build", "operate", "maintain", "store", "process"), 1),
        "items": ListOf(Ref(), optional=True),
        "approval": Object({"by": DepartmentId(), "document": Text(), "at": Time(optional=True)}),
        "standards": ListOf(Text(), optional=True),
        "supervision": Object(
            {
                "unit": Id(optional=True),
                "measures": ListOf(
                    Choice(
                        "access_control",
                        "monitoring",
                        "audit",
                        "inspection",
                        "confidentiality",
                        "training",
                    ),
                    1,
                ),
            }
        ),
        "period": period(),
        "subcontracting": Boolean(optional=True),
        "contract": Text(optional=True),
    },
)

# Parents: the entrustment that ends.
ENTRUSTMENT_ENDED = declare(
    "entrustment.ended",
    "protection",
    en="Entrustment ended",
    zh="委托终止",
    speaker=PRINCIPAL,
    serves=("809:36",),
    speakers=BODIES,
    parties=("contractor",),
    parents_least=1,
    refs_optional=("item", "grant", "agreement", "incident", "disposal"),
    members={
        "entrustment": Id(),
        "contractor": DepartmentId(),
        "ended_at": Time(),
        "reason": Choice("completed", "expired", "replaced", "breach", "other"),
        "data": Choice("returned", "destroyed", "none_held", "outstanding", "not_stated"),
        "access_removed": Boolean(),
        "evidence": evidence(),
    },
)

PROTECTION = (
    ASSESSMENT_RECORDED,
    MITIGATION_RECORDED,
    DILIGENCE_RECORDED,
    LINKAGE_ASSESSED,
    ENTRUSTMENT_RECORDED,
    ENTRUSTMENT_ENDED,
)
