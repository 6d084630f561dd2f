"""Findings over HTTP: each within the asker's sight, above the department after its time."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ledger.findings_view import COLUMNS
from tests.integration.api.conftest import ServedWorld, client_of
from tests.sharing_story import ACT, ITEM, share, told
from tests.world import MZ, seed

FINDINGS = "/api/v1/findings"
TY = "TY"
LATER = "2099-01-01T00:00:00.000Z"
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def found(served: ServedWorld) -> ServedWorld:
    """A share, a use without a grant and an act that cites it; a third department looks on."""
    world = served.world
    world.register(TY, "云岭省体育局")
    world.enrol(TY, seed(9))
    used = {"use": f"{MZ}/U-9", "item": ITEM, "act": ACT}
    cited = [{"source": "shared", "use": used["use"], "item": ITEM}]
    lines = [
        *share(world),
        told(world, "use.recorded", MZ, used),
        told(world, "act.decided", MZ, {"act": ACT}, evidence=cited, joint_with=None),
    ]
    for line in lines:
        assert served.post(line).status_code == 201
    served.ledger.catch_up()
    return served


@pytest.fixture
def mz(found: ServedWorld) -> Any:
    return client_of(found, found.world.zhang)


@pytest.fixture
def ga(found: ServedWorld) -> Any:
    return client_of(found, found.world.li)


def rules(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [one["rule"] for one in answer.json["findings"]]


def test_a_finding_tells_its_rule_its_facts_and_its_words(mz: Any) -> None:
    [one] = mz.get(f"{FINDINGS}?rule=F1").json["findings"]
    assert one["department"] == MZ
    assert one["facts"]["why"] == "none_named"
    assert ITEM in one["message"]["en"]
    assert "其后没有授权" in one["message"]["zh"]
    assert one["label"] == {"en": "to be checked", "zh": "待核事项"}
    assert one["pack"] == {"adopted_by": None, "id": "cn-809", "version": "2025-1"}
    assert one["citations"][0] == "809:20"
    shown = mz.get(f"{FINDINGS}/{one['ref']}").json["finding"]
    assert shown == one


@contextmanager
def later(found: ServedWorld) -> Iterator[None]:
    """Turn the clock past every time to explain, and back."""
    clock = found.world.clock
    before, clock.now_ms = clock.now_ms, clock.now_ms + 60 * DAY_MS
    yield
    clock.now_ms = before


def test_above_the_department_it_shows_once_its_time_is_over(
    found: ServedWorld, mz: Any, ga: Any
) -> None:
    """The provider may read the use: of its own findings it knows at once, of others' later."""
    assert "F1" in rules(mz.get(FINDINGS))
    assert "F1" not in rules(ga.get(FINDINGS))
    [one] = mz.get(f"{FINDINGS}?rule=F1").json["findings"]
    hidden, nothing = ga.get(f"{FINDINGS}/{one['ref']}"), ga.get(f"{FINDINGS}/{MZ}/F1-9999")
    assert hidden.status_code == nothing.status_code == 404
    assert {**hidden.json, "instance": ""} == {**nothing.json, "instance": ""}
    assert "F1" not in rules(ga.get(f"{FINDINGS}?at={LATER}"))  # nobody asks his way past it
    assert ga.get(f"{FINDINGS}/{one['ref']}?at={LATER}").status_code == 404
    with later(found):
        ga = client_of(found, found.world.li)
        assert "F1" in rules(ga.get(FINDINGS))
        assert "F1" not in rules(ga.get(f"{FINDINGS}?at={one['raised_at']}"))
        assert ga.get(f"{FINDINGS}/{one['ref']}?at={one['visible']}").status_code == 200


def test_who_may_not_read_the_statement_reads_no_finding(found: ServedWorld) -> None:
    with later(found):
        assert rules(client_of(found, seed(9)).get(FINDINGS)) == []
    assert found.app.test_client().get(FINDINGS).status_code == 401


