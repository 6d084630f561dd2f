"""Make an evidence bundle: gather what a question needs, through a sight.

The entries that answer are those that the asker may read. Beside them stand, for every
statement that is shown and each of its signers, the chain on which that key's own
statements lie, from its first entry on, with the registry statements among them; those
need the registrar's chain in turn. Of other entries on these chains the header alone is
shown, which is public. Nothing is decided here about what a bundle proves: that is the
verifier's, who shares nothing with this but the bundle's form.

Source: spec 7.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from crypto.checkpoint import parse_checkpoint
from crypto.header import Header, parse_header
from crypto.note import parse_note
from ledger.access.sight import EVERYTHING, Sight
from ledger.entries import Entry
from ledger.errors import BadRequest, NotFound
from ledger.evidence.bundle import ERASED, WITHHELD, Absent, ChainShown, Contents, EntryShown
from ledger.evidence.question import Question
from ledger.evidence_page.page import write_bundle
from ledger.projections.lists import ENTRIES
from ledger.projections.query import parse_query
from ledger.registry.records import REGISTRAR, KeyRecord
from ledger.service import Ledger
from ledger.store.engine import reading
from ledger.store.log_rows import KeptRow

MAX_ENTRIES = 15_000  # of a bundle: at least three members each, of 65,535
MAX_TAIL = 40 * 1024 * 1024  # bytes; below the largest member
PAGE = 1_000  # entries read at once

_REGISTRAR_CHAIN = f"department/{REGISTRAR}"
_REGISTRAR_LINKS = 2  # chains of what is said of the registrar itself
_ORDERS = ("zelian.statement.erased.v1", "zelian.statement.withheld.v1")


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle.

    Attributes:
        raw: the zip file.
        question: as it is answered, with what a search found.
        size: of the tree under its checkpoint.
        shown: the entries whose statements are in it.
    """

    raw: bytes
    question: Question
    size: int
    shown: tuple[Entry, ...]

    @property
    def sha256(self) -> str:
        """Of the file, hex."""
        return sha256(self.raw).hexdigest()


def make_evidence(
    ledger: Ledger, sight: Sight, question: Question, as_of: int | None, asker: str | None
) -> Made:
    """Return the bundle that answers *question* to whom *sight* is.

    Args:
        as_of: size of a stored checkpoint; None: the published one.
        asker: who asks, as the manifest claims.

    Raises:
        NotFound: there is nothing to show within the sight, or no such checkpoint.
        BadRequest: the question or its answer is beyond what a bundle holds.
        NotProjected: the chains are not projected that far yet.
    """
    note = ledger.published() if as_of is None else ledger.checkpoint(as_of)
    size = parse_checkpoint(parse_note(note).text).size
    ledger.look_up.reach(size, ENTRIES)
    gathering = _Gathering(ledger, sight, size)
    question = gathering.answer(question)
    contents = gathering.contents(question, note)
    shown = tuple(one for _, one in sorted(gathering.stated.items()))
    return Made(write_bundle(contents, asker), question, size, shown)


