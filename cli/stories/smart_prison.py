"""智慧监狱: visitors are checked against population data; the procuratorate watches sentences.

At night somebody signs with an official's stolen key. It verifies, and it is on record;
then the incident is reported, the key revoked, the statement declared void by the
department that spoke it, and the supervisory commission decides what the official has
to answer for.
"""

from typing import Final

from cli.stories.case import Case
from cli.stories.catalogue import ITEMS, grant
from cli.stories.departments import department_id, ref
from cli.stories.line import Digest, Line, at
from cli.stories.papers import Papers
from cli.stories.script import Script, digest, law

STORY: Final = "smart_prison"
EN, ZH = "Smart prison", "智慧监狱"
HAPPENED_EN: Final = "a stolen key signs at night; incident, revocation, determination"
HAPPENED_ZH: Final = "密钥被盗并于夜间签署，报告事件、吊销密钥、作出责任认定"

SHOWN: Final = "prison-visit-552-population-used"
NIGHT: Final = "prison-incident-used"
LOOK: Final = NIGHT

_LAW: Final = (law("中华人民共和国监狱法", "第四十八条"),)
_VISIT: Final = ("visitor-check", "会见人员身份核验")
_SENTENCE: Final = ("sentence-supervision", "刑罚变更执行检察监督")
_SUPERVISION_LAW: Final = (law("政务数据共享条例", "第四十三条"),)


def lines() -> list[Line]:
    """Return what is said, act by act."""
    visits = Papers(STORY, _VISIT, _LAW, "YZHJ-002")
    visits.usual(("population", "jg"))
    watched = Papers(STORY, _SENTENCE, _SUPERVISION_LAW, "XZJC-001")
    watched.usual(("sentence", "jc"))
    watched.close(
        "sentence", "jc", "jc-1517",
        ("25 09:08:16", "28 09:33:02", "28 09:55:47", "29 15:40:08", "30 10:31:25"),
        records=12,
    )  # fmt: skip
    return [*visits.lines, *watched.lines, *_visit(), *_sentences(), *_stolen_key()]


def _visit() -> list[Line]:
    case = Case(STORY, "prison-visit-552", "jg", "HJ-2026-00552", "YZHJ-002", _VISIT, _LAW)
    clerk = "jg-9133"
    case.open((clerk, "9 08:50:12"), "service")
    case.share(
        "population",
        ("ga", "9 09:02:40"), ("jg-9133", "9 09:04:10"), (clerk, "9 09:15:26"),
        sent={"records": 2},
        used={"records": 2, "reliance": "decisive"},
    )  # fmt: skip
    approved = case.countersign(
        "approve", ("jg-9102", "9 10:20:07"), ("population",), reason="身份相符，准予会见"
    )
    decided = case.decide(
        ("jg-9102", "9 10:31:44"), "service", "granted", "云狱会准〔2026〕552 号", ("population",),
        own=(clerk,), also=(approved,),
    )  # fmt: skip
    case.effect(
        (clerk, "10 15:12:38"),
        ("population",),
        {
            "benefit": "time_saved",
            "metrics": [{"baseline": 3, "name": "会见审批用时", "unit": "工作日", "value": 1}],
        },
        relies_on=(decided,),
        acknowledged=(("ga", "10 16:00:04"),),
    )
    return case.lines


def _sentences() -> list[Line]:
    case = Case(
        STORY, "prison-sentences", "jc", "XZJC-2026-022", "XZJC-001", _SENTENCE, _SUPERVISION_LAW,
        use_kind="supervision",
    )  # fmt: skip
    prosecutor = "jc-1517"
    case.open((prosecutor, "14 09:20:41"), "decision", "own_motion")
    case.share(
        "sentence",
        ("jg-9120", "14 10:40:15"), (prosecutor, "14 11:02:33"), (prosecutor, "15 09:30:29"),
        sent={"channel": "file", "content_sha256": digest("sentences, July"), "records": 12},
        used={"records": 12, "reliance": "decisive"},
        bound=(prosecutor, "15 10:05:50"),
    )  # fmt: skip
    decided = case.decide(
        (prosecutor, "21 14:20:36"), "decision", "closed", "云检刑执〔2026〕22 号", ("sentence",)
    )
    case.effect(
        (prosecutor, "22 10:15:03"),
        ("sentence",),
        {
            "benefit": "decision_improved",
            "innovation": "gap_filling",
            "metrics": [{"baseline": 30, "name": "监督覆盖的变更案件", "unit": "%", "value": 100}],
        },
        relies_on=(decided,),
        acknowledged=(("jg-9120", "22 16:44:57"),),
    )
    return case.lines


