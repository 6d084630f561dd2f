"""突发风险管控: an emergency grant first, papers later; a sunset that is not kept.

The assessment says that it was made before the share. The ledger was told weeks later,
and its place shows that: nothing that was signed has to be believed for it. Data is
used past the sunset; the review ends the grant, and the exemption that is claimed meets
a record that does not bear it out.
"""

from typing import Final

from cli.stories.case import Case
from cli.stories.catalogue import ITEMS, grant
from cli.stories.departments import department_id, ref
from cli.stories.line import Digest, Line, at
from cli.stories.papers import Papers
from cli.stories.script import Script, law, sharing_law

STORY: Final = "emergency_control"
EN, ZH = "Emergency control", "突发风险管控"
HAPPENED_EN: Final = "used past its sunset; an assessment back-dated, as its place shows"
HAPPENED_ZH: Final = "超过日落期限仍使用，风险评估倒签日期，记入次序可见"

SHOWN: Final = "emergency-03-tracing-used"
BACKDATED: Final = "papers-tracing-yj-assessed"
PAST_SUNSET: Final = "emergency-03-tracing-late-used"
LOOK: Final = BACKDATED

_LAW: Final = (law("中华人民共和国突发事件应对法"), sharing_law("第二十条"))
_PURPOSE: Final = ("emergency-control", "突发公共卫生风险管控提级")
_MATTER: Final = "YJGK-001"
_SUNSET: Final = "14 18:00:00"


def lines() -> list[Line]:
    """Return what is said."""
    papers = Papers(STORY, _PURPOSE, _LAW, _MATTER)
    papers.usual(("population", "yj"))
    granted = papers.issue(
        "tracing", "yj", "2 08:20:15", refs={}, after=(), until="30 00:00:00",
        direction="lateral",
        emergency={
            "document": "云应指〔2026〕3 号", "paperwork_due": at("9 18:00:00"),
            "reason": "public_health", "sunset": at(_SUNSET),
        },
    )  # fmt: skip
    papers.ask("tracing", "yj", "9 16:20:41", "9 17:05:12", assessed=False)
    papers.assess(
        "tracing", "yj", "1 17:30:00", told="22 10:14:36", refs={"grant": grant("tracing", "yj")},
        made_at=at("1 17:30:00"),
    )  # fmt: skip
    papers.close(
        "tracing", "yj", "yj-5817",
        ("23 09:20:31", None, "24 10:25:09", "28 15:11:26", "29 09:30:48"),
        records=1_927,
    )  # fmt: skip
    return [*papers.lines, *_control(granted), *_review(granted)]


def _control(granted: str) -> list[Line]:
    case = Case(STORY, "emergency-03", "yj", "YJXY-2026-03", _MATTER, _PURPOSE, _LAW)
    clerk, gateway = "yj-5817", "yj"
    case.open((clerk, "2 08:42:09"), "decision", "own_motion")
    case.share(
        "tracing",
        ("jk-4713", "2 09:00:20"), (gateway, "2 09:00:22"), (clerk, "2 09:14:53"),
        sent={"records": 1_312},
        used={"records": 1_312, "reliance": "decisive"},
        relies_on=(granted,),
    )  # fmt: skip
    case.share(
        "population",
        ("ga", "2 09:21:30"), (gateway, "2 09:21:31"), (clerk, "2 09:33:47"),
        sent={"records": 1_312},
        used={"records": 1_312},
    )  # fmt: skip
    both = ("tracing", "population")
    approved = case.countersign(
        "approve", ("yj-5802", "2 10:05:16"), both, reason="流调结论与人员核验一致，同意提级管控"
    )
    decided = case.decide(
        ("yj-5802", "2 10:16:38"), "decision", "imposed", "云应指〔2026〕4 号", both,
        also=(approved,),
    )  # fmt: skip
    case.share(
        "tracing",
        ("jk-4713", "14 17:40:12"), (gateway, "14 17:40:15"), (clerk, "15 10:48:30"),
        suffix="-late",
        sent={"records": 615},
        used={"records": 615, "reliance": "supporting", "use_kind": "statistics",
              "verification": "none"},
    )  # fmt: skip
    case.effect(
        (clerk, "16 14:12:27"),
        both,
        {
            "benefit": "loss_prevented",
            "innovation": "function_linkage",
            "metrics": [{"baseline": 36, "name": "管控到位用时", "unit": "小时", "value": 6}],
        },
        relies_on=(decided,),
        acknowledged=(("jk-4713", "16 16:31:05"), ("ga", "17 08:30:11")),
    )
    return case.lines


