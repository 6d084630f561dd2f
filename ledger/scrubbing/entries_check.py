"""Decide whether some entries still are what the log signed: headers, statements, chains.

What a span alone can tell is told here, and what it can tell with the ends of chains
that were met before it. Signatures are looked at only where a statement is not the
one whose digest its header records: a digest covers them.

Units: indexes count from 0. Source: spec 3 and 4.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from crypto.errors import CryptoError
from crypto.header import ZERO, Header, Link, parse_header
from crypto.keys import PublicKey
from crypto.merkle import leaf_hash
from crypto.statement import read_statement, verify_signatures
from ledger.store.log_rows import ChainRow, LogRows
from ledger.store.removal_rows import ERASED, Removed, is_blank, removed_between
from ledger.verification.continuity import Place, Problem, continuity_problems

REMEMBERED = 65_536  # chains whose last link a round remembers; whose is forgotten begins anew

Rows = list[tuple[int, bytes]]


class Stored(NamedTuple):
    """What the tables hold of the entries ``start`` to ``stop`` - 1, of one snapshot."""

    start: int
    stop: int
    headers: Rows
    envelopes: Rows
    removed: Mapping[int, Removed]
    notes: list[tuple[int, str]]  # (size, note), start < size <= stop


def read_stored(connection: sa.Connection, rows: LogRows, start: int, stop: int) -> Stored:
    """Return what lies there, as it lies there."""
    notes = rows.checkpoint_rows(connection, start, stop - start)
    return Stored(
        start,
        stop,
        rows.header_rows(connection, start, stop),
        rows.envelope_rows(connection, start, stop),
        removed_between(connection, start, stop),
        [(size, note) for size, note in notes if size <= stop],
    )


class Ends:
    """The last link of each chain that was met, of the ``REMEMBERED`` met last."""

    def __init__(self) -> None:
        self._ends: OrderedDict[bytes, tuple[int, bytes]] = OrderedDict()

    def problems(self, index: int, header: Header, leaf: bytes) -> Iterator[Problem]:
        """Take in an entry; yield how its links do not follow those before."""
        for link in header.chains:
            if not self._follows(link):
                yield _chain_problem("links", index, link.id, link.seq)
            self._ends[link.id] = (link.seq, leaf)
            self._ends.move_to_end(link.id)
        while len(self._ends) > REMEMBERED:
            self._ends.popitem(last=False)

    def _follows(self, link: Link) -> bool:
        known = self._ends.get(link.id)
        if known is not None:
            return (link.seq, link.prev) == (known[0] + 1, known[1])
        return (link.seq == 0) == (link.prev == ZERO)


def header_problems(
    stored: Stored, place: Place, ends: Ends
) -> tuple[list[Header | None], Place, list[Problem]]:
    """Read the span's headers; *place* is where it continues."""
    raw = dict(stored.headers)
    headers: list[Header | None] = []
    problems: list[Problem] = []
    for index in range(stored.start, stored.stop):
        header = _read(raw.get(index), index, problems)
        headers.append(header)
        if header is None:
            continue
        problems += continuity_problems(place, index, header)
        leaf = leaf_hash(raw[index])
        problems += ends.problems(index, header, leaf)
        place = Place(header.index, leaf, header.recorded_at)
    return headers, place, problems


def _read(raw: bytes | None, index: int, problems: list[Problem]) -> Header | None:
    if raw is None:
        problems.append(_of("headers", index, "its header is missing", "记录头缺失"))
        return None
    try:
        return parse_header(raw)
    except CryptoError as error:
        problems.append(_of("headers", index, error.en, error.zh))
        return None


def statement_problems(
    stored: Stored, headers: Sequence[Header | None], keys: Mapping[str, PublicKey]
) -> list[Problem]:
    """Hold statements against the digests in *headers*; one erased by order is no damage."""
    found: list[Problem] = []
    envelopes = dict(stored.envelopes)
    for index, header in enumerate(headers, stored.start):
        removed = stored.removed.get(index)
        envelope = envelopes.get(index)
        if envelope is None:
            found.append(_of("statements", index, "its statement is missing", "陈述缺失"))
        elif removed is not None and removed.kind == ERASED and is_blank(envelope):
            continue
        elif header is not None and hashlib.sha256(envelope).digest() != header.statement:
            found += _altered(index, envelope, keys)
    return found


def _altered(index: int, envelope: bytes, keys: Mapping[str, PublicKey]) -> list[Problem]:
    """A statement that is not the one its header records: how far it still is one."""
    told = [
        _of(
            "digests",
            index,
            "the statement is not the one that its header records",
            "陈述与记录头所记的不符",
        )
    ]
    try:
        verify_signatures(read_statement(envelope), keys)
    except CryptoError as error:
        told.append(_of("signatures", index, error.en, error.zh))
    except KeyError:
        told.append(_of("signatures", index, "signed by a key that is unknown", "签名密钥未知"))
    return told


def head_problems(
    headers: Sequence[Header | None],
    start: int,
    leaves: Mapping[int, bytes],
    heads: Mapping[bytes, ChainRow],
) -> list[Problem]:
    """Hold the last link of each chain in the span against ``chain_heads``, of the same time."""
    last = {
        link.id: (index, link.seq)
        for index, header in enumerate(headers, start)
        if header is not None
        for link in header.chains
    }
    found = []
    for chain, (index, seq) in last.items():
        row = heads.get(chain)
        whole = row is not None and type(row.length) is int and seq < row.length
        if row is None or not whole or (seq == row.length - 1 and row.leaf != leaves[index]):
            found.append(_chain_problem("chain_heads", index, chain, seq))
    return found


def _of(check: str, index: int, en: str, zh: str) -> Problem:
    return check, index, f"entry {index}: {en}", f"第 {index} 条：{zh}"


def _chain_problem(check: str, index: int, chain: bytes, seq: int) -> Problem:
    name = f"{chain.hex()[:16]}…"
    if check == "links":
        return _of(
            check,
            index,
            f"its link {seq} does not continue chain {name}",
            f"其序号 {seq} 的链接未接续链 {name}",
        )
    return _of(
        check,
        index,
        f"chain_heads does not have link {seq} of chain {name}",
        f"chain_heads 与链 {name} 的第 {seq} 个链接不符",
    )
