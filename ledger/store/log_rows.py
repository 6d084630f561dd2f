"""The log's queries: plain rows in and out, for SQLite and PostgreSQL alike.

Nothing here knows what a header or a statement says. Reads take any
connection; the four writes belong to one transaction of the sequencer, which
holds the head row. The hot writes are one bulk statement a table.

Indexes are half-open ranges ``start <= index < stop``.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from ledger.store.tables import checkpoints, entries, head, statement_ids, statements

BULK = 250  # rows a statement on SQLite: few sorts of text, so that the driver keeps them prepared
ASKED = 5_000  # indexes in one statement; SQLite takes 32,766 variables
FOREIGN = b"\x00"  # no header and no envelope begins so


class HeadRow(NamedTuple):
    """The one row of ``head``: what the next entry continues."""

    size: int
    leaf: bytes
    edge: bytes
    recorded_at: str
    registry_size: int
    checkpoints: int


class IdRow(msgspec.Struct, frozen=True):
    """Which entry took a (source, id), with which statement."""

    source: str
    id: str
    digest: bytes
    index: int


class ChainRow(NamedTuple):
    """The head of one chain: how many entries it has, and the leaf hash of its last."""

    chain: bytes
    length: int
    leaf: bytes


class KeptRow(msgspec.Struct, frozen=True):
    """An entry as it was acknowledged: its header, and the first stored note that covers it."""

    index: int
    header: bytes
    note: str


class NewEntry(msgspec.Struct, frozen=True):
    """One accepted statement, as rows of three tables."""

    index: int
    header: bytes
    envelope: bytes
    source: str
    id: str
    digest: bytes


HEAD_COLUMNS = (
    head.c.size,
    head.c.leaf,
    head.c.edge,
    head.c.recorded_at,
    head.c.registry_size,
    head.c.checkpoints,
)


class LogRows:
    """What both databases say in the same words; subclasses add the bulk statements."""

    def read_head(self, connection: sa.Connection) -> HeadRow | None:
        """Return the head, or None where the ledger has not been made."""
        return _head(connection.execute(sa.select(*HEAD_COLUMNS)).first())

    def lock_head(self, connection: sa.Connection) -> HeadRow | None:
        """Return the head and keep it until the transaction ends."""
        return _head(connection.exec_driver_sql(self.LOCK_HEAD).first())

    def create_head(self, connection: sa.Connection, row: HeadRow) -> None:
        """Write the head of an empty ledger; fails where one exists."""
        connection.execute(sa.insert(head).values(row=1, **row._asdict()))

    def move_head(self, connection: sa.Connection, old_size: int, row: HeadRow) -> bool:
        """Compare and swap on the size that was read; tell whether this one won."""
        return connection.exec_driver_sql(self.MOVE_HEAD, (*row, old_size)).rowcount == 1

    def add_checkpoint(self, connection: sa.Connection, size: int, number: int, note: str) -> None:
        connection.exec_driver_sql(self.ADD_CHECKPOINT, (size, number, note))

    def headers(self, connection: sa.Connection, start: int, stop: int) -> list[bytes]:
        """Headers of the range, in order; shorter where rows are missing."""
        return [header for _, header in self.header_rows(connection, start, stop)]

    def header_rows(
        self, connection: sa.Connection, start: int, stop: int
    ) -> list[tuple[int, bytes]]:
        """(index, header) of the range, in order."""
        return _pairs(connection, self.HEADERS, start, stop)

    def envelope_rows(
        self, connection: sa.Connection, start: int, stop: int
    ) -> list[tuple[int, bytes]]:
        """(index, envelope) of the range as they lie there, in order; erased ones are blank."""
        return _pairs(connection, self.ENVELOPES, start, stop)

    def headers_of(self, connection: sa.Connection, indexes: Sequence[int]) -> dict[int, bytes]:
        """The headers of those of the entries *indexes* that are there."""
        return _bytes_of(connection, entries.c["index"], entries.c.header, indexes)

    def envelopes_of(self, connection: sa.Connection, indexes: Sequence[int]) -> dict[int, bytes]:
        """The envelopes of those of the entries *indexes* that are there; erased ones are blank."""
        return _bytes_of(connection, statements.c["index"], statements.c.envelope, indexes)

    def envelope(self, connection: sa.Connection, index: int) -> bytes | None:
        query = sa.select(statements.c.envelope).where(statements.c["index"] == index)
        return connection.scalars(query).first()

    def indexes_of_source(
        self, connection: sa.Connection, source: str, start: int, stop: int
    ) -> list[int]:
        """Indexes in the range of the statements that *source* made, ascending."""
        column = statement_ids.c["index"]
        query = sa.select(column).where(statement_ids.c.source == source)
        query = query.where(column >= start, column < stop).order_by(column)
        return list(connection.scalars(query))

    def checkpoint(self, connection: sa.Connection, size: int) -> str | None:
        """The note signed at exactly *size*."""
        query = sa.select(checkpoints.c.note).where(checkpoints.c.size == size)
        return connection.scalars(query).first()

    def first_checkpoint_from(self, connection: sa.Connection, size: int) -> str | None:
        """The note of the smallest stored size that is at least *size*."""
        query = sa.select(checkpoints.c.note).where(checkpoints.c.size >= size)
        return connection.scalars(query.order_by(checkpoints.c.size).limit(1)).first()

    def kept_rows(self, connection: sa.Connection, indexes: Sequence[int]) -> list[KeptRow]:
        """Those of the entries *indexes* that exist, with the notes that cover them."""
        covering = sa.select(checkpoints.c.note).where(checkpoints.c.size > entries.c["index"])
        first = covering.order_by(checkpoints.c.size).limit(1).scalar_subquery()
        plain = sa.type_coerce(entries.c.header, sa.types.NullType())
        query = sa.select(entries.c["index"], plain, first)
        found = connection.execute(query.where(entries.c["index"].in_(indexes)))
        return [
            KeptRow(index, header if type(header) is bytes else FOREIGN, note)
            for index, header, note in found
            if type(note) is str
        ]

    def checkpoint_rows(
        self, connection: sa.Connection, above: int, limit: int
    ) -> list[tuple[int, str]]:
        """(size, note) of up to *limit* checkpoints above that size, ascending."""
        rows = connection.exec_driver_sql(self.NOTES, (above, limit))
        return [(row[0], row[1] if type(row[1]) is str else "") for row in rows]

    def checkpoint_numbers(
        self, connection: sa.Connection, above: int, limit: int
    ) -> list[tuple[int, int]]:
        """(size, number) of up to *limit* checkpoints above that size, ascending."""
        query = sa.select(checkpoints.c.size, checkpoints.c.number)
        query = query.where(checkpoints.c.size > above).order_by(checkpoints.c.size).limit(limit)
        return [(row[0], row[1]) for row in connection.execute(query).all()]

    def chain_rows(self, connection: sa.Connection, above: bytes, limit: int) -> list[ChainRow]:
        """Up to *limit* chain heads with an id above *above*, ascending."""
        rows = connection.exec_driver_sql(self.CHAINS_ABOVE, (above, limit))
        return [ChainRow(*row) for row in rows]

    def count(self, connection: sa.Connection, table: sa.Table) -> int:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0

    # What follows is said in each database's own words. Every group of the sequencer
    # says the first three: through Core's expressions they cost a third of a millisecond.
    LOCK_HEAD: str
    MOVE_HEAD: str
    ADD_CHECKPOINT: str
    CHAINS_ABOVE: str
    HEADERS: str
    ENVELOPES: str
    NOTES: str

    def find_ids(
        self, connection: sa.Connection, pairs: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], IdRow]:
        """Those of *pairs* (source, id) that are taken."""
        raise NotImplementedError

    def find_chains(
        self, connection: sa.Connection, chains: Sequence[bytes]
    ) -> dict[bytes, ChainRow]:
        """The heads of those chains that exist."""
        raise NotImplementedError

    def add_entries(self, connection: sa.Connection, rows: Sequence[NewEntry]) -> None:
        """Insert entries, statements and ids, one bulk statement a table."""
        raise NotImplementedError

    def put_chains(self, connection: sa.Connection, rows: Iterable[ChainRow]) -> None:
        """Insert or move the heads of chains."""
        raise NotImplementedError


class SqliteLogRows(LogRows):
    """Tuples through the driver: five times less work a row than Core's expressions."""

    # BEGIN IMMEDIATE has locked it already.
    LOCK_HEAD = "SELECT size, leaf, edge, recorded_at, registry_size, checkpoints FROM head"
    MOVE_HEAD = (
        "UPDATE head SET size = ?, leaf = ?, edge = ?, recorded_at = ?, registry_size = ?, "
        "checkpoints = ? WHERE size = ?"
    )
    ADD_CHECKPOINT = "INSERT INTO checkpoints (size, number, note) VALUES (?, ?, ?)"
    CHAINS_ABOVE = (
        "SELECT chain, length, leaf FROM chain_heads WHERE chain > ? ORDER BY chain LIMIT ?"
    )
    NOTES = "SELECT size, note FROM checkpoints WHERE size > ? ORDER BY size LIMIT ?"
    HEADERS = (
        'SELECT "index", header FROM entries WHERE "index" >= ? AND "index" < ? ORDER BY "index"'
    )
    ENVELOPES = (
        'SELECT "index", envelope FROM statements '
        'WHERE "index" >= ? AND "index" < ? ORDER BY "index"'
    )
    CHUNK = 10_000  # bound variables; SQLite takes 32,766

    def find_ids(
        self, connection: sa.Connection, pairs: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], IdRow]:
        found = {}
        for chunk in _chunks(pairs, self.CHUNK // 2):
            places = ",".join(["(?,?)"] * len(chunk))
            # Left to itself the planner reads the whole table and looks each row up in the list.
            rows = connection.exec_driver_sql(
                f"WITH asked (source, id) AS (VALUES {places}) "
                'SELECT source, id, digest, "index" '
                "FROM asked CROSS JOIN statement_ids USING (source, id)",
                tuple(value for pair in chunk for value in pair),
            )
            found.update({(row[0], row[1]): IdRow(*row) for row in rows})
        return found

    def find_chains(
        self, connection: sa.Connection, chains: Sequence[bytes]
    ) -> dict[bytes, ChainRow]:
        found = {}
        for chunk in _chunks(chains, self.CHUNK):
            places = ",".join("?" * len(chunk))
            rows = connection.exec_driver_sql(
                f"SELECT chain, length, leaf FROM chain_heads WHERE chain IN ({places})",
                tuple(chunk),
            )
            found.update({row[0]: ChainRow(*row) for row in rows})
        return found

    def add_entries(self, connection: sa.Connection, rows: Sequence[NewEntry]) -> None:
        _insert(
            connection,
            'INSERT INTO entries ("index", header) VALUES',
            [(row.index, row.header) for row in rows],
        )
        _insert(
            connection,
            'INSERT INTO statements ("index", envelope) VALUES',
            [(row.index, row.envelope) for row in rows],
        )
        _insert(
            connection,
            'INSERT INTO statement_ids (source, id, digest, "index") VALUES',
            [(row.source, row.id, row.digest, row.index) for row in rows],
        )

    def put_chains(self, connection: sa.Connection, rows: Iterable[ChainRow]) -> None:
        _insert(
            connection,
            "INSERT INTO chain_heads (chain, length, leaf) VALUES",
            list(rows),
            " ON CONFLICT (chain) DO UPDATE SET length = excluded.length, leaf = excluded.leaf",
        )


def _insert(
    connection: sa.Connection, before: str, rows: Sequence[tuple[Any, ...]], after: str = ""
) -> None:
    """Insert rows through SQLite's driver, a fixed number a statement, the rest one by one.

    The driver lets go of the interpreter lock at every row that it steps through:
    a thousand hand-overs among busy threads cost more than the rows.
    """
    if not rows:
        return
    row = f"({','.join('?' * len(rows[0]))})"
    whole = len(rows) - len(rows) % BULK
    for start in range(0, whole, BULK):
        values = ",".join([row] * BULK)
        flat = tuple(chain.from_iterable(rows[start : start + BULK]))
        connection.exec_driver_sql(f"{before} {values}{after}", flat)
    if whole < len(rows):
        connection.exec_driver_sql(f"{before} {row}{after}", list(rows[whole:]))


class PostgresqlLogRows(LogRows):
    """Arrays and ``unnest``: one round trip a table."""

    LOCK_HEAD = (
        "SELECT size, leaf, edge, recorded_at, registry_size, checkpoints FROM head FOR UPDATE"
    )
    MOVE_HEAD = (
        "UPDATE head SET size = %s, leaf = %s, edge = %s, recorded_at = %s, registry_size = %s, "
        "checkpoints = %s WHERE size = %s"
    )
    ADD_CHECKPOINT = "INSERT INTO checkpoints (size, number, note) VALUES (%s, %s, %s)"
    CHAINS_ABOVE = (
        "SELECT chain, length, leaf FROM chain_heads WHERE chain > %s ORDER BY chain LIMIT %s"
    )
    NOTES = "SELECT size, note FROM checkpoints WHERE size > %s ORDER BY size LIMIT %s"
    HEADERS = "SELECT index, header FROM entries WHERE index >= %s AND index < %s ORDER BY index"
    ENVELOPES = (
        "SELECT index, envelope FROM statements WHERE index >= %s AND index < %s ORDER BY index"
    )

    def find_ids(
        self, connection: sa.Connection, pairs: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], IdRow]:
        rows = connection.exec_driver_sql(
            "SELECT source, id, digest, index FROM statement_ids "
            "JOIN unnest(%s::text[], %s::text[]) AS asked (source, id) USING (source, id)",
            tuple(_columns(pairs, 2)),
        )
        return {(row[0], row[1]): IdRow(*row) for row in rows}

    def find_chains(
        self, connection: sa.Connection, chains: Sequence[bytes]
    ) -> dict[bytes, ChainRow]:
        rows = connection.exec_driver_sql(
            "SELECT chain, length, leaf FROM chain_heads WHERE chain = ANY(%s)", (list(chains),)
        )
        return {row[0]: ChainRow(*row) for row in rows}

    def add_entries(self, connection: sa.Connection, rows: Sequence[NewEntry]) -> None:
        index = [row.index for row in rows]
        connection.exec_driver_sql(
            "INSERT INTO entries (index, header) SELECT * FROM unnest(%s::bigint[], %s::bytea[])",
            (index, [row.header for row in rows]),
        )
        connection.exec_driver_sql(
            "INSERT INTO statements (index, envelope) "
            "SELECT * FROM unnest(%s::bigint[], %s::bytea[])",
            (index, [row.envelope for row in rows]),
        )
        connection.exec_driver_sql(
            "INSERT INTO statement_ids (source, id, digest, index) "
            "SELECT * FROM unnest(%s::text[], %s::text[], %s::bytea[], %s::bigint[])",
            (
                [row.source for row in rows],
                [row.id for row in rows],
                [row.digest for row in rows],
                index,
            ),
        )

    def put_chains(self, connection: sa.Connection, rows: Iterable[ChainRow]) -> None:
        connection.exec_driver_sql(
            "INSERT INTO chain_heads (chain, length, leaf) "
            "SELECT * FROM unnest(%s::bytea[], %s::bigint[], %s::bytea[]) "
            "ON CONFLICT (chain) DO UPDATE SET length = excluded.length, leaf = excluded.leaf",
            tuple(_columns(list(rows), 3)),
        )


