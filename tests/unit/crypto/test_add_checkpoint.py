"""The request to a witness: one form, everything else refused."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.add_checkpoint import (
    MAX_REQUEST,
    AddCheckpoint,
    format_add_checkpoint,
    parse_add_checkpoint,
)
from crypto.errors import Malformed, TooLarge
from crypto.merkle import MAX_SIZE
from crypto.note import Signature, parse_note
from tests.witnessing import SmallLog

LOG = SmallLog()
DIGEST = sha256(b"digest").digest()
NOTE = parse_note(LOG.note(3))
BODY = LOG.request(1, 3)


def test_the_form_of_the_specification() -> None:
    """An old size line, the proof's lines, an empty line, the checkpoint as it is."""
    head, _, note = BODY.decode().partition("\n\n")
    assert head.split("\n")[0] == "old 1"
    assert len(head.split("\n")) == 1 + len(LOG.proof(1, 3))
    assert note == LOG.note(3)
    assert parse_add_checkpoint(BODY) == AddCheckpoint(1, LOG.proof(1, 3), NOTE)


requests = st.builds(
    AddCheckpoint,
    old_size=st.integers(0, MAX_SIZE),
    proof=st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple),
    note=st.integers(1, 5).map(
        lambda lines: replace(
            NOTE,
            signatures=NOTE.signatures
            + tuple(Signature(f"w{n}", bytes(4), bytes([n])) for n in range(lines)),
        )
    ),
)


@given(requests)
def test_what_is_written_is_read(request: AddCheckpoint) -> None:
    assert parse_add_checkpoint(format_add_checkpoint(request).encode()) == request


@given(requests, st.data())
def test_what_is_read_is_what_was_written(request: AddCheckpoint, data: st.DataObject) -> None:
    """A changed, lost or added byte is refused, or is another request in its one form."""
    body = format_add_checkpoint(request).encode()
    place = data.draw(st.integers(0, len(body) - 1))
    put = data.draw(st.binary(max_size=2))
    changed = body[:place] + put + body[place + 1 :]
    try:
        read = parse_add_checkpoint(changed)
    except Malformed:
        return
    assert format_add_checkpoint(read).encode() == changed


@given(st.binary(max_size=300))
def test_noise_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse_add_checkpoint(raw)


@pytest.mark.parametrize(
    "head",
    ["", "old", "old ", "old  1", "old 01", "old +1", "old -1", "old 1 ", "old 1\r", "Old 1",
     "old ٣", "old 1.0", "old 1_0", f"old {MAX_SIZE + 1}", "size 1", "\nold 1", "old 1\n#"],
)  # fmt: skip
def test_an_old_size_that_is_none(head: str) -> None:
    with pytest.raises(Malformed):
        parse_add_checkpoint(f"{head}\n\n{LOG.note(3)}".encode())


@pytest.mark.parametrize("line", ["AAAA", "=", "A" * 44, " " + "A" * 43 + "=", "A" * 43 + "=\r"])
def test_a_proof_line_that_is_no_digest(line: str) -> None:
    with pytest.raises(Malformed):
        parse_add_checkpoint(f"old 1\n{line}\n\n{LOG.note(3)}".encode())


def test_at_most_63_digests() -> None:
    body = format_add_checkpoint(AddCheckpoint(1, (DIGEST,) * 63, NOTE)).encode()
    assert len(parse_add_checkpoint(body).proof) == 63
    with pytest.raises(Malformed):
        AddCheckpoint(1, (DIGEST,) * 64, NOTE)
    line = body.split(b"\n")[1] + b"\n"
    for more in (1, 1000):
        with pytest.raises(Malformed):
            parse_add_checkpoint(body.replace(b"\n\n", b"\n" + line * more + b"\n", 1))


def test_nothing_over_the_limit_is_parsed() -> None:
    with pytest.raises(TooLarge):
        parse_add_checkpoint(bytes(MAX_REQUEST + 1))
    with pytest.raises(Malformed):
        parse_add_checkpoint(bytes(MAX_REQUEST))
