"""The worked values of tests/vectors/spec.json, byte for byte: events to headers.

The vectors were written by another reading of the formats, so that this code
is never its own judge.
"""

import hashlib
import json
from itertools import pairwise
from pathlib import Path

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.canonical import read_canonical
from crypto.chain import chain_id, chain_names, commitment, salt_of
from crypto.errors import BadSignature, Malformed, WeakKey
from crypto.header import ZERO, Header, Link, first_prev, format_header, parse_header
from crypto.keys import PrivateKey, key_id_of, read_public_key, require_enrolable
from crypto.notation import read_b64
from crypto.statement import (
    PAYLOAD_TYPE,
    assemble,
    pae,
    prepare_event,
    read_statement,
    sign_payload,
    sign_statement,
    verify_signatures,
)

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "spec.json").read_text("utf-8"))
ENTRIES = VECTORS["entries"]
SECRET = bytes.fromhex(VECTORS["chain_secret"])
REFUSED = VECTORS["refused_after_entry_10"] + VECTORS["refused_after_entry_15"]
EVERY_ENTRY = pytest.mark.parametrize("entry", ENTRIES, ids=range(len(ENTRIES)))


def private_key(text):
    scalar = text.removeprefix("p256 scalar ")
    if scalar == text:
        return PrivateKey.from_seed(bytes.fromhex(text))
    return PrivateKey(ec.derive_private_key(int(scalar, 16), ec.SECP256R1()))


KEYS = {name: private_key(text) for name, text in VECTORS["private_keys"].items()}
PRIVATE = {key.key_id: key for key in KEYS.values()}
PUBLIC = {key.key_id: key.public for key in KEYS.values()}


def leaf_hash(header):
    return hashlib.sha256(b"\x00" + header).digest()


def test_key_ids():
    assert {name: key.key_id for name, key in KEYS.items()} == VECTORS["keyids"]
    for key in KEYS.values():
        assert key_id_of(key.public.spki) == key.key_id
        assert read_public_key(key.public.spki) == key.public
        require_enrolable(key.public)


@pytest.mark.parametrize("case", VECTORS["weak_keys"], ids=lambda case: case["why"])
def test_weak_keys(case):
    with pytest.raises(WeakKey):
        require_enrolable(read_public_key(bytes.fromhex(case["spki"])))


def test_pae():
    payload = read_statement(ENTRIES[11]["statement"].encode()).payload
    assert pae(PAYLOAD_TYPE, payload).hex() == VECTORS["pae_of_entry_11"]


@EVERY_ENTRY
def test_event_to_statement(entry):
    """Event, canonical payload, signatures, envelope and digest."""
    event, raw = entry["event"], entry["statement"].encode()
    signers = event["data"]["signers"]
    payload = prepare_event(event, signers)
    assert payload == rfc8785.dumps(event) == read_b64(json.loads(raw)["payload"])
    assert read_canonical(payload) == event

    statement = read_statement(raw)
    assert (statement.event, statement.payload, statement.envelope) == (event, payload, raw)
    assert statement.digest.hex() == entry["statement_digest"]
    assert statement.signers == signers
    verify_signatures(statement, PUBLIC)

    # P-256 vectors were signed with random nonces: those can only be verified.
    ours = [
        sign_payload(payload, PRIVATE[key_id]) if PUBLIC[key_id].algorithm == "ed25519" else theirs
        for key_id, theirs in zip(signers, dict(statement.signatures).items(), strict=True)
    ]
    assert assemble(payload, ours) == raw


def test_one_call_signs_the_same_bytes():
    signed = [
        entry
        for entry in ENTRIES
        if all(PUBLIC[key].algorithm == "ed25519" for key in entry["event"]["data"]["signers"])
    ]
    assert len(signed) == 14
    for entry in signed:
        keys = [PRIVATE[key_id] for key_id in entry["event"]["data"]["signers"]]
        assert sign_statement(entry["event"], keys).decode() == entry["statement"]


@EVERY_ENTRY
def test_chain_names(entry):
    assert chain_names(entry["event"]) == tuple(entry["chain_names"])


def test_salts_and_commitment():
    for name, salt in VECTORS["salts"].items():
        assert salt_of(SECRET, name).hex() == salt
    assert commitment(SECRET) == VECTORS["chain_commitment"]
    assert ENTRIES[0]["event"]["data"]["chain_commitment"] == commitment(SECRET)


def test_headers_follow_from_events_and_clock_alone():
    """Every header made anew: indices, links, chains and their ids."""
    prev, heads = first_prev(VECTORS["origin"]), {}
    for index, entry in enumerate(ENTRIES):
        links = []
        for name in chain_names(entry["event"]):
            at, seq = heads.get(name, (ZERO, 0))
            links.append(Link(chain_id(salt_of(SECRET, name), name), at, seq))
        recorded_at = json.loads(entry["header"])["recorded_at"]
        digest = bytes.fromhex(entry["statement_digest"])
        raw = format_header(Header(index, prev, recorded_at, digest, tuple(links)))
        assert raw.decode() == entry["header"]
        prev = leaf_hash(raw)
        assert prev.hex() == entry["leaf_hash"]
        heads.update({name: (prev, heads.get(name, (ZERO, 0))[1] + 1) for name in
                      entry["chain_names"]})  # fmt: skip
    assert ENTRIES[0]["leaf_hash"] == VECTORS["ledger_identity"]


@EVERY_ENTRY
def test_headers_are_read(entry):
    raw = entry["header"].encode()
    header = parse_header(raw)
    assert header.statement.hex() == entry["statement_digest"]
    assert all(a.id < b.id for a, b in pairwise(header.chains))
    assert format_header(header) == raw


def test_headers_and_chains_of_receipts():
    for index, receipt in VECTORS["receipts"].items():
        header = parse_header(receipt["header"].encode())
        assert header.index == int(index)
        ids = [chain_id(bytes.fromhex(c["salt"]), c["name"]) for c in receipt["chains"]]
        assert ids == [link.id for link in header.chains]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case['code']}: {case['why']}")
def test_refused_statements(case):
    """Malformed is refused on reading, nothing else is; a bad signature on verifying."""
    raw = case["body"].encode()
    if case["code"] == "malformed":
        with pytest.raises(Malformed):
            read_statement(raw)
        return
    statement = read_statement(raw)
    known = all(key_id in PUBLIC for key_id in statement.signers)
    assert known or case["code"] == "weak_key"
    if case["code"] == "bad_signature":
        with pytest.raises(BadSignature):
            verify_signatures(statement, PUBLIC)
    elif known:
        verify_signatures(statement, PUBLIC)


def test_every_kind_of_refusal_is_met():
    codes = [case["code"] for case in REFUSED]
    assert (codes.count("malformed"), codes.count("bad_signature")) == (18, 2)


def test_repeats_are_the_bytes_that_were_logged():
    for index in VECTORS["repeats_after_entry_15"]:
        raw = ENTRIES[index]["statement"].encode()
        assert read_statement(raw).digest.hex() == ENTRIES[index]["statement_digest"]
