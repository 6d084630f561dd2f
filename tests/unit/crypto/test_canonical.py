"""Canonical JSON: one way to write a value, and only that is read."""

import pytest

from crypto.canonical import MAX_INTEGER, MAX_LEVELS, read_canonical, write_canonical
from crypto.errors import Malformed

READ = {
    b"null": None,
    b"true": True,
    b"0": 0,
    b"-1": -1,
    b"9007199254740991": 2**53 - 1,
    b"-9007199254740991": -(2**53 - 1),
    b'""': "",
    b"[]": [],
    b"{}": {},
    b'{"A":1,"a":2}': {"A": 1, "a": 2},
    b'{"a":[1,{"b":null}],"b":false}': {"a": [1, {"b": None}], "b": False},
    '"低保 𠮷 \u2028 é"'.encode(): "低保 𠮷 \u2028 é",
    b'"\\b\\t\\n\\f\\r\\u0000\\u001f\\"\\\\/\x7f"': '\b\t\n\f\r\x00\x1f"\\/\x7f',
}

REFUSED = {
    "nothing": b"",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "space before": b" {}",
    "space after": b"{} ",
    "a final line feed": b"{}\n",
    "space inside": b'{"a": 1}',
    "two values": b"{}{}",
    "a comment": b"{}//",
    "single quotes": b"{'a':1}",
    "a trailing comma": b"[1,]",
    "members unsorted": b'{"b":1,"a":2}',
    "a member twice": b'{"a":1,"a":1}',
    "a member twice, once escaped": b'{"a":1,"\\u0061":1}',
    "a member twice, deep": b'[{"a":{"b":1,"b":2}}]',
    "a needless escape": b'"\\u0061"',
    "a slash escaped": b'"\\/"',
    "an escape in capitals": b'"\\u001F"',
    "a long escape of a short one": b'"\\u000a"',
    "an escaped letter beyond ASCII": b'"\\u00e9"',
    "DEL escaped": b'"\\u007f"',
    "a raw control character": b'"\n"',
    "a lone high surrogate": b'"\\ud800"',
    "a lone low surrogate": b'"\\udc00"',
    "surrogates in the wrong order": b'"\\udc00\\ud800"',
    "a pair of escaped surrogates": b'"\\ud83d\\ude00"',
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "overlong UTF-8": b'"\xc0\x80"',
    "beyond Unicode": b'"\xf4\x90\x80\x80"',
    "broken UTF-8": b'"\xff"',
    "broken UTF-8 outside a string": b"\xff",
    "a fraction": b"1.5",
    "a float that is whole": b"1.0",
    "an exponent": b"1e2",
    "an exponent in an integer's place": b'{"a":1E400}',
    "2^53": b"9007199254740992",
    "-2^53": b"-9007199254740992",
    "2^53 + 1": b"9007199254740993",
    "2^64": b"18446744073709551616",
    "an integer of 5,000 digits": b"1" * 5000,
    "minus zero": b"-0",
    "a leading zero": b"01",
    "a plus": b"+1",
    "NaN": b"NaN",
    "Infinity": b'{"a":Infinity}',
    "-Infinity": b"-Infinity",
    "a name beyond ASCII": '{"é":1}'.encode(),
    "a name beyond ASCII, deep in a list": '[1,[{"a":{"b":"x","名":1}}]]'.encode(),
    "a name that holds a quote and more": '{"é\\"a":1}'.encode(),
    "a name beyond ASCII, escaped": b'{"\\u00e9":1}',
}


@pytest.mark.parametrize(("raw", "value"), READ.items())
def test_read_and_written_the_same(raw, value):
    assert read_canonical(raw) == value
    assert write_canonical(value) == raw


@pytest.mark.parametrize("why", REFUSED)
def test_refused(why):
    with pytest.raises(Malformed) as caught:
        read_canonical(REFUSED[why])
    assert caught.value.en != caught.value.zh


@pytest.mark.parametrize(
    ("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")]
)
def test_sixteen_levels_of_objects_and_arrays_alike(opening, closing):
    each = opening.count(b"[") + opening.count(b"{")
    fits = MAX_LEVELS // each
    assert read_canonical(opening * fits + b"1" + closing * fits)
    for inner in (b"[]", b"{}"):
        with pytest.raises(Malformed):
            read_canonical(opening * fits + inner + closing * fits)


def test_an_empty_container_on_the_last_level_is_read():
    raw = b"[" * (MAX_LEVELS - 1) + b"{}" + b"]" * (MAX_LEVELS - 1)
    assert write_canonical(read_canonical(raw)) == raw


@pytest.mark.parametrize("piece", [b"[", b'{"a":', b'[{"":', b'"', b"\\", b"-"])
def test_a_hundred_thousand_of_anything_is_an_answer_not_a_crash(piece):
    with pytest.raises(Malformed):
        read_canonical(piece * 100_000)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        float("inf"),
        {"a": [0.5]},
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        2**70,
        (1, 2),
        {"a": (1,)},
        {1: "a"},
        {"é": 1},
        {"a": "é", "b": [{"é": 1}]},
        "\ud800",
        b"bytes",
        {1, 2},
        object(),
    ],
)
def test_what_json_here_cannot_say_is_not_written(value):
    with pytest.raises(Malformed):
        write_canonical(value)


def test_too_deep_is_not_written():
    value = 1
    for _ in range(MAX_LEVELS):
        value = [value]
    assert write_canonical(value)
    with pytest.raises(Malformed):
        write_canonical([value])


def test_one_list_may_stand_in_two_places_when_written():
    shared = ["x"]
    assert write_canonical({"a": shared, "b": shared}) == b'{"a":["x"],"b":["x"]}'


def test_the_first_difference_is_named():
    with pytest.raises(Malformed, match="byte 5;"):
        read_canonical(b'{"a": 1}')
    with pytest.raises(Malformed, match="byte 2;"):
        read_canonical(b"{}\n")
