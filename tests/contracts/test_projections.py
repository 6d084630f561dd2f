"""Projections follow from the log alone: at once, in pieces or anew, they have the same rows."""

import pytest
import sqlalchemy as sa

from ledger.access.terms import terms_of
from ledger.projections import runner as running
from ledger.projections.postings import Postings
from ledger.store.engine import count_rows, reading, writing
from ledger.store.posting_rows import posting_rows
from ledger.store.tables import projection_metadata
from tests.world import World

Dump = dict[str, list[tuple[object, ...]]]


def dump(world: World) -> Dump:
    """Every row of every projection, as it stands."""
    with reading(world.ledger.parts.projection_engine) as connection:
        return {
            name: sorted(map(tuple, connection.execute(sa.select(table))))
            for name, table in projection_metadata.tables.items()
        }


def fill(world: World) -> None:
    for number in range(3):
        world.submit(world.delivery(number), world.li)
    world.register("TY", "云岭省体育局")
    world.post(world.uses(12))


@pytest.mark.parametrize("span", [1, 3, 7])
def test_the_same_rows_at_once_in_pieces_and_anew(
    world: World, span: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(world)
    world.ledger.catch_up()
    at_once = dump(world)
    assert len(at_once["postings"]) > 100
    monkeypatch.setattr(running, "SPAN", span)
    monkeypatch.setattr(running.Runner._step, "__defaults__", (span,))
    world.ledger.rebuild()
    assert dump(world) == at_once


def test_the_same_rows_when_projected_as_the_log_grows(world: World) -> None:
    for number in range(4):
        world.submit(world.delivery(number), world.li)
        world.ledger.catch_up()
    world.register("TY", "云岭省体育局")
    world.ledger.catch_up()
    grown = dump(world)
    world.close()
    world.open().rebuild()
    assert dump(world) == grown


def test_the_postings_of_every_entry_are_its_terms_and_its_chains(world: World) -> None:
    fill(world)
    ledger = world.ledger
    ledger.catch_up()
    rows, registry = posting_rows(ledger.parts.engine), ledger.parts.judge.registry
    for index in range(ledger.size()):
        event = ledger.entry(index).event
        with reading(ledger.parts.projection_engine) as connection:
            found = rows.terms_of(connection, index)
        chains = {name for name in found if name.startswith("chain/")}
        assert found - chains == terms_of(event, registry, index)
        assert len(chains) >= 2 or index == 0


def test_counts_are_those_of_the_postings(world: World) -> None:
    fill(world)
    world.ledger.catch_up()
    rows = dump(world)
    for number, name, count in rows["terms"]:
        assert count == len([1 for term, _ in rows["postings"] if term == number]), name


def test_what_is_forgotten_leaves_its_chains_alone(world: World) -> None:
    """As if the statement had never been there to be read."""
    index = world.submit(world.use(), world.zhang).index
    world.ledger.catch_up()
    world.ledger.parts.runner.forget([index, 10**6])
    with reading(world.ledger.parts.projection_engine) as connection:
        rows = posting_rows(world.ledger.parts.engine)
        found = rows.terms_of(connection, index)
        counted = rows.find_terms(connection, ["type/use.recorded", "reader/MZ"])
    assert found
    assert {name.partition("/")[0] for name in found} == {"chain"}
    assert "type/use.recorded" not in counted  # nothing else has it, and its name tells of it
    assert counted["reader/MZ"].entries > 0


def test_two_processes_share_the_work(world: World) -> None:
    """What one has taken in the other does not take in again."""
    fill(world)
    world.ledger.catch_up()
    before = dump(world)
    parts = world.ledger.parts
    other = running.Runner(
        parts.engine,
        parts.projection_engine,
        parts.rows,
        parts.projection_rows,
        [Postings(posting_rows(parts.engine))],
    )
    world.submit(world.use(99), world.zhang)
    other.catch_up()
    world.ledger.catch_up()
    after = dump(world)
    assert len(after["postings"]) > len(before["postings"])
    world.ledger.rebuild()
    assert dump(world) == after


def test_an_entry_without_its_statement_has_its_chains_alone(world: World) -> None:
    index = world.submit(sign_event(world), world.zhang).index
    parts = world.ledger.parts
    with writing(parts.engine) as connection:
        _let_delete(connection)
        connection.execute(sa.text(f'DELETE FROM statements WHERE "index" = {index}'))
    world.ledger.catch_up()
    with reading(parts.projection_engine) as connection:
        found = posting_rows(parts.engine).terms_of(connection, index)
    assert {name.partition("/")[0] for name in found} == {"chain"}


def sign_event(world: World) -> dict[str, object]:
    return world.use(5, act="A-5")


def _let_delete(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("ALTER TABLE statements DISABLE TRIGGER USER"))
        return
    names = connection.scalars(
        sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'statements'")
    )
    for name in list(names):
        connection.execute(sa.text(f"DROP TRIGGER {name}"))


def test_postgresql_counts_rows_once_there_are_twice_as_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its plans rest on these counts, and by itself it counts only later."""
    counted: list[int] = []
    monkeypatch.setattr(running, "COUNTED", 1)
    monkeypatch.setattr(
        running, "count_rows", lambda engine: (counted.append(1), count_rows(engine))
    )
    fill(world)
    world.ledger.catch_up()
    rows = len(dump(world)["postings"])
    world.ledger.catch_up()
    world.submit(world.delivery(50), world.li)
    world.ledger.catch_up()
    assert len(counted) == 1
    engine = world.ledger.parts.projection_engine
    if engine.dialect.name == "postgresql":
        query = "SELECT reltuples FROM pg_class WHERE relname = 'postings'"
        with reading(engine) as connection:
            assert connection.exec_driver_sql(query).scalar() == rows
