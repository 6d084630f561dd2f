"""食品安全云监管: five providers, one of them a firm, feed a risk grading; an inspection follows.

The province grades by what four departments and a platform deliver; the city
inspects by what the province returns to it.
"""

from typing import Final

from cli.stories.case import Case, content_digest
from cli.stories.line import Line, at

STORY: Final = "food_safety"
EN, ZH = "Food-safety supervision", "食品安全云监管"

SHOWN: Final = "food-grading-q3-pollution-used"

_LAW: Final = ({"law": "中华人民共和国食品安全法"},)


def lines() -> list[Line]:
    """Return what is said, act by act."""
    return [*_grading(), *_inspection()]


def _grading() -> list[Line]:
    case = Case(
        STORY,
        "food-grading-q3",
        "sc",
        "SPFX-2026-Q3",
        "SPJG-002",
        ("food-risk-grading", "食品生产经营者风险分级"),
        _LAW,
        use_kind="supervision",
    )
    grader = "sc-6131"
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
        document="云市监食生发〔2026〕46 号",
    )
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
        relies_on=(approved,),
    )
    return case.lines


def _inspection() -> list[Line]:
    case = Case(
        STORY,
        "food-inspection-173",
        "cs",
        "SPJC-2026-0173",
        "SPJG-005",
        ("food-inspection", "食品安全监督检查"),
        _LAW,
    )
    inspector = "cs-7240"
    case.share(
        "food_licence",
        ("sc-6131", "29 09:00:25"), ("cs", "29 09:00:31"), (inspector, "29 09:48:14"),
        sent={"direction": "down", "records": 24},
        used={"records": 24, "reliance": "decisive"},
    )  # fmt: skip
    # By then this approver has another key, see registration.after.
    approved = case.countersign(
        "approve",
        ("cs-7201", "31 10:12:09"),
        ("food-licence",),
        reason="依抽检结果责令一批次产品下架，其余合格",
        document="青市监食检字〔2026〕173 号",
    )
    case.effect(
        (inspector, "32 15:20:42"),
        ("food-licence",),
        {
            "benefit": "loss_prevented",
            "innovation": "function_linkage",
            "metrics": [{"name": "下架不合格批次", "unit": "批", "value": 1}],
            "narrative": "省级抽检数据回流后，市级当日锁定问题批次",
        },
        relies_on=(approved,),
    )
    return case.lines


def _batch(label: str, records: int) -> dict[str, object]:
    return {"channel": "batch", "content_sha256": content_digest(label), "records": records}
