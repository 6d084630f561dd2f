"""Each name of a source has one id, and each id leads back to one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.importing.identifiers import Translator, decode_words, encode_words
from crypto.errors import Malformed
from crypto.notation import check_department_id, check_id


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Group 1", "group-1"),
        ("Group 13", "group-13"),
        ("Resource21", "resource21"),
        ("TEST", "t_e_s_t"),
        ("test", "_test"),
        ("Test", "test"),
        ("admin1", "_admin1"),
        ("a b", "_a-_b"),
        ("A  B", "a--b"),
        ("1st", "1st"),
        ("R&D", "r.26_d"),
        ("a-b", "_a.2db"),
        ("_", ".5f"),
        ("..", ".2e.2e"),
        ("部", ".e9.83.a8"),
        ("", ""),
    ],
)
def test_words_are_written_so(text: str, written: str) -> None:
    assert encode_words(text) == written
    assert decode_words(written) == text


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_words_come_back(text: str) -> None:
    assert decode_words(encode_words(text)) == text


@given(st.text("Aab1 -_.é", max_size=6), st.text("Aab1 -_.é", max_size=6))
def test_two_texts_never_meet(one: str, other: str) -> None:
    assert (encode_words(one) == encode_words(other)) == (one == other)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=5))
def test_short_words_are_ids(text: str) -> None:
    check_id(encode_words(text), "")


@pytest.mark.parametrize("written", ["A", "a_", ".zz", ".e9", ".41", "_", "a b", "é", "."])
def test_what_was_never_written_is_refused(written: str) -> None:
    with pytest.raises(Malformed):
        decode_words(written)


def test_a_value_keeps_its_id_and_its_source() -> None:
    translator = Translator(True, {"EMPTY": "not-stated"}, check_department_id)
    assert [translator.id_of(value) for value in ("EMPTY", "Group 1", "EMPTY")] == [
        "not-stated",
        "group-1",
        "not-stated",
    ]
    assert translator.sources == {"not-stated": "EMPTY", "group-1": "Group 1"}


def test_a_collision_is_refused_with_both_names() -> None:
    translator = Translator(True, {"X": "group-1"}, check_department_id)
    translator.id_of("Group 1")
    with pytest.raises(Malformed, match="'X' and 'Group 1' both become the id group-1"):
        translator.id_of("X")


@pytest.mark.parametrize(
    ("words", "value"), [(False, "Group 1"), (False, "."), (True, "x" * 65), (True, "部" * 8)]
)
def test_what_can_be_no_id_is_refused(words: bool, value: str) -> None:
    with pytest.raises(Malformed, match="values may name it"):
        Translator(words, {}, check_id).id_of(value)
