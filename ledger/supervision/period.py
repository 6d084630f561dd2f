"""Periods of a report, in China's time: a year, a half, a quarter or a month."""

import re
from dataclasses import dataclass
from datetime import date

from ledger.events.wording import Wording
from ledger.supervision.periods import add_months, start_of_day

_NAME = re.compile(
    r"(?P<year>[12][0-9]{3})(?:-(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?\Z"
)
FORMS = "2026, 2026-H1, 2026-Q4, 2026-11"


@dataclass(frozen=True, slots=True)
class Period:
    """Times ``since <= T < until``."""

    name: str
    since: str
    until: str
    label: Wording


def period_of(name: str) -> Period:
    """Return the period that *name* stands for; raise ValueError where it stands for none."""
    found = _NAME.match(name)
    if found is None or not 1970 <= int(found["year"]) <= 9998:
        raise ValueError(f"no period is called {name!r}: write it as one of {FORMS}")
    year = int(found["year"])
    first, months, label = _part(year, found)
    begins = date(year, first, 1)
    return Period(name, start_of_day(begins), start_of_day(add_months(begins, months)), label)


def _part(year: int, found: re.Match[str]) -> tuple[int, int, Wording]:
    """Return the first month, how many there are, and what people call them."""
    if found["half"]:
        half = int(found["half"])
        name = "上" if half == 1 else "下"
        return 6 * half - 5, 6, Wording(f"half {half} of {year}", f"{year}年{name}半年")
    if found["quarter"]:
        quarter = int(found["quarter"])
        label = Wording(f"quarter {quarter} of {year}", f"{year}年第{'一二三四'[quarter - 1]}季度")
        return 3 * quarter - 2, 3, label
    if found["month"]:
        month = int(found["month"])
        return month, 1, Wording(f"month {month} of {year}", f"{year}年{month}月")
    return 1, 12, Wording(f"the year {year}", f"{year}年")
