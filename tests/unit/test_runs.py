"""Entries that lie near one another are read together."""

import pytest

from ledger.look_up import NEAR, runs


@pytest.mark.parametrize(
    ("indexes", "spans"),
    [
        ([], []),
        ([0], [(0, 1)]),
        ([5, 3], [(3, 6)]),
        ([0, NEAR], [(0, NEAR + 1)]),
        ([0, NEAR + 1], [(0, 1), (NEAR + 1, NEAR + 2)]),
        ([90, 2, 1, 50, 51], [(1, 3), (50, 52), (90, 91)]),
    ],
)
def test_runs_hold_what_is_wanted(indexes: list[int], spans: list[tuple[int, int]]) -> None:
    assert list(runs(indexes)) == spans
