"""Every rule, by family; and those that are left out, with the fact that is absent."""

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

# Each of F1 to F40 has its facts; one that had not would stand here, with what is absent.
LEFT_OUT: tuple[LeftOut, ...] = ()
