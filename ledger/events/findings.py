"""What is said of a finding, and the claim that an error should be tolerated.

A finding is derived and never logged; only what people say of one is. A claim may
leave a distinction ``not_stated``: then that limb is not shown, which is no verdict.

Source: decree 809, articles 39 to 41; spec 9.
"""

from ledger.events import terms
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
)
from ledger.events.parts import evidence, laws, needed_when
from ledger.events.speakers import AUTHORITY, BODIES, INSPECTORS, PLATFORM
from ledger.events.supervision import INSPECTING, THINGS
from ledger.events.wording import Wording

CONCERNED = Wording("the department concerned", "相关部门")

_ABOUT_FINDING = (*THINGS, "inquiry")

FINDING_EXPLAINED = declare(
    "finding.explained",
    "supervision",
    en="Finding explained",
    zh="情况说明",
    speaker=CONCERNED,
    serves=("S65",),
    speakers=BODIES | PLATFORM,
    refs=("finding",),
    refs_optional=_ABOUT_FINDING,
    members={
        "rule": Id(),
        "rules_version": Id(optional=True),
        "explanation": Choice(
            "accepted",
            "good_reason",
            "recorded_late",
            "recorded_wrongly",
            "already_corrected",
            "lawful_exception",
            "law_adjusted",
            "emergency",
            "system_fault",
            "cause_elsewhere",
        ),
        "legal_basis": terms.legal_basis(optional=True),
        "narrative": Text(optional=True),
        "evidence": evidence(),
    },
)

FINDING_CONFIRMED = declare(
    "finding.confirmed",
    "supervision",
    en="Finding confirmed",
    zh="问题确认",
    speaker=INSPECTING,
    serves=("S65",),
    speakers=AUTHORITY | INSPECTORS,
    parties=("department",),
    refs=("finding",),
    refs_optional=_ABOUT_FINDING,
    members={
        "rule": Id(),
        "rules_version": Id(),
        "department": DepartmentId(),
        # An element of article 39(4), not its absence from the file.
        "good_reason": Choice("absent", "not_an_element", "not_assessed"),
        "grave": Boolean(optional=True),
        "explanation": Hex(optional=True),
        "articles": laws(optional=True),
        "evidence": evidence(),
    },
)

FINDING_CLEARED = declare(
    "finding.cleared",
    "supervision",
    en="Finding cleared",
    zh="问题排除",
    speaker=INSPECTING,
    serves=("S65",),
    speakers=AUTHORITY | INSPECTORS,
    parties=("department",),
    refs=("finding",),
    refs_optional=_ABOUT_FINDING,
    members={
        "rule": Id(),
        "rules_version": Id(),
        "department": DepartmentId(),
        "reason": Choice(
            "not_proved",
            "good_reason",
            "lawful_exception",
            "law_adjusted",
            "recorded_wrongly",
            "corrected",
            "cause_elsewhere",
            "exempted",
        ),
        "explanation": Hex(optional=True),
        "legal_basis": terms.legal_basis(optional=True),
        "evidence": evidence(),
    },
)


def _distinction(*answers: str) -> Object:
    """One of the three distinctions: what is claimed, and statements or files that bear it."""
    return Object(
        {
            "answer": Choice(*answers, "not_stated"),
            "statements": ListOf(Hex()),
            "evidence": evidence(),
        }
    )


EXEMPTION_CLAIMED = declare(
    "exemption.claimed",
    "supervision",
    en="Exemption claimed",
    zh="容错免责申请",
    speaker=Wording("the official or the department that claims it", "申请免责的人员或部门"),
    serves=("S44", "S45", "S46", "S47"),
    speakers=BODIES,
    mentions=("risks.assessment",),
    refs_optional=(*THINGS, "inquiry", "finding", "determination", "assessment"),
    members={
        "claimant": Choice("official", "department"),
        "officials": ListOf(Id(), optional=True),
        "three_distinctions": Object(
            {
                "first_trial": _distinction("lack_of_experience", "knowing"),
                "not_prohibited": _distinction("no_explicit_limit", "explicitly_prohibited"),
                "unintended": _distinction("unintended", "private_gain"),
            }
        ),
        "risks": ListOf(
            Object(
                {
                    "listed": Choice("listed", "not_listed", "not_stated"),
                    "assessment": Ref(optional=True),
                    "risk": Id(optional=True),
                    "measures": Choice("applied", "partly", "not_applied", "none", "not_stated"),
                    "claimed": Choice("unforeseeable", "uncontrollable", "neither"),
                }
            ),
            1,
        ),
        # Statements: reviews and checks that were made, and what put the harm right.
        "diligence": ListOf(Hex()),
        "rectification": ListOf(Hex(), optional=True),
        "loss": Choice("none", "minor", "recovered", "partly_recovered", "major", "not_stated"),
        "procedure": Choice("followed", "not_followed", "not_stated"),
        "legal_basis": terms.legal_basis(optional=True),
    },
    rules=[needed_when("officials", "claimant", "official")],
)

FINDINGS = (FINDING_EXPLAINED, FINDING_CONFIRMED, FINDING_CLEARED, EXEMPTION_CLAIMED)
