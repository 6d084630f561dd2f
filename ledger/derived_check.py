"""Derive every projection anew, in a file of its own, and compare it with what stands.

What is derived can be rebuilt, so a row that no entry stands behind, or that says
something else, shows by itself (I8). It takes as long as a rebuild, so it is made where
it is asked for. Numbers of terms are each database's own: terms are compared by name.
"""

import tempfile
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ledger.bootstrap import projections_on
from ledger.parts import Parts
from ledger.projections.runner import Runner
from ledger.store.engine import open_engine, open_projection_engine, reading
from ledger.store.tables import (
    frequent_terms,
    posting_blocks,
    postings,
    projection_heads,
    projection_metadata,
    terms,
)
from ledger.verification.report import NOT_CHECKED, Check, Words
from ledger.verification.tally import Tally

OF_TERMS = (postings, posting_blocks, frequent_terms)  # by the number of a term, and an index
AT_ONCE = 5_000  # rows that are held of each side
Progress = Callable[[int], None]
Row = tuple[Any, ...]


def check_derived(parts: Parts, progress: Progress | None = None) -> Check:
    """Return the check of all projections' rows against freshly derived ones."""
    tally = Tally(
        "derived",
        Words("Derived tables follow from the entries", "派生表与条目一致"),
        Words("rows", "行"),
    )
    with tempfile.TemporaryDirectory(prefix="zelian-derived-") as name:
        fresh = open_projection_engine(open_engine(f"sqlite:///{name}/log.db", 2), Path(name))
        try:
            positions = parts.projection_rows
            anew = projections_on(fresh, parts.engine, parts.rows, positions)
            runner = Runner(parts.engine, fresh, parts.rows, positions, anew)
            size = runner.catch_up(progress or (lambda _size: None))
            if parts.runner.size() == size:
                _compare(parts.projection_engine, fresh, tally)
            else:
                tally.limit(NOT_CHECKED, Words("the tables are behind the log", "派生表尚未跟上"))
        finally:
            fresh.dispose()
    return tally.close()


def _compare(standing: sa.Engine, fresh: sa.Engine, tally: Tally) -> None:
    queries = zip(_queries(standing), _queries(fresh), strict=True)
    with reading(standing) as one, reading(fresh) as other:
        for (name, query), (_, anew) in queries:
            with _streamed(one, query) as found, _streamed(other, anew) as wanted:
                _compare_table(name, found, wanted, tally)


def _compare_table(
    name: str, found: sa.CursorResult[Any], wanted: sa.CursorResult[Any], tally: Tally
) -> None:
    for row, anew in zip_longest(map(tuple, found), map(tuple, wanted)):
        tally.of += 1
        tally.done += 1
        if row != anew:
            _tell(tally, name, row, anew)
            return  # what follows may only be shifted: one row a table is named


def _streamed(connection: sa.Connection, query: sa.Select[Any]) -> sa.CursorResult[Any]:
    return connection.execution_options(yield_per=AT_ONCE).execute(query)


def _queries(engine: sa.Engine) -> Iterator[tuple[str, sa.Select[Any]]]:
    """Yield every table in the order of its key, with what it is called."""
    dialect = engine.dialect.name
    for table in OF_TERMS:
        named = (terms.c.name, *(column for column in table.columns if column.name != "term"))
        joined = sa.select(*named).join(table, terms.c.id == table.c.term)
        yield table.name, joined.order_by(_plain(terms.c.name, dialect), *named[1:2])
    for table in projection_metadata.sorted_tables:
        if table not in (terms, *OF_TERMS, projection_heads):
            keys = (_plain(column, dialect) for column in table.primary_key.columns)
            yield table.name, sa.select(table).order_by(*keys)


def _plain(column: sa.Column[Any], dialect: str) -> sa.ColumnElement[Any]:
    """Return a column that sorts by its bytes, whatever the database's language."""
    text = isinstance(column.type, sa.String)
    return column.collate("C") if text and dialect == "postgresql" else column


def _tell(tally: Tally, table: str, found: Row | None, wanted: Row | None) -> None:
    row = found if wanted is None else wanted
    name = f"{table} {row[0]}" if row else table
    if wanted is None:
        words = f"{name}: no entry stands behind this row", f"{name}：该行没有对应记录"
    elif found is None or found[0] != wanted[0]:
        words = f"{name}: this row is missing", f"{name}：缺少该行"
    else:
        words = f"{name}: the entries say something else", f"{name}：与条目不符"
    tally.find(-1, *words)
