"""Print a table as CSV: a cell that a spreadsheet would run has an apostrophe before it."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cli.output import data

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def print_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print *rows* under the names of *columns*; what a row has not is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(row.get(name)) for name in columns])
    for line in text.getvalue().splitlines():
        data(line)


def _harmless(value: Any) -> str:
    cell = _cell(value)
    return cell if isinstance(value, int) or not cell.startswith(_FORMULA) else f"'{cell}"


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
