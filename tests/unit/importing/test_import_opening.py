"""The event that opens a case, fields that order or that only names fill, and bases of mappings."""

import pytest

from cli.failures import Failure
from cli.importing.cases import in_order
from cli.importing.constants import constants_of
from cli.importing.declared import LogMapping
from cli.importing.events import Prepared, prepare
from cli.importing.mapping import read_mapping
from cli.importing.registering import wanted_of
from cli.importing.rows import Source
from cli.importing.values import read_rows
from tests.unit.importing.sample import KEYS, sample_mapping, sample_rows, sample_toml
from tests.world import seed

DUE = ("[fields.records]", '[fields.due]\ncolumn = "时间"\nas = "time"\n[fields.records]')
OPENED = """
[opening]
event = "opened"
id = "{case}-opened"
department = "{owner}"
[events.opened]
type = "zelian.act.opened.v1"
family = "act"
subject = "act/{owner}/{case}"
refs = { act = "{owner}/{case}" }
[events.opened.data]
act_kind = "other"
matter_code = "not_stated"
begun_by = "not_stated"
due = "{due}"
"""
OPENING = ('[activities."送达"]', f'{OPENED}\n[activities."送达"]')


def built(mapping: LogMapping, *rows: str) -> list[Prepared]:
    keys = {**KEYS, "yunling": seed(14)}
    steps = in_order(sample_rows(*rows, mapping=mapping).events, mapping)
    return list(prepare(steps, mapping, "test.example/log", keys.__getitem__))


def test_each_case_is_opened_before_its_first_event() -> None:
    found = built(sample_mapping(DUE, OPENING))
    assert [one.id for one in found] == [
        "A-1-opened", "E-1", "A-2-opened", "E-5", "E-2", "E-3", "E-4", "E-6",
    ]  # fmt: skip
    first = found[0].event
    assert first["source"] == "/departments/yunling"
    assert "official" not in first
    assert first["data"]["due"] == first["time"] == "2026-01-05T01:00:00.123Z"
    assert first["data"]["parents"] == []


def test_the_events_of_the_rows_are_the_same_bytes() -> None:
    plain = [one.envelope for one in built(sample_mapping())]
    opened = [one.envelope for one in built(sample_mapping(DUE, OPENING)) if one.family != "act"]
    assert opened == plain


def test_an_official_and_a_time_of_the_opening() -> None:
    own = ('id = "{case}-opened"', 'id = "{case}-o"\nofficial = "{official}"\ntime = "{due}"')
    opening = (OPENING[0], OPENING[1].replace(*own))
    [first, *_] = built(sample_mapping(DUE, opening))
    assert (first.id, first.event["official"]) == ("A-1-o", "li")


def test_who_opens_is_registered_too() -> None:
    mapping = sample_mapping(DUE, OPENING)
    rows = sample_rows(mapping=mapping)
    keys = {**KEYS, "yunling": seed(14)}
    wanted = wanted_of(in_order(rows.events, mapping), rows, mapping, keys.__getitem__)
    named = [one.data for one in wanted if one.kind == "department.registered"]
    [own] = [data for data in named if data["department"] == "yunling"]
    assert own["name"]["zh"] == "云岭省yunling"
    assert not any(one.data.get("appointee") == "None" for one in wanted)


def test_what_an_opening_adds_is_told() -> None:
    told = constants_of(sample_mapping(DUE, OPENING))
    assert ("opening department", "{owner}") in told
    assert ("act.opened.v1 act_kind", "other") in told


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('event = "opened"', 'event = "none"', "opening.event"),
        ('id = "{case}-opened"', 'id = "{nothing}"', "opening.id"),
        ('id = "{case}-opened"', 'id = "{"', "opening.id"),
        ('id = "{case}-opened"\n', "", "opening.id"),
        ('department = "{owner}"', 'place = "x"', "opening.place"),
        (
            "[events.opened]",
            'parents = [{ families = ["act"] }]\n[events.opened]',
            "opening.parents",
        ),
        ('act_kind = "other"\n', "", "opening.data.act_kind"),
        ('[activities."送达"]', '[activities.""]\nevent="use"\n[activities."送达"]', "activities."),
    ],
)
def test_an_opening_that_is_wrong_names_its_key(old: str, new: str, key: str) -> None:
    opening = OPENING[1]
    assert old in opening
    with pytest.raises(Failure) as caught:
        sample_mapping(DUE, (OPENING[0], opening.replace(old, new)))
    assert f"sample.toml: {key}" in caught.value.en


