"""Citations in a ledger: how many a registered policy judged, and which none did.

A receipt that the policy does not bear out is no matter of this: its statement must not
have been admitted.

Source: spec 6 and 7.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.access.citations import VERIFIED, Citation
from ledger.verification.report import NOT_CHECKED, Finding

CITATIONS = "citations"


@dataclass(frozen=True, slots=True)
class Cited:
    """How many citations there are, and how many of them a policy bore out."""

    of: int = 0
    verified: int = 0

    def __add__(self, other: "Cited") -> "Cited":
        return Cited(self.of + other.of, self.verified + other.verified)

    def counting(self, pinned: bool) -> "Cited":
        """Return the same, of which nothing is verified where entry 0 is not pinned."""
        return self if pinned else Cited(self.of, 0)

    def to_json(self) -> dict[str, int]:
        """Return what was verified and what was not, apart."""
        return {
            "cited": self.of,
            "not_checked": self.of - self.verified,
            "verified": self.verified,
        }


def count(citations: Sequence[Citation]) -> Cited:
    """Return how it stands with them."""
    return Cited(len(citations), sum(one.standing == VERIFIED for one in citations))


def unjudged(index: int, citations: Sequence[Citation]) -> Iterator[Finding]:
    """Yield a finding of each that no policy judged: nothing is known of it."""
    for one in citations:
        if one.standing != VERIFIED:
            what = one.statement[:12]
            en = f"no registered policy is shown for {one.ledger}, whose {what} it cites"
            zh = f"未示出 {one.ledger} 的已登记策略，其陈述 {what} 为本条所援引"
            yield Finding(index, NOT_CHECKED, f"entry {index}: {en}", f"第 {index} 条：{zh}")
