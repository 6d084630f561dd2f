"""An operator who lies with the log's own key in hand: what he logs against the rules shows.

The bundles are put together here from a book that nobody judges, by other code than
the maker's.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256

import pytest

from crypto.canonical import write_canonical
from crypto.chain import chain_id, chain_names, salt_of
from crypto.checkpoint import Checkpoint, sign_checkpoint
from crypto.header import parse_header
from crypto.keys import PrivateKey
from crypto.merkle import leaf_hash, root_of
from crypto.notation import format_time, write_b64
from crypto.note import format_vkey
from crypto.policy import parse_policy
from crypto.prove import prove_inclusion
from crypto.statement import read_statement, sign_statement
from crypto.tlog_proof import TlogProof, format_tlog_proof
from ledger.evidence.bundle import Absent, ChainShown, Contents, EntryShown
from ledger.evidence.question import Question
from ledger.evidence_page.page import write_bundle
from ledger.verification.bundle_check import bundle_report
from ledger.verification.report import Report
from tests.unit.verification.ledgers import (
    DEPARTMENT,
    LOG,
    OFFICIAL,
    ORIGIN,
    START_MS,
    STRANGER,
    SYSTEM,
    ZHANG,
    Book,
    changed,
    log_vkey,
    written,
)

POLICY = parse_policy(f"log {format_vkey(log_vkey())}\nquorum none\n")
ACT = f"act/{DEPARTMENT}/2"  # entries 6, 7, 8 of a written book


def shown_of(book: Book, note: str, absent: Iterable[int]) -> tuple[EntryShown, ...]:
    leaves = [leaf_hash(header) for header in book.headers]

    def read(nodes: Iterable[tuple[int, int]]) -> list[bytes]:
        return [root_of(leaves[n << level : (n + 1) << level]) for level, n in nodes]

    found = []
    for index, (header, envelope) in enumerate(zip(book.headers, book.envelopes, strict=True)):
        path = prove_inclusion(index, len(leaves), read)
        proof = format_tlog_proof(TlogProof(index, tuple(path), note))
        why = Absent(None, "withheld") if index in absent else None
        found.append(EntryShown(index, header, proof, None if why else envelope, why))
    return tuple(found)


def contents_of(book: Book, name: str = ACT, absent: Iterable[int] = ()) -> Contents:
    """All of a book: every entry, every chain; the asked chain's tail."""
    size = len(book.headers)
    root = root_of([leaf_hash(header) for header in book.headers])
    note = sign_checkpoint(Checkpoint(ORIGIN, size, root), LOG)
    names = {
        one
        for envelope in book.envelopes
        if envelope is not None
        for one in chain_names(read_statement(envelope).event)
    }
    chains = tuple(chain_of(book, one) for one in sorted(names))
    last = next(chain.entries[-1] for chain in chains if chain.name == name)
    tail = tuple(book.headers[last:])
    question = Question("chain", name)
    return Contents(question, ORIGIN, size, note, shown_of(book, note, absent), chains, tail)


def chain_of(book: Book, name: str) -> ChainShown:
    salt = salt_of(book.secret, name)
    own = chain_id(salt, name)
    entries = [
        index
        for index, raw in enumerate(book.headers)
        if any(link.id == own for link in parse_header(raw).chains)
    ]
    return ChainShown(name, salt, own, tuple(entries))


def verified(book: Book, contents: Contents | None = None) -> Report:
    raw = write_bundle(contents or contents_of(book), None)
    return bundle_report(raw, POLICY, book.identity)


def wrong(report: Report) -> dict[str, str]:
    return {c.name: c.verdict for c in report.checks if c.counts and c.verdict != "verified"}


def test_a_sound_book_is_verified() -> None:
    assert wrong(verified(written(6))) == {}


def act(book: Book, key: PrivateKey = ZHANG, **more: object) -> int:
    """Log a use on the asked act, last of all."""
    event = book.use_event(**more)
    event["data"]["refs"]["act"] = ACT.removeprefix("act/")
    return book.log(event, key)


def test_a_revoked_key_speaks_no_more() -> None:
    book = written(6)
    book.revoke(ZHANG, OFFICIAL)
    act(book)
    assert wrong(verified(book)) == {"signatures": "incomplete", "speakers": "failed"}


