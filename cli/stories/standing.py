"""What holds for all stories: the catalogue, the rules and the calendar, who has which duty.

The authority consults, then adopts; the staffing office assigns the duties of sharing;
the stages of each share have a body that answers for their safety.
"""

from typing import Final

from cli.stories.departments import PROVINCE, department_id
from cli.stories.line import Line, at
from cli.stories.officials import OFFICIALS
from cli.stories.papers import catalogue
from cli.stories.script import Script, digest

_RULES: Final = (
    ("O1", "conditional_reply", 10, "working_days", "第二十一条"),
    ("O2", "provide", 20, "working_days", "第二十二条"),
    ("O3", "catalogue_update", 10, "working_days", "第十七条"),
    ("O4", "correction", 10, "working_days", "第二十六条"),
)
_MATRIX: Final = (
    ("D1", "provider", "handler", "consumer", "user"),
    ("D2", "consumer", "user", "consumer", "unit_head"),
    ("D6", "consumer", "user", "consumer", "approver"),
)
# Days off and made up for in 2026, by the State Council's General Office.
_OFF: Final = (
    *(f"2026-01-0{day}" for day in (1, 2, 3)),
    *(f"2026-02-{day}" for day in range(15, 24)),
    *(f"2026-04-0{day}" for day in (4, 5, 6)),
    *(f"2026-05-0{day}" for day in range(1, 6)),
    *(f"2026-06-{day}" for day in (19, 20, 21)),
    *(f"2026-09-{day}" for day in (25, 26, 27)),
    *(f"2026-10-0{day}" for day in range(1, 8)),
)
_MADE_UP: Final = (
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
)  # fmt: skip


def lines() -> list[Line]:
    """Return what is adopted and assigned before the stories."""
    return [*_adopted(), *_duties(), *catalogue()]


def _adopted() -> list[Line]:
    script = Script(None, "standing")
    effective = {"from": at("-49 00:00:00")}
    local = {"effective": effective, "layer": "local", "region": PROVINCE, "version": "2026-1"}
    asked = script.say("consulted", "consultation.recorded", ("sj-1601", "-66 10:00:00"), {
        "consulted": [{"adopted": 3, "kind": "department", "received": 11},
                      {"adopted": 2, "kind": "association", "received": 4}],
        "draft_sha256": digest("rules, draft"), "outcome": "期限取法定值，矩阵增加使用部门一方",
        "period": {"from": at("-69 12:00:00"), "to": at("-67 18:00:00")},
        "phase": "design", "topic": "rules",
    })  # fmt: skip
    script.say("rules", "rules.adopted", ("sj-1601", "-63 10:00:00"), {
        **local, "pack": "yunling-809",
        "parameters": [
            {"article": article, "basis": "law", "law": "政务数据共享条例", "name": name,
             "rule": rule, "unit": unit, "value": value}
            for rule, name, value, unit, article in _RULES
        ],
    }, after=(asked,))  # fmt: skip
    script.say("matrix", "matrix.adopted", ("sj-1601", "-63 10:20:00"), {
        **local,
        "rows": [
            {"defect": defect, "examine_first": [{"role": role, "side": side}],
             "examine_next": [{"role": next_role, "side": next_side}], "informational": []}
            for defect, side, role, next_side, next_role in _MATRIX
        ],
    }, after=(asked,))  # fmt: skip
    script.say("calendar", "calendar.adopted", ("sj-1601", "-63 10:40:00"), {
        "off": list(_OFF), "version": "2026-1", "work": list(_MADE_UP), "year": 2026,
    })  # fmt: skip
    script.say("stages", "stage.assigned", ("sj-1601", "-63 11:00:00"), {
        "effective": effective,
        "stages": [{"body": department_id("yy"), "stage": "transmission"},
                   {"body": department_id("sj"), "stage": "sharing"}],
    })  # fmt: skip
    script.say("source", "source.designated", ("sj-1601", "-63 11:20:00"), {
        "classification": "RK", "contributors": [department_id("wj"), department_id("mz")],
        "document": "云数源〔2026〕1 号", "effective": effective,
        "name": {"zh": "人口基础信息"}, "source_department": department_id("ga"),
    })  # fmt: skip
    return script.lines


def _duties() -> list[Line]:
    """Tell that every sharing office has its duty, by the staffing office's own document."""
    script = Script(None, "duties")
    heads = [one for one in OFFICIALS if one.tiers == ("office_head",)]
    for number, one in enumerate(heads):
        time = f"-62 {9 + number // 6:02}:{number % 6 * 10:02}:41"
        script.say(one.department, "duty.assigned", ("bb-1705", time), {
            "department": department_id(one.department), "document": "云编办〔2026〕12 号",
            "duty": "SJGX-1", "kind": "share", "post": one.post, "starts": at("-60 00:00:00"),
            "unit": "GXJG",
        })  # fmt: skip
    return script.lines
