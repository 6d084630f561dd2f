"""信用监管: part of a batch comes late, one use has no grant, one is recorded late; an audit looks.

What has no grant is on record all the same. The auditor, within the scope that he was
given, holds the gateway's count against the ledger's; the department explains, the
finding is confirmed, the authority orders a cure.
"""

from typing import Final

from cli.stories.case import Case
from cli.stories.catalogue import ITEMS
from cli.stories.departments import department_id, ref
from cli.stories.line import Digest, Line, at
from cli.stories.papers import Papers
from cli.stories.script import Script, digest, evidence, sharing_law

STORY: Final = "credit_supervision"
EN, ZH = "Credit supervision", "信用监管"
HAPPENED_EN: Final = "a use without a grant, found by an audit that reconciles counts; cured"
HAPPENED_ZH: Final = "一次使用无授权，审计对账发现后整改"

WITHOUT_GRANT: Final = "credit-2026-07-tax-used"
PARTIAL: Final = "credit-2026-07-legal-entity-received"
LATE: Final = "credit-2026-07-legal-entity-changes-used"
SHOWN: Final = "credit-2026-07-legal-entity-used"
LOOK: Final = "credit-audit-confirmed"

_LAW: Final = (sharing_law("第二十五条"),)
_PURPOSE: Final = ("credit-grading", "企业信用分级分类监管")
_MATTER: Final = "XYJG-004"


def lines() -> list[Line]:
    """Return what is said, act by act."""
    papers = Papers(STORY, _PURPOSE, _LAW, _MATTER)
    papers.usual(("legal_entity", "fg"))
    papers.close(
        "legal_entity", "fg", "fg-8117",
        ("30 10:02:11", "31 09:31:40", "31 09:50:06", "32 10:15:29", "32 16:40:53"),
        records=18_590,
    )  # fmt: skip
    return [*papers.lines, *_grading()]


def _grading() -> list[Line]:
    case = Case(
        STORY, "credit-2026-07", "fg", "XYFJ-2026-07", _MATTER, _PURPOSE, _LAW,
        use_kind="supervision",
    )  # fmt: skip
    grader = "fg-8117"
    case.open((grader, "14 09:00:30"), "decision", "own_motion")
    case.share(
        "legal_entity",
        ("sc", "11 02:00:09"), (grader, "11 09:01:12"), (grader, "11 10:26:40"),
        suffix="-changes",
        sent={"channel": "batch", "records": 96},
        used={"records": 96, "verification": "none"},
        told="23 16:41:07",
    )  # fmt: skip
    case.share(
        "legal_entity",
        ("sc", "14 02:00:12"), (grader, "21 09:05:33"), (grader, "22 10:44:50"),
        sent={
            "channel": "batch",
            "content_sha256": digest("legal entities, July"),
            "records": 18_642,
            "window": {"from": at("-5 00:00:00"), "to": at("13 23:59:59")},
        },
        received={"content_sha256": digest("legal entities, as received"),
                  "records": 18_590, "result": "partial"},
        used={"records": 18_590, "verification": "none"},
        bound=(grader, "22 11:03:20"),
    )  # fmt: skip
    ungranted = case.use_without_grant(
        "tax",
        (grader, "22 11:20:17"),
        {
            "call_ref": "LS-SW011-20260728-0007",
            "purpose": "信用分级参考纳税人状态；未见对应授权，如实记录",
            "records": 412,
            "verification": "none",
        },
    )
    incomplete = case.defect(
        (grader, "22 15:02:09"),
        "legal-entity",
        {
            "affected_records": 52,
            "defect": "missing",
            "description": "批次到达时缺少 52 条主体记录",
        },
    )
    agreed = case.countersign(
        "review",
        ("fg-8102", "23 09:36:48"),
        ("legal-entity",),
        also=(incomplete,),
        reason="按到达的记录完成本月分级，缺失部分待补送后重评",
    )
    decided = case.decide(
        ("fg-8102", "23 15:20:14"),
        "decision",
        "completed",
        "云发改信用〔2026〕7 号",
        ("legal-entity", "tax"),
        also=(agreed,),
    )
    case.effect(
        (grader, "29 16:12:30"),
        ("legal-entity",),
        {
            "benefit": "decision_improved",
            "innovation": "reuse",
            "metrics": [{"baseline": 100, "name": "抽查比例", "unit": "%", "value": 40}],
            "narrative": "低风险主体减少现场抽查，重点主体检查频次提高",
        },
        relies_on=(decided,),
        acknowledged=(("sc-6001", "30 09:44:18"),),
    )
    return [*case.lines, *_audit(case, ungranted)]


