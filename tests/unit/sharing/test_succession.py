"""Who answers today: successions by function, followed to their end."""

from typing import Any

import pytest

from ledger.sharing.succession import Answerable, Succession, answerable, fold, stands_for

T = "2026-{:02d}-01T00:00:00.000Z"
LATE = "2030-01-01T00:00:00.000Z"


def told(*said: tuple[int, str, list[str], list[str], dict[str, Any]]) -> tuple[Succession, ...]:
    """Each: month of effect, kind, before, after, functions as {"A:M-1": "B"}."""
    events = []
    for index, (month, kind, before, after, functions) in enumerate(said):
        moves = [
            {"from": key.split(":")[0], "matter_code": key.split(":")[1]}
            | ({"to": to} if to else {})
            for key, to in functions.items()
        ]
        data = {
            "kind": kind, "predecessors": before, "successors": after, "function_map": moves,
            "effective": T.format(month), "abolished_by": "ZF",
        }  # fmt: skip
        events.append((index, T.format(1), {"data": data}))
    return fold(events)


def who(successions: Any, department: str, code: str | None = None, at: str = LATE) -> Any:
    return answerable(successions, department, code, at).department


def test_without_a_succession_everybody_answers_for_himself() -> None:
    assert answerable((), "A", "M-1", LATE) == Answerable("A", None, (), ())


@pytest.mark.parametrize("kind", ["merge", "rename", "abolish"])
def test_the_only_successor_goes_on_with_all_of_it(kind: str) -> None:
    known = told((3, kind, ["A"], ["B"], {}))
    assert who(known, "A") == who(known, "A", "M-1") == "B"
    assert who(known, "C") == "C"


def test_a_split_goes_by_function() -> None:
    known = told((3, "split", ["A"], ["B", "C"], {"A:M-1": "B", "A:M-2": "C", "A:M-3": None}))
    assert who(known, "A", "M-1") == "B"
    assert who(known, "A", "M-2") == "C"
    assert answerable(known, "A", "M-3", LATE) == Answerable(None, "ZF", ("B", "C"), (0,))
    assert answerable(known, "A", None, LATE).among == ("B", "C")


def test_a_transfer_moves_what_it_names_and_nothing_else() -> None:
    known = told((3, "transfer", ["A"], ["B"], {"A:M-1": "B"}))
    assert who(known, "A", "M-1") == "B"
    assert who(known, "A", "M-2") == who(known, "A") == "A"


def test_who_is_abolished_without_a_successor_leaves_it_to_who_abolished_it() -> None:
    known = told((3, "abolish", ["A"], [], {}))
    assert answerable(known, "A", None, LATE) == Answerable(None, "ZF", (), (0,))


def test_a_chain_is_followed_to_its_end_as_of_a_time() -> None:
    known = told(
        (3, "rename", ["A"], ["B"], {}),
        (5, "split", ["B"], ["C", "D"], {"B:M-1": "C", "B:M-2": "D"}),
        (7, "merge", ["C", "E"], ["F"], {}),
    )
    assert [who(known, "A", "M-1", T.format(month)) for month in (2, 3, 5, 7)] == list("ABCF")
    assert answerable(known, "A", "M-1", LATE).by == (0, 1, 2)


def test_what_is_recorded_late_counts_from_then_on() -> None:
    event = {"data": {
        "kind": "rename", "predecessors": ["A"], "successors": ["B"], "function_map": [],
        "effective": T.format(3),
    }}  # fmt: skip
    known = fold([(0, T.format(6), event)])
    assert who(known, "A", at=T.format(5)) == "A"
    assert who(known, "A", at=T.format(6)) == "B"


def test_a_circle_ends() -> None:
    known = told((3, "rename", ["A"], ["B"], {}), (5, "rename", ["B"], ["A"], {}))
    assert who(known, "A") == who(known, "B") == "A"
    assert who(known, "A", at=T.format(4)) == "B"
    at_once = told((3, "rename", ["A"], ["B"], {}), (3, "rename", ["B"], ["A"], {}))
    assert who(at_once, "A") == who(at_once, "B") == "A"


def test_one_stands_for_those_in_whose_place_one_answers() -> None:
    known = told((3, "split", ["A"], ["B", "C"], {"A:M-1": "B"}), (5, "rename", ["B"], ["D"], {}))
    assert stands_for(known, "D", LATE) == {"A", "B", "D"}
    assert stands_for(known, "A", LATE) == {"A"}
    assert stands_for(known, "D", T.format(2)) == {"D"}