def test_nor_is_it_believed_where_the_revocation_is_held_back() -> None:
    book = written(6)
    revoked = book.revoke(ZHANG, OFFICIAL)
    index = act(book)
    assert wrong(verified(book, contents_of(book, absent=[revoked]))) == {"speakers": "incomplete"}
    honest = contents_of(book)
    less = replace(
        honest,
        entries=tuple(one for one in honest.entries if one.index != revoked),
        chains=tuple(
            replace(chain, entries=tuple(n for n in chain.entries if n != revoked))
            for chain in honest.chains
        ),
    )
    report = verified(book, less)
    assert report.check("speakers").verdict == "incomplete"
    assert report.check("chains").verdict == "incomplete"
    assert report.check("speakers").first_bad in (revoked, index)


def test_out_of_post_nobody_signs() -> None:
    book = written(6)
    released = book.release()
    act(book)
    assert verified(book).check("speakers").verdict == "failed"
    held_back = verified(book, contents_of(book, absent=[released]))
    assert held_back.check("speakers").verdict == "incomplete"


def test_out_of_post_nobody_signs_without_a_tier_either() -> None:
    book = written(6)
    book.release()
    event = book.use_event()
    del event["tier"]
    event["data"]["refs"]["act"] = ACT.removeprefix("act/")
    book.log(event, ZHANG)
    assert verified(book).check("speakers").verdict == "failed"


def test_a_system_speaks_for_its_own_department_alone() -> None:
    book = written(6)
    name = {"department": "OTHER", "kind": "gov", "name": {"zh": "云岭省某厅"}}
    book.registry("department.registered", "department/OTHER", name)
    event = book.use_event() | {"source": "/departments/OTHER"}
    del event["tier"], event["official"]
    event["data"]["refs"]["act"] = ACT.removeprefix("act/")
    book.log(event | {"subject": ACT}, SYSTEM)
    # Its own chain does not run to what it said elsewhere, so that more may be missing.
    assert wrong(verified(book)) == {"signatures": "incomplete", "speakers": "incomplete"}


def test_a_system_s_key_does_not_sign_a_tier_nor_an_official_s_name_another() -> None:
    book = written(6)
    act(book, SYSTEM)
    assert verified(book).check("speakers").verdict == "failed"
    book = written(6)
    act(book, ZHANG, official="wang")
    # It does not continue the chain of whoever holds the key, so that more may be missing.
    assert verified(book).check("speakers").verdict == "incomplete"


def test_a_stranger_s_key_is_never_verified() -> None:
    book = written(6)
    act(book, STRANGER)
    assert verified(book).check("speakers").verdict == "incomplete"


def test_a_key_enrolled_without_the_registrar_counts_for_nothing() -> None:
    book = written(6)
    event = book.event(
        "key.enrolled",
        "registrar",
        f"department/{DEPARTMENT}",
        {"department": DEPARTMENT, "holder": OFFICIAL, "public_key": _spki(STRANGER)},
    )
    book.log(event, STRANGER)
    act(book, STRANGER)
    assert verified(book).verdict == "failed"


def _spki(key: PrivateKey) -> str:
    return write_b64(key.public.spki)


def test_an_entry_of_the_chain_is_not_left_out_behind_it() -> None:
    """The last one is left out, and the tail begins at the one before."""
    book = written(9)
    honest = contents_of(book)
    chain = next(one for one in honest.chains if one.name == ACT)
    *rest, last = chain.entries
    less = replace(
        honest,
        entries=tuple(one for one in honest.entries if one.index != last),
        chains=tuple(
            replace(one, entries=tuple(n for n in one.entries if n != last))
            for one in honest.chains
        ),
        tail=tuple(book.headers[rest[-1] :]),
    )
    report = verified(book, less)
    assert (report.check("tail").verdict, report.check("tail").first_bad) == ("failed", last)


def test_time_that_runs_back_is_seen_between_entries() -> None:
    book = written(6)
    book.log(book.use_event(), ZHANG, at_ms=START_MS)
    assert verified(book).check("headers").verdict == "failed"


def test_an_entry_zero_of_another_ledger_fails_the_pin_and_all_else_stands() -> None:
    book = written(6)
    report = bundle_report(write_bundle(contents_of(book), None), POLICY, bytes(32))
    assert wrong(report) == {"identity": "failed"}


def test_a_bad_signature_on_entry_zero_is_told() -> None:
    book = written(6)
    honest = contents_of(book)
    first = honest.entries[0]
    assert first.statement is not None
    lied = replace(first, statement=_other_signature(first.statement))
    report = verified(book, replace(honest, entries=(lied, *honest.entries[1:])))
    assert report.verdict == "failed"


def _other_signature(envelope: bytes) -> bytes:
    value = json.loads(envelope)
    value["signatures"][0]["sig"] = write_b64(bytes(64))
    return write_canonical(value)


