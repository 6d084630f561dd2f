"""Check a span of entries by itself: everything that needs no entry outside it.

This runs in worker processes, a span a message, MessagePack both ways. What
depends on entries before the span - the first link, who was in post, how chains
go on - is sent back in the smallest form in which the other side can judge it.

A worker is given public keys by their bytes and computes the ids itself, so that
no key can pass for another; which key may speak is not decided here. Keys that
statements of the span enrol are taken in at once for the same reason.

Source: spec 3, 4 and 6.
"""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import msgspec

from crypto.chain import REGISTRY_TYPES, chain_id, salt_of
from crypto.checkpoint import open_checkpoint
from crypto.errors import CryptoError, Malformed, Untrusted
from crypto.header import Header, parse_header
from crypto.keys import PublicKey, read_public_key
from crypto.merkle import leaf_hash
from crypto.notation import parse_time, read_b64
from crypto.note import parse_vkey
from crypto.statement import Statement
from ledger.access.registration import brought_keys
from ledger.access.speak import check_times
from ledger.admission.checks import examine, read
from ledger.errors import Refused
from ledger.events import event_type
from ledger.verification.buckets import CHAIN_RECORD, ID_RECORD, speaker_hash
from ledger.verification.continuity import UNKNOWN, Place, Problem, continuity_problems
from ledger.verification.source import MISSING

REMEMBERED_NAMES = 16_384

# type, source, official, tier, signers, recorded_at
Voice = tuple[str, str, str | None, str | None, tuple[str, ...], str]


class Setting(msgspec.Struct, array_like=True, frozen=True):
    """What a worker knows of the ledger from the start.

    ``keys_file`` holds public keys, each behind its length in one byte, and only
    grows. ``secret``: the chain secret, b"" where it is not given. ``log_key``:
    vkey text under which stored checkpoints are opened, "" for none.
    """

    origin: str
    keys_file: str
    secret: bytes
    log_key: str


class Job(msgspec.Struct, array_like=True, frozen=True):
    """A span to check, and how many bytes of the keys' file were written by then."""

    start: int
    headers: list[bytes]
    envelopes: list[bytes | None] | None
    notes: list[tuple[int, str]]
    keys_size: int


class Outcome(msgspec.Struct, array_like=True):
    """What a worker found of one span.

    ``leaves``: 32 bytes an entry (``UNKNOWN`` where it is missing). ``first``:
    position in the span and header of the first that could be read. ``last``: the
    place behind the span, None where no header could be read. ``chains``,
    ``ids``: records for the buckets, by bucket. ``voices``: statements whose
    speaker remains to be judged, those alike together: what decides, and indexes.
    ``special``: (index, recorded_at, whether its keys were at hand) of statements
    that must be judged one by one. ``roots``: (size, root) of stored checkpoints
    that were opened. ``lacking``: (index, statement digest) without statement.
    ``counts``: how often each check was made.
    """

    start: int
    leaves: bytes
    first: tuple[int, Header] | None
    last: Place | None
    chains: list[tuple[int, bytes]]
    ids: list[tuple[int, bytes]]
    voices: list[tuple[Voice, list[int]]]
    special: list[tuple[int, str, bool]]
    roots: list[tuple[int, bytes]]
    lacking: list[tuple[int, bytes]]
    gaps: list[int]
    problems: list[Problem]
    untrusted: list[Problem]
    counts: dict[str, int]


class Run:
    """Links of one chain that follow one another within a span."""

    __slots__ = ("index", "leaf", "length", "prev", "seq")

    def __init__(self, seq: int, prev: bytes, index: int, leaf: bytes) -> None:
        self.seq, self.prev, self.index, self.length, self.leaf = seq, prev, index, 1, leaf


class SpanChecker:
    """Checks one span after another, in whatever order they come."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._log = parse_vkey(setting.log_key) if setting.log_key else None
        self._keys: dict[str, PublicKey] = {}
        self._keys_read = 0
        secret = setting.secret

        @lru_cache(REMEMBERED_NAMES)
        def id_of(name: str) -> bytes:
            return chain_id(salt_of(secret, name), name)

        self._id_of = id_of

    def check(self, job: Job) -> Outcome:
        """Return everything that the span alone tells."""
        self._learn(job.keys_size)
        work = _Work(self._setting.origin, self._keys, self._id_of, bool(self._setting.secret))
        for offset, raw in enumerate(job.headers):
            index = job.start + offset
            header = work.take_header(index, raw)
            if job.envelopes is not None:
                work.take_statement(index, header, job.envelopes[offset])
        self._open_notes(job, work)
        return work.finish(job)

    def _learn(self, size: int) -> None:
        """Read the keys that were written since."""
        if size <= self._keys_read:
            return
        with Path(self._setting.keys_file).open("rb") as file:
            file.seek(self._keys_read)
            fresh = file.read(size - self._keys_read)
        self._keys_read = size
        at = 0
        while at < len(fresh):
            stop = at + 1 + fresh[at]
            key = read_public_key(fresh[at + 1 : stop])
            self._keys[key.key_id] = key
            at = stop

    def _open_notes(self, job: Job, work: "_Work") -> None:
        if self._log is None:
            return
        for size, note in job.notes:
            try:
                checkpoint = open_checkpoint(note, self._log)
                if checkpoint.size != size:
                    raise Malformed(
                        f"it states size {checkpoint.size}", f"其中写明的大小为 {checkpoint.size}"
                    )
            except Untrusted as error:
                work.untrusted.append(_of_note(size, error))
            except CryptoError as error:
                work.problems.append(_of_note(size, error))
            else:
                work.roots.append((size, checkpoint.root))


def _of_note(size: int, error: CryptoError) -> Problem:
    return (
        "checkpoints",
        size - 1,
        f"the stored checkpoint of size {size}: {error.en}",
        f"大小为 {size} 的检查点:{error.zh}",
    )


class _Work:
    """One span in the making."""

    def __init__(
        self, origin: str, keys: dict[str, PublicKey], id_of: "object", has_secret: bool
    ) -> None:
        raise NotImplementedError
