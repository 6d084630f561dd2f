"""What a claim code opens, on every store: found by its digest, told when it is taken away."""

import hashlib

import pytest

from crypto.statement import sign_statement
from ledger.errors import NotFound, TooMany
from ledger.service import Ledger
from tests.erasures import ERASED, WITHHELD, remove
from tests.unit.sharing.tale import example
from tests.world import MZ, World

CODE = "7Q2M-X4TZ-9KPD"


def ledger_of(world: World) -> Ledger:
    assert world.ledger is not None
    return world.ledger


def received(world: World) -> bytes:
    data = example("complaint.received") | {"mode": "anonymous", "parents": []}
    data |= {"refs": {"complaint": f"{MZ}/TS-1"}}
    data |= {"claim_code_sha256": hashlib.sha256(CODE.encode()).hexdigest()}
    for name in ("association", "signers"):
        data.pop(name, None)
    event = world.event(MZ, "complaint.received", f"department/{MZ}", data)
    return sign_statement(event, [world.mz_system])


@pytest.mark.parametrize(("order", "how"), [(WITHHELD, "withheld"), (ERASED, "erased")])
def test_it_opens_its_own_and_says_what_became_of_it(world: World, order: str, how: str) -> None:
    raw = received(world)
    index = ledger_of(world).submit(raw).index
    ledger_of(world).catch_up()
    found = ledger_of(world).answers.opened_by(CODE, "p")
    assert [one["received"]["index"] for one in found["complaints"]] == [index]
    by = remove(world, raw, order).index
    ledger_of(world).catch_up()
    world.close()
    world.open()
    found = ledger_of(world).answers.opened_by(CODE, "p")
    assert found["complaints"] == []
    assert [(one["index"], one["by"], one["removed"]) for one in found["removed"]] == [
        (index, by, how)
    ]


def test_nothing_else_opens_it_and_nobody_tries_for_ever(world: World) -> None:
    ledger_of(world).submit(received(world))
    ledger_of(world).catch_up()
    limit = ledger_of(world).settings.signins
    for number in range(limit):
        with pytest.raises(NotFound):
            ledger_of(world).answers.opened_by(f"{CODE}{number}", "p")
    with pytest.raises(TooMany):
        ledger_of(world).answers.opened_by(CODE, "p")
    assert ledger_of(world).answers.opened_by(CODE, "another")["removed"] == []
