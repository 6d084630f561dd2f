"""Events are built from rows alone, in order, each with the parent that the rules find."""

import random
from typing import Any

import pytest

from cli.importing.cases import in_order, lanes_of
from cli.importing.events import Prepared, prepare
from cli.importing.values import Rows
from crypto.statement import read_statement
from ledger.events.types import event_type
from tests.unit.importing.sample import KEYS, ROWS, sample_mapping, sample_rows
from tests.world import ORIGIN


def prepared(rows: Rows | None = None) -> dict[str, Prepared]:
    steps = in_order((rows or sample_rows()).events)
    return {one.id: one for one in prepare(steps, sample_mapping(), ORIGIN, KEYS.__getitem__)}


def event(id_: str) -> dict[str, Any]:
    return read_statement(prepared()[id_].envelope).event


def test_a_share_is_built_so() -> None:
    assert event("E-1") == {
        "data": {
            "channel": "not_stated",
            "consumer": "permits",
            "parents": [],
            "records": 3,
            "refs": {"act": "yunling/A-1", "delivery": "archive-1/E-1", "item": "yunling/I-1"},
            "signers": [KEYS["archive-1"].key_id],
        },
        "datacontenttype": "application/json",
        "id": "E-1",
        "ledger": ORIGIN,
        "official": "li",
        "source": "/departments/archive-1",
        "specversion": "1.0",
        "subject": "act/yunling/A-1",
        "time": "2026-01-05T01:00:00.123Z",
        "type": "zelian.delivery.sent.v1",
    }


def test_what_the_source_does_not_say_is_left_out() -> None:
    assert "records" not in event("E-5")["data"]
    assert "official" not in event("E-3")
    assert "tier" not in event("E-1")


def test_every_event_fits_its_type() -> None:
    for one in prepared().values():
        event_type(one.type).check(read_statement(one.envelope).event)


def test_the_consumer_is_whoever_comes_next_in_the_case() -> None:
    rows = sample_rows(ROWS[0], ROWS[1], ROWS[5])
    consumers = {one.id: one.event["data"].get("consumer") for one in prepared(rows).values()}
    assert consumers == {"E-1": "external", "E-5": "permits", "E-6": None}


def row(number: int, activity: str) -> str:
    return f"E-{number},A-1,{activity},Permits,Wang,2026-01-0{number} 09:00:00Z,,完成"


@pytest.mark.parametrize(
    ("activities", "parents"),
    [
        (["送达", "核验"], [None, 1]),
        (["核验"], [None]),
        (["送达", "送达", "核验"], [None, None, 2]),
        (["送达", "核验", "送达", "决定"], [None, 1, None, 3]),
        (["送达", "核验", "更正"], [None, 1, 2]),
        (["送达", "决定", "核验", "更正"], [None, 1, 1, 3]),
        (["送达", "核验", "决定", "更正"], [None, 1, 1, 3]),
        (["送达", "核验", "送达", "更正"], [None, 1, None, 2]),  # a rule, then a later event
        (["送达", "更正"], [None, 1]),
        (["更正"], [None]),
        (["更正", "更正"], [None, None]),
    ],
)
def test_parents_follow_the_rules(activities: list[str], parents: list[int | None]) -> None:
    built = list(prepared(sample_rows(*map(row, range(1, 9), activities))).values())
    digests = {number: one.digest.hex() for number, one in enumerate(built, 1)}
    assert [one.event["data"]["parents"] for one in built] == [
        [] if parent is None else [digests[parent]] for parent in parents
    ]


def test_a_parent_is_of_the_same_case() -> None:
    built = prepared()
    assert built["E-6"].event["data"]["parents"] == [built["E-5"].digest.hex()]


def test_two_builds_give_the_same_bytes() -> None:
    """Whatever the order of the file's rows is: only times order them."""
    shuffled = random.Random(7).sample(ROWS, len(ROWS))
    first, second = prepared(), prepared(sample_rows(*shuffled))
    assert list(first) == list(second)
    assert [one.envelope for one in first.values()] == [one.envelope for one in second.values()]


def test_a_beginning_has_the_bytes_of_the_whole() -> None:
    """What --limit sends is what the whole import sends first."""
    steps = in_order(sample_rows().events)[:4]
    some = list(prepare(steps, sample_mapping(), ORIGIN, KEYS.__getitem__))
    whole = list(prepared().values())
    assert [one.envelope for one in some] == [one.envelope for one in whole[:4]]


def test_order_is_by_time_then_line() -> None:
    rows = sample_rows(ROWS[5], ROWS[0], ROWS[1].replace("09:30:00", "09:00:00.123456"))
    assert [step.row.text("event") for step in in_order(rows.events)] == ["E-1", "E-5", "E-6"]


def test_times_order_by_more_than_milliseconds() -> None:
    later = ROWS[0].replace(".123456", ".123999")
    rows = sample_rows(later, ROWS[2].replace("10:00:00", "09:00:00.123001"))
    assert [step.row.text("event") for step in in_order(rows.events)] == ["E-2", "E-1"]


def test_a_case_keeps_to_its_lane() -> None:
    steps = in_order(sample_rows().events)
    lanes = lanes_of(steps, 2)
    assert [[step.row.text("event") for step in lane] for lane in lanes] == [
        ["E-1", "E-2", "E-3", "E-4"],
        ["E-5", "E-6"],
    ]
    assert lanes_of(steps, 1) == [steps]
