"""What is wrong with the ledger itself is told by rule: by a check of it all, and as it runs."""

import pytest
import sqlalchemy as sa

from ledger.fsck import Fsck
from ledger.integrity import of_report, of_service
from ledger.store.engine import writing
from tests.world import World


@pytest.fixture
def filled(world: World) -> World:
    world.post(world.uses(20))
    world.ledger.catch_up()
    return world


def tamper(world: World, text: str, **values: object) -> None:
    """Change the database as somebody who holds it can: without its triggers."""
    with world.ledger.parts.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for (name,) in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        assert connection.execute(sa.text(text), values).rowcount != 0


def found(world: World) -> dict[str, set[int]]:
    """The rules that a check of the whole tells, with the entries they name."""
    told: dict[str, set[int]] = {}
    for one in of_report(Fsck(world.ledger.parts).run(workers=0)):
        told.setdefault(one["rule"], set()).update(one["entries"])
        assert one["label"] == {"en": "to be checked", "zh": "待核事项"}
        assert one["basis"] == "integrity"
    return told


def header(world: World, index: int) -> str:
    return world.ledger.entry(index).header.decode()


def replace_header(world: World, index: int, old: str, new: str) -> None:
    changed = header(world, index).replace(old, new, 1)
    assert changed != header(world, index)
    tamper(
        world,
        'UPDATE entries SET header = :header WHERE "index" = :index',
        header=changed.encode(),
        index=index,
    )


def test_a_sound_ledger_has_none(filled: World) -> None:
    assert found(filled) == {}
    assert of_service(filled.ledger) == []


def test_a_link_that_was_changed_breaks_the_chain(filled: World) -> None:
    size = filled.ledger.state().size
    prev = header(filled, size - 3).split('"prev":"')[-1][:64]
    replace_header(filled, size - 3, prev, "0" * 64)
    assert size - 3 in found(filled)["I1"]


def test_an_entry_that_is_gone_leaves_a_gap(filled: World) -> None:
    index = filled.ledger.state().size - 3
    tamper(filled, 'DELETE FROM entries WHERE "index" = :index', index=index)
    told = found(filled)
    assert "I2" in told or "I3" in told
    assert index in set().union(*told.values())


def test_a_root_that_is_not_the_checkpoints_does_not_agree(filled: World) -> None:
    replace_header(filled, filled.ledger.state().size - 3, '"recorded_at":"2', '"recorded_at":"3')
    assert "I3" in found(filled)


def test_a_statement_that_was_changed_fails_again(filled: World) -> None:
    index = filled.ledger.state().size - 3
    with filled.ledger.parts.engine.connect() as connection:
        query = sa.text('SELECT envelope FROM statements WHERE "index" = :index')
        envelope = bytes(connection.scalar(query, {"index": index}))
    cut = envelope.index(b'"sig":"') + 7
    other = b"A" if envelope[cut : cut + 1] != b"A" else b"B"
    tamper(
        filled,
        'UPDATE statements SET envelope = :envelope WHERE "index" = :index',
        envelope=envelope[:cut] + other + envelope[cut + 1 :],
        index=index,
    )
    assert index in found(filled)["I4"]


def test_time_that_runs_back_is_told(filled: World) -> None:
    index = filled.ledger.state().size - 3
    replace_header(filled, index, '"recorded_at":"2026-11', '"recorded_at":"2026-10')
    assert index in found(filled)["I7"]


def test_a_row_without_an_entry_is_told(filled: World) -> None:
    tamper(
        filled,
        "UPDATE statement_ids SET id = :id WHERE source IN "
        "(SELECT source FROM statement_ids LIMIT 1) AND id IN "
        "(SELECT id FROM statement_ids LIMIT 1)",
        id="nobodys",
    )
    assert "I8" in found(filled)


def test_a_clock_that_is_set_back_is_told_as_it_runs(filled: World) -> None:
    filled.clock.turn(-3_600_000)
    assert [(one["rule"], one["facts"]) for one in of_service(filled.ledger)] == [
        ("I7", {"reason": "clock_ran_back"})
    ]
    filled.clock.turn(3_600_000)
    assert of_service(filled.ledger) == []


@pytest.mark.parametrize("ahead", ["things.v4", "%"])
def test_a_projection_that_is_ahead_of_the_log_is_told_as_it_runs(
    filled: World, ahead: str
) -> None:
    """One of them, whatever the others have taken in; or all."""
    with writing(filled.ledger.parts.projection_engine) as connection:
        connection.execute(
            sa.text("UPDATE projection_heads SET size = size + 5 WHERE projection LIKE :ahead"),
            {"ahead": ahead},
        )
    told = of_service(filled.ledger)
    names = {ahead} if ahead != "%" else set(filled.ledger.parts.runner.positions())
    assert {one["rule"] for one in told} == {"I8"}
    assert {one["facts"]["projection"] for one in told} == names
    size = filled.ledger.state().size
    assert f"{size + 5} entries, and there are {size}" in told[0]["message"]["en"]


def test_a_checkpoint_that_stays_behind_is_told_as_it_runs(filled: World) -> None:
    filled.submit(filled.use(9_000), filled.zhang)
    assert of_service(filled.ledger) == []
    filled.clock.turn(2 * 3_600_000)
    [one] = of_service(filled.ledger)
    assert one["rule"] == "I3"
    assert one["facts"] == {"reason": "checkpoint_old"}
    assert "1 entries are not published" in one["message"]["en"]
    filled.ledger.catch_up()
    assert of_service(filled.ledger) == []
