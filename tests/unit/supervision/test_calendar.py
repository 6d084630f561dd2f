"""Working days, as a person can check them line by line; the notices, day by day."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.builtin_packs import built_in
from ledger.supervision.calendar import CalendarYear, MissingCalendar, WorkCalendar, calendar_of

CASES = Path(__file__).with_name("working_days.txt").read_text("utf-8").splitlines()
LINES = [line for line in CASES if not line.startswith("#")]
PROVINCE = CalendarYear(2026, "990000", "1", frozenset({date(2026, 8, 7)}), frozenset(), 5)
CITY = CalendarYear(
    2026, "990100", "1", frozenset({date(2026, 8, 10)}), frozenset({date(2026, 8, 8)}), 6
)
OTHER_CITY = CalendarYear(2026, "990300", "1", frozenset(), frozenset({date(2026, 8, 7)}), 7)


@pytest.fixture
def calendar() -> WorkCalendar:
    return built_in().calendar.with_year(PROVINCE).with_year(CITY).with_year(OTHER_CITY)


def counted(calendar: WorkCalendar, day: str, n: str, region: str | None) -> str:
    try:
        return str(calendar.add_working_days(date.fromisoformat(day), int(n), region))
    except MissingCalendar as missing:
        return f"missing {missing.name}"
    except ValueError:
        return "refused"


@pytest.mark.parametrize("line", LINES)
def test_the_nth_working_day_after(calendar: WorkCalendar, line: str) -> None:
    place, day, n, *rest = line.split()
    want = " ".join(rest[:2]) if rest[0] == "missing" else rest[0]
    assert counted(calendar, day, n, None if place == "cn" else place) == want


def test_there_are_many_cases_and_none_twice() -> None:
    assert len({tuple(line.split()[:3]) for line in LINES}) == len(LINES) >= 60


def test_the_years_have_the_days_of_their_notices(calendar: WorkCalendar) -> None:
    for year in (2025, 2026):
        days = [date(year, 1, 1) + timedelta(n) for n in range(365)]
        assert sum(map(calendar.is_working_day, days)) == 248


def test_what_is_not_known_of_a_notice_is_said() -> None:
    first, second = (year.notice or {} for year in built_in().calendar.years)
    assert first["number"] == "国办发明电〔2024〕12号"
    assert (second["number"], second["number_verified"]) == (None, False)


def test_a_year_that_nobody_told_is_an_error_that_says_what_to_adopt() -> None:
    with pytest.raises(MissingCalendar) as missing:
        built_in().calendar.is_working_day(date(2027, 1, 4), "990000")
    assert (missing.value.year, missing.value.region) == (2027, None)
    assert "cn-2027" in missing.value.en
    assert "cn-2027" in missing.value.zh


def test_a_region_with_days_of_its_own_needs_them_every_year(calendar: WorkCalendar) -> None:
    known = calendar.with_year(CalendarYear(2027, None, "1", frozenset(), frozenset(), 7))
    assert known.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 1)
    with pytest.raises(MissingCalendar) as missing:
        known.add_working_days(date(2026, 12, 31), 1, "990100")
    assert missing.value.name == "990000-2027"


def test_an_adopted_calendar_takes_the_place_of_the_built_in_one() -> None:
    data = {"year": 2026, "version": "2", "off": ["2026-03-03"], "work": []}
    newer = built_in().calendar.with_year(calendar_of(data, 9))
    assert [one.adopted_by for one in newer.years] == [None, 9]
    assert newer.add_working_days(date(2026, 3, 2), 1) == date(2026, 3, 4)
    assert newer.is_working_day(date(2026, 10, 5))


@pytest.mark.parametrize("n", range(1, 40))
def test_counting_back_and_between_are_counting_on(n: int) -> None:
    calendar, day = built_in().calendar, date(2026, 1, 29)
    later = calendar.add_working_days(day, n)
    assert calendar.working_days_between(day, later) == n
    assert calendar.working_days_between(day, later - timedelta(1)) == n - 1
    assert calendar.sub_working_days(later, n) == day


def test_no_day_is_the_0th_before() -> None:
    with pytest.raises(ValueError, match="0 working days"):
        built_in().calendar.sub_working_days(date(2026, 3, 2), 0)


def test_the_files_are_as_a_statement_would_have_them() -> None:
    folder = Path("ledger/supervision/data/calendars")
    for file in folder.iterdir():
        data = json.loads(file.read_text("utf-8"))
        for name in ("off", "work"):
            assert data[name] == sorted(set(data[name]))
        assert set(data["off"]).isdisjoint(data["work"])
