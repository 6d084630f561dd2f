"""The file of a grant: which records stand in which part, and what lacks since when."""

from typing import Any

import pytest

from ledger.builtin_packs import built_in
from ledger.events.types import EVENT_TYPES
from ledger.supervision.grant_file import PARTS, GrantFile, Part, file_of, part_of, retention_of
from tests.unit.sharing.tale import DELIVERY, GRANT, ITEM, REQUEST, USE, C, P, Tale

SHARE = {"grant": GRANT, "item": ITEM}
DISPOSAL = f"{P}/DS-1"


class Filing(Tale):
    """Tells of one grant, and puts its file together."""

    def __init__(self) -> None:
        super().__init__("grant", GRANT)
        self.clocks: list[dict[str, Any]] = []

    def issue(self, **more: Any) -> None:
        self.say("grant.issued", P, SHARE, consumer=C, **more)

    def ask(self) -> None:
        self.say("request.made", C, {"request": REQUEST, "item": ITEM}, provider=P)

    def arrive(self, result: str = "accepted") -> None:
        sent = SHARE | {"delivery": DELIVERY}
        self.say("delivery.sent", P, sent, consumer=C, content_sha256=None)
        self.say("delivery.received", C, sent, provider=P, content_sha256=None, result=result)

    def use(self, source: str = C) -> None:
        self.say("use.recorded", source, SHARE | {"use": USE})

    def clock(self, rule: str, state: str, thing: str) -> None:
        due = "2026-08-01T00:00:00.000Z"
        told = {"rule": rule, "state": state, "thing": thing, "due": due}
        self.clocks.append(told | {"entry": 3, "ref": f"{C}/{rule}-3"})

    def file(self) -> GrantFile:
        return file_of(self.body, self.said, self.clocks, self.now)

    def part(self, name: str) -> Part:
        return next(part for part in self.file().parts if part.name == name)

    def told(self, name: str) -> tuple[str, list[str]]:
        part = self.part(name)
        return part.state, [gap.code for gap in part.gaps]


@pytest.fixture
def filing() -> Filing:
    filing = Filing()
    filing.ask()
    filing.issue()
    return filing


def test_every_type_has_its_part() -> None:
    assert {part_of(name) for name in EVENT_TYPES} == PARTS.keys()
    assert part_of("zelian.storage.recorded.v1") == "storage_state"
    assert part_of("zelian.access.denied.v1") == "use_process"


def test_before_anything_arrived_nothing_but_the_scenario_applies(filing: Filing) -> None:
    assert [part.state for part in filing.file().parts] == ["present", *["not_due"] * 4]
    assert filing.file().complete
    assert [part.name for part in filing.file().applying] == ["use_scenario"]


def test_without_a_request_the_scenario_is_there_in_part() -> None:
    filing = Filing()
    filing.issue()
    assert filing.told("use_scenario") == ("partial", ["no_request"])
    assert filing.part("use_scenario").gaps[0].since == filing.now
    assert not filing.file().complete


def test_in_an_emergency_papers_are_asked_for_once_they_are_due() -> None:
    filing = Filing()
    due = "2026-07-20T00:00:00.000Z"
    sunset = "2026-09-01T00:00:00.000Z"
    filing.issue(emergency={"reason": "accident", "sunset": sunset, "paperwork_due": due})
    assert filing.told("use_scenario") == ("present", [])
    filing.now = "2026-07-21T00:00:00.000Z"
    assert filing.told("use_scenario") == ("partial", ["no_request"])
    assert filing.part("use_scenario").gaps[0].since == due


def test_data_that_arrived_is_to_be_accounted_for(filing: Filing) -> None:
    filing.now = "2026-07-05T00:00:00.000Z"
    filing.arrive()
    assert filing.told("use_process") == ("missing", ["no_use"])
    assert filing.told("storage_state") == ("missing", ["no_storage"])
    [gap] = filing.part("storage_state").gaps
    assert (gap.since, gap.entry) == (filing.now, 3)


def test_what_was_rejected_did_not_arrive(filing: Filing) -> None:
    filing.arrive("rejected")
    assert filing.told("storage_state") == ("not_due", [])


def test_uses_and_storage_are_recorded_by_the_using_department_itself(filing: Filing) -> None:
    filing.arrive()
    filing.use(P)
    assert filing.told("use_process") == ("missing", ["no_use"])
    filing.use()
    assert filing.told("use_process") == ("present", [])
    filing.say("storage.recorded", C, SHARE, provider=P, contractor=None)
    assert filing.told("storage_state") == ("present", [])


