"""What a second process makes of the rules ahead is what is made where it is written."""

from collections.abc import Iterator

import pytest

from ledger.builtin_packs import built_in
from ledger.projections import ahead as making
from ledger.projections.ahead import Ahead
from ledger.projections.steps import Steps
from ledger.projections.supervising import Made
from ledger.projections.supervision import Supervision
from ledger.projections.things import Things
from ledger.store.supervision_rows import supervision_rows
from ledger.store.thing_rows import thing_rows
from tests.contracts.test_supervision import begin, dump, remove
from tests.contracts.test_things import dump as dump_things
from tests.erasures import ERASED
from tests.world import World

STEP = 7


class Looked(Ahead):
    """Makes ahead, and notes which spans were taken from there."""

    def __init__(self, world: World) -> None:
        parts = world.ledger.parts
        super().__init__(parts.engine, parts.projection_engine, built_in)
        self.taken: list[int] = []

    def take(self, start: int, stop: int) -> Made | None:
        made = super().take(start, stop)
        if made is not None:
            self.taken.append(start)
        return made

    def wait(self) -> None:
        """Wait until all is made that was asked for."""
        for future in self._asked.values():
            future.result()

    def kill(self) -> None:
        assert self._executor is not None
        for process in self._executor._processes.values():
            process.kill()
            process.join()


class Scene:
    """A story with findings; rules and things, dropped, are to be made ahead from the start."""

    def __init__(self, world: World) -> None:
        self.lines = begin(world)
        parts = world.ledger.parts
        self.world, self.rows, self.ahead = world, parts.projection_rows, Looked(world)
        supervision = Supervision(supervision_rows(parts.engine), self.rows, built_in(), self.ahead)
        things = Things(parts.engine, parts.rows, thing_rows(parts.engine))
        self.wanted = self.kept()
        self.steps = Steps(
            parts.engine, parts.projection_engine, parts.rows, self.rows, [supervision, things]
        )
        self.steps.drop()

    def kept(self) -> object:
        return dump(self.world), dump_things(self.world)

    def step(self) -> int:
        return self.steps.take(self.world.ledger.state().size, STEP)

    def finish(self) -> object:
        while self.step() < self.world.ledger.state().size:
            pass
        return self.kept()


@pytest.fixture
def scene(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(making, "LEAST", 1)
    made = Scene(sqlite_world)
    monkeypatch.setattr(making, "WORTH_IT", 1)
    yield made
    made.steps.close()


def test_the_same_rows_made_ahead_and_every_span_is_but_the_first(scene: Scene) -> None:
    assert scene.finish() == scene.wanted
    # The first is made where it is written, while the process starts.
    assert scene.ahead.taken == list(range(STEP, scene.world.ledger.state().size, STEP))


def test_a_span_that_lost_a_statement_since_is_made_anew(scene: Scene) -> None:
    use = scene.world.ledger.state().size - 3
    scene.world.post(scene.world.uses(STEP))  # a whole span is asked for, and none that grows
    while (at := scene.step()) + STEP <= use:
        pass
    scene.ahead.wait()  # the next span is read, and nothing of it is written
    remove(scene.world, scene.lines[-3], ERASED)
    anew = scene.finish()
    assert at in scene.ahead.taken  # and was not believed
    scene.world.ledger.rebuild()
    assert anew == scene.kept() != scene.wanted


def test_what_is_dropped_meanwhile_is_made_from_the_start(scene: Scene) -> None:
    for _ in range(2):
        assert scene.step()
    scene.ahead.wait()
    scene.steps.drop()
    assert scene.finish() == scene.wanted
    assert scene.ahead.taken[1] == 0


def test_where_the_process_is_killed_all_is_made_here(scene: Scene) -> None:
    for _ in range(2):
        assert scene.step()
    scene.ahead.wait()
    scene.ahead.kill()
    assert scene.finish() == scene.wanted


def test_it_ends_with_what_waited(scene: Scene) -> None:
    scene.finish()
    assert scene.ahead._executor is None
