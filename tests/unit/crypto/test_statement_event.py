"""The event in a statement: row malformed of spec 6, member by member."""

import pytest

from crypto.statement import read_statement, sign_statement
from tests.unit.crypto.statements import (
    DIGESTS,
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
