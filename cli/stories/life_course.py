"""一体化政务服务平台: a child's birth begins a life course of services, asked for once.

One provider refuses without a reason; the dispute goes up the ladder to the people's
government, which decides that it shares. Then a pilot gives a benefit without an
application, and errs, by a risk that was listed before: the exemption that is claimed
is borne out by what the ledger was told, and when.
"""

from typing import Final

from cli.stories.case import Case
from cli.stories.catalogue import ITEMS
from cli.stories.departments import department_id, ref
from cli.stories.line import Digest, Line, Person, at
from cli.stories.papers import Papers
from cli.stories.script import Script, digest, evidence, law, sharing_law

STORY: Final = "life_course"
EN, ZH = "One platform, a life course", "一体化政务服务平台"
HAPPENED_EN: Final = "a refusal without reason, decided up the ladder; a pilot errs and is exempted"
HAPPENED_ZH: Final = "无理由拒绝经争议逐级处理后共享；试点出错，依事前评估免责"

SHOWN: Final = "life-0419-birth-used"
REFUSED: Final = "papers-insurance-zw-answered"
DECIDED: Final = "life-dispute-decided"
ASSESSED: Final = "papers-birth-zw-assessed"
LOOK: Final = DECIDED

_LAW: Final = (law("国务院关于在线政务服务的若干规定", "第七条"), sharing_law("第十九条"))
_PURPOSE: Final = ("birth-one-thing", "出生一件事联办")
_MATTER: Final = "CSYJS-001"


def lines() -> list[Line]:
    """Return what is said."""
    papers = Papers(STORY, _PURPOSE, _LAW, _MATTER)
    papers.usual(("population", "zw"))
    papers.usual(
        ("birth", "zw"), pilot={"document": "云政办发〔2026〕21 号", "ends": at("180 00:00:00")}
    )
    papers.assess("insurance", "zw", "-38 16:40:17")
    papers.ask("insurance", "zw", "-35 16:20:11", "-35 16:50:13")
    papers.answer(
        "insurance", "zw", "-31 16:40:19", "-31 17:10:23",
        decision="refuse", reason_code="not_stated",
    )  # fmt: skip
    dispute = _dispute(papers)
    papers.issue("insurance", "zw", "-3 10:20:35", after=(DECIDED,), refs={
        "assessment": papers.assessment("insurance", "zw"),
        "dispute": ref("zw", "ZY-2026-01"),
        "request": papers.request("insurance", "zw"),
    })  # fmt: skip
    papers.close(
        "birth", "zw", "zw-1326",
        ("28 09:40:22", "29 10:31:18", "29 10:52:43", "30 15:22:07", "31 10:40:29"),
        records=2,
    )  # fmt: skip
    return [*papers.lines, *dispute, *_birth(), *_pilot()]


def _dispute(papers: Papers) -> list[Line]:
    script = Script(STORY, "life-dispute")
    refs = {
        "dispute": ref("zw", "ZY-2026-01"),
        "item": ITEMS["insurance"].ref,
        "request": papers.request("insurance", "zw"),
    }
    respondents, both = [department_id("rs")], [department_id("zw"), department_id("rs")]
    opened = script.say("opened", "dispute.opened", ("zw-1301", "-28 10:20:30"), {
        "respondents": respondents, "rung": "parties", "subject": "refusal", "wanted": ["share"],
    }, refs=refs, after=(f"{REFUSED}-consent",))  # fmt: skip
    talked = script.say("talked", "consultation.held", ("zw-1301", "-24 15:10:42"), {
        "about": "refusal", "form": "meeting", "outcome": "not_agreed", "participants": both,
    }, refs=refs, after=(opened,))  # fmt: skip
    raised = script.say("raised", "dispute.escalated", ("zw-1301", "-21 09:45:16"), {
        "from_rung": "parties", "reason": "not_agreed", "respondents": respondents,
        "to": department_id("sj"), "to_rung": "same_level_authority",
    }, refs=refs, after=(talked,))  # fmt: skip
    mediated = script.say("mediated", "dispute.mediated", ("sj-1601", "-17 14:40:55"), {
        "outcome": "not_agreed", "participants": both, "proposed": ["share_narrowed"],
        "rung": "same_level_authority",
    }, refs=refs, after=(raised,))  # fmt: skip
    referred = script.say("referred", "dispute.escalated", ("zw-1301", "-14 10:08:21"), {
        "from_rung": "same_level_authority", "reason": "not_agreed", "respondents": respondents,
        "to": department_id("zf"), "to_rung": "government",
    }, refs=refs, after=(mediated,))  # fmt: skip
    script.say("decided", "dispute.decided", ("zf-1011", "-4 16:12:33"), {
        "document": "云政办函〔2026〕88 号", "effective": at("-3 00:00:00"), "for": "opener",
        "legal_basis": [sharing_law("第二十一条"), sharing_law("第二十八条")],
        "participants": both, "remedies": ["share"], "rung": "government",
    }, refs=refs, after=(referred,))  # fmt: skip
    return script.lines


