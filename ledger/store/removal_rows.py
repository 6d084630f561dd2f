"""What was withheld or erased, on whose order: rows of ``removals``, and blanking a statement.

A row is added by the transaction that logs the order, and never changes. What is
erased is overwritten where it lies, by as many zero bytes, and its row stays: a
row that goes makes SQLite merge pages, and copies of its neighbours then stay in
corners that no later erasure reaches.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

import sqlalchemy as sa

from ledger.store.log_rows import LogRows
from ledger.store.tables import removals, statement_ids, statements

WITHHELD, ERASED = "withheld", "erased"
MAX_INDEX = 2**53
KEPT = "kept"  # ordered, recorded, never carried out


@dataclass(frozen=True, slots=True)
class RemovalRow:
    """The order of entry *by* about entry *index*; *kind* is one of the three above."""

    index: int
    by: int
    kind: str


class Removed(NamedTuple):
    """What a statement's readers are told: ``withheld`` or ``erased``, by which entry."""

    kind: str
    by: int


def add_removals(connection: sa.Connection, rows: Sequence[RemovalRow]) -> None:
    """Record orders, in the transaction that logs them."""
    connection.execute(sa.insert(removals), [asdict(row) for row in rows])


def removals_between(
    connection: sa.Connection, start: int = 0, stop: int = MAX_INDEX
) -> list[RemovalRow]:
    """Orders about the entries of the range, by index and then by order."""
    query = sa.select(removals.c["index"], removals.c.by, removals.c.kind)
    query = query.where(removals.c["index"] >= start, removals.c["index"] < stop)
    found = connection.execute(query.order_by(removals.c["index"], removals.c.by))
    return [RemovalRow(*row) for row in found]


def removed_among(connection: sa.Connection, indexes: Sequence[int]) -> set[int]:
    """Those of *indexes*, some thousands at most, whose statement nobody is shown."""
    query = sa.select(removals.c["index"]).distinct()
    query = query.where(removals.c["index"].in_(indexes), removals.c.kind != KEPT)
    return set(connection.scalars(query))


def removed_between(
    connection: sa.Connection, start: int = 0, stop: int = MAX_INDEX
) -> dict[int, Removed]:
    """What nobody is shown among the entries of the range."""
    return removed_of(removals_between(connection, start, stop))


def shown_rows(
    connection: sa.Connection, rows: LogRows, start: int, stop: int
) -> list[tuple[int, bytes]]:
    """(index, envelope) of those in the range that are neither withheld nor erased."""
    found = rows.envelope_rows(connection, start, stop)
    removed = removed_between(connection, start, stop)
    return [row for row in found if row[0] not in removed] if removed else found


def due_to_blank(connection: sa.Connection) -> list[int]:
    """Entries whose erasure was ordered and whose statement is not overwritten, ascending."""
    query = sa.select(statements.c["index"]).distinct()
    query = query.join_from(statements, removals, statements.c["index"] == removals.c["index"])
    first = sa.func.substr(statements.c.envelope, 1, 1)
    query = query.where(removals.c.kind == ERASED, first != b"\0")
    return list(connection.scalars(query.order_by(statements.c["index"])))


def blank_statements(connection: sa.Connection, indexes: Iterable[int]) -> None:
    """Overwrite statements; the database refuses it for any that no order names."""
    text = (
        "zeroblob(length(envelope))"
        if connection.dialect.name == "sqlite"
        else "decode(repeat('00', octet_length(envelope)), 'hex')"
    )
    query = sa.text(f'UPDATE statements SET envelope = {text} WHERE "index" = :at')  # nosec B608
    for index in indexes:
        connection.execute(query, {"at": index})


def index_of_statement(connection: sa.Connection, digest: bytes) -> int | None:
    """Index of a statement digest by the log's own table, which is read through."""
    query = sa.select(statement_ids.c["index"]).where(statement_ids.c.digest == digest)
    return connection.scalars(query).first()


def source_of_index(connection: sa.Connection, index: int) -> str | None:
    """Who spoke a statement, erased or not, by the log's own table, which is read through."""
    query = sa.select(statement_ids.c.source).where(statement_ids.c["index"] == index)
    return connection.scalars(query).first()


def erased_ids(connection: sa.Connection) -> dict[int, bytes | None]:
    """Index and digest, by ``statement_ids``, of all that was erased; None: it has no row."""
    query = sa.select(removals.c["index"], statement_ids.c.digest)
    joined = removals.c["index"] == statement_ids.c["index"]
    query = query.join_from(removals, statement_ids, joined, isouter=True)
    found = connection.execute(query.where(removals.c.kind == ERASED))
    return {index: digest for index, digest in found if type(index) is int}


def removed_of(rows: Iterable[RemovalRow]) -> dict[int, Removed]:
    """What is in force: an erasure before a withholding, the first order of each kind."""
    found: dict[int, Removed] = {}
    for row in sorted(rows, key=lambda row: (row.kind != ERASED, _number(row.by))):
        if row.kind != KEPT:
            found.setdefault(row.index, Removed(row.kind, row.by))
    return found


def _number(value: object) -> int:
    """SQLite keeps a value of any type in any column: one that is no number comes last."""
    return value if type(value) is int else MAX_INDEX


def is_blank(envelope: bytes) -> bool:
    """Whether nothing of a statement is left."""
    return not envelope.strip(b"\0")
