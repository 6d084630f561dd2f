"""网上生育服务登记: a couple registers once, and brings no certificates.

The second act is spoken by the health commission's gateway, which attests what its
official did; education data comes in part.
"""

from typing import Final

from cli.stories.case import Case
from cli.stories.line import Line, Person, at

STORY: Final = "birth_service"
EN, ZH = "Birth-service registration", "网上生育服务登记"

ATTESTED: Final = "birth-1131-marriage-used"
SHOWN: Final = "birth-1107-marriage-used"

_LAW: Final = (
    {"law": "中华人民共和国人口与计划生育法"},
    {"article": "第七条", "law": "国务院关于在线政务服务的若干规定"},
)
_PURPOSE: Final = ("birth-service-registration", "生育服务登记资格核验")


def lines() -> list[Line]:
    """Return what is said, act by act."""
    return [*_without_certificates(), *_attested()]


def _without_certificates() -> list[Line]:
    case = Case(STORY, "birth-1107", "wj", "SYDJ-2026-01107", "SYFW-001", _PURPOSE, _LAW)
    clerk, gateway = "wj-4102", "wj"
    about = {"subject_ref": Person("wj", "SYDJ-2026-01107")}
    case.share(
        "marriage",
        ("mz-3308", "3 09:25:10"), (gateway, "3 09:25:12"), (clerk, "3 09:31:44"),
        sent={"platform_ref": "YLGX-2026-0709-00067"},
        used={"reliance": "decisive", **about},
    )  # fmt: skip
    case.share(
        "population",
        ("ga-3071", "3 09:28:02"), (gateway, "3 09:28:03"), (clerk, "3 09:33:15"),
        used={"reliance": "decisive", "verification": "subject_confirmed", **about},
    )  # fmt: skip
    case.share(
        "insurance",
        ("rs-4420", "3 09:50:39"), (gateway, "3 09:50:47"), (clerk, "3 10:04:21"),
        sent={"data_as_of": at("2 23:00:00")},
        used={"reliance": "checked_only", **about},
    )  # fmt: skip
    three = ("marriage", "population", "insurance")
    approved = case.countersign(
        "approve",
        ("wj-4101", "3 14:18:56"),
        three,
        reason="共享数据核验相符，准予登记，不再收取证明材料",
        document="云卫妇幼登字〔2026〕1107 号",
    )
    case.effect(
        (clerk, "7 09:40:05"),
        three,
        {
            "benefit": "certificates_saved",
            "innovation": "capability_fusion",
            "metrics": [
                {"baseline": 4, "name": "申请人提交证明", "unit": "份", "value": 0},
                {"baseline": 2, "name": "申请人到场次数", "unit": "次", "value": 0},
            ],
            "narrative": "婚姻、人口、参保三方数据共享后实现全程网办",
        },
        relies_on=(approved,),
    )
    return case.lines


def _attested() -> list[Line]:
    case = Case(STORY, "birth-1131", "wj", "SYDJ-2026-01131", "SYFW-001", _PURPOSE, _LAW)
    clerk, gateway = "wj-4102", "wj"
    about = {"subject_ref": Person("wj", "SYDJ-2026-01131")}
    case.share(
        "marriage",
        ("mz-3308", "10 10:11:48"), (gateway, "10 10:11:49"), (f"{gateway}:{clerk}", "10 10:20:30"),
        used={"call_ref": "WG-HY001-20260716-1131", "reliance": "decisive", **about},
    )  # fmt: skip
    case.share(
        "education",
        ("jy-2719", "10 10:30:06"), (gateway, "11 16:48:59"), (clerk, "14 09:12:37"),
        sent={"channel": "file", "records": 2},
        received={"records": 1, "result": "partial"},
        used={"reliance": "checked_only", **about},
    )  # fmt: skip
    missing = case.defect(
        (clerk, "14 09:30:51"),
        "education",
        {"affected_records": 1, "defect": "missing", "description": "两人中一人的学历记录未送达"},
    )
    approved = case.countersign(
        "approve",
        ("wj-4101", "14 15:07:24"),
        ("marriage", "education"),
        also=(missing,),
        reason="学历信息仅供参考，不影响登记，同意",
    )
    case.effect(
        (clerk, "17 11:25:18"),
        ("marriage",),
        {
            "benefit": "time_saved",
            "metrics": [{"baseline": 5, "name": "登记用时", "unit": "工作日", "value": 2}],
        },
        relies_on=(approved,),
    )
    return case.lines
