"""The closed list of checks of an evidence bundle, and what they share.

Source: spec 7.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crypto.header import Header
from crypto.statement import Statement
from ledger.evidence.bundle import ChainShown, Contents, EntryShown
from ledger.verification.checklist import CHECKLIST, Entry
from ledger.verification.report import Words
from ledger.verification.tally import Tally

_ENTRIES = Words("entries", "条")
_CHAINS = Words("chains", "条链")
_MEMBERS = Words("members", "个成员")

CHECKS: dict[str, Entry] = {
    "question": Entry(Words("What was asked is in it", "所问内容在包内"), _ENTRIES),
    "identity": CHECKLIST["identity"],
    "opening": CHECKLIST["opening"],
    "inclusion": Entry(
        Words("Each entry is in the checkpoint's tree", "各条均在检查点的树中"), _ENTRIES
    ),
    "headers": CHECKLIST["headers"],
    "digests": CHECKLIST["digests"],
    "statements": CHECKLIST["statements"],
    "signatures": CHECKLIST["signatures"],
    "speakers": CHECKLIST["speakers"],
    "citations": CHECKLIST["citations"],
    "unique": Entry(
        Words("No source used an id twice in it", "包内同一来源的标识未重复使用"), _ENTRIES
    ),
    "chain_names": CHECKLIST["chain_names"],
    "chains": Entry(
        Words("Chains run from their first entry without gap", "各链自首条起无缺口"), _CHAINS
    ),
    "tail": Entry(
        Words("No later entry of the chain is left out", "未遗漏该链其后的条目"), _ENTRIES
    ),
    "absences": Entry(
        Words("What is absent was removed by order", "缺少的陈述系依令移除"), _ENTRIES
    ),
    "report": Entry(
        Words(
            "report.json and README.txt follow from the rest",
            "report.json 与 README.txt 由其余内容得出",
        ),
        _MEMBERS,
    ),
    "page": Entry(Words("report.html shows the same", "report.html 所示相同"), _MEMBERS),
}


def bundle_tallies() -> dict[str, Tally]:
    """Return a fresh tally of each check, in their order."""
    return {name: Tally(name, entry.label, entry.unit) for name, entry in CHECKS.items()}


@dataclass(slots=True)
class Known:
    """An entry of a bundle as far as it could be read.

    Attributes:
        leaf: hash of its header.
        header, statement: None where they cannot be read, or are not there.
        names: of the chains that the statement joins, once it was found sound.
    """

    shown: EntryShown
    leaf: bytes
    header: Header | None = None
    statement: Statement | None = None
    names: tuple[str, ...] | None = None

    @property
    def chains(self) -> frozenset[bytes]:
        """Ids of the chains that the header continues."""
        return frozenset(link.id for link in self.header.chains) if self.header else frozenset()


@dataclass(frozen=True, slots=True)
class Work:
    """One bundle under verification: its contents, its entries by index, the tallies."""

    contents: Contents
    known: Mapping[int, Known]
    tallies: Mapping[str, Tally]
    whole: dict[str, int]  # by chain name: below this index none of its entries is missing

    def find(self, check: str, index: int, en: str, zh: str) -> None:
        """Note that the entry is false."""
        self.tallies[check].find(index, f"entry {index}: {en}", f"第 {index} 条：{zh}")

    def lack(self, check: str, index: int, en: str, zh: str) -> None:
        """Note that something which is needed is missing."""
        self.tallies[check].find(
            index, f"entry {index}: {en}", f"第 {index} 条：{zh}", "incomplete"
        )

    def chain(self, name: str) -> ChainShown | None:
        """Return the chain of that name, or None where the bundle shows none."""
        return next((chain for chain in self.contents.chains if chain.name == name), None)
