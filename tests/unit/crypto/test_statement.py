"""Statements: the rows too_large and malformed of spec 6, member by member."""

import copy
import json
import pickle

import pytest

from crypto.canonical import write_canonical
from crypto.envelope import write_envelope
from crypto.errors import BadSignature, Malformed, TooLarge
from crypto.keys import PrivateKey
from crypto.notation import write_b64
from crypto.statement import (
    MAX_BODY,
    MAX_EVENT,
    PAYLOAD_TYPE,
    TIERS,
    assemble,
    pae,
    prepare_event,
    read_partial,
    read_statement,
    sign_payload,
    sign_statement,
    verify_signatures,
    write_event,
)

KEYS = sorted((PrivateKey.from_seed(bytes([n]) * 32) for n in range(9)), key=lambda k: k.key_id)
KEY, OTHER = KEYS[:2]
BOTH = {key.key_id: key.public for key in KEYS}
DIGESTS = [f"{n:064x}" for n in range(65)]
EVENT = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "/departments/11530000015000002B",
    "ledger": "ledger.example.gov/yunling",
    "type": "zelian.use.recorded.v1",
    "subject": "department/11530000015000002B",
    "time": "2026-11-02T02:00:00.000Z",
    "datacontenttype": "application/json",
    "data": {"refs": {}, "parents": [], "purpose": "低保资格核验"},
}
RAW = sign_statement(EVENT, [KEY])
ENVELOPE = json.loads(RAW)


def event(**members):
    """The event with members replaced, added or (None) left out."""
    return {name: value for name, value in {**EVENT, **members}.items() if value is not None}


def data(**members):
    value = {**EVENT["data"], **members}
    return event(data={name: member for name, member in value.items() if member is not None})


def signed_as_is(value):
    """A statement by KEY over just these bytes, or this event, whatever it says of its signers."""
    payload = value if isinstance(value, bytes) else write_canonical(value)
    return assemble(payload, [sign_payload(payload, KEY)])


def envelope(**members):
    value = {**ENVELOPE, **members}
    return write_canonical({name: member for name, member in value.items() if member is not None})


def refused(raw, pointer=None):
    with pytest.raises(Malformed) as caught:
        read_statement(raw)
    assert caught.value.en
    assert caught.value.zh
    if pointer is not None:
        assert caught.value.pointer == pointer


# --- what is read --------------------------------------------------------------------------


def test_what_a_statement_says():
    whole = event(
        official="zhang", tier="handler", notafter="2026-12-01T00:00:00.000Z",
        data={"refs": {"item": "a/b"}, "parents": DIGESTS[:2]},
    )  # fmt: skip
    statement = read_statement(sign_statement(whole, [KEY]))
    assert statement.source == "11530000015000002B"
    assert (statement.id, statement.type) == ("e-1", "zelian.use.recorded.v1")
    assert (statement.ledger, statement.subject) == (EVENT["ledger"], EVENT["subject"])
    assert (statement.official, statement.tier) == ("zhang", "handler")
    assert (statement.time, statement.notafter) == (EVENT["time"], "2026-12-01T00:00:00.000Z")
    assert (statement.refs, statement.parents) == ({"item": "a/b"}, DIGESTS[:2])
    assert statement.signers == [KEY.key_id] == [key_id for key_id, _ in statement.signatures]
    assert statement.data == statement.event["data"]
    assert write_event(statement.event) == statement.payload


def test_what_a_statement_leaves_unsaid():
    statement = read_statement(RAW)
    assert (statement.official, statement.tier, statement.notafter) == (None, None, None)


def test_a_statement_is_a_value_that_crosses_process_borders():
    statement = read_statement(RAW)
    with pytest.raises(AttributeError):
        statement.digest = b""
    assert pickle.loads(pickle.dumps(statement)) == statement


READ = {
    "another ledger": event(ledger="elsewhere"),
    "a ledger that is no origin": event(ledger=""),
    "an unknown type": event(type="zelian.nothing.v9"),
    "an empty type": event(type=""),
    "any subject": event(subject="\u202e"),
    "notafter": event(notafter="1970-01-01T00:00:00.000Z"),
    "an official without tier": event(official="li"),
    "notafter and official": event(official="li", notafter="1970-01-01T00:00:00.000Z"),
    "29 February": event(time="2028-02-29T23:59:59.999Z"),
    "unlisted data": data(anything={"at": ["all", True, None, -1]}),
    "refs of any kind": data(refs={"x": 1}),
    "64 parents": data(parents=DIGESTS[:64]),
    **{f"tier {tier}": event(official="li", tier=tier) for tier in sorted(TIERS)},
}


