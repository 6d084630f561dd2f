"""Periods of a report: their names, and the times that they begin and end at in China."""

import pytest

from ledger.supervision.period import period_of


@pytest.mark.parametrize(
    ("name", "since", "until", "zh"),
    [
        ("2026", "2025-12-31", "2026-12-31", "2026年"),
        ("2026-H1", "2025-12-31", "2026-06-30", "2026年上半年"),
        ("2026-H2", "2026-06-30", "2026-12-31", "2026年下半年"),
        ("2026-Q1", "2025-12-31", "2026-03-31", "2026年第一季度"),
        ("2026-Q4", "2026-09-30", "2026-12-31", "2026年第四季度"),
        ("2024-02", "2024-01-31", "2024-02-29", "2024年2月"),
        ("2026-12", "2026-11-30", "2026-12-31", "2026年12月"),
    ],
)
def test_a_period_runs_between_two_midnights_in_china(
    name: str, since: str, until: str, zh: str
) -> None:
    period = period_of(name)
    assert (period.since, period.until) == (f"{since}T16:00:00.000Z", f"{until}T16:00:00.000Z")
    assert period.label.zh == zh


@pytest.mark.parametrize(
    "name",
    [
        "",
        "26",
        "2026-Q5",
        "2026-H0",
        "2026-13",
        "2026-00",
        "2026-1",
        "2026 ",
        "2026\n",
        "9999",
        "1969",
    ],
)
def test_anything_else_is_no_period(name: str) -> None:
    with pytest.raises(ValueError, match="write it as one of"):
        period_of(name)
