"""The known answers of the real municipality's log, where its file lies beside the project.

The data are by J.C.A.M. Buijs (2014), doi 10.4121/uuid:a07386a5-7be3-4367-9535-70bc9e77dbe6,
and are not shipped.
"""

import csv
import gzip
from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from cli.importing.cases import in_order
from cli.importing.declared import LogMapping
from cli.importing.events import Prepared, prepare
from cli.importing.mapping import read_mapping
from cli.importing.rows import Source, read_source
from cli.importing.values import Rows, read_rows
from ledger.events.types import event_type
from tests.world import seed

PROJECT = Path(__file__).parents[3]
LOG = PROJECT.parent / "shared" / "data" / "receipt.csv.gz"
EXAMPLE = PROJECT / "examples" / "receipt.toml"
DEADLINES = PROJECT / "examples" / "receipt-deadlines.toml"

pytestmark = pytest.mark.skipif(
    not LOG.exists(), reason="the municipality's log is not shipped: put it at ../shared/data"
)


@pytest.fixture(scope="module")
def mapping() -> LogMapping:
    return read_mapping(EXAMPLE.read_bytes(), EXAMPLE.name)


@pytest.fixture(scope="module")
def source() -> Source:
    return read_source(LOG)


@pytest.fixture(scope="module")
def rows(source: Source, mapping: LogMapping) -> Rows:
    return read_rows(source, mapping)


@pytest.fixture(scope="module")
def built(rows: Rows, mapping: LogMapping) -> list[Prepared]:
    key = seed(1)
    return list(prepare(in_order(rows.events), mapping, "test.example/log", lambda _: key))


def test_shares_uses_and_feedbacks(built: list[Prepared]) -> None:
    assert Counter(one.family for one in built) == {"share": 2811, "use": 5564, "feedback": 202}
    assert Counter(one.type for one in built) == {
        "zelian.delivery.sent.v1": 2811,
        "zelian.use.recorded.v1": 5564,
        "zelian.feedback.effect.v1": 139,
        "zelian.feedback.quality.v1": 63,
    }


def test_every_event_fits_its_type(built: list[Prepared]) -> None:
    for one in built:
        event = {**one.event, "data": {**one.event["data"], "signers": ["0" * 64]}}
        event_type(one.type).check(event)


def test_departments_and_officials(rows: Rows) -> None:
    groups = {f"Group {n}": f"group-{n}" for n in (1, 2, 3, 4, 7, 12, 13, 14, 15)}
    assert rows.sources["department"] == {
        "not-stated": "EMPTY",
        **{id_: source for source, id_ in groups.items()},
    }
    assert len(rows.sources["official"]) == 48
    assert rows.sources["official"]["resource21"] == "Resource21"
    assert {rows.sources["official"][id_] for id_ in ("t_e_s_t", "_test")} == {"TEST", "test"}


def test_events_without_a_department_stay_so(built: list[Prepared]) -> None:
    sources = Counter(one.event["source"] for one in built)
    assert sources["/departments/not-stated"] == 1936
    assert sum(sources.values()) == 8577


def test_officials_act_for_several_groups(rows: Rows) -> None:
    groups = defaultdict(set)
    for row in rows.events:
        groups[row.text("official")].add(row.text("department"))
    assert sum(len(found) > 1 for found in groups.values()) == 43


def test_one_official_checked_and_decided(built: list[Prepared]) -> None:
    """The last check T02 and the last decision T04 of a case."""
    last: dict[str, dict[str, str]] = defaultdict(dict)
    for one in built:
        if one.family == "use":
            data = one.event["data"]
            last[data["refs"]["act"]][data["purpose_code"]] = one.event["official"]
    same = [act for act in last.values() if "T02" in act and act["T02"] == act.get("T04")]
    assert len(same) == 1042


def test_events_after_the_deadline() -> None:
    """Counted from the file itself, with nothing of ours."""
    with gzip.open(LOG, "rt", encoding="utf-8-sig", newline="") as handle:
        late = [
            row
            for row in csv.DictReader(handle)
            if datetime.fromisoformat(row["time:timestamp"])
            > datetime.fromisoformat(row["case:deadline"])
        ]
    assert len(late) == 380


def test_an_act_is_opened_a_case_with_its_deadline(source: Source, built: list[Prepared]) -> None:
    """The openings come on top of the same bytes, and tell which events came too late."""
    mapping = read_mapping(
        DEADLINES.read_bytes(), DEADLINES.name, lambda name: (EXAMPLE.parent / name).read_bytes()
    )
    key = seed(1)
    steps = in_order(read_rows(source, mapping).events, mapping)
    whole = list(prepare(steps, mapping, "test.example/log", lambda _: key))
    opened = [one for one in whole if one.family == "act"]
    assert [one.envelope for one in whole if one.family != "act"] == [o.envelope for o in built]
    assert Counter(one.type for one in opened) == {"zelian.act.opened.v1": 1434}
    due: dict[str, str] = {}
    late = 0
    for one in whole:
        data = one.event["data"]
        act = data["refs"]["act"]
        if one.family == "act":
            assert act not in due
            due[act] = data["due"]
            assert one.event["time"] <= data["due"]
            assert "official" not in one.event
            assert one.event["source"] == "/departments/municipality"
            event_type(one.type).check({**one.event, "data": {**data, "signers": ["0" * 64]}})
        late += one.event["time"] > due[act]
    assert (len(due), late) == (1434, 380)


def test_rows_are_in_order_within_a_case_and_not_across(rows: Rows) -> None:
    cases = defaultdict(list)
    for row in rows.events:
        cases[row.text("case")].append(row.instant)
    assert len(cases) == 1434
    assert all(one <= other for case in cases.values() for one, other in pairwise(case))
    assert any(one.instant > other.instant for one, other in pairwise(rows.events))


def test_every_use_relies_on_an_earlier_share(built: list[Prepared]) -> None:
    seen: dict[str, Prepared] = {}
    for one in built:
        parents = one.event["data"]["parents"]
        if one.family == "share":
            assert parents == []
        else:
            (parent,) = (seen[digest] for digest in parents)
            assert one.event["data"]["refs"]["act"] == parent.event["data"]["refs"]["act"]
            assert one.family != "use" or parent.family == "share"
        seen[one.digest.hex()] = one


def test_a_feedback_relies_on_what_it_is_about(built: list[Prepared], rows: Rows) -> None:
    activity = {row.text("event"): row.text("activity")[:3] for row in rows.events}
    by_digest = {one.digest.hex(): one for one in built}
    about = Counter(
        (activity[one.id], activity[by_digest[one.event["data"]["parents"][0]].id])
        for one in built
        if one.family == "feedback"
    )
    wanted = {"T03": {"T02", "T04"}, "T09": {"T08"}, "T07": {"T06"}, "T13": {"T12"}, "T18": {"T17"}}
    for (feedback, parent), number in about.items():
        assert parent in wanted[feedback], f"{number} times {feedback} relies on {parent}"


def test_the_consumer_is_who_acts_next(built: list[Prepared]) -> None:
    cases = defaultdict(list)
    for one in built:
        cases[one.event["data"]["refs"]["act"]].append(one)
    for case in cases.values():
        for one, following in zip(case, [*case[1:], None], strict=True):
            if one.family == "share":
                source = following.event["source"] if following else "/departments/external"
                assert f"/departments/{one.event['data']['consumer']}" == source