def test_an_entry_shows_what_it_raised_to_whom_a_finding_is_shown(
    mz: Any, ga: Any, found: ServedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the department concerned at once; above it once the time to explain is over."""
    [one] = mz.get(f"{FINDINGS}?rule=F1").json["findings"]
    address = f"/api/v1/entries/{one['entry']}"
    own = mz.get(address).json
    assert own["findings"] == [
        each for each in reversed(mz.get(f"{FINDINGS}?entry={one['entry']}").json["findings"])
    ]
    assert one in own["findings"]
    assert mz.get(f"/api/v1/statements/{own['header'].split('statement')[1][3:67]}").json == own
    assert one not in ga.get(address).json["findings"]
    assert ga.get(address).json["event"] == own["event"]
    for nobody in (client_of(found, seed(9)), found.app.test_client()):
        assert "findings" not in nobody.get(address).json
    assert mz.get("/api/v1/entries/0").json.get("findings") == []
    shares = found.ledger.shares
    with monkeypatch.context() as later:
        later.setattr(shares, "now", lambda: LATER)
        assert one in ga.get(address).json["findings"]
    with monkeypatch.context() as behind:
        behind.setattr(found.ledger.look_up, "projected", lambda _list: one["entry"])
        assert "findings" not in mz.get(address).json


@pytest.mark.parametrize("plural", ["findings", "obligations", "uses"])
def test_a_list_is_told_for_one_time(
    mz: Any, found: ServedWorld, monkeypatch: pytest.MonkeyPatch, plural: str
) -> None:
    """The first page fixes the T as it fixes the size, however late the next is asked for."""
    address = f"/api/v1/{plural}?limit=1"
    first = mz.get(address).json
    assert first["next"]
    monkeypatch.setattr(found.ledger.shares, "now", lambda: LATER)
    following = mz.get(f"{address}&cursor={first['next']}").json
    assert (following["at"], following["as_of"]) == (first["at"], first["as_of"])
    assert mz.get(address).json["at"] == LATER


def test_lists_are_narrowed(mz: Any) -> None:
    everything = mz.get(FINDINGS).json["findings"]
    assert {one["rule"] for one in everything} >= {"F1", "F27", "F40"}
    for name in ("rule", "severity", "basis", "state", "department", "entry"):
        value = everything[0][name]
        narrowed = mz.get(FINDINGS, query_string={name: value}).json["findings"]
        assert narrowed == [one for one in everything if one[name] == value]
    assert mz.get(f"{FINDINGS}?rule=F99").status_code == 400
    assert mz.get(f"{FINDINGS}?verdict=guilty").status_code == 400


def test_pages_come_one_after_the_other(mz: Any) -> None:
    everything = mz.get(FINDINGS).json["findings"]
    paged, query = [], {"limit": "1"}
    while True:
        page = mz.get(FINDINGS, query_string=query).json
        paged += page["findings"]
        if page["next"] is None:
            break
        query = {"limit": "1", "cursor": page["next"]}
    assert paged == everything
    assert len(paged) > 2


def test_csv_and_lines_hold_the_same(mz: Any) -> None:
    everything = mz.get(FINDINGS).json["findings"]
    rows = list(csv.DictReader(io.StringIO(mz.get(f"{FINDINGS}?format=csv").text)))
    assert [row["ref"] for row in rows] == [one["ref"] for one in everything]
    assert tuple(rows[0]) == COLUMNS
    lines = mz.get(f"{FINDINGS}?format=jsonl").text.splitlines()
    assert [json.loads(line) for line in lines] == everything


def test_explained_it_shows_above_and_as_it_stood_before(
    found: ServedWorld, mz: Any, ga: Any
) -> None:
    [one] = mz.get(f"{FINDINGS}?rule=F27").json["findings"]
    size = found.ledger.state().size
    assert "F27" not in rules(ga.get(FINDINGS))
    found.post(told(found.world, "finding.explained", MZ, {"finding": one["ref"]}, rule="F27"))
    found.ledger.catch_up()
    [explained] = ga.get(f"{FINDINGS}?rule=F27").json["findings"] or [None]
    assert explained["state"] == "explained"
    assert explained["life"][-1]["entry"] == size
    [before] = mz.get(f"{FINDINGS}?rule=F27&as_of={size}").json["findings"]
    assert before == one
    assert rules(mz.get(f"{FINDINGS}?rule=F27&state=explained&as_of={size}")) == []
    assert "F27" not in rules(ga.get(f"{FINDINGS}?as_of={size}"))


def test_what_speaks_of_a_finding_is_searched_for_by_its_name(mz: Any) -> None:
    [one] = mz.get(f"{FINDINGS}?rule=F27").json["findings"]
    entries = mz.get("/api/v1/entries", query_string={"q": f"finding:{one['ref']}"}).json
    assert [each["index"] for each in entries["entries"]] == [one["life"][-1]["entry"]]


def test_what_it_rests_on_is_named_to_who_may_read_it(found: ServedWorld, ga: Any) -> None:
    """Everybody reads that a key was revoked, and not what it had signed."""
    world = found.world
    since = "2026-01-01T00:00:00.000Z"
    other = seed(11)
    world.enrol(TY, other)
    data = {"department": TY, "keyid": other.key_id, "reason": "compromised", "since": since}
    spoken = world.event(TY, "use.recorded", "item/TY/I-1", {
        "purpose_code": "own", "use_kind": "statistics", "reliance": "checked_only",
        "refs": {"item": "TY/I-1", "use": "TY/U-1"},
    })  # fmt: skip
    index = world.submit(spoken, other).index
    world.submit(world.registry("key.revoked", f"department/{TY}", data), world.registrar)
    found.ledger.catch_up()
    [own] = client_of(found, seed(9)).get(f"{FINDINGS}?rule=F6").json["findings"]
    with later(found):
        ga = client_of(found, found.world.li)
        [others] = ga.get(f"{FINDINGS}?rule=F6").json["findings"]
    assert own["entries"] == [index]
    assert others["entries"] == []
    assert {**own, "entries": []} == others
