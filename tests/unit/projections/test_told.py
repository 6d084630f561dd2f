"""What projections read of a row is what the strict readers read, and damage is refused alike."""

import pytest

from crypto.envelope import write_envelope
from crypto.errors import Malformed
from crypto.header import parse_header
from crypto.statement import PAYLOAD_TYPE, read_statement
from ledger.projections.told import event_of, told_by
from tests.world import World


def test_they_read_what_the_strict_readers_read(sqlite_world: World) -> None:
    sqlite_world.post(sqlite_world.uses(5))
    ledger = sqlite_world.ledger
    for index in range(ledger.size()):
        entry = ledger.entry(index)
        header, told = parse_header(entry.header), told_by(entry.header)
        assert [link.id for link in told.chains] == [link.id.hex() for link in header.chains]
        assert (told.recorded_at, told.statement) == (header.recorded_at, header.statement.hex())
        assert event_of(entry.envelope) == read_statement(entry.envelope).event


DAMAGED = {
    "nothing": b"",
    "overwritten": bytes(300),
    "not JSON": b'{"payload":',
    "no payload": b'{"payloadType":"x"}',
    "a number": b'{"payload":1}',
    **{
        f"event {payload!r}": write_envelope(payload, PAYLOAD_TYPE, [])
        for payload in (
            b"", b"[]", b"7", b'"text"', b"{}", b'{"data":{}}', b'{"data":[]}', b'{"data":7}',
            b'{"data":{"refs":[],"signers":["0"]}}', b'{"data":{"refs":{},"signers":[]}}',
            b'{"data":{"refs":{},"signers":[7]}}', b'{"data":{"refs":{},"signers":{}}}',
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_statement_is_refused_with_the_strict_words(what: str) -> None:
    with pytest.raises(Malformed) as strict:
        read_statement(DAMAGED[what])
    with pytest.raises(Malformed) as told:
        event_of(DAMAGED[what])
    assert str(told.value) == str(strict.value)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        bytes(200),
        b"{}",
        b"[1]",
        b'{"chains":[{"id":7}],"recorded_at":"","statement":""}',
    ],
)
def test_a_damaged_header_is_refused_with_the_strict_words(raw: bytes) -> None:
    with pytest.raises(Malformed) as strict:
        parse_header(raw)
    with pytest.raises(Malformed) as told:
        told_by(raw)
    assert str(told.value) == str(strict.value)
