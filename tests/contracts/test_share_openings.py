"""Things that are found by what opened them are those that are found one by one."""

from itertools import product

import pytest

from ledger.access.sight import EVERYTHING, Sight
from ledger.share_openings import openings
from ledger.sharing.touched import MACHINES
from ledger.store import posting_blocks
from ledger.store import posting_rows as asking
from ledger.store.engine import reading
from ledger.store.posting_rows import posting_rows
from ledger.store.thing_rows import thing_rows
from tests.sharing_story import share
from tests.world import GA, MZ, World

pytestmark = pytest.mark.long

SIGHTS = (
    EVERYTHING,
    Sight(None, frozenset({f"reader/{MZ}"})),
    Sight(frozenset({f"reader/{MZ}", "reader/*"})),
    Sight(frozenset({f"reader/{GA}"}), frozenset({"type/use.recorded"})),
    Sight(frozenset({"reader/none"})),
)
DEPARTMENTS = (None, GA, MZ, "registrar", "none")


@pytest.fixture(params=[None, (8, 2, 0, 1)], ids=["entry by entry", "by bits"])
def told(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    if request.param is not None:
        block, dense, few, first = request.param
        monkeypatch.setattr(posting_blocks, "BLOCK", block)
        monkeypatch.setattr(posting_blocks, "DENSE", dense)
        monkeypatch.setattr(asking, "FEW", few)
        monkeypatch.setattr(asking, "FIRST", first)
    world.post(share(world))
    world.post(world.uses(12))
    world.ledger.rebuild()
    return world


def test_what_opened_them_leads_to_the_same_things(told: World) -> None:
    ledger = told.ledger
    rows, terms = thing_rows(ledger.parts.engine), posting_rows(ledger.parts.engine)
    size, found = ledger.size(), set()
    with reading(ledger.parts.projection_engine) as connection:
        for kind, department, sight in product(sorted(MACHINES), DEPARTMENTS, SIGHTS):
            seeing = ledger.shares.seeing(connection, sight)
            for below, limit in ((size, 50), (size, 2), (size - 5, 3)):
                wanted = openings(terms, connection, kind, department, seeing, below)
                if wanted is None:
                    continue
                for states in ((), ("recorded",)):
                    by_things = rows.opened(
                        connection, kind, below, seeing, limit, department, None, states
                    )
                    by_entries = rows.opened_by(connection, kind, wanted, limit, department, states)
                    assert by_entries == by_things, (kind, department, sight)
                    found |= {(kind, department) for _ in by_entries}
    # Of the owner and of the counterparty.
    assert {("use", MZ), ("use", GA), ("grant", MZ), ("grant", GA), ("request", GA)} <= found


def test_another_consumer_of_a_grant_is_its_counterparty(told: World) -> None:
    """What opened it did not name him: grants are not looked for by their parties."""
    assert told.ledger is not None
    with reading(told.ledger.parts.projection_engine) as connection:
        terms = posting_rows(told.ledger.parts.engine)
        seeing = told.ledger.shares.seeing(connection, EVERYTHING)
        [wanted] = openings(terms, connection, "grant", "none", seeing, 10**6) or []
    assert wanted.all_of == ()
