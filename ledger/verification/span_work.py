"""One span of entries being checked, header by header and statement by statement.

Source: spec 3, 4 and 6.
"""

from collections import ChainMap, defaultdict
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256

import msgspec

from crypto.chain import REGISTRY_TYPES, chain_id, salt_of
from crypto.errors import BadSignature, CryptoError
from crypto.header import Header, parse_header
from crypto.keys import PublicKey, read_public_key
from crypto.merkle import leaf_hash
from crypto.notation import parse_time, read_b64
from crypto.statement import Signature, Statement, verify_payload
from ledger.access.citations import cites
from ledger.access.registration import brought_keys
from ledger.access.speak import Speaking, check_times, speaking_of
from ledger.admission.checks import check_unsigned, read
from ledger.errors import Refused
from ledger.events.types import EVENT_TYPES
from ledger.verification.buckets import CHAIN_RECORD, ID_RECORD, speaker_hash
from ledger.verification.continuity import UNKNOWN, Place, Problem, continuity_problems
from ledger.verification.messages import Outcome
from ledger.verification.source import MISSING

HEADERS = "headers"
DIGESTS = "digests"
STATEMENTS = "statements"
SIGNATURES = "signatures"
CHAIN_NAMES = "chain_names"

REMEMBERED_NAMES = 16_384

# Judged one by one: they change the registry, or look at an earlier statement.
SPECIAL_TYPES = frozenset(
    kind.name for kind in EVENT_TYPES.values() if kind.registrar or kind.by_author
)


class ChainIds:
    """Chain ids under the ledger's secret, remembered for the names in use."""

    def __init__(self, secret: bytes) -> None:
        @lru_cache(REMEMBERED_NAMES)
        def of(name: str) -> bytes:
            return chain_id(salt_of(secret, name), name)

        self.of = of


class Run:
    """Links of one chain that follow one another within the span."""

    __slots__ = ("index", "leaf", "next_seq", "prev", "seq")

    def __init__(self, seq: int, prev: bytes, index: int, leaf: bytes) -> None:
        self.seq, self.prev, self.index, self.leaf = seq, prev, index, leaf
        self.next_seq = seq + 1

    def pack(self, chain: bytes) -> bytes:
        """Return the run as a record of its chain's bucket."""
        return CHAIN_RECORD.pack(
            chain, self.seq, self.prev, self.index, self.next_seq - self.seq, self.leaf
        )


def _brought(statement: Statement) -> dict[str, PublicKey]:
    """Return the keys that a registry event brings, which were found sound."""
    values = brought_keys(statement.event)
    keys = [read_public_key(read_b64(value, pointer)) for pointer, value in values]
    return {key.key_id: key for key in keys}


class _Sound(msgspec.Struct, frozen=True):
    """A statement of which only the signatures, and who speaks, remain to be judged.

    ``voice`` are the indexes of those that are judged alike; None: by itself.
    """

    index: int
    recorded_at: str
    payload: bytes
    signatures: tuple[Signature, ...]
    keys: Mapping[str, PublicKey]
    voice: list[int] | None


def _is_verified(sound: _Sound) -> bool:
    """Tell whether all keys are at hand and all signatures are good.

    Of any other statement whoever knows the registry decides what is wrong.
    """
    try:
        verify_payload(sound.payload, sound.signatures, sound.keys)
    except (BadSignature, KeyError):  # KeyError: a key that is not at hand
        return False
    return True


