"""The families in which event types are listed, and what people call them."""

from collections.abc import Mapping
from types import MappingProxyType

from ledger.events.wording import Wording

FAMILIES: Mapping[str, Wording] = MappingProxyType(
    {
        "registry": Wording("Registry", "登记"),
        "catalogue": Wording("Catalogue", "目录"),
        "requests": Wording("Requests", "申请与答复"),
        "grants": Wording("Agreements and grants", "协议与授权"),
        "sharing": Wording("Delivery, use, storage, disposal", "交付、使用、存储与处置"),
        "acts": Wording("Administrative acts", "行政行为"),
        "feedback": Wording("Feedback", "使用反馈"),
        "complaints": Wording("Complaints and consultation", "投诉举报与征求意见"),
        "corrections": Wording("Correction, incidents, cure", "校核纠错、安全事件与整改"),
        "disputes": Wording("Disputes", "争议解决"),
        "protection": Wording("Assessment and protection", "评估与防护"),
        "bodies": Wording("Bodies and duties", "机构与职责"),
        "statement": Wording("Statements about statements", "对陈述的陈述"),
        "records": Wording("Records of the service", "服务自身记录"),
        "supervision": Wording("Supervision and determination", "监督与责任认定"),
        "packs": Wording("Rules, matrix, calendar, KPIs adopted", "规则、矩阵、日历与指标发布"),
        "appraisal": Wording("Appraisal", "考核评估"),
    }
)
