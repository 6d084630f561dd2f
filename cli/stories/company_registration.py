"""市场主体设立: seven providers feed one registration, and what follows from it.

The first act is the clean one: seven deliveries, two officials who consent, the
effect credited to all seven. In the second the premises data is stale: the reviewer
objects, the head of the section decides against him, and refuses; the provider
corrects, the act is examined anew and put right.
"""

from typing import Final

from cli.stories.case import Case
from cli.stories.catalogue import ITEMS
from cli.stories.departments import department_id, ref
from cli.stories.line import Line, at
from cli.stories.papers import Papers
from cli.stories.script import evidence, law, sharing_law

STORY: Final = "company_registration"
EN, ZH = "Company registration", "市场主体设立"
HAPPENED_EN: Final = "stale premises data, an objection overridden, a wrong refusal put right"
HAPPENED_ZH: Final = "房产数据陈旧，审核异议未被采纳，错误驳回后更正重审"

OBJECTION: Final = "company-342-object"
SHOWN: Final = "company-318-population-used"
LOOK: Final = "company-342-revised"

_LAW: Final = (law("中华人民共和国市场主体登记管理条例"), sharing_law("第十九条"))
_PURPOSE: Final = ("company-registration", "市场主体设立登记材料核验")
_MATTER: Final = "QYSL-001"
_SEVEN: Final = ("population", "premises", "fire", "labour", "tax", "legal_entity", "address")


def lines() -> list[Line]:
    """Return what is said, act by act."""
    papers = Papers(STORY, _PURPOSE, _LAW, _MATTER)
    papers.usual(*((item, "cs") for item in _SEVEN))
    papers.close(
        "labour", "cs", "cs-7215",
        ("17 09:20:45", "18 10:05:33", "18 10:20:12", "22 16:11:05", "23 09:40:27"),
        reason="not_needed",
    )  # fmt: skip
    return [*papers.lines, *_seven_providers(), *_stale_premises()]


def _seven_providers() -> list[Line]:
    case = Case(STORY, "company-318", "cs", "SL-2026-00318", _MATTER, _PURPOSE, _LAW)
    clerk, gateway = "cs-7215", "cs"
    case.open((clerk, "0 08:41:26"), "registration")
    case.say("linked", "linkage.assessed", ("cs-7001", "0 08:55:10"), {
        "granularity": "organisation", "measures": ["fields_reduced", "output_checked"],
        "purpose_code": _PURPOSE[0], "result": "with_measures", "secrecy": "none_found",
        "sources": [ITEMS[item].ref for item in _SEVEN],
    }, refs={"matter": case.about["matter"]})  # fmt: skip
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
    )
    decided = case.decide(
        ("cs-7201", "0 17:10:20"),
        "registration",
        "registered",
        "青市监登字〔2026〕318 号",
        seven,
        own=(clerk,),
        also=(approved,),
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
        relies_on=(decided,),
        acknowledged=(
            ("ga", "3 08:30:02"), ("zj-2046", "3 09:02:17"), ("xf-1187", "3 10:41:08"),
            ("rs-4420", "3 11:19:36"), ("sw-5309", "3 14:05:51"), ("sc", "3 08:30:05"),
            ("zr", "3 08:30:09"),
        ),
    )  # fmt: skip
    return case.lines