def _birth() -> list[Line]:
    case = Case(STORY, "life-0419", "zw", "YJS-2026-00419", _MATTER, _PURPOSE, _LAW)
    clerk, gateway = "zw-1326", "zw"
    about = {"subject_ref": Person("zw", "YJS-2026-00419")}
    case.open((clerk, "7 08:45:31"), "service")
    case.share(
        "birth",
        ("wj", "7 09:00:02"), (gateway, "7 09:00:03"), (clerk, "7 09:12:20"),
        used={"reliance": "decisive", **about},
    )  # fmt: skip
    case.share(
        "population",
        ("ga", "7 09:05:06"), (gateway, "7 09:05:07"), (clerk, "7 09:20:48"),
        used={"reliance": "decisive", **about},
    )  # fmt: skip
    case.share(
        "insurance",
        ("rs-4420", "7 10:30:24"), (gateway, "7 10:30:25"), (clerk, "7 10:44:09"),
        used=about,
    )  # fmt: skip
    three = ("birth", "population", "insurance")
    linked = case.say("linked", "linkage.assessed", ("zw-1301", "4 15:02:14"), {
        "granularity": "person", "measures": ["fields_reduced", "deleted_after"],
        "purpose_code": _PURPOSE[0], "result": "with_measures", "secrecy": "none_found",
        "sources": [case.use(tag).item for tag in three],
    }, refs={"matter": case.about["matter"]})  # fmt: skip
    decided = case.decide(
        ("zw-1302", "7 14:32:57"), "service", "completed", "云政服联〔2026〕419 号", three,
        also=(linked,), subject_ref=about["subject_ref"],
    )  # fmt: skip
    case.effect(
        (clerk, "9 09:31:02"),
        three,
        {
            "benefit": "materials_saved",
            "innovation": "function_linkage",
            "metrics": [
                {"baseline": 12, "name": "申请材料", "unit": "份", "value": 2},
                {"baseline": 5, "name": "跑动次数", "unit": "次", "value": 0},
            ],
            "narrative": "出生、落户、参保一次申请，全程网办",
        },
        relies_on=(decided,),
        acknowledged=(
            ("wj", "9 10:00:08"), ("ga", "9 10:00:12"), ("rs-4420", "9 15:44:36"),
        ),
    )  # fmt: skip
    return case.lines


