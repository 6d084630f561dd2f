"""How the projecting thread rests: long in a burst, not while it drains, not for whom waits."""

import time

import pytest

from ledger.projections import runner as running
from ledger.projections.runner import REST, Runner
from tests.world import World

WORKED_S = 0.02


@pytest.fixture
def runner(sqlite_world: World) -> Runner:
    assert sqlite_world.ledger is not None
    made = sqlite_world.ledger.parts.runner
    made._look()  # the cast was registered this moment
    return made


def rested(runner: Runner, behind: bool) -> float:
    began = time.monotonic()
    runner._pause(WORKED_S, behind)
    return time.monotonic() - began


def test_in_a_burst_it_works_a_tenth_of_the_time(runner: Runner) -> None:
    assert rested(runner, behind=True) >= REST * WORKED_S * 0.95


def test_it_drains_without_rest_once_nothing_comes(runner: Runner) -> None:
    runner._grew_at -= running.QUIET_S
    assert rested(runner, behind=True) < WORKED_S


def test_whoever_waits_is_not_kept_waiting(runner: Runner) -> None:
    runner._hurry.set()
    assert rested(runner, behind=True) < WORKED_S


def test_a_burst_ends_while_it_rests(runner: Runner) -> None:
    runner._grew_at -= running.QUIET_S - 0.05
    assert rested(runner, behind=True) < REST * WORKED_S * 0.95


def test_hurry_ends_with_what_was_waited_for(runner: Runner, sqlite_world: World) -> None:
    """And does not last for what never comes."""
    assert sqlite_world.ledger is not None
    runner._await(sqlite_world.ledger.size() + 5, ())
    assert runner._hurry.is_set()
    while runner._attempt():
        pass
    assert not runner._hurry.is_set()