class _Gathering:
    """What is gathered for one bundle: headers by index, statements, chains."""

    def __init__(self, ledger: Ledger, sight: Sight, size: int) -> None:
        self._ledger, self._sight, self._size = ledger, sight, size
        self._registry = ledger.look_up.registry(size)
        self._headers: dict[int, tuple[bytes, Header]] = {}
        self._chains: dict[str, list[int]] = {}
        self._absent: dict[int, Absent] = {}
        self.stated: dict[int, Entry] = {}
        self._wanted: list[int] = []  # statements to be looked at
        self._registrar = ledger.parts.names.of(_REGISTRAR_CHAIN).id

    # What answers

    def answer(self, question: Question) -> Question:
        """Take in the entries of the answer, and all that speaks for them."""
        if question.chain is not None:
            asked = self._asked_chain(question.chain)
        elif question.kind == "entry":
            asked = self._asked_entry(question.entries[0])
        else:
            asked = self._found(question.text)
            question = Question("query", question.text, tuple(asked))
        self._want([0, *asked])
        if question.chain is not None:
            self._take_headers([self._size - 1])
        self._support()
        return question

    def _asked_chain(self, name: str) -> list[int]:
        page = self._ledger.look_up.chain(self._sight, name, self._size, 0, MAX_ENTRIES + 1)
        if page.length > MAX_ENTRIES:
            raise _too_many(page.length)
        self._chains[name] = [index for index, _ in page.links]
        return self._chains[name]

    def _asked_entry(self, index: int) -> list[int]:
        if index < self._size:
            entry = self._ledger.entry(index)
            if self._sight == EVERYTHING or self._ledger.shows(self._sight, entry):
                return [index]
        raise NotFound(
            f"there is no entry {index} below size {self._size} that you may read",
            f"大小 {self._size} 以内没有您可以查阅的第 {index} 条",
        )

    def _found(self, text: str) -> list[int]:
        query, size = parse_query(text), self._size
        found = self._ledger.look_up.find(self._sight, query, size, None, MAX_ENTRIES + 1)
        if len(found) > MAX_ENTRIES:
            raise _too_many(len(found))
        if not found:
            raise NotFound("nothing that you may read matches", "没有您可以查阅的匹配条目")
        return sorted(found)

    # What speaks for it

    def _want(self, indexes: Iterable[int]) -> None:
        """Have the statements of these entries looked at."""
        fresh = [index for index in dict.fromkeys(indexes) if index not in self.stated]
        self._wanted += fresh

    def _support(self) -> None:
        """Look at statements until none is wanted any more."""
        while self._wanted:
            batch, self._wanted = sorted(set(self._wanted)), []
            for start in range(0, len(batch), PAGE):
                for entry in self._ledger.entries_of(batch[start : start + PAGE]):
                    self._take(entry)
            if len(self._headers) > 4 * MAX_ENTRIES:
                raise _too_many(len(self._headers))

    def _take(self, entry: Entry) -> None:
        self._headers[entry.index] = entry.header, parse_header(entry.header)
        if entry.removed is not None:
            self._remove(entry.index, entry.removed.kind, entry.removed.by)
        elif entry.event is not None and self._is_shown(entry):
            self.stated[entry.index] = entry
            self._take_signers(entry)

    def _is_shown(self, entry: Entry) -> bool:
        return self._sight == EVERYTHING or self._ledger.shows(self._sight, entry)

    def _remove(self, index: int, kind: str, by: int) -> None:
        """An order that the checkpoint does not cover proves nothing under it."""
        reason = ERASED if kind == ERASED else WITHHELD
        self._absent[index] = Absent(by if by < self._size else None, reason)
        if by < self._size:
            self._want([by])

    def _take_signers(self, entry: Entry) -> None:
        """Take in what shows that those who signed could do so."""
        event = entry.event
        assert event is not None
        data = event["data"]
        for signer in data["signers"]:
            key = self._registry.key(signer, entry.index + 1)
            if key is not None:
                self._take_chain(_chain_of(key), entry.index)
        departments = {event["source"].removeprefix("/departments/"), data.get("department")}
        for department in sorted(filter(None, departments)):
            known = self._registry.department(department, self._size)
            if known is not None and known.registered_at >= 0:
                self._want([known.registered_at])
        for one in data.get("cites", ()):
            peer = self._registry.peer(one["ledger"], entry.index)
            if peer is not None:
                self._want([peer.registered_at])
        if event["type"] in _ORDERS:
            target = self._ledger.index_of(data["target"])
            if target is not None and target < entry.index:
                self._want([target])

    def _take_chain(self, name: str, upto: int) -> None:
        """Take in a chain from its first entry to *upto*, with the registry statements on it."""
        known = self._chains.get(name, [])
        if known and known[-1] >= upto:
            return
        start = known[-1] + 1 if known else 0
        page = self._ledger.look_up.chain(EVERYTHING, name, upto + 1, start, MAX_ENTRIES + 1)
        if page.length > MAX_ENTRIES:
            return  # SPEC: spec 7, left out for size: then the key's status is incomplete
        fresh = [index for index, _ in page.links]
        self._chains[name] = [*known, *fresh]
        self._take_headers(fresh)
        self._want(index for index in fresh if self._may_matter(name, index))

    def _may_matter(self, name: str, index: int) -> bool:
        """Whether an entry of a key's chain may be a registry statement that matters to it."""
        chains = self._headers[index][1].chains
        if name == _REGISTRAR_CHAIN:
            return len(chains) == _REGISTRAR_LINKS
        return any(link.id == self._registrar for link in chains)

    def _take_headers(self, indexes: Sequence[int]) -> None:
        missing = [index for index in indexes if index not in self._headers]
        for start in range(0, len(missing), PAGE):
            with reading(self._ledger.parts.engine) as connection:
                rows = self._ledger.parts.rows.headers_of(connection, missing[start : start + PAGE])
            for index, raw in rows.items():
                self._headers[index] = raw, parse_header(raw)

    # Put together

    def contents(self, question: Question, note: str) -> Contents:
        """Return all that was gathered."""
        indexes = sorted(self._headers)
        if len(indexes) > MAX_ENTRIES:
            raise _too_many(len(indexes))
        rows = [KeptRow(index, self._headers[index][0], note) for index in indexes]
        proofs = self._ledger.parts.reader.inclusion_proofs(rows)
        entries = tuple(map(self._entry, indexes, proofs))
        chains = tuple(self._chain(name) for name in sorted(self._chains))
        asked = self._chains.get(question.chain or "", [])
        tail = self._tail(asked[-1]) if asked else None
        origin = self._ledger.origin
        return Contents(question, origin, self._size, note, entries, chains, tail)

    def _entry(self, index: int, proof: str) -> EntryShown:
        raw = self._headers[index][0]
        entry = self.stated.get(index)
        if entry is not None:
            return EntryShown(index, raw, proof, entry.envelope, None)
        absent = self._absent.get(index, Absent(None, WITHHELD))
        return EntryShown(index, raw, proof, None, absent)

    def _chain(self, name: str) -> ChainShown:
        chain = self._ledger.parts.names.of(name)
        return ChainShown(name, chain.salt, chain.id, tuple(self._chains[name]))

    def _tail(self, last: int) -> tuple[bytes, ...] | None:
        """Every header from *last* on; None where they are too many for one member."""
        found: list[bytes] = []
        total = 0
        for start in range(last, self._size, PAGE):
            stop = min(start + PAGE, self._size)
            headers = self._ledger.parts.reader.headers(start, stop)
            total += sum(2 + len(raw) for raw in headers)
            if total > MAX_TAIL:
                return None
            found += headers
        return tuple(found)


def _chain_of(key: KeyRecord) -> str:
    """SPEC: spec 7, the chain on which the key's own statements lie."""
    return f"department/{key.department}" if key.holder is None else f"official/{key.holder}"


def _too_many(count: int) -> BadRequest:
    return BadRequest(
        f"a bundle shows at most {MAX_ENTRIES} entries, and this needs {count}: ask for less",
        f"证据包至多含 {MAX_ENTRIES} 条，此处需要 {count} 条：请缩小范围",
    )
