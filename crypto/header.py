"""Decide what an entry's header is: the bytes that are the tree's leaf.

A header is written in one way and only that is read. It is judged by itself
here; whether it links to the entries before is for whoever holds those.
Writing and reading are the hot path of both the ledger and a full verification,
so the text is put together directly: its values are hex, digits and a time,
none of which JSON escapes.

Units: ``index`` and ``seq`` count from 0, at most 2^53 - 1; digests are 32 bytes.

Source: spec 3 and 4.
"""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from crypto.canonical import MAX_INTEGER
from crypto.errors import Malformed
from crypto.notation import TIME, check_origin, read_hex

ZERO = bytes(32)  # a chain's ``prev`` at seq 0
MAX_CHAINS = 64

_Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_INTEGER)]


class Link(msgspec.Struct, frozen=True):
    """How an entry continues one chain.

    ``id`` is the chain's public id, ``prev`` the leaf hash of the chain's entry
    before (:data:`ZERO` at seq 0), ``seq`` counts the chain's entries from 0.
    """

    id: bytes
    prev: bytes
    seq: int


class Header(msgspec.Struct, frozen=True):
    """What the ledger states of one entry.

    ``prev`` is the leaf hash of the entry before (:func:`first_prev` at index 0),
    ``recorded_at`` a T, ``statement`` the statement digest, ``chains`` sorted by id.
    """

    index: int
    prev: bytes
    recorded_at: str
    statement: bytes
    chains: tuple[Link, ...]


# Of 64 characters; which ones they may be is told over the whole text.
_Hex = Annotated[str, msgspec.Meta(min_length=64, max_length=64)]


class _LinkText(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A link as JSON holds it."""

    id: _Hex
    prev: _Hex
    seq: _Count


class _HeaderText(msgspec.Struct, forbid_unknown_fields=True):
    """A header as JSON holds it."""

    chains: Annotated[list[_LinkText], msgspec.Meta(min_length=1, max_length=MAX_CHAINS)]
    index: _Count
    prev: _Hex
    recorded_at: str
    statement: _Hex
    v: Literal[1]


_decode = msgspec.json.Decoder(_HeaderText).decode
_encode = msgspec.json.Encoder().encode  # members in the order of the declarations: the canonical

# No canonical header has any of these; fromhex takes capitals, and skips spaces of all sorts,
# of which those but the plain one are escaped in JSON.
_HEX_ONLY = bytes.maketrans(b"ABCDEF \\", b"abcdef__")


def first_prev(origin: str) -> bytes:
    """Return what stands as ``prev`` at index 0: it binds the first entry to *origin*."""
    return hashlib.sha256(b"zelian/origin/v1\n" + check_origin(origin).encode()).digest()


def format_header(header: Header) -> bytes:
    """Return the leaf's bytes, chains sorted by id whatever their order in *header*."""
    links = ",".join(
        [
            f'{{"id":"{x.id.hex()}","prev":"{x.prev.hex()}","seq":{x.seq}}}'
            for x in sorted(header.chains, key=_id_of)
        ]
    )
    return (
        f'{{"chains":[{links}],"index":{header.index},"prev":"{header.prev.hex()}",'
        f'"recorded_at":"{header.recorded_at}","statement":"{header.statement.hex()}","v":1}}'
    ).encode()


def parse_header(raw: bytes) -> Header:
    """Return the header that *raw* writes.

    Raises:
        Malformed: anything but the bytes that :func:`format_header` makes of a
            header with 1 to 64 chains, none twice.
    """
    try:
        text = _decode(raw)
        header = Header(
            text.index,
            bytes.fromhex(text.prev),
            text.recorded_at,
            bytes.fromhex(text.statement),
            tuple([Link(bytes.fromhex(x.id), bytes.fromhex(x.prev), x.seq) for x in text.chains]),
        )
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _not_a_header(str(error)) from None
    if TIME.match(header.recorded_at) is None:
        raise _not_a_header("recorded_at is no time", "/recorded_at")
    _check_order(header.chains)
    # The decoder takes members in any order or twice, too.
    if _encode(text) != raw or raw.translate(_HEX_ONLY) != raw:
        raise _not_a_header("not in canonical form")
    return header


def statement_of(raw: bytes) -> bytes:
    """Return the statement digest of a header that is known to be in canonical form.

    Its place from the end is fixed, so that an index over a whole log need not parse it.

    Raises:
        Malformed: there is no digest at that place.
    """
    name, digest, end = raw[-86:-72], raw[-72:-8], raw[-8:]
    if name != b',"statement":"' or end != b'","v":1}':
        raise _not_a_header("no statement where it must be", "/statement")
    return read_hex(digest.decode("ascii", "replace"), "/statement")


def _id_of(link: Link) -> bytes:
    return link.id


def _check_order(chains: Sequence[Link]) -> None:
    """Raise unless the chains ascend strictly."""
    last = b""
    for link in chains:
        if link.id <= last:
            raise _not_a_header("chains must ascend by id, none twice", "/chains")
        last = link.id


def _not_a_header(detail: str, pointer: str = "") -> Malformed:
    """Word a refusal; *detail* is in English."""
    return Malformed(
        f"not a header: {detail}; fetch it again from the ledger",
        f"不是条目头：{detail}；请从账本重新获取",
        pointer,
    )
