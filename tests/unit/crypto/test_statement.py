"""Statements: what is read of one, and how large it may be (spec 6, row too_large)."""

import pickle

import pytest

from crypto.errors import TooLarge
from crypto.notation import write_b64
from crypto.statement import (
    MAX_BODY,
    MAX_EVENT,
    TIERS,
    prepare_event,
    read_statement,
    sign_statement,
    verify_signatures,
    write_event,
)
from tests.unit.crypto.statements import (
    BOTH,
    DIGESTS,
    EVENT,
    KEY,
    KEYS,
    RAW,
    data,
    envelope,
    event,
    refused,
)


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
