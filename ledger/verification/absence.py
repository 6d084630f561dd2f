"""Whether a department that had a statement erased is the one that spoke it.

The statement is gone, but its header still continues the chain of the department
that spoke, and so does the header of the order. Which of the order's chains that
is, is told by a third: of the chains of an official and of his department the
entry that registered the department continues only the department's.

Memory is that of the chains of registry entries, and of at most ``MAX_LACKING``
entries whose statement is missing.

Source: spec 4 (names), 7 (absence), 9.2 (who may erase).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crypto.errors import CryptoError
from crypto.header import parse_header
from ledger.registry.state import Registry
from ledger.verification.messages import Outcome
from ledger.verification.report import FAILED, INCOMPLETE, Finding
from ledger.verification.source import Span
from ledger.verification.speakers import Aimed, Speakers

MAX_LACKING = 50_000  # entries without statement that are remembered

Chains = frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Lacking:
    """An entry whose statement is missing."""

    index: int
    chains: Chains


class Absences:
    """What headers tell of statements that are not there."""

    def __init__(self) -> None:
        self.lacking: dict[bytes, Lacking] = {}  # by statement digest
        self._special: dict[int, Chains] = {}  # of registry events, and of orders

    def note(self, span: Span, outcome: Outcome) -> None:
        """Remember what may be asked of a span."""
        for index, digest in outcome.lacking:
            if len(self.lacking) < MAX_LACKING and digest not in self.lacking:
                self.lacking[digest] = Lacking(index, _chains(span, index))
        for index, _, _ in outcome.special:
            self._special[index] = _chains(span, index)

    def undecided(self, speakers: Speakers) -> Iterator[Finding]:
        """Judge the orders whose target was not read; give what is wrong with them."""
        for aimed in speakers.aimed:
            lacking = self.lacking.get(aimed.target)
            if lacking is None or lacking.index > aimed.at:
                yield _finding(aimed, may_be=True)
                continue
            own = self._department_chain(aimed, speakers.registry)
            if not own or not own <= lacking.chains:
                yield _finding(aimed, may_be=not own)

    def _department_chain(self, aimed: Aimed, registry: Registry) -> Chains:
        """The chain of the department that gave an order; none where its headers are amiss."""
        known = registry.department(aimed.source)
        registered = self._special.get(known.registered_at, frozenset()) if known else frozenset()
        found = registered & self._special.get(aimed.at, frozenset())
        return found if len(found) == 1 else frozenset()


def explained(lacking: Mapping[bytes, Lacking], erased: Mapping[bytes, int]) -> set[int]:
    """Indexes whose statement is missing and was erased by a later entry."""
    return {
        one.index for digest, one in lacking.items() if erased.get(digest, one.index) > one.index
    }


def _finding(aimed: Aimed, may_be: bool) -> Finding:
    """SPEC: spec 9.2, a department withholds or erases what it spoke itself."""
    if may_be:
        return Finding(
            aimed.at,
            INCOMPLETE,
            f"entry {aimed.at}: whether {aimed.source} spoke what it withholds or erases cannot be "
            "told: that statement is missing",
            f"第 {aimed.at} 条：无法判断其所隐去或删除的陈述是否由 {aimed.source} 作出：该陈述缺失",
        )
    return Finding(
        aimed.at,
        FAILED,
        f"entry {aimed.at}: {aimed.source} did not speak what it withholds or erases: the header "
        "of that entry does not continue its chain",
        f"第 {aimed.at} 条：所隐去或删除的陈述并非由 {aimed.source} 作出：该条记录头未接续其链",
    )


def _chains(span: Span, index: int) -> Chains:
    try:
        header = parse_header(span.headers[index - span.start])
    except CryptoError:
        return frozenset()
    return frozenset(link.id for link in header.chains)
