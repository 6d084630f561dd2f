"""Obligations over HTTP: each within the asker's sight, as known at a T and a tree size."""

import csv
import io
import json
from typing import Any

import pytest

from crypto.notation import format_time
from ledger.access.sight import EVERYTHING
from ledger.obligations_view import Asked
from ledger.supervision.obligation import PENDING
from ledger.supervision.obligation_members import COLUMNS
from tests.integration.api.conftest import ServedWorld, client_of
from tests.sharing_story import GRANT, ITEM, REQUEST, share, told
from tests.world import GA, MZ, seed

OBLIGATIONS = "/api/v1/obligations"
TY = "TY"
LATER = "2026-12-31T00:00:00.000Z"
ASKED = {"request": f"{MZ}/R-2", "item": ITEM}


@pytest.fixture(scope="module")
def owed(served: ServedWorld) -> ServedWorld:
    """A share, and a second request that nobody answers; a third department looks on."""
    world = served.world
    world.register(TY, "云岭省体育局")
    world.enrol(TY, seed(9))
    for line in [*share(world), told(world, "request.made", MZ, ASKED, provider=GA)]:
        assert served.post(line).status_code == 201
    served.ledger.catch_up()
    return served


@pytest.fixture
def ga(owed: ServedWorld) -> Any:
    return client_of(owed, owed.world.li)


