"""市场主体设立: seven providers feed one registration, and what follows from it.

The first act is the clean one: seven deliveries, two officials who consent, the
effect credited to all seven. In the second the premises data is stale: the
reviewer objects, the provider corrects. In the third, credit supervision, part of
a batch comes late, and one use has no grant: it is on record all the same.
"""

from typing import Final

from cli.stories.case import Case, content_digest
from cli.stories.line import Line, at

STORY: Final = "company_registration"
EN, ZH = "Company registration", "市场主体设立"

WITHOUT_GRANT: Final = "credit-2026-07-tax-used"
OBJECTION: Final = "company-342-object"
PARTIAL: Final = "credit-2026-07-legal-entity-received"
SHOWN: Final = "company-318-population-used"

_LAW: Final = (
    {"law": "中华人民共和国市场主体登记管理条例"},
    {"article": "第十九条", "law": "政务数据共享条例"},
)
_PURPOSE: Final = ("company-registration", "市场主体设立登记材料核验")


def lines() -> list[Line]:
    """Return what is said, act by act."""
    return [*_seven_providers(), *_stale_premises(), *_credit_supervision()]


def _seven_providers() -> list[Line]:
    case = Case(STORY, "company-318", "cs", "SL-2026-00318", "QYSL-001", _PURPOSE, _LAW)
    clerk, gateway = "cs-7215", "cs"
    case.share(
        "population",
        ("ga", "0 09:12:04"), (gateway, "0 09:12:05"), (clerk, "0 09:16:40"),
        sent={"platform_ref": "YLGX-2026-0706-00121"},
        used={"reliance": "decisive", "call_ref": "JK-RK001-20260706-0318"},
    )  # fmt: skip
    case.share(
        "premises",
        ("zj-2046", "0 09:40:18"), (gateway, "0 09:40:31"), (clerk, "0 10:02:55"),
        sent={"data_as_of": at("-1 22:00:00"), "item_version": "2026-07-05"},
        used={"reliance": "decisive", "item_version": "2026-07-05"},
    )  # fmt: skip
    case.share(
        "fire",
        ("xf-1187", "0 10:21:09"), (gateway, "0 10:21:15"), (clerk, "0 10:48:33"),
        sent={"channel": "shared_platform", "data_as_of": at("-3 18:00:00")},
    )  # fmt: skip
    case.share(
        "labour",
        ("rs-4420", "0 11:05:27"), (gateway, "0 11:05:28"), (clerk, "0 11:20:06"),
        used={"reliance": "checked_only"},
    )  # fmt: skip
    case.share(
        "tax",
        ("sw-5309", "0 14:10:44"), (gateway, "0 14:10:52"), (clerk, "0 14:33:19"),
        sent={"data_as_of": at("-1 23:30:00")},
        used={"reliance": "decisive"},
    )  # fmt: skip
    case.share(
        "legal_entity",
        ("sc", "0 14:40:03"), (gateway, "0 14:40:04"), (clerk, "0 14:52:47"),
        sent={"direction": "down", "records": 2},
        used={"records": 2},
    )  # fmt: skip
    case.share(
        "address",
        ("zr", "0 15:01:36"), (gateway, "0 15:01:37"), (clerk, "0 15:15:20"),
        sent={"item_version": "2026 年第二季度"},
    )  # fmt: skip
    seven = ("population", "premises", "fire", "labour", "tax", "legal-entity", "address")
    reviewed = case.countersign(
        "review", ("cs-7208", "0 16:24:11"), seven, reason="七项共享数据与申请材料一致，同意报批"
    )
    approved = case.countersign(
        "approve",
        ("cs-7201", "0 17:02:38"),
        seven,
        also=(reviewed,),
        reason="准予设立登记",
        document="青市监登字〔2026〕318 号",
    )
    case.effect(
        (clerk, "2 10:30:00"),
        seven,
        {
            "benefit": "materials_saved",
            "innovation": "function_linkage",
            "metrics": [
                {"baseline": 11, "name": "申请人提交材料", "unit": "份", "value": 3},
                {"baseline": 24, "name": "设立登记用时", "unit": "小时", "value": 8},
            ],
            "narrative": "七个部门的数据使申请人不再提交场所、消防、纳税等证明，当日办结",
        },
        relies_on=(approved,),
    )
    return case.lines


