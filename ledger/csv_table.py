"""Write a table as CSV that no spreadsheet runs: such a cell gets an apostrophe before it."""

import csv
import io
from collections.abc import Iterable, Sequence

# Some spreadsheets read the full-width forms of an East Asian keyboard as the plain ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return the names of *columns* and then *rows*, a line each, ended by CR and LF.

    A list is its values with blanks between, None is empty. Source: RFC 4180.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([defused(value) for value in row])
    return text.getvalue()


def defused(value: object) -> str:
    """Return *value* as the text of a cell."""
    cell = _cell(value)
    return cell if isinstance(value, int) or not cell.startswith(_FORMULA) else f"'{cell}"


def _cell(value: object) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
