"""When a period ends: working days, days, months, years, hours, minutes.

Working days are as decree 809 counts them. For the rest the civil code's rules for
periods are taken by analogy, which is an interpretation and is marked as one: the day
on which a period starts is not counted (art. 201), a month ends on the same day of a
later month or on that month's last (art. 202), and what would end on a day that is not
worked ends on the next that is (art. 203). Hours and minutes run from their start.

A period in days ends with the last millisecond of its last day in China (UTC+8).

Source: decree 809, articles 17, 21, 22 and 26; civil code, articles 201 to 203.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from crypto.notation import format_time, parse_time
from ledger.supervision.calendar import WorkCalendar

HOUR = 13  # so long is a T up to its hour, which tells the day in China
_EPOCH = date(1970, 1, 1)
_CHINA_MS = 8 * 3_600_000
_DAY_MS = 86_400_000
_MS = {"hours": 3_600_000, "minutes": 60_000}
# A period that would end later, or on a day that ends later, ends here.
LAST = "9999-12-31T15:59:59.999Z"
_LAST_DAY = date(9999, 12, 31)
UNITS = ("working_days", "days", "hours", "minutes", "months", "years")


@dataclass(frozen=True, slots=True)
class End:
    """The end of a period.

    Attributes:
        at: T of its last millisecond.
        interpretation: whether rules were taken by analogy to find it.
    """

    at: str
    interpretation: bool


def day_of(at: str) -> date:
    """Return the day in China on which the T *at*, or its hour, lies; the last of all at most."""
    day = date.fromisoformat(at[:10])
    # Midnight in China is 16:00 in UTC; a T is of fixed width, so its hour stands where it stands.
    return day if at[11:13] < "16" or day == _LAST_DAY else day + timedelta(days=1)


def end_of_day(day: date) -> str:
    """Return the T of the last millisecond of *day* in China."""
    return format_time(((day - _EPOCH).days + 1) * _DAY_MS - _CHINA_MS - 1)


def start_of_day(day: date) -> str:
    """Return the T at which *day* begins in China."""
    return format_time(max((day - _EPOCH).days * _DAY_MS - _CHINA_MS, 0))


def end_of(
    start: str, value: int, unit: str, calendar: WorkCalendar, region: str | None = None
) -> End:
    """Return the end of a period of *value* units that starts at the T *start*.

    Raises:
        MissingCalendar: it reaches into a year whose working days are not known.
        ValueError: the unit is none of time, or no such period has a length.
    """
    if value < 1 or unit not in UNITS:
        raise ValueError(f"{value} {unit} is no period")
    if unit in _MS:
        end_ms = parse_time(start) + value * _MS[unit]
        return End(format_time(min(end_ms, parse_time(LAST))), interpretation=False)
    return _end_of(start[:HOUR], value, unit, calendar, region)


# Nearly all that is owed begins today, and ends with it.
@lru_cache(1_000)
def _end_of(hour: str, value: int, unit: str, calendar: WorkCalendar, region: str | None) -> End:
    day = day_of(hour)
    if unit == "working_days":
        last = calendar.add_working_days(day, value, region)
        return End(end_of_day(last), interpretation=False)
    return End(end_of_day(worked_from(_later(day, value, unit), calendar, region)), True)


def worked_from(day: date, calendar: WorkCalendar, region: str | None = None) -> date:
    """Return *day*, or the next that is worked (civil code, article 203, by analogy)."""
    if calendar.is_working_day(day, region):
        return day
    return calendar.add_working_days(day, 1, region)


def add_months(day: date, months: int) -> date:
    """Return the same day *months* later, or the last of that month (civil code, article 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _later(day: date, value: int, unit: str) -> date:
    try:
        if unit == "days":
            return day + timedelta(days=value)
        return add_months(day, value * (12 if unit == "years" else 1))
    except (OverflowError, ValueError):
        return _LAST_DAY
