"""网上生育服务登记: a couple registers once, and brings no certificates; then the purpose drifts.

The second act is spoken by the health commission's gateway, which attests what its
official did; education data comes in part. Insurance data that was granted for
registrations is then used to score people: the provider suspends, the authority
orders a cure, and the share goes on.
"""

from typing import Final

from cli.stories.case import Case
from cli.stories.catalogue import ITEMS, grant
from cli.stories.departments import department_id, ref
from cli.stories.line import Line, Person, at
from cli.stories.papers import Papers
from cli.stories.script import Script, evidence, law, sharing_law

STORY: Final = "birth_service"
EN, ZH = "Birth-service registration", "网上生育服务登记"
HAPPENED_EN: Final = "insurance data used to score people: suspended, cured, resumed"
HAPPENED_ZH: Final = "参保数据被改作信用评分，暂停共享、责令改正后恢复"

ATTESTED: Final = "birth-1131-marriage-used"
SHOWN: Final = "birth-1107-marriage-used"
LOOK: Final = "birth-drift-suspended"

_LAW: Final = (
    law("中华人民共和国人口与计划生育法"),
    law("国务院关于在线政务服务的若干规定", "第七条"),
)
_PURPOSE: Final = ("birth-service-registration", "生育服务登记资格核验")
_MATTER: Final = "SYFW-001"


def lines() -> list[Line]:
    """Return what is said, act by act."""
    papers = Papers(STORY, _PURPOSE, _LAW, _MATTER)
    papers.usual(*((item, "wj") for item in ("marriage", "population", "insurance", "education")))
    papers.close(
        "education", "wj", "wj-4102",
        ("21 09:12:40", "22 09:36:18", "22 09:58:51", "24 15:17:33", "25 10:20:09"),
        reason="not_needed",
        records=1,
    )  # fmt: skip
    return [*papers.lines, *_without_certificates(), *_attested(), *_drift()]


def _without_certificates() -> list[Line]:
    case = Case(STORY, "birth-1107", "wj", "SYDJ-2026-01107", _MATTER, _PURPOSE, _LAW)
    clerk, gateway = "wj-4102", "wj"
    about = {"subject_ref": Person("wj", "SYDJ-2026-01107")}
    case.open((clerk, "3 09:21:33"), "registration")
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
    )
    decided = case.decide(
        ("wj-4101", "3 14:40:22"), "registration", "registered", "云卫妇幼登字〔2026〕1107 号",
        three, also=(approved,), subject_ref=about["subject_ref"],
    )  # fmt: skip
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
        relies_on=(decided,),
        acknowledged=(
            ("mz-3308", "7 15:02:11"), ("ga", "8 08:30:20"), ("rs-4420", "8 10:11:54"),
        ),
    )  # fmt: skip
    return case.lines


def _attested() -> list[Line]:
    case = Case(STORY, "birth-1131", "wj", "SYDJ-2026-01131", _MATTER, _PURPOSE, _LAW)
    clerk, gateway = "wj-4102", "wj"
    about = {"subject_ref": Person("wj", "SYDJ-2026-01131")}
    case.open((clerk, "10 09:58:20"), "registration")
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
    decided = case.decide(
        ("wj-4101", "14 15:30:45"), "registration", "registered", "云卫妇幼登字〔2026〕1131 号",
        ("marriage", "education"), also=(approved,), subject_ref=about["subject_ref"],
    )  # fmt: skip
    case.effect(
        (clerk, "17 11:25:18"),
        ("marriage",),
        {
            "benefit": "time_saved",
            "metrics": [{"baseline": 5, "name": "登记用时", "unit": "工作日", "value": 2}],
        },
        relies_on=(decided,),
        acknowledged=(("mz-3308", "17 16:08:02"),),
    )
    return case.lines


def _drift() -> list[Line]:
    script = Script(STORY, "birth-drift")
    item, shared = ITEMS["insurance"], {"item": ITEMS["insurance"].ref}
    refs = shared | {"grant": grant("insurance", "wj")}
    consumer = {"consumer": department_id("wj")}
    beyond = {"article": "第四十条", "item": "第二项", "law": "政务数据共享条例"}
    used = script.say("used", "use.recorded", ("wj-4102", "15 10:31:18"), {
        "fields": list(item.fields),
        "purpose": "居民信用积分试算",
        "purpose_code": "credit-scoring",
        "records": 2_316,
        "reliance": "decisive",
        "use_kind": "derivation",
        "verification": "none",
    }, refs=refs | {"use": ref("wj", "SY-XYJF-2026-01")})  # fmt: skip
    refused = script.say("denied", "access.denied", ("yy", "16 01:00:07"), {
        **consumer, "channel": "api", "count": 3, "purpose_code": "credit-scoring",
        "reason": "beyond_purpose",
    }, refs=refs)  # fmt: skip
    suspended = script.say("suspended", "grant.suspended", ("rs-4401", "16 11:20:36"), {
        **consumer, "cure_due": at("23 18:00:00"), "effective": at("16 12:00:00"),
        "legal_basis": [sharing_law("第二十七条")], "reason": "beyond_purpose",
    }, refs=refs, after=(used, refused))  # fmt: skip
    ordered = script.say("ordered", "cure.ordered", ("sj-1601", "17 14:30:05"), {
        "articles": [beyond], "department": department_id("wj"),
        "document": "云数改〔2026〕5 号", "due": at("23 18:00:00"),
        "measures": ["stop_use", "dispose"], "side": "consumer",
    }, refs=refs, after=(suspended,))  # fmt: skip
    cured = script.say("cured", "cure.resulted", ("wj-4001", "22 16:21:50"), {
        "cured_at": at("22 15:40:00"), "department": department_id("wj"),
        "evidence": evidence("log", "scores deleted"), "measures": ["stop_use", "dispose"],
        "ordered_by": department_id("sj"), "result": "cured",
    }, refs=refs, after=(ordered,))  # fmt: skip
    script.say("resumed", "grant.resumed", ("rs-4401", "24 09:18:27"), {
        **consumer, "effective": at("24 09:30:00"), "reason": "cured",
    }, refs=refs, after=(cured,))  # fmt: skip
    return script.lines
