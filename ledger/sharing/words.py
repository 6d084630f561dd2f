"""The states of things and the reasons why a statement does not fit, in two languages."""

from collections.abc import Mapping

from ledger.events.wording import Wording

STATES: Mapping[str, Wording] = {
    name: Wording(en, zh)
    for name, en, zh in (
        ("requested", "requested", "已申请"),
        ("supplement_required", "supplement required", "待补正"),
        ("approved", "approved", "已同意"),
        ("refused", "refused", "已拒绝"),
        ("refused_final", "refused in the end", "最终拒绝"),
        ("withdrawn", "withdrawn", "已撤回"),
        ("negotiating", "negotiating", "协商中"),
        ("at_authority", "at the authority", "主管部门协调中"),
        ("at_superior", "at the common superior", "上级主管部门协调中"),
        ("at_government", "at the government", "本级政府处理中"),
        ("settled", "settled", "已达成一致"),
        ("decided", "decided", "已决定"),
        ("ready", "ready", "已就绪"),
        ("active", "active", "共享中"),
        ("suspended", "suspended", "已暂停"),
        ("terminated", "terminated", "已终止"),
        ("ended", "ended", "已结束"),
        ("superseded", "superseded", "已被取代"),
        ("expired", "expired", "已到期"),
        ("closing", "closing", "处置中"),
        ("closed", "closed", "已办结"),
        ("recorded", "recorded", "已记录"),
        ("bound", "bound to an act", "已关联行政行为"),
        ("feedback_due", "feedback due", "待反馈"),
        ("feedback_given", "feedback given", "已反馈"),
        ("overdue", "overdue", "已逾期"),
        ("challenged", "challenged", "受到质疑"),
        ("upheld", "upheld", "维持"),
        ("tainted", "tainted", "存在瑕疵"),
        ("open", "open", "处理中"),
        ("confirmed", "confirmed", "已核实"),
        ("rejected", "rejected", "未采纳"),
        ("notifying", "notifying", "告知中"),
        ("all_acked", "all acknowledged", "均已回执"),
        ("made", "made", "已签订"),
        ("published", "published", "已编制"),
        ("sent", "sent", "已交付"),
        ("received", "received", "已签收"),
        ("proposed", "proposed", "已拟定"),
        ("heard", "heard", "已听取陈述申辩"),
        ("issued", "issued", "已作出"),
        ("appealed", "appealed", "申诉中"),
        ("revised", "revised", "已变更"),
        ("revoked", "revoked", "已撤销"),
        ("named", "named", "已记载"),
    )
}

REASONS: Mapping[str, Wording] = {
    "not_open": Wording("nothing had opened this yet", "此前尚无开启该事项的陈述"),
    "opened_before": Wording("it had been opened before", "该事项此前已开启"),
    "no_party": Wording("said by no party to it", "陈述方不是该事项的当事方"),
    "unfit_state": Wording("does not fit the state it was in", "与当时的状态不符"),
    "second_supplement": Wording(
        "what is missing is told once, and had been told", "补正应当一次性告知，此前已告知"
    ),
    "wrong_rung": Wording("the dispute was not at that rung", "争议当时不在该层级"),
    "nothing_sent": Wording("no such delivery had been sent", "没有该次交付"),
    "hash_differs": Wording(
        "what arrived is not what was sent: the digests differ", "收到的与交付的不一致：摘要不同"
    ),
    "nothing_done": Wording("no disposal had been reported", "此前没有完成处置的陈述"),
    "not_told": Wording("who answers had not been told", "回执方不在告知范围内"),
    "act_not_named": Wording("no acknowledgement had named that act", "没有回执列出该行政行为"),
}
