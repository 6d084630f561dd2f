"""Which authorisations have effect, and the pure rules of sessions."""

from typing import Any

import pytest

from ledger.access.reader import Reader, reader_of, sight_of
from ledger.access.scopes import Scope, fold
from ledger.access.sessions import MINUTE_MS, NONCE_MS, Attempts, Session, nonce_holds
from ledger.access.sight import EVERYTHING, NOTHING
from tests.unit.events.examples import DEPARTMENTS, official_of, system_key, town
from tests.unit.registry.story import Story

AUDIT = DEPARTMENTS["audit"]
STARTS, EXPIRES = "2026-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"
NOW = "2026-06-01T00:00:00.000Z"


@pytest.fixture(name="story", scope="module")
def _story() -> Story:
    return town()


def granted(story: Story, by: str, over: dict[str, Any], **more: Any) -> tuple[Scope, ...]:
    data = {
        "body": AUDIT,
        "document": "云数函〔2026〕1号",
        "expires": EXPIRES,
        "over": over,
        "purpose": "audit",
        "starts": STARTS,
        **more,
    }
    source = DEPARTMENTS.get(by, by)
    event = {"data": data, "source": f"/departments/{source}"}
    return fold([(story.registry.size, "ab" * 32, event)], story.registry)


@pytest.mark.parametrize("by", ["sharing_authority", "people_government", "supervisory"])
def test_a_scope_opens_what_it_is_over(story: Story, by: str) -> None:
    over = {"departments": ["D"], "items": ["D/I"], "matters": ["D/M"], "region": "530100"}
    [scope] = granted(story, by, over)
    assert scope.opens == {"reader/D", "item/D/I", "matter/D/M", "area/530100"}
    assert (scope.granter, scope.body, scope.sealed) == (DEPARTMENTS[by], AUDIT, False)
    [whole] = granted(story, by, {"whole_ledger": True}, sealed_reading=True)
    assert (whole.opens, whole.sealed) == (None, True)
    [named] = granted(story, by, {"whole_ledger": False, "departments": ["D"]})
    assert named.opens == {"reader/D"}


@pytest.mark.parametrize("by", ["audit", "department", "npc", "registrar", "NOWHERE"])
def test_a_scope_by_the_body_itself_or_by_no_granter_has_no_effect(story: Story, by: str) -> None:
    assert granted(story, by, {"whole_ledger": True}) == ()


def test_a_granter_must_have_been_one_when_he_granted(story: Story) -> None:
    event = {"data": {"body": AUDIT}, "source": f"/departments/{DEPARTMENTS['supervisory']}"}
    assert fold([(0, "ab" * 32, event)], story.registry) == ()


@pytest.mark.parametrize(
    ("officials", "official", "now", "live"),
    [
        ([], None, NOW, True),
        ([], "li", STARTS, True),
        ([], "li", EXPIRES, False),
        ([], "li", "2025-12-31T23:59:59.999Z", False),
        (["li"], "li", NOW, True),
        (["li"], "wang", NOW, False),
        (["li"], None, NOW, False),
    ],
)
def test_a_scope_is_live_in_its_time_for_its_officials(
    story: Story, officials: list[str], official: str | None, now: str, live: bool
) -> None:
    [scope] = granted(story, "sharing_authority", {"departments": ["D"]}, officials=officials)
    assert scope.is_live(official, now) is live


def test_a_scope_serves_inspectors_alone(story: Story) -> None:
    scopes = granted(story, "sharing_authority", {"whole_ledger": True})
    auditor = Reader(AUDIT, "audit", None, "k", scopes)
    assert sight_of(auditor, story.registry) == EVERYTHING
    other = Reader(DEPARTMENTS["department"], "department", None, "k", scopes)
    assert sight_of(other, story.registry) != EVERYTHING
    assert sight_of(None, story.registry) == NOTHING


def test_a_key_speaks_for_its_department_or_for_its_holder_in_post(story: Story) -> None:
    system = reader_of(system_key("court").key_id, story.registry, story.now)
    assert system is not None
    assert (system.department, system.role) == (DEPARTMENTS["court"], "court")
    assert system.official is None
    assert reader_of("0" * 64, story.registry, story.now) is None
    before = "2000-01-01T00:00:00.000Z"
    held = [
        key_id
        for key_id in story.registry.public_keys
        if (known := story.registry.key(key_id)) and known.holder == official_of("court")
    ]
    assert reader_of(held[0], story.registry, story.now) is not None
    assert reader_of(held[0], story.registry, before) is None, "not in post yet"


@pytest.mark.parametrize(
    ("now_ms", "open_"), [(9, False), (10, True), (19, True), (20, False), (10**15, False)]
)
def test_a_session_is_open_from_its_start_to_its_end(now_ms: int, open_: bool) -> None:
    assert Session(b"", "k", 10, 20).is_open(now_ms) is open_


def test_a_nonce_holds_five_minutes() -> None:
    assert nonce_holds(1_000, 1_000)
    assert nonce_holds(1_000, 1_000 + NONCE_MS - 1)
    assert not nonce_holds(1_000, 1_000 + NONCE_MS)
    assert not nonce_holds(1_000, 999), "the clock has run back"


def test_attempts_are_counted_a_minute_each_for_himself() -> None:
    attempts = Attempts(2)
    assert [attempts.admit("a", ms) for ms in (0, 10, 20)] == [True, True, False]
    assert attempts.admit("b", 20)
    assert attempts.admit("a", MINUTE_MS), "the first is a minute old"
    assert not attempts.admit("a", MINUTE_MS + 1)
    assert attempts.admit("a", MINUTE_MS + 10)


def test_who_tries_no_more_is_forgotten() -> None:
    attempts = Attempts(1)
    for number in range(1_000):
        attempts.admit(str(number), 0)
    attempts.admit("last", MINUTE_MS)
    assert set(attempts._times) == {"last"}
