"""电子证照互认: a neighbouring province recognises licences without paper; one notice is ignored.

A licence was replaced, the provider told its consumer, who did not answer and relied
on the old version. The provider recalls it; the act is examined anew, and revoked.
"""

from typing import Final

from cli.stories.case import Case
from cli.stories.departments import department_id
from cli.stories.line import Line, at
from cli.stories.papers import Papers
from cli.stories.script import law, sharing_law

STORY: Final = "licence_recognition"
EN, ZH = "Licences across provinces", "电子证照互认"
HAPPENED_EN: Final = "a notice to another province is ignored, an act rests on an old licence"
HAPPENED_ZH: Final = "跨省告知未回应，行政行为依据了旧版证照，召回后撤销"

SHOWN: Final = "licence-2107-licence-used"
LOOK: Final = "licence-2160-recalled"

_LAW: Final = (law("国务院关于在线政务服务的若干规定", "第十条"), sharing_law("第二十条"))
_PURPOSE: Final = ("licence-recognition", "跨省电子证照互认")
_MATTER: Final = "ZZHR-001"


def lines() -> list[Line]:
    """Return what is said, act by act."""
    papers = Papers(STORY, _PURPOSE, _LAW, _MATTER)
    papers.usual(("licence", "lx"))
    papers.close(
        "licence", "lx", "lx-8821",
        ("29 09:14:55", "30 10:20:31", "30 10:44:02", "31 11:05:38", "32 10:51:17"),
        records=2,
    )  # fmt: skip
    return [*papers.lines, *_recognised(), *_ignored()]


def _recognised() -> list[Line]:
    case = Case(STORY, "licence-2107", "lx", "KSHR-2026-02107", _MATTER, _PURPOSE, _LAW)
    clerk, gateway = "lx-8821", "lx"
    case.open((clerk, "1 09:05:22"), "confirmation")
    case.share(
        "licence",
        ("sc", "1 09:12:30"), (gateway, "1 09:12:31"), (clerk, "1 09:40:08"),
        sent={"item_version": "V3", "platform_ref": "YLGX-2026-0707-00311"},
        used={"item_version": "V3", "reliance": "decisive"},
    )  # fmt: skip
    decided = case.decide(
        ("lx-8802", "1 10:25:49"), "confirmation", "confirmed", "临市监互认〔2026〕2107 号",
        ("licence",),
    )  # fmt: skip
    case.effect(
        (clerk, "2 14:30:33"),
        ("licence",),
        {
            "benefit": "certificates_saved",
            "innovation": "reuse",
            "metrics": [{"baseline": 3, "name": "企业提交证照原件", "unit": "份", "value": 0}],
        },
        relies_on=(decided,),
        acknowledged=(("sc-6001", "2 16:12:26"),),
    )
    return case.lines


def _ignored() -> list[Line]:
    case = Case(STORY, "licence-2160", "lx", "KSHR-2026-02160", _MATTER, _PURPOSE, _LAW)
    clerk, gateway = "lx-8821", "lx"
    case.open((clerk, "4 09:16:40"), "confirmation")
    used = case.share(
        "licence",
        ("sc", "4 09:25:02"), (gateway, "4 09:25:03"), (clerk, "4 10:02:51"),
        sent={"item_version": "V3"},
        used={"item_version": "V3", "reliance": "decisive"},
    )  # fmt: skip
    use = case.use("licence")
    item, about = {"item": use.item}, f"item/{use.item}"
    consumers = {"affected_versions": ["V3"], "consumers": [department_id("lx")]}
    noticed = case.tell("noticed", "notice.issued", ("sc-6001", "4 15:20:18"), {
        **consumers, "current_version": "V4", "due": at("9 18:00:00"), "kind": "superseded",
    }, item, (used,), about)  # fmt: skip
    decided = case.decide(
        ("lx-8802", "11 14:40:26"), "confirmation", "confirmed", "临市监互认〔2026〕2160 号",
        ("licence",),
    )  # fmt: skip
    recalled = case.tell("recalled", "recall.issued", ("sc-6001", "14 09:36:45"), {
        **consumers, "action": "recheck_acts", "due": at("21 18:00:00"), "reason": "defect",
        "replacement_version": "V4",
    }, item, (noticed,), about)  # fmt: skip
    heard = case.tell("heard", "notice.acknowledged", ("lx-8801", "15 10:12:08"), {
        "affected_acts": [case.act], "outcome": "use_stopped", "provider": department_id("sc"),
    }, item, (noticed, recalled), about)  # fmt: skip
    case.share(
        "licence",
        ("sc", "15 11:00:35"), (gateway, "15 11:00:36"), (clerk, "15 11:24:19"),
        suffix="-v4",
        sent={"item_version": "V4"},
        used={"item_version": "V4", "reliance": "decisive", "verification": "contradicted"},
        relies_on=(recalled,),
    )  # fmt: skip
    examined = case.tell("reexamined", "act.reexamined", ("lx-8802", "16 10:07:52"), {
        "cause": "recall", "outcome": "to_be_revoked", "reliance": "decisive",
    }, {**case.about, **item}, (decided, heard, case.use("licence-v4").line))  # fmt: skip
    revoked = case.tell("revoked", "act.revoked", ("lx-8802", "17 15:31:20"), {
        "decision_no": "临市监撤〔2026〕12 号", "effect": "from_the_start",
        "reason": "data_corrected", "revokes": "临市监互认〔2026〕2160 号",
    }, case.about, (decided, examined))  # fmt: skip
    talked = case.tell("talked", "consultation.held", ("sc-6001", "18 15:04:37"), {
        "about": "quality", "form": "online", "outcome": "agreed",
        "participants": [department_id("sc"), department_id("lx")],
    }, item, (revoked,), about)  # fmt: skip
    case.tell("filed", "filing.made", ("sc-6001", "21 09:20:14"), {
        "about": "change", "filed_with": department_id("sj"), "platform_ref": "YLGX-2026-BA-0042",
    }, item, (talked,), about)  # fmt: skip
    case.effect(
        (clerk, "22 09:41:06"),
        ("licence-v4",),
        {
            "benefit": "loss_prevented",
            "metrics": [{"name": "纠正的错误互认", "unit": "件", "value": 1}],
            "narrative": "换发版本及时召回，避免以失效证照继续经营",
        },
        relies_on=(revoked,),
        acknowledged=(("sc-6001", "22 11:15:40"),),
    )
    return case.lines
