"""Every clock by its stories: when due, what it was worth at any time, as data."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.notation import TIME
from ledger.builtin_packs import built_in
from ledger.events.types import EVENT_TYPES
from ledger.registry.state import Registry
from ledger.sharing.machine import Said
from ledger.supervision.calendar import MissingCalendar
from ledger.supervision.departments import Registered
from ledger.supervision.obligation import PENDING, status
from ledger.supervision.obligation_kinds.service import checkpoint_due
from ledger.supervision.obligations import KINDS, names
from ledger.supervision.periods import LAST, end_of
from tests.unit.sharing.tale import EXAMPLES, digest_of
from tests.unit.supervision.clock_story import (
    FOLDER,
    Clocks,
    Story,
    standing,
    stories,
    wrong,
)

FILES = sorted(path.stem for path in FOLDER.glob("*.txt"))
TOLD = [(name, story) for name in FILES for story in stories(name)]
ALL = [pytest.param(story, id=f"{name}: {story.title}") for name, story in TOLD]
TABLES = ("starts", "moves", "together")
PARTS = [
    (kind.name, table, type_)
    for kind in KINDS.values()
    for table in TABLES
    for type_ in getattr(kind, table)
]


@pytest.mark.parametrize("story", ALL)
def test_the_story_holds(story: Story) -> None:
    assert wrong(story) == []
    assert story.expected


@pytest.mark.parametrize(("kind", "table", "type_"), PARTS)
def test_a_story_fails_where_a_part_of_a_kind_is_emptied(
    monkeypatch: pytest.MonkeyPatch, kind: str, table: str, type_: str
) -> None:
    def nothing(*_args: Any) -> tuple[()]:
        return ()

    monkeypatch.setitem(getattr(KINDS[kind], table), type_, nothing)
    assert any(wrong(story) for _, story in TOLD)


@pytest.mark.parametrize("story", ALL)
def test_what_it_was_worth_is_what_was_known_then(story: Story) -> None:
    whole = Clocks(story).tell(story.said)
    times = {one.recorded_at for one in story.said} | {one.at for one in story.expected}
    for at in sorted(times):
        then = Clocks(story).tell(one for one in story.said if one.recorded_at <= at)
        for body in whole.obligations():
            assert standing(whole, body["ref"], at) == standing(then, body["ref"], at)


@given(st.sampled_from([story for _, story in TOLD]), st.data())
def test_folded_in_pieces_is_folded_at_once(story: Story, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(story.said)))
    pieces = Clocks(story).tell(story.said[:cut]).interrupted().tell(story.said[cut:])
    assert pieces.store == Clocks(story).tell(story.said).store


@pytest.mark.parametrize("story", ALL)
def test_what_may_yet_be_moved_is_listed_and_nothing_else(story: Story) -> None:
    store = Clocks(story).tell(story.said).store
    lists = {name: body["refs"] for name, body in store.items() if name.startswith("open/")}
    ends = {name for name in lists if name.startswith("open/ended/")}
    listed = {ref for name, refs in lists.items() if name not in ends for ref in refs}
    bodies = {name[11:]: body for name, body in store.items() if name.startswith("obligation/")}
    assert listed == {ref for ref, body in bodies.items() if not body["final"]}
    over = {ref for name in ends for ref in lists[name]}
    assert over == {ref for ref, body in bodies.items() if not body["open"]}
    for body in bodies.values():
        now = status(body, "9999-12-31T00:00:00.000Z")
        assert body["open"] == (now is not None and now.state in PENDING)


def test_no_clock_is_missing() -> None:
    assert {kind.id for kind in KINDS.values()} == {f"O{n}" for n in range(1, 17)}


# What a store can read ahead


@pytest.mark.parametrize("story", ALL)
def test_names_say_which_lists_are_asked_for(story: Story) -> None:
    clocks = Clocks(story)
    for one in story.said:
        before = {
            name: list(body["refs"]) for name, body in clocks.store.items() if "open/" in name
        }
        old = {body["ref"]: body for body in clocks.obligations()}
        clocks.tell([one])
        changed = {ref for ref, body in old.items() if clocks.obligation(ref) != body}
        readable = {ref for name in names(one) for ref in before.get(name, ())}
        readable |= {name[11:] for name in names(one) if name.startswith("obligation/")}
        assert one.type == "calendar.adopted" or changed <= readable


# Who owes, and by whose word


def test_an_obligation_says_who_owes_it_and_by_whose_word() -> None:
    story = stories("o1_reply")[0]
    body = Clocks(story).tell(story.said).obligation("GA/O1-1") or {}
    assert (body["department"], body["to"], body["post"]) == ("GA", "MZ", "office_head")
    assert body["period"] == {
        "name": "reply_conditional", "value": 10, "unit": "working_days", "basis": "law",
        "law": "政务数据共享条例", "article": "第二十一条",
        "pack": {"id": "cn-809", "version": "2025-1", "adopted_by": None},
    }  # fmt: skip


def test_the_sharing_office_is_named_where_it_was_recorded() -> None:
    story = next(one for one in stories("o1_reply") if "sharing office" in one.title)
    body = Clocks(story).tell(story.said).obligation("GA/O1-3") or {}
    assert body["unit"] == "share-office"


def test_extensions_that_do_not_count_are_shown() -> None:
    story = next(one for one in stories("o1_reply") if "sum to ten" in one.title)
    body = Clocks(story).tell(story.said).obligation("GA/O1-0") or {}
    steps = [step for step in body["life"] if step["what"] == "extended"]
    assert [(step["asked"], step["counted"], step["reason"]) for step in steps] == [
        (4, 4, None), (7, 6, "beyond_ceiling"), (3, 0, "beyond_ceiling"),
    ]  # fmt: skip


def test_the_service_owes_the_next_checkpoint() -> None:
    instruments = built_in()
    seen = Clocks(Story("")).seen
    body = checkpoint_due(7, "2026-03-02T01:00:00.000Z", seen, "ledger")
    assert body is not None
    assert instruments.packs is seen.packs
    found = [status(body, f"2026-03-02T0{hour}:00:00.001Z") for hour in (1, 2)]
    assert [one and one.state for one in found] == ["due_soon", "overdue"]
    assert (body["department"], body["kind"]) == ("ledger", "O12")


def registered(*known: tuple[str, str, str | None]) -> Registry:
    """Return a registry of departments: id, kind, division code."""
    made = Registry()
    for index, (department, kind, region) in enumerate(known):
        data = {"department": department, "kind": kind, "name": {"zh": department}}
        data |= {} if region is None else {"region": region}
        event = {"type": "zelian.department.registered.v1", "data": data}
        made.apply(index, "2026-03-02T01:00:00.000Z", event)
    return made


def test_the_authority_is_that_of_the_division_or_the_nearest_around_it() -> None:
    registry = registered(
        ("COUNTY", "gov", "990102"), ("CITY", "gov", "990100"), ("OTHER", "gov", "980000"),
        ("SJ", "sharing_authority", "990000"), ("CSJ", "sharing_authority", "990100"),
    )  # fmt: skip
    known = Registered(registry, 5)
    found = [known.authority(one) for one in ("COUNTY", "CITY", "OTHER", "SJ", "NOBODY")]
    assert found == ["CSJ", "CSJ", None, "SJ", None]
    assert [known.region(one) for one in ("COUNTY", "NOBODY")] == ["990102", None]
    assert Registered(registry, 4).authority("COUNTY") == "SJ"  # before the city's was registered


# Whatever is said, the fold goes on

EDGES = (
    "1970-01-01T00:00:00.000Z",
    "2026-12-30T01:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
)
SPOKEN = [
    (story, number)
    for _, story in TOLD
    for number, one in enumerate(story.said)
    if one.type not in ("rules.adopted", "law.adjusted")
]


def stretched(value: Any, draw: Any) -> Any:
    """Return a JSON value with other times in it, as far away as a T can say."""
    if isinstance(value, dict):
        return {name: stretched(one, draw) for name, one in value.items()}
    if isinstance(value, list):
        return [stretched(one, draw) for one in value]
    if isinstance(value, str) and TIME.match(value):
        return draw(st.sampled_from((value, *EDGES)))
    return value


@settings(max_examples=300)
@given(st.sampled_from(SPOKEN), st.data())
def test_no_time_that_can_be_said_stops_the_fold(case: tuple[Story, int], data: Any) -> None:
    story, number = case
    one = story.said[number]
    event = {**one.event, "data": stretched(one.data, data.draw)}
    event["time"] = data.draw(st.sampled_from((one.event["time"], *EDGES)))
    said = [*story.said]
    said[number] = Said(
        one.index, one.recorded_at, event, one.digest, one.role, one.voice, one.stands_for
    )
    clocks = Clocks(story).tell(said)
    for body in clocks.obligations():
        assert status(body, EDGES[-1]) is not None


def examples() -> list[Said]:
    """Return the example of each type as a statement; all are about the same few things."""
    found = []
    for index, (kind, path) in enumerate(sorted(EXAMPLES.items())):
        declared = EVENT_TYPES[f"zelian.{kind}.v1"]
        refs = {name: f"GA/{name}-1" for name in declared.refs_required | declared.refs_optional}
        data = json.loads(path.read_text("utf-8"))["accepted"]["data"]
        data = {"parents": []} | data | {"refs": refs}
        event = {"type": declared.name, "source": "/departments/GA", "time": EDGES[1],
                 "data": data}  # fmt: skip
        speakers = frozenset(("GA", "MZ"))
        found.append(
            Said(index, EDGES[1], event, digest_of(index), "sharing_authority", "signed", speakers)
        )
    return found


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(len(EXAMPLES))))
def test_no_statement_in_no_order_stops_the_fold(order: list[int]) -> None:
    said = examples()
    clocks = Clocks(Story("")).tell(said[number] for number in order)
    assert all(status(body, EDGES[-1]) is not None for body in clocks.obligations())


@pytest.mark.parametrize("unit", ["working_days", "days", "months", "years", "hours"])
def test_no_number_of_a_pack_stops_the_fold(unit: str) -> None:
    """A unit that its declaration has not is left out; what is longest ends with the last T."""
    for value in (1, 10**6, 2**53 - 1):
        calendar = built_in().calendar
        try:
            end = end_of("2026-03-02T01:00:00.000Z", value, unit, calendar)
        except MissingCalendar:
            continue
        assert end.at <= LAST


def test_what_is_claimed_in_time_and_recorded_after_is_shown() -> None:
    story = next(one for one in stories("o1_reply") if "weeks afterwards" in one.title)
    body = Clocks(story).tell(story.said).obligation("GA/O1-0") or {}
    now = status(body, "2026-05-01T00:00:00.000Z")
    assert now is not None
    assert (now.state, now.claimed, now.late) == ("fulfilled", True, False)
    prompt = next(one for one in stories("o1_reply") if "unconditional" in one.title)
    body = Clocks(prompt).tell(prompt.said).obligation("GA/O1-1") or {}
    now = status(body, "2026-05-01T00:00:00.000Z")
    assert now is not None
    assert (now.state, now.claimed) == ("fulfilled", False)