def log_rows(engine: sa.Engine) -> LogRows:
    """The queries in the words of this engine's database."""
    return SqliteLogRows() if engine.dialect.name == "sqlite" else PostgresqlLogRows()


def _pairs(connection: sa.Connection, query: str, start: int, stop: int) -> list[tuple[int, bytes]]:
    """Rows as the driver gives them: verification reads millions.

    SQLite keeps a value of any type in any column: one that is no bytes any more
    is given as bytes that nothing is made of, so that whoever checks names it.
    """
    cursor = connection.exec_driver_sql(query, (start, stop)).cursor
    try:
        rows = [] if cursor is None else cursor.fetchall()
    except connection.dialect.loaded_dbapi.Error as error:  # SQLite reads pages as it goes
        raise sa.exc.DatabaseError(query, None, error) from error
    if {type(value) for _, value in rows} <= {bytes}:
        return list(rows)
    return [(index, value if type(value) is bytes else FOREIGN) for index, value in rows]


def _bytes_of(
    connection: sa.Connection,
    key: sa.Column[int],
    value: sa.Column[bytes],
    indexes: Sequence[int],
) -> dict[int, bytes]:
    """Rows that lie far apart, asked for at once; see ``_pairs`` for what is no bytes any more."""
    found: dict[int, bytes] = {}
    plain: sa.ColumnElement[Any] = sa.type_coerce(value, sa.types.NullType())
    for chunk in _chunks(indexes, ASKED):
        query = sa.select(key, plain).where(key.in_(chunk))
        for index, raw in connection.execute(query):
            found[index] = raw if type(raw) is bytes else FOREIGN
    return found


def _head(row: Any) -> HeadRow | None:
    return HeadRow(*row) if row is not None else None


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    return [[row[column] for row in rows] for column in range(width)]


def _chunks(values: Sequence[Any], length: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), length):
        yield values[start : start + length]
