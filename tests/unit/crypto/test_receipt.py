"""Receipts: their form, and each thing that must follow from statement and header."""

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from crypto.canonical import read_canonical, write_canonical
from crypto.chain import chain_id
from crypto.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from crypto.errors import BadSignature, Malformed, Mismatch, TooLarge, Untrusted
from crypto.header import ZERO, Header, Link, format_header, parse_header
from crypto.keys import PrivateKey
from crypto.merkle import EMPTY_EDGE, leaf_hash
from crypto.note import ED25519, vkey_of
from crypto.prove import prove_appended
from crypto.receipt import (
    MAX_RECEIPT,
    Receipt,
    ReceiptWriter,
    format_compact,
    format_receipt,
    parse_receipt,
    verify_receipt,
)
from crypto.tlog_proof import TlogProof, format_tlog_proof, parse_tlog_proof

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "spec.json").read_bytes())
ORIGIN = VECTORS["origin"]
ENTRY = VECTORS["entries"][11]
ENVELOPE = ENTRY["statement"].encode()
RAW = write_canonical(VECTORS["receipts"]["11"])
RECEIPT = parse_receipt(RAW)
HEADER = parse_header(RECEIPT.header)
KEY = PrivateKey.from_seed(sha256(b"a log of our own").digest())


def open_ours(note: str) -> Checkpoint:
    """Trust the log of these tests."""
    return open_checkpoint(note, vkey_of(ORIGIN, ED25519, KEY))


def receipt_for(
    header: Header, /, *, index: int | None = None, origin: str = ORIGIN, **changes: Any
) -> bytes:
    """A receipt of a log that signs whatever header it likes, at the header's index."""
    leaf = leaf_hash(format_header(header))
    leaves = [sha256(b"%d" % i).digest() for i in range(header.index)] + [leaf] + [bytes(32)] * 3
    edge, paths = prove_appended(EMPTY_EDGE, leaves)
    note = sign_checkpoint(Checkpoint(origin, edge.size, edge.root()), KEY)
    proof = TlogProof(header.index if index is None else index, paths[header.index], note)
    made = Receipt(RECEIPT.chains, format_header(header), format_tlog_proof(proof))
    return format_receipt(replace(made, **changes))


def with_header(**changes: Any) -> Header:
    values = {name: getattr(HEADER, name) for name in HEADER.__struct_fields__}
    return Header(**{**values, **changes})


def test_a_receipt_is_read_and_written() -> None:
    """The vector's bytes come back."""
    assert format_receipt(RECEIPT) == RAW
    assert RECEIPT.header == ENTRY["header"].encode()
    assert [name for name, _ in RECEIPT.chains] != sorted(name for name, _ in RECEIPT.chains)


def test_a_compact_receipt_lacks_the_proof_and_nothing_else() -> None:
    """And is no receipt by itself."""
    compact = format_compact(RECEIPT.chains, RECEIPT.header)
    whole = read_canonical(RAW)
    assert isinstance(whole, dict)
    assert read_canonical(compact) == {k: v for k, v in whole.items() if k != "proof"}
    with pytest.raises(Malformed):
        parse_receipt(compact)


def test_what_a_good_receipt_proves() -> None:
    """The header, the tree it stands in, and the names of its chains."""
    verified = verify_receipt(receipt_for(HEADER), ENVELOPE, open_ours)
    assert verified.header == HEADER
    assert verified.checkpoint.size == HEADER.index + 4
    assert verified.names == tuple(name for name, _ in RECEIPT.chains)


Change = Callable[[dict[str, Any]], None]


def _set(member: str, value: Any) -> Change:
    return lambda receipt: receipt.__setitem__(member, value)


def _chain(**members: Any) -> Change:
    return lambda receipt: receipt["chains"].__setitem__(0, members)


NAME, SALT = RECEIPT.chains[0][0], RECEIPT.chains[0][1].hex()


