"""Small ledgers in memory, and ways to damage them as someone would who wants to.

云岭省 and everybody in it are invented.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from crypto.chain import chain_id, chain_names, commitment, salt_of
from crypto.checkpoint import Checkpoint, sign_checkpoint
from crypto.header import ZERO, Header, Link, first_prev, format_header, parse_header
from crypto.keys import PrivateKey
from crypto.merkle import leaf_hash, root_of
from crypto.notation import format_time, parse_time, write_b64
from crypto.note import ED25519, VKey, format_vkey, vkey_of
from crypto.statement import sign_statement
from ledger.verification.report import Report
from ledger.verification.source import MemorySource, Source
from ledger.verification.stream import verify_stream
from tests.citing import FOREIGN, Foreign

SPANS = (1, 7, 256, 2_500)  # entries that are verified together
ORIGIN = "test.example/yunling"
SECRET = bytes(range(32))
START_MS = parse_time("2026-11-05T00:00:00.000Z")
DEPARTMENT, OFFICIAL = "MZ", "zhang"

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "spec.json").read_text(encoding="utf-8")
)


def seed(number: int) -> PrivateKey:
    """A key that is the same in every run; for tests only."""
    return PrivateKey.from_seed(number.to_bytes(32, "big"))


LOG, REGISTRAR, ZHANG, SYSTEM, STRANGER = map(seed, range(1, 6))


@dataclass
class Book:
    """A ledger being written: nothing judges what is logged."""

    envelopes: list[bytes | None] = field(default_factory=list)
    headers: list[bytes] = field(default_factory=list)
    heads: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    secret: bytes = SECRET

    def event(
        self, kind: str, source: str, subject: str, data: dict[str, Any], **more: Any
    ) -> dict[str, Any]:
        return {
            "specversion": "1.0",
            "id": f"e-{len(self.envelopes)}",
            "source": f"/departments/{source}",
            "ledger": ORIGIN,
            "type": f"zelian.{kind}.v1",
            "subject": subject,
            "time": format_time(START_MS),
            "datacontenttype": "application/json",
            "data": {"refs": {}, "parents": [], **data},
            **more,
        }

    def log(self, event: dict[str, Any], *keys: PrivateKey, at_ms: int | None = None) -> int:
        """Log a statement as the ledger would; return its index."""
        return self.log_envelope(sign_statement(event, keys), chain_names(event), at_ms)

    def log_envelope(self, envelope: bytes, names: Sequence[str], at_ms: int | None = None) -> int:
        index = len(self.headers)
        ids = sorted(chain_id(salt_of(self.secret, name), name) for name in names)
        links = tuple(self._link(id_) for id_ in ids)
        recorded_at = format_time(START_MS + 1_000 * index if at_ms is None else at_ms)
        prev = leaf_hash(self.headers[-1]) if self.headers else first_prev(ORIGIN)
        header = Header(index, prev, recorded_at, sha256(envelope).digest(), links)
        self.headers.append(format_header(header))
        self.envelopes.append(envelope)
        leaf = leaf_hash(self.headers[-1])
        self.heads.update((link.id, (link.seq + 1, leaf)) for link in links)
        return index

    def _link(self, id_: bytes) -> Link:
        seq, prev = self.heads.get(id_, (0, ZERO))
        return Link(id_, prev, seq)

    def open(self, log: PrivateKey = LOG) -> int:
        return self.log(
            self.event(
                "ledger.opened",
                "registrar",
                "department/registrar",
                {
                    "origin": ORIGIN,
                    "log_key": format_vkey(vkey_of(ORIGIN, ED25519, log)),
                    "chain_commitment": commitment(SECRET),
                    "registrar_keys": [write_b64(REGISTRAR.public.spki)],
                    "registrar_threshold": 1,
                    "spec": "zelian/1",
                },
            ),
            REGISTRAR,
        )

    def registry(self, kind: str, subject: str, data: dict[str, Any], *more: PrivateKey) -> int:
        return self.log(self.event(kind, "registrar", subject, data), REGISTRAR, *more)

    def enrol(self, key: PrivateKey, holder: str | None = None) -> int:
        data = {"department": DEPARTMENT, "public_key": write_b64(key.public.spki)}
        if holder is not None:
            data["holder"] = holder
        return self.registry("key.enrolled", f"department/{DEPARTMENT}", data, key)

    def revoke(self, key: PrivateKey, holder: str | None = None) -> int:
        data = {"department": DEPARTMENT, "keyid": key.key_id, "reason": "lost"}
        if holder is not None:
            data["holder"] = holder
        return self.registry("key.revoked", f"department/{DEPARTMENT}", data)

    def release(self) -> int:
        data = {
            "department": DEPARTMENT,
            "appointment": "A-1",
            "appointee": OFFICIAL,
            "ends": format_time(START_MS),
        }
        return self.registry("official.released", f"official/{OFFICIAL}", data)

    def register_peer(self, foreign: Foreign) -> int:
        """Register the policy of another ledger."""
        peer = {"origin": FOREIGN, "policy": foreign.policy()}
        return self.registry("peer.registered", "department/registrar", peer)

    def use(self, key: PrivateKey = ZHANG, **more: Any) -> int:
        return self.log(self.use_event(**more), key)

    def use_event(self, **more: Any) -> dict[str, Any]:
        number = len(self.envelopes)
        data = {
            "refs": {
                "item": "GA/HJ-1",
                "use": f"{DEPARTMENT}/U-{number}",
                "act": f"{DEPARTMENT}/{number // 3}",
            },
            "purpose_code": "housing",
            "use_kind": "act",
            "reliance": "decisive",
        }
        own: dict[str, Any] = {"official": OFFICIAL, "tier": "handler", **more}
        own = {name: value for name, value in own.items() if value is not None}
        return self.event("use.recorded", DEPARTMENT, f"department/{DEPARTMENT}", data, **own)

    # Reading

    def notes(self, sizes: Sequence[int], key: PrivateKey = LOG) -> list[tuple[int, str]]:
        leaves = [leaf_hash(header) for header in self.headers]
        return [
            (size, sign_checkpoint(Checkpoint(ORIGIN, size, root_of(leaves[:size])), key))
            for size in sizes
        ]

    def source(self, key: PrivateKey = LOG) -> MemorySource:
        """The ledger as it stands, with a checkpoint at every fifth size and at the last."""
        size = len(self.headers)
        notes = self.notes([*range(5, size, 5), size], key)
        return MemorySource(ORIGIN, self.headers, self.envelopes, notes[-1][1], notes)

    @property
    def identity(self) -> bytes:
        return leaf_hash(self.headers[0])


def written(uses: int = 20) -> Book:
    """A sound ledger: entries 0 to 5 are the registry, the rest are uses."""
    book = Book()
    book.open()
    book.registry(
        "department.registered",
        f"department/{DEPARTMENT}",
        {"department": DEPARTMENT, "kind": "gov", "name": {"zh": "云岭省民政厅"}},
    )
    book.registry(
        "official.appointed",
        f"official/{OFFICIAL}",
        {
            "appointment": "A-1",
            "appointee": OFFICIAL,
            "department": DEPARTMENT,
            "post": "科员",
            "tiers": ["handler"],
            "starts": "2026-01-01T00:00:00.000Z",
        },
    )
    book.enrol(ZHANG, OFFICIAL)
    book.enrol(SYSTEM)
    for number in range(uses):
        if number % 4:
            book.use()
        else:
            book.use(SYSTEM, tier=None)
    return book


def log_vkey(key: PrivateKey = LOG) -> VKey:
    return vkey_of(ORIGIN, ED25519, key)


def changed(header: bytes, **members: Any) -> bytes:
    """Return *header* with members replaced."""
    old = parse_header(header)
    values = {name: getattr(old, name) for name in old.__struct_fields__}
    return format_header(Header(**{**values, **members}))


def relinked(book: Book, start: int) -> Book:
    """Return *book* with ``prev`` of every header from *start* on made to fit again.

    Whoever rewrites history does at least that; chains and roots still tell.
    """
    headers = list(book.headers)
    for index in range(start, len(headers)):
        prev = leaf_hash(headers[index - 1]) if index else first_prev(ORIGIN)
        headers[index] = changed(headers[index], prev=prev)
    return replace(book, headers=headers)


def verified(source: Source, identity: bytes | None, span: int = 7) -> Report:
    return verify_stream(source, log_vkey(), identity, SECRET, workers=0, span=span)


def bad_checks(report: Report) -> dict[str, int | None]:
    """The checks that failed, with the first bad index of each."""
    return {check.name: check.first_bad for check in report.checks if check.verdict == "failed"}