def test_an_effect_lacks_once_its_clock_is_over(filing: Filing) -> None:
    filing.use()
    filing.clock("O5", "due", f"use/{USE}")
    assert filing.told("application_effect") == ("not_due", [])
    filing.clock("O5", "overdue", f"use/{USE}")
    assert filing.told("application_effect") == ("missing", ["no_effect"])
    [gap] = filing.part("application_effect").gaps
    assert (gap.about, gap.since) == (f"use/{USE}", "2026-08-01T00:00:00.000Z")
    filing.say("feedback.effect", C, {"feedback": f"{C}/F-1", "grant": GRANT}, contributions=[
        {"item": ITEM, "use": f"{C}/U-2"},
    ])  # fmt: skip
    assert filing.told("application_effect") == ("partial", ["no_effect"])


def test_feedback_that_was_withdrawn_is_none(filing: Filing) -> None:
    filing.use()
    feedback = {"feedback": f"{C}/F-1", "grant": GRANT}
    credit = [{"item": ITEM, "use": USE}]
    filing.say("feedback.effect", C, feedback, contributions=credit)
    assert filing.told("application_effect") == ("present", [])
    filing.say("feedback.withdrawn", C, feedback, providers=[P])
    assert filing.told("application_effect") == ("not_due", [])


def test_of_a_grant_that_is_over_an_effect_is_asked_for(filing: Filing) -> None:
    filing.use()
    end = "2026-07-10T00:00:00.000Z"
    filing.now = "2026-07-11T00:00:00.000Z"
    filing.say(
        "grant.terminated", P, SHARE, consumer=C, reason="purpose_achieved", effective=end,
        superseded_by=None, consultation=None, filing=None,
    )  # fmt: skip
    assert filing.told("application_effect") == ("missing", ["no_effect"])
    assert filing.part("application_effect").gaps[0].since == end
    assert filing.told("disposal") == ("not_required", [])


def test_disposal_follows_the_demand(filing: Filing) -> None:
    asked = SHARE | {"disposal": DISPOSAL}
    filing.say("disposal.required", P, asked, consumer=C)
    filing.clock("O9", "due", f"disposal/{DISPOSAL}")
    assert filing.told("disposal") == ("not_due", [])
    filing.clock("O9", "overdue", f"disposal/{DISPOSAL}")
    assert filing.told("disposal") == ("missing", ["no_disposal"])
    filing.say("disposal.done", C, asked, provider=P)
    assert filing.told("disposal") == ("partial", ["not_accepted"])


def test_a_countersigning_stands_beside_what_it_is_about(filing: Filing) -> None:
    request = filing.said[0]
    filing.say("statement.countersigned", C, {"grant": GRANT}, parents=["00" * 32])
    assert filing.said[-1] in filing.part("use_process").said
    filing.say("statement.countersigned", C, {"request": REQUEST}, parents=[request.digest])
    assert filing.said[-1] in filing.part("use_scenario").said


def test_what_the_service_records_of_itself_is_no_record_of_the_departments(
    filing: Filing,
) -> None:
    filing.say("access.recorded", "ledger", {"grant": GRANT})
    assert all(filing.said[-1] not in part.said for part in filing.file().parts)


def test_records_are_kept_three_years_from_the_closing(filing: Filing) -> None:
    keep = built_in().packs.in_force(filing.now, None).parameter("records", "keep")
    assert (keep.value, keep.unit, keep.basis, keep.article) == (3, "years", "law", "第二十九条")
    assert retention_of(filing.body, filing.now, keep).until is None
    asked = SHARE | {"disposal": DISPOSAL}
    filing.now = "2028-02-29T01:00:00.000Z"
    filing.say(
        "grant.terminated", P, SHARE, consumer=C, reason="purpose_achieved",
        effective=filing.now, superseded_by=None, consultation=None, filing=None,
    )  # fmt: skip
    filing.say("disposal.required", P, asked, consumer=C)
    filing.say("disposal.done", C, asked, provider=P)
    filing.say("disposal.accepted", P, asked, consumer=C, result="accepted", lacking=None)
    kept = retention_of(filing.body, filing.now, keep)
    assert (kept.starts, kept.until) == (filing.now, "2031-02-28T15:59:59.999Z")
