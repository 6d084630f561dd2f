"""What things have come to follows from the log alone: in pieces, anew, after removals."""

import json
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa

from crypto.statement import read_statement, sign_statement
from ledger.projections import runner as running
from ledger.store.engine import reading
from ledger.store.tables import successions, thing_steps, things
from tests.erasures import ERASED, WITHHELD
from tests.sharing_story import ACT, DELIVERY, GRANT, ITEM, REQUEST, SHARE, USE, share, told
from tests.world import GA, MZ, World

Rows = dict[str, list[tuple[Any, ...]]]


def dump(world: World) -> Rows:
    with reading(world.ledger.parts.projection_engine) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=str)
            for table in (things, thing_steps, successions)
        }


def states(world: World) -> dict[str, str]:
    world.ledger.catch_up()
    return {row[0]: row[2] for row in dump(world)["things"]}


def body(world: World, thing: str) -> dict[str, Any]:
    return next(json.loads(row[-1]) for row in dump(world)["things"] if row[0] == thing)


def remove(world: World, raw: bytes, kind: str) -> None:
    """Have a statement removed by whoever spoke it."""
    source = read_statement(raw).source
    data = {
        "decided_by": source,
        "document": "〔2026〕1号",
        "ground": "pipl_47",
        "target": sha256(raw).hexdigest(),
    }
    event = world.event(source, kind, f"department/{source}", data)
    key = {GA: world.ga_system, MZ: world.mz_system}[source]
    world.ledger.submit(sign_statement(event, [key]))


def begin(world: World) -> list[bytes]:
    lines = share(world)
    for line in lines:
        world.ledger.submit(line)
    return lines


def test_a_share_comes_to_its_states(world: World) -> None:
    begin(world)
    assert states(world) == {
        f"item/{ITEM}": "published",
        f"request/{REQUEST}": "approved",
        f"grant/{GRANT}": "suspended",
        f"delivery/{DELIVERY}": "received",
        f"use/{USE}": "feedback_given",
        f"act/{ACT}": "",
    }
    assert body(world, f"grant/{GRANT}")["uses"] == 1
    assert body(world, f"grant/{GRANT}")["unfit"] == 1
    unfit = [row for row in dump(world)["thing_steps"] if row[3] is not None]
    assert [row[3] for row in unfit] == ["no_party"] * 2


@pytest.mark.parametrize("span", [1, 2, 5])
def test_the_same_rows_in_pieces_and_anew(
    world: World, span: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(world)
    world.ledger.catch_up()
    at_once = dump(world)
    monkeypatch.setattr(running.Runner._step, "__defaults__", (span,))
    world.ledger.rebuild()
    assert dump(world) == at_once


@pytest.mark.parametrize("kind", [ERASED, WITHHELD])
@pytest.mark.parametrize("number", range(11))
def test_what_is_removed_counts_as_never_said(world: World, kind: str, number: int) -> None:
    lines = share(world)
    for line in lines:
        world.ledger.submit(line)
    world.ledger.catch_up()
    whole = dump(world)
    remove(world, lines[number], kind)
    world.ledger.catch_up()
    left = dump(world)
    assert left != whole
    world.ledger.rebuild()
    assert dump(world) == left


def test_without_the_suspension_it_is_active_again(world: World) -> None:
    lines = begin(world)
    assert states(world)[f"grant/{GRANT}"] == "suspended"
    remove(world, lines[9], ERASED)
    assert states(world)[f"grant/{GRANT}"] == "active"


def test_a_successor_speaks_in_the_place_of_who_is_gone(world: World) -> None:
    """A rename is told by the registrar; forgetting it takes the successor's word back."""
    begin(world)
    after = world.submit(renaming(world, GA, MZ), world.registrar).index
    resumed = told(world, "grant.resumed", MZ, SHARE, consumer=MZ)
    world.ledger.submit(resumed)
    assert states(world)[f"grant/{GRANT}"] == "active"
    grown = dump(world)
    assert len(grown["successions"]) == 1
    world.ledger.rebuild()
    assert dump(world) == grown
    world.ledger.parts.runner.forget([after])
    assert states(world)[f"grant/{GRANT}"] == "suspended"


def renaming(world: World, before: str, after: str) -> dict[str, Any]:
    data = {
        "kind": "rename",
        "predecessors": [before],
        "successors": [after],
        "function_map": [],
        "effective": "2026-01-01T00:00:00.000Z",
        "document": "云编办〔2026〕1号",
    }
    return world.event("registrar", "succession.recorded", "department/registrar", data)
