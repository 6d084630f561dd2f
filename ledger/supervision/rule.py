"""A rule: what it looks at, what it says it found, and on what law or demand it rests.

A rule is a pure function of one statement and of what was recorded before it. What
it finds is a fact to be checked 待核事项, never a verdict: whether somebody failed
his duty a competent body determines. No number of the law stands in a rule: it asks
for parameters, which a rule pack in force at the time of the statement gives.

Source: domain model, rules F1 to F39; decree 809; the demands S01 to S67.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ledger.events.wording import Wording
from ledger.supervision.words import spoken

if TYPE_CHECKING:
    from ledger.supervision.scene import Scene, Spoken

Basis = Literal["law", "policy", "seed", "integrity"]
Severity = Literal["high", "medium", "low"]
Facts = Mapping[str, Any]

FAMILIES: Mapping[str, Wording] = {
    "uses": Wording("Uses", "使用"),
    "grants": Wording("Grants", "授权"),
    "requests": Wording("Requests and replies", "申请与答复"),
    "catalogue": Wording("Catalogue and collection", "目录与收集"),
    "deliveries": Wording("Deliveries", "交付"),
    "evidence": Wording("Acts and their evidence", "行政行为与证据"),
    "people": Wording("People and keys", "人员与密钥"),
    "corrections": Wording("Corrections", "校核纠错"),
    "feedback": Wording("Feedback", "反馈"),
    "security": Wording("Security", "安全"),
    "recording": Wording("Recording", "记录"),
    "supervision": Wording("Supervision itself", "监督自身"),
    "integrity": Wording("Integrity of the ledger", "账本完整性"),
}
BASES: Mapping[str, Wording] = {
    "law": Wording("law", "法律"),
    "policy": Wording("policy", "政策"),
    "seed": Wording("demand of the design", "设计要求"),
    "integrity": Wording("integrity", "完整性"),
}
SEVERITIES: Mapping[str, Wording] = {
    "high": Wording("high", "高"),
    "medium": Wording("medium", "中"),
    "low": Wording("low", "低"),
}


class Found(NamedTuple):
    """What a rule read in one statement.

    Attributes:
        department: the one concerned, which may explain.
        facts: what was compared, by the names that the rule's message has; JSON values.
        entries: others beside the one that raised it, on which it rests.
        marks: names of things that keep the finding among their notes: evidence, mostly.
        said: digest of the statement that it is of, where it is an earlier one:
            who corrects that takes the finding along too.
    """

    department: str
    facts: Facts
    entries: tuple[int, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    said: str | None = None


Judge = Callable[["Scene"], Iterator[Found]]
Recalls = Callable[["Spoken"], Iterable[str]]


def nothing(_said: "Spoken") -> Iterable[str]:
    """Return that a rule asks for no memory."""
    return ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: such as ``F1``; ``version``: raised with every change of what it finds.
        citations: ``809:25`` is article 25 of decree 809; ``S51`` a numbered demand.
        parameters: names of the numbers that it asks the pack in force for.
        borrows: (rule or clock, name) of numbers that are another's.
        types: short names of the types on which it looks; empty: on every one.
        recalls: names of the memories that it asks for on a statement, so that a
            projection fetches them in bulk.
    """

    id: str
    family: str
    severity: Severity
    basis: Basis
    citations: tuple[str, ...]
    title: Wording
    message: Wording
    judge: Judge
    types: frozenset[str] = frozenset()
    parameters: tuple[str, ...] = ()
    recalls: Recalls = nothing
    version: str = "1"
    borrows: tuple[tuple[str, str], ...] = ()

    def told(self, facts: Facts) -> Wording:
        """Return the message with the facts in it, in both languages."""
        en = {name: spoken(value, zh=False) for name, value in facts.items()}
        zh = {name: spoken(value, zh=True) for name, value in facts.items()}
        return Wording(str(self.message).format_map(en), self.message.zh.format_map(zh))


def types(*names: str) -> frozenset[str]:
    """Return *names* as the types on which a rule looks."""
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A rule that is not there: the fact that no statement tells, and the type that should."""

    id: str
    family: str
    title: Wording
    absent: Wording
    carrier: str