def _stolen_key() -> list[Line]:
    script = Script(STORY, "prison-incident")
    incident = {"incident": ref("jg", "AQ-2026-01")}
    shared = {"grant": grant("population", "jg"), "item": ITEMS["population"].ref}
    inquiry = {"inquiry": ref("jw", "JD-2026-0031")}
    determination = {"determination": ref("jw", "RD-2026-0031")}
    used = script.say("used", "use.recorded", ("jg-9133", "16 02:31:09"), {
        "fields": list(ITEMS["population"].fields), "purpose_code": _VISIT[0], "records": 40,
        "reliance": "not_stated", "use_kind": "not_stated", "verification": "none",
    }, refs=shared | {"use": ref("jg", "SY-2026-YJ-0716")})  # fmt: skip
    reported = script.say("reported", "incident.reported", ("jg-9001", "16 09:30:22"), {
        "began_at": at("16 02:10:00"), "found_at": at("16 08:40:00"), "found_by": "monitoring",
        "kind": "unlawful_access", "measures": ["access_stopped", "evidence_preserved"],
        "reported_to": [department_id("ga"), department_id("sj")],
        "scope": {"items": [ITEMS["population"].ref], "personal_data": "personal", "records": 40},
        "severity": "general", "stage": "use",
    }, refs=incident | shared, after=(used,))  # fmt: skip
    void = script.say("void", "statement.corrected", ("jg-9001", "16 11:18:05"), {
        "effect": "void", "note": "密钥失窃后所签，非本人所为", "reason": "not_competent",
        "target": Digest(used),
    }, refs=shared | incident, after=(used, reported))  # fmt: skip
    handled = script.say("handled", "incident.handled", ("jg-9001", "18 16:05:30"), {
        "cause": "missing_control", "ended_at": at("18 15:00:00"), "loss": "averted",
        "measures": ["keys_revoked", "provider_told", "system_repaired"], "outcome": "eliminated",
        "records": 40, "reported_to": [department_id("ga"), department_id("sj")],
    }, refs=incident, after=(reported, void))  # fmt: skip
    opened = script.say("inquiry", "inquiry.opened", ("jw-1402", "17 09:42:18"), {
        "departments": [department_id("jg")], "document": "云监〔2026〕31 号",
        "kind": "supervision",
        "legal_basis": [{"article": "第十一条", "law": "中华人民共和国监察法"}],
    }, refs=inquiry | incident, after=(reported,))  # fmt: skip
    scope = script.say("scope", "scope.granted", ("zf-1011", "17 10:01:55"), {
        "body": department_id("jw"), "document": "云政办函〔2026〕97 号",
        "expires": at("345 00:00:00"),
        "officials": ["jw-1411"], "over": {"departments": [department_id("jg")]},
        "purpose": "supervision", "starts": at("17 00:00:00"),
    }, refs=inquiry, after=(opened,))  # fmt: skip
    heard = script.say("heard", "hearing.held", ("jw-1411", "22 14:35:12"), {
        "department": department_id("jg"), "heard": "jg-9133", "mode": "oral",
        "points": ["facts", "mitigation"], "record_sha256": digest("hearing 31"),
        "statement": "given", "taken_up": "partly",
    }, refs=determination | inquiry, after=(opened, handled))  # fmt: skip
    issued = script.say("issued", "determination.issued", ("jw-1402", "25 15:20:47"), {
        "document": "云监认〔2026〕31 号",
        "exemption": {"result": "not_claimed"},
        "hearing": "held",
        "persons": [{
            "basis": [{"clause": "第三条", "instrument": "密钥保管制度", "kind": "duty"}],
            "capacity": "directly_responsible_person",
            "department": department_id("jg"),
            "fault": "ordinary",
            "kind": "sole",
            "mitigating": ["reported_himself", "cooperated"],
            "official": "jg-9133",
            "outcomes": ["talk"],
            "tier": "handler",
        }],
        "report_sha256": digest("report 31"),
    }, refs=determination | inquiry | incident, after=(scope, heard))  # fmt: skip
    script.say("closed", "inquiry.closed", ("jw-1402", "28 10:08:33"), {
        "result": "problems_found", "told": [department_id("jg")],
    }, refs=inquiry | determination, after=(issued,))  # fmt: skip
    script.say("proposed", "proposal.made", ("jc-1517", "29 10:46:20"), {
        "addressees": [department_id("jg")], "document": "云检建〔2026〕9 号",
        "due": at("59 18:00:00"),
        "kind": "procuratorial", "measures": ["strengthen_security", "train"],
        "text_sha256": digest("proposal 9"),
    }, refs=incident, after=(issued,))  # fmt: skip
    return script.lines
