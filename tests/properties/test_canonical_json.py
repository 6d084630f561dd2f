"""Canonical JSON against two oracles: the rfc8785 package, and a slow strict reader."""

import json

import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crypto.canonical import MAX_INTEGER, MAX_LEVELS, read_canonical, write_canonical
from crypto.errors import Malformed

NAMES = st.text(st.characters(max_codepoint=0x7F), max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


class Strict:
    """The JSON limits as a plain reading of the formats, with nothing of ours in it."""

    def read(self, raw):
        value = json.loads(
            raw.decode("utf-8", "strict"),
            object_pairs_hook=self.members,
            parse_float=self.refuse,
            parse_constant=self.refuse,
        )
        self.check(value, 0)
        if rfc8785.dumps(value) != raw:
            raise ValueError("not canonical")
        return value

    def members(self, pairs):
        if len(dict(pairs)) != len(pairs) or not all(name.isascii() for name, _ in pairs):
            raise ValueError("names")
        return dict(pairs)

    def refuse(self, text):
        raise ValueError(text)

    def check(self, value, above):
        if type(value) is int and abs(value) > MAX_INTEGER:
            raise ValueError("range")
        if isinstance(value, str):
            value.encode()  # a lone surrogate has no UTF-8
        if isinstance(value, dict | list):
            if above == MAX_LEVELS:
                raise ValueError("levels")
            for member in value.values() if isinstance(value, dict) else value:
                self.check(member, above + 1)


def outcome(read, raw):
    try:
        return ("read", read(raw))
    except (Malformed, ValueError):
        return ("refused", None)


def same(raw):
    ours = outcome(read_canonical, raw)
    assert ours == outcome(Strict().read, raw)
    return ours[0]


@settings(deadline=None)
@given(VALUES)
def test_written_as_rfc8785_writes_and_read_back(value):
    raw = write_canonical(value)
    assert raw == rfc8785.dumps(value)
    assert read_canonical(raw) == value
    assert same(raw) == "read"


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_written_as_rfc8785_writes_it(text):
    assert write_canonical([text]) == rfc8785.dumps([text])


PIECES = st.sampled_from(
    [b"{", b"}", b"[", b"]", b",", b":", b'"', b'"a":', b'"b":', b'""', b"\\", b"\\u0061", b" ",
     b"\n", b"0", b"-", b"1", b"1.0", b"1e2", b"9007199254740991", b"9007199254740992", b"null",
     b"true", b"NaN", b"\xc3\xa9", b"\xc3", b"\xed\xa0\x80", b"\\ud83d\\ude00", b"\xef\xbb\xbf"]
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=12).map(b"".join))
@example(b'{"a":1,"a":1}')
@example(b'["\xc3\xa9",{"\xc3\xa9":1}]')
def test_read_just_when_the_strict_reader_reads(raw):
    same(raw)


@settings(max_examples=300, deadline=None)
@given(VALUES, st.data())
def test_a_changed_text_is_judged_as_the_strict_reader_judges(value, data):
    raw = write_canonical(value)
    at = data.draw(st.integers(0, len(raw)))
    gone = data.draw(st.integers(0, 2))
    same(raw[:at] + data.draw(PIECES) + raw[at + gone :])


@settings(deadline=None)
@given(VALUES.filter(lambda value: isinstance(value, dict | list) and value))
def test_any_other_way_to_write_a_value_is_refused(value):
    raw = write_canonical(value)
    for other in (
        json.dumps(value, sort_keys=True, ensure_ascii=False),
        json.dumps(value, indent=1, sort_keys=True),
        json.dumps(value, separators=(",", ":")),
    ):
        if other.encode("utf-8", "surrogatepass") != raw:
            assert same(other.encode("utf-8", "surrogatepass")) == "refused"


@settings(deadline=None)
@given(st.lists(st.sampled_from(["[", "{"]), min_size=14, max_size=18))
def test_levels_are_counted_alike(openings):
    value = 0
    for opening in openings:
        value = [value] if opening == "[" else {"a": value}
    assert same(rfc8785.dumps(value)) == ("read" if len(openings) <= MAX_LEVELS else "refused")


TRICKY = st.text(st.sampled_from('"\\:,{}[]a\u00e9省\n\U00010000'), max_size=6)
ANY_NAMES = st.recursive(
    TRICKY | st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TRICKY, inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(ANY_NAMES)
@example({"é": 1})
@example({"a": 'é":', "b": ['é\\":1']})
@example([{"a": {'"é': 0}}])
def test_a_name_beyond_ascii_is_refused_and_a_value_is_not(value):
    raw = rfc8785.dumps(value)
    try:
        Strict().read(raw)
    except ValueError:
        try:
            read_canonical(raw)
        except Malformed:
            return
        raise AssertionError(raw) from None
    assert read_canonical(raw) == value
