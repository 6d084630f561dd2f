"""What an entry cites of other ledgers: read from an answer, and put into words.

Whether a receipt held is the ledger's word here; whoever holds the ledger's entries
comes to it by himself (``zelian fsck``, ``zelian verify bundle``).
"""

from collections.abc import Sequence
from typing import Any

from cli.speech import pick
from ledger.access.citations import NOT_CHECKED, VERIFIED, Citation


def read_citations(found: Any) -> tuple[Citation, ...]:
    """Return what an answer says of citations; LookupError or TypeError where it is strange."""
    return tuple(map(_citation, found))


def _citation(one: Any) -> Citation:
    ledger, statement, standing, by = (
        one[name] for name in ("ledger", "statement", "standing", "by")
    )
    sound = type(ledger) is str and type(statement) is str and standing in (VERIFIED, NOT_CHECKED)
    if not sound or not (by is None or type(by) is int):
        raise TypeError
    return Citation(ledger, statement, standing, by)


def citation_rows(citations: Sequence[Citation]) -> list[tuple[str, str]]:
    """Return a line for each: what was not checked says so."""
    return [
        (pick("cites", "援引"), f"{one.ledger}  {one.statement}  {_standing(one)}")
        for one in citations
    ]


def _standing(one: Citation) -> str:
    if one.standing == NOT_CHECKED:
        return pick(
            "NOT CHECKED: no policy was registered for that ledger",
            "未经检查：当时未登记该账本的策略",
        )
    return pick(
        f"its receipt held at admission, by the policy of entry {one.by}",
        f"记入时回执验证成立，依第 {one.by} 条登记的策略",
    )
