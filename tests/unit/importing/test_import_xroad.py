"""X-Road's records as statements: deliveries and uses, joined by message, nothing made up."""

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cli.failures import Failure
from cli.importing.cases import in_order
from cli.importing.constants import constants_of
from cli.importing.declared import LogMapping
from cli.importing.events import Prepared, prepare
from cli.importing.mapping import read_mapping
from cli.importing.platform_names import read_names_alone
from cli.importing.rows import Source, read_source
from cli.importing.values import Rows, read_rows
from ledger.events.types import event_type
from ledger.reconciliation.counts import check_apart, read_counts
from ledger.reconciliation.names import Names
from tests.unit.reconciliation.exchanged import (
    BETWEEN,
    CLIENT,
    GRANT,
    ITEM,
    PROVIDER,
    SERVICE,
    both,
    record,
)
from tests.world import seed

PROJECT = Path(__file__).parents[3]
EXAMPLE = PROJECT / "examples" / "xroad.toml"
REAL = PROJECT.parent / "shared" / "data" / "xroad" / "raw_messages_batch_1.json"
TABLES = f"""
[subsystems]
"{CLIENT}" = "MZ"
"{PROVIDER}" = "GA"
[services]
"{SERVICE}" = "{ITEM}"
[grants]
"{BETWEEN}" = "{GRANT}"
"""


def xroad_toml() -> bytes:
    """The example's mapping with the names of the invented platform in place of its own."""
    text = EXAMPLE.read_text(encoding="utf-8")
    start, end = text.index("[subsystems]"), text.index("[fields.event]")
    return (text[:start] + TABLES + text[end:]).encode()


def mapping() -> LogMapping:
    return read_mapping(xroad_toml(), "xroad.toml")


def rows(records: list[dict[str, Any]], chosen: LogMapping | None = None) -> Rows:
    source = Source("r.json", json.dumps(records), ("record", "条记录"))
    return read_rows(source, chosen or mapping())


def built(records: list[dict[str, Any]], chosen: LogMapping | None = None) -> list[Prepared]:
    used = chosen or mapping()
    key = seed(1)
    steps = in_order(rows(records, used).events, used)
    return list(prepare(steps, used, "x.example/y", lambda _: key))


def check(one: Prepared) -> None:
    """Raise unless the event fits its type."""
    data = {**one.event["data"], "signers": ["0" * 64]}
    event_type(one.type).check({**one.event, "data": data})


def test_a_producers_record_is_a_delivery_and_a_clients_a_use() -> None:
    sent, used = built(both(1))
    assert sent.event["source"] == "/departments/GA"
    assert sent.event["time"] == "2026-11-02T01:01:00.100Z"
    assert sent.event["data"] == {
        "channel": "api",
        "consumer": "MZ",
        "parents": [],
        "platform_ref": "r-1",
        "refs": {"delivery": "GA/r-1-producer", "grant": GRANT, "item": ITEM},
    }
    assert used.event["data"] == {
        "call_ref": "r-1",
        "parents": [sent.digest.hex()],
        "purpose_code": "not_stated",
        "refs": {"grant": GRANT, "item": ITEM, "use": "MZ/r-1-client"},
        "reliance": "not_stated",
        "use_kind": "not_stated",
    }
    for one in (sent, used):
        assert "official" not in one.event
        check(one)


def test_a_use_follows_its_delivery_whatever_the_clocks_say() -> None:
    early = record("Client", 1, responseOutTs=record("Client", 1)["responseOutTs"] - 5_000)
    sent, used = built([early, record("Producer", 1), *both(2)])[:2]
    assert (sent.family, used.family) == ("share", "use")
    assert used.event["time"] < sent.event["time"]
    assert used.event["data"]["parents"] == [sent.digest.hex()]


def test_a_use_whose_delivery_nobody_told_has_no_parent() -> None:
    [used] = built([record("Client", 1)])
    assert used.event["data"]["parents"] == []
    assert "delivery" not in used.event["data"]["refs"]


def test_a_message_id_that_is_used_again_joins_nothing() -> None:
    other = record("Client", 2, messageId="m-1")
    sent, used = built([record("Producer", 1), other])
    assert (sent.id, used.id) == ("r-1-producer", "r-2-client")
    assert used.event["data"]["parents"] == []


def test_failures_repeats_and_what_is_passed_over_are_ignored() -> None:
    raw = xroad_toml().replace(b"passed_over = [", b'passed_over = ["YL/GOV/GA/HUJI/ping", ')
    chosen = read_mapping(raw, "xroad.toml")
    records = [
        *both(1),
        record("Client", 1, insertTime=3.5),
        record("Client", 2, succeeded=False),
        {"securityServerType": "Client", "requestInTs": 1, "responseOutTs": 2, "succeeded": False},
        record("Producer", 3, serviceCode="ping", serviceVersion=None),
    ]
    found = rows(records, chosen)
    assert (len(found.events), found.ignored) == (2, 4)


