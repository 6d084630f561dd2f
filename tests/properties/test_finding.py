"""Search finds exactly what a filter over all entries finds, for any query and any sight."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.header import parse_header
from ledger.access.sight import Sight, visible
from ledger.access.terms import terms_of
from ledger.projections.query import Query
from ledger.projections.search import Search
from ledger.settings import Settings
from ledger.store import posting_blocks
from ledger.store import posting_rows as posting_rows_module
from ledger.store.posting_rows import posting_rows
from tests.world import GA, World

Entries = list[tuple[frozenset[str], str]]  # terms and time of each, by index


@pytest.fixture(scope="module", params=[None, (8, 2, 0, 1), (16, 1, 3, 4), (8, 9, 0, 1)], ids=str)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A ledger that is asked entry by entry, and others by bits: of most terms, all and none."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param is not None:
            block, dense, few, first = request.param
            patch.setattr(posting_blocks, "BLOCK", block)
            patch.setattr(posting_blocks, "DENSE", dense)
            patch.setattr(posting_rows_module, "FEW", few)
            patch.setattr(posting_rows_module, "FIRST", first)
        yield from _world(tmp_path_factory)


def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("search") / "home"
    made = World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)).begin()
    for number in range(8):
        made.submit(made.delivery(number), made.li)
        made.submit(made.use(number, act=f"A-{number % 3}"), made.zhang)
        attested = made.use(100 + number, act="A-9")
        del attested["tier"]
        made.submit(attested, made.mz_system)
        made.clock.turn(60_000 * number)
    made.submit(made.event(GA, "statement.countersigned", f"department/{GA}", {
        "parents": ["00" * 32], "decision": "agree",
    }), made.ga_system)  # fmt: skip
    assert made.ledger is not None
    made.ledger.catch_up()
    gone = made.submit(made.use(500, act="A-9"), made.zhang).index
    made.ledger.catch_up()
    made.ledger.parts.runner.forget([gone])
    made.gone = gone
    yield made
    made.close()


@pytest.fixture(scope="module")
def entries(world: World) -> Entries:
    assert world.ledger is not None
    registry, found = world.ledger.parts.judge.registry, []
    for index in range(world.ledger.size()):
        entry = world.ledger.entry(index)
        terms = frozenset() if index == world.gone else terms_of(entry.event, registry, index)
        found.append((terms, parse_header(entry.header).recorded_at))
    return found


@pytest.fixture(scope="module")
def search(world: World) -> Search:
    assert world.ledger is not None
    parts = world.ledger.parts
    return Search(parts.engine, parts.rows, parts.projection_engine, posting_rows(parts.engine))


def expected(entries: Entries, sight: Sight, query: Query, as_of: int) -> list[int]:
    return [
        index
        for index, (terms, time) in reversed(list(enumerate(entries[:as_of])))
        if terms  # one whose statement is gone is not found by anybody
        and visible(sight, terms)
        and query.all_of <= terms
        and query.none_of.isdisjoint(terms)
        and (query.since is None or query.since <= time)
        and (query.until is None or time < query.until)
    ]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_search_is_a_filter_over_all_entries(
    search: Search, entries: Entries, data: st.DataObject
) -> None:
    names = sorted({*frozenset().union(*(terms for terms, _ in entries)), "item/GA/none"})
    readers = [name for name in names if name.startswith(("reader/", "item/", "type/"))]
    some = st.frozensets(st.sampled_from(names), max_size=3)
    times = st.none() | st.sampled_from(sorted({time for _, time in entries}))
    any_of = st.none() | st.frozensets(st.sampled_from([*readers, "reader/none"]), max_size=4)
    query = Query(data.draw(some), data.draw(some), data.draw(times), data.draw(times))
    sight = Sight(data.draw(any_of), data.draw(some))
    as_of = data.draw(st.integers(0, len(entries)))
    limit = data.draw(st.integers(1, 7))
    found: list[int] = []
    while page := search.find(sight, query, as_of, found[-1] if found else None, limit):
        assert len(page) <= limit
        found += page
    assert found == expected(entries, sight, query, as_of)
