"""Print a table as CSV: a cell that a spreadsheet would run has an apostrophe before it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cli.output import clean, data
from ledger.csv_table import csv_table


def print_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print *rows* under the names of *columns*, a line each; what a row has not is empty."""
    cells = ([_in_a_line(row.get(name)) for name in columns] for row in rows)
    for line in csv_table(columns, cells).removesuffix("\r\n").split("\r\n"):
        data(line)


def _in_a_line(value: Any) -> Any:
    """Return *value* without a line break in it: a row that is parted would begin cells anew."""
    if isinstance(value, str):
        return clean(value)
    return [_in_a_line(one) for one in value] if isinstance(value, list | tuple) else value
