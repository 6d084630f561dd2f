"""Matching by time holds as many as can be held: against a search that tries everything."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.reconciliation.matching import Call, match
from tests.unit.reconciliation.exchanged import GRANT, ITEM, START, book, told

TIMES = st.lists(st.integers(0, 12), max_size=6)


def calls_at(times: list[int]) -> list[Call]:
    return [
        Call("GA", "MZ", ITEM, GRANT, dict.fromkeys(("provider", "consumer"), START + at),
             frozenset({f"r-{n}"}), f"r-{n}", "", "")
        for n, at in enumerate(times)
    ]  # fmt: skip


def most(calls: list[int], uses: list[int], tolerance: int) -> int:
    """How many pairs there can be at most, by augmenting paths."""
    owner: dict[int, int] = {}

    def place(call: int, tried: set[int]) -> bool:
        for use, at in enumerate(uses):
            if use not in tried and abs(at - calls[call]) <= tolerance:
                tried.add(use)
                if use not in owner or place(owner[use], tried):
                    owner[use] = call
                    return True
        return False

    return sum(place(call, set()) for call in range(len(calls)))


@settings(max_examples=300, deadline=None)
@given(TIMES, TIMES, st.integers(0, 4))
def test_as_many_as_can_be(calls: list[int], uses: list[int], tolerance: int) -> None:
    entries = [told("use.recorded", n, START + at) for n, at in enumerate(uses)]
    found = match(calls_at(calls), book(*entries).uses, "consumer", tolerance)
    assert len(found.of_call) == most(calls, uses, tolerance)
    taken = [one.index for one in found.of_call.values()]
    assert len(set(taken)) == len(taken)
    assert sorted([*taken, *(one.index for one in found.rest)]) == list(range(len(uses)))
    for at, one in found.of_call.items():
        assert abs(START + calls[at] - one.at) <= tolerance