@pytest.mark.parametrize(
    "change",
    [
        _set("extra", 1),
        lambda receipt: receipt.pop("proof"),
        lambda receipt: receipt.pop("header"),
        lambda receipt: receipt.pop("chains"),
        _set("proof", None),
        _set("proof", ""),
        _set("proof", "nonsense"),
        _set("header", None),
        _set("header", {}),
        _set("header", ""),
        _set("header", "记录头"),
        _set("header", ENTRY["header"] + " "),
        _set("header", ENTRY["header"].replace('"v":1', '"v":2')),
        _set("chains", {}),
        _set("chains", []),
        _set("chains", [{"name": NAME, "salt": SALT}] * 65),
        _set("chains", [1]),
        _chain(name=NAME),
        _chain(salt=SALT),
        _chain(name=NAME, salt=SALT, id=SALT),
        _chain(name=1, salt=SALT),
        _chain(name=NAME, salt=1),
        _chain(name=NAME, salt=SALT.upper()),
        _chain(name=NAME, salt=SALT[:-2]),
        _chain(name=NAME, salt=SALT + "00"),
    ],
)
def test_another_form_is_malformed(change: Change) -> None:
    """Three members, each in its form."""
    receipt = json.loads(RAW)
    change(receipt)
    with pytest.raises(Malformed):
        verify_receipt(write_canonical(receipt), ENVELOPE, open_ours)


def test_a_header_outside_ascii_is_not_even_read() -> None:
    """What could not be written again is refused with the form."""
    receipt = {**json.loads(RAW), "header": "记录头"}
    with pytest.raises(Malformed, match="header must be its text"):
        parse_receipt(write_canonical(receipt))


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"null", RAW + b"\n", b" " + RAW, b"\xff"])
def test_what_is_not_a_canonical_object_is_malformed(raw: bytes) -> None:
    """Nothing is guessed."""
    with pytest.raises(Malformed):
        parse_receipt(raw)


def test_a_receipt_has_a_limit() -> None:
    """Refused before it is parsed."""
    with pytest.raises(TooLarge):
        parse_receipt(b" " * (MAX_RECEIPT + 1))


def test_a_statement_that_is_none_is_malformed() -> None:
    """The client's own copy is read as strictly."""
    with pytest.raises(Malformed):
        verify_receipt(receipt_for(HEADER), b"{}", open_ours)


def test_another_statement_is_a_mismatch() -> None:
    """The header must record this very statement."""
    other = VECTORS["entries"][12]["statement"].encode()
    with pytest.raises(Mismatch, match="records statement"):
        verify_receipt(receipt_for(HEADER), other, open_ours)


def test_chains_other_than_the_events_are_a_mismatch() -> None:
    """One left out, one added, one under another name: each with a header to match."""
    stray = ("item/11530000015000001A/HJ-999", bytes(16))
    fewer, more = RECEIPT.chains[1:], (*RECEIPT.chains, stray)
    renamed = (*RECEIPT.chains[1:], stray)
    for chains in (fewer, more, renamed):
        links = [Link(chain_id(salt, name), ZERO, 0) for name, salt in chains]
        by_id = sorted(zip(links, chains, strict=True), key=lambda pair: pair[0].id)
        header = with_header(chains=tuple(link for link, _ in by_id))
        raw = receipt_for(header, chains=tuple(chain for _, chain in by_id))
        with pytest.raises(Mismatch, match="chains are not those"):
            verify_receipt(raw, ENVELOPE, open_ours)


def test_a_chain_named_twice_is_a_mismatch() -> None:
    """Though the set of names would fit, and another salt gives it another id."""
    again = (RECEIPT.chains[0][0], bytes(16))
    pairs = [*zip(HEADER.chains, RECEIPT.chains, strict=True)]
    pairs.append((Link(chain_id(again[1], again[0]), ZERO, 0), again))
    pairs.sort(key=lambda pair: pair[0].id)
    header = with_header(chains=tuple(link for link, _ in pairs))
    raw = receipt_for(header, chains=tuple(chain for _, chain in pairs))
    with pytest.raises(Mismatch, match="chains are not those"):
        verify_receipt(raw, ENVELOPE, open_ours)


def test_another_salt_or_order_is_a_mismatch() -> None:
    """Names and salts must give the header's ids, one by one."""
    (name, salt), *rest = RECEIPT.chains
    salted = ((name, bytes([salt[0] ^ 1]) + salt[1:]), *rest)
    swapped = (RECEIPT.chains[1], RECEIPT.chains[0], *RECEIPT.chains[2:])
    for chains in (salted, swapped):
        with pytest.raises(Mismatch, match="chain ids"):
            verify_receipt(receipt_for(HEADER, chains=chains), ENVELOPE, open_ours)