def test_a_relation_without_a_grant_has_none() -> None:
    text = xroad_toml().replace(f'"{BETWEEN}" = "{GRANT}"'.encode(), b"")
    sent, _ = built(both(1), read_mapping(text, "xroad.toml"))
    assert "grant" not in sent.event["data"]["refs"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"clientSubsystemCode": "OTHER"}, "record 2, column 'consumer'"),
        ({"serviceSubsystemCode": "OTHER"}, "record 2, column 'speaker'"),
        ({"serviceCode": "other"}, "record 2, column 'item': is empty"),
        ({"xRequestId": None, "messageId": "no id!"}, "record 2, column 'id'"),
        ({"xRequestId": None, "messageId": None}, "record 2, column 'id': is empty"),
        ({"succeeded": "yes"}, "record 2, succeeded"),
    ],
)
def test_what_has_no_name_is_an_error_and_no_guess(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Failure) as caught:
        rows([record("Producer", 1), record("Producer", 2, **changes)])
    assert words in caught.value.en
    assert "nothing was sent" in caught.value.en
    assert "第 2 条记录" in caught.value.zh


def test_a_column_that_no_record_has() -> None:
    raw = xroad_toml().replace(b'column = "responseOutTs"', b'column = "responseTs"')
    with pytest.raises(Failure, match="'responseTs': no record has such a member"):
        built(both(1), read_mapping(raw, "xroad.toml"))


def test_names_are_told_with_the_constants() -> None:
    told = constants_of(mapping())
    assert (f"subsystem {CLIENT}", "MZ") in told
    assert (f"service {SERVICE}", ITEM) in told
    assert (f"grant {BETWEEN}", GRANT) in told
    assert any(name == "passed over" for name, _ in told)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (f'"{CLIENT}" = "MZ"', f'"{CLIENT}" = "M Z"', f'subsystems."{CLIENT}"'),
        (f'"{SERVICE}" = "{ITEM}"', f'"{SERVICE}" = "GA"', f'services."{SERVICE}"'),
        (f'"{SERVICE}" = "{ITEM}"', f'"{SERVICE}" = 7', f'services."{SERVICE}"'),
        ("passed_over = [", f'passed_over = ["{SERVICE}", ', "passed_over"),
    ],
)
def test_a_name_that_is_wrong_is_told_with_its_key(old: str, new: str, key: str) -> None:
    text = xroad_toml().decode()
    assert old in text
    with pytest.raises(Failure) as caught:
        read_mapping(text.replace(old, new).encode(), "xroad.toml")
    assert f"xroad.toml: {key}" in caught.value.en


def test_reconciling_reads_the_names_of_the_same_file() -> None:
    values = tomllib.loads(xroad_toml().decode())
    found = read_names_alone(values, "xroad.toml")
    assert found == mapping().names
    assert found == Names(
        {CLIENT: "MZ", PROVIDER: "GA"},
        {SERVICE: ITEM},
        {BETWEEN: GRANT},
        mapping().names.passed_over,
    )
    with pytest.raises(Failure, match=r"xroad\.toml: subsytems"):
        read_names_alone({**values, "subsytems": {}}, "xroad.toml")


def test_names_are_for_xroad_only() -> None:
    raw = xroad_toml().replace(b'format = "xroad"', b'format = "csv"')
    with pytest.raises(Failure, match="no such key is known here"):
        read_mapping(raw, "xroad.toml")


EXAMPLES = sorted(EXAMPLE.parent.glob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_each_example_is_a_mapping(path: Path) -> None:
    beside = path.parent
    found = read_mapping(path.read_bytes(), path.name, lambda name: (beside / name).read_bytes())
    assert found.activities


def test_the_example_of_counts_is_read() -> None:
    path = EXAMPLE.with_name("counts.csv")
    rows = read_counts(path.read_text("utf-8"), path.name, Names())
    check_apart(rows)
    named = {*read_mapping(EXAMPLE.read_bytes(), EXAMPLE.name).names.grants.values()}
    assert {one.grant for one in rows} == named


@pytest.mark.skipif(not REAL.exists(), reason="X-Road's records are not shipped")
def test_the_records_of_a_real_installation() -> None:
    chosen = read_mapping(EXAMPLE.read_bytes(), EXAMPLE.name)
    found = read_rows(read_source(REAL, "xroad"), chosen)
    key = seed(1)
    made = list(prepare(in_order(found.events, chosen), chosen, "x.example/y", lambda _: key))
    assert Counter(one.family for one in made) == {"share": 6, "use": 4}
    assert found.ignored == 7
    by_digest = {one.digest.hex(): one for one in made}
    for one in made:
        check(one)
        parents = [by_digest[digest] for digest in one.event["data"]["parents"]]
        assert [p.id.removesuffix("-producer") for p in parents] == (
            [one.id.removesuffix("-client")] if one.family == "use" else []
        )
    # The personal code that some records hold is in no statement.
    assert not any(b"messageUserId" in one.envelope for one in made)