@pytest.mark.parametrize("why", READ)
def test_what_later_rows_judge_is_read(why):
    statement = read_statement(sign_statement(READ[why], [KEY]))
    verify_signatures(statement, BOTH)


@pytest.mark.parametrize("count", [1, 2, 8])
def test_one_to_eight_signers(count):
    statement = read_statement(sign_statement(EVENT, KEYS[:count][::-1]))
    assert statement.signers == [key.key_id for key in KEYS[:count]]
    verify_signatures(statement, BOTH)


# --- the event's members -------------------------------------------------------------------

REFUSED = [
    *[(f"/{name}", event(**{name: None})) for name in EVENT],
    *[(f"/{name}", event(**{name: 1})) for name in EVENT],
    *[(f"/{name}", event(**{name: True})) for name in EVENT],
    *[(f"/{name}", event(**{name: [EVENT[name]]})) for name in EVENT],
    ("/extra", event(extra="x")),
    ("/a~1~0b", event(**{"a/~b": "x"})),
    ("/data_base64", event(data_base64="x")),
    ("/dataschema", event(dataschema="x")),
    ("/specversion", event(specversion="1.0\n")),
    ("/specversion", event(specversion="1.1")),
    ("/datacontenttype", event(datacontenttype="application/json; charset=utf-8")),
    ("/id", event(id="")),
    ("/id", event(id="e-1\n")),
    ("/id", event(id="..")),
    ("/id", event(id="a:b")),
    ("/source", event(source="/departments/")),
    ("/source", event(source="/departments/a\n")),
    ("/source", event(source="11530000015000002B")),
    ("/time", event(time="2026-11-02T02:00:60.000Z")),
    ("/time", event(time="2026-02-29T02:00:00.000Z")),
    ("/time", event(time="2026-11-02T02:00:00Z")),
    ("/notafter", event(notafter="tomorrow")),
    ("/notafter", event(notafter=0)),
    ("/official", event(official="a b")),
    ("/official", event(official="")),
    ("/official", event(official=False)),
    ("/tier", event(tier="handler")),
    ("/tier", event(tier="handler", notafter=EVENT["time"])),
    ("/tier", event(official="li", tier="king")),
    ("/tier", event(official="li", tier="Handler")),
    ("/tier", event(official="li", tier=["handler"])),
    ("/tier", event(official="li", tier={})),
    ("/data/refs", data(refs=None)),
    ("/data/refs", data(refs=[])),
    ("/data/refs", data(refs="")),
    ("/data/parents", data(parents=None)),
    ("/data/parents", data(parents={})),
    ("/data/parents", data(parents=DIGESTS[0])),
    ("/data/parents", data(parents=DIGESTS)),
    ("/data/parents/0", data(parents=[1])),
    ("/data/parents/0", data(parents=["AB" * 32])),
    ("/data/parents/1", data(parents=[DIGESTS[0], DIGESTS[1] + "\n"])),
    ("/data/parents/1", data(parents=[DIGESTS[1], DIGESTS[1]])),
    ("/data/parents/2", data(parents=[DIGESTS[0], DIGESTS[2], DIGESTS[1]])),
]


@pytest.mark.parametrize(("pointer", "value"), REFUSED)
def test_a_member_at_fault_is_refused_and_placed(pointer, value):
    if isinstance(value.get("data"), dict):
        raw = sign_statement(value, [KEY])
    else:
        raw = signed_as_is(value)
    refused(raw, pointer)


@pytest.mark.parametrize("name", ["official", "tier", "notafter"])
def test_null_is_no_way_to_leave_a_member_out(name):
    whole = event(official="li", tier="handler", notafter=EVENT["time"])
    refused(sign_statement({**whole, name: None}, [KEY]), f"/{name}")


