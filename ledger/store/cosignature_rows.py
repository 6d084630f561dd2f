"""The queries of cosignatures. Plain rows in and out.

A row: the size that was cosigned, the witness's key as a policy writes it, its
time in seconds since 1970, and the signature line. The key leads the primary
key, so each question is one look at its index.
"""

from typing import Any

import sqlalchemy as sa

from ledger.store.tables import cosignatures

CosignatureRow = tuple[int, str, int, str]  # size, witness, time, line

_COLUMNS = (cosignatures.c.size, cosignatures.c.witness, cosignatures.c.time_s, cosignatures.c.line)
_ADD = sa.text(
    "INSERT INTO cosignatures (size, witness, time_s, line) "
    "VALUES (:size, :witness, :time_s, :line) ON CONFLICT DO NOTHING"
)


def add_cosignature(connection: sa.Connection, row: CosignatureRow) -> None:
    """Keep one; one that is kept already changes nothing."""
    connection.execute(_ADD, dict(zip(("size", "witness", "time_s", "line"), row, strict=True)))


def newest_of_size(connection: sa.Connection, witness: str, size: int) -> CosignatureRow | None:
    """The latest by a witness for exactly *size*."""
    column = cosignatures.c.size
    return _first(connection, witness, column == size, cosignatures.c.time_s.desc())


def last_within(connection: sa.Connection, witness: str, size: int) -> CosignatureRow | None:
    """The latest by a witness for its largest size that is at most *size*."""
    columns = cosignatures.c
    order = (columns.size.desc(), columns.time_s.desc())
    return _first(connection, witness, columns.size <= size, *order)


def first_beyond(connection: sa.Connection, witness: str, size: int) -> CosignatureRow | None:
    """The earliest by a witness for its smallest size that exceeds *size*."""
    columns = cosignatures.c
    return _first(connection, witness, columns.size > size, columns.size, columns.time_s)


def cosignatures_above(
    connection: sa.Connection, above: tuple[str, int, int], limit: int
) -> list[CosignatureRow]:
    """Up to *limit* rows behind (witness, size, time), in that order."""
    columns = cosignatures.c
    key = sa.tuple_(columns.witness, columns.size, columns.time_s)
    query = sa.select(*_COLUMNS).where(key > sa.tuple_(*map(sa.literal, above)))
    query = query.order_by(columns.witness, columns.size, columns.time_s).limit(limit)
    return [_row(found) for found in connection.execute(query)]


def _first(
    connection: sa.Connection, witness: str, which: sa.ColumnElement[bool], *order: Any
) -> CosignatureRow | None:
    query = sa.select(*_COLUMNS).where(cosignatures.c.witness == witness, which)
    found = connection.execute(query.order_by(*order).limit(1)).first()
    return None if found is None else _row(found)


def _row(found: Any) -> CosignatureRow:
    return (found[0], found[1], found[2], found[3])
