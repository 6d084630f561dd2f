"""What passes between admission, which knows what statements mean, and the log, which does not."""

from typing import Protocol

import msgspec

from ledger.errors import Refused


class Candidate(msgspec.Struct, frozen=True):
    """A statement that asks to enter.

    Args:
        envelope: the canonical bytes.
        digest: SHA-256 of them.
        source, id: unique together, for ever.
        names: the chains that its entry continues, without doubles.
        registry: whether it changes who may speak; a group ends with it.
        looks_back: whether judging it reads earlier statements; a group ends before it.
        evidence: what the judge wants to see again; opaque to the log.
    """

    envelope: bytes
    digest: bytes
    source: str
    id: str
    names: tuple[str, ...]
    registry: bool
    looks_back: bool
    evidence: object


class Accepted(msgspec.Struct, frozen=True):
    """An entry that is committed, and what its receipt is made of.

    ``chains`` are (name, salt) in the header's order; ``path`` leads from the
    entry to the root that ``note`` signs.
    """

    index: int
    header: bytes
    chains: tuple[tuple[str, bytes], ...]
    path: tuple[bytes, ...]
    note: str


class Repeated(msgspec.Struct, frozen=True):
    """The same statement was logged before, at this index."""

    index: int


Outcome = Accepted | Repeated | Refused


class Judge(Protocol):
    """Decides, inside the sequencer's transaction, whether a candidate may speak at an index."""

    @property
    def size(self) -> int:
        """Registry entries below this index are folded."""

    def judge(self, candidate: Candidate, index: int, recorded_at: str, now_ms: int) -> None:
        """Raise Refused unless *candidate* may become entry *index*."""

    def fold(self, index: int, recorded_at: str, envelope: bytes) -> None:
        """Take in a committed statement of the registrar; called in order of index."""

    def advance(self, size: int) -> None:
        """Note that all entries below *size* are taken in."""


def id_conflict(candidate: Candidate, index: int) -> Refused:
    """The refusal of another statement under an id that is taken."""
    return Refused(
        "conflict",
        f"the id {candidate.id} of this source stands for another statement, entry {index}: "
        "send those bytes again, or give this statement an id of its own",
        f"该来源的编号 {candidate.id} 已用于另一条陈述（第 {index} 条）："
        "请重发原字节，或改用新的编号",
        "/id",
        index=index,
    )