@pytest.mark.parametrize(
    ("pointer", "signers"),
    [
        ("/data/signers", None),
        ("/data/signers", []),
        ("/data/signers", {}),
        ("/data/signers", KEY.key_id),
        ("/data/signers", [key.key_id for key in KEYS]),
        ("/data/signers/0", [KEY.key_id.upper()]),
        ("/data/signers/0", [KEY.key_id[:-1]]),
        ("/data/signers/0", [None]),
        ("/data/signers/1", [KEY.key_id, KEY.key_id]),
        ("/data/signers/1", [OTHER.key_id, KEY.key_id]),
        ("/signatures", [KEY.key_id, OTHER.key_id]),
        ("/signatures/0/keyid", [OTHER.key_id]),
    ],
)
def test_signers(pointer, signers):
    refused(signed_as_is(data(signers=signers)), pointer)


@pytest.mark.parametrize("value", [b"[]", b"null", b'"x"', b"1", b"", b"{", b"\xff"])
def test_an_event_is_an_object(value):
    refused(signed_as_is(value), "/payload")


def test_an_event_is_canonical():
    payload = read_statement(RAW).payload
    for other in [
        payload.replace(b",", b", ", 1),
        payload + b"\n",
        b'{"data":{},' + payload[1:],
        payload.replace(b'"refs":{}', b'"records":1.0,"refs":{}'),
        payload.replace(b'"refs":{}', b'"records":9007199254740992,"refs":{}'),
        payload.replace("低".encode(), b"\\ud800"),
        payload.replace("低".encode(), b"\\u4f4e"),
        payload.replace(b'"refs":{}', '"refs":{"é":1}'.encode()),
        payload.replace(b'"refs":{}', b'"refs":{"a":' + b"[" * 14 + b"]" * 14 + b"}"),
    ]:
        assert other != payload
        refused(signed_as_is(other), "/payload")
    deepest = payload.replace(b'"refs":{}', b'"refs":{"a":' + b"[" * 13 + b"]" * 13 + b"}")
    read_statement(signed_as_is(deepest))


# --- the envelope's members ----------------------------------------------------------------

GOOD = ENVELOPE["signatures"][0]
ENVELOPES = [
    ("", b""),
    ("", b"{"),
    ("", b"[]"),
    ("", b"null"),
    ("", b'"x"'),
    ("", RAW + b"\n"),
    ("", b" " + RAW),
    ("", b"\xef\xbb\xbf" + RAW),
    ("", json.dumps(ENVELOPE).encode()),
    ("", RAW.replace(b'{"payload"', b'{"payload":"","payload"')),
    ("", RAW.replace(b'"sig"', b'"\\u0073ig"')),
    ("", RAW.replace(b'"sig":"', b'"sig":"","sig":"')),
    ("", RAW.replace(b"application/", b"application\\/")),
    ("", b'{"payload":1.0,"payloadType":"","signatures":[]}'),
    ("/payload", envelope(payload=None)),
    ("/payload", envelope(payload=1)),
    ("/payload", envelope(payload=ENVELOPE["payload"] + "\n")),
    ("/payload", envelope(payload=ENVELOPE["payload"].rstrip("=") + "===")),
    ("/payload", envelope(payload=" " + ENVELOPE["payload"])),
    ("/payload", envelope(payload="")),
    ("/payload", envelope(payload=EVENT)),
    ("/payloadType", envelope(payloadType=None)),
    ("/payloadType", envelope(payloadType="application/json")),
    ("/payloadType", envelope(payloadType=PAYLOAD_TYPE + " ")),
    ("/payloadType", envelope(payloadType=PAYLOAD_TYPE.upper())),
    ("/payloadType", envelope(payloadType=["x"])),
    ("/signatures", envelope(signatures=None)),
    ("/signatures", envelope(signatures={})),
    ("/signatures", envelope(signatures=[])),
    ("/signatures", envelope(signatures=[GOOD, GOOD])),
    ("/signatures/0", envelope(signatures=["x"])),
    ("/signatures/1", envelope(signatures=[GOOD, None])),
    ("/signatures/0/x", envelope(signatures=[{**GOOD, "x": 1}])),
    ("/signatures/0/cert", envelope(signatures=[{**GOOD, "cert": None}])),
    ("/signatures/0/keyid", envelope(signatures=[{"sig": GOOD["sig"]}])),
    ("/signatures/0/keyid", envelope(signatures=[{**GOOD, "keyid": ""}])),
    ("/signatures/0/keyid", envelope(signatures=[{**GOOD, "keyid": GOOD["keyid"].upper()}])),
    ("/signatures/0/keyid", envelope(signatures=[{**GOOD, "keyid": None}])),
    ("/signatures/0/keyid", envelope(signatures=[{**GOOD, "keyid": "é\x00\x7f"}])),
    ("/signatures/0/sig", envelope(signatures=[{"keyid": GOOD["keyid"]}])),
    ("/signatures/0/sig", envelope(signatures=[{**GOOD, "sig": GOOD["sig"].rstrip("=")}])),
    ("/signatures/0/sig", envelope(signatures=[{**GOOD, "sig": GOOD["sig"][:4] + "\n"}])),
    ("/signatures/0/sig", envelope(signatures=[{**GOOD, "sig": GOOD["sig"][:-3] + "h=="}])),
    ("/signatures/0/sig", envelope(signatures=[{**GOOD, "sig": 7}])),
    ("/x", envelope(x=1)),
    ("/payloadtype", envelope(payloadtype="x")),
]


