"""A list waits for the projections that it reads: a slow or a replayed one keeps no other."""

import pytest
import sqlalchemy as sa

from ledger.access.sight import EVERYTHING
from ledger.projections.lists import ALL, ENTRIES, STORED, SUPERVISION, THINGS
from ledger.projections.query import parse_query
from ledger.projections.span import Span
from ledger.projections.supervision import Supervision
from ledger.shown import Asked
from tests.world import World

SOON_S = 0.3


def keep_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let supervision take nothing in."""

    def write(_self: Supervision, _connection: sa.Connection, _span: Span) -> None:
        raise ValueError("kept back")

    monkeypatch.setattr(Supervision, "write", write)


def reached(world: World) -> list[int]:
    look_up = world.ledger.look_up
    return [look_up.projected(of) for of in (ENTRIES, THINGS, STORED, SUPERVISION, ALL)]


def test_an_erasure_has_rules_judged_anew_and_nothing_else(world: World) -> None:
    index = world.submit(world.use(), world.zhang).index
    world.ledger.catch_up()
    world.submit(world.use(2), world.zhang)
    world.ledger.catch_up()
    size = world.ledger.size()
    assert reached(world) == [size] * 5
    world.ledger.parts.runner.forget([index])
    assert reached(world) == [size, size, size, 0, 0]
    look_up = world.ledger.look_up
    look_up.reach(size, ENTRIES)
    look_up.reach(size, THINGS)
    assert size - 1 in look_up.find(EVERYTHING, parse_query(""), size, None, 1_000)
    asked = Asked("use", size, world.ledger.shares.now())
    assert len(world.ledger.shares.listed(EVERYTHING, asked, None, 10)) == 1
    assert reached(world)[3] == 0  # nobody asked for it
    look_up.reach(size, SUPERVISION)
    assert reached(world) == [size] * 5


def test_what_is_behind_is_told_by_projection(world: World) -> None:
    world.ledger.catch_up()
    behind = world.ledger.look_up.behind()
    assert behind == {"log_index.v1": 0, "postings.v5": 0, "supervision.v5": 0, "things.v4": 0}
    world.submit(world.use(), world.zhang)
    assert set(world.ledger.look_up.behind().values()) == {1}


def test_whoever_searches_does_not_wait_for_rules(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.ledger.catch_up()
    stood = world.ledger.size()
    keep_back(monkeypatch)
    world.close()
    look_up = world.open(background=True).look_up
    world.submit(world.use(), world.zhang)
    size = world.ledger.size()
    assert look_up.wait_for(size, ENTRIES) == size
    assert look_up.wait_for(size, THINGS) == size
    assert look_up.wait_for(size, SUPERVISION, SOON_S) == stood
    assert look_up.wait_for(size, ALL, SOON_S) == stood


def test_hurry_is_for_what_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While rules are judged anew the others are not behind, so nothing hurries."""
    world.submit(world.use(), world.zhang)
    world.ledger.catch_up()
    runner = world.ledger.parts.runner
    runner.forget([world.ledger.size() - 1])
    monkeypatch.setattr("ledger.projections.runner.SPAN", 1)
    monkeypatch.setattr(runner, "_in_burst", lambda: False)
    for of, hurries in ((ENTRIES, False), (SUPERVISION, True)):
        runner._await(world.ledger.size(), of)
        assert runner._attempt()  # one entry more of many
        assert runner._hurry.is_set() == hurries
