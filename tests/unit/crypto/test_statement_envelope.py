"""The envelope of a statement: row malformed of spec 6, member by member."""

import json

import pytest

from crypto.canonical import write_canonical
from crypto.errors import BadSignature
from crypto.notation import write_b64
from crypto.statement import (
    MAX_BODY,
    PAYLOAD_TYPE,
    prepare_event,
    read_statement,
    sign_statement,
    verify_signatures,
)
from tests.unit.crypto.statements import (
    BOTH,
    ENVELOPE,
    EVENT,
    KEY,
    KEYS,
    OTHER,
    RAW,
    envelope,
    event,
    refused,
)

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
