"""Headers: written one way, read strictly."""

import json
from pathlib import Path

import msgspec
import pytest

from crypto.errors import Malformed
from crypto.header import (
    MAX_CHAINS,
    ZERO,
    Header,
    Link,
    first_prev,
    format_header,
    parse_header,
    statement_of,
)

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "spec.json").read_text("utf-8"))
HEADER = Header(
    index=7,
    prev=b"\xaa" * 32,
    recorded_at="2026-11-05T00:00:11.500Z",
    statement=b"\xbb" * 32,
    chains=(Link(b"\x01" * 32, ZERO, 0), Link(b"\x02" * 32, b"\xcc" * 32, 2**53 - 1)),
)
RAW = format_header(HEADER)


def changed(**members):
    """The header with members replaced, added or (None) left out, its form else canonical."""
    value = {**json.loads(RAW), **members}
    kept = {name: value[name] for name in sorted(value) if value[name] is not None}
    return json.dumps(kept, separators=(",", ":"), ensure_ascii=False).encode()


def chain(**members):
    link = {**json.loads(RAW)["chains"][0], **members}
    return [{name: link[name] for name in sorted(link) if link[name] is not None}]


def test_round_trip():
    assert parse_header(RAW) == HEADER
    assert changed() == RAW


def test_chains_are_written_in_the_order_of_their_ids():
    turned = msgspec.structs.replace(HEADER, chains=HEADER.chains[::-1])
    assert format_header(turned) == RAW


def test_a_header_is_a_value():
    with pytest.raises(AttributeError):
        HEADER.index = 8
    with pytest.raises(AttributeError):
        HEADER.chains[0].seq = 1


@pytest.mark.parametrize("count", [1, MAX_CHAINS])
def test_one_to_sixty_four_chains(count):
    links = tuple(Link(n.to_bytes(32, "big"), ZERO, 0) for n in range(1, count + 1))
    header = msgspec.structs.replace(HEADER, chains=links)
    assert parse_header(format_header(header)) == header


LINKS = json.loads(RAW)["chains"]
REFUSED = {
    "nothing": b"",
    "an array": b"[]",
    "null": b"null",
    "v missing": changed(v=None),
    "v 2": changed(v=2),
    "v true": changed(v=True),
    "v a string": changed(v="1"),
    "v a float": RAW.replace(b'"v":1}', b'"v":1.0}'),
    "an unlisted member": changed(w=1),
    "an unlisted member that never ends": RAW[:-1] + b',"w":' + b"[" * 100_000,
    "an unlisted member that nests": b'{"a":' + b"[" * 100_000,
    "an unlisted member of a chain": changed(chains=chain(name="x")),
    "a chain member missing": changed(chains=chain(seq=None)),
    "index negative": changed(index=-1),
    "index 2^53": changed(index=2**53),
    "index true": changed(index=True),
    "index a string": changed(index="7"),
    "index a float": RAW.replace(b'"index":7', b'"index":7.0'),
    "index minus zero": RAW.replace(b'"index":7', b'"index":-0'),
    "index with a zero before": RAW.replace(b'"index":7', b'"index":07'),
    "seq negative": changed(chains=chain(seq=-1)),
    "seq 2^53": changed(chains=chain(seq=2**53)),
    "seq false": changed(chains=chain(seq=False)),
    "prev in capitals": changed(prev="AA" * 32),
    "prev short": changed(prev="aa" * 31),
    "prev long": changed(prev="aa" * 33),
    "prev with spaces": changed(prev="aa " * 31 + "aa"),
    "prev a line feed longer": changed(prev="aa" * 32 + "\n"),
    "prev null": RAW.replace(b'"prev":"' + b"aa" * 32 + b'","rec', b'"prev":null,"rec'),
    "statement in capitals": changed(statement="BB" * 32),
    "statement empty": changed(statement=""),
    "statement beyond ASCII": changed(statement="０" * 64),
    "id short": changed(chains=chain(id="01" * 31)),
    "id in capitals": changed(chains=chain(id="AB" * 32)),
    "chain prev long": changed(chains=chain(prev="00" * 33)),
    "no such day": changed(recorded_at="2026-02-30T00:00:00.000Z"),
    "second 60": changed(recorded_at="2026-11-05T00:00:60.000Z"),
    "a time with a quote": changed(recorded_at='2026-11-05T00:00:11.500Z","x":"'),
    "no chains": changed(chains=[]),
    "chains an object": changed(chains={}),
    "chains of nothing": changed(chains=[None]),
    "chains unsorted": changed(chains=LINKS[::-1]),
    "a chain twice": changed(chains=[LINKS[0], LINKS[0]]),
    "65 chains": changed(
        chains=[{"id": f"{n:064x}", "prev": "0" * 64, "seq": 0} for n in range(1, 66)]
    ),
    "a member twice": RAW.replace(b'"index":7', b'"index":7,"index":7'),
    "a space": RAW.replace(b'"index":7', b'"index": 7'),
    "a line feed after": RAW + b"\n",
    "an escape": RAW.replace(b'"index"', b'"\\u0069ndex"'),
    "an escape in a value": RAW.replace(b'"prev":"a', b'"prev":"\\u0061', 1),
    "members unsorted": b'{"v":1,' + RAW[1:].replace(b',"v":1}', b"}"),
    "a byte order mark": b"\xef\xbb\xbf" + RAW,
    "broken UTF-8": RAW.replace(b'"2026', b'"\xff026'),
}


@pytest.mark.parametrize("why", REFUSED)
def test_refused(why):
    assert REFUSED[why] != RAW
    with pytest.raises(Malformed):
        parse_header(REFUSED[why])


def test_a_chain_id_of_zeros_is_an_id():
    header = msgspec.structs.replace(HEADER, chains=(Link(ZERO, ZERO, 0),))
    assert parse_header(format_header(header)) == header


def test_first_prev():
    assert (
        first_prev(VECTORS["origin"]) == parse_header(VECTORS["entries"][0]["header"].encode()).prev
    )
    assert first_prev("a") != first_prev("b")
    with pytest.raises(Malformed):
        first_prev("two words")


def test_the_statement_stands_at_a_fixed_place() -> None:
    link = Link(b"\x01" * 32, ZERO, 0)
    raw = format_header(Header(7, bytes(32), "2026-11-05T00:00:03.500Z", b"\x5a" * 32, (link,)))
    assert statement_of(raw) == b"\x5a" * 32
    for bad in (raw[:-1], raw + b" ", raw.replace(b'"statement"', b'"statemenT"'), b""):
        with pytest.raises(Malformed):
            statement_of(bad)
