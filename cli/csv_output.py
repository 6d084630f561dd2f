"""Print a table as CSV: a cell that a spreadsheet would run has an apostrophe before it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cli.output import data
from ledger.csv_table import csv_table


def print_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print *rows* under the names of *columns*; what a row has not is empty."""
    cells = ([row.get(name) for name in columns] for row in rows)
    for line in csv_table(columns, cells).removesuffix("\r\n").split("\r\n"):
        data(line)
