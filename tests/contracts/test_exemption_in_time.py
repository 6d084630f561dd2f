"""That an assessment came before the first delivery, proved by witnesses of a served ledger."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.access.sight import EVERYTHING
from ledger.traces import Asked, responsibility
from tests.contracts.test_witnessing import Watched, until
from tests.sharing_story import ACT, DELIVERY, GRANT, ITEM, USE, told
from tests.world import GA, MZ, World

ASSESSMENT = f"{MZ}/AS-1"
SHARE = {"grant": GRANT, "item": ITEM}


@pytest.fixture
def watched(sqlite_world: World) -> Iterator[Watched]:
    made = Watched(sqlite_world)
    yield made
    made.close()


def test_witnesses_prove_what_the_order_of_entries_shows(watched: Watched, tmp_path: Path) -> None:
    watched.engage(tmp_path, "ab", quorum=2)
    world, ledger = watched.world, watched.world.ledger
    assert ledger is not None
    refs = {"assessment": ASSESSMENT, "grant": GRANT}
    for line in (
        told(world, "assessment.recorded", MZ, refs, assessor=None),
        told(world, "mitigation.recorded", MZ, refs),
    ):
        ledger.submit(line)
    until(lambda: watched.cosigned_by("ab"))
    world.clock.turn(60_000)
    sent = {**SHARE, "delivery": DELIVERY}
    for line in (
        told(world, "grant.issued", GA, SHARE, consumer=MZ, emergency=None, pilot=None),
        told(world, "delivery.sent", GA, sent, consumer=MZ, content_sha256="a" * 64),
        told(world, "use.recorded", MZ, {**sent, "use": USE, "act": ACT}),
    ):
        ledger.submit(line)
    until(lambda: watched.cosigned_by("ab"))
    ledger.catch_up()
    until(lambda: _limb(world)["interval"] == "proven")
    limb = _limb(world)
    assert limb["result"] == "shown"
    times = {one["entry"]: (one["after"], one["before"]) for one in limb["intervals"]}
    first, *_, last = sorted(times)
    assert times[first][1] is not None
    assert times[first][1] == times[last][0]


def _limb(world: World) -> Any:
    ledger = world.ledger
    assert ledger is not None
    report = responsibility(ledger, EVERYTHING, ACT, Asked(ledger.size()))
    return next(one for one in report["exemption"] if one.get("limb") == "assessed_before")
