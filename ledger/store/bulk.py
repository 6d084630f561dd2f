"""Many rows a statement, in and out, in each database's own words.

SQLite's driver lets go of the interpreter lock at every row that it steps through,
and PostgreSQL answers each statement over a socket: so rows go in thousands.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import sqlalchemy as sa

Values = tuple[Any, ...]


class Bulk:
    """What projections ask for in bulk; a subclass for each database."""

    def insert(
        self, connection: sa.Connection, table: sa.Table, rows: Iterable[Values], after: str = ""
    ) -> None:
        """Insert rows, which have all of the table's columns in order.

        Args:
            after: words that follow, as ``ON CONFLICT …``.
        """
        raise NotImplementedError

    def select(
        self, connection: sa.Connection, columns: str, key: sa.Column[Any], names: Collection[str]
    ) -> Iterator[Values]:
        """Yield *columns* of the rows whose unique *key* is among *names*, in no order."""
        raise NotImplementedError

    def change(
        self, connection: sa.Connection, column: sa.Column[Any], changes: Sequence[tuple[int, int]]
    ) -> None:
        """Add to a column of numbers: (``id`` of the row, how much)."""
        raise NotImplementedError


class SqliteBulk(Bulk):
    """Many places in one statement; texts repeat, so that the driver keeps them prepared."""

    VARIABLES = 2_000  # of 32,766

    def insert(
        self, connection: sa.Connection, table: sa.Table, rows: Iterable[Values], after: str = ""
    ) -> None:
        width = len(table.columns)
        most = self.VARIABLES // width * width
        values = chain.from_iterable(rows)
        place = f"({','.join('?' * width)})"
        while some := tuple(islice(values, most)):
            places = ",".join([place] * (len(some) // width))
            connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES {places}{after}", some)

    def select(
        self, connection: sa.Connection, columns: str, key: sa.Column[Any], names: Collection[str]
    ) -> Iterator[Values]:
        most = min(self.VARIABLES, len(names))
        text = f"SELECT {columns} FROM {key.table.name} WHERE {key.name} IN "
        text += f"({','.join('?' * most)})"
        waiting = iter(names)
        while some := tuple(islice(waiting, most)):
            full = some + some[:1] * (most - len(some))  # one name twice is one row all the same
            yield from map(tuple, connection.exec_driver_sql(text, full))

    def change(
        self, connection: sa.Connection, column: sa.Column[Any], changes: Sequence[tuple[int, int]]
    ) -> None:
        if changes:
            connection.exec_driver_sql(
                f"UPDATE {column.table.name} SET {column.name} = {column.name} + ? WHERE id = ?",
                [(by, number) for number, by in changes],
            )


class PostgresqlBulk(Bulk):
    """Arrays and ``unnest``: one round trip.

    In binary (``%b``): as text each quote of a JSON body is escaped by the driver, one by one,
    which costs more than all that a projection does.
    """

    def insert(
        self, connection: sa.Connection, table: sa.Table, rows: Iterable[Values], after: str = ""
    ) -> None:
        columns = [list(column) for column in zip(*rows, strict=True)]
        if columns:
            arrays = ", ".join(f"%b::{_type(column)}[]" for column in table.columns)
            connection.exec_driver_sql(
                f"INSERT INTO {table.name} SELECT * FROM unnest({arrays}){after}", tuple(columns)
            )

    def select(
        self, connection: sa.Connection, columns: str, key: sa.Column[Any], names: Collection[str]
    ) -> Iterator[Values]:
        text = f"SELECT {columns} FROM {key.table.name} WHERE {key.name} = ANY(%b)"
        yield from map(tuple, connection.exec_driver_sql(text, (list(names),)))

    def change(
        self, connection: sa.Connection, column: sa.Column[Any], changes: Sequence[tuple[int, int]]
    ) -> None:
        table, name = column.table.name, column.name
        if changes:
            connection.exec_driver_sql(
                f"UPDATE {table} SET {name} = {table}.{name} + changed.change "
                "FROM unnest(%b::bigint[], %b::bigint[]) AS changed (id, change) "
                f"WHERE {table}.id = changed.id",
                tuple(list(values) for values in zip(*changes, strict=True)),
            )


def _type(column: sa.Column[Any]) -> str:
    if isinstance(column.type, sa.LargeBinary):
        return "bytea"
    return "text" if isinstance(column.type, sa.String) else "bigint"


def bulk_of(engine: sa.Engine) -> Bulk:
    """The words of this engine's database."""
    return SqliteBulk() if engine.dialect.name == "sqlite" else PostgresqlBulk()
