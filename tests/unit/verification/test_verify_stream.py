"""Whole ledgers: a sound one is verified, and each attack is found, named and placed."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from crypto.chain import chain_names
from crypto.header import parse_header
from crypto.notation import write_b64
from crypto.policy import parse_policy
from crypto.statement import sign_statement
from ledger.verification.report import Check, Report
from ledger.verification.source import MemorySource, Source
from ledger.verification.stream import verify_stream
from ledger.verification.whole import ChainEnd
from tests.citing import Foreign, citing, lies
from tests.unit.verification.ledgers import (
    REGISTRAR,
    SPANS,
    START_MS,
    STRANGER,
    SYSTEM,
    VECTORS,
    ZHANG,
    Book,
    bad_checks,
    changed,
    relinked,
    seed,
    verified,
    written,
)

# Sound ledgers


@pytest.fixture(scope="module")
def vectors() -> MemorySource:
    note = VECTORS["checkpoint"]
    return MemorySource(
        VECTORS["origin"],
        [entry["header"].encode() for entry in VECTORS["entries"]],
        [entry["statement"].encode() for entry in VECTORS["entries"]],
        note,
        [(16, note)],
    )


def vector_report(source: Source, quorum: str, **options: object) -> Report:
    log, witness = VECTORS["vkeys"]
    policy = parse_policy(f"log {log}\nwitness w1 {witness}\nquorum {quorum}\n")
    secret = bytes.fromhex(VECTORS["chain_secret"])
    identity = bytes.fromhex(VECTORS["ledger_identity"])
    return verify_stream(source, policy, identity, secret, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("span", SPANS)
def test_the_ledger_of_the_spec_verifies(vectors: MemorySource, span: int) -> None:
    report = vector_report(vectors, "w1", workers=0, span=span)
    assert report.verdict == "verified"
    assert all(c.verdict == "verified" for c in report.checks if c.counts)
    assert report.check("signatures").done == 16
    assert report.facts["root"] == VECTORS["roots"]["16"]
    assert report.facts["chains"] == len(VECTORS["salts"])


def test_processes_find_what_one_process_finds(vectors: MemorySource) -> None:
    alone = vector_report(vectors, "w1", workers=0, span=5)
    assert vector_report(vectors, "w1", workers=2, span=5) == alone


def test_a_synthetic_ledger_verifies_with_keys_of_its_own_span() -> None:
    book = written()
    report = verified(book.source(), book.identity, span=2_500)
    assert bad_checks(report) == {}
    assert report.check("speakers").done == len(book.headers)


def test_an_empty_ledger_is_no_error() -> None:
    report = verified(MemorySource("test.example/yunling", [], []), None)
    assert report.verdict == "not_checked"


def test_the_ends_of_all_chains_come_ascending(vectors: MemorySource) -> None:
    seen: list[ChainEnd] = []

    def hook(ends: Iterator[ChainEnd]) -> list[Check]:
        seen.extend(ends)
        return []

    vector_report(vectors, "none", workers=0, ends=hook)
    last: dict[bytes, tuple[int, bytes]] = {}
    for entry in VECTORS["entries"]:
        for link in parse_header(entry["header"].encode()).chains:
            last[link.id] = (link.seq + 1, bytes.fromhex(entry["leaf_hash"]))
    assert [(end.id, (end.length, end.leaf)) for end in seen] == sorted(last.items())


def test_progress_counts_entries(vectors: MemorySource) -> None:
    told: list[int] = []
    vector_report(vectors, "none", workers=0, span=7, progress=told.append)
    assert told == [7, 14, 16]


# Attacks: each makes a source from a sound book, and names checks and indexes


Attack = Callable[[Book], MemorySource]


def header_byte(book: Book) -> MemorySource:
    source = book.source()
    headers = list(source.headers)
    headers[9] = headers[9][:-1] + b" "
    return replace(source, headers=headers)


def header_digest(book: Book) -> MemorySource:
    source = book.source()
    headers = list(source.headers)
    headers[9] = changed(headers[9], statement=bytes(32))
    return replace(source, headers=headers)


def envelope_byte(book: Book) -> MemorySource:
    source = book.source()
    envelopes = list(source.envelopes or [])
    raw = envelopes[9]
    assert raw is not None
    at = raw.index(b'"sig":"') + 20
    envelopes[9] = raw[:at] + (b"A" if raw[at : at + 1] != b"A" else b"B") + raw[at + 1 :]
    return replace(source, envelopes=envelopes)


def signature_replaced(book: Book) -> MemorySource:
    """The ledger logged an envelope with the signature of another statement."""
    event = book.use_event()
    mine = sign_statement(event, [ZHANG]).partition(b'"sig":"')[0]
    other = sign_statement({**event, "id": "other"}, [ZHANG]).partition(b'"sig":"')[2]
    book.log_envelope(mine + b'"sig":"' + other, chain_names(event))
    return book.source()


def swapped(book: Book) -> MemorySource:
    source = book.source()
    headers, envelopes = list(source.headers), list(source.envelopes or [])
    headers[9:11] = headers[10], headers[9]
    envelopes[9:11] = envelopes[10], envelopes[9]
    return replace(source, headers=headers, envelopes=envelopes)


def removed(book: Book) -> MemorySource:
    source = book.source()
    headers, envelopes = list(source.headers), list(source.envelopes or [])
    del headers[9], envelopes[9]
    return replace(source, headers=headers, envelopes=envelopes)


def row_lost(book: Book) -> MemorySource:
    source = book.source()
    headers = list(source.headers)
    headers[9] = b""
    return replace(source, headers=headers)


def cut_off(book: Book) -> MemorySource:
    source = book.source()
    size = source.size - 3
    notes = [(at, note) for at, note in source.notes if at <= size]
    return replace(
        source,
        headers=source.headers[:size],
        envelopes=(source.envelopes or [])[:size],
        notes=notes,
    )


def with_link(book: Book, index: int, change: Callable[[int, bytes], tuple[int, bytes]]) -> Book:
    """Change seq and prev of the first link of one entry, then make all else fit."""
    header = parse_header(book.headers[index])
    at = next(n for n, link in enumerate(header.chains) if link.seq > 2)
    link = header.chains[at]
    seq, prev = change(link.seq, link.prev)
    links = (*header.chains[:at], type(link)(link.id, prev, seq), *header.chains[at + 1 :])
    headers = [*book.headers]
    headers[index] = changed(headers[index], chains=links)
    return relinked(replace(book, headers=headers), index + 1)


def chain_gap(book: Book) -> MemorySource:
    return with_link(book, 24, lambda seq, prev: (seq + 1, prev)).source()


def chain_repeated(book: Book) -> MemorySource:
    return with_link(book, 24, lambda seq, prev: (seq - 1, prev)).source()


def chain_forked(book: Book) -> MemorySource:
    return with_link(book, 24, lambda seq, _prev: (seq, bytes(31) + b"x")).source()


def revoked_key(book: Book) -> MemorySource:
    book.revoke(ZHANG, "zhang")
    book.use()
    book.use(SYSTEM, tier=None)
    return book.source()


def revoked_within_a_group(book: Book) -> MemorySource:
    """The same voice at the same time, before and after: one is right, one is not."""
    at_ms = START_MS + 60_000
    data = {"department": "MZ", "holder": "zhang", "keyid": ZHANG.key_id, "reason": "lost"}
    book.log(book.use_event(), ZHANG, at_ms=at_ms)
    event = book.event("key.revoked", "registrar", "department/MZ", data)
    book.log(event, REGISTRAR, at_ms=at_ms)
    book.log(book.use_event(), ZHANG, at_ms=at_ms)
    return book.source()


def released(book: Book) -> MemorySource:
    book.release()
    book.use()
    return book.source()


def unknown_key(book: Book) -> MemorySource:
    book.use(STRANGER)
    return book.source()


def later_enrolled_key(book: Book) -> MemorySource:
    """A statement before the enrolment of its key."""
    book.use(STRANGER, tier=None)
    book.enrol(STRANGER)
    book.use(STRANGER, tier=None)
    return book.source()


def role_not_held(book: Book) -> MemorySource:
    book.use(tier="approver")
    return book.source()


def not_the_registrar(book: Book) -> MemorySource:
    """An enrolment without the registrar has no effect, and what rests on it is found."""
    key = seed(9)
    event = book.event(
        "key.enrolled",
        "registrar",
        "department/MZ",
        {"department": "MZ", "public_key": write_b64(key.public.spki)},
    )
    book.log(event, key, ZHANG)
    book.use(key, tier=None)
    return book.source()


def time_runs_back(book: Book) -> MemorySource:
    book.log(book.use_event(), ZHANG, at_ms=START_MS)
    return book.source()


def wrong_prev(book: Book) -> MemorySource:
    headers = list(book.headers)
    headers[9] = changed(headers[9], prev=bytes(31) + b"x")
    return relinked(replace(book, headers=headers), 10).source()


def wrong_index(book: Book) -> MemorySource:
    headers = list(book.headers)
    headers[24] = changed(headers[24], index=25)
    return replace(book, headers=headers).source()


def wrong_first_prev(book: Book) -> MemorySource:
    headers = list(book.headers)
    headers[0] = changed(headers[0], prev=bytes(31) + b"x")
    return relinked(replace(book, headers=headers), 1).source()


def same_id(book: Book) -> MemorySource:
    event = book.use_event()
    book.log({**event, "id": "e-7"}, ZHANG)
    return book.source()


def other_root(book: Book) -> MemorySource:
    source = book.source()
    fork = written(5)
    fork.use(SYSTEM, tier=None)
    while len(fork.headers) < 15:
        fork.use()
    return replace(
        source, notes=[(s, fork.notes([15])[0][1] if s == 15 else n) for s, n in source.notes]
    )


def other_published_root(book: Book) -> MemorySource:
    source = book.source()
    fork = written(10)
    while len(fork.headers) < source.size:
        fork.use()
    return replace(source, published=fork.notes([source.size])[0][1])


def other_chains(book: Book) -> MemorySource:
    """An entry on the chain of somebody who is not named."""
    event = book.use_event()
    book.log_envelope(sign_statement(event, [ZHANG]), ("department/MZ", "official/li"))
    return book.source()


def lapsed(book: Book) -> MemorySource:
    book.use(notafter="2026-11-05T00:00:00.000Z")
    return book.source()


def from_the_future(book: Book) -> MemorySource:
    event = book.use_event()
    book.log({**event, "time": "2027-01-01T00:00:00.000Z"}, ZHANG)
    return book.source()


def another_ledgers(book: Book) -> MemorySource:
    event = book.use_event()
    book.log({**event, "ledger": "other.example/yunling"}, ZHANG)
    return book.source()


def opened_for_another_log(book: Book) -> MemorySource:
    fresh = Book()
    fresh.open(STRANGER)
    return fresh.source()


def false_citation(book: Book) -> MemorySource:
    book.log(citing(book.use_event(), lies()[0][1]), ZHANG)
    return book.source()


def citation_by_another_log(book: Book) -> MemorySource:
    book.register_peer(Foreign())
    book.log(citing(book.use_event(), Foreign(key="somebody").cite()), ZHANG)
    return book.source()


ATTACKS: list[tuple[Attack, dict[str, int]]] = [
    (header_byte, {"headers": 9, "links": 10, "checkpoints": 9, "tree": 24, "chains": 10}),
    (header_digest, {"digests": 9, "links": 10, "checkpoints": 9, "tree": 24, "chains": 10}),
    (envelope_byte, {"digests": 9, "signatures": 9}),
    (signature_replaced, {"signatures": 25}),
    (
        swapped,
        {
            "index": 9,
            "links": 9,
            "recorded_at": 10,
            "checkpoints": 9,
            "tree": 24,
            "chains": 9,
        },
    ),
    (removed, {"index": 9, "links": 9, "checkpoints": 9, "tree": 24, "chains": 9}),
    (row_lost, {"headers": 9, "chains": 10}),
    (cut_off, {"tree": 22}),
    (chain_gap, {"chains": 24}),
    (chain_repeated, {"chains": 24}),
    (chain_forked, {"chains": 24}),
    (revoked_key, {"speakers": 26}),
    (revoked_within_a_group, {"speakers": 27}),
    (released, {"speakers": 26}),
    (unknown_key, {"speakers": 25}),
    (later_enrolled_key, {"speakers": 25}),
    (role_not_held, {"speakers": 25}),
    (not_the_registrar, {"speakers": 25}),
    (time_runs_back, {"recorded_at": 25}),
    (wrong_prev, {"links": 9, "chains": 10}),
    (wrong_index, {"index": 24}),
    (wrong_first_prev, {"links": 0, "identity": 0, "chains": 1}),
    (same_id, {"unique": 25}),
    (other_root, {"checkpoints": 14}),
    (other_published_root, {"tree": 24}),
    (other_chains, {"chain_names": 25}),
    (lapsed, {"statements": 25}),
    (from_the_future, {"statements": 25}),
    (another_ledgers, {"statements": 25}),
    (opened_for_another_log, {"opening": 0, "identity": 0}),
    (false_citation, {"statements": 25}),
    (citation_by_another_log, {"statements": 26}),
]


@pytest.mark.parametrize(("attack", "want"), ATTACKS, ids=[a.__name__ for a, _ in ATTACKS])
def test_an_attack_is_found_at_its_index_however_the_ledger_is_cut(
    attack: Attack, want: dict[str, int]
) -> None:
    book = written()
    identity = book.identity
    source = attack(book)
    reports = [verified(source, identity, span) for span in SPANS]
    assert bad_checks(reports[0]) == want
    assert reports[0].verdict == "failed"
    assert all(report == reports[0] for report in reports)
    for check in reports[0].checks:
        for finding in check.findings:
            assert f"entry {finding.index}" in finding.en
            assert f"第 {finding.index} 条" in finding.zh
