"""A statement, keys that sign it, and ways to say it a little differently."""

import json

import pytest

from crypto.canonical import write_canonical
from crypto.errors import Malformed
from crypto.keys import PrivateKey
from crypto.statement import assemble, read_statement, sign_payload, sign_statement

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
