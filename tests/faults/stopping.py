"""What it means that a ledger stopped: no entry is taken, readers are served, and why is said."""

import pytest

from api.application import build_app
from ledger.errors import ReadOnly
from tests.faults.held import opened, some_use
from tests.world import World


def check_stopped(world: World, reason: str, raw: bytes | None = None) -> None:
    """No entry is taken, for *reason*; readers are served, and /readyz says why."""
    ledger = opened(world)
    with pytest.raises(ReadOnly) as stopped:
        ledger.submit(raw or some_use(world))
    assert stopped.value.reason == reason
    state = ledger.state()
    assert (state.writable, state.ready, state.reason) == (False, False, reason)
    client = build_app(ledger).test_client()
    answer = client.get("/readyz")
    problem = answer.get_json()
    assert (answer.status_code, problem["reason"]) == (503, reason)
    assert problem["why"]["zh-CN"]
    assert client.get("/api/v1/entries/0").status_code == 200


def reopen(world: World) -> None:
    world.close()
    world.open()
