"""What lines of a report say, and why they stand there, in two languages.

Nothing here is a verdict: a finding is to be checked 待核事项, who answers is determined by
a competent body, and 连带责任 is written only beside the statute or clause that grounds it.

Source: domain, 4.6 and 0A; seed, on the reorganisation of responsibility.
"""

from collections.abc import Mapping

from ledger.events.wording import Wording


def _words(*rows: tuple[str, str, str]) -> Mapping[str, Wording]:
    return {code: Wording(en, zh) for code, en, zh in rows}


STEPS: Mapping[int, Wording] = {
    number: Wording(en, zh)
    for number, en, zh in (
        (1, "the act and its evidence", "行政行为及其证据"),
        (2, "from each use back to the source of its data", "由使用逐级上溯至数据来源"),
        (3, "who spoke, in which post and duty then", "何人陈述，当时的岗位与职责"),
        (4, "who answers outside", "对外由谁负责"),
        (5, "who answers in its place today", "现由谁继续承担"),
        (6, "the defect that was asked about", "所查问题类型"),
        (7, "objections, entrustment, precautions", "异议、委托与事前防范"),
        (8, "what was determined", "责任认定情况"),
        (9, "credit of the same chain", "同一链条的成效"),
        (10, "from an item to what relied on it", "由目录条目追至依据其作出的行为"),
    )
}

WHAT: Mapping[str, Wording] = _words(
    # 1: the act
    ("act", "statement on the act", "关于行政行为的陈述"),
    ("act_not_stated", "no statement of the act itself to be read", "没有可查阅的行政行为陈述"),
    ("own_evidence", "evidence of its own", "自行取得的证据"),
    ("shared_without_use", "shared evidence that names no use", "共享证据未注明使用记录"),
    ("use_not_found", "the use that is cited cannot be read here", "没有可查阅的所引使用记录"),
    ("not_in_bundle", "not in this bundle", "不在本证据包内"),
    # 2: the climb
    ("use", "use", "使用"),
    ("use_not_cited", "used for the act, cited in no decision", "用于该行为，但决定未予引用"),
    ("windows", "calls counted as this use", "作为本次使用的调用统计"),
    ("receipt", "receipt", "回执"),
    ("receipt_missing", "receipt never given", "从未出具回执"),
    ("receipt_differs", "what arrived differs from what was sent", "收到的与交付的不一致"),
    ("receipt_rejected", "the delivery was rejected", "交付被拒收"),
    ("delivery", "delivery", "交付"),
    ("delivery_missing", "no delivery on record", "没有交付记录"),
    ("delivery_not_named", "no delivery is named", "未注明交付"),
    ("grant", "grant", "授权"),
    ("grant_step", "what became of the grant", "授权的后续"),
    ("grant_missing", "no grant on record", "没有授权记录"),
    ("grant_not_named", "no grant is named", "未注明授权"),
    ("grant_not_in_force", "the grant was not in force then", "当时授权并非有效状态"),
    ("emergency", "emergency grant: papers follow", "应急共享授权，手续后补"),
    ("agreement", "agreement", "共享协议"),
    ("responsibility_clause", "the agreement has a clause on responsibility",
     "共享协议载有责任条款"),
    ("reply", "reply to the request", "对申请的答复"),
    ("reply_missing", "no reply on record", "没有答复记录"),
    ("request", "request", "申请"),
    ("request_missing", "no request on record", "没有申请记录"),
    ("request_not_named", "the grant names no request", "授权未注明申请"),
    ("consent", "consent of the head of the office", "工作机构负责人同意"),
    ("consent_missing", "no consent of the head of the office to be read",
     "没有可查阅的工作机构负责人同意记录"),
    ("item", "item as catalogued then", "当时的目录条目"),
    ("item_missing", "no catalogue entry to be read", "没有可查阅的目录条目"),
    ("item_reviewed", "catalogue entry reviewed", "目录条目经审核"),
    ("collected", "collection at the source", "源头采集"),
    ("derived", "derived from another item", "由其他目录条目加工形成"),
    ("circle", "derived in a circle: followed no further", "加工来源成环，不再上溯"),
    ("correction", "correction", "校核纠错"),
    ("notice", "consumers were told", "告知使用部门"),
    ("notice_acknowledged", "the notice was acknowledged", "告知已回执"),
    ("notice_unanswered", "the notice was not acknowledged", "告知未获回执"),
    ("notice_before_use", "told before the use", "使用之前已告知"),
    ("notice_before_decision", "told before the decision", "作出决定之前已告知"),
    ("overdue", "overdue", "逾期"),
    ("fulfilled_late", "done late", "逾期完成"),
    ("undetermined_term", "its term cannot be counted: a calendar is missing",
     "缺少工作日历，期限无法计算"),
    ("finding", "to be checked", "待核事项"),
    # 3: people
    ("signed", "signed by the official", "本人签署"),
    ("attested", "attested by the department's system", "部门系统代证"),
    ("system", "said by the department's system", "部门系统陈述"),
    ("operates", "operation duty: body of this stage", "运行职责：本环节责任主体"),
    ("not_in_post", "not in that post at the time", "当时不在该岗位"),
    # 4 and 5: bodies
    ("outward", "answers outside for the act", "对外对该行政行为负责"),
    ("outward_joint", "acts jointly", "共同作出该行政行为"),
    ("outward_data", "answers for the data that it provided", "对其提供的数据负责"),
    ("successor", "answers in its place", "由其继续承担"),
    ("no_successor", "no successor is told: who abolished it answers",
     "未明确承继机构：由撤销该部门的机关承担"),
    ("among", "which of its successors answers is not told", "未明确由哪一承继机构承担"),
    # 6: the matrix
    ("examine_first", "examine first", "先行核查"),
    ("examine_next", "examine next", "继而核查"),
    ("informational", "for information", "仅供参考"),
    ("nobody_when", "nobody is looked at first where this is shown",
     "查明此情形的，不先行核查任何一方"),
    ("leadership", "leadership: added where a leader signed, a warning went unanswered or a rule "
     "fired repeatedly", "领导责任：仅在领导签署、预警未处置或同一规则反复触发时列入"),
    ("item_not_used", "no share of this item fed the act", "该行为没有使用此目录条目的数据"),
    ("laxer_row", "a local row is laxer than the national one, and is not read",
     "地方责任矩阵此行宽于全国，不予适用"),
    ("no_row", "no row for this defect", "矩阵未列此类问题"),
    # 7: beside
    ("dissent", "objection recorded", "已记录的异议"),
    ("complaint", "complaint about the act", "对该行为的投诉"),
    ("complaint_answered", "how the complaint was disposed of", "投诉处理结果"),
    ("complaint_unanswered", "the complaint is not answered", "投诉尚未答复"),
    ("entrusted", "entrusted to a contractor", "委托他方承担"),
    ("assessed", "risks assessed", "风险评估"),
    ("mitigated", "measures against risks", "风险应对措施"),
    ("diligence", "care taken", "勤勉尽责记录"),
    ("linkage", "linkage of the sources assessed", "汇聚关联评估"),
    ("exemption_claimed", "exemption claimed", "已提出免责申请"),
    ("limb", "limb of an exemption", "免责要件"),
    ("rectified", "rectified", "已纠错"),
    ("not_rectified", "no rectification on record", "没有纠错记录"),
    ("loss_claimed", "loss and procedure, as claimed", "所称损失与程序情况"),
    # 8: determined
    ("undetermined", "not determined", "未认定"),
    ("several", "each answers by its own role", "分别承担（各依其职责）"),
    ("determined", "determination", "责任认定"),
    ("determination_unfit", "said of it by a body that takes no part in it: nothing changed",
     "与该认定无关的机关所作，未产生效果"),
    ("determination_step", "step towards or after a determination", "认定程序中的环节"),
    ("determined_of", "determined of", "认定对象"),
    ("joint_several", "jointly and severally, by the statute or clause that is named",
     "连带责任（依所列法律规定或协议条款）"),
    # 9: credit
    ("contributed", "contributed to the effect", "对成效有贡献"),
    ("reused", "its share was taken as the pattern of this one", "其共享授权被复用"),
    ("credit_withdrawn", "the feedback was withdrawn", "该反馈已撤回"),
    ("defect_confirmed", "reported a defect that was confirmed", "所报问题经核实"),
    ("corrected", "corrected its data", "已更正数据"),
    # 10: impact
    ("relied", "relied on it", "依据其办理"),
    ("derived_item", "derived from it", "由其加工形成"),
    ("received_unused", "received it, and recorded no use", "已接收，没有使用记录"),
    ("told", "was told", "已告知"),
    ("not_told", "was not told", "未告知"),
    ("used_afterwards", "used it after being told", "告知之后仍使用"),
    ("examined_anew", "examined anew", "已重新审查"),
    ("not_examined_anew", "not examined anew", "未重新审查"),
)  # fmt: skip

