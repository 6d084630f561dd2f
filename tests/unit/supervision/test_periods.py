"""When periods end; what is taken by analogy is marked."""

import pytest

from ledger.builtin_packs import built_in
from ledger.supervision.calendar import MissingCalendar
from ledger.supervision.periods import day_of, end_of, end_of_day, start_of_day

# start, value, unit, the day of its end in China or its T, whether it is an interpretation
CASES = """
2026-03-02T01:00:00.000Z   1 working_days 2026-03-03 no
2026-03-02T15:59:59.999Z   1 working_days 2026-03-03 no
2026-03-02T16:00:00.000Z   1 working_days 2026-03-04 no
2026-09-24T01:00:00.000Z  10 working_days 2026-10-15 no
2026-03-02T01:00:00.000Z  10 days         2026-03-12 yes
2026-03-02T01:00:00.000Z   5 days         2026-03-09 yes
2026-09-21T01:00:00.000Z   5 days         2026-09-28 yes
2026-09-21T01:00:00.000Z  10 days         2026-10-08 yes
2026-05-02T01:00:00.000Z   7 days         2026-05-09 yes
2026-01-31T01:00:00.000Z   1 months       2026-02-28 yes
2025-11-30T01:00:00.000Z   3 months       2026-02-28 yes
2026-01-15T01:00:00.000Z   2 months       2026-03-16 yes
2025-10-14T01:00:00.000Z   1 years        2026-10-14 yes
2026-03-02T01:00:00.000Z  24 hours        2026-03-03T01:00:00.000Z no
2026-09-30T23:30:00.000Z  90 minutes      2026-10-01T01:00:00.000Z no
2026-10-01T01:00:00.000Z  48 hours        2026-10-03T01:00:00.000Z no
""".strip().splitlines()


@pytest.mark.parametrize("line", CASES)
def test_a_period_ends(line: str) -> None:
    start, value, unit, want, analogy = line.split()
    end = end_of(start, int(value), unit, built_in().calendar)
    assert (end.at if "T" in want else str(day_of(end.at))) == want
    assert end.interpretation == (analogy == "yes")
    if "T" not in want:
        assert end.at.endswith("T15:59:59.999Z")


def test_a_day_in_china_lies_eight_hours_ahead() -> None:
    day = day_of("2026-03-02T16:00:00.000Z")
    assert str(day) == "2026-03-03"
    assert start_of_day(day) == "2026-03-02T16:00:00.000Z"
    assert end_of_day(day) == "2026-03-03T15:59:59.999Z"


@pytest.mark.parametrize(("value", "unit"), [(0, "working_days"), (-1, "days"), (3, "count")])
def test_what_has_no_length_is_no_period(value: int, unit: str) -> None:
    with pytest.raises(ValueError, match="no period"):
        end_of("2026-03-02T01:00:00.000Z", value, unit, built_in().calendar)


@pytest.mark.parametrize("unit", ["working_days", "days", "months"])
def test_a_missing_year_is_never_guessed(unit: str) -> None:
    with pytest.raises(MissingCalendar):
        end_of("2026-12-30T01:00:00.000Z", 5, unit, built_in().calendar)
