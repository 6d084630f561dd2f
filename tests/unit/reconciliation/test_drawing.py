"""The sample: what another needs to draw the same, and that nothing else moves it."""

import subprocess
from hashlib import sha256

import pytest

from ledger.errors import BadRequest
from ledger.reconciliation.sample import Tree, check_seed, draw, rank_of

TREE = Tree(1000, bytes(range(32)))


def test_the_method_as_it_is_told() -> None:
    """Built here from the words of the documentation, not from the code."""
    data = b"zelian/sample/1\n2026-03\n1000\n" + bytes(range(32)) + b"17"
    assert rank_of("2026-03", TREE, 17) == sha256(data).digest()
    done = subprocess.run(["sha256sum"], input=data, capture_output=True, check=True)
    assert done.stdout[:64].decode() == rank_of("2026-03", TREE, 17).hex()


def test_the_same_again_whatever_the_order_of_the_population() -> None:
    first = draw("s", TREE, range(1000), 30)
    assert draw("s", TREE, [*range(999, -1, -1), 5, 5], 30) == first
    assert len({one.index for one in first}) == 30
    assert [one.rank for one in first] == sorted(one.rank for one in first)


def test_a_larger_sample_begins_with_the_smaller() -> None:
    assert draw("s", TREE, range(1000), 50)[:10] == draw("s", TREE, range(1000), 10)


def test_seed_size_and_root_decide() -> None:
    first = [one.index for one in draw("s", TREE, range(1000), 10)]
    others = (("t", TREE), ("s", Tree(1001, TREE.root)), ("s", Tree(1000, bytes(32))))
    for seed, tree in others:
        assert [one.index for one in draw(seed, tree, range(1000), 10)] != first


def test_each_entry_keeps_its_rank_in_any_population() -> None:
    whole = [one for one in draw("s", TREE, range(1000), 1000) if one.index % 7 == 0]
    assert draw("s", TREE, range(0, 1000, 7), 1000) == whole


def test_entries_are_drawn_alike() -> None:
    """Of 200 entries 10 are drawn by each of 400 seeds: 20 times each, give or take."""
    times = [0] * 200
    for seed in range(400):
        for one in draw(f"seed-{seed}", TREE, range(200), 10):
            times[one.index] += 1
    assert min(times) >= 5
    assert max(times) <= 42


def test_a_population_smaller_than_the_sample() -> None:
    assert {one.index for one in draw("s", TREE, [3, 4], 10)} == {3, 4}
    assert draw("s", TREE, [], 10) == []


@pytest.mark.parametrize("seed", ["", "a\nb", "x" * 201, "a\x1bb"])
def test_a_seed_that_is_none(seed: str) -> None:
    with pytest.raises(BadRequest):
        check_seed(seed)


def test_a_seed_may_be_chinese() -> None:
    assert check_seed("审计一处 2026-03") == "审计一处 2026-03"
