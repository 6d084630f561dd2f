"""An order whose carrying out is cut short anywhere is carried out whole at the next start."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ledger.fsck import Fsck
from ledger.removals import Eraser
from ledger.store.removal_rows import is_blank
from tests.erasures import (
    ERASED,
    WITHHELD,
    files_with,
    ledger_of,
    logged,
    only_of,
    order,
    remove,
)
from tests.world import World


class Killed(BaseException):
    """Stands for a process that ends right there: nothing of ours catches it."""


def stop(*_: object, **__: object) -> Any:
    raise Killed


def lies_blank(world: World, index: int) -> bool:
    parts = ledger_of(world).parts
    with parts.engine.connect() as connection:
        return is_blank(parts.rows.envelope(connection, index) or b"x")


def terms(world: World, index: int) -> list[str]:
    query = (
        'SELECT name FROM terms JOIN postings ON term = id WHERE "index" = :at '
        "AND name NOT LIKE 'chain/%'"
    )
    with ledger_of(world).parts.projection_engine.connect() as connection:
        return list(connection.scalars(sa.text(query), {"at": index}))


def reopen(world: World) -> None:
    """As a new process would, after one that let nothing go in order."""
    ledger = ledger_of(world)
    ledger.parts.sequencer.close()
    ledger.parts.pool.close()
    ledger.parts.engine.dispose()
    ledger.parts.projection_engine.dispose()
    if ledger._lock is not None:
        ledger._lock.close()
    world.open()


STEPS: dict[str, str] = {
    "before anything": "ledger.removals.Eraser._attempt",
    "before forgetting": "ledger.projections.runner.Runner.forget",
    "before overwriting": "ledger.removals.blank_statements",
    "before the log is folded": "ledger.removals.fold_wal",
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", [WITHHELD, ERASED])
def test_a_kill_at_any_step_leaves_nothing_half(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str, kind: str
) -> None:
    raw, index = logged(world)
    others = [logged(world, number)[0] for number in (1, 2)]
    ledger_of(world).catch_up()
    given = order(world, raw, kind)
    with monkeypatch.context() as patched:
        target = STEPS[step]
        if target == "ledger.projections.runner.Runner.forget":
            patched.setattr(ledger_of(world).parts.eraser, "_forget", stop)
        else:
            patched.setattr(target, stop)
        with contextlib.suppress(Killed):
            ledger_of(world).submit(given)
        assert ledger_of(world).entry(index).removed is not None
        reopen_after(world, patched)
    assert ledger_of(world).submit(given).created is False
    assert lies_blank(world, index) == (kind == ERASED)
    assert terms(world, index) == []
    ledger_of(world).catch_up()
    assert Fsck(ledger_of(world).parts).run(workers=0).verdict == "verified"
    if kind == ERASED:
        assert files_with(world.settings.home, only_of(raw, [*others, given])) == []


def reopen_after(world: World, patched: pytest.MonkeyPatch) -> None:
    patched.undo()
    reopen(world)


def test_a_database_that_fails_meanwhile_costs_no_receipt(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, index = logged(world)
    given = order(world, raw)

    def fail(*_: object) -> None:
        raise sa.exc.OperationalError("x", None, Exception("database is locked"))

    with monkeypatch.context() as patched:
        patched.setattr("ledger.removals.blank_statements", fail)
        answer = ledger_of(world).submit(given)
    assert answer.created
    assert not lies_blank(world, index)
    assert ledger_of(world).parts.eraser.pending
    ledger_of(world).submit(raw)  # whatever comes next
    assert lies_blank(world, index)


def test_a_reader_that_holds_the_log_up_only_delays_it(sqlite_world: World) -> None:
    world = sqlite_world
    raw, _ = logged(world)
    others = [logged(world, number)[0] for number in (1, 2)]
    with ledger_of(world).parts.engine.connect() as connection:
        connection.execute(sa.text("SELECT count(*) FROM statements")).all()
        remove(world, raw)
        assert ledger_of(world).parts.eraser.pending
    ledger_of(world).catch_up()
    assert not ledger_of(world).parts.eraser.pending
    assert files_with(world.settings.home, only_of(raw, others)) == []


def test_what_could_not_be_done_at_once_is_done_in_the_background(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.removals.RETRY_S", 0.05)
    world = sqlite_world
    world.close()
    world.open(background=True)
    raw, _ = logged(world)
    with ledger_of(world).parts.engine.connect() as connection:
        connection.execute(sa.text("SELECT count(*) FROM statements")).all()
        remove(world, raw)
    eraser: Eraser = ledger_of(world).parts.eraser
    wait_until(lambda: not eraser.pending)


def wait_until(true: Callable[[], bool]) -> None:

    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("number", [1, 40])
def test_no_byte_of_what_was_erased_is_in_any_file(sqlite_world: World, number: int) -> None:
    """In whatever order; neighbours on the same pages are erased one after another."""
    world = sqlite_world
    said = [logged(world, at)[0] for at in range(number + 3)]
    ledger_of(world).catch_up()
    gone = said[1::2] + said[0::2]
    gone = gone[:number]
    for raw in gone:
        remove(world, raw)
    ledger_of(world).catch_up()
    kept = [raw for raw in said if raw not in gone]
    home: Path = world.settings.home
    pieces = {raw: only_of(raw, [other for other in said if other != raw]) for raw in said}
    assert all(len(found) >= 3 for found in pieces.values())
    assert [files_with(home, pieces[raw]) for raw in gone] == [[]] * number
    assert all(files_with(home, pieces[raw]) for raw in kept)
