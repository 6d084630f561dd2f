"""Tables as CSV: read back as they were, and no cell runs in a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.csv_table import csv_table, defused


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x"],
)
def test_a_cell_that_a_spreadsheet_would_run_is_defused(cell: str) -> None:
    assert defused(cell) == f"'{cell}"
    assert defused(f"a{cell}") == f"a{cell}"
    assert defused([cell, "b"]) == f"'{cell} b"


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), (True, "true"), (False, "false"), (-3, "-3"), (["a", 1], "a 1"), ((), "")],
)
def test_values_that_are_no_text(value: object, cell: str) -> None:
    assert defused(value) == cell


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2)))
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    text = csv_table(("a", "b"), rows)
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [["a", "b"], *([defused(cell) for cell in row] for row in rows)]
    assert text.endswith("\r\n")
