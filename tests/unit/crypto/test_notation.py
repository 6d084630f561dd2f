"""The small values: what is one, what only looks like one."""

import re
from datetime import UTC, datetime

import pytest

from crypto import notation
from crypto.errors import Malformed

GOOD = {
    notation.check_id: ["a", "A-1._z", "...", ".a", "x" * 64, "-", "vec-012"],
    notation.check_department_id: ["registrar", "a:b", ":", "11530000015000001A", "x" * 64, "..."],
    notation.check_ref: ["a/b", "a:b/c", ".../...", f"{'d' * 64}/{'i' * 64}"],
    notation.check_source: ["/departments/registrar", "/departments/a:b"],
    notation.check_origin: ["ledger.example.gov/yunling", "a", "!", "~", "x" * 255],
    notation.check_text: ["a", "低保资格核验", "two\nlines", "𠮷" * 300, " ", "\u2025", "\u202f"],
    notation.check_time: ["1970-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"],
    notation.check_hex32: ["0" * 64, "0123456789abcdef" * 4],
}
BAD = {
    notation.check_id: [
        "", ".", "..", "x" * 65, "a\n", "a b", "a:b", "a/b", "é", "a\0", "１", " a",
    ],
    notation.check_department_id: ["", ".", "..", "x" * 65, "a\n", "a/b", "Ａ", "a b"],
    notation.check_ref: [
        "a", "a/", "/b", "a/b/c", "./b", "../b", "a/.", "a/..", "a/b:c", "a/b\n", "a\n/b", "a /b",
    ],
    notation.check_source: [
        "departments/a", "/departments/", "/departments/a/b", "/departments/..", "/departments/a\n",
        "/Departments/a", "/departments//a", "x/departments/a",
    ],
    notation.check_origin: ["", "a b", "a+b", "é", "a\n", "x" * 256, "\x7f", "a\tb"],
    notation.check_text: [
        "", "x" * 301, "a\r", "a\tb", "\x00", "\x7f", "\x85", "\u202a", "\u202e", "\u2066",
        "\u2069", "\ufeffa", "a\u202eb", "\ud800",
    ],
    notation.check_time: [
        "1969-12-31T23:59:59.999Z", "2026-11-02T02:00:60.000Z", "2026-11-02T24:00:00.000Z",
        "2026-11-02T02:60:00.000Z", "2026-11-02T02:00:00.000Z\n", "2026-11-02T02:00:00.000z",
        "2026-11-02 02:00:00.000Z", "2026-11-02T02:00:00Z", "2026-11-02T02:00:00.0000Z",
        "2026-11-02T02:00:00.000+00:00", "２026-11-02T02:00:00.000Z", "2026-11-02T02:00:00,000Z",
        "٢٠٢٦-11-02T02:00:00.000Z", "0000-01-01T00:00:00.000Z", "12026-11-02T02:00:00.000Z",
        " 2026-11-02T02:00:00.000Z", "2026-W45-1T02:00:00.000Z",
    ],
    notation.check_hex32: ["0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n", "０" * 64],
}  # fmt: skip


@pytest.mark.parametrize(("check", "value"), [(c, v) for c, all_ in GOOD.items() for v in all_])
def test_what_is_one_is_returned(check, value):
    assert check(value, "/at") == value


@pytest.mark.parametrize(("check", "value"), [(c, v) for c, all_ in BAD.items() for v in all_])
def test_what_only_looks_like_one_is_refused_and_placed(check, value):
    with pytest.raises(Malformed) as caught:
        check(value, "/data/x")
    assert caught.value.pointer == "/data/x"
    assert "/data/x" in caught.value.en
    assert "/data/x" in caught.value.zh


@pytest.mark.parametrize("check", list(GOOD))
@pytest.mark.parametrize("value", [None, True, 1, b"a", ["a"], {"a": 1}])
def test_only_a_string_is_a_string(check, value):
    with pytest.raises(Malformed):
        check(value)


