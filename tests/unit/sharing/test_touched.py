"""Which things a statement touches, and that every state machine stands on declared words."""

from ledger.events.types import EVENT_TYPES
from ledger.sharing.touched import MACHINES, touched
from tests.unit.sharing.tale import ACT, DELIVERY, GRANT, ITEM, USE, example


def test_a_statement_touches_what_it_names_of_the_kinds_that_live() -> None:
    refs = {"item": ITEM, "delivery": DELIVERY, "finding": "SHJ/F-1"}
    event = {"data": example("delivery.sent") | {"refs": refs}}
    assert touched(event) == {("item", ITEM), ("delivery", DELIVERY)}


def test_what_feedback_credits_and_an_act_rests_on_is_touched() -> None:
    credit = {"refs": {"feedback": "MZ/F-1"}, "contributions": [{"item": ITEM, "use": USE}]}
    assert touched({"data": credit}) == {("item", ITEM), ("use", USE)}
    rests = {
        "refs": {"act": ACT},
        "evidence": [{"source": "shared", "use": USE}, {"source": "own"}],
    }
    assert touched({"data": rests}) == {("act", ACT), ("use", USE)}


def test_what_is_only_pointed_at_is_not_touched() -> None:
    event = {"data": example("grant.issued") | {"refs": {"grant": GRANT}}}
    assert "copied_from" in event["data"]
    assert touched(event) == {("grant", GRANT)}


def test_machines_name_types_of_the_closed_list() -> None:
    for machine in MACHINES.values():
        for name in machine.opened_by | machine.acts.keys():
            declared = EVENT_TYPES[f"zelian.{name}.v1"]
            refs = declared.refs_required | declared.refs_optional
            inside = {"contributions", "evidence"} & declared.data.members.keys()
            by_parents = name in ("cure.resulted", "statement.countersigned")
            anything = machine.kind in ("item", "matter")
            assert machine.kind in refs or inside or by_parents or anything, (machine.kind, name)
