"""What a reader may see of the statements, as terms; nothing is looked up here.

Every statement has terms (``ledger.access.terms``), and a sight says which of them
open it. Search asks the same of the postings by SQL, single entries ask ``visible``:
one rule, two ways, held to each other by a test.

Source: spec 3 (statements are not public); design, "Identity and roles".
"""

from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sight:
    """Which statements somebody sees.

    Attributes:
        any_of: a statement is seen by one of these terms; None: every statement is.
        none_of: it is not seen where it has one of these, whatever else it has.
    """

    any_of: frozenset[str] | None
    none_of: frozenset[str] = frozenset()


EVERYTHING = Sight(None)
NOTHING = Sight(frozenset())


def visible(sight: Sight, terms: Set[str]) -> bool:
    """Whether a statement with these *terms* is in the sight."""
    opened = sight.any_of is None or not sight.any_of.isdisjoint(terms)
    return opened and sight.none_of.isdisjoint(terms)
