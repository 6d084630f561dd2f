"""Who is held responsible, as decided by the body that may: proposed, issued, appealed, changed.

Nothing here decides. A kind of responsibility other than ``none`` names its
basis; ``joint_several`` names a statute or a clause of an agreement. Shares are
percentages of a compensation or a recourse, never of a sanction; where none is
given, those who are jointly and severally liable bear it equally.

Source: decree 809, articles 39 to 42; law on sanctions for public officials,
articles 6, 7, 9 and 11 to 13; civil code, article 178; spec 9.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.events.declare import EventType, declare
from ledger.events.fields import (
    Choice,
    DepartmentId,
    Hex,
    Id,
    Integer,
    Kind,
    ListOf,
    Object,
    Ref,
    Rule,
    Text,
    Time,
)
from ledger.events.parts import evidence, laws
from ledger.events.registration import TIERS
from ledger.events.speakers import BODIES, COMPETENT
from ledger.events.supervision import THINGS
from ledger.events.wording import Wording

DETERMINER = Wording("the body competent to determine", "有权认定责任的机关")

# The rows of a matrix of responsibility.
DEFECT_ROWS = tuple(f"D{number}" for number in range(1, 15))

RESPONSIBILITIES = (
    "sole", "several", "joint", "joint_several", "secondary", "leadership", "none",
)  # fmt: skip

FAULTS = ("intent", "gross", "ordinary", "none")

# Of articles 11 and 52 of the law on supervision, then article 7 on sanctions, then the rest.
OUTCOMES = (
    "talk", "criticism", "ordered_review", "admonition", "accountability_decision",
    "warning", "demerit", "major_demerit", "demotion", "removal", "dismissal",
    "sent_to_prosecution", "recourse", "compensation", "no_sanction", "exempted",
    "case_withdrawn", "cleared",
)  # fmt: skip
SHARED = ("recourse", "compensation")
CLEARING = ("case_withdrawn", "cleared")

MITIGATING = (
    "reported_himself", "cooperated", "reported_others", "averted_loss", "minor_role",
    "returned_gains", "misled_or_coerced", "other_by_law",
)  # fmt: skip
AGGRAVATING = (
    "repeated_under_sanction", "blocked_reporting", "destroyed_evidence", "shielded_others",
    "coerced_others", "kept_gains", "other_by_law",
)  # fmt: skip

LIMBS = (
    "lawful_basis", "assessed_before", "diligence", "unforeseeable_or_uncontrollable",
    "not_prohibited", "no_private_gain", "no_major_loss_or_recovered",
)  # fmt: skip


def _founded(one: Mapping[str, Any]) -> bool:
    grounds = {basis["kind"] for basis in one["basis"]}
    if one["kind"] == "joint_several":
        return not grounds.isdisjoint(("statute", "agreement"))
    return bool(grounds) or one["kind"] == "none"


def _share_of_money(one: Mapping[str, Any]) -> bool:
    return "share" not in one or not set(SHARED).isdisjoint(one["outcomes"])


def _cleared_of_all(one: Mapping[str, Any]) -> bool:
    return one["kind"] == "none" or set(CLEARING).isdisjoint(one["outcomes"])


FOUNDED = Rule(
    "basis",
    _founded,
    Wording(
        "must name the basis; joint_several needs a statute or a clause of an agreement",
        "须写明依据；joint_several（连带责任）须有法律规定或协议条款",
    ),
)
CLEARED = Rule(
    "kind",
    _cleared_of_all,
    Wording("must be none for whoever is cleared", "对已澄清或撤案者须为 none"),
)


def _held() -> dict[str, Kind]:
    """What is determined of a person or of a body."""
    basis = {
        "kind": Choice("statute", "agreement", "duty"),
        "instrument": Text(),
        "clause": Text(),
        "agreement": Ref(optional=True),
    }
    return {
        "department": DepartmentId(),
        "kind": Choice(*RESPONSIBILITIES),
        "fault": Choice(*FAULTS),
        "basis": ListOf(Object(basis)),
        "outcomes": ListOf(Choice(*OUTCOMES), 1),
        "share": Integer(0, 100, optional=True),
    }


_ON_EACH = (
    FOUNDED,
    Rule(
        "share",
        _share_of_money,
        Wording(
            "has a place only beside recourse or compensation",
            "仅在 outcomes 含 recourse 或 compensation 时填写",
        ),
    ),
    CLEARED,
)


def _persons(*, optional: bool = False) -> ListOf:
    person = {
        "official": Id(),
        **_held(),
        "capacity": Choice("directly_responsible_person", "responsible_leader", "neither"),
        "tier": Choice(*TIERS, optional=True),
        "mitigating": ListOf(Choice(*MITIGATING), optional=True),
        "aggravating": ListOf(Choice(*AGGRAVATING), optional=True),
    }
    return ListOf(Object(person, _ON_EACH), 0, optional=optional)


def _bodies() -> ListOf:
    return ListOf(Object(_held(), _ON_EACH), optional=True)


def _whole(member: str) -> Rule:
    """Return the rule that the shares in a list, where any is given, sum to 100."""

    def holds(data: Mapping[str, Any]) -> bool:
        shares = [one["share"] for one in data.get(member, ()) if "share" in one]
        return not shares or sum(shares) == 100

    return Rule(
        member, holds, Wording("must have shares that sum to 100", "所列 share 之和须为 100")
    )


def _about_somebody(data: Mapping[str, Any]) -> bool:
    return bool(data.get("persons") or data.get("bodies")) or data.get("decision") == "upheld"


WHOLE_PERSONS, WHOLE_BODIES = _whole("persons"), _whole("bodies")
ABOUT_SOMEBODY = Rule(
    "persons",
    _about_somebody,
    Wording("or bodies must name at least one", "与 bodies 须至少列明一个"),
)
_RULES = (WHOLE_PERSONS, WHOLE_BODIES, ABOUT_SOMEBODY)


def _determined(*, persons_optional: bool = False) -> dict[str, Kind]:
    return {
        "persons": _persons(optional=persons_optional),
        "bodies": _bodies(),
        "defect": Choice(*DEFECT_ROWS, optional=True),
        "matrix_version": Id(optional=True),
        "exemption": Object(
            {
                "result": Choice("exempted", "reduced", "not_exempted", "not_claimed"),
                "claim": Hex(optional=True),
                "limbs": ListOf(
                    Object({"limb": Choice(*LIMBS), "result": Choice("met", "not_met", "unknown")}),
                    optional=True,
                ),
            }
        ),
        # The report of the trace that was before whoever decided, and the ledger's size in it.
        "report_sha256": Hex(optional=True),
        "as_of": Integer(0, optional=True),
        "evidence": evidence(),
    }


def _type(
    verb: str,
    en: str,
    zh: str,
    members: Mapping[str, Kind],
    rules: Sequence[Rule] = (),
    *,
    parties: Sequence[str] = (),
    mentions: Sequence[str] = (),
    refs_optional: Sequence[str] = (*THINGS, "inquiry", "finding"),
    parents_least: int = 0,
) -> EventType:
    """Return a type that an official of a competent body signs himself."""
    return declare(
        f"determination.{verb}",
        "supervision",
        en=en,
        zh=zh,
        speaker=DETERMINER,
        serves=("S15",),
        speakers=COMPETENT,
        voice="signed",
        parties=parties,
        mentions=mentions,
        parents_least=parents_least,
        refs=("determination",),
        refs_optional=refs_optional,
        members=members,
        rules=rules,
    )


_NAMED = ("persons.department", "bodies.department")
_AGREED = ("persons.basis.agreement", "bodies.basis.agreement")

# In the making it names nothing whose owner could read it: departments do once it is issued.
PROPOSED = _type(
    "proposed",
    "Determination proposed",
    "责任认定拟定",
    {**_determined(), "comment_until": Time(optional=True)},
    _RULES,
    mentions=(*_NAMED, *_AGREED),
    refs_optional=("inquiry",),
)

ISSUED = _type(
    "issued",
    "Determination issued",
    "责任认定作出",
    {
        **_determined(),
        "hearing": Choice("held", "waived", "not_required"),
        "document": Text(),
        "effective": Time(optional=True),
        "review_until": Time(optional=True),
    },
    _RULES,
    parties=_NAMED,
    mentions=_AGREED,
)

APPEALED = declare(
    "determination.appealed",
    "supervision",
    en="Determination appealed",
    zh="责任认定申诉",
    speaker=Wording("whoever is concerned, through his department", "当事人所在部门"),
    serves=("S15",),
    speakers=BODIES,
    parties=("to",),
    refs=("determination",),
    refs_optional=(*THINGS, "inquiry", "finding"),
    members={
        "appellant": Choice("official", "department"),
        "officials": ListOf(Id(), optional=True),
        "to": DepartmentId(),
        "remedy": Choice("review", "second_review", "complaint", "reconsideration", "litigation"),
        "grounds": ListOf(
            Choice(
                "facts", "law", "procedure", "disproportionate", "mitigation", "exemption", "share"
            ),
            1,
        ),
        "received_at": Time(optional=True),
        "evidence": evidence(),
    },
)

# Parents: the determination that it upholds or changes.
REVISED = _type(
    "revised",
    "Determination revised",
    "责任认定复审变更",
    {
        "decision": Choice("upheld", "changed"),
        **_determined(persons_optional=True),
        "reasons": laws(optional=True),
        "document": Text(),
        "effective": Time(optional=True),
    },
    _RULES,
    parties=_NAMED,
    mentions=_AGREED,
    parents_least=1,
)

WITHDRAWN = _type(
    "withdrawn",
    "Determination withdrawn",
    "责任认定撤销",
    {
        "reason": Choice(
            "no_evidence", "facts", "law", "procedure", "not_competent", "new_facts", "exempted"
        ),
        "told": ListOf(DepartmentId(), 1),
        "restored": ListOf(
            Choice("appraisal", "promotion", "pay", "reputation", "none"), optional=True
        ),
        "document": Text(),
    },
    parties=("told",),
    parents_least=1,
)

DETERMINATIONS = (PROPOSED, ISSUED, APPEALED, REVISED, WITHDRAWN)
