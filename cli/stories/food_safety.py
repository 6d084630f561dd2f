"""食品安全云监管: five providers, one of them a firm, feed a risk grading; an inspection follows.

The province grades by what four departments and a platform deliver; the city
inspects by what the province returns to it. A firm complains, without a name, of a
refusal from 2017: the body that refused it was merged since, so its successor answers.
"""

import hashlib
from typing import Final

from cli.stories.case import Case
from cli.stories.catalogue import ITEMS
from cli.stories.departments import department_id, ref
from cli.stories.line import Line, at
from cli.stories.papers import SAFEGUARDS, Papers
from cli.stories.script import Script, digest, law

STORY: Final = "food_safety"
EN, ZH = "Food-safety supervision", "食品安全云监管"
HAPPENED_EN: Final = "an anonymous complaint of an act of 2017: the merged body's successor answers"
HAPPENED_ZH: Final = "匿名企业投诉旧许可，原部门已合并，由承继部门答复"

SHOWN: Final = "food-grading-q3-pollution-used"
LOOK: Final = "food-old-answered"
SUCCESSION: Final = "food-old-succession"

_LAW: Final = (law("中华人民共和国食品安全法"),)
_GRADING: Final = ("food-risk-grading", "食品生产经营者风险分级")
_INSPECTION: Final = ("food-inspection", "食品安全监督检查")
_CLAIM_CODE: Final = "QH7K-2M9X-T4VD"  # what the firm keeps to read the answer


def lines() -> list[Line]:
    """Return what is said, act by act."""
    papers = Papers(STORY, _GRADING, _LAW, "SPJG-002")
    papers.usual(*((item, "sc") for item in ("pollution", "farm_origin", "industrial", "health")))
    papers.close(
        "industrial", "sc", "sc-6131",
        ("28 09:21:14", "29 09:41:37", "29 10:03:08", "31 16:20:55", "32 09:12:31"),
        records=266,
    )  # fmt: skip
    returned = Papers(STORY, _INSPECTION, _LAW, "SPJG-005")
    returned.usual(("food_licence", "cs"))
    return [
        *papers.lines, *_agreement(), *returned.lines, *_grading(), *_inspection(), *_old_act()
    ]  # fmt: skip


def _agreement() -> list[Line]:
    script = Script(STORY, "food-agreement")
    refs = {"agreement": ref("sc", "XY-2026-003"), "item": ITEMS["platform"].ref}
    made = script.say("made", "agreement.made", ("sc-6001", "-31 10:05:12"), {
        "clauses": [{"id": "3", "kind": "purpose"}, {"id": "7", "kind": "responsibility"}],
        "expected_benefits": [{"kind": "decision_improved"}],
        "items": [ITEMS["platform"].ref],
        "parties": [
            {"department": department_id("pt"), "role": "provider"},
            {"department": department_id("sc"), "role": "consumer"},
        ],
        "period": {"from": at("-28 00:00:00"), "to": at("337 00:00:00")},
        "purpose_codes": [_GRADING[0]],
        "safeguards": list(SAFEGUARDS),
        "text_sha256": digest("agreement 3"),
    }, refs=refs)  # fmt: skip
    script.say("agreed", "statement.countersigned", ("pt", "-31 15:20:40"), {
        "decision": "agree",
    }, refs=refs, after=(made,))  # fmt: skip
    return script.lines


