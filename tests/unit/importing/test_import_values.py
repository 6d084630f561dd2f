"""Cells become values by their readings; what cannot is named by line and column."""

import pytest

from cli.failures import Failure
from tests.unit.importing.sample import ROWS, sample_mapping, sample_rows

ROW = ROWS[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("E-1", "E 1", "line 2, column '编号': 'E 1' must be an id"),
        ("E-1", "", "column '编号': is empty"),
        ("A-1", "", "column '案件': is empty"),
        ("送达", "抄送", "column '环节': no activity '抄送' in the mapping"),
        ("Archive 1", "", "column '部门': is empty"),
        ("Archive 1", "x" * 65, "column '部门'"),
        ("2026-01-05 09:00:00.123456+08:00", "2026-01-05 09:00:00", "says no offset from UTC"),
        ("2026-01-05 09:00:00.123456+08:00", "2026-02-30 09:00:00Z", "column '时间'.*is no time"),
        ("2026-01-05 09:00:00.123456+08:00", "20260105T090000Z", "is no time"),
        ("2026-01-05 09:00:00.123456+08:00", "1969-12-31 23:00:00Z", "column '时间': it must be"),
        ("2026-01-05 09:00:00.123456+08:00", "0001-01-01 00:00:00+08:00", "no such year"),
        (",3,", ",3.0,", "column '份数': '3.0' is no whole number"),
        (",3,", ",03,", "is no whole number"),
        ("完成", "撤回", "column '状态': '撤回', and the mapping expects '完成' alone"),
    ],
)
def test_a_wrong_cell(old: str, new: str, words: str) -> None:
    with pytest.raises(Failure, match=words):
        sample_rows(ROW.replace(old, new))


def test_values_are_read() -> None:
    row = sample_rows(ROW).events[0]
    assert row.values == {
        "event": "E-1",
        "case": "A-1",
        "activity": "送达",
        "department": "archive-1",
        "official": "li",
        "time": "2026-01-05T01:00:00.123Z",
        "records": 3,
    }
    assert row.line == 2


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2010-10-02 09:20:39.999999+02:00", "2010-10-02T07:20:39.999Z"),
        ("2012-01-23T15:42:54Z", "2012-01-23T15:42:54.000Z"),
        ("2012-03-01 00:30:00+01:00", "2012-02-29T23:30:00.000Z"),
        ("2026-01-05 09:00:00", "2026-01-05T01:00:00.000Z"),
    ],
)
def test_times_become_utc_cut_to_milliseconds(written: str, time: str) -> None:
    mapping = sample_mapping(('column = "时间"', 'column = "时间"\noffset = "+08:00"'))
    row = ROW.replace("2026-01-05 09:00:00.123456+08:00", written)
    assert sample_rows(row, mapping=mapping).events[0].text("time") == time


def test_an_empty_cell_is_no_value_where_the_mapping_says_so() -> None:
    row = sample_rows(ROWS[3]).events[0]
    assert row.values["official"] is None
    assert row.values["records"] is None


def test_ids_lead_back_to_the_source() -> None:
    rows = sample_rows()
    assert rows.sources["department"] == {
        "archive-1": "Archive 1",
        "permits": "Permits",
        "not-stated": "未载明",
    }
    assert rows.sources["official"] == {"li": "Li", "_li": "li", "wang": "Wang"}


def test_two_values_with_one_id_are_refused() -> None:
    other = ROW.replace("Archive 1", "Not-stated")
    mapping = sample_mapping(('"未载明" = "not-stated"', '"未载明" = "not.2dstated"'))
    with pytest.raises(Failure, match=r"line 3, column '部门'.*both become the id not\.2dstated"):
        sample_rows(ROWS[4], other, mapping=mapping)


def test_an_id_stands_once_in_a_department() -> None:
    with pytest.raises(Failure, match=r"line 3, column '编号'.*stands in line 2 already"):
        sample_rows(ROW, ROWS[1].replace("E-5", "E-1"))
    assert len(sample_rows(ROW, ROWS[2].replace("E-2", "E-1")).events) == 2


def test_ignored_activities_are_counted() -> None:
    rows = sample_rows(ROW, ROWS[1].replace("送达", "归档"))
    assert (len(rows.events), rows.ignored) == (1, 1)


def test_a_field_may_be_the_same_in_every_row() -> None:
    mapping = sample_mapping(('column = "案件"', 'constant = "A-9"'))
    assert {row.text("case") for row in sample_rows(mapping=mapping).events} == {"A-9"}
