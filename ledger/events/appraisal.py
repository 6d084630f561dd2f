"""What is counted, recognised and evaluated over a period, each with what it recomputes from.

A snapshot's digest binds the numbers to the ledger's size and to the scheme in
force, so that whoever has the same ledger gets the same bytes. No decision on a
person rests on these numbers alone.

Source: decree 809, article 38; spec 9.
"""

from ledger.events.declare import declare
from ledger.events.fields import (
    Boolean,
    Choice,
    DepartmentId,
    Hex,
    Id,
    Integer,
    ListOf,
    Object,
    Ref,
    Text,
)
from ledger.events.parts import INNOVATIONS, KPIS, LOCAL_REGION, adopted, evidence, period
from ledger.events.speakers import AUTHORITY, STAFFING
from ledger.events.wording import Wording

KPI_RECORDED = declare(
    "kpi.recorded",
    "appraisal",
    en="KPI recorded",
    zh="考核指标记录",
    speaker=Wording("the authority or the staffing office", "主管部门或机构编制部门"),
    serves=("809:38", "S54"),
    speakers=AUTHORITY | STAFFING,
    parties=("department",),
    members={
        "department": DepartmentId(),
        "period": period(open_ended=False),
        "scheme": Hex(),
        "rules_version": Id(optional=True),
        "as_of": Integer(0),
        "snapshot_sha256": Hex(),
        "values": ListOf(
            Object(
                {
                    "kpi": Choice(*KPIS),
                    "numerator": Integer(0),
                    "denominator": Integer(0, optional=True),
                    "exempted": Integer(0, optional=True),
                    "events_sha256": Hex(optional=True),
                }
            ),
            1,
        ),
    },
)

INNOVATION_STANDARD = declare(
    "innovation.standard",
    "appraisal",
    en="Innovation standard adopted",
    zh="创新评价标准发布",
    speaker=Wording("the sharing authority", "政务数据共享主管部门"),
    serves=("S56",),
    speakers=AUTHORITY,
    members={
        **adopted(),
        "categories": ListOf(
            Object(
                {
                    "category": Choice(*INNOVATIONS),
                    "criteria": ListOf(
                        Object(
                            {
                                "criterion": Choice(
                                    "first_combination",
                                    "items_combined",
                                    "departments_joined",
                                    "time_saved",
                                    "materials_saved",
                                    "certificates_saved",
                                    "purposes_reached",
                                    "regions_reached",
                                    "acts_served",
                                ),
                                "least": Integer(0),
                                "unit": Choice("count", "percent", "days", "hours", "flag"),
                            }
                        ),
                        1,
                    ),
                }
            ),
            1,
        ),
    },
    rules=[LOCAL_REGION],
)

INNOVATION_EVALUATED = declare(
    "innovation.evaluated",
    "appraisal",
    en="Innovation evaluated",
    zh="创新评价",
    speaker=Wording("the sharing authority", "政务数据共享主管部门"),
    serves=("S30", "S56"),
    speakers=AUTHORITY,
    parties=("contributors.department", "items"),
    refs_optional=("feedback", "grant", "agreement", "act", "matter"),
    members={
        "standard": Hex(),
        "category": Choice(*INNOVATIONS),
        "result": Choice("recognised", "partly", "not_recognised"),
        "first": Boolean(),
        "items": ListOf(Ref(), 1),
        # All are shown; nothing is divided among them.
        "contributors": ListOf(
            Object(
                {
                    "department": DepartmentId(),
                    "role": Choice("provider", "consumer", "platform", "coordinator"),
                }
            ),
            1,
        ),
        "narrative": Text(optional=True),
        "evidence": evidence(),
    },
)

DUTY_EVALUATED = declare(
    "duty.evaluated",
    "appraisal",
    en="Duty evaluated",
    zh="职责专项评估",
    speaker=Wording("the staffing office", "机构编制部门"),
    serves=("S50",),
    speakers=STAFFING,
    parties=("department",),
    members={
        "department": DepartmentId(),
        "period": period(open_ended=False),
        "snapshot_sha256": Hex(),
        "as_of": Integer(0),
        # The statement kpi.recorded that the snapshot is.
        "kpi": Hex(optional=True),
        "duties": ListOf(
            Object(
                {
                    "duty": Id(),
                    "unit": Id(optional=True),
                    "result": Choice("met", "partly", "not_met", "not_assessed"),
                }
            ),
            1,
        ),
        "overall": Choice("good", "adequate", "inadequate", "not_graded"),
        "advice": ListOf(
            Choice("add_posts", "adjust_units", "adjust_duties", "train", "none"), optional=True
        ),
        "report_sha256": Hex(optional=True),
    },
)

APPRAISAL = (KPI_RECORDED, INNOVATION_STANDARD, INNOVATION_EVALUATED, DUTY_EVALUATED)
