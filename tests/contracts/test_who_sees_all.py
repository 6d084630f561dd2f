"""Which terms open all that was said of a thing: those that each statement about it has."""

from functools import reduce

import pytest
import sqlalchemy as sa

from ledger.access.terms import opening, terms_of
from ledger.store.engine import open_projection_engine, reading, writing
from ledger.store.tables import projection_metadata, thing_steps, things
from tests.contracts.test_projections import dump
from tests.sharing_story import GRANT, share
from tests.world import World


def seen_by(world: World) -> dict[str, frozenset[str]]:
    with reading(world.ledger.parts.projection_engine) as connection:
        rows = connection.execute(sa.select(things.c.thing, things.c.seen_by))
        return {thing: frozenset(terms.split()) for thing, terms in rows}


def recounted(world: World) -> dict[str, frozenset[str]]:
    """The same, from the statements that touched each thing."""
    ledger = world.ledger
    registry = ledger.parts.judge.registry
    found: dict[str, list[frozenset[str]]] = {}
    with reading(ledger.parts.projection_engine) as connection:
        for thing, index in connection.execute(
            sa.select(thing_steps.c.thing, thing_steps.c["index"])
        ):
            terms = terms_of(ledger.entry(index).event, registry, index)
            found.setdefault(thing, []).append(opening(terms))
    return {thing: reduce(frozenset.intersection, terms) for thing, terms in found.items()}


@pytest.mark.parametrize("at_once", [True, False])
def test_they_are_those_that_every_statement_has(world: World, at_once: bool) -> None:
    for raw in share(world):
        world.ledger.submit(raw)
        if not at_once:
            world.ledger.catch_up()
    world.ledger.catch_up()
    assert seen_by(world) == recounted(world)
    assert "reader/GA" in seen_by(world)[f"grant/{GRANT}"]
    assert any("reader/MZ" not in terms for terms in seen_by(world).values())


def test_what_is_forgotten_narrows_them_no_longer(world: World) -> None:
    indexes = [world.ledger.submit(raw).index for raw in share(world)]
    world.ledger.catch_up()
    for index in (indexes[0], indexes[4]):
        world.ledger.parts.runner.forget([index])
        assert seen_by(world) == recounted(world)


def test_tables_with_other_columns_are_made_anew(world: World) -> None:
    """And what another program's version left in those that stay is replayed."""
    world.post(world.uses(5))
    world.ledger.catch_up()
    before, engine = dump(world), world.ledger.parts.projection_engine
    with writing(engine) as connection:
        connection.execute(sa.text("DROP TABLE things"))
        connection.execute(sa.text("CREATE TABLE things (thing VARCHAR(256) PRIMARY KEY)"))
        heads = projection_metadata.tables["projection_heads"]
        connection.execute(
            sa.update(heads).where(heads.c.projection == "things.v4").values(projection="things.v2")
        )
    open_projection_engine(world.ledger.parts.engine, world.settings.home)
    world.ledger.catch_up()
    after = dump(world)
    after["projection_heads"].remove(("things.v2", world.ledger.size()))
    assert after == before
