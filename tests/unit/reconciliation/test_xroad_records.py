"""Operational monitoring records: what is read, what is refused, which belong together."""

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import BadRequest
from ledger.reconciliation.exchanges import pair
from ledger.reconciliation.xroad import Record, read_records
from tests.unit.reconciliation.exchanged import (
    CLIENT,
    PROVIDER,
    SERVICE,
    START,
    both,
    paired,
    record,
)

REAL = Path(__file__).parents[3].parent / "shared" / "data" / "xroad"


def read(value: Any) -> list[Record]:
    return read_records(value if isinstance(value, str) else json.dumps(value), "r.json")


def test_a_record_in_our_words() -> None:
    [one] = read([record("Producer", 1)])
    assert (one.client, one.provider, one.service) == (CLIENT, PROVIDER, SERVICE)
    assert (one.side, one.succeeded, one.message, one.request) == ("Producer", True, "m-1", "r-1")
    assert one.ended == START + 60_100
    assert one.members["responseOutTs"] == "2026-11-02T01:01:00.100Z"
    assert one.members["succeeded"] == "true"
    assert "insertTime" not in one.members


def test_three_forms_of_a_file_say_the_same() -> None:
    records = both(1, 2)
    listed = read(records)
    assert len(listed) == 4
    assert read({"records": records}) == listed
    assert read("\n".join(map(json.dumps, records))) == listed
    assert read(json.dumps(records[0])) == listed[:1]


def test_a_member_without_subsystem_and_a_record_that_names_nobody() -> None:
    [one] = read([record("Client", 1, clientSubsystemCode=None)])
    assert one.client == "YL/GOV/MZ"
    bare = {"securityServerType": "Client", "requestInTs": 1, "responseOutTs": 2}
    [none] = read([bare | {"succeeded": False}])
    assert (none.client, none.provider, none.service, none.key) == (None, None, None, None)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"securityServerType": "Proxy"}, "record 2, securityServerType"),
        ({"succeeded": None}, "record 2, succeeded"),
        ({"succeeded": 1}, "record 2, succeeded"),
        ({"requestInTs": None}, "record 2, requestInTs: is missing"),
        ({"requestInTs": "1"}, "record 2, requestInTs"),
        ({"requestInTs": -1}, "record 2, requestInTs"),
        ({"responseOutTs": 1.5}, "record 2, responseOutTs"),
        ({"responseOutTs": True}, "record 2, responseOutTs"),
        ({"messageId": 7}, "record 2, messageId"),
        ({"xRequestId": "x" * 2049}, "record 2, xRequestId"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read([record("Client", 1), record("Client", 2, **changes)])
    assert caught.value.en.startswith(f"r.json, {words}")
    assert "第 2 条记录" in caught.value.zh


@pytest.mark.parametrize(
    "text",
    ["", "[1]", "7", '{"records": [[]]}', "nonsense", "[NaN]", '[{"a": 1, "a": 2}]', "[" * 99_999],
)
def test_what_holds_no_records(text: str) -> None:
    if text == "":
        assert read(text) == []
        return
    with pytest.raises(BadRequest):
        read(text)


def test_a_member_that_stands_twice_is_refused() -> None:
    text = json.dumps([record("Client", 1)])
    assert len(read(text)) == 1
    with pytest.raises(BadRequest):
        read(text.replace('"succeeded": true', '"succeeded": false, "succeeded": true'))


def test_both_sides_make_one_exchange() -> None:
    found = paired(both(2, 1))
    assert [one.ids for one in found.exchanges] == [{"r-1", "m-1"}, {"r-2", "m-2"}]
    assert all(one.client and one.producer for one in found.exchanges)
    assert (found.failed, found.repeated) == ((), 0)
    # Told by the producer's clock, as it was he who sent.
    assert found.exchanges[0].at == START + 60_100


def test_a_message_id_that_is_used_again_joins_nothing() -> None:
    one, other = record("Client", 1, messageId="test"), record("Producer", 1, messageId="test")
    other["xRequestId"] = "r-2"
    assert len(paired([one, other]).exchanges) == 2


def test_without_a_request_id_message_client_and_service_join() -> None:
    sides = [record(side, 1, xRequestId=None) for side in ("Client", "Producer")]
    assert len(paired(sides).exchanges) == 1
    sides[1]["serviceCode"] = "another"
    assert len(paired(sides).exchanges) == 2


def test_a_repeat_counts_once_whenever_it_was_collected() -> None:
    again = record("Client", 1, insertTime=7.5)
    found = paired([*both(1), again])
    assert (len(found.exchanges), found.repeated) == (1, 1)
    assert found.exchanges[0].client is not None


def test_a_failure_is_no_exchange() -> None:
    sides = [record(side, 1, succeeded=False) for side in ("Client", "Producer")]
    found = paired(sides)
    assert (found.exchanges, len(found.failed)) == ((), 2)


def test_where_one_side_failed_the_other_alone_tells_of_it() -> None:
    found = paired([record("Client", 1, succeeded=False), record("Producer", 1)])
    [one] = found.exchanges
    assert (one.client, one.failing is not None, found.failed) == (None, True, ())


def test_a_side_that_tells_twice_tells_of_two() -> None:
    retry = record("Producer", 1, responseOutTs=START + 61_000)
    found = paired([*both(1), retry])
    assert [(one.client is not None, one.producer is not None) for one in found.exchanges] == [
        (True, True),
        (False, True),
    ]


@pytest.mark.skipif(not REAL.exists(), reason="X-Road's records are not shipped")
def test_the_records_of_a_real_installation() -> None:
    """17 records: 5 exchanges by both sides, 2 by the producer's alone, 5 failures; 4 repeats."""
    files = ("raw_messages_batch_1.json", "raw_messages_duplicates.json")
    records = [
        one for name in files for one in read_records((REAL / name).read_text("utf-8"), name)
    ]
    assert len(records) == 21
    found = pair(records)
    assert found.repeated == 4
    sides = [(one.client is not None, one.producer is not None) for one in found.exchanges]
    assert (sides.count((True, True)), sides.count((False, True)), len(sides)) == (5, 2, 7)
    assert [one.side for one in found.failed] == ["Client"] * 5
