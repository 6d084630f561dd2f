"""The report on a period over HTTP: counts that can be counted again, and no name."""

import csv
import io
from hashlib import sha256
from typing import Any

import pytest

from crypto.checkpoint import open_checkpoint
from ledger.period_report import COLUMNS
from tests.integration.api.conftest import ServedWorld, client_of
from tests.sharing_story import ITEM, share, told
from tests.world import GA, MZ, seed

REPORT = "/api/v1/reports/2026"
RD = "RD"
FREE = {"use": f"{MZ}/U-9", "item": ITEM}


@pytest.fixture(scope="module")
def told_of(served: ServedWorld) -> ServedWorld:
    world = served.world
    world.register(RD, "云岭省人大常委会", "npc")
    world.enrol(RD, seed(9))
    for line in (*share(world), told(world, "use.recorded", MZ, FREE)):
        assert served.post(line).status_code == 201
    served.ledger.catch_up()
    return served


@pytest.fixture
def npc(told_of: ServedWorld) -> Any:
    return client_of(told_of, seed(9))


def counted(report: dict[str, Any], part: str, name: str) -> dict[str, Any]:
    return {one[name]: one for one in report[part]}


def test_what_was_recorded_is_counted_and_can_be_counted_again(
    npc: Any, told_of: ServedWorld
) -> None:
    report = npc.get(REPORT).json
    uses = counted(report, "statements", "type")["zelian.use.recorded.v1"]
    entries = [told_of.ledger.entry(index) for index in range(report["as_of"])]
    mine = [one.index for one in entries if (one.event or {}).get("type") == uses["type"]]
    assert uses["count"] == len(mine) == 2
    lines = "".join(f"{index}\n" for index in mine).encode()
    assert uses["entries_sha256"] == sha256(lines).hexdigest()
    assert sum(one["count"] for one in report["statements"]) == report["entries"]["count"]


def test_it_is_bound_to_a_checkpoint_and_the_same_again(npc: Any, told_of: ServedWorld) -> None:
    first = npc.get(REPORT)
    checkpoint = open_checkpoint(first.json["checkpoint"], told_of.ledger.parts.log)
    assert checkpoint.size == first.json["as_of"]
    assert npc.get(f"{REPORT}?as_of={checkpoint.size}").data == first.data


def test_what_fell_due_is_told_without_a_name(npc: Any) -> None:
    answer = npc.get(REPORT)
    clocks = counted(answer.json, "timeliness", "kind")
    assert clocks["reply"]["count"] == 1
    for name in (f'"{GA}"', f'"{MZ}"', "zhang", f"{GA}/", f"{MZ}/", "云岭省民政厅"):
        assert name not in answer.text


def test_a_finding_that_may_still_be_explained_is_not_counted(
    npc: Any, told_of: ServedWorld
) -> None:
    mz = client_of(told_of, told_of.world.zhang)
    [one] = mz.get("/api/v1/findings?rule=F1").json["findings"]
    assert one["state"] == "raised"
    assert "F1" not in counted(npc.get(REPORT).json, "findings", "rule")
    data = {"rule": "F1", "explanation": "recorded_wrongly"}
    refs = {"finding": one["ref"]}
    assert (
        told_of.post(told(told_of.world, "finding.explained", MZ, refs, **data)).status_code == 201
    )
    told_of.ledger.catch_up()
    found = counted(npc.get(REPORT).json, "findings", "rule")["F1"]
    assert (found["count"], found["explained"]) == (1, 1)
    assert found["findings_sha256"] == sha256(f"{one['ref']}\n".encode()).hexdigest()


def test_what_is_in_the_making_is_not_counted(npc: Any, told_of: ServedWorld) -> None:
    types = counted(npc.get(REPORT).json, "statements", "type")
    assert "zelian.access.recorded.v1" not in types
    assert not any("inquiry" in name or "hearing" in name for name in types)


def test_a_period_before_the_ledger_is_empty(npc: Any) -> None:
    report = npc.get("/api/v1/reports/2020-Q1").json
    assert report["entries"]["count"] == 0
    assert report["statements"] == report["findings"] == report["timeliness"] == []


def test_as_a_table(npc: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(npc.get(f"{REPORT}?format=csv").text)))
    assert tuple(rows[0]) == COLUMNS
    assert {row["part"] for row in rows} >= {"statements", "timeliness"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/reports/tomorrow", 404),
        (f"{REPORT}?as_of=99999999", 404),
        (f"{REPORT}?as_of=0", 400),
    ],
)
def test_what_cannot_be_reported(npc: Any, path: str, status: int) -> None:
    assert npc.get(path).status_code == status


def test_nobody_reads_it_who_has_not_signed_in(told_of: ServedWorld) -> None:
    assert told_of.app.test_client().get(REPORT).status_code == 401
