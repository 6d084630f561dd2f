"""Administrative acts: for the act the department answers outside, for its evidence its officials.

Each piece of evidence says whether the department found it out itself or had it
by sharing, and then by which use; a piece that was had by sharing and names no
use is taken, and is something to look into.

Source: decree 809, article 26; spec 9.
"""

from ledger.events import terms
from ledger.events.declare import declare
from ledger.events.fields import (
    Boolean,
    Choice,
    DepartmentId,
    Hex,
    Id,
    Kind,
    ListOf,
    Object,
    Ref,
    Text,
    Time,
)
from ledger.events.parts import needed_when, only_when
from ledger.events.speakers import BODIES
from ledger.events.terms import RELIANCE
from ledger.events.wording import Wording

ACTING = Wording("the department that acts", "作出行政行为的部门")

ACT_KINDS = (
    "licence", "penalty", "registration", "benefit", "inspection", "compulsion", "confirmation",
    "decision", "service", "other",
)  # fmt: skip

OUTCOMES = (
    "granted", "partly_granted", "refused", "imposed", "not_imposed", "registered", "confirmed",
    "completed", "closed", "other",
)  # fmt: skip


def _evidence() -> ListOf:
    piece = {
        "source": Choice("own_investigation", "shared", "applicant", "social"),
        "use": Ref(optional=True),
        "item": Ref(optional=True),
        # Who found it out or filed it: inside, that official answers for it.
        "official": Id(optional=True),
        "evidence_no": Text(optional=True),
        "verified": Boolean(optional=True),
        "lawful": Boolean(optional=True),
        "reliance": Choice(*RELIANCE, optional=True),
    }
    return ListOf(Object(piece, [only_when("use", "source", "shared")]))


def _decision() -> dict[str, Kind]:
    return {
        "decision_no": Text(),
        "outcome": Choice(*OUTCOMES),
        "evidence": _evidence(),
        "legal_basis": terms.legal_basis(optional=True),
        "joint_with": ListOf(DepartmentId(), optional=True),
        "served_at": Time(optional=True),
    }


# Whoever acts with it, and whose data was evidence, may read; uses are the speaker's own.
DECISION_PARTIES = ("joint_with", "evidence.item")
DECISION_MENTIONS = ("evidence.use",)

ACT_OPENED = declare(
    "act.opened",
    "acts",
    en="Act opened",
    zh="行政行为受理",
    speaker=ACTING,
    serves=("S11", "S21"),
    speakers=BODIES,
    parties=("joint_with",),
    refs=("act",),
    refs_optional=("matter",),
    members={
        "act_kind": Choice(*ACT_KINDS),
        "matter_code": Id(),
        "begun_by": Choice("application", "own_motion", "report", "transfer", "not_stated"),
        "due": Time(optional=True),
        "subject_ref": Hex(optional=True),
        "subject_kind": Choice("citizen", "legal_person", "other_organisation", optional=True),
        "joint_with": ListOf(DepartmentId(), optional=True),
    },
)

ACT_DECIDED = declare(
    "act.decided",
    "acts",
    en="Act decided",
    zh="作出行政行为",
    speaker=ACTING,
    serves=("S11", "S12", "S13"),
    speakers=BODIES,
    parties=DECISION_PARTIES,
    mentions=DECISION_MENTIONS,
    refs=("act",),
    refs_optional=("matter",),
    members={
        "act_kind": Choice(*ACT_KINDS),
        "matter_code": Id(),
        **_decision(),
        "automation": Choice("none", "assisted", "automatic", optional=True),
        "subject_ref": Hex(optional=True),
    },
)

ACT_REVISED = declare(
    "act.revised",
    "acts",
    en="Act revised",
    zh="变更行政行为",
    speaker=ACTING,
    serves=("S11",),
    speakers=BODIES,
    parties=(*DECISION_PARTIES, "decided_by"),
    mentions=DECISION_MENTIONS,
    refs=("act",),
    refs_optional=("item", "matter", "correction", "complaint", "determination"),
    members={
        **_decision(),
        "revises": Text(),
        "reason": Choice(
            "data_corrected",
            "evidence_excluded",
            "facts",
            "law",
            "procedure",
            "review_decision",
            "judgment",
            "other",
        ),
        "decided_by": DepartmentId(optional=True),
        "effective": Time(optional=True),
    },
    rules=(needed_when("decided_by", "reason", "review_decision", "judgment"),),
)

ACT_REVOKED = declare(
    "act.revoked",
    "acts",
    en="Act revoked",
    zh="撤销行政行为",
    speaker=ACTING,
    serves=("S11",),
    speakers=BODIES,
    parties=("decided_by",),
    refs=("act",),
    refs_optional=("item", "matter", "correction", "complaint", "determination"),
    members={
        "decision_no": Text(),
        "revokes": Text(),
        "reason": Choice(
            "data_corrected",
            "evidence_excluded",
            "facts",
            "law",
            "procedure",
            "false_material",
            "review_decision",
            "judgment",
            "other",
        ),
        "effect": Choice("from_the_start", "from_now", "not_stated"),
        "decided_by": DepartmentId(optional=True),
        "legal_basis": terms.legal_basis(optional=True),
        "served_at": Time(optional=True),
    },
    rules=(needed_when("decided_by", "reason", "review_decision", "judgment"),),
)

ACT_REEXAMINED = declare(
    "act.reexamined",
    "acts",
    en="Act re-examined",
    zh="重新审查行政行为",
    speaker=ACTING,
    serves=("809:26",),
    speakers=BODIES,
    refs=("act", "item"),
    refs_optional=("correction", "use", "delivery", "complaint", "matter"),
    members={
        "cause": Choice("correction", "recall", "notice", "finding", "complaint", "own_motion"),
        "outcome": Choice("upheld", "to_be_revised", "to_be_revoked", "no_bearing", "pending"),
        "reliance": Choice(*RELIANCE),
        "due": Time(optional=True),
    },
)

ACTS = (ACT_OPENED, ACT_DECIDED, ACT_REVISED, ACT_REVOKED, ACT_REEXAMINED)
