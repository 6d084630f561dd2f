"""What must be registered follows from the rows, under ids that never change."""

import pytest

from cli.failures import Failure
from cli.importing.cases import in_order
from cli.importing.registering import Wanted, statement_id, wanted_of
from crypto.notation import check_id
from ledger.events.types import event_type
from ledger.opening import registrar_event
from tests.unit.importing.sample import KEYS, ROWS, sample_mapping, sample_rows
from tests.world import ORIGIN


def wanted(limit: int | None = None) -> list[Wanted]:
    rows = sample_rows()
    return wanted_of(in_order(rows.events)[:limit], rows, sample_mapping(), KEYS.__getitem__)


def test_departments_then_keys_then_posts() -> None:
    found = [(one.kind, one.subject) for one in wanted()]
    assert found == [
        ("department.registered", "department/archive-1"),
        ("department.registered", "department/permits"),
        ("department.registered", "department/not-stated"),
        ("key.enrolled", "department/archive-1"),
        ("key.enrolled", "department/permits"),
        ("key.enrolled", "department/not-stated"),
        ("official.appointed", "official/li"),
        ("official.appointed", "official/_li"),
        ("official.appointed", "official/wang"),
        ("official.appointed", "official/wang"),
    ]


def test_each_is_a_sound_registry_event() -> None:
    for one in wanted():
        event = registrar_event(ORIGIN, one.kind, one.subject, one.data, one.id, 0)
        event["data"]["signers"] = ["0" * 64]
        event_type(event["type"]).check(event)


def test_departments_are_named_by_the_mapping() -> None:
    assert [one.data["name"] for one in wanted()[:3]] == [
        {"zh": "云岭省Archive 1"},
        {"zh": "云岭省Permits"},
        {"en": "not stated", "zh": "未载明部门"},
    ]


def test_a_post_starts_on_the_day_of_the_first_event() -> None:
    starts = [(one.data["department"], one.data["starts"]) for one in wanted()[-2:]]
    assert starts == [
        ("permits", "2026-01-05T00:00:00.000Z"),
        ("not-stated", "2026-01-06T00:00:00.000Z"),
    ]


def test_a_beginning_wants_what_the_whole_wants_of_it() -> None:
    """--limit registers nothing that the whole import would register otherwise."""
    whole = {one.id: one for one in wanted()}
    some = wanted(3)
    assert len(some) < len(whole)
    assert all(whole[one.id] == one for one in some)


def test_ids_are_ids_none_twice() -> None:
    ids = [check_id(one.id) for one in wanted()]
    assert len(set(ids)) == len(ids)
    check_id(statement_id("n" * 32, "post", "d" * 64, "o" * 64))


def test_the_parts_of_an_id_do_not_run_together() -> None:
    assert statement_id("s", "post", "a", "bc") != statement_id("s", "post", "ab", "c")


@pytest.mark.parametrize("own", ["registrar", "ledger"])
def test_the_ledgers_own_departments_are_out_of_reach(own: str) -> None:
    """A system key for the registrar would be a registrar's key."""
    rows = sample_rows(ROWS[0].replace("Archive 1", own.title()))
    with pytest.raises(Failure, match=f"department {own} is the ledger's own"):
        wanted_of(in_order(rows.events), rows, sample_mapping(), KEYS.__getitem__)


def test_without_posts_no_official_is_registered() -> None:
    mapping = sample_mapping(('[posts]\npost = "经办岗"\ntiers = ["handler"]', ""))
    rows = sample_rows(mapping=mapping)
    found = wanted_of(in_order(rows.events), rows, mapping, KEYS.__getitem__)
    assert {one.kind for one in found} == {"department.registered", "key.enrolled"}
