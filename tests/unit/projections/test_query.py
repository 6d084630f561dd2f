"""The search language: what it reads, and how it says what it does not."""

import pytest

from ledger.projections.query import FIELDS, MAX_FILTERS, MAX_LENGTH, Query, QueryError, parse_query

HEX = "ab" * 32


@pytest.mark.parametrize(
    ("text", "all_of", "none_of"),
    [
        ("", (), ()),
        ("  \t\u3000 ", (), ()),
        ("type:use.recorded", ("type/use.recorded",), ()),
        ("type:zelian.use.recorded.v1", ("type/use.recorded",), ()),
        ("family:sharing voice:signed", ("family/sharing", "voice/signed"), ()),
        ("department:org:sub -official:li", ("department/org:sub",), ("official/li",)),
        ("item:GA/I-1 act:MZ/A-1", ("item/GA/I-1", "act/MZ/A-1"), ()),
        ("-grant:GA/G-1", (), ("grant/GA/G-1",)),
        ('item:"GA/I-1"', ("item/GA/I-1",), ()),
        (f"purpose:dibao subject:{HEX}", ("purpose/dibao", f"subject/{HEX}"), ()),
        ("type:use.recorded type:use.recorded", ("type/use.recorded",), ()),
        ("request:GA/R.1 delivery:GA/D-1", ("request/GA/R.1", "delivery/GA/D-1"), ()),
    ],
)
def test_filters_become_terms(text: str, all_of: tuple[str, ...], none_of: tuple[str, ...]) -> None:
    assert parse_query(text) == Query(frozenset(all_of), frozenset(none_of))


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("after:2026-11-01", "2026-10-31T16:00:00.000Z", None),
        ("before:2026-11-01", None, "2026-10-31T16:00:00.000Z"),
        ("after:2026-11-01T08:00Z", "2026-11-01T08:00:00.000Z", None),
        ("after:2026-11-01T08:00:01.250+08:00", "2026-11-01T00:00:01.250Z", None),
        ("after:1970-01-01", "1970-01-01T00:00:00.000Z", None),
        ("after:2026-01-01 after:2026-02-01", "2026-01-31T16:00:00.000Z", None),
        ("before:2026-01-02 before:2026-02-01", None, "2026-01-01T16:00:00.000Z"),
    ],
)
def test_times_are_days_in_china_or_instants(
    text: str, since: str | None, until: str | None
) -> None:
    assert parse_query(text) == Query(since=since, until=until)


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("use.recorded", 1, "field:value"),
        ("type:use.recorded hello", 19, "field:value"),
        ("type：use.recorded", 1, "field:value"),
        ("--type:use.recorded", 2, "no field"),
        ("kind:use", 1, "there are type"),
        ("Type:use.recorded", 1, "no field"),
        (":x", 1, "no field"),
        ("type:", 6, "closed list"),
        ("type:used", 6, "closed list"),
        ("-type:used", 7, "closed list"),
        ("item:I-1", 6, "a ref"),
        ("item:GA/I-1/x", 6, "a ref"),
        ("department:..", 12, "a department id"),
        ("official:li,zhang", 10, "an id"),
        ("subject:AB", 9, "64 hex digits"),
        ("voice:loud", 7, "attested, signed"),
        ("family:x", 8, "one of"),
        ("after:yesterday", 7, "a date"),
        ("after:2026-02-30", 7, "a date"),
        ("after:2026-11-01T08:00", 7, "a date"),
        ("after:20261101", 7, "a date"),
        ("before:٢٠٢٦-١١-٠١", 8, "a date"),
        ("before:9999-12-31T23:59-23:59", 8, "a date"),
        ("-after:2026-11-01", 1, "not turned round"),
        ("finding:F10", 9, "a ref"),
        ('item:"GA/I-1', 6, "a quote"),
        ('item:GA"/I-1', 8, "a quote"),
        ('item:"GA/I-1"x', 14, "field:value"),
        ('item:"GA\nx"', 6, "a ref"),
    ],
)
def test_what_cannot_be_read_is_refused_where_it_stands(
    text: str, position: int, says: str
) -> None:
    with pytest.raises(QueryError) as refused:
        parse_query(text)
    assert (refused.value.position, says in refused.value.en) == (position, True), refused.value.en
    assert str(position) in refused.value.zh


def test_a_search_has_its_limits() -> None:
    with pytest.raises(QueryError):
        parse_query("x" * (MAX_LENGTH + 1))
    parse_query("voice:signed " * MAX_FILTERS)
    with pytest.raises(QueryError):
        parse_query("voice:signed " * (MAX_FILTERS + 1))


def test_a_digest_stands_for_what_is_asked_and_not_how() -> None:
    one = parse_query("type:use.recorded -official:li after:2026-11-01")
    same = parse_query('-official:"li"  after:2026-10-31T16:00Z type:zelian.use.recorded.v1')
    assert one.digest == same.digest
    others = ["", "type:use.recorded", "-type:use.recorded", "after:2026-11-01"]
    assert len({parse_query(text).digest for text in [*others, "before:2026-11-01"]}) == 5


def test_every_field_of_the_language_is_there() -> None:
    wanted = "type department official item grant act matter purpose subject after before"
    assert set(wanted.split()) <= set(FIELDS)