class SpanWork:
    """What is known so far of one span.

    Args:
        origin: of the ledger.
        keys: to verify with, by key id.
        ids: None where the chain secret is not at hand.
        buckets: in how many the records are sorted.
    """

    def __init__(
        self, origin: str, keys: dict[str, PublicKey], ids: ChainIds | None, buckets: int
    ) -> None:
        self._origin, self._keys, self._ids, self._buckets = origin, keys, ids, buckets
        self._leaves: list[bytes] = []
        self._first: tuple[int, Header] | None = None
        self._place: Place | None = None
        self._runs: dict[bytes, Run] = {}
        self._chains: defaultdict[int, list[bytes]] = defaultdict(list)
        self._pairs: defaultdict[int, list[bytes]] = defaultdict(list)
        self._voices: dict[tuple[int, Speaking], list[int]] = {}
        self._registry_events = 0
        self._signatures = 0
        self._sound: list[_Sound] = []
        self._special: list[tuple[int, str, bool]] = []
        self._lacking: list[tuple[int, bytes]] = []
        self._gaps: list[int] = []
        self._problems: list[Problem] = []
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._clock = ("", 0)

    def finish(self, start: int) -> Outcome:
        """Return what was found."""
        for chain, run in self._runs.items():
            self._chains[chain[0] * self._buckets >> 8].append(run.pack(chain))
        return Outcome(
            start=start,
            leaves=b"".join(self._leaves),
            first=self._first,
            last=self._place,
            chains=[(bucket, b"".join(records)) for bucket, records in self._chains.items()],
            ids=[(bucket, b"".join(records)) for bucket, records in self._pairs.items()],
            voices=[(voice, indexes) for (_, voice), indexes in self._voices.items() if indexes],
            special=self._special,
            roots=[],
            lacking=self._lacking,
            gaps=self._gaps,
            problems=self._problems,
            untrusted=[],
            counts={**self._counts, SIGNATURES: self._signatures},
        )

    # Headers

    def take_header(self, index: int, raw: bytes) -> Header | None:
        """Check one header against the span so far; None when it cannot be read."""
        if raw == MISSING:
            self._gaps.append(index)
            self._step_over(UNKNOWN)
            return None
        leaf = leaf_hash(raw)
        try:
            header = parse_header(raw)
        except CryptoError as error:
            self._found(HEADERS, index, error)
            self._step_over(leaf)
            return None
        self._counts[HEADERS] += 1
        if self._place is None:
            self._first = (len(self._leaves), header)
        else:
            self._problems += continuity_problems(self._place, index, header)
        self._leaves.append(leaf)
        self._place = Place(header.index, leaf, header.recorded_at)
        self._link(header, index, leaf)
        return header

    def _step_over(self, leaf: bytes) -> None:
        """Go on behind a header that cannot be read."""
        self._leaves.append(leaf)
        if self._place is not None:
            self._place = Place(self._place.stated + 1, leaf, self._place.recorded_at)

    def _link(self, header: Header, index: int, leaf: bytes) -> None:
        """Continue the runs of the entry's chains, or begin new ones.

        Whether a run begins where it must is decided when its chain is walked.
        """
        runs = self._runs
        for link in header.chains:
            chain = link.id
            run = runs.get(chain)
            if run is not None:
                if run.next_seq == link.seq and run.leaf == link.prev:
                    run.next_seq += 1
                    run.leaf = leaf
                    continue
                self._chains[chain[0] * self._buckets >> 8].append(run.pack(chain))
            runs[chain] = Run(link.seq, link.prev, index, leaf)

    # Statements

    def take_statement(self, index: int, header: Header | None, envelope: bytes | None) -> None:
        """Check one statement; *header* is that of its entry, if it could be read."""
        if envelope is None:
            if header is not None:
                self._lacking.append((index, header.statement))
            return
        self._counts[STATEMENTS] += 1
        try:
            statement = read(envelope)
        except Refused as refusal:
            self._refused(index, refusal)
            digest = sha256(envelope).digest()
            self._compare_digest(index, header, digest)
            return
        self._compare_digest(index, header, statement.digest)
        self._note_pair(index, statement)
        try:
            names = check_unsigned(statement, self._origin)
        except Refused as refusal:
            self._refused(index, refusal)
            return
        recorded_at = self._place.recorded_at if self._place is not None else ""
        if header is not None:
            self._compare_chains(index, header, names)
            if not self._is_timely(index, statement, recorded_at):
                return
        self._remember(index, statement, recorded_at)

    def _remember(self, index: int, statement: Statement, recorded_at: str) -> None:
        """Keep of a sound statement what its signatures and speaker are judged by.

        The rest is let go of, so that a span stays in the processor's caches.
        """
        kind = statement.event["type"]
        keys: Mapping[str, PublicKey] = self._keys
        voice: list[int] | None = None
        if kind in REGISTRY_TYPES:
            self._registry_events += 1
            keys = ChainMap(_brought(statement), self._keys)
        if kind not in SPECIAL_TYPES and not cites(statement.event):
            # Between two registry events the same voice gets the same answer.
            alike = (self._registry_events, speaking_of(statement.event, recorded_at))
            voice = self._voices.setdefault(alike, [])
        signatures = statement.signatures
        self._sound.append(_Sound(index, recorded_at, statement.payload, signatures, keys, voice))

    def verify_signatures(self) -> None:
        """Verify the signatures of all sound statements, in one go.

        Apart from the rest, because code that runs again and again at once runs from
        the processor's caches: a tenth of the whole.
        """
        for one in self._sound:
            verified = _is_verified(one)
            self._signatures += verified
            if verified and one.voice is not None:
                one.voice.append(one.index)
            else:
                self._special.append((one.index, one.recorded_at, verified))

    def _compare_digest(self, index: int, header: Header | None, digest: bytes) -> None:
        if header is None:
            return
        self._counts[DIGESTS] += 1
        if digest != header.statement:
            self._problem(
                DIGESTS,
                index,
                f"the header records statement {header.statement.hex()}, and the statement here "
                f"hashes to {digest.hex()}",
                f"记录头所记的陈述为 {header.statement.hex()}，而此处陈述的摘要是 {digest.hex()}",
            )

    def _note_pair(self, index: int, statement: Statement) -> None:
        """Note source and id, neither of which can hold a line feed."""
        source = statement.source
        pair = sha256(f"{source}\n{statement.id}".encode()).digest()
        record = ID_RECORD.pack(pair, statement.digest, speaker_hash(source), index)
        self._pairs[pair[0] * self._buckets >> 8].append(record)

    def _compare_chains(self, index: int, header: Header, names: tuple[str, ...]) -> None:
        """SPEC: spec 4, the chains are those that the event names and no others."""
        self._counts[CHAIN_NAMES] += 1
        if self._ids is None:
            if len(names) != len(header.chains):
                self._problem(
                    CHAIN_NAMES,
                    index,
                    f"the header continues {len(header.chains)} chains, and the event names "
                    f"{len(names)}",
                    f"记录头接续 {len(header.chains)} 条链，而事件指明 {len(names)} 条",
                )
        elif sorted(map(self._ids.of, names)) != [link.id for link in header.chains]:
            self._problem(
                CHAIN_NAMES,
                index,
                "the header's chains are not those of the names in the event",
                "记录头的链与事件所指的名称不符",
            )

    def _is_timely(self, index: int, statement: Statement, recorded_at: str) -> bool:
        event = statement.event
        if event["time"] <= recorded_at and "notafter" not in event:
            return True
        if self._clock[0] != recorded_at:
            self._clock = (recorded_at, parse_time(recorded_at))
        try:
            check_times(statement, recorded_at, self._clock[1])
        except Refused as refusal:
            self._refused(index, refusal)
            return False
        return True

    # Findings

    def _refused(self, index: int, refusal: Refused) -> None:
        """Note a refusal, which the ledger must have given and did not."""
        self._found(STATEMENTS, index, refusal)

    def _found(self, check: str, index: int, error: CryptoError | Refused) -> None:
        self._problem(check, index, error.en, error.zh)

    def _problem(self, check: str, index: int, en: str, zh: str) -> None:
        self._problems.append((check, index, f"entry {index}: {en}", f"第 {index} 条：{zh}"))