def test_events_are_ordered_by_the_time_that_the_mapping_says() -> None:
    order = ("[fields.records]", '[fields.order]\ncolumn = "顺序"\n[fields.records]')
    mapping = sample_mapping(order)
    header = "编号,案件,环节,部门,经办,时间,份数,状态,顺序"
    rows = [
        "E-1,A-1,送达,Permits,,2026-01-05 09:00:00Z,,完成,2026-01-07 00:00:00Z",
        "E-2,A-1,送达,Permits,,2026-01-06 09:00:00Z,,完成,2026-01-06 00:00:00Z",
    ]
    text = "".join(f"{line}\n" for line in (header, *rows))
    events = read_rows(Source("log.csv", text), mapping).events
    steps = in_order(events, mapping)
    assert [step.row.text("event") for step in steps] == ["E-2", "E-1"]
    assert steps[0].row.text("time") == "2026-01-06T09:00:00.000Z"


def test_a_field_may_have_named_values_only() -> None:
    named = (
        "[fields.records]",
        '[fields.item]\ncolumn = "部门"\nas = "text"\nnamed_only = true\n'
        'values = { "Permits" = "yunling/I-7" }\n[fields.records]',
    )
    rows = sample_rows(mapping=sample_mapping(named)).events
    assert [row.values["item"] for row in rows[:3]] == [None, None, "yunling/I-7"]
    with pytest.raises(Failure, match="named_only"):
        sample_mapping((named[0], named[1].replace("values = ", "# ")))


# Bases


def based(own: str, basis: str = "", name: str = "sample.toml") -> LogMapping:
    files = {name: basis.encode() or sample_toml()}
    return read_mapping(own.encode(), "own.toml", files.__getitem__)


def test_a_mapping_takes_from_its_basis_what_it_does_not_say() -> None:
    found = based('based_on = "sample.toml"\nname = "other"\n[constants]\nowner = "elsewhere"')
    assert found.name == "other"
    assert found.constants == {"owner": "elsewhere"}
    assert found.activities.keys() == sample_mapping().activities.keys()
    assert found.fields == sample_mapping().fields


def test_tables_within_tables_are_taken_from_the_basis_too() -> None:
    found = based('based_on = "sample.toml"\n[fields.event]\ncolumn = "号"')
    assert found.fields["event"].column == "号"
    assert found.fields["event"].reading == "id"
    assert found.fields["case"] == sample_mapping().fields["case"]


def test_another_bases_errors_name_the_file_that_was_asked_for() -> None:
    with pytest.raises(Failure) as caught:
        based('based_on = "sample.toml"\n[constants]\nevent = "x"')
    assert "own.toml: constants.event" in caught.value.en


@pytest.mark.parametrize(
    ("own", "basis"),
    [
        ("based_on = 1", ""),
        ('based_on = ""', ""),
        ('based_on = "../sample.toml"', ""),
        ('based_on = "sample.toml"', 'based_on = "third.toml"'),
    ],
)
def test_a_basis_lies_beside_and_is_based_on_none(own: str, basis: str) -> None:
    with pytest.raises(Failure, match=r"own\.toml: based_on"):
        based(own, basis)


def test_nowhere_to_look_for_a_basis() -> None:
    with pytest.raises(Failure, match="based_on"):
        read_mapping(b'based_on = "x.toml"', "own.toml")
    with pytest.raises(Failure, match=r"x\.toml is not TOML"):
        read_mapping(b'based_on = "x.toml"', "own.toml", lambda _: b"=")
