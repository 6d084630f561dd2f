"""A server whose disk decays under it: files come back, an entry that does not stops writes."""

import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from crypto.statement import sign_statement
from tests.faults.backup import switch_triggers_off
from tests.faults.served import Server, run_zelian, serving, until, wired
from tests.world import World


@pytest.fixture
def home(sqlite_world: World) -> World:
    sqlite_world.post(sqlite_world.uses(260))
    sqlite_world.ledger.catch_up()
    sqlite_world.ledger.parts.engine.dispose()
    return sqlite_world


def metric(server: Server, name: str) -> float:
    with wired(server.port) as wire:
        found = re.search(rf"^{name} (\S+)$", wire.get("/metrics").decode(), re.M)
    assert found is not None, name
    return float(found[1])


def doctor(world: World) -> dict[str, str]:
    told = json.loads(run_zelian(world.settings, "doctor", "--json").stdout)
    return next(one for one in told["checks"] if one["name"] == "scrubbing")


@pytest.mark.long
def test_a_server_repairs_files_and_stops_at_damage(home: World) -> None:
    settings = home.settings
    late = sign_statement(home.use(5_000), [home.zhang])
    tile: Path = settings.home / "tiles" / "tile" / "0" / "000"
    home.close()
    good = tile.read_bytes()
    tile.write_bytes(good[:100] + b"\0\0" + good[102:])
    assert doctor(home)["verdict"] == "note"
    with serving(settings) as server:
        until(lambda: metric(server, "zelian_scrub_rounds_total") == 1)
        assert metric(server, "zelian_scrub_repaired_files_total") == 1
        assert metric(server, "zelian_scrub_damaged") == 0
        server.kill()
    assert tile.read_bytes() == good
    assert doctor(home)["verdict"] == "ok"

    engine = sa.create_engine(settings.database_url)
    with engine.begin() as connection:
        switch_triggers_off(connection)
        connection.execute(
            sa.text('UPDATE statements SET envelope = :new WHERE "index" = 30'), {"new": b"{}"}
        )
    engine.dispose()
    server = Server(settings, ready=False)
    try:
        until(lambda: _stopped(server))
        with wired(server.port) as wire:
            status, body = wire.post(late)
        assert (status, json.loads(body)["reason"]) == (503, "damaged")
    finally:
        server.end()
    told = doctor(home)
    assert told["verdict"] == "wrong"
    assert "entry 30" in json.dumps(told)


def _stopped(server: Server) -> bool:
    try:
        with wired(server.port) as wire:
            status, body = wire.call("GET", "/readyz")
    except OSError:
        return False
    return status == 503 and b"entry 30" in body
