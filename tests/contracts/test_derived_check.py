"""Derived tables are compared with freshly derived ones, on every store."""

import pytest
import sqlalchemy as sa

from ledger.derived_check import check_derived
from ledger.store.engine import writing
from ledger.store.tables import projection_metadata
from tests.sharing_story import share
from tests.world import World

TABLES = (
    "log_digests", "postings", "things", "thing_steps", "watched", "findings", "obligations",
)  # fmt: skip


def check(world: World) -> tuple[str, list[str]]:
    found = check_derived(world.ledger.parts)
    return found.verdict, [one.en for one in found.findings]


@pytest.fixture
def told(world: World) -> World:
    world.post(share(world))
    world.ledger.catch_up()
    return world


def test_what_follows_from_the_entries_is_verified(told: World) -> None:
    assert check(told) == ("verified", [])


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_gone_is_named(told: World, table: str) -> None:
    rows = projection_metadata.tables[table]
    key = next(iter(rows.primary_key.columns))
    with writing(told.ledger.parts.projection_engine) as connection:
        gone = connection.scalar(sa.select(key).order_by(key).limit(1))
        connection.execute(sa.delete(rows).where(key == gone))
    verdict, [said] = check(told)
    assert verdict == "failed"
    assert said.startswith(f"{table} ")
    assert "missing" in said or "something else" in said


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("findings", "state", "cleared"),
        ("obligations", "due", "2099-01-01T00:00:00.000Z"),
        ("things", "state", "closed"),
        ("watched", "body", "{}"),
    ],
)
def test_a_row_that_was_changed_is_named(told: World, table: str, column: str, value: str) -> None:
    with writing(told.ledger.parts.projection_engine) as connection:
        connection.execute(sa.update(projection_metadata.tables[table]).values({column: value}))
    verdict, [said] = check(told)
    assert verdict == "failed"
    assert said.startswith(f"{table} ")
    assert "the entries say something else" in said


def test_a_row_that_no_entry_stands_behind_is_named(told: World) -> None:
    rows = projection_metadata.tables["watched"]
    with writing(told.ledger.parts.projection_engine) as connection:
        connection.execute(sa.insert(rows).values(name="zz", body="{}"))
    assert check(told) == ("failed", ["watched zz: no entry stands behind this row"])


def test_tables_that_are_behind_are_not_checked(told: World) -> None:
    told.submit(told.delivery(7), told.li)
    assert check(told)[0] == "not_checked"