@pytest.mark.parametrize(("pointer", "raw"), ENVELOPES)
def test_an_envelope_at_fault_is_refused_and_placed(pointer, raw):
    assert raw != RAW
    refused(raw, pointer)


def test_spare_bits_of_base64_are_refused():
    """Two texts of one payload would be two digests of one statement."""
    endings = set()
    for name in ("e", "ee", "eee"):
        text = write_b64(prepare_event(event(id=name), [KEY.key_id]))
        body = text.rstrip("=")
        endings.add(len(text) - len(body))
        if body != text:
            loose = body[:-1] + chr(ord(body[-1]) + 1) + text[len(body) :]
            refused(envelope(payload=loose), "/payload")
    assert endings == {0, 1, 2}


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"signatures":[', b'{"x":['])
def test_nesting_without_end_is_an_answer_not_a_crash(opening):
    refused((opening * 130_000)[:MAX_BODY])


def test_no_signature_can_be_stripped_added_or_moved():
    two = json.loads(sign_statement(EVENT, [KEY, OTHER]))
    first, second = two["signatures"]
    for signatures in (
        [first],
        [second],
        [second, first],
        [first, second, second],
        [first, {**second, "keyid": KEYS[2].key_id}],
        [{**first, "keyid": second["keyid"]}, {**second, "keyid": first["keyid"]}],
    ):
        refused(write_canonical({**two, "signatures": signatures}))
    swapped = [{**first, "sig": second["sig"]}, {**second, "sig": first["sig"]}]
    statement = read_statement(write_canonical({**two, "signatures": swapped}))
    with pytest.raises(BadSignature):
        verify_signatures(statement, BOTH)


# --- sizes ---------------------------------------------------------------------------------


def of_size(size):
    fill = size - len(prepare_event(data(fill=""), [KEY.key_id]))
    return sign_statement(data(fill="x" * fill), [KEY])


def test_an_event_of_49152_bytes_and_not_one_more():
    assert len(read_statement(of_size(MAX_EVENT)).payload) == MAX_EVENT == 49_152
    with pytest.raises(TooLarge) as caught:
        read_statement(of_size(MAX_EVENT + 1))
    assert caught.value.pointer == "/payload"


def test_a_body_of_131072_bytes_and_not_one_more():
    for filler in (b" ", b"{", b"x"):
        refused(filler * MAX_BODY)
        with pytest.raises(TooLarge):
            read_statement(filler * (MAX_BODY + 1))
    assert MAX_BODY == 131_072


@pytest.mark.parametrize(
    "members",
    [{"x": 1}, {"payloadType": "x"}, {"signatures": []}, {"signatures": None}],
)
def test_the_row_too_large_comes_before_malformed(members):
    big = write_b64(b"x" * (MAX_EVENT + 1))
    with pytest.raises(TooLarge):
        read_statement(envelope(payload=big, **members))


def test_an_event_that_cannot_be_decoded_is_malformed_whatever_its_length():
    refused(envelope(payload="x" * 80_001), "/payload")


# --- signatures ----------------------------------------------------------------------------


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
