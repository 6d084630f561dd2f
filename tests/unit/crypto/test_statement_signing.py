"""Signatures on a statement: what is signed, by whom, in one place or in several."""

import copy

import pytest

from crypto.envelope import write_envelope
from crypto.errors import BadSignature, Malformed
from crypto.statement import (
    PAYLOAD_TYPE,
    assemble,
    pae,
    prepare_event,
    read_partial,
    read_statement,
    sign_payload,
    sign_statement,
    verify_signatures,
)
from tests.unit.crypto.statements import (
    BOTH,
    EVENT,
    KEY,
    KEYS,
    OTHER,
    RAW,
    data,
    event,
    refused,
    signed_as_is,
)


@pytest.mark.parametrize("size", [0, 63, 65])
def test_a_signature_of_another_length_is_read_and_is_bad(size):
    payload = prepare_event(EVENT, [KEY.key_id])
    signature = (sign_payload(payload, KEY)[1] * 2)[:size]
    statement = read_statement(assemble(payload, [(KEY.key_id, signature)]))
    with pytest.raises(BadSignature) as caught:
        verify_signatures(statement, BOTH)
    assert caught.value.pointer == "/signatures/0/sig"


def test_every_signature_is_verified():
    payload = prepare_event(EVENT, [key.key_id for key in KEYS[:3]])
    for bad in range(3):
        signatures = [sign_payload(payload, key) for key in KEYS[:3]]
        signatures[bad] = (signatures[bad][0], sign_payload(payload, KEYS[4])[1])
        with pytest.raises(BadSignature) as caught:
            verify_signatures(read_statement(assemble(payload, signatures)), BOTH)
        assert caught.value.pointer == f"/signatures/{bad}/sig"


def test_what_is_signed_is_pae_and_nothing_else():
    payload = prepare_event(EVENT, [KEY.key_id])
    for message in (payload, pae("application/json", payload), pae(PAYLOAD_TYPE, payload) + b"\n"):
        statement = read_statement(assemble(payload, [(KEY.key_id, KEY.sign(message))]))
        with pytest.raises(BadSignature):
            verify_signatures(statement, BOTH)


def test_pae_is_that_of_dsse():
    """The example of DSSE's protocol.md."""
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert pae("é", "é".encode()) == "DSSEv1 2 é 2 é".encode()


def test_the_caller_brings_every_key():
    with pytest.raises(KeyError):
        verify_signatures(read_statement(RAW), {})


# --- writing -------------------------------------------------------------------------------


def test_signing_leaves_its_argument_alone():
    before = copy.deepcopy(EVENT)
    assert sign_statement(EVENT, [KEY, OTHER]) == sign_statement(EVENT, [OTHER, KEY])
    prepare_event(EVENT, [KEY.key_id])
    assert before == EVENT


def test_signers_that_the_event_claims_are_replaced():
    assert sign_statement(data(signers=["x"]), [KEY]) == RAW


def test_what_json_cannot_say_is_not_signed():
    for value in (data(records=1.5), data(records=2**53), data(é=1)):
        with pytest.raises(Malformed):
            sign_statement(value, [KEY])


def test_signers_in_different_places():
    """The first prepares, each signs the same bytes, the last sends."""
    payload = prepare_event(EVENT, [KEY.key_id, OTHER.key_id])
    draft = assemble(payload, [])
    refused(draft, "/signatures")
    assert read_partial(draft) == (payload, ())

    half = assemble(payload, [sign_payload(payload, OTHER)])
    refused(half, "/signatures")
    read, signatures = read_partial(half)
    whole = assemble(read, [*signatures, sign_payload(read, KEY)])
    assert whole == sign_statement(EVENT, [KEY, OTHER])
    verify_signatures(read_statement(whole), BOTH)
    assert read_partial(whole)[0] == payload


def test_a_partial_envelope_is_as_strict_but_for_what_it_lacks():
    payload = prepare_event(EVENT, [KEY.key_id, OTHER.key_id])
    good, second = sign_payload(payload, KEY), sign_payload(payload, OTHER)
    for signatures in (
        [good, good],
        [second, good],
        [sign_payload(payload, KEYS[5])],
        [(KEY.key_id.upper(), good[1])],
    ):
        with pytest.raises(Malformed) as caught:
            read_partial(write_envelope(payload, PAYLOAD_TYPE, signatures))
        assert caught.value.pointer == "/signatures"
    with pytest.raises(Malformed):
        read_partial(assemble(payload, []) + b"\n")
    with pytest.raises(Malformed):
        read_partial(signed_as_is(event(id="..")))
