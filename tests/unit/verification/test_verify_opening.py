"""An entry 0 that its registrars did not sign is told, and nothing that rests on it counts."""

import json

import pytest

from crypto.canonical import write_canonical
from crypto.notation import write_b64
from ledger.verification.stream import verify_stream
from tests.unit.verification.ledgers import STRANGER, Book, log_vkey, written


def with_first(envelope: bytes) -> Book:
    book = written(3)
    book.envelopes[0] = envelope
    return book


def test_a_false_signature_on_entry_0_is_told() -> None:
    first = written(3).envelopes[0]
    assert first is not None
    value = json.loads(first)
    value["signatures"][0]["sig"] = write_b64(bytes(64))
    book = with_first(write_canonical(value))
    report = verify_stream(book.source(), log_vkey(), book.identity, workers=0)
    assert (report.check("signatures").verdict, report.check("signatures").first_bad) == (
        "failed",
        0,
    )
    assert report.verdict == "failed"


@pytest.mark.parametrize("signed", [True, False])
def test_a_ledger_that_begins_with_something_else_is_told(signed: bool) -> None:
    book = Book()
    for _ in range(2):
        book.use(STRANGER)
    if not signed:
        value = json.loads(book.envelopes[0] or b"")
        value["signatures"][0]["sig"] = write_b64(bytes(64))
        book.envelopes[0] = write_canonical(value)
    report = verify_stream(book.source(), log_vkey(), book.identity, workers=0)
    assert report.check("speakers").verdict == "failed"
    assert report.verdict == "failed"


def test_an_enrolment_in_place_of_entry_0_is_told() -> None:
    book = Book()
    data = {"department": "MZ", "public_key": write_b64(STRANGER.public.spki)}
    book.log(book.event("key.enrolled", "registrar", "department/MZ", data), STRANGER)
    value = json.loads(book.envelopes[0] or b"")
    value["signatures"][0]["sig"] = write_b64(bytes(64))
    book.envelopes[0] = write_canonical(value)
    report = verify_stream(book.source(), log_vkey(), book.identity, workers=0)
    assert report.verdict == "failed"
