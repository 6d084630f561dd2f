"""What a registry event may change: it names what is known, and nothing comes twice."""

from typing import Any

import pytest

from ledger.errors import Refused
from tests.unit.registry.story import CURATED, LOG, NOW, A, B, Story, key, town

LI, SYSTEM, NEW = key("li"), key("system"), key("new")


@pytest.fixture(name="town")
def _town() -> Story:
    return town()


def refused(story: Story, event: dict[str, Any], *more: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        story.judge(event, *story.registrars, *more)
    return caught.value.code, caught.value.pointer


# unknown_reference


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"appointment": "app-none"}, "/data/appointment"),
        ({"appointee": "wu"}, "/data/appointee"),
        ({"department": B}, "/data/department"),
        ({"department": "nowhere"}, "/data/department"),
    ],
)
def test_a_release_matches_its_appointment(
    town: Story, change: dict[str, str], pointer: str
) -> None:
    event = town.released("app-li", "li", A, NOW)
    assert town.code(event, *town.registrars) == "ok"
    event["data"] |= change
    assert refused(town, event) == ("unknown_reference", pointer)


@pytest.mark.parametrize(
    ("old", "data", "pointer"),
    [
        (LI, {"department": A}, "/data/holder"),
        (LI, {"department": A, "holder": "wu"}, "/data/holder"),
        (LI, {"department": B, "holder": "li"}, "/data/department"),
        (LI, {"department": "nowhere", "holder": "li"}, "/data/department"),
        (SYSTEM, {"department": A, "holder": "li"}, "/data/holder"),
        (NEW, {"department": A}, "/data/keyid"),
    ],
)
def test_a_revocation_matches_its_enrolment(
    town: Story, old: Any, data: dict[str, str], pointer: str
) -> None:
    assert refused(town, town.revoked(old, **data)) == ("unknown_reference", pointer)


def test_an_appointment_needs_its_department(town: Story) -> None:
    event = town.appointed("app-wu", "wu", "nowhere", ["handler"])
    assert refused(town, event) == ("unknown_reference", "/data/department")


def test_an_enrolment_needs_department_and_holder(town: Story) -> None:
    unknown = ("unknown_reference", "/data/department")
    assert refused(town, town.enrolled(NEW, "nowhere"), NEW) == unknown
    unknown = ("unknown_reference", "/data/holder")
    assert refused(town, town.enrolled(NEW, A, holder="wu"), NEW) == unknown
    assert refused(town, town.enrolled(NEW, B, holder="li"), NEW) == unknown


def test_once_appointed_is_enough_to_hold_a_key(town: Story) -> None:
    town.appoint("app-wu", "wu", A, ["handler"], ends="2026-02-01T00:00:00.000Z")
    assert town.code(town.enrolled(NEW, A, holder="wu"), *town.registrars, NEW) == "ok"


def test_a_registrar_key_has_no_holder_not_even_one_appointed_there(town: Story) -> None:
    event = town.enrolled(NEW, CURATED, holder="li")
    assert refused(town, event, NEW) == ("unknown_reference", "/data/holder")
    town.appoint("app-li-r", "li", CURATED, ["handler"])
    assert refused(town, event, NEW) == ("unknown_reference", "/data/holder")


def test_another_registrar_key_can_be_enrolled_and_speaks(town: Story) -> None:
    town.enrol(NEW, CURATED)
    assert town.code(town.registered("DEPT-C"), NEW) == "ok"


# conflict


def test_nothing_comes_twice(town: Story) -> None:
    town.revoke(LI, A, holder="li")
    conflicts = [
        (town.registered(A), []),
        (town.registered(CURATED), []),
        (town.appointed("app-li", "wu", B, ["handler"]), []),
        (town.enrolled(SYSTEM, A), [SYSTEM]),
        (town.enrolled(SYSTEM, B), [SYSTEM]),
        (town.enrolled(LI, A), [LI]),
        (town.enrolled(town.registrars[0], A), []),
        (town.enrolled(LOG, A), [LOG]),
        (town.revoked(LI, A, holder="li"), []),
        (town.opened(town.registrars, 1), []),
    ]
    for event, more in conflicts:
        assert refused(town, event, *more)[0] == "conflict", event


def test_a_conflict_names_the_member_and_the_entry(town: Story) -> None:
    with pytest.raises(Refused) as caught:
        town.judge(town.registered(A), *town.registrars)
    assert caught.value.pointer == "/data/department"
    assert "entry 1" in caught.value.en
    assert "第 1 号" in caught.value.zh


def test_a_revocation_leaves_as_many_registrars_as_must_sign() -> None:
    story = Story(registrars=3, threshold=2)
    one, two, three = story.registrars
    story.log(story.revoked(three, CURATED), one, two)
    assert story.code(story.revoked(two, CURATED), one, two) == "conflict"
    story.log(story.enrolled(NEW, CURATED), one, two, NEW)
    assert story.code(story.revoked(two, CURATED), one, two) == "ok"


def test_an_expired_registrar_key_counts_neither_before_nor_after_its_revocation() -> None:
    story = Story(registrars=2, threshold=2)
    one, two = story.registrars
    story.log(story.enrolled(NEW, CURATED, expires="2026-07-01T00:00:00.000Z"), one, two, NEW)
    assert story.code(story.revoked(two, CURATED), one, two) == "ok"
    story.now = "2026-07-01T00:00:00.000Z"
    assert story.code(story.revoked(two, CURATED), one, two) == "conflict"
    assert story.code(story.revoked(NEW, CURATED), one, two) == "ok"


def test_a_department_key_may_go_when_registrars_are_few(town: Story) -> None:
    assert town.code(town.revoked(SYSTEM, A), *town.registrars) == "ok"
    assert town.code(town.revoked(town.registrars[0], CURATED), *town.registrars) == "conflict"