def kinds(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.json
    return [(one["rule"], one["state"]) for one in answer.json["obligations"]]


def test_what_is_owed_is_told_with_who_and_by_what_law(ga: Any) -> None:
    page = ga.get(f"{OBLIGATIONS}?rule=O1&view=open").json
    [one] = page["obligations"]
    assert one["thing"] == f"request/{ASKED['request']}"
    assert (one["department"], one["to"]) == (GA, MZ)
    assert one["period"]["article"] == "第二十一条"
    assert one["pack"]["adopted_by"] is None
    shown = ga.get(f"{OBLIGATIONS}/{one['ref']}?at={page['at']}").json["obligation"]
    assert shown == one


def test_a_department_sees_its_own_list(ga: Any) -> None:
    own = ga.get(f"/api/v1/departments/{GA}/obligations").json["obligations"]
    every = ga.get(OBLIGATIONS).json["obligations"]
    assert own == [one for one in every if one["department"] == GA]
    assert {one["department"] for one in every} == {GA, MZ}
    assert [one["ref"] for one in ga.get(f"{OBLIGATIONS}?department={MZ}").json["obligations"]] == [
        one["ref"] for one in every if one["department"] == MZ
    ]


def test_it_is_told_as_of_a_time(ga: Any, owed: ServedWorld) -> None:
    overdue = ga.get(f"{OBLIGATIONS}?view=overdue&at={LATER}")
    assert ("O1", "overdue_reason_not_assessed") in kinds(overdue)
    assert kinds(ga.get(f"{OBLIGATIONS}?state=overdue_reason_not_assessed&at={LATER}&rule=O1"))
    assert kinds(ga.get(f"{OBLIGATIONS}?state=fulfilled&view=overdue&at={LATER}")) == []
    before = format_time(owed.world.clock.now_ms - 86_400_000)
    assert kinds(ga.get(f"{OBLIGATIONS}?at={before}")) == []
    ended = {state for _, state in kinds(ga.get(f"{OBLIGATIONS}?view=ended"))}
    assert ended == {"cancelled", "fulfilled", "never_came"}


def test_it_is_told_as_of_a_size(ga: Any) -> None:
    replies = ga.get(f"{OBLIGATIONS}?rule=O1&at={LATER}").json["obligations"]
    answered = next(one for one in replies if one["thing"] == f"request/{REQUEST}")
    assert answered["state"] == "fulfilled"
    size = answered["entry"] + 1
    then = ga.get(f"{OBLIGATIONS}?rule=O1&at={LATER}&as_of={size}").json["obligations"]
    assert [(one["ref"], one["state"]) for one in then] == [
        (answered["ref"], "overdue_reason_not_assessed")
    ]
    assert ga.get(f"{OBLIGATIONS}/{answered['ref']}?as_of={answered['entry']}").status_code == 404


def test_what_ended_while_it_was_asked_for_was_open(owed: ServedWorld) -> None:
    view, at = owed.ledger.obligations, owed.ledger.shares.now()
    every, _ = view.listed(EVERYTHING, Asked(owed.ledger.size(), at, rule="O1"), None, 10)
    answered = next(one for one in every if one["thing"] == f"request/{REQUEST}")
    asked = Asked(answered["entry"] + 1, at, now=True, rule="O1", states=PENDING)
    found, _ = view.listed(EVERYTHING, asked, None, 10)
    assert [one["ref"] for one in found] == [answered["ref"]]


def test_who_may_not_read_what_started_it_finds_nothing(ga: Any, owed: ServedWorld) -> None:
    [one] = ga.get(f"{OBLIGATIONS}?rule=O1&view=open").json["obligations"]
    stranger = client_of(owed, seed(9))
    assert kinds(stranger.get(OBLIGATIONS)) == []
    hidden, nothing = (
        stranger.get(f"{OBLIGATIONS}/{ref}") for ref in (one["ref"], f"{GA}/O1-9999")
    )
    assert hidden.status_code == nothing.status_code == 404
    assert hidden.json["detail"] == nothing.json["detail"]


def test_pages_follow_one_another(ga: Any) -> None:
    whole = [one["ref"] for one in ga.get(OBLIGATIONS).json["obligations"]]
    found, query = [], "limit=1"
    while True:
        page = ga.get(f"{OBLIGATIONS}?{query}")
        found += [one["ref"] for one in page.json["obligations"]]
        if page.json["next"] is None:
            break
        assert f"cursor={page.json['next']}" in page.headers["Link"]
        query = f"limit=1&cursor={page.json['next']}"
    assert found == whole
    assert len(found) > 2


def test_a_list_is_a_table_or_lines_too(ga: Any) -> None:
    page = ga.get(OBLIGATIONS).json["obligations"]
    rows = list(csv.DictReader(io.StringIO(ga.get(f"{OBLIGATIONS}?format=csv").text)))
    assert [row["ref"] for row in rows] == [one["ref"] for one in page]
    assert tuple(rows[0]) == COLUMNS
    lines = ga.get(f"{OBLIGATIONS}?format=jsonl").text.splitlines()
    assert [json.loads(line)["ref"] for line in lines] == [one["ref"] for one in page]


@pytest.mark.parametrize("asked", [("?format=ics", {}), ("", {"Accept": "text/calendar"})])
def test_a_list_is_a_calendar_too(ga: Any, asked: tuple[str, dict[str, str]]) -> None:
    query, headers = asked
    answer = ga.get(f"{OBLIGATIONS}{query}", headers=headers | {"Accept-Language": "en"})
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.text.count("BEGIN:VTODO") == len(ga.get(OBLIGATIONS).json["obligations"])
    assert "SUMMARY:Reply to a request" in answer.text


def test_gauges_have_no_names(ga: Any) -> None:
    text = ga.get("/metrics").text
    lines = [line for line in text.splitlines() if line.startswith("zelian_obligations")]
    assert any('rule="O1"' in line for line in lines)
    assert not any(name in line for line in lines for name in (GA, MZ, GRANT, ITEM))


@pytest.mark.parametrize("query", ["rule=F1", "state=late", "view=mine", "at=now", "nonsense=1"])
def test_what_cannot_be_asked_is_refused(ga: Any, query: str) -> None:
    assert ga.get(f"{OBLIGATIONS}?{query}").status_code == 400


def test_the_service_owes_a_checkpoint_while_entries_wait_for_one(
    ga: Any, owed: ServedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ga.get(OBLIGATIONS).json["service"] == []
    reader = owed.ledger.parts.reader
    published = reader.published_checkpoint()
    assert published is not None
    monkeypatch.setattr(reader, "size", lambda: published.size + 1)
    [one] = ga.get(OBLIGATIONS).json["service"]
    assert (one["rule"], one["kind"], one["department"]) == ("O12", "checkpoint", "ledger")
    assert one["thing"] == f"checkpoint/{published.size}"
    assert one["due"] > one["started_at"]