def _pilot() -> list[Line]:
    """Tell of a benefit that is given without an application, and of an error that was foreseen."""
    case = Case(STORY, "life-pilot", "zw", "MSJX-2026-0007", "MSJX-002", _PURPOSE, _LAW)
    clerk, gateway = "zw-1326", "zw"
    assessment = {"assessment": ref("zw", "PG-2026-0093")}
    mitigated = case.tell("mitigated", "mitigation.recorded", ("zw-1326", "-3 17:10:00"), {
        "measures": [{"applied_at": at("-3 17:00:00"), "id": "M1", "kind": "monitoring",
                      "risks": ["R1"], "state": "applied"}],
    }, assessment, (ASSESSED,))  # fmt: skip
    checked = case.tell("checked", "diligence.recorded", ("zw-1326", "14 09:06:30"), {
        "kind": "scheduled_review", "result": "no_issue", "risks": ["R1"],
        "scheduled_for": at("14 09:00:00"),
    }, {**assessment, **case.about}, (mitigated,))  # fmt: skip
    case.open((gateway, "16 09:00:12"), "benefit", "own_motion")
    case.share(
        "birth",
        ("wj", "16 09:00:31"), (gateway, "16 09:00:32"), (gateway, "16 09:00:40"),
        used={"reliance": "decisive", "verification": "none"},
    )  # fmt: skip
    decided = case.decide(
        (gateway, "16 09:01:05"), "benefit", "granted", "云政服享〔2026〕7 号", ("birth",),
        automation="automatic",
    )  # fmt: skip
    wrong = case.defect(
        (clerk, "18 10:12:26"),
        "birth",
        {
            "affected_records": 1,
            "defect": "stale",
            "description": "签发状态滞后一日，户籍已迁出本省",
        },
    )
    examined = case.tell("reexamined", "act.reexamined", ("zw-1302", "18 14:31:48"), {
        "cause": "own_motion", "outcome": "to_be_revised", "reliance": "decisive",
    }, {**case.about, "item": ITEMS["birth"].ref}, (decided, wrong))  # fmt: skip
    revised = case.tell("revised", "act.revised", ("zw-1302", "18 16:03:35"), {
        "decision_no": "云政服享〔2026〕7 号之一", "evidence": case.evidence(("birth",), (clerk,)),
        "outcome": "not_imposed", "reason": "facts", "revises": "云政服享〔2026〕7 号",
    }, case.about, (examined,))  # fmt: skip
    case.effect(
        (clerk, "21 11:20:54"),
        ("birth",),
        {
            "benefit": "time_saved",
            "metrics": [{"baseline": 10, "name": "补贴发放用时", "unit": "工作日", "value": 0}],
        },
        relies_on=(revised,),
        acknowledged=(("wj", "21 12:00:03"),),
    )
    claimed = case.tell("claimed", "exemption.claimed", ("zw-1302", "22 10:36:11"), {
        "claimant": "department", "diligence": [Digest(checked)],
        "legal_basis": [{"article": "第十六条", "law": "云岭省一网通办促进办法"}],
        "loss": "recovered", "procedure": "followed", "rectification": [Digest(revised)],
        "risks": [{"assessment": assessment["assessment"], "claimed": "uncontrollable",
                   "listed": "listed", "measures": "applied", "risk": "R1"}],
        "three_distinctions": {
            "first_trial": {"answer": "lack_of_experience", "statements": [Digest(ASSESSED)]},
            "not_prohibited": {"answer": "no_explicit_limit", "statements": []},
            "unintended": {"answer": "unintended", "statements": [Digest(examined)],
                           "evidence": evidence("log", "pilot run 7")},
        },
    }, {**case.about, **assessment}, (ASSESSED, mitigated, checked, revised))  # fmt: skip
    case.tell("exempted", "determination.issued", ("zf-1011", "30 16:22:19"), {
        "bodies": [{
            "basis": [{"clause": "第十六条", "instrument": "云岭省一网通办促进办法",
                       "kind": "statute"}],
            "department": department_id("zw"), "fault": "none", "kind": "none",
            "outcomes": ["exempted"],
        }],
        "document": "云政办认〔2026〕2 号",
        "exemption": {
            "claim": Digest(claimed),
            "limbs": [
                {"limb": limb, "result": "met"}
                for limb in ("assessed_before", "diligence", "unforeseeable_or_uncontrollable",
                             "not_prohibited", "no_private_gain", "no_major_loss_or_recovered")
            ],
            "result": "exempted",
        },
        "hearing": "not_required", "persons": [], "report_sha256": digest("report, pilot 7"),
    }, {"determination": ref("zf", "RD-2026-0002"), **case.about}, (claimed,))  # fmt: skip
    return case.lines
