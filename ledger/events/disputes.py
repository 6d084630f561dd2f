"""Disputes between departments, rung by rung, until somebody decides.

The parties talk first; then the authority of their level, or the common
superior one where they are of different levels or regions; then that
authority's government. Citizens and firms complain, they do not dispute here.

Source: decree 809, article 28; spec 9.
"""

from collections.abc import Mapping
from typing import Any

from ledger.events import terms
from ledger.events.declare import declare
from ledger.events.fields import Choice, DepartmentId, Hex, ListOf, Rule, Text, Time
from ledger.events.speakers import AUTHORITY, BODIES
from ledger.events.terms import EITHER
from ledger.events.wording import Wording

DECIDING = Wording("the sharing authority, or its government", "共享主管部门或本级人民政府")

# SPEC: decree 809, article 28, from the parties up.
RUNGS = ("parties", "same_level_authority", "common_superior", "government")
OF_AUTHORITIES = RUNGS[1:]

SUBJECTS = (
    "refusal", "delay", "conditions", "narrowing", "quality", "correction", "scope_of_use",
    "suspension", "change", "termination", "return_flow", "disposal", "feedback", "source", "other",
)  # fmt: skip

REMEDIES = (
    "share", "share_narrowed", "drop_conditions", "correct", "resume", "restore_service",
    "limit_use", "dispose", "return_data", "withdraw", "nothing", "other",
)  # fmt: skip

# What a dispute can be about, beside its item.
ABOUT = (
    "request", "grant", "agreement", "delivery", "use", "feedback", "correction", "disposal",
    "matter",
)  # fmt: skip

DISPUTE_OPENED = declare(
    "dispute.opened",
    "disputes",
    en="Dispute opened",
    zh="提出共享争议",
    speaker=EITHER,
    serves=("809:28", "S67"),
    speakers=BODIES,
    parties=("respondents",),
    refs=("dispute", "item"),
    refs_optional=ABOUT,
    members={
        "respondents": ListOf(DepartmentId(), 1),
        "subject": Choice(*SUBJECTS),
        "wanted": ListOf(Choice(*REMEDIES), 1),
        "rung": Choice("parties"),
        "due": Time(optional=True),
    },
)


def _upwards(data: Mapping[str, Any]) -> bool:
    return RUNGS.index(data["from_rung"]) < RUNGS.index(data["to_rung"])


DISPUTE_ESCALATED = declare(
    "dispute.escalated",
    "disputes",
    en="Dispute escalated",
    zh="争议提请上一级处理",
    speaker=EITHER,
    serves=("809:28", "S67"),
    speakers=BODIES,
    parties=("respondents", "to"),
    refs=("dispute", "item"),
    refs_optional=ABOUT,
    members={
        "respondents": ListOf(DepartmentId(), 1),
        "from_rung": Choice(*RUNGS[:-1]),
        "to_rung": Choice(*OF_AUTHORITIES),
        "to": DepartmentId(),
        "reason": Choice("not_agreed", "no_answer", "overdue", "not_carried_out"),
        "due": Time(optional=True),
    },
    rules=(
        Rule("to_rung", _upwards, Wording("must be above from_rung", "必须高于 from_rung 的层级")),
    ),
)

DISPUTE_MEDIATED = declare(
    "dispute.mediated",
    "disputes",
    en="Dispute mediated",
    zh="争议协调处理",
    speaker=DECIDING,
    serves=("809:28",),
    speakers=AUTHORITY,
    parties=("participants",),
    refs=("dispute", "item"),
    refs_optional=ABOUT,
    members={
        "participants": ListOf(DepartmentId(), 2),
        "rung": Choice(*OF_AUTHORITIES),
        "outcome": Choice("agreed", "partly_agreed", "not_agreed", "pending"),
        "proposed": ListOf(Choice(*REMEDIES), optional=True),
        "due": Time(optional=True),
        "minutes_sha256": Hex(optional=True),
    },
)

DISPUTE_SETTLED = declare(
    "dispute.settled",
    "disputes",
    en="Dispute settled",
    zh="争议达成一致",
    speaker=EITHER,
    serves=("809:28",),
    speakers=BODIES,
    parties=("participants",),
    refs=("dispute", "item"),
    refs_optional=ABOUT,
    members={
        # The other sides; the speaker is one by speaking.
        "participants": ListOf(DepartmentId(), 1),
        "rung": Choice(*RUNGS),
        "remedies": ListOf(Choice(*REMEDIES), 1),
        "effective": Time(optional=True),
        "text_sha256": Hex(optional=True),
    },
)

DISPUTE_DECIDED = declare(
    "dispute.decided",
    "disputes",
    en="Dispute decided",
    zh="争议决定",
    speaker=DECIDING,
    serves=("809:28", "S67"),
    speakers=AUTHORITY,
    parties=("participants",),
    refs=("dispute", "item"),
    refs_optional=ABOUT,
    members={
        "participants": ListOf(DepartmentId(), 2),
        "rung": Choice(*OF_AUTHORITIES),
        "remedies": ListOf(Choice(*REMEDIES), 1),
        "for": Choice("opener", "respondents", "both_in_part", "not_stated"),
        "document": Text(),
        "legal_basis": terms.legal_basis(1),
        "effective": Time(),
        "due": Time(optional=True),
    },
)

DISPUTES = (
    DISPUTE_OPENED,
    DISPUTE_ESCALATED,
    DISPUTE_MEDIATED,
    DISPUTE_SETTLED,
    DISPUTE_DECIDED,
)
