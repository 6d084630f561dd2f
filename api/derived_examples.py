"""Examples of what is derived: findings, obligations, files, traces, reports; all invented."""

from typing import Any

_FINDING: dict[str, Any] = {
    "basis": "law",
    "citations": ["809:20", "809:25", "S08"],
    "department": "yunling-mzt",
    "entries": [],
    "entry": 42,
    "facts": {
        "at": "2026-11-03T01:00:00.000Z",
        "grant": "—",
        "item": "yunling-gat/I-1",
        "why": "none_named",
    },
    "label": {"en": "to be checked", "zh": "待核事项"},
    "life": [],
    "message": {
        "en": "yunling-gat/I-1 was used at 2026-11-03T01:00:00.000Z, and no grant stands behind "
        "it: it names none (grant —)",
        "zh": "2026-11-03T01:00:00.000Z 使用 yunling-gat/I-1，其后没有授权：陈述未写明授权"
        "（授权 —）",
    },
    "pack": {"adopted_by": None, "id": "cn-809", "version": "2025-1"},
    "raised_at": "2026-11-03T01:00:02.000Z",
    "ref": "yunling-mzt/F1-42",
    "rule": "F1",
    "rule_version": "1",
    "severity": "high",
    "state": "raised",
    "state_label": {"en": "to be checked", "zh": "待核"},
    "title": {"en": "Use without a grant", "zh": "无授权使用"},
    "visible": "2026-11-13T01:00:02.000Z",
}
FINDING_LIST: dict[str, Any] = {
    "as_of": 43,
    "at": "2026-11-03T02:00:00.000Z",
    "findings": [_FINDING],
    "integrity": [],
    "next": None,
    "projected": 43,
}
FINDING: dict[str, Any] = {
    "as_of": 43,
    "at": "2026-11-03T02:00:00.000Z",
    "finding": _FINDING,
    "projected": 43,
}
_OBLIGATION: dict[str, Any] = {
    "department": "yunling-gat",
    "due": "2026-11-16T15:59:59.999Z",
    "due_day": "2026-11-16",
    "entry": 42,
    "facts": {"sharing_attribute": "conditional"},
    "good_reason_matters": True,
    "history": [
        {
            "at": "2026-11-02T01:00:00.000Z",
            "due": "2026-11-16T15:59:59.999Z",
            "entry": 42,
            "interpretation": False,
            "label": {"en": "reckoned", "zh": "计算期限"},
            "soon": "2026-11-11T16:00:00.000Z",
            "what": "reckoned",
            "why": "started",
            "why_label": {"en": "it started", "zh": "开始"},
        }
    ],
    "item": "yunling-gat/I-1",
    "kind": "reply",
    "label": {"en": "Reply to a request", "zh": "答复共享申请"},
    "late": False,
    "office": {
        "kind": "sharing_office",
        "label": {"en": "sharing office", "zh": "政务数据共享工作机构"},
    },
    "pack": {"adopted_by": None, "id": "cn-809", "version": "2025-1"},
    "period": {
        "article": "第二十一条",
        "basis": "law",
        "basis_label": {"en": "law", "zh": "法律"},
        "law": "政务数据共享条例",
        "pack": {"adopted_by": None, "id": "cn-809", "version": "2025-1"},
        "unit": "working_days",
        "unit_label": {"en": "working days", "zh": "个工作日"},
        "value": 10,
    },
    "post": {
        "label": {"en": "head of the sharing office", "zh": "共享工作机构负责人"},
        "tier": "office_head",
    },
    "ref": "yunling-gat/O1-42",
    "rule": "O1",
    "since": "2026-11-02T01:00:00.000Z",
    "started_at": "2026-11-02T01:00:00.000Z",
    "state": "due",
    "state_label": {"en": "due", "zh": "未到期"},
    "thing": "request/yunling-mzt/R-1",
    "to": "yunling-mzt",
}
OBLIGATION_LIST: dict[str, Any] = {
    "as_of": 43,
    "at": "2026-11-03T02:00:00.000Z",
    "next": None,
    "obligations": [_OBLIGATION],
    "projected": 43,
    "service": [],
}
OBLIGATION: dict[str, Any] = {
    "as_of": 43,
    "at": "2026-11-03T02:00:00.000Z",
    "obligation": _OBLIGATION,
    "projected": 43,
}
GRANT_FILE: dict[str, Any] = {
    "as_of": 43,
    "at": "2026-11-03T02:00:00.000Z",
    "checkpoint": None,
    "complete": False,
    "departments": {"yunling-gat": "云岭省公安厅 · Public Security"},
    "grant": {"kind": "grant", "ref": "yunling-gat/G-1", "state": "active"},
    "lacking": ["storage_state"],
    "parts": [
        {
            "gaps": [
                {
                    "code": "no_storage",
                    "entry": 41,
                    "label": {
                        "en": "data arrived, and no storage is recorded",
                        "zh": "数据已接收，但没有存储情况记录",
                    },
                    "since": "2026-11-02T01:00:00.000Z",
                }
            ],
            "label": {"en": "storage", "zh": "存储情况"},
            "lines": [],
            "name": "storage_state",
            "state": "missing",
            "state_label": {"en": "missing", "zh": "缺失"},
        }
    ],
    "projected": 43,
    "recorded": {"of": 3, "present": 2},
    "retention": {
        "article": "第二十九条",
        "basis": "law",
        "law": "政务数据共享条例",
        "starts": None,
        "until": None,
        "years": 3,
    },
    "scope": [],
}
_OUTWARD: dict[str, Any] = {
    "because": {"code": "4.6/4", "en": "who answers outside", "zh": "对外由谁负责"},
    "department": "yunling-mzt",
    "entries": [41],
    "label": {"en": "answers outside for the act", "zh": "对外对该行政行为负责"},
    "what": "outward",
}
RESPONSIBILITY: dict[str, Any] = {
    "act": {"department": "yunling-mzt", "ref": "yunling-mzt/A-1", "state": "decided"},
    "as_of": 43,
    "at": "2026-11-03T02:00:00.000Z",
    "beside": [],
    "branches": [],
    "credit": [],
    "departments": {"yunling-gat": "云岭省公安厅 · Public Security"},
    "determinations": [],
    "evidence": [],
    "exemption": [],
    "outward": [_OUTWARD],
    "people": [],
}
IMPACT: dict[str, Any] = {
    "as_of": 43,
    "asked": {"item": "yunling-gat/I-1"},
    "at": "2026-11-03T02:00:00.000Z",
    "counts": {"acts": 0, "departments": 0},
    "derived": [],
    "told": [],
    "untold": [],
    "unused": [],
    "uses": [],
}
PERIOD_REPORT: dict[str, Any] = {
    "as_of": 43,
    "at": "2026-11-03T02:00:00.000Z",
    "checkpoint": "demo.zelian.example/yunling\n43\n…\n\n— demo.zelian.example/yunling …\n",
    "entries": {"count": 3, "first": 40},
    "findings": [
        {
            "basis": "law",
            "citations": ["809:20"],
            "cleared": 0,
            "confirmed": 0,
            "count": 1,
            "explained": 1,
            "findings_sha256": "3c" * 32,
            "label": {"en": "Use without a grant", "zh": "无授权使用"},
            "rule": "F1",
            "severity": "high",
            "withdrawn": 0,
        }
    ],
    "method": {"en": "each *_sha256 is …", "zh": "各 *_sha256 为……"},
    "origin": "demo.zelian.example/yunling",
    "period": {
        "from": "2026-10-31T16:00:00.000Z",
        "label": {"en": "month 11 of 2026", "zh": "2026年11月"},
        "name": "2026-11",
        "until": "2026-11-30T16:00:00.000Z",
    },
    "statements": [
        {
            "count": 3,
            "entries_sha256": "5e" * 32,
            "family": {"en": "Delivery, use, storage, disposal", "zh": "交付、使用、存储与处置"},
            "label": {"en": "Use recorded", "zh": "使用记录"},
            "type": "zelian.use.recorded.v1",
        }
    ],
    "timeliness": [
        {
            "clock": "O1",
            "count": 2,
            "in_time": 1,
            "kind": "reply",
            "label": {"en": "Reply to a request", "zh": "答复共享申请"},
            "late": 0,
            "obligations_sha256": "7f" * 32,
            "open": 0,
            "overdue": 1,
        }
    ],
}