@pytest.mark.parametrize("before", [0, 1])
def test_a_claimed_time_is_held_against_the_ledger_s(before: int) -> None:
    book = written(6)
    index = len(book.headers)
    when = format_time(START_MS + 1_000 * index + 300_000 + (1 if before else 0))
    act(book, time=when)
    assert (verified(book).check("statements").verdict == "failed") is bool(before)


def changed_entry(contents: Contents, index: int, **change: object) -> Contents:
    entries = tuple(
        replace(one, **change) if one.index == index else one  # type: ignore[arg-type]
        for one in contents.entries
    )
    return replace(contents, entries=entries)


def test_another_statement_than_the_header_records_is_told() -> None:
    book = written(6)
    honest = contents_of(book)
    lied = changed_entry(honest, 7, statement=book.envelopes[8])
    assert verified(book, lied).check("digests").verdict == "failed"


def test_a_proof_under_another_checkpoint_is_told() -> None:
    book = written(6)
    honest = contents_of(book)
    root = root_of([leaf_hash(header) for header in book.headers])
    note = sign_checkpoint(Checkpoint(ORIGIN, len(book.headers), root), STRANGER)
    proof = honest.entries[7].proof.replace(honest.checkpoint, note)
    lied = changed_entry(honest, 7, proof=proof)
    assert wrong(verified(book, lied)) == {"inclusion": "failed"}


def test_a_chain_that_forks_is_told() -> None:
    book = written(6)
    own = chain_id(salt_of(book.secret, ACT), ACT)
    seq, _ = book.heads[own]
    book.heads[own] = seq, bytes(32)
    act(book)
    assert wrong(verified(book)) == {"chains": "failed"}


def test_a_header_on_a_chain_more_than_its_event_names_is_told() -> None:
    book = written(6)
    event = book.use_event()
    envelope = sign_statement(event, [ZHANG])
    book.log_envelope(envelope, [*chain_names(event), "act/MZ/hidden"])
    assert wrong(verified(book)) == {"chain_names": "failed"}


@pytest.mark.parametrize("again", ["the same statement", "another of the same id"])
def test_an_id_is_used_once_by_a_source(again: str) -> None:
    book = written(6)
    [first] = [one for one in contents_of(book).entries if one.index == 6]
    assert first.statement is not None
    event = read_statement(first.statement).event
    if again != "the same statement":
        event = event | {"time": format_time(START_MS - 1)}
    book.log(event, ZHANG)
    report = verified(book)
    assert wrong(report) == {"unique": "failed"}
    [found] = report.check("unique").findings
    assert found.index == len(book.headers) - 1


def test_the_tail_ends_in_the_entry_that_is_proved() -> None:
    book = written(9)
    honest = contents_of(book)
    assert honest.tail is not None
    last = changed(honest.tail[-1], statement=bytes(32))
    report = verified(book, replace(honest, tail=(*honest.tail[:-1], last)))
    assert wrong(report) == {"tail": "failed"}


def erasure(book: Book, target: int) -> int:
    data = {
        "decided_by": DEPARTMENT,
        "document": "云民〔2026〕1号",
        "ground": "pipl_47",
        "target": parse_header(book.headers[target]).statement.hex(),
    }
    return book.log(
        book.event("statement.erased", DEPARTMENT, f"department/{DEPARTMENT}", data), SYSTEM
    )


def test_an_erasure_is_by_an_order_about_just_that_statement() -> None:
    book = written(6)
    right, other = erasure(book, 7), erasure(book, 10)
    honest = contents_of(book)
    for by, verdict in ((right, "verified"), (other, "incomplete"), (6, "incomplete")):
        lied = changed_entry(honest, 7, statement=None, absent=Absent(by, "erased"))
        assert verified(book, lied).check("absences").verdict == verdict
    withheld = changed_entry(honest, 7, statement=None, absent=Absent(right, "withheld"))
    assert verified(book, withheld).check("absences").verdict == "verified"


def test_an_order_is_given_after_what_it_removes() -> None:
    book = written(6)
    event = book.use_event()
    event["data"]["refs"]["act"] = ACT.removeprefix("act/")
    event["id"] = "said-later"
    envelope = sign_statement(event, [ZHANG])
    data = {
        "decided_by": DEPARTMENT,
        "document": "云民〔2026〕1号",
        "ground": "pipl_47",
        "target": sha256(envelope).hexdigest(),
    }
    by = book.log(
        book.event("statement.erased", DEPARTMENT, f"department/{DEPARTMENT}", data), SYSTEM
    )
    target = book.log_envelope(envelope, chain_names(event))
    lied = changed_entry(contents_of(book), target, statement=None, absent=Absent(by, "erased"))
    assert verified(book, lied).check("absences").verdict == "incomplete"
