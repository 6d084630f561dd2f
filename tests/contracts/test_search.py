"""Search and chains are the same on every store, and while another writes."""

from ledger.access.sight import EVERYTHING, Sight
from ledger.errors import NotFound
from ledger.projections.query import parse_query
from tests.world import GA, MZ, World

MINE = Sight(frozenset({f"reader/{MZ}", "reader/*"}))


def fill(world: World) -> None:
    for number in range(6):
        world.submit(world.delivery(number), world.li)
        world.submit(world.use(number, act=f"A-{number % 2}"), world.zhang)
    world.submit(
        world.event(
            GA,
            "statement.countersigned",
            f"department/{GA}",
            {"parents": ["00" * 32], "decision": "agree"},
        ),
        world.ga_system,
    )
    world.ledger.catch_up()


def find(world: World, sight: Sight, text: str, limit: int = 100) -> list[int]:
    """Every page of a search."""
    look_up, size, found = world.ledger.look_up, world.ledger.size(), []
    while page := look_up.find(sight, parse_query(text), size, found[-1] if found else None, limit):
        found += page
    return found


def test_search_in_a_sight_on_each_store(world: World) -> None:
    fill(world)
    size = world.ledger.size()
    assert find(world, EVERYTHING, "", 3) == list(range(size))[::-1]
    assert find(world, MINE, "", 4) == list(range(size - 1))[::-1]
    assert find(world, MINE, f"act:{MZ}/A-1") == [size - 2, size - 6, size - 10]
    assert find(world, MINE, f"act:{MZ}/A-1 -use:{MZ}/U-3", 1) == [size - 2, size - 10]
    assert find(world, MINE, "type:statement.countersigned") == []
    assert find(world, EVERYTHING, "type:statement.countersigned") == [size - 1]
    assert find(world, Sight(frozenset({"reader/nobody"})), "") == []
    assert find(world, Sight(frozenset()), "") == []


def test_times_cut_the_log(world: World) -> None:
    fill(world)
    before = world.ledger.size()
    world.clock.turn(86_400_000)
    later = world.submit(world.use(99), world.zhang).index
    world.ledger.catch_up()
    assert find(world, EVERYTHING, "after:2026-11-02") == [later]
    assert find(world, EVERYTHING, "before:2026-11-02") == list(range(before))[::-1]
    assert find(world, EVERYTHING, "after:2026-11-03 before:2026-11-02") == []


def chain_of(world: World, sight: Sight, name: str) -> list[int] | None:
    try:
        page = world.ledger.look_up.chain(sight, name, world.ledger.size(), 0, 100)
    except NotFound:
        return None
    assert page.length == len(page.links)
    assert [link.seq for _, link in page.links] == list(range(page.length))
    return [index for index, _ in page.links]


def test_a_chain_is_shown_whole_or_not_at_all(world: World) -> None:
    fill(world)
    everything = [
        chain_of(world, EVERYTHING, name) for name in (f"department/{GA}", f"item/{GA}/I-1")
    ]
    assert all(everything)
    assert chain_of(world, MINE, f"act/{MZ}/A-1")
    assert chain_of(world, MINE, f"department/{MZ}")
    assert chain_of(world, MINE, "official/zhang")
    assert chain_of(world, MINE, f"registry/{GA}")
    for name in (f"item/{GA}/I-1", f"department/{GA}", "official/li", f"act/{MZ}/never"):
        assert chain_of(world, MINE, name) is None
    scope = Sight(frozenset({f"item/{GA}/I-1"}))
    assert chain_of(world, scope, f"item/{GA}/I-1") == everything[1]
    closed = Sight(scope.any_of, frozenset({"voice/signed"}))
    assert chain_of(world, closed, f"item/{GA}/I-1") is None


def test_a_chain_stays_whole_where_a_statement_is_forgotten(world: World) -> None:
    fill(world)
    before = chain_of(world, MINE, f"act/{MZ}/A-1")
    world.ledger.parts.runner.forget([before[1]])
    assert chain_of(world, MINE, f"act/{MZ}/A-1") == before
    assert before[1] not in find(world, EVERYTHING, "")
    assert before[1] not in find(world, EVERYTHING, f"act:{MZ}/A-1")


def test_what_is_waited_for_is_projected_in_the_background(world: World) -> None:
    """In a burst too, when by itself it would rest."""
    world.close()
    world.open(background=True)
    for number in range(20):
        world.submit(world.use(number), world.zhang)
        assert world.ledger.look_up.wait_for(world.ledger.size()) == world.ledger.size()
    assert len(find(world, MINE, "type:use.recorded")) == 20
