"""No reply leaves before what it acknowledges is on the disk, not merely in the page cache."""

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from api.application import build_app
from ledger.settings import Settings
from tests.faults import tracing
from tests.faults.held import check_sound, opened, some_use
from tests.faults.served import Server, serving, until, wired
from tests.world import World

POSTS = 3


def traced_posts(world: World, out: Path) -> list[dict[str, Any]]:
    """Serve under the tracer, post some statements one by one; return what was seen."""
    lines = [some_use(world) for _ in range(POSTS)]
    world.close()
    through = (sys.executable, str(Path(tracing.__file__)), str(out))
    with serving(world.settings, through=through) as server:
        out.with_name(f"{out.name}.go").touch()
        until(lambda: out.exists() and bool(out.read_text()))
        first = json.loads(out.read_text().splitlines()[0])
        if first["call"] == "refused":
            pytest.skip(f"the kernel lets nobody trace here: {first['text']}")
        post_all(server, lines)
        until(lambda: out.read_text().count("HTTP/1.1 201") == POSTS)
    return [json.loads(line) for line in out.read_text().splitlines()]


def post_all(server: Server, lines: list[bytes]) -> None:
    with wired(server.port) as wire:
        for raw in lines:
            assert wire.post(raw)[0] == 201


def kinds(seen: list[dict[str, Any]], wal: str) -> list[str]:
    """The calls that matter, in one word each: request, log, sync, reply."""
    found = []
    for line in seen:
        text, file = line.get("text", ""), line.get("file", "")
        if text.startswith("POST "):
            found.append("request")
        elif text.startswith("HTTP/1.1 201"):
            found.append("reply")
        elif file == wal and line["call"] == "pwrite64":
            found.append("log")
        elif file == wal and line["result"] == 0:
            found.append("sync")
    return found


@pytest.mark.skipif(not tracing.traceable(), reason="needs Linux on x86_64 or aarch64")
def test_a_post_is_synced_between_its_request_and_its_reply(
    sqlite_world: World, tmp_path: Path
) -> None:
    seen = kinds(
        traced_posts(sqlite_world, tmp_path / "calls"),
        str(sqlite_world.settings.home / "ledger.db-wal"),
    )
    rounds = " ".join(seen).split("request")[1:]
    assert len(rounds) == POSTS
    for calls in rounds:
        before_reply = calls.partition("reply")[0].split()
        assert "log" in before_reply
        assert before_reply[-1] == "sync", calls  # and nothing was logged after it


# Where tracing is refused, these still say in which order things happen.


class HeldCommit:
    """Stands for a driver's commit, and lets it happen only when told."""

    def __init__(self, world: World) -> None:
        self._commit = opened(world).parts.engine.dialect.do_commit
        self.reached, self.go_on = threading.Event(), threading.Event()

    def __call__(self, connection: Any) -> None:
        self.reached.set()
        assert self.go_on.wait(60)
        self._commit(connection)


def test_no_reply_before_the_commit_returned(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the database has not said that it committed, nobody is told and nobody sees it."""
    ledger, raw = opened(world), some_use(world)
    size = ledger.state().size
    answers: list[TestResponse] = []

    def post() -> None:
        client = build_app(ledger).test_client()
        answers.append(client.post("/api/v1/statements", data=raw, content_type="application/json"))

    with monkeypatch.context() as patch:
        held = HeldCommit(world)
        patch.setattr(ledger.parts.engine.dialect, "do_commit", held)
        thread = threading.Thread(target=post)
        thread.start()
        assert held.reached.wait(60)
        thread.join(0.2)
        assert (answers, ledger.state().size) == ([], size)
        held.go_on.set()
        thread.join()
    assert [answer.status_code for answer in answers] == [201]
    check_sound(world, {raw: answers[0].data})


def test_postgresql_has_flushed_what_it_committed(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    """When the commit returns, the server's log is on disk beyond all that the commit wrote."""
    world = World(Settings(tmp_path / "home", new_database(), 10, 16, 1)).begin()
    ledger = opened(world)
    url = ledger.parts.engine.url.set(drivername="postgresql").render_as_string(False)
    written: list[str] = []

    def before_commit(connection: sa.Connection) -> None:
        place = connection.exec_driver_sql("SELECT pg_current_wal_insert_lsn()").scalar_one()
        written.append(place)

    sa.event.listen(ledger.parts.engine, "commit", before_commit)
    with psycopg.connect(url, autocommit=True) as other:
        for _ in range(20):
            ledger.submit(some_use(world))
            question = "SELECT pg_current_wal_flush_lsn() > %s::pg_lsn"
            assert other.execute(question, (written[-1],)).fetchone() == (True,)
    sa.event.remove(ledger.parts.engine, "commit", before_commit)
    assert len(written) == 20
    check_sound(world, {})
    world.close()
