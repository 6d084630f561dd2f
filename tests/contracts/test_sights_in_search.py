"""What a role finds is what it is shown, entry by entry: one rule, asked in two ways."""

import pytest

from ledger.access.reader import Reader, sight_of
from ledger.access.sight import visible
from ledger.access.terms import terms_of
from ledger.projections.query import Query
from tests.world import GA, MZ, World

EVERY = Query()


@pytest.mark.parametrize("department", [GA, MZ, "TY", "registrar"])
def test_a_search_for_everything_finds_what_is_visible(world: World, department: str) -> None:
    world.register("TY", "云岭省体育局")
    for number in range(3):
        world.submit(world.delivery(number), world.li)
        world.submit(world.use(number), world.zhang)
    ledger = world.ledger
    ledger.catch_up()
    registry, size = ledger.parts.judge.registry, ledger.size()
    role = "registrar" if department == "registrar" else "department"
    sight = sight_of(Reader(department, role, None, "00" * 32, ()), registry)
    shown = [
        index
        for index in reversed(range(size))
        if visible(sight, terms_of(ledger.entry(index).event, registry, index))
    ]
    assert ledger.look_up.find(sight, EVERY, size, None, size) == shown
    assert 0 < len(shown) <= size
