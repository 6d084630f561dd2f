"""What the public complains of and is consulted on, without anybody who could be recognised.

Who complains is known at most to the body that takes it in, and that body's
own files: no statement has a member for it. With the code that a complainant
was given, of which only the digest is here, the answer can be read.

Source: decree 809, article 37; spec 9.
"""

from collections.abc import Mapping
from typing import Any

from ledger.events import terms
from ledger.events.declare import declare
from ledger.events.fields import Choice, DepartmentId, Hex, Integer, ListOf, Object, Rule, Text
from ledger.events.parts import needed_when, only_when, period
from ledger.events.speakers import LISTENING
from ledger.events.wording import Wording

INTAKE = Wording("the intake system of the body that received it", "接收机关的受理系统")

ABOUT = ("item", "grant", "delivery", "use", "act", "matter")


def _nothing_beside(member: str) -> Rule:
    """Refuse in an anonymous complaint what leads to a file in which somebody is named."""

    def holds(data: Mapping[str, Any]) -> bool:
        return data["mode"] != "anonymous" or member not in data

    return Rule(
        member,
        holds,
        Wording("has no place in an anonymous complaint", "匿名投诉不得填写此项"),
    )


RECEIVED = declare(
    "complaint.received",
    "complaints",
    en="Complaint received",
    zh="投诉举报受理",
    speaker=INTAKE,
    serves=("809:37", "S24", "S62"),
    speakers=LISTENING,
    parties=("association",),
    # Whoever is complained of does not learn of it by being named.
    mentions=("against",),
    refs=("complaint",),
    refs_optional=ABOUT,
    members={
        "mode": Choice("named", "via_association", "anonymous"),
        "kind": Choice(
            "wrong_data",
            "excess_use",
            "disclosure",
            "repeated_collection",
            "refusal_or_delay",
            "harm_by_act",
            "suggestion",
            "other",
            "not_stated",
        ),
        "channel": Choice(
            "online", "hotline", "counter", "letter", "snapshot", "petition", "not_stated"
        ),
        "description": Text(),
        "claim_code_sha256": Hex(),
        "association": DepartmentId(optional=True),
        "against": ListOf(DepartmentId(), optional=True),
    },
    rules=[
        only_when("association", "mode", "via_association"),
        *map(_nothing_beside, ("document", "platform_ref", "on_behalf_of")),
    ],
)

ANSWERED = declare(
    "complaint.answered",
    "complaints",
    en="Complaint answered",
    zh="投诉举报答复",
    speaker=Wording("the body that received it", "接收投诉的机关"),
    serves=("809:37", "S62", "S63"),
    speakers=LISTENING,
    parties=("referred_to",),
    refs=("complaint",),
    refs_optional=(*ABOUT, "correction", "incident"),
    members={
        "disposition": Choice(
            "upheld", "partly_upheld", "not_upheld", "referred", "not_accepted", "withdrawn"
        ),
        "answer": Text(),
        "claim_code_sha256": Hex(),
        "measures": ListOf(
            Choice(
                "correction_requested",
                "act_reexamined",
                "use_stopped",
                "disposal_required",
                "incident_reported",
                "cure_ordered",
                "referral_made",
                "none",
            ),
            optional=True,
        ),
        "referred_to": DepartmentId(optional=True),
        "legal_basis": terms.legal_basis(optional=True),
    },
    rules=[
        needed_when("referred_to", "disposition", "referred"),
        only_when("referred_to", "disposition", "referred"),
    ],
)


def _adopted_of_received(group: Mapping[str, Any]) -> bool:
    adopted: int = group.get("adopted", 0)
    received: int = group["received"]
    return adopted <= received


CONSULTED = declare(
    "consultation.recorded",
    "complaints",
    en="Consultation recorded",
    zh="征求意见记录",
    speaker=Wording("the body that consulted", "征求意见的机关"),
    serves=("S61",),
    speakers=LISTENING,
    parties=("consulted.department",),
    refs_optional=("item", "grant", "agreement", "matter"),
    members={
        "phase": Choice("design", "build", "accept", "settle", "operate"),
        "topic": Choice(
            "project", "catalogue", "agreement", "rules", "matrix", "kpi", "innovation", "other"
        ),
        "period": period(open_ended=False),
        "consulted": ListOf(
            Object(
                {
                    "kind": Choice(
                        "association",
                        "enterprise",
                        "public",
                        "department",
                        "expert",
                        "npc",
                        "cppcc",
                    ),
                    "department": DepartmentId(optional=True),
                    "received": Integer(0),
                    "adopted": Integer(0, optional=True),
                },
                [
                    Rule(
                        "adopted",
                        _adopted_of_received,
                        Wording("must not exceed received", "不得超过 received"),
                    )
                ],
            ),
            1,
        ),
        "draft_sha256": Hex(optional=True),
        "outcome": Text(optional=True),
    },
)

COMPLAINTS = (RECEIVED, ANSWERED, CONSULTED)
