"""A round of searches finds exactly what a filter over all entries finds for each, together."""

from random import Random

import pytest

from ledger.access.sight import EVERYTHING, Sight, visible
from ledger.access.terms import terms_of
from ledger.frontier import Frontier
from ledger.responsibility.reach import Search
from ledger.store import frontier_rows
from ledger.store.engine import reading, writing
from ledger.store.supervision_rows import PLACES, FindingRow, supervision_rows
from tests.world import GA, MZ, World

ROUNDS = 60


def told(world: World) -> list[frozenset[str]]:
    """Tell some shares; return the terms of each entry."""
    for number in range(4):
        world.submit(world.delivery(number), world.li)
        world.submit(world.use(number, act=f"A-{number % 2}"), world.zhang)
        world.submit(world.use(100 + number, act="A-9"), world.zhang)
    ledger = world.ledger
    assert ledger is not None
    ledger.catch_up()
    registry = ledger.parts.judge.registry
    return [terms_of(ledger.entry(n).event, registry, n) for n in range(ledger.size())]


def expected(entries: list[frozenset[str]], search: Search, sight: Sight, as_of: int) -> set[int]:
    high = as_of if search.below is None else min(search.below, as_of)
    found = [
        index
        for index, terms in enumerate(entries[:high])
        if terms.issuperset(search.terms) and visible(sight, terms)
    ]
    return set(found[-1:] if search.newest else found)


def drawn(random: Random, names: list[str], entries: list[frozenset[str]]) -> Search:
    """A search of some of the terms of an entry, and now and then of one that it has not."""
    terms = random.sample(sorted(random.choice(entries)), random.choice((1, 2, 3)))
    if random.random() < 0.2:
        terms.append(random.choice(names))
    below = random.choice((None, random.randrange(len(entries) + 2)))
    return Search(tuple(sorted(set(terms))), random.random() < 0.4, below)


def test_a_round_of_searches_is_a_filter_over_all_entries(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frontier_rows, "ROUND", 3)  # a round takes more than one query
    entries, random = told(world), Random(809)
    names = [*sorted(frozenset().union(*entries)), "item/GA/none", "reader/none"]
    some = 0
    assert world.ledger is not None
    with reading(world.ledger.parts.projection_engine) as connection:
        for _ in range(ROUNDS):
            any_of = random.choice((None, frozenset(random.sample(names, random.randrange(5)))))
            sight = Sight(any_of, frozenset(random.sample(names, random.choice((0, 0, 1)))))
            as_of = random.randrange(len(entries) + 1)
            asked = [drawn(random, names, entries) for _ in range(random.randrange(8))]
            found = Frontier(connection, as_of).found(asked, sight, len(entries))
            assert found == set().union(*(expected(entries, one, sight, as_of) for one in asked))
            some += len(found)
    assert some > ROUNDS


def test_one_department_does_not_find_what_another_alone_may_read(world: World) -> None:
    told(world)
    assert world.ledger is not None
    with reading(world.ledger.parts.projection_engine) as connection:
        frontier = Frontier(connection, world.ledger.size())
        uses = [Search(("type/use.recorded",))]
        every = frontier.found(uses, EVERYTHING, 100)
        assert frontier.found(uses, Sight(frozenset({f"reader/{MZ}"})), 100) == every != set()
        assert frontier.found(uses, Sight(frozenset({"reader/TY"})), 100) == set()
        assert frontier.found(uses, Sight(None, frozenset({f"reader/{GA}"})), 100) == set()


def test_no_more_are_found_than_are_asked_for(world: World) -> None:
    told(world)
    assert world.ledger is not None
    with reading(world.ledger.parts.projection_engine) as connection:
        frontier = Frontier(connection, world.ledger.size())
        uses = [Search(("type/use.recorded",)), Search((f"department/{MZ}",))]
        assert len(frontier.found(uses, EVERYTHING, 3)) == 3


def test_the_findings_of_some_entries_are_told_from_those_of_others(world: World) -> None:
    assert world.ledger is not None
    engine = world.ledger.parts.projection_engine
    with writing(engine) as connection:
        supervision_rows(engine).put_findings(
            connection,
            [_finding(7, 1), _finding(7, PLACES - 1), _finding(9, PLACES - 1), _finding(12, 1)],
        )
    with reading(engine) as connection:
        found = Frontier(connection, 100).findings(range(6, 12))
        assert sorted(found) == [7_001, 7_999, 9_999]
        assert Frontier(connection, 100).findings([]) == set()


def _finding(entry: int, number: int) -> FindingRow:
    place = entry * PLACES + number
    return FindingRow(
        f"{MZ}/R01-{place}", "R01", entry, place, MZ, "raised", "minor", "rule", "", "{}"
    )