def test_every_code_point_of_texts():
    refused = {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
    refused |= {0xFEFF, *range(0xD800, 0xE000)}
    refused -= {0x0A}
    found = {point for point in range(0x110000) if not notation.TEXT.match(chr(point))}
    assert found == refused


def test_every_character_of_ids_and_origins():
    letters = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    for pattern, allowed in [
        (notation.ID, letters | set("_-")),
        (notation.DEPARTMENT_ID, letters | set("_-:")),
        (notation.ORIGIN, {chr(n) for n in range(0x21, 0x7F)} - {"+"}),
    ]:
        found = {chr(point) for point in range(0x10000) if pattern.match(chr(point))}
        assert found - {"."} == allowed - {"."}


def test_patterns_mean_the_same_under_search():
    """A type checker that searches, rather than matches, must not let a prefix or line through."""
    patterns = [p for p in vars(notation).values() if isinstance(p, re.Pattern)]
    assert len(patterns) == 8
    for pattern, good in [
        (notation.ID, "a"),
        (notation.DEPARTMENT_ID, "a:b"),
        (notation.REF, "a/b"),
        (notation.SOURCE, "/departments/a"),
        (notation.ORIGIN, "a"),
        (notation.TIME, "2026-11-02T02:00:00.000Z"),
        (notation.HEX32, "0" * 64),
        (notation.TEXT, "a"),
    ]:
        assert pattern.search(good)
        assert not pattern.search("\x00" + good)
        assert not pattern.search(good + "\x00")
        if pattern is not notation.TEXT:  # which may hold line feeds
            assert not pattern.search(good + "\n")
            assert not pattern.search("\n" + good)


@pytest.mark.parametrize(
    "years", [range(1968, 2042), range(2096, 2106), range(2396, 2404), (2800, 3000, 9900, 9996)]
)
def test_dates_are_those_of_the_gregorian_calendar(years):
    """The pattern against datetime, for every month and day that can be written."""
    for year in years:
        for month in range(14):
            for day in range(34):
                try:
                    real = datetime(year, month, day).year >= 1970
                except ValueError:
                    real = False
                text = f"{year:04}-{month:02}-{day:02}T12:30:59.123Z"
                assert real == bool(notation.TIME.match(text)), text


def test_every_29_february():
    for year in range(1970, 10_000):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        assert leap == bool(notation.TIME.match(f"{year}-02-29T00:00:00.000Z")), year


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ],
)
def test_times_and_milliseconds(ms, text):
    assert notation.format_time(ms) == text
    assert notation.parse_time(text) == ms


def test_times_agree_with_the_standard_library():
    for ms in range(0, 253_402_300_800_000, 253_402_300_799_999 // 997):
        text = notation.format_time(ms)
        assert notation.parse_time(text) == ms
        assert datetime.fromisoformat(text) == datetime.fromtimestamp(ms // 1000, UTC).replace(
            microsecond=ms % 1000 * 1000
        )


@pytest.mark.parametrize("ms", [-1, 253_402_300_800_000, 1.0, True, None])
def test_no_time_outside_the_years(ms):
    with pytest.raises(Malformed):
        notation.format_time(ms)


def test_parse_time_refuses_what_is_no_time():
    with pytest.raises(Malformed) as caught:
        notation.parse_time("2023-02-29T00:00:00.000Z", "/time")
    assert caught.value.pointer == "/time"


@pytest.mark.parametrize("size", [1, 16, 32])
def test_hex_round_trip(size):
    value = bytes(range(7, 7 + size))
    assert notation.read_hex(value.hex(), "", size) == value


@pytest.mark.parametrize(
    "text", ["", "0", "ab" * 31, "ab" * 33, "AB" * 32, "ab " * 21 + "a", "０" * 64, None, b"00", 7]
)
def test_hex_has_one_way_to_be_written(text):
    with pytest.raises(Malformed):
        notation.read_hex(text, "/x")


def test_hex_does_not_skip_spaces():
    """bytes.fromhex would take this for 16 bytes."""
    text = "ab " * 10 + "ab"
    assert len(text) == 32
    with pytest.raises(Malformed):
        notation.read_hex(text, "", 16)


@pytest.mark.parametrize("value", [b"", b"\x00", b"ab", b"abc", bytes(range(256))])
def test_base64_round_trip(value):
    assert notation.read_b64(notation.write_b64(value)) == value
    assert "\n" not in notation.write_b64(value)


@pytest.mark.parametrize(
    "text",
    ["A", "AA", "AAA", "AA=", "AB==", "AAB=", "AA==\n", "AA\n==", " AA==", "AA==AA==", "-_==",
     "AA==A", "====", "=", "AAAA=", "AA==é", "ＡＡ==", None, b"AA==", 5],
)  # fmt: skip
def test_base64_has_one_way_to_be_written(text):
    with pytest.raises(Malformed) as caught:
        notation.read_b64(text, "/payload")
    assert caught.value.pointer == "/payload"
