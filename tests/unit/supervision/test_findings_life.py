"""What becomes of a finding: explained, confirmed, cleared, withdrawn; and by whom it is not."""

from typing import Any

import pytest

from ledger.builtin_fixtures import usual
from ledger.builtin_packs import built_in
from ledger.sharing.machine import Body
from ledger.supervision.findings import as_of, explained
from ledger.supervision.fixture import FIRST, Kept, Story, registry_of, told
from ledger.supervision.rules import RULES
from ledger.supervision.supervisor import Supervisor

USE = ["2026-07-02T01:00 MZ.zhang.handler use.recorded use=MZ/U-1 item=GA/I-1"]
REF = f"MZ/F1-{FIRST + 1}"


def after(*lines: list[Any]) -> Body:
    """The finding of a use without a grant, after what was said next."""
    store, story = Kept(), Story("", "", [USE, *lines])
    said = told(story, usual())
    registry = registry_of(story, said)
    supervisor = Supervisor(store, RULES, built_in())
    for one in said:
        registry.advance(one.index + 1)
        supervisor.take(one, registry)
    return store[f"finding/{REF}"]


def line(who: str, kind: str, day: int, refs: str = f"finding={REF}", **data: Any) -> list[Any]:
    return [f"2026-07-{day:02d}T01:00 {who} {kind} {refs}", data]


def explain(who: str = "MZ.zhang.handler", day: int = 3, rule: str = "F1") -> list[Any]:
    return line(who, "finding.explained", day, rule=rule, explanation="recorded_late")


def judge(kind: str, day: int = 4, who: str = "SH.qian.handler", rule: str = "F1") -> list[Any]:
    data = {"rule": rule, "rules_version": "1", "department": "MZ"}
    word = {"good_reason": "absent"} if kind == "confirmed" else {"reason": "lawful_exception"}
    return line(who, f"finding.{kind}", day, **data, **word)


def test_it_is_raised_with_its_rule_its_pack_and_its_time_to_explain() -> None:
    one = after()
    assert (one["state"], one["life"], explained(one)) == ("raised", [], False)
    assert one["pack"]["adopted_by"] is None
    assert one["visible"] == "2026-07-12T01:00:00.000Z"


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ((explain(),), "explained"),
        ((explain(), judge("confirmed")), "confirmed"),
        ((explain(), judge("cleared")), "cleared"),
        ((judge("confirmed"),), "confirmed"),
        ((judge("confirmed"), judge("cleared", 5)), "cleared"),
        ((judge("confirmed"), explain(day=5)), "confirmed"),
    ],
)
def test_its_life_goes_on(lines: tuple[list[Any], ...], state: str) -> None:
    one = after(*lines)
    assert one["state"] == state
    assert explained(one)
    assert [step["entry"] for step in one["life"]] == [
        FIRST + 2 + n for n in range(len(lines))
    ]  # fmt: skip
    assert all(step["reason"] is None for step in one["life"])


@pytest.mark.parametrize(
    ("line_", "reason"),
    [
        (explain("GA.li.handler"), "not_concerned"),
        (explain(rule="F2"), "other_rule"),
        (judge("cleared", rule="F2"), "other_rule"),
        (judge("cleared", who="MZ.zhang.handler"), "own_finding"),
    ],
)
def test_what_does_not_fit_is_kept_and_changes_nothing(line_: list[Any], reason: str) -> None:
    one = after(line_)
    assert one["state"] == "raised"
    assert one["life"][-1]["reason"] == reason


def test_a_correction_takes_it_along_and_nothing_brings_it_back() -> None:
    correct = ["2026-07-03T01:00 MZ.zhang.handler statement.corrected",
               {"target": "#1", "effect": "void", "reason": "clerical"}]  # fmt: skip
    one = after(correct, judge("confirmed"))
    assert one["state"] == "withdrawn"
    assert [step["reason"] for step in one["life"]] == [None, "withdrawn_before"]
    assert one["life"][0]["entry"] == FIRST + 2


def test_who_corrects_what_was_late_takes_along_what_its_opening_raised_later() -> None:
    late = ["2026-07-11T01:00 MZ.zhang.handler use.recorded use=MZ/U-2 item=GA/I-1 act=MZ/A-1"]
    opened = ["2026-07-12T01:00 MZ.zhang.handler act.opened act=MZ/A-1",
              {"due": "2026-07-10T00:00"}]  # fmt: skip
    correct = ["2026-07-13T01:00 MZ.zhang.handler statement.corrected",
               {"target": "#2", "effect": "void", "reason": "clerical"}]  # fmt: skip
    store, story = Kept(), Story("", "", [USE, late, opened, correct])
    said = told(story, usual())
    registry = registry_of(story, said)
    supervisor = Supervisor(store, RULES, built_in())
    for one in said:
        registry.advance(one.index + 1)
        supervisor.take(one, registry)
    found = store[f"finding/MZ/F39-{FIRST + 3}"]
    assert (found["state"], found["entries"]) == ("withdrawn", [FIRST + 2])
    assert found["life"][0]["entry"] == FIRST + 4


def test_it_is_shown_as_it_stood_at_a_size() -> None:
    one = after(explain(), judge("cleared"))
    states = {size: as_of(one, FIRST + size)["state"] for size in (2, 3, 4)}
    assert states == {2: "raised", 3: "explained", 4: "cleared"}


def test_what_rests_on_a_cleared_finding_is_not_found() -> None:
    """A use that was cleared questions no act any more; one that stands does."""
    act = ["2026-07-05T01:00 MZ.zhang.approver act.decided act=MZ/A-1",
           {"evidence": [{"source": "shared", "use": "MZ/U-1", "item": "GA/I-1"}]}]  # fmt: skip
    for lines, found in (((act,), True), ((judge("cleared"), act), False)):
        story = Story("", "", [USE, *lines])
        store, said = Kept(), told(story, usual())
        registry = registry_of(story, said)
        supervisor = Supervisor(store, RULES, built_in())
        raised = []
        for one in said:
            registry.advance(one.index + 1)
            raised += [each["rule"] for each in supervisor.take(one, registry).raised]
        assert ("F27" in raised) is found


def test_withdrawn_feedback_takes_its_finding_along() -> None:
    words = {"benefit": "time_saved", "metrics": [], "narrative": "办理提速"}
    feedback = [
        [f"2026-07-{n:02d}T01:00 MZ.zhang.handler feedback.effect feedback=MZ/FK-{n}",
         {**words, "contributions": [{"item": "GA/I-1"}]}]
        for n in range(3, 8)
    ]  # fmt: skip
    taken = ["2026-07-09T01:00 MZ.zhang.handler feedback.withdrawn feedback=MZ/FK-7",
             {"providers": ["GA"], "reason": "mistaken"}]  # fmt: skip
    store, story = Kept(), Story("", "", [*feedback, taken])
    said = told(story, usual())
    registry = registry_of(story, said)
    supervisor = Supervisor(store, RULES, built_in())
    for one in said:
        registry.advance(one.index + 1)
        supervisor.take(one, registry)
    [found] = [body for name, body in store.items() if name.startswith("finding/")]
    assert (found["rule"], found["state"]) == ("F21", "withdrawn")