def test_only_a_chains_first_entry_follows_nothing() -> None:
    """seq 0 and 64 zeros go together."""
    first, *rest = HEADER.chains
    for link in (Link(first.id, ZERO, 3), Link(first.id, bytes([1]) * 32, 0)):
        header = with_header(chains=(link, *rest))
        with pytest.raises(Mismatch, match="cannot follow"):
            verify_receipt(receipt_for(header), ENVELOPE, open_ours)


def test_a_statement_to_another_ledger_is_a_mismatch() -> None:
    """The checkpoint must be of the ledger to which the statement was said."""
    other = "ledger.example.gov/other"
    key = vkey_of(other, ED25519, KEY)
    with pytest.raises(Mismatch, match="was said to"):
        verify_receipt(
            receipt_for(HEADER, origin=other), ENVELOPE, lambda note: open_checkpoint(note, key)
        )


def test_a_proof_of_another_index_is_a_mismatch() -> None:
    """Proof and header must speak of one entry."""
    with pytest.raises(Mismatch, match="proof is of entry 12"):
        verify_receipt(receipt_for(HEADER, index=12), ENVELOPE, open_ours)


def test_entry_0_must_begin_its_ledger() -> None:
    """Its prev binds it to the origin."""
    entry = VECTORS["entries"][0]
    receipt = parse_receipt(write_canonical(VECTORS["receipts"]["0"]))
    header = parse_header(receipt.header)
    good = receipt_for(header, chains=receipt.chains)
    assert verify_receipt(good, entry["statement"].encode(), open_ours).header.index == 0
    moved = Header(0, bytes(32), header.recorded_at, header.statement, header.chains)
    with pytest.raises(Mismatch, match="does not begin"):
        verify_receipt(
            receipt_for(moved, chains=receipt.chains), entry["statement"].encode(), open_ours
        )


def test_an_entry_that_is_not_in_the_tree_is_a_mismatch() -> None:
    """Another header at that place, or a digest of the path that is another."""
    proof = parse_tlog_proof(parse_receipt(receipt_for(HEADER)).proof)
    path = (bytes(32), *proof.path[1:])
    for raw in (
        receipt_for(HEADER, header=format_header(with_header(prev=bytes(32)))),
        receipt_for(HEADER, proof=format_tlog_proof(replace(proof, path=path))),
    ):
        with pytest.raises(Mismatch, match="leads to root"):
            verify_receipt(raw, ENVELOPE, open_ours)


def test_what_opening_the_checkpoint_raises_comes_through() -> None:
    """A stranger's checkpoint is Untrusted, a false signature BadSignature."""
    raw = receipt_for(HEADER)
    stranger = PrivateKey.from_seed(bytes(32))
    with pytest.raises(Untrusted):
        verify_receipt(
            raw,
            ENVELOPE,
            lambda note: open_checkpoint(note, vkey_of(ORIGIN, ED25519, stranger)),
        )
    proof = parse_receipt(raw).proof
    forged = proof.replace("\n15\n", "\n16\n")
    assert forged != proof
    with pytest.raises(BadSignature):
        verify_receipt(receipt_for(HEADER, proof=forged), ENVELOPE, open_ours)


def test_a_batch_is_written_as_each_receipt_alone() -> None:
    """Names, notes and digests that need escaping, shared or not, come out byte for byte."""
    writer = ReceiptWriter()
    header = RECEIPT.header
    for note in ('o"\\x/1\n3\nroot\n\n\u2014 o"\\x/1 AA==\n', "plain\n"):
        for index, path in ((0, ()), (7, (b"\x01" * 32, b"\xff" * 32)), (8, (b"\x01" * 32,))):
            for chains in (RECEIPT.chains, (('official/"q"', bytes(16)),)):
                proof = format_tlog_proof(TlogProof(index, path, note))
                alone = format_receipt(Receipt(chains, header, proof))
                assert writer.full(chains, header, path, index, note) == alone
                assert writer.compact(chains, header) == format_compact(chains, header)