def _grading() -> list[Line]:
    case = Case(
        STORY,
        "food-grading-q3",
        "sc",
        "SPFX-2026-Q3",
        "SPJG-002",
        _GRADING,
        _LAW,
        use_kind="supervision",
    )
    grader = "sc-6131"
    case.open((grader, "15 08:45:10"), "decision", "own_motion")
    unmatched = {"verification": "none"}
    case.share(
        "pollution",
        ("st-6604", "15 09:02:41"), ("sc", "15 09:06:13"), (grader, "16 09:15:28"),
        sent=_batch("pollution", 1_284),
        used={"records": 1_284, **unmatched},
    )  # fmt: skip
    case.share(
        "farm_origin",
        ("ny-5521", "15 10:37:20"), ("sc", "15 10:39:55"), (grader, "16 09:58:03"),
        sent=_batch("farm origin", 3_907),
        used={"records": 3_907, "reliance": "decisive", **unmatched},
    )  # fmt: skip
    case.share(
        "industrial",
        ("gx", "15 11:00:00"), ("sc", "15 11:00:09"), (grader, "16 10:31:46"),
        sent={**_batch("industrial permits", 266), "data_as_of": at("-5 00:00:00")},
        used={"records": 266, **unmatched},
    )  # fmt: skip
    case.share(
        "health",
        ("wj", "15 14:22:35"), ("sc", "15 14:22:36"), (grader, "16 14:40:12"),
        sent={"records": 812},
        used={"records": 812, "reliance": "decisive"},
    )  # fmt: skip
    case.share(
        "platform",
        ("pt", "15 16:05:58"), ("sc", "15 16:07:44"), (grader, "16 15:26:31"),
        sent=_batch("platform ratings", 5_120),
        used={"records": 5_120, "use_kind": "derivation", **unmatched},
        granted=False,  # under the agreement: a firm grants nothing
    )  # fmt: skip
    double = case.defect(
        (grader, "16 16:50:20"),
        "platform",
        {"affected_records": 37, "defect": "duplicate", "description": "同一批次冷链记录重复推送"},
    )
    five = ("pollution", "farm-origin", "industrial", "health", "platform")
    approved = case.countersign(
        "approve",
        ("sc-6102", "17 10:08:47"),
        five,
        also=(double,),
        reason="重复记录已剔除，同意本季度分级结果",
    )
    decided = case.decide(
        ("sc-6102", "17 10:30:05"), "decision", "completed", "云市监食生发〔2026〕46 号", five,
        also=(approved,),
    )  # fmt: skip
    case.effect(
        (grader, "25 09:34:16"),
        five,
        {
            "benefit": "decision_improved",
            "innovation": "gap_filling",
            "metrics": [
                {"baseline": 63, "name": "高风险主体检出率", "unit": "%", "value": 88},
                {"baseline": 15, "name": "分级用时", "unit": "工作日", "value": 2},
            ],
            "narrative": "产地、排污与冷链数据补上了许可档案中的空白",
        },
        relies_on=(decided,),
        acknowledged=(
            ("st-6604", "25 14:12:09"), ("ny-5521", "25 15:37:44"), ("wj", "25 09:40:01"),
        ),
    )  # fmt: skip
    return case.lines


def _inspection() -> list[Line]:
    case = Case(
        STORY,
        "food-inspection-173",
        "cs",
        "SPJC-2026-0173",
        "SPJG-005",
        _INSPECTION,
        _LAW,
    )
    inspector = "cs-7240"
    case.open((inspector, "29 08:40:19"), "inspection", "own_motion")
    case.share(
        "food_licence",
        ("sc-6131", "29 09:00:25"), ("cs", "29 09:00:31"), (inspector, "29 09:48:14"),
        sent={"direction": "down", "records": 24},
        used={"records": 24, "reliance": "decisive"},
    )  # fmt: skip
    # By then this approver has another key, see registration.changes.
    approved = case.countersign(
        "approve",
        ("cs-7201", "31 10:12:09"),
        ("food-licence",),
        reason="依抽检结果责令一批次产品下架，其余合格",
    )
    decided = case.decide(
        ("cs-7201", "31 10:40:33"), "inspection", "imposed", "青市监食检字〔2026〕173 号",
        ("food-licence",), own=(inspector,), also=(approved,),
    )  # fmt: skip
    case.effect(
        (inspector, "32 15:20:42"),
        ("food-licence",),
        {
            "benefit": "loss_prevented",
            "innovation": "function_linkage",
            "metrics": [{"name": "下架不合格批次", "unit": "批", "value": 1}],
            "narrative": "省级抽检数据回流后，市级当日锁定问题批次",
        },
        relies_on=(decided,),
        acknowledged=(("sc-6131", "32 16:30:10"),),
    )
    return case.lines


