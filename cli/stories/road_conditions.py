"""实时路况开放: windows of calls instead of one record a call, and what is published onward.

A window counts its calls and gives the root of the Merkle tree over their log, so that
any single call can be shown to lie in it. When the leader in charge changes, the
deliveries stop, without consultation or filing; the authority says so in a circular.
"""

from functools import cache
from typing import Any, Final

from cli.stories.case import Case
from cli.stories.catalogue import ITEMS, grant
from cli.stories.departments import department_id, ref
from cli.stories.line import Line, at
from cli.stories.papers import SAFEGUARDS, Papers
from cli.stories.script import Script, digest, sharing_law
from crypto.merkle import leaf_hash, root_of

STORY: Final = "road_conditions"
EN, ZH = "Open road conditions", "实时路况开放"
HAPPENED_EN: Final = (
    "deliveries lapse when the leader in charge changes; a circular, then they go on"
)
HAPPENED_ZH: Final = "分管负责人调整后交付中断，经通报后恢复"

SHOWN: Final = "roads-open-roads-used"
WINDOW: Final = "roads-window-1"
LOOK: Final = "roads-lapse-circular"

_LAW: Final = (sharing_law("第二十条"),)
_PURPOSE: Final = ("open-road-conditions", "路况数据向社会开放")
_MATTER: Final = "SJKF-003"
_SCHEDULE: Final = {"cycle": "minute"}
_CALLS: Final = 240  # in a window of four hours, one a minute


def lines() -> list[Line]:
    """Return what is said."""
    papers = Papers(STORY, _PURPOSE, _LAW, _MATTER)
    papers.usual(("roadworks", "kf"))
    papers.usual(("roads", "kf"), schedule=_SCHEDULE)
    papers.close(
        "roadworks", "kf", "kf-2915",
        ("25 10:12:50", "28 10:26:33", "28 10:50:28", "29 14:21:06", "30 14:05:59"),
        reason="not_needed",
        records=31,
    )  # fmt: skip
    return [*papers.lines, *_onward(papers), *_open(), *_windows(), *_lapse()]


def _onward(papers: Papers) -> list[Line]:
    """Tell how the provider consents to what its data is published for."""
    script = Script(STORY, "roads-onward")
    roads = ITEMS["roads"]
    script.say("amended", "grant.amended", ("jt-3501", "-10 10:06:31"), {
        "cause": "asked_by_consumer", "changes": ["onward"], "consumer": department_id("kf"),
        "effective": at("-9 00:00:00"), "expected_benefits": [{"kind": "time_saved"}],
        "safeguards": list(SAFEGUARDS),
        "schedule": _SCHEDULE,
        "scope": papers.scope(roads, onward=[{
            "kind": "open_publication", "purpose_code": _PURPOSE[0],
            "secrecy_review": ref("jt", "BM-2026-018"),
        }]),
    }, refs={"grant": grant("roads", "kf"), "item": roads.ref},
        after=("papers-roads-kf-granted",))  # fmt: skip
    return script.lines


def _open() -> list[Line]:
    case = Case(
        STORY, "roads-open", "kf", "SJKF-2026-07", _MATTER, _PURPOSE, _LAW,
        use_kind="open_publication",
    )  # fmt: skip
    clerk, gateway = "kf-2915", "kf"
    case.open((clerk, "1 08:31:50"), "service", "own_motion")
    case.share(
        "roads",
        ("jt", "1 08:00:00"), (gateway, "1 08:00:01"), (clerk, "1 14:05:19"),
        sent={"records": 86_400, "window": {"from": at("1 04:00:00"), "to": at("1 08:00:00")}},
        used={"records": 86_400, "reliance": "decisive"},
        bound=(clerk, "1 14:26:02"),
    )  # fmt: skip
    case.share(
        "roadworks",
        ("cg-7612", "1 09:50:27"), (gateway, "1 09:50:33"), (clerk, "1 14:11:48"),
        sent={"channel": "file", "direction": "up", "records": 31},
        used={"records": 31},
        bound=(clerk, "1 14:27:40"),
    )  # fmt: skip
    decided = case.decide(
        (clerk, "1 15:50:12"), "service", "completed", "云数开〔2026〕7 号", ("roads", "roadworks"),
        automation="assisted",
    )  # fmt: skip
    case.effect(
        (clerk, "7 10:31:16"),
        ("roads", "roadworks"),
        {
            "benefit": "time_saved",
            "innovation": "capability_fusion",
            "metrics": [{"baseline": 41, "name": "施工路段平均延误", "unit": "分钟", "value": 27}],
            "narrative": "导航平台依开放数据绕行施工路段",
        },
        relies_on=(decided,),
        acknowledged=(("jt-3517", "7 15:20:44"), ("cg-7612", "7 16:02:31")),
    )
    return case.lines