def _stale_premises() -> list[Line]:
    case = Case(STORY, "company-342", "cs", "SL-2026-00342", "QYSL-001", _PURPOSE, _LAW)
    clerk, gateway = "cs-7215", "cs"
    case.share(
        "population",
        ("ga", "8 09:33:51"), (gateway, "8 09:33:52"), (clerk, "8 09:41:14"),
        used={"reliance": "decisive", "call_ref": "JK-RK001-20260714-0342"},
    )  # fmt: skip
    case.share(
        "premises",
        ("zj-2046", "8 10:15:22"), (gateway, "8 10:15:30"), (clerk, "8 11:08:45"),
        sent={"data_as_of": at("-96 22:00:00"), "item_version": "2026-04-01"},
        used={
            "item_version": "2026-04-01",
            "reliance": "decisive",
            "verification": "contradicted",
        },
    )  # fmt: skip
    stale = case.defect(
        (clerk, "8 14:20:37"),
        "premises",
        {
            "affected_records": 1,
            "defect": "stale",
            "description": "房屋用途变更后未更新，与现场核实不一致，请依第二十六条核实更正",
        },
    )
    objected = case.countersign(
        "object",
        ("cs-7208", "8 15:46:02"),
        ("premises",),
        decision="object",
        also=(stale,),
        reason="房屋用途数据陈旧，不宜作为准予登记的依据，待提供部门更正后再审",
    )
    case.share(
        "premises",
        ("zj-2046", "11 09:20:08"), (gateway, "11 09:20:19"), (clerk, "11 09:57:40"),
        suffix="-corrected",
        sent={
            "data_as_of": at("10 22:00:00"),
            "document": "云建房信函〔2026〕57 号",
            "item_version": "2026-07-16",
        },
        used={"item_version": "2026-07-16", "reliance": "decisive"},
        relies_on=(stale,),
    )  # fmt: skip
    agreed = case.countersign(
        "agree",
        ("cs-7208", "11 10:30:55"),
        ("population", "premises-corrected"),
        also=(objected,),
        reason="更正后的房屋用途与现场一致，异议消除",
    )
    case.effect(
        (clerk, "14 09:10:26"),
        ("population", "premises-corrected"),
        {
            "benefit": "decision_improved",
            "metrics": [{"baseline": 10, "name": "校核更正用时", "unit": "工作日", "value": 3}],
            "narrative": "提供部门三个工作日完成更正，避免了一次错误驳回",
        },
        relies_on=(agreed,),
    )
    return case.lines


def _credit_supervision() -> list[Line]:
    case = Case(
        STORY,
        "credit-2026-07",
        "fg",
        "XYFJ-2026-07",
        "XYJG-004",
        ("credit-grading", "企业信用分级分类监管"),
        ({"article": "第二十五条", "law": "政务数据共享条例"},),
        use_kind="supervision",
    )
    grader = "fg-8117"
    case.share(
        "legal_entity",
        ("sc", "14 02:00:12"), (grader, "21 09:05:33"), (grader, "22 10:44:50"),
        sent={
            "channel": "batch",
            "content_sha256": content_digest("legal entities, July"),
            "records": 18_642,
            "window": {"from": at("-5 00:00:00"), "to": at("13 23:59:59")},
        },
        received={"content_sha256": content_digest("legal entities, as received"),
                  "records": 18_590, "result": "partial"},
        used={"records": 18_590, "verification": "none"},
    )  # fmt: skip
    case.use_without_grant(
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
    case.effect(
        (grader, "29 16:12:30"),
        ("legal-entity",),
        {
            "benefit": "decision_improved",
            "innovation": "reuse",
            "metrics": [{"baseline": 100, "name": "抽查比例", "unit": "%", "value": 40}],
            "narrative": "低风险主体减少现场抽查，重点主体检查频次提高",
        },
        relies_on=(agreed,),
    )
    return case.lines