def _audit(case: Case, ungranted: str) -> list[Line]:
    script = Script(STORY, "credit-audit")
    inquiry = {"inquiry": ref("sa", "SJ-2026-0017")}
    found = {"finding": ref("sa", "SJ-2026-0017-1"), "use": case.use("tax").ref,
             "item": ITEMS["tax"].ref, "act": case.act}  # fmt: skip
    rule = {"rule": "F1", "rules_version": "2026-1"}
    department = {"department": department_id("fg")}
    beyond = {"article": "第四十条", "item": "第二项", "law": "政务数据共享条例"}
    opened = script.say("opened", "inquiry.opened", ("sa-2201", "24 09:15:20"), {
        "departments": [department_id("fg")],
        "document": "云审通〔2026〕17 号",
        "kind": "audit",
        "legal_basis": [{"article": "第三十五条", "law": "中华人民共和国审计法"}],
        "period": {"from": at("0 00:00:00"), "to": at("24 00:00:00")},
    }, refs=inquiry)  # fmt: skip
    scope = script.say("scope", "scope.granted", ("zf-1011", "24 09:32:51"), {
        "body": department_id("sa"),
        "document": "云政办函〔2026〕102 号",
        "expires": at("345 00:00:00"),
        "officials": ["sa-2212"],
        "over": {"departments": [department_id("fg"), department_id("sw")]},
        "purpose": "audit",
        "starts": at("24 00:00:00"),
    }, refs=inquiry, after=(opened,))  # fmt: skip
    counted = script.say("counted", "window.recorded", ("yy", "24 10:00:00"), {
        "channel": "api", "consumer": department_id("fg"), "count": 2, "counted_by": "platform",
        "log_algorithm": "rfc9162_sha256", "log_root": digest("tax calls, July"),
        "provider": department_id("sw"), "records": 824,
        "window": {"from": at("14 00:00:00"), "to": at("24 00:00:00")},
    }, refs={"item": ITEMS["tax"].ref})  # fmt: skip
    noted = script.say("noted", "audit.noted", ("sa-2212", "25 11:08:34"), {
        **department,
        "exceptions": 1,
        "kind": "reconciliation",
        "note": "平台计数两次，账本记录一次，且均无授权",
        "reconciliation": {
            "counted_by": "platform", "ledger": 1, "outside": 2,
            "window": {"from": at("14 00:00:00"), "to": at("24 00:00:00")},
        },
        "result": "exception",
        "working_paper_sha256": digest("working paper 17-1"),
    }, refs=inquiry | {"item": ITEMS["tax"].ref}, after=(scope, counted, ungranted))  # fmt: skip
    explained = script.say("explained", "finding.explained", ("fg-8102", "28 10:20:46"), {
        **rule, "explanation": "accepted", "narrative": "误认平台开通即为授权，已停止调用并补记",
    }, refs=found, after=(noted,))  # fmt: skip
    confirmed = script.say("confirmed", "finding.confirmed", ("sa-2201", "28 16:31:15"), {
        **rule, **department, "articles": [beyond], "explanation": Digest(explained),
        "good_reason": "absent",
    }, refs=found | inquiry, after=(explained,))  # fmt: skip
    ordered = script.say("ordered", "cure.ordered", ("sj-1601", "29 10:12:37"), {
        **department, "articles": [beyond], "document": "云数改〔2026〕8 号",
        "due": at("44 18:00:00"), "measures": ["stop_use", "keep_records"], "side": "consumer",
    }, refs=found, after=(confirmed,))  # fmt: skip
    cured = script.say("cured", "cure.resulted", ("fg-8001", "31 15:05:22"), {
        **department, "cured_at": at("31 14:30:00"), "evidence": evidence("log", "calls stopped"),
        "ordered_by": department_id("sj"), "result": "cured",
    }, refs=found, after=(ordered,))  # fmt: skip
    script.say("closed", "inquiry.closed", ("sa-2201", "32 16:02:48"), {
        "findings": ["F1"], "report_sha256": digest("audit report 17"),
        "result": "problems_found", "told": [department_id("fg"), department_id("sw")],
    }, refs=inquiry, after=(confirmed, cured))  # fmt: skip
    return script.lines
