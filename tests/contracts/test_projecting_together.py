"""Projections that stand at the same entry step together; others catch up and join them."""

from typing import Any

import pytest
import sqlalchemy as sa

from ledger.projections.log_index import LogIndex
from ledger.projections.postings import Postings
from ledger.projections.runner import Runner
from ledger.projections.span import Span
from ledger.projections.steps import Projection, Steps
from ledger.projections.things import Things
from ledger.store.engine import reading, writing
from ledger.store.posting_rows import posting_rows
from ledger.store.thing_rows import thing_rows
from tests.contracts.test_projections import dump
from tests.world import World


class Watched:
    """A projection of the product whose writing is watched, and fails where that is asked for."""

    def __init__(self, inner: Projection) -> None:
        self.inner, self.name, self.reads_statements = inner, inner.name, inner.reads_statements
        self.taken: list[Span] = []
        self.fails_from: int | None = None

    def write(self, connection: sa.Connection, span: Span) -> None:
        self.inner.write(connection, span)
        if self.fails_from is not None and span.stop > self.fails_from:
            raise ValueError("a fault")
        self.taken.append(span)

    def forget(self, connection: sa.Connection, index: int) -> None:
        self.inner.forget(connection, index)

    def drop(self, connection: sa.Connection) -> None:
        self.inner.drop(connection)

    @property
    def spans(self) -> list[tuple[int, int]]:
        return [(span.start, span.stop) for span in self.taken]


class Scene:
    """Three projections of a world's log under watch, none of which has run."""

    def __init__(self, world: World) -> None:
        assert world.ledger is not None
        self.parts = parts = world.ledger.parts
        parts.runner.catch_up()  # whatever other projections there are, they stand at the end
        self.digests = Watched(LogIndex(parts.projection_rows))
        self.postings = Watched(Postings(posting_rows(parts.engine)))
        self.things = Watched(Things(parts.engine, parts.rows, thing_rows(parts.engine)))
        self.all = [self.digests, self.postings, self.things]
        self.steps = self.made(Steps, *self.all)
        self.runner = self.made(Runner, *self.all)
        self.steps.drop()

    def made(self, kind: Any, *projections: Watched) -> Any:
        parts = self.parts
        return kind(
            parts.engine, parts.projection_engine, parts.rows, parts.projection_rows, projections
        )

    @property
    def positions(self) -> dict[str, int]:
        with reading(self.parts.projection_engine) as connection:
            known = self.parts.projection_rows.positions(connection)
        return {one.name: known[one.name] for one in self.all}

    def alone(self, projection: Watched, size: int) -> None:
        """Bring one as far as *size*."""
        self.made(Steps, projection).take(size, size)
        projection.taken.clear()


@pytest.fixture
def scene(world: World) -> Scene:
    world.post(world.uses(20))
    return Scene(world)


def size_of(world: World) -> int:
    assert world.ledger is not None
    return world.ledger.size()


def test_those_at_the_same_entry_are_shown_one_span(world: World, scene: Scene) -> None:
    size = size_of(world)
    assert scene.steps.take(size, 10) == 10
    first = {id(one.taken[0]) for one in scene.all}
    assert len(first) == 1
    assert scene.runner.catch_up() == size
    assert set(scene.positions.values()) == {size}
    assert dump(world) == rebuilt(world)


def rebuilt(world: World) -> dict[str, list[tuple[object, ...]]]:
    assert world.ledger is not None
    world.ledger.rebuild()
    return dump(world)


def test_one_that_is_behind_catches_up_alone_and_joins(world: World, scene: Scene) -> None:
    size = size_of(world)
    scene.alone(scene.postings, 15)
    scene.alone(scene.things, 15)
    while scene.steps.take(size, 10) < size:
        pass
    assert scene.digests.spans[:2] == [(0, 10), (10, 20)]
    assert scene.postings.spans[:2] == [(15, 25), (25, size)]
    assert scene.postings.taken[0] is scene.things.taken[0]
    assert dump(world) == rebuilt(world)


