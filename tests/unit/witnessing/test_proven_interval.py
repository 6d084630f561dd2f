"""Proven intervals: a time counts once a quorum stands behind it."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.note import COSIGNATURE, format_vkey, vkey_of
from crypto.policy import Policy, parse_policy
from ledger.witnessing.interval import Interval, proven_interval
from tests.witnessing import seed

NAMES = ("a", "b", "c")


def policy(quorum: str) -> Policy:
    keys = [(name, format_vkey(vkey_of(name, COSIGNATURE, seed(name)))) for name in NAMES]
    lines = "".join(f"witness {name} {key}\n" for name, key in keys)
    return parse_policy(f"{lines}group two 2 a b c\nquorum {quorum}\n")


TWO = policy("two")


def test_both_ends() -> None:
    """Of three, the second latest that saw nothing, and the second earliest that saw it."""
    without = {"a": 10, "b": 20, "c": 30}
    with_it = {"a": 45, "b": 40, "c": 90}
    assert proven_interval(TWO, without, with_it) == Interval(20, 45)
    assert proven_interval(policy("c"), without, with_it) == Interval(30, 90)


@pytest.mark.parametrize("who", [(), ("a",)])
def test_below_the_quorum_nothing_is_proven(who: tuple[str, ...]) -> None:
    times = {name: 7 for name in who}
    assert proven_interval(TWO, times, times) == Interval(None, None)


def test_a_policy_that_asks_nobody_proves_nothing() -> None:
    times = dict.fromkeys(NAMES, 7)
    assert proven_interval(policy("none"), times, times) == Interval(None, None)


times = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 5))


@given(times, times)
def test_it_is_the_tightest_that_a_quorum_backs(
    without: dict[str, int], with_it: dict[str, int]
) -> None:
    """Held against every pair of witnesses."""
    pairs = [(x, y) for x, y in product(NAMES, NAMES) if x < y]
    after = [min(without[x], without[y]) for x, y in pairs if {x, y} <= set(without)]
    before = [max(with_it[x], with_it[y]) for x, y in pairs if {x, y} <= set(with_it)]
    wanted = Interval(max(after, default=None), min(before, default=None))
    assert proven_interval(TWO, without, with_it) == wanted
