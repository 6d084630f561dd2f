"""The words of clocks in two languages: states, offices, posts, units, what moved a clock.

"Overdue" says that a day has passed, no more; where the law asks for the absence of a
good reason, the word says that nobody has assessed it yet.

Source: decree 809, article 39(4); domain, 0A.
"""

from collections.abc import Mapping

from ledger.events.wording import Wording


def _words(*rows: tuple[str, str, str]) -> Mapping[str, Wording]:
    return {name: Wording(en, zh) for name, en, zh in rows}


STATES = _words(
    ("due", "due", "未到期"),
    ("due_soon", "due soon", "即将到期"),
    ("overdue", "overdue", "逾期"),
    ("overdue_reason_not_assessed", "overdue; reason not yet assessed", "逾期（原因待核）"),
    ("fulfilled", "fulfilled", "已按期完成"),
    ("fulfilled_late", "fulfilled late", "逾期完成"),
    ("cancelled", "cancelled", "已取消"),
    ("never_came", "never came", "始终未到"),
    ("undetermined", "undetermined: a working calendar is missing", "期限未定：缺少工作日历"),
)
OFFICES = _words(
    ("sharing_office", "sharing office", "政务数据共享工作机构"),
    ("business", "business unit", "业务机构"),
    ("intake", "unit that takes complaints in", "投诉举报受理机构"),
    ("authority", "sharing authority", "政务数据共享主管部门"),
    ("service", "ledger service", "账本服务系统"),
)
POSTS = _words(
    ("handler", "handler", "经办"),
    ("reviewer", "reviewer", "审核"),
    ("approver", "approver", "批准"),
    ("office_head", "head of the sharing office", "共享工作机构负责人"),
    ("unit_head", "head of the unit", "内设机构负责人"),
    ("leader_in_charge", "leader in charge", "分管领导"),
    ("principal_leader", "principal leader", "主要负责人"),
    ("service", "system", "系统"),
)
UNITS = _words(
    ("working_days", "working days", "个工作日"),
    ("days", "days", "日"),
    ("hours", "hours", "小时"),
    ("minutes", "minutes", "分钟"),
    ("months", "months", "个月"),
    ("years", "years", "年"),
)
# Whose word a period is.
BASES = _words(
    ("law", "law", "法律"),
    ("policy", "policy", "政策"),
    ("agreed", "agreed between the parties", "当事方约定"),
    ("stated", "set by a statement", "陈述载明"),
)
STEPS = _words(
    ("reckoned", "reckoned", "计算期限"),
    ("extended", "extended", "延长"),
    ("fulfilled", "fulfilled", "完成"),
    ("cancelled", "cancelled", "取消"),
    ("missed", "never came", "始终未到"),
    ("reopened", "opened again", "重新开启"),
    ("noted", "noted", "记载"),
    ("assessed", "reason assessed", "原因已核"),
)
# Why a clock was reckoned anew, or an extension did not count, or an obligation ended.
WHYS = _words(
    ("started", "it started", "开始"),
    ("extended", "extended", "延长"),
    ("stopped", "the clock stands", "停止计算"),
    ("going_on", "the clock goes on", "继续计算"),
    ("set_anew", "a new day was set", "另定期限"),
    ("calendar_adopted", "the calendar was adopted", "工作日历已发布"),
    ("calendar_replaced", "another calendar took its place", "工作日历已更新"),
    ("received", "from the receipt, as was told then", "自所称收到之日起算"),
    ("no_consent", "without the authority's consent", "未经主管部门同意"),
    ("after_due", "said after its end", "期限届满后提出"),
    ("beyond_ceiling", "beyond the longest extension", "超出延长上限"),
    ("withdrawn", "withdrawn", "已撤回"),
    ("grant_ended", "the grant ended", "授权终止"),
    ("overtaken", "overtaken by a newer one", "已被后续取代"),
    ("moved_up", "the dispute went up", "争议已提请上一级"),
    ("cleared", "the finding was cleared", "待核事项已排除"),
    ("statement_void", "the statement was void", "陈述已作废"),
    ("statement_replaced", "the statement was replaced", "陈述已更正"),
    ("ending_replaced", "what ended it was replaced", "使其终结的陈述已更正"),
    ("feedback_withdrawn", "the feedback was withdrawn", "反馈已撤回"),
    ("schedule_changed", "the schedule changed", "频次变更"),
    ("grant.suspended", "sharing was suspended", "共享已暂停"),
    ("grant.terminated", "sharing was ended", "共享已终止"),
    ("not_received", "what arrived was not what was sent", "收到的与交付的不一致"),
    ("inadequate", "inadequate", "不到位"),
    ("refused", "refused", "拒绝"),
    ("referred_to_source", "referred to the source department", "转数源部门"),
    ("not_confirmed", "being checked", "核查中"),
    ("partly", "being checked", "核查中"),
)