def _old_act() -> list[Line]:
    """Tell of an act that the successor enters from its archive, and answers for."""
    script = Script(STORY, "food-old")
    old, new = department_id("sy"), department_id("sc")
    act, complaint = ref("sy", "SPXK-2017-00812"), {"complaint": ref("rx", "TS-2026-04417")}
    succession = script.say("succession", "succession.recorded", ("registrar", "-60 10:00:00"), {
        "carries": [{"from": old, "to": new, "what": "obligations"},
                    {"from": old, "to": new, "what": "custody_of_records"}],
        "document": "云政发〔2018〕41 号",
        "effective": at("-2800 00:00:00"),
        "function_map": [
            {"from": old, "matter_code": "SPXK-001", "to": new},
            {"from": old, "matter_code": "SPJG-002", "to": new},
        ],
        "kind": "merge",
        "predecessors": [old],
        "successors": [new],
    })  # fmt: skip
    decided = script.say("decided", "act.decided", ("sc-6102", "-3240 15:20:00"), {
        "act_kind": "licence",
        "decision_no": "云食药监许驳字〔2017〕812 号",
        "evidence": [{"evidence_no": "DA-2017-812-3", "lawful": True, "reliance": "decisive",
                      "source": "own_investigation", "verified": True}],
        "matter_code": "SPXK-001",
        "on_behalf_of": old,
        "outcome": "refused",
    }, refs={"act": act}, after=(succession,), act=act, told="11 15:02:30")  # fmt: skip
    code = {"claim_code_sha256": hashlib.sha256(_CLAIM_CODE.encode()).hexdigest()}
    received = script.say("received", "complaint.received", ("rx", "10 20:14:09"), {
        **code,
        "against": [old],
        "channel": "hotline",
        "description": "旧许可驳回所依据的检测结论与本单位不符，至今影响办证",
        "kind": "harm_by_act",
        "mode": "anonymous",
    }, refs=complaint)  # fmt: skip
    referred = script.say("referred", "complaint.answered", ("rx", "11 09:00:21"), {
        **code,
        "answer": "已转承继原部门职能的机关办理",
        "disposition": "referred",
        "referred_to": new,
    }, refs=complaint, after=(received,))  # fmt: skip
    examined = script.say("examined", "act.reexamined", ("sc-6102", "18 11:12:40"), {
        "cause": "complaint", "outcome": "to_be_revoked", "reliance": "decisive",
    }, refs={"act": act, "item": ITEMS["food_licence"].ref, **complaint},
        after=(decided, referred), act=act)  # fmt: skip
    revoked = script.say("revoked", "act.revoked", ("sc-6102", "21 10:26:15"), {
        "decision_no": "云市监许撤字〔2026〕3 号",
        "effect": "from_the_start",
        "on_behalf_of": old,
        "reason": "facts",
        "revokes": "云食药监许驳字〔2017〕812 号",
    }, refs={"act": act, **complaint}, after=(examined,), act=act)  # fmt: skip
    script.say("answered", "complaint.answered", ("sc-6001", "21 15:41:52"), {
        **code,
        "answer": "原驳回所用检测结论系他人样品，已撤销，可凭本答复重新申请",
        "disposition": "upheld",
        "measures": ["act_reexamined"],
    }, refs=complaint | {"act": act}, after=(referred, revoked), act=act)  # fmt: skip
    return script.lines


def _batch(label: str, records: int) -> dict[str, object]:
    return {"channel": "batch", "content_sha256": digest(label), "records": records}
