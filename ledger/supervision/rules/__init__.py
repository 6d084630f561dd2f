"""Every rule, by family; and those that are left out, with the fact that is absent."""

from ledger.events.wording import Wording
from ledger.supervision.rule import LeftOut, Rule
from ledger.supervision.rules import (
    catalogue,
    corrections,
    deliveries,
    evidence,
    feedback,
    grants,
    people,
    recording,
    requests,
    security,
    supervision,
    uses,
)

_FAMILIES = (
    uses, deliveries, grants, requests, catalogue, evidence, people, corrections, feedback,
    security, recording, supervision,
)  # fmt: skip

RULES: tuple[Rule, ...] = tuple(
    sorted((rule for family in _FAMILIES for rule in family.RULES), key=lambda one: int(one.id[1:]))
)
BY_ID = {rule.id: rule for rule in RULES}

LEFT_OUT: tuple[LeftOut, ...] = (
    LeftOut(
        "F31", "catalogue",
        Wording("The source department is not supported", "未配合数源部门"),
        Wording(
            "that a source department called on a contributor, for what, until when, and what came "
            "of it",
            "数源部门要求哪个部门配合、配合何事、期限及结果",
        ),
        "source.designated",
    ),
)  # fmt: skip
