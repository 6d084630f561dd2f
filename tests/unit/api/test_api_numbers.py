"""Numbers in addresses and queries, and cursors, are read strictly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cursors import Cursor, read_cursor, write_cursor
from api.parameters import MAX_NUMBER, path_number
from api.problems import Problem


@given(st.integers(0, MAX_NUMBER))
def test_a_number_reads_as_it_is_written(number: int) -> None:
    assert path_number(str(number)) == number


@pytest.mark.parametrize(
    "text",
    ["", "-1", "+1", "01", "00", "1_0", " 1", "1\n", "1.0", "1e3", "0x1", "٣", "１"],
)
def test_anything_else_is_no_address(text: str) -> None:
    with pytest.raises(Problem) as caught:
        path_number(text)
    assert caught.value.code == "not_found"


@pytest.mark.parametrize("text", [str(MAX_NUMBER + 1), str(2**64), "9" * 5_000])
def test_no_address_holds_a_number_that_json_does_not(text: str) -> None:
    with pytest.raises(Problem) as caught:
        path_number(text)
    assert caught.value.code == "not_found"


@given(st.integers(1, MAX_NUMBER), st.data(), st.booleans())
def test_a_cursor_reads_as_it_is_written(as_of: int, data: st.DataObject, newest: bool) -> None:
    cursor = Cursor(as_of, data.draw(st.integers(0, as_of - 1)), newest)
    text = write_cursor(cursor)
    assert read_cursor(text) == cursor
    assert text.replace("-", "").replace("_", "").isalnum()


def _rewritten(text: str) -> str | None:
    """What a reader made of *text*, written again; None where it was refused."""
    try:
        return write_cursor(read_cursor(text))
    except Problem:
        return None


@given(st.text(max_size=60))
def test_no_other_text_is_a_cursor(text: str) -> None:
    assert _rewritten(text) in (None, text)


@pytest.mark.parametrize(
    "cursor", [Cursor(5, 5, False), Cursor(0, 0, False), Cursor(MAX_NUMBER + 1, 0, True)]
)
def test_a_place_outside_its_list_is_no_cursor(cursor: Cursor) -> None:
    with pytest.raises(Problem):
        read_cursor(write_cursor(cursor))


def test_one_changed_sign_is_another_cursor_or_none() -> None:
    text = write_cursor(Cursor(1_000, 500, False))
    for at in range(len(text)):
        for sign in "Az0_=":
            other = text[:at] + sign + text[at + 1 :]
            assert _rewritten(other) in (None, other)