def _windows() -> list[Line]:
    """Tell of the same calls as the provider and as the platform counted them."""
    script = Script(STORY, "roads-window")
    refs = {"grant": grant("roads", "kf"), "item": ITEMS["roads"].ref}
    for number, hour in enumerate((8, 12, 16), 1):
        script.say(f"{number}", "window.recorded", ("jt", f"2 {hour + 4:02}:00:05"), {
            **_window(f"2 {hour:02}", f"2 {hour + 4:02}"), "counted_by": "provider",
        }, refs=refs)  # fmt: skip
        script.say(f"{number}-platform", "window.recorded", ("yy", f"2 {hour + 4:02}:00:09"), {
            **_window(f"2 {hour:02}", f"2 {hour + 4:02}"), "counted_by": "platform",
        }, refs=refs)  # fmt: skip
    return script.lines


def _window(begin: str, end: str) -> dict[str, Any]:
    return {
        "channel": "api",
        "consumer": department_id("kf"),
        "count": _CALLS,
        "log_algorithm": "rfc9162_sha256",
        "log_root": call_root(begin),
        "provider": department_id("jt"),
        "purposes": [{"count": _CALLS, "purpose_code": _PURPOSE[0]}],
        "window": {"from": at(f"{begin}:00:00"), "to": at(f"{end}:00:00")},
    }


def call_log(begin: str) -> list[bytes]:
    """Return the gateway's log of a window, a line a call."""
    return [f"{begin} call {number} GET roads".encode() for number in range(_CALLS)]


@cache
def call_root(begin: str) -> str:
    """Return the root of the tree over the log of a window, hex."""
    return root_of([leaf_hash(line) for line in call_log(begin)]).hex()


def _lapse() -> list[Line]:
    script = Script(STORY, "roads-lapse")
    refs = {"grant": grant("roads", "kf"), "item": ITEMS["roads"].ref}
    found = {"finding": ref("sj", "FX-2026-0006"), **refs}
    parties = [department_id("jt"), department_id("kf")]
    took_over = script.say("leader", "leadership.recorded", ("jt-3501", "9 10:15:02"), {
        "department": department_id("jt"), "leader": "jt-3003",
        "period": {"from": at("9 09:00:00")}, "role": "leader_in_charge",
    })  # fmt: skip
    last = script.say("last", "window.recorded", ("yy", "9 12:00:06"), {
        **_window("9 08", "9 12"), "counted_by": "platform",
    }, refs=refs)  # fmt: skip
    none = script.say("none", "window.recorded", ("yy", "10 12:00:06"), {
        **_window("9 12", "10 12"), "count": 0, "counted_by": "platform",
        "log_root": root_of([]).hex(), "purposes": [],
    }, refs=refs, after=(last,))  # fmt: skip
    warned = script.say("warned", "diligence.recorded", ("kf-2915", "11 09:12:37"), {
        "description": "路况数据自前日中午起未更新，已提示提供部门", "kind": "warning_raised",
        "result": "issue_found", "told": [department_id("jt")],
    }, refs=refs, after=(none,))  # fmt: skip
    talked = script.say("talked", "consultation.held", ("kf-2901", "15 15:33:20"), {
        "about": "termination", "form": "meeting", "outcome": "not_agreed",
        "participants": parties,
    }, refs=refs, after=(warned,))  # fmt: skip
    explained = script.say("explained", "finding.explained", ("jt-3501", "17 10:40:51"), {
        "explanation": "accepted", "narrative": "分管负责人交接期间工作衔接不到位", "rule": "F22",
    }, refs=found, after=(took_over, talked))  # fmt: skip
    circular = script.say("circular", "circular.issued", ("sj-1601", "18 14:50:26"), {
        "articles": [{"article": "第三十九条", "item": "第七项", "law": "政务数据共享条例"}],
        "audience": "departments", "departments": [department_id("jt")],
        "document": "云数通〔2026〕2 号", "recipients": parties,
        "text_sha256": digest("circular 2"),
    }, refs=found, after=(explained,))  # fmt: skip
    promised = script.say("promised", "diligence.recorded", ("jt-3003", "21 09:05:13"), {
        "description": "已恢复推送，并将连续供数列入交接清单", "kind": "alert_handled",
        "result": "issue_resolved", "told": [department_id("kf"), department_id("sj")],
    }, refs=refs, after=(circular,))  # fmt: skip
    script.say("again", "window.recorded", ("jt", "21 12:00:05"), {
        **_window("21 08", "21 12"), "counted_by": "provider",
    }, refs=refs, after=(promised,))  # fmt: skip
    return script.lines
