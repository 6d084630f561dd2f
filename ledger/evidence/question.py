"""What a bundle answers: one thing's chain, any chain, one entry, or a search.

Source: spec 7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from crypto.canonical import MAX_INTEGER, write_canonical
from crypto.errors import Malformed
from crypto.notation import DEPARTMENT_ID, ID, REF

THINGS: Final = ("act", "grant", "item")
KINDS: Final = (*THINGS, "chain", "entry", "query")
MAX_QUERY = 2_000  # characters

_NAMES = {
    **dict.fromkeys(THINGS, REF),
    "department": DEPARTMENT_ID,
    "official": ID,
    "registry": DEPARTMENT_ID,
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        kind: one of :data:`KINDS`.
        text: the thing's ref, the chain's name, or the search; "" for an entry.
        entries: the entry's index; for a search, what it is said to have found, ascending.
    """

    kind: str
    text: str
    entries: tuple[int, ...] = ()

    @property
    def chain(self) -> str | None:
        """The name of the chain that is asked for; None where none is."""
        if self.kind in THINGS:
            return f"{self.kind}/{self.text}"
        return self.text if self.kind == "chain" else None

    def to_json(self) -> dict[str, Any]:
        """Return the member ``question`` of a manifest and of a report."""
        if self.kind == "entry":
            return {"entry": self.entries[0]}
        found = {"entries": list(self.entries)} if self.kind == "query" else {}
        return {self.kind: self.text, **found}


def read_question(value: object) -> Question:
    """Return the question that a JSON value states; raise Malformed."""
    if isinstance(value, dict):
        kinds = [kind for kind in KINDS if kind in value]
        if len(kinds) == 1:
            question = _read(kinds[0], value)
            if question is not None and question.to_json() == value:
                return question
    raise Malformed(
        "a question names one act, grant, item, chain, entry or query",
        "问题应指明一个 act、grant、item、chain、entry 或 query",
        "/question",
    )


def is_chain_name(name: str) -> bool:
    """Whether *name* is one that spec 4 gives to chains."""
    kind, _, rest = name.partition("/")
    return kind in _NAMES and _NAMES[kind].match(rest) is not None


def question_sha256_bytes(question: Question) -> bytes:
    """Return the canonical bytes of a question, which the record of a making hashes."""
    return write_canonical(question.to_json())


def _read(kind: str, value: Mapping[str, Any]) -> Question | None:
    said = value[kind]
    if kind == "entry":
        return Question(kind, "", (said,)) if _is_index(said) else None
    if type(said) is not str:
        return None
    if kind == "query":
        return _read_query(said, value.get("entries"))
    question = Question(kind, said)
    return question if is_chain_name(question.chain or "") else None


def _read_query(said: str, entries: object) -> Question | None:
    if len(said) > MAX_QUERY or type(entries) is not list or not all(map(_is_index, entries)):
        return None
    if any(later <= one for one, later in pairwise(entries)):
        return None
    return Question("query", said, tuple(entries))


def _is_index(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_INTEGER
