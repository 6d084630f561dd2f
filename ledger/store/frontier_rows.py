"""Many searches at once: what each of a round of questions finds, by one query.

A search says which terms an entry has, and below which index it lies; the rarest term
drives it, and the others are asked of each of its entries by primary key. Nothing here
knows what a term says.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from ledger.store.supervision_rows import PLACES
from ledger.store.thing_rows import Seeing

ROUND = 500  # searches in one query

_Asked = TypeVar("_Asked")
_Text = tuple[str, tuple[Any, ...]]  # SQL, and the values of its places


class Sought(NamedTuple):
    """One search by numbers of terms: entries below *high* that have *driver* and all *others*."""

    driver: int
    others: tuple[int, ...]
    high: int


class FrontierRows:
    """The queries; a subclass for each database says how lists of values are given."""

    def every(
        self, connection: sa.Connection, sought: Sequence[Sought], seeing: Seeing, limit: int
    ) -> set[int]:
        """The entries that any of the searches finds, and that are seen.

        Args:
            limit: where there are so many, at least so many are returned, and perhaps not all.
        """
        found: set[int] = set()
        for some in _rounds(sought):
            asked, values = self._asked(some)
            conditions, more = self._conditions(some, seeing)
            found.update(
                self._numbers(
                    connection,
                    f'{asked} SELECT DISTINCT p."index" FROM asked CROSS JOIN postings p '
                    f"WHERE {conditions} LIMIT {limit}",
                    (*values, *more),
                )
            )
            if len(found) >= limit:
                break
        return found

    def newest(
        self, connection: sa.Connection, sought: Sequence[Sought], seeing: Seeing
    ) -> set[int]:
        """The newest entry that each of the searches finds, and that is seen."""
        found: set[int] = set()
        for some in _rounds(sought):
            asked, values = self._asked(some)
            conditions, more = self._conditions(some, seeing)
            found.update(
                self._numbers(
                    connection,
                    f'{asked} SELECT (SELECT p."index" FROM postings p '
                    f'WHERE {conditions} ORDER BY p."index" DESC LIMIT 1) FROM asked',
                    (*values, *more),
                )
            )
        return found

    def findings(self, connection: sa.Connection, entries: Collection[int]) -> set[int]:
        """The places of the findings that any of *entries* raised, whoever may see them."""
        found: set[int] = set()
        for some in _rounds(sorted(entries)):
            asked, values = self._rows(["entry"], [(entry,) for entry in some])
            first = f"asked.entry * {PLACES}"
            text = (
                f"{asked} SELECT f.place FROM asked CROSS JOIN findings f "
                f"WHERE f.place >= {first} AND f.place < {first} + {PLACES}"
            )
            found.update(self._numbers(connection, text, values))
        return found

    def _asked(self, sought: Sequence[Sought]) -> _Text:
        """The searches as a table, as wide as the widest of them."""
        width = _width(sought)
        rows = [
            (one.driver, one.high, *one.others, *[None] * (width - len(one.others)))
            for one in sought
        ]
        return self._rows(["driver", "high", *_others(width)], rows)

    def _conditions(self, sought: Sequence[Sought], seeing: Seeing) -> _Text:
        """That a row of ``postings p`` is what a row of ``asked`` seeks, and is seen."""
        others = [
            f"(asked.{name} IS NULL OR EXISTS (SELECT 1 FROM postings o "
            f'WHERE o.term = asked.{name} AND o."index" = p."index"))'
            for name in _others(_width(sought))
        ]
        seen, values = self._seen(seeing)
        told = ["p.term = asked.driver", 'p."index" < asked.high', *others, seen]
        return " AND ".join(told), values

    def _seen(self, seeing: Seeing) -> _Text:
        told: list[str] = ["1 = 1"]
        values: list[Any] = []
        for words, numbers in (("EXISTS", seeing.any_of), ("NOT EXISTS", seeing.none_of or None)):
            if numbers is not None:
                among, more = self._among("s.term", numbers)
                told.append(
                    f"{words} (SELECT 1 FROM postings s "
                    f'WHERE {among} AND s."index" = p."index")'
                )  # fmt: skip
                values += more
        return " AND ".join(told), tuple(values)

    def _numbers(self, connection: sa.Connection, text: str, values: tuple[Any, ...]) -> set[int]:
        rows = connection.exec_driver_sql(text, values)
        return {row[0] for row in rows.all() if row[0] is not None}

    def _rows(self, names: Sequence[str], rows: Sequence[tuple[int | None, ...]]) -> _Text:
        """Give *rows* as the table ``asked``."""
        raise NotImplementedError

    def _among(self, column: str, numbers: Sequence[int]) -> _Text:
        """That a column is one of *numbers*."""
        raise NotImplementedError


class SqliteFrontierRows(FrontierRows):
    """A place for each value."""

    def _rows(self, names: Sequence[str], rows: Sequence[tuple[int | None, ...]]) -> _Text:
        place = f"({', '.join('?' * len(names))})"
        text = f"WITH asked ({', '.join(names)}) AS (VALUES {', '.join([place] * len(rows))})"
        return text, tuple(value for row in rows for value in row)

    def _among(self, column: str, numbers: Sequence[int]) -> _Text:
        return f"{column} IN ({', '.join('?' * len(numbers))})", tuple(numbers)


class PostgresqlFrontierRows(FrontierRows):
    """An array for each column."""

    def _rows(self, names: Sequence[str], rows: Sequence[tuple[int | None, ...]]) -> _Text:
        arrays = ", ".join(["%b::bigint[]"] * len(names))
        text = f"WITH asked ({', '.join(names)}) AS (SELECT * FROM unnest({arrays}))"
        return text, tuple([list(column) for column in zip(*rows, strict=True)])

    def _among(self, column: str, numbers: Sequence[int]) -> _Text:
        return f"{column} = ANY(%b::bigint[])", (list(numbers),)


def _width(sought: Sequence[Sought]) -> int:
    return max(len(one.others) for one in sought)


def _others(width: int) -> list[str]:
    return [f"other{number}" for number in range(width)]


def _rounds(asked: Sequence[_Asked]) -> Iterator[Sequence[_Asked]]:
    for start in range(0, len(asked), ROUND):
        yield asked[start : start + ROUND]


def frontier_rows(engine: sa.Engine) -> FrontierRows:
    """The queries in the words of this engine's database."""
    return SqliteFrontierRows() if engine.dialect.name == "sqlite" else PostgresqlFrontierRows()
