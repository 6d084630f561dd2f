"""What passes between the process that verifies a ledger and its workers: MessagePack.

Plain values, several times cheaper than pickled objects, and checked by type
when they are read.

Units: indexes count entries from 0; digests are 32 bytes; a T is text.
"""

import msgspec

from crypto.header import Header
from ledger.access.speak import Speaking
from ledger.verification.continuity import Place, Problem


class Setting(msgspec.Struct, array_like=True, frozen=True):
    """What a worker knows of the ledger from the start.

    ``keys_file`` holds public keys, each behind its length in one byte, and only
    grows. ``secret``: the chain secret, b"" where it is not given. ``log_key``:
    vkey text under which stored checkpoints are opened, "" for none. ``buckets``:
    in how many the records are sorted.
    """

    origin: str
    keys_file: str
    secret: bytes
    log_key: str
    buckets: int


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
    place behind the span; None where no header could be read. ``chains``,
    ``ids``: records for the buckets, by bucket. ``voices``: statements whose
    speaker remains to be judged, those alike together: what decides, and indexes.
    ``special``: (index, recorded_at, whether its signatures were verified) of
    statements that must be judged one by one. ``roots``: (size, root) of stored checkpoints
    that were opened, ``untrusted`` problems of those by another key. ``lacking``:
    (index, statement digest) of entries without statement, ``gaps`` indexes
    without header. ``counts``: how often each check was made.
    """

    start: int
    leaves: bytes
    first: tuple[int, Header] | None
    last: Place | None
    chains: list[tuple[int, bytes]]
    ids: list[tuple[int, bytes]]
    voices: list[tuple[Speaking, list[int]]]
    special: list[tuple[int, str, bool]]
    roots: list[tuple[int, bytes]]
    lacking: list[tuple[int, bytes]]
    gaps: list[int]
    problems: list[Problem]
    untrusted: list[Problem]
    counts: dict[str, int]


class Walk(msgspec.Struct, array_like=True, frozen=True):
    """One bucket to walk: chain records, or ids where *targets* are digests to look for."""

    path: str
    ids: bool
    targets: list[bytes]
    ends: bool


class Walked(msgspec.Struct, array_like=True):
    """What a bucket held.

    ``records`` were read, with so many ``links`` of so many ``chains``.
    ``problems``: those with the smallest indexes of ``bad`` in all. ``ends``: chain
    id, length and last leaf hash of each chain, 72 bytes, ascending by id.
    ``found``: (digest, index, speaker hash) of the targets.
    """

    records: int
    links: int
    chains: int
    bad: int
    problems: list[Problem]
    ends: bytes
    found: list[tuple[bytes, int, bytes]]
