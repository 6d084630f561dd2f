"""A use is told to want feedback, or to be late with it, exactly as its obligation is."""

import pytest

from ledger.sharing.machine import Body, fold
from ledger.sharing.uses import USE
from ledger.supervision.use_state import feedback_ref, use_state
from tests.unit.supervision.clock_story import Clocks, stories, time_of

USED = "MZ/U-1"


def told(title: str) -> tuple[Body, Body]:
    """The use of a story of clock O5, and what is owed of it."""
    story = next(one for one in stories("o5_feedback") if title in one.title)
    clocks = Clocks(story).tell(story.said)
    use, _ = fold(USE, USED, [one for one in story.said if one.type == "use.recorded"][:1])
    owed = clocks.obligation(feedback_ref(use))
    assert owed is not None
    return use, owed


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("2026-03-02_12:00", "feedback_due"),
        ("2026-03-06_12:00", "feedback_due"),  # due soon is due
        ("2026-03-08_12:00", "feedback_due"),  # five days are over on a Saturday that is not worked
        ("2026-03-10_00:00", "overdue"),
        ("2026-03-10_09:00", "overdue"),
    ],
)
def test_it_is_due_to_the_end_of_the_day_that_the_clock_says(at: str, state: str) -> None:
    use, owed = told("withdrawn was none")
    assert use_state(use, owed, time_of(at), 10**6, {3}) == state


def test_what_nobody_agreed_on_is_due_by_policy() -> None:
    use, owed = told("where the grant says none")
    assert use_state(use, owed, time_of("2026-06-01_12:00"), 10**6) == "feedback_due"
    assert use_state(use, owed, time_of("2026-06-02_00:00"), 10**6) == "overdue"


def test_what_was_fed_back_is_not_due_until_it_is_withdrawn() -> None:
    use, owed = told("withdrawn was none")
    given = use | {"state": "feedback_given"}
    assert use_state(given, owed, time_of("2026-03-04_12:00"), 10**6) == "feedback_given"
    assert use_state(given, owed, time_of("2026-03-05_12:00"), 10**6) == "feedback_due"


def test_hidden_feedback_is_not_told_of() -> None:
    use, owed = told("within the days")
    at = time_of("2026-03-09_12:00")
    assert use_state(use, owed, at, 10**6) == "recorded"
    assert use_state(use, owed, at, 10**6, {4}) == "feedback_due"


def test_a_use_that_owes_nothing_is_what_was_said_of_it() -> None:
    use, owed = told("within the days")
    late = time_of("2026-12-01_12:00")
    assert use_state(use, None, late, 10**6) == "recorded"
    assert use_state(use | {"state": "tainted"}, owed, late, 10**6, {4}) == "tainted"
    assert use_state(use, owed, late, 1) == "recorded"  # a size at which it was not owed yet