def _stale_premises() -> list[Line]:
    case = Case(STORY, "company-342", "cs", "SL-2026-00342", _MATTER, _PURPOSE, _LAW)
    clerk, gateway = "cs-7215", "cs"
    number, revised = "青市监登驳字〔2026〕342 号", "青市监登字〔2026〕342 号"
    case.open((clerk, "8 09:05:40"), "registration")
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
            "description": "房屋用途变更后未更新，与现场核实不一致",
        },
    )
    objected = case.countersign(
        "object",
        ("cs-7208", "8 15:46:02"),
        ("premises",),
        decision="object",
        also=(stale,),
        reason="房屋用途数据陈旧，不宜作为驳回的依据，待提供部门更正后再审",
    )
    overridden = case.countersign(
        "override",
        ("cs-7201", "8 16:20:31"),
        ("population", "premises"),
        also=(objected,),
        reason="不采纳审核意见，以平台数据为准，予以驳回",
    )
    refused = case.decide(
        ("cs-7201", "8 16:52:14"),
        "registration",
        "refused",
        number,
        ("population", "premises"),
        own=(clerk,),
        also=(overridden,),
    )
    corrected = _correction(case, refused, stale)
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
        relies_on=(corrected,),
    )  # fmt: skip
    again = ("population", "premises-corrected")
    examined = case.tell(
        "reexamined",
        "act.reexamined",
        ("cs-7208", "11 10:12:20"),
        {"cause": "correction", "outcome": "to_be_revised", "reliance": "decisive"},
        {**case.about, **_correcting(case)},
        (refused, corrected, case.use("premises-corrected").line),
    )
    agreed = case.countersign(
        "agree",
        ("cs-7208", "11 10:30:55"),
        again,
        also=(examined,),
        reason="更正后的房屋用途与现场一致，异议消除",
    )
    put_right = case.tell(
        "revised",
        "act.revised",
        ("cs-7201", "11 11:24:09"),
        {
            "decision_no": revised,
            "evidence": case.evidence(again, own=(clerk,)),
            "legal_basis": list(_LAW),
            "outcome": "registered",
            "reason": "data_corrected",
            "revises": number,
        },
        {**case.about, **_correcting(case)},
        (refused, examined, agreed),
    )
    case.effect(
        (clerk, "14 09:10:26"),
        again,
        {
            "benefit": "decision_improved",
            "metrics": [{"baseline": 10, "name": "校核更正用时", "unit": "工作日", "value": 3}],
            "narrative": "提供部门三个工作日完成更正，错误驳回得以纠正",
        },
        relies_on=(put_right,),
        acknowledged=(("zj-2046", "14 15:30:12"),),
    )
    return case.lines


def _correcting(case: Case) -> dict[str, str]:
    return {"correction": ref("cs", "JH-2026-0342"), "item": case.use("premises").item}


def _correction(case: Case, refused: str, stale: str) -> str:
    """Tell how the provider was asked, corrected and told its consumer; return its notice."""
    refs, about = _correcting(case), f"item/{case.use('premises').item}"
    wrong = {"affected_versions": ["2026-04-01"], "affected_fields": ["房屋用途"]}
    asked = case.tell(
        "correction-asked",
        "correction.requested",
        ("cs-7001", "9 09:10:18"),
        {
            **wrong,
            "affected_records": 1,
            "defect": "stale",
            "description": "申请人持新证提出异议，房屋用途与平台数据不一致",
            "evidence": evidence("inspection", "premises on site"),
            "provider": department_id("zj"),
            "received_at": at("9 08:50:00"),
        },
        {**refs, "act": case.act, "use": case.use("premises").ref},
        (refused, stale),
        about,
    )
    resulted = case.tell(
        "correction-made",
        "correction.resulted",
        ("zj-2046", "10 17:05:44"),
        {
            **wrong,
            "cause": "source_changed",
            "consumer": department_id("cs"),
            "corrected_at": at("10 16:40:00"),
            "corrected_version": "2026-07-16",
            "defect": "stale",
            "result": "corrected",
            "verified_by": "zj-2046",
        },
        {**refs, "use": case.use("premises").ref},
        (asked,),
        about,
    )
    told = case.tell(
        "correction-told",
        "notice.issued",
        ("zj-2046", "11 08:42:03"),
        {
            **wrong,
            "consumers": [department_id("cs")],
            "current_version": "2026-07-16",
            "due": at("16 18:00:00"),
            "kind": "corrected",
        },
        refs,
        (resulted,),
        about,
    )
    return case.tell(
        "correction-heard",
        "notice.acknowledged",
        ("cs-7215", "11 09:01:35"),
        {
            "affected_acts": [case.act],
            "outcome": "acts_rechecked",
            "provider": department_id("zj"),
        },
        refs,
        (told,),
        about,
    )
