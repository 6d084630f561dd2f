"""What rows of the log say, for tables that only tell where to look.

Whoever answers with a statement or proves one reads it strictly. A projection
takes in millions that were read strictly when they were admitted: here their form
is not proved again, which is two thirds of the work. What cannot be read this way
is read strictly, so that a damaged row is refused with the same words.
"""

from typing import Any

import msgspec
import orjson

from crypto.header import parse_header
from crypto.statement import read_statement


class ChainText(msgspec.Struct, gc=False):
    """A link of a header, by its chain's public id in hex."""

    id: str


class Told(msgspec.Struct):
    """What a header says of its entry; ``statement`` is the digest in hex."""

    chains: list[ChainText]
    recorded_at: str
    statement: str


class _Envelope(msgspec.Struct):
    payload: bytes


_told = msgspec.json.Decoder(Told).decode
_envelope = msgspec.json.Decoder(_Envelope).decode


def told_by(header: bytes) -> Told:
    """Return what a header says; raise Malformed as the strict reader does."""
    try:
        return _told(header)
    except (msgspec.MsgspecError, ValueError):
        parsed = parse_header(header)
        chains = [ChainText(link.id.hex()) for link in parsed.chains]
        return Told(chains, parsed.recorded_at, parsed.statement.hex())


def event_of(envelope: bytes) -> dict[str, Any]:
    """Return the event of a statement; raise what the strict reader raises."""
    try:
        event = orjson.loads(_envelope(envelope).payload)
        data = event["data"]
        whole = type(data["refs"]) is dict and type(data["signers"][0]) is str
    except (msgspec.MsgspecError, ValueError, LookupError, TypeError):
        whole = False
    return event if whole else read_statement(envelope).event