TIERS = _words(
    ("direct", "direct", "直接责任层级"),
    ("supervisory", "supervisory", "主管责任层级"),
    ("leadership", "leadership", "领导责任层级"),
)
DUTIES = _words(
    ("business", "business duty", "业务职责"),
    ("operation", "operation duty", "运行职责"),
    ("not_recorded", "duty not recorded", "职责未记载"),
)
SIDES = _words(
    ("consumer", "using side", "使用方"),
    ("provider", "providing side", "提供方"),
    ("source_department", "source department", "数源部门"),
    ("platform_operator", "platform operator", "平台运行方"),
    ("information_centre", "information centre", "信息中心"),
    ("contractor", "contractor", "受托方"),
    ("designer", "designer of the system", "系统设计方"),
    ("joining_body", "who joined the data", "汇聚关联方"),
    ("sharing_authority", "sharing authority", "主管部门"),
    ("applicant", "applicant", "申请人"),
    ("other", "beside the share", "其他"),
)
RESULTS = _words(
    ("shown", "shown", "已显示"),
    ("not_shown", "not shown", "未显示"),
    ("unknown", "unknown", "不明"),
)
LIMB_WORDS = _words(
    ("lawful_basis", "a pilot or a lawful basis", "有改革试点或法定依据"),
    ("assessed_before", "risks assessed and measures taken before the first delivery",
     "首次交付之前已作风险评估并有应对措施"),
    ("diligence", "care taken in the course", "实施中勤勉注意"),
    ("unforeseeable_or_uncontrollable", "the risk was unforeseeable or uncontrollable",
     "风险不可预见或不可控制"),
    ("not_prohibited", "nothing explicitly prohibited was done", "未违反明令禁止的规定"),
    ("no_private_gain", "no private gain", "未谋取私利"),
)  # fmt: skip
LINKS = _words(
    ("signed", "bound by the signature of who relied on it", "由引用方签名绑定"),
    ("ref", "suggested by its name alone", "仅由编号提示"),
)
