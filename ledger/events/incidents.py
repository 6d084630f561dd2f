"""What went wrong with the safety of data, and what an authority orders to be put right.

Orders and circulars are the authority's; whether a cure is enough is said by
whoever judged it, whom the statement's source names.

Source: decree 809, articles 27, 29, 35 and 39 to 41; spec 9.
"""

from collections.abc import Mapping
from typing import Any

from ledger.events.declare import declare
from ledger.events.fields import (
    Boolean,
    Choice,
    DepartmentId,
    Hex,
    Integer,
    ListOf,
    Object,
    Ref,
    Rule,
    Text,
    Time,
)
from ledger.events.parts import STAGES, evidence, laws, period
from ledger.events.speakers import AUTHORITY, BODIES, PLATFORM
from ledger.events.wording import Wording

_MEASURES = (
    "plan_started", "isolated", "access_stopped", "keys_revoked", "use_stopped",
    "data_recovered", "backup_restored", "evidence_preserved", "provider_told",
    "subjects_told", "authority_told", "police_told", "system_repaired", "none",
)  # fmt: skip

_CURES = (
    "update_catalogue", "remove_condition", "support_source", "reply", "share", "return_data",
    "correct", "resume_service", "join_platform", "stop_collecting", "stop_use", "recover_data",
    "dispose", "keep_records", "secure", "name_source", "handle_dispute", "other",
)  # fmt: skip

_WHERE = ("item", "grant", "delivery", "use", "act", "matter")
_BREACHED = (
    "item", "grant", "request", "use", "disposal", "correction", "dispute", "incident",
    "complaint", "inquiry", "finding", "act", "matter",
)  # fmt: skip


def _began_before_found(data: Mapping[str, Any]) -> bool:
    began: str = data.get("began_at", "")
    found: str = data["found_at"]
    return began <= found


INCIDENT_REPORTED = declare(
    "incident.reported",
    "corrections",
    en="Incident reported",
    zh="安全事件报告",
    speaker=Wording("the department or platform where it happened", "事件发生部门或平台单位"),
    serves=("809:35", "S28"),
    speakers=BODIES | PLATFORM,
    parties=("reported_to", "scope.departments", "scope.items"),
    refs=("incident",),
    refs_optional=_WHERE,
    members={
        "kind": Choice(
            "leak",
            "tampering",
            "destruction",
            "unlawful_access",
            "unlawful_use",
            "outage",
            "contractor_breach",
            "other",
        ),
        "found_at": Time(),
        "began_at": Time(optional=True),
        "found_by": Choice(
            "monitoring", "audit", "notice", "complaint", "self_check", "not_stated"
        ),
        "severity": Choice("exceptional", "major", "serious", "general", "not_graded"),
        "stage": Choice(*STAGES, optional=True),
        "scope": Object(
            {
                "items": ListOf(Ref(), optional=True),
                "departments": ListOf(DepartmentId(), optional=True),
                "records": Integer(0, optional=True),
                "subjects": Integer(0, optional=True),
                "personal_data": Choice("none", "personal", "sensitive", "not_stated"),
            }
        ),
        "measures": ListOf(Choice(*_MEASURES)),
        "reported_to": ListOf(DepartmentId(), 1),
    },
    rules=[
        Rule(
            "began_at",
            _began_before_found,
            Wording("must not be later than found_at", "不得晚于 found_at"),
        )
    ],
)

INCIDENT_HANDLED = declare(
    "incident.handled",
    "corrections",
    en="Incident handled",
    zh="安全事件处置",
    speaker=Wording("the department or platform that handled it", "处置部门或平台单位"),
    serves=("809:35",),
    speakers=BODIES | PLATFORM,
    parties=("reported_to",),
    refs=("incident",),
    refs_optional=_WHERE,
    members={
        "outcome": Choice("eliminated", "contained", "going_on", "no_incident"),
        "ended_at": Time(optional=True),
        "measures": ListOf(Choice(*_MEASURES), 1),
        "cause": Choice(
            "attack",
            "misconfiguration",
            "missing_control",
            "insider",
            "contractor",
            "software",
            "hardware",
            "not_found",
            optional=True,
        ),
        "loss": Choice("none", "averted", "recovered", "partly_recovered", "lasting", "not_stated"),
        "records": Integer(0, optional=True),
        "subjects": Integer(0, optional=True),
        "reported_to": ListOf(DepartmentId(), optional=True),
        "evidence": evidence(),
    },
)

CURE_ORDERED = declare(
    "cure.ordered",
    "corrections",
    en="Cure ordered",
    zh="责令改正",
    speaker=Wording("the authority at the same level, or the one above", "同级或上级主管机关"),
    serves=("809:39", "809:40", "809:41"),
    speakers=AUTHORITY,
    parties=("department",),
    refs_optional=_BREACHED,
    members={
        "department": DepartmentId(),
        "side": Choice("provider", "consumer", "authority"),
        "articles": laws(1),
        "measures": ListOf(Choice(*_CURES), 1),
        "due": Time(),
        "grave": Boolean(optional=True),
        "document": Text(),
    },
)

# Parents: the order, or the suspension that set a period for a cure.
CURE_RESULTED = declare(
    "cure.resulted",
    "corrections",
    en="Cure result",
    zh="整改结果",
    speaker=Wording("whoever cured, or judged the cure", "整改部门或核验机关"),
    serves=("809:27", "809:39", "809:40"),
    speakers=BODIES,
    parties=("department", "ordered_by"),
    parents_least=1,
    refs_optional=_BREACHED,
    members={
        "department": DepartmentId(),
        "ordered_by": DepartmentId(),
        "result": Choice("cured", "inadequate", "refused"),
        "measures": ListOf(Choice(*_CURES), optional=True),
        "cured_at": Time(optional=True),
        "evidence": evidence(),
    },
)

CIRCULAR_ISSUED = declare(
    "circular.issued",
    "corrections",
    en="Circular issued",
    zh="通报",
    speaker=Wording("the sharing authority", "政务数据共享主管部门"),
    serves=("809:29",),
    speakers=AUTHORITY,
    parties=("departments", "recipients"),
    refs_optional=_BREACHED,
    members={
        "departments": ListOf(DepartmentId(), 1),
        "articles": laws(1),
        "audience": Choice("named_only", "departments", "public"),
        "recipients": ListOf(DepartmentId(), optional=True),
        "period": period(open_ended=False, optional=True),
        "text_sha256": Hex(optional=True),
        "document": Text(),
    },
)

INCIDENTS = (
    INCIDENT_REPORTED,
    INCIDENT_HANDLED,
    CURE_ORDERED,
    CURE_RESULTED,
    CIRCULAR_ISSUED,
)
