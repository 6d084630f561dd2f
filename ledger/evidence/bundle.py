"""What an evidence bundle holds, and the names and forms of its members.

Everything here is bytes and values; nothing is verified. The two members that follow
from the others, ``report.json`` and ``README.txt``, are made by ``ledger.evidence.report``
and ``ledger.evidence.readme``, for the maker and for the verifier alike.

Source: spec 7.
"""

import re
from dataclasses import dataclass
from typing import Final

from ledger.evidence.question import Question

MANIFEST: Final = "manifest.json"
CHECKPOINT: Final = "checkpoint"
CHAINS: Final = "chains.json"
TAIL: Final = "tail.headers"
REPORT: Final = "report.json"
PAGE: Final = "report.html"
README: Final = "README.txt"

HEADER, STATEMENT, PROOF, ABSENT = "header", "statement", "tlog-proof", "absent.json"
ENTRY_NAME = re.compile(r"entries/(0|[1-9][0-9]{0,15})\.(header|statement|tlog-proof|absent\.json)")

WITHHELD, ERASED = "withheld", "erased"


def entry_name(index: int, part: str) -> str:
    """Return the name of a member of entry *index*; *part* is such as :data:`HEADER`."""
    return f"entries/{index}.{part}"


@dataclass(frozen=True, slots=True)
class Absent:
    """Why there is no statement: *by* is the entry that ordered it, if one did."""

    by: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One entry: its header, its proof, and its statement or why there is none."""

    index: int
    header: bytes
    proof: str
    statement: bytes | None
    absent: Absent | None


@dataclass(frozen=True, slots=True)
class ChainShown:
    """One chain from its first entry on: name, salt (16 bytes), id (32), entries' indexes."""

    name: str
    salt: bytes
    id: bytes
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """All of a bundle but who asked for it and what follows from the rest.

    Attributes:
        question: what is answered.
        origin: of the ledger.
        size: of the tree of ``checkpoint``.
        checkpoint: the note in which every proof ends.
        entries: ascending by index.
        chains: ascending by name.
        tail: headers from the last entry of the asked chain to ``size - 1``; None where
            they are left out, or no chain is asked for.
    """

    question: Question
    origin: str
    size: int
    checkpoint: str
    entries: tuple[EntryShown, ...]
    chains: tuple[ChainShown, ...]
    tail: tuple[bytes, ...] | None

    def asked(self) -> tuple[int, ...]:
        """Indexes of the entries that answer the question; the others speak for keys and posts."""
        name = self.question.chain
        if name is None:
            return self.question.entries
        return next((chain.entries for chain in self.chains if chain.name == name), ())


@dataclass(frozen=True, slots=True)
class Manifest:
    """The list of a bundle's members; nobody signed it.

    Attributes:
        asker: who is said to have asked; None: the holder of the home.
        members: hex SHA-256 by name, of all but the manifest and ``report.html``.
    """

    asker: str | None
    members: dict[str, str]
    origin: str
    question: Question
    size: int
