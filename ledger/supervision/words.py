"""The words of supervision in two languages: states of findings, and what facts say in codes.

A finding is 待核事项, to be checked; none of these words is a verdict.
"""

from collections.abc import Mapping
from typing import Any

from crypto.notation import TIME
from ledger.events.types import EVENT_TYPES
from ledger.events.wording import Wording
from ledger.supervision.china import china_time

FINDING = Wording("to be checked", "待核事项")

STATES: Mapping[str, Wording] = {
    "raised": Wording("to be checked", "待核"),
    "explained": Wording("explained", "已说明"),
    "confirmed": Wording("confirmed", "已确认"),
    "cleared": Wording("cleared", "已排除"),
    "withdrawn": Wording("withdrawn", "已撤回"),
}

# What a code among the facts says, where the message has a place for it.
CODES: Mapping[str, Wording] = {
    "none_named": Wording("it names none", "陈述未写明授权"),
    "not_issued": Wording("the grant it names was not issued", "所写授权此前未签发"),
    "other_consumer": Wording("the grant is another's", "授权的使用部门不是该部门"),
    "other_item": Wording("the grant is for another item", "授权针对其他目录条目"),
    "before_start": Wording("before its start", "早于起始时间"),
    "after_expiry": Wording("after its expiry", "晚于到期时间"),
    "after_end": Wording("after its end", "晚于终止时间"),
    "suspended": Wording("while it was suspended", "处于暂停期间"),
    "fields": Wording("fields", "信息项"),
    "time": Wording("time", "时间"),
    "records": Wording("number of records", "记录数"),
    "channel": Wording("channel", "共享方式"),
    "frequency": Wording("frequency", "频次"),
    "hash_differs": Wording("the digest differs", "内容摘要不同"),
    "records_differ": Wording("the number of records differs", "记录数不同"),
    "rejected": Wording("it was rejected", "被拒收"),
    "not_sent": Wording("no such delivery was recorded", "没有该次交付的记录"),
    "no_receipt": Wording("it has no receipt", "没有回执"),
    "late": Wording("recorded late", "记录滞后"),
    "future": Wording("ahead of its recording", "所称时间晚于记录时间"),
    "templated": Wording("the same words again and again", "多次使用相同内容"),
    "reciprocal": Wording("each credits the other", "双方互相反馈"),
    "no_reason": Wording("no reason is given", "未说明理由"),
    "second_supplement": Wording("what is missing was told a second time", "第二次要求补正"),
    "use_unknown": Wording("the use was not recorded then", "当时尚无该使用记录"),
    "use_later": Wording("the use is of a later time", "使用时间晚于该行政行为"),
    "no_measures": Wording("no measures are named", "未写明措施"),
    "reported_late": Wording("reported late", "报告滞后"),
    "unprotected": Wording("stored without encryption or safeguards", "存储未加密且无保护措施"),
    "burst": Wording("many more than on his days before", "远多于其此前的日均次数"),
    "off_hours": Wording("at hours at which he had not worked", "在其此前未使用过的时段"),
    "process": Wording("process of use", "使用过程"),
    "effect": Wording("effect achieved", "应用成效"),
    "storage": Wording("storage", "存储情况"),
    "scenario": Wording("scene of use", "使用场景"),
    "no_consultation": Wording("consultation", "协商"),
    "no_filing": Wording("filing", "备案"),
    "consultation": Wording("consultation", "协商"),
    "filing": Wording("filing", "备案"),
    "refuse": Wording("refused", "不同意共享"),
    "agree_narrowed": Wording("narrowed", "缩小范围"),
    "available_not_used": Wording("available by sharing and not used", "可共享获取而未使用"),
    "not_checked": Wording("whether it can be shared was not checked", "未核查可否共享获取"),
    "not_stated": Wording("not stated", "未说明"),
    "not_in_catalogue": Wording("said not to be in the catalogue", "称目录中没有"),
    "contradicted": Wording("the use contradicted the data", "使用中发现不一致"),
    "reported_defect": Wording("the department reported a defect itself", "该部门已反馈数据缺陷"),
    "onward_third_party": Wording("provided to a third party", "提供给第三方"),
    "open_publication": Wording("published", "对外开放"),
    "hourly": Wording("hourly", "每小时"),
    "daily": Wording("daily", "每日"),
    "weekly": Wording("weekly", "每周"),
    "monthly": Wording("monthly", "每月"),
    "quarterly": Wording("quarterly", "每季度"),
    "termly": Wording("termly", "每学期"),
    "half_yearly": Wording("half-yearly", "每半年"),
    "yearly": Wording("yearly", "每年"),
    "handler": Wording("handler", "经办"),
    "reviewer": Wording("reviewer", "审核"),
    "approver": Wording("approver", "批准"),
    "sensitive": Wording("sensitive", "敏感"),
    "citizen": Wording("citizens", "公民"),
    "legal_person": Wording("legal persons", "法人"),
    "other_organisation": Wording("other organisations", "其他组织"),
    "lost": Wording("lost", "遗失"),
    "compromised": Wording("compromised", "泄露"),
    "left_post": Wording("left the post", "离任"),
    "superseded": Wording("superseded", "被取代"),
    "other": Wording("another reason", "其他原因"),
    # What somebody read, as F28 names it.
    "entry": Wording("an entry", "单条记录"),
    "statement": Wording("a statement", "陈述"),
    "search": Wording("a search", "检索"),
    "chain": Wording("a chain", "链"),
    "responsibility": Wording("a trace of responsibility", "责任追溯"),
    "impact": Wording("an impact", "影响范围"),
    "share": Wording("a share", "共享事项"),
    "matter": Wording("a matter", "事项"),
    "file": Wording("the file of a grant", "授权档案"),
    "appraisal": Wording("an appraisal", "考核"),
    "obligations": Wording("obligations", "期限事项"),
    "findings": Wording("findings", "待核事项"),
    "stream": Wording("the stream", "实时推送"),
    "provider_cannot": Wording("the provider cannot go on", "提供部门无法继续"),
    "narrowed_by_provider": Wording("narrowed by the provider", "提供部门缩小范围"),
    "law_changed": Wording("the law changed", "法律政策调整"),
    "correct": Wording("to correct", "更正"),
    # Kinds of things, as F40 names them.
    "item": Wording("item", "目录条目"),
    "grant": Wording("grant", "授权"),
    "act": Wording("act", "行政行为"),
    "request": Wording("request", "共享申请"),
    "agreement": Wording("agreement", "共享协议"),
    "delivery": Wording("delivery", "交付"),
    "use": Wording("use", "使用"),
    "correction": Wording("correction", "校核申请"),
    "dispute": Wording("dispute", "争议"),
    "determination": Wording("determination", "责任认定"),
}


def spoken(value: Any, *, zh: bool) -> str:
    """Return a fact as a message says it: a code in words, a T as the clock in China shows it.

    A type is told to Chinese readers by its label; its short name is English words.
    """
    if isinstance(value, list | tuple):
        return ("、" if zh else ", ").join(spoken(one, zh=zh) for one in value)
    if not isinstance(value, str):
        return str(value)
    if TIME.match(value):
        return china_time(value)
    known = CODES.get(value)
    if known is None:
        return _type_in_chinese(value) if zh else value
    return known.zh if zh else str(known)


def _type_in_chinese(value: str) -> str:
    """Return the label of the type that *value* is the short name of; else *value*."""
    known = EVENT_TYPES.get(f"zelian.{value}.v1")
    return value if known is None else f"“{known.label_zh}”"
