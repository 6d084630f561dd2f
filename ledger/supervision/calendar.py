"""Which days are worked, and which day is the n-th working day after another.

Calendars are data: one for the whole country and a year, and one more for each
region that has days of its own. A day of a year whose calendar is not there is never
guessed: :class:`MissingCalendar` names the one that must be adopted. Once a region
has adopted a calendar of its own it needs one for every later year too, an empty one
where it has no such days: else nobody could tell "none" from "not yet known".

Days are dates in China (UTC+8). The day itself is never counted: the next is day 1.

Source: decree 809, articles 17, 21, 22 and 26; the State Council's notices of holidays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ledger.errors import LedgerError
from ledger.supervision.regions import around

_DAY = timedelta(days=1)
_SATURDAY = 5


class MissingCalendar(LedgerError):
    """The calendar of a year is not there, so that its working days are not known.

    Attributes:
        year: of the calendar that must be adopted.
        region: its division code; None: that of the whole country.
    """

    def __init__(self, year: int, region: str | None) -> None:
        self.year, self.region = year, region
        super().__init__(
            f"the working calendar {self.name} is missing: have calendar.adopted signed for it",
            f"缺少工作日历 {self.name}：请由主管部门发布（calendar.adopted）",
        )

    @property
    def name(self) -> str:
        """What the missing calendar is called, as ``cn-2027`` or ``990000-2027``."""
        return calendar_name(self.year, self.region)


def calendar_name(year: int, region: str | None) -> str:
    """Return what the calendar of a year and a region is called."""
    return f"{region or 'cn'}-{year}"


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One calendar: of a year, for the whole country or for a region's own days.

    Attributes:
        off: days without work, besides Saturdays and Sundays.
        work: days that are worked although they are a Saturday, a Sunday or off elsewhere.
        adopted_by: entry index of the statement that adopted it; None: built in, not adopted.
        notice: what it was taken from, as data: title, number, whether verified.
    """

    year: int
    region: str | None
    version: str
    off: frozenset[date]
    work: frozenset[date]
    adopted_by: int | None = None
    notice: Mapping[str, Any] | None = None


def calendar_of(data: Mapping[str, Any], adopted_by: int | None = None) -> CalendarYear:
    """Return the calendar that ``calendar.adopted`` or a built-in file holds."""
    return CalendarYear(
        data["year"],
        data.get("region"),
        data["version"],
        frozenset(map(date.fromisoformat, data["off"])),
        frozenset(map(date.fromisoformat, data["work"])),
        adopted_by,
        data.get("notice"),
    )


class WorkCalendar:
    """The calendars that are known, and the working days that they make.

    Args:
        years: in the order in which they were adopted; a later one takes the place of an
            earlier one of the same year and region.
    """

    def __init__(self, years: Iterable[CalendarYear]) -> None:
        self._years = {(one.year, one.region): one for one in years}
        self._since: dict[str, int] = {}
        for year, region in sorted(self._years, key=lambda key: key[0]):
            if region is not None:
                self._since.setdefault(region, year)
        self._layers: dict[tuple[int, str | None], tuple[CalendarYear, ...]] = {}

    @property
    def years(self) -> tuple[CalendarYear, ...]:
        """The calendars in force, by year, the country's before those of regions."""
        return tuple(self._years[key] for key in sorted(self._years, key=_order))

    def with_year(self, year: CalendarYear) -> "WorkCalendar":
        """Return this calendar with one more, which was adopted after all others."""
        return WorkCalendar([*self._years.values(), year])

    def is_working_day(self, day: date, region: str | None = None) -> bool:
        """Whether *day* is worked in the division *region*.

        Raises:
            MissingCalendar: nobody has said for that year.
        """
        for calendar in self._layers_of(day.year, region):
            if day in calendar.work:
                return True
            if day in calendar.off:
                return False
        return day.weekday() < _SATURDAY

    def add_working_days(self, day: date, n: int, region: str | None = None) -> date:
        """Return the *n*-th working day after *day*, at least the first.

        Raises:
            MissingCalendar: a day of a year is reached of which nobody has said.
            ValueError: *n* is less than 1.
        """
        if n < 1:
            raise ValueError(f"{n} working days after a day are no day after it")
        while n:
            if day == date.max:
                raise MissingCalendar(day.year + 1, None)
            day += _DAY
            n -= self.is_working_day(day, region)
        return day

    def sub_working_days(self, day: date, n: int, region: str | None = None) -> date:
        """Return the *n*-th working day before *day*; raise as :meth:`add_working_days`."""
        if n < 1:
            raise ValueError(f"{n} working days before a day are no day before it")
        while n:
            day -= _DAY
            n -= self.is_working_day(day, region)
        return day

    def working_days_between(self, after: date, until: date, region: str | None = None) -> int:
        """Return how many working days lie after *after*, up to *until* and with it."""
        days = (until - after).days
        return sum(self.is_working_day(after + n * _DAY, region) for n in range(1, days + 1))

    def _layers_of(self, year: int, region: str | None) -> tuple[CalendarYear, ...]:
        """Return the calendars that tell of a year, the innermost division's first."""
        key = (year, region)
        if key not in self._layers:
            self._layers[key] = (*self._needed(year, region),)[::-1]
        return self._layers[key]

    def _needed(self, year: int, region: str | None) -> Iterable[CalendarYear]:
        for code in reversed(around(region)):
            known = self._years.get((year, code))
            if known is not None:
                yield known
            elif code is None or self._since.get(code, year) < year:
                raise MissingCalendar(year, code)


def _order(key: tuple[int, str | None]) -> tuple[int, str]:
    return key[0], key[1] or ""
