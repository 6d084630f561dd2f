"""What those say who supervise: scopes, inquiries, hearings, proposals, opinions, audit notes.

Whoever is looked into does not come to read a statement by being named in it. The
owners of refs do, so what must not be seen yet names no thing among its refs.

That a body does not give a scope to itself, and that a scope held when it was
used, is judged where the registry and the log are at hand, not here.

Source: decree 809, articles 29 and 39 to 42; spec 9.
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
    ListOf,
    Object,
    Ref,
    Region,
    Rule,
    Text,
    Time,
    later,
)
from ledger.events.parts import evidence, laws, needed_when, period
from ledger.events.speakers import (
    AUDIT,
    AUTHORITY,
    COMPETENT,
    COURT,
    INSPECTORS,
    OPINION_GIVERS,
)
from ledger.events.wording import Wording

INSPECTING = Wording("the body that supervises", "监督机关")

# What an inquiry, a finding or a determination can be about.
THINGS = (
    "item", "grant", "request", "delivery", "use", "act", "matter", "correction", "disposal",
    "dispute", "incident", "complaint",
)  # fmt: skip


SCOPE_GRANTED = declare(
    "scope.granted",
    "supervision",
    en="Scope granted",
    zh="查阅范围授权",
    speaker=Wording("whoever authorises the reading", "授权机关"),
    serves=("S64",),
    speakers=AUTHORITY | INSPECTORS,
    parties=("body",),
    mentions=("over.departments", "over.items", "over.matters"),
    refs_optional=("inquiry",),
    members={
        "body": DepartmentId(),
        "officials": ListOf(Id(), optional=True),
        "over": Object(
            {
                "departments": ListOf(DepartmentId(), optional=True),
                "items": ListOf(Ref(), optional=True),
                "matters": ListOf(Ref(), optional=True),
                "region": Region(optional=True),
                "whole_ledger": Boolean(optional=True),
            },
        ),
        "purpose": Choice("audit", "supervision", "procuratorial", "inspection", "appraisal"),
        "sealed_reading": Boolean(optional=True),
        "document": Text(),
        "starts": Time(),
        "expires": Time(),
    },
    rules=[
        later("starts", "expires"),
        Rule(
            "over",
            lambda data: any(data["over"].values()),
            Wording("must name at least one thing", "须至少列明一项"),
        ),
    ],
)

INQUIRY_OPENED = declare(
    "inquiry.opened",
    "supervision",
    en="Inquiry opened",
    zh="调查启动",
    speaker=INSPECTING,
    serves=("S64",),
    speakers=INSPECTORS | AUTHORITY,
    mentions=("departments",),
    refs=("inquiry",),
    refs_optional=(*THINGS, "finding"),
    members={
        "kind": Choice("audit", "supervision", "procuratorial", "inspection"),
        "legal_basis": terms.legal_basis(1),
        "departments": ListOf(DepartmentId(), optional=True),
        "officials": ListOf(Id(), optional=True),
        "period": period(open_ended=False, optional=True),
        "document": Text(),
        "due": Time(optional=True),
    },
)

INQUIRY_CLOSED = declare(
    "inquiry.closed",
    "supervision",
    en="Inquiry closed",
    zh="调查终结",
    speaker=INSPECTING,
    serves=("S64",),
    speakers=INSPECTORS | AUTHORITY,
    parties=("told",),
    refs=("inquiry",),
    refs_optional=(*THINGS, "finding", "determination"),
    members={
        "result": Choice(
            "nothing_found", "not_proved", "problems_found", "proposal", "referred", "joined"
        ),
        # Where nothing is proved, the body of whoever was looked into is told.
        "told": ListOf(DepartmentId(), optional=True),
        "findings": ListOf(Id(), optional=True),
        "document": Text(optional=True),
        "report_sha256": Hex(optional=True),
    },
    rules=[needed_when("told", "result", "not_proved")],
)

HEARING_HELD = declare(
    "hearing.held",
    "supervision",
    en="Hearing held",
    zh="听取陈述申辩",
    speaker=Wording("whoever hears the official", "听取陈述申辩的机关"),
    serves=("S15",),
    speakers=COMPETENT | INSPECTORS,
    mentions=("department",),
    refs=("determination",),
    refs_optional=("inquiry",),
    members={
        "heard": Id(),
        "department": DepartmentId(),
        "statement": Choice("given", "waived"),
        "mode": Choice("oral", "written", "none"),
        "points": ListOf(
            Choice("facts", "law", "procedure", "mitigation", "exemption", "share"), optional=True
        ),
        "taken_up": Choice("accepted", "partly", "rejected", "to_be_checked", "nothing_said"),
        "record_sha256": Hex(optional=True),
        "evidence": evidence(),
    },
)

PROPOSAL_MADE = declare(
    "proposal.made",
    "supervision",
    en="Proposal made",
    zh="提出建议",
    speaker=INSPECTING,
    serves=("S65",),
    speakers=INSPECTORS | AUTHORITY,
    parties=("addressees",),
    refs_optional=(*THINGS, "inquiry", "finding", "determination"),
    members={
        "kind": Choice("audit", "supervisory", "procuratorial", "authority"),
        "addressees": ListOf(DepartmentId(), 1),
        "measures": ListOf(
            Choice(
                "improve_rules",
                "correct_data",
                "share_data",
                "strengthen_security",
                "recover_loss",
                "review_acts",
                "examine_responsibility",
                "train",
                "adjust_duty",
                "other",
            ),
            1,
        ),
        "articles": laws(optional=True),
        "document": Text(),
        "due": Time(optional=True),
        "text_sha256": Hex(optional=True),
    },
)

REFERRAL_MADE = declare(
    "referral.made",
    "supervision",
    en="Referral made",
    zh="移送",
    speaker=Wording("whoever refers", "移送机关"),
    serves=("S65",),
    speakers=INSPECTORS | AUTHORITY | COURT,
    parties=("to",),
    mentions=("departments",),
    refs_optional=(*THINGS, "inquiry", "finding", "determination"),
    members={
        "to": DepartmentId(),
        # Articles 39 to 41 ask for a cure refused, or a grave case; article 42 for neither.
        "ground": Choice(
            "cure_refused", "grave_case", "article_42", "duty_violation", "crime", "not_competent"
        ),
        "articles": laws(1),
        "departments": ListOf(DepartmentId(), optional=True),
        "officials": ListOf(Id(), optional=True),
        "document": Text(),
        "evidence": evidence(),
    },
)

OPINION_GIVEN = declare(
    "opinion.given",
    "supervision",
    en="Opinion given",
    zh="提出意见",
    speaker=Wording("the people's congress or the CPPCC committee", "人大或政协"),
    serves=("S59", "S60", "S61"),
    speakers=OPINION_GIVERS,
    parties=("addressees",),
    refs_optional=("item", "matter", "complaint"),
    members={
        "kind": Choice(
            "report_heard", "budget_review", "enforcement_check", "proposal", "suggestion"
        ),
        "topics": ListOf(
            Choice(
                "scope",
                "quality",
                "timeliness",
                "effect",
                "security",
                "repeated_collection",
                "funding",
                "rules",
                "other",
            ),
            1,
        ),
        "addressees": ListOf(DepartmentId(), 1),
        "opinion": Text(),
        "report_sha256": Hex(optional=True),
        "period": period(open_ended=False, optional=True),
        "due": Time(optional=True),
    },
)

AUDIT_NOTED = declare(
    "audit.noted",
    "supervision",
    en="Audit note",
    zh="审计记录",
    speaker=Wording("the audit institution", "审计机关"),
    serves=("S64",),
    speakers=AUDIT,
    # A working paper is not the audited department's to read while the audit goes on.
    mentions=("department",),
    refs_optional=(*THINGS, "inquiry", "finding"),
    members={
        "kind": Choice("reconciliation", "sample", "recalculation", "inspection", "observation"),
        "department": DepartmentId(),
        "result": Choice("no_exception", "exception", "not_concluded"),
        "exceptions": Integer(0, optional=True),
        # What the ledger counts against what a gateway or a business system counted.
        "reconciliation": Object(
            {
                "window": period(open_ended=False),
                "counted_by": Choice("gateway", "platform", "business_system", "paper"),
                "ledger": Integer(0),
                "outside": Integer(0),
            },
            optional=True,
        ),
        # With the seed and the size of the tree anybody draws the same sample.
        "sample": Object(
            {
                "seed": Hex(),
                "as_of": Integer(0),
                "population": Integer(0),
                "drawn": Integer(1),
            },
            optional=True,
        ),
        "working_paper_sha256": Hex(optional=True),
        "note": Text(optional=True),
    },
    rules=[
        needed_when("reconciliation", "kind", "reconciliation"),
        needed_when("sample", "kind", "sample"),
    ],
)

SUPERVISION = (
    SCOPE_GRANTED,
    INQUIRY_OPENED,
    INQUIRY_CLOSED,
    HEARING_HELD,
    PROPOSAL_MADE,
    REFERRAL_MADE,
    OPINION_GIVEN,
    AUDIT_NOTED,
)