def _review(granted: str) -> list[Line]:
    script = Script(STORY, "emergency-review")
    item = ITEMS["tracing"]
    refs = {"grant": grant("tracing", "yj"), "item": item.ref}
    found = {"finding": ref("sj", "FX-2026-0009"), **refs,
             "use": ref("yj", "SY-YJXY-2026-03-tracing-late")}  # fmt: skip
    rule = {"rule": "F2", "rules_version": "2026-1"}
    consumer = {"consumer": department_id("yj")}
    denied = script.say("denied", "access.denied", ("yy", "15 11:00:04"), {
        **consumer, "channel": "api", "count": 6, "reason": "expired",
    }, refs=refs, after=(PAST_SUNSET,))  # fmt: skip
    reviewed = script.say("reviewed", "grant.reviewed", ("jk-4701", "17 09:48:22"), {
        **consumer, "kind": "emergency", "outcome": "end", "paperwork_complete": False,
    }, refs=refs, after=(granted, denied))  # fmt: skip
    explained = script.say("explained", "finding.explained", ("yj-5801", "21 10:33:19"), {
        **rule, "explanation": "emergency", "narrative": "为写总结统计到达数据，未注意已过日落期限",
    }, refs=found, after=(reviewed,))  # fmt: skip
    claimed = script.say("claimed", "exemption.claimed", ("yj-5817", "22 11:02:58"), {
        "claimant": "official", "diligence": [], "loss": "none", "officials": ["yj-5817"],
        "procedure": "not_stated",
        "risks": [{"assessment": ref("yj", "PG-2026-0091"), "claimed": "neither",
                   "listed": "listed", "measures": "not_stated", "risk": "R2"}],
        "three_distinctions": {
            "first_trial": {"answer": "lack_of_experience", "statements": []},
            "not_prohibited": {"answer": "not_stated", "statements": []},
            "unintended": {"answer": "unintended", "statements": [Digest(explained)]},
        },
    }, refs=found | {"assessment": ref("yj", "PG-2026-0091")},
        after=(BACKDATED, explained))  # fmt: skip
    confirmed = script.say("confirmed", "finding.confirmed", ("sj-1601", "23 15:44:20"), {
        **rule, "department": department_id("yj"), "explanation": Digest(explained),
        "good_reason": "absent",
    }, refs=found, after=(explained, claimed))  # fmt: skip
    script.say("determined", "determination.issued", ("jw-1402", "30 11:10:42"), {
        "document": "云监认〔2026〕34 号",
        "exemption": {
            "claim": Digest(claimed),
            "limbs": [
                {"limb": "assessed_before", "result": "not_met"},
                {"limb": "diligence", "result": "unknown"},
                {"limb": "no_private_gain", "result": "met"},
                {"limb": "no_major_loss_or_recovered", "result": "met"},
            ],
            "result": "reduced",
        },
        "hearing": "not_required",
        "persons": [{
            "basis": [{"clause": "第二十五条", "instrument": "政务数据共享条例",
                       "kind": "statute"}],
            "capacity": "directly_responsible_person",
            "department": department_id("yj"),
            "fault": "ordinary",
            "kind": "several",
            "official": "yj-5817",
            "outcomes": ["criticism"],
        }],
    }, refs={"determination": ref("jw", "RD-2026-0034"), **found}, after=(confirmed,))  # fmt: skip
    return script.lines