def test_what_joins_goes_on_in_the_same_step(world: World, scene: Scene) -> None:
    size = size_of(world)
    scene.alone(scene.postings, 8)
    scene.alone(scene.things, 12)
    scene.steps.take(size, 10)
    assert scene.digests.spans == [(0, 8), (8, 12), (12, 22)]
    assert scene.postings.spans == [(8, 12), (12, 22)]
    assert scene.things.spans == [(12, 22)]
    assert scene.things.taken[0] is scene.digests.taken[-1]


def test_one_far_behind_keeps_nobody(world: World, scene: Scene) -> None:
    """Whoever searches does not wait for a projection that is replayed."""
    size = size_of(world)
    scene.alone(scene.postings, size - 2)
    assert scene.steps.take(size, 3) == 3
    assert scene.positions == {"log_index.v1": 3, "things.v4": 3, "postings.v5": size}


def test_what_one_cannot_take_in_keeps_none_of_the_others(world: World, scene: Scene) -> None:
    size = size_of(world)
    scene.postings.fails_from = 12
    scene.steps.take(size, 10)
    for _ in range(4):
        with pytest.raises(ValueError, match="a fault"):
            scene.steps.take(size, 10)
    assert scene.positions == {"log_index.v1": size, "things.v4": size, "postings.v5": 10}
    scene.postings.fails_from = None
    while scene.steps.take(size, 10) < size:
        pass
    assert dump(world) == rebuilt(world)


def test_a_step_that_breaks_off_leaves_nothing(world: World, scene: Scene) -> None:
    """As after a kill: no row, no position, of none of them."""
    size = size_of(world)
    scene.steps.take(size, 10)
    before = dump(world)

    class KilledError(BaseException):
        """Not to be caught by whoever goes on after errors."""

    def killed(connection: sa.Connection, span: Span) -> None:
        scene.things.inner.write(connection, span)
        raise KilledError

    scene.things.write = killed  # type: ignore[method-assign]
    with pytest.raises(KilledError):
        scene.steps.take(size, 10)
    assert dump(world) == before


def test_a_span_that_another_process_took_is_not_taken_twice(world: World, scene: Scene) -> None:
    """Nor is any of it kept, where only one of the positions was moved meanwhile."""
    size = size_of(world)
    scene.steps.take(size, 10)
    standing = scene.steps._standing

    def overtaken() -> Any:
        found = standing()
        with writing(scene.parts.projection_engine) as connection:
            span = scene.steps._read((scene.things,), 10, 13)
            scene.things.inner.write(connection, span)
            assert scene.parts.projection_rows.move(connection, "things.v4", 10, 13)
        scene.steps._standing = standing
        return found

    scene.steps._standing = overtaken
    assert scene.steps.take(size, 10) == 10
    assert scene.positions == {"log_index.v1": 10, "things.v4": 13, "postings.v5": 10}
    while scene.steps.take(size, 10) < size:
        pass
    assert dump(world) == rebuilt(world)


def test_nothing_is_read_before_the_positions_are_held(
    world: World, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is forgotten meanwhile waits for them, so it cannot have been read before."""
    done: list[str] = []
    for owner, name in ((scene.parts.projection_rows, "move"), (scene.parts.rows, "envelope_rows")):
        monkeypatch.setattr(owner, name, noting(done, name, getattr(owner, name)))
    scene.steps.take(size_of(world), 10)
    assert done == ["move", "move", "move", "envelope_rows"]


def noting(done: list[str], name: str, call: Any) -> Any:
    def noted(*arguments: Any) -> Any:
        done.append(name)
        return call(*arguments)

    return noted


def test_a_projection_that_begins_leaves_nothing_of_an_earlier_one(
    world: World, scene: Scene
) -> None:
    """As where it has a new name, and its tables hold rows of the old one."""
    scene.runner.catch_up()
    before = dump(world)
    with writing(scene.parts.projection_engine) as connection:
        scene.parts.projection_rows.reset(connection, "things.v4")
    scene.runner.catch_up()
    assert dump(world) == before
