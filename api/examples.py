"""Made-up examples for the API description: an invented province, no real signature.

Their shapes are checked against the schemas by a test; their hashes and
signatures are not meant to verify.
"""

import base64
from typing import Any

import orjson

from api.languages import Language, Words
from api.problems import Problem, document

ORIGIN = "ledger.yunling.example/2026"
_DIGEST = "5f3c0e5b7ad1f8f0c5ab3e0f9f1f7f6a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e"
_KEY = "a3f1c27e90b45d6812fe34cd56ab789001e2f3a4b5c6d7e8f90a1b2c3d4e5f60"
_SIGNATURE = base64.b64encode(bytes(range(64))).decode()

EVENT: dict[str, Any] = {
    "data": {
        "channel": "batch",
        "consumer": "yunling-mzt",
        "parents": [],
        "records": 320,
        "refs": {"delivery": "yunling-gat/D-1", "item": "yunling-gat/hukou"},
        "signers": [_KEY],
    },
    "datacontenttype": "application/json",
    "id": "0192f0c8-demo-0001",
    "ledger": ORIGIN,
    "official": "gat-0417",
    "source": "/departments/yunling-gat",
    "specversion": "1.0",
    "subject": "item/yunling-gat/hukou",
    "tier": "handler",
    "time": "2026-11-23T02:52:17.000Z",
    "type": "zelian.delivery.sent.v1",
}

STATEMENT: dict[str, Any] = {
    "payload": base64.b64encode(orjson.dumps(EVENT, option=orjson.OPT_SORT_KEYS)).decode(),
    "payloadType": "application/vnd.zelian.event.v1+json",
    "signatures": [{"keyid": _KEY, "sig": _SIGNATURE}],
}

CHECKPOINT = (
    f"{ORIGIN}\n43\nAFgbxw1TD7a1WoivcJlYcs+ngOPan2O4rNvHKiDhMS8=\n\n"
    f"— {ORIGIN} {base64.b64encode(bytes(range(68))).decode()}\n"
)
PROOF = (
    "c2sp.org/tlog-proof@v1\nindex 42\nqVtutQ0W4/xSjcnTLVpdov9COI0hMuxo7tgYqEXwejM=\n\n"
    + CHECKPOINT
)
_HEADER = orjson.dumps(
    {
        "chains": [{"id": _DIGEST, "prev": "0" * 64, "seq": 0}],
        "index": 42,
        "prev": _DIGEST,
        "recorded_at": "2026-11-23T02:52:18.031Z",
        "statement": _DIGEST,
        "v": 1,
    }
).decode()

_SHOWN = {"header": _HEADER, "proof": PROOF}
_REMOVAL = {
    "decided_by": "yunling-mzt",
    "enrolment": _SHOWN | {"statement": "{…}"},
    "ground": "pipl_47",
    "issued_at": "2026-11-24T01:00:00.000Z",
    "kind": "erased",
    "ledger": ORIGIN,
    "order": _SHOWN,
    "ordered_by": "yunling-mzt",
    "target": _SHOWN,
    "v": 1,
}
CERTIFICATE: dict[str, Any] = {
    "payload": base64.b64encode(orjson.dumps(_REMOVAL, option=orjson.OPT_SORT_KEYS)).decode(),
    "payloadType": "application/vnd.zelian.removal.v1+json",
    "signatures": [{"keyid": _KEY, "sig": _SIGNATURE}],
}

COMPACT_RECEIPT: dict[str, Any] = {
    "chains": [{"name": "item/yunling-gat/hukou", "salt": "0c" * 16}],
    "header": _HEADER,
}
RECEIPT = COMPACT_RECEIPT | {"proof": PROOF}
ENTRY: dict[str, Any] = {
    "event": EVENT,
    "header": _HEADER,
    "index": 42,
    "leaf_hash": _DIGEST,
    "said": "signed",
    "statement": orjson.dumps(STATEMENT, option=orjson.OPT_SORT_KEYS).decode(),
}
ENTRY_LIST: dict[str, Any] = {"as_of": 43, "entries": [ENTRY], "next": None, "projected": 43}
CHAIN: dict[str, Any] = {
    "as_of": 43,
    "entries": [ENTRY | {"link": {"prev": "0" * 64, "seq": 0}}],
    "id": _DIGEST,
    "length": 1,
    "name": "item/yunling-gat/hukou",
    "next": None,
    "projected": 43,
    "salt": "0c" * 16,
}
DEPARTMENT_LIST: dict[str, Any] = {
    "as_of": 43,
    "departments": [
        {
            "department": "yunling-gat",
            "kind": "gov",
            "level": "province",
            "name": {"en": "Public Security", "zh": "云岭省公安厅"},
            "region": "990000",
            "registered_at": 3,
        }
    ],
    "next": None,
}
_THING: dict[str, Any] = {
    "counterparty": "yunling-mzt",
    "due": "2027-06-30T16:00:00.000Z",
    "item": "yunling-gat/hukou",
    "kind": "grant",
    "last": 40,
    "missing_hands": ["provider_office_head"],
    "opened": 31,
    "opened_at": "2026-11-02T01:00:00.000Z",
    "owner": "yunling-gat",
    "ref": "yunling-gat/G-1",
    "state": "active",
    "unfit": 0,
}
THING_LIST: dict[str, Any] = {
    "as_of": 43,
    "at": "2026-11-03T00:00:00.000Z",
    "next": None,
    "projected": 43,
    "things": [_THING],
}
THING: dict[str, Any] = {
    "as_of": 43,
    "at": "2026-11-03T00:00:00.000Z",
    "details": {"papers": {"agreement": None, "assessment": "yunling-mzt/AS-1"}},
    "history": [
        {
            "department": "yunling-gat",
            "fits": True,
            "index": 31,
            "official": "gat-0417",
            "recorded_at": "2026-11-02T01:00:00.000Z",
            "said": "signed",
            "state": "approved",
            "tier": "handler",
            "type": "zelian.grant.issued.v1",
        }
    ],
    "next": None,
    "projected": 43,
    "thing": _THING,
}
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
OFFICIAL_LIST: dict[str, Any] = {
    "as_of": 43,
    "next": None,
    "officials": [
        {
            "acting": False,
            "appointed_at": 9,
            "appointment": "app-gat-0417",
            "department": "yunling-gat",
            "official": "gat-0417",
            "post": "数据资源处经办人",
            "starts": "2026-01-01T00:00:00.000Z",
            "tiers": ["handler"],
        }
    ],
}
KEY_LIST: dict[str, Any] = {
    "as_of": 43,
    "keys": [
        {
            "department": "yunling-gat",
            "enrolled_at": 12,
            "holder": "gat-0417",
            "keyid": _KEY,
            "public_key": base64.b64encode(bytes(range(44))).decode(),
        }
    ],
    "next": None,
}
CONSISTENCY: dict[str, Any] = {
    "new": 43,
    "old": 42,
    "proof": ["BVUJ8ilLViNHPm4eNaUiaJP8V0e223TAVICfNVImtKg="],
}
CHALLENGE = {"nonce": base64.b64encode(bytes(range(32))).decode()}
SIGN_IN: dict[str, Any] = {
    "payload": base64.b64encode(b"{}").decode(),
    "payloadType": "application/vnd.zelian.signin.v1+json",
    "signatures": [{"keyid": _DIGEST, "sig": base64.b64encode(bytes(64)).decode()}],
}
SESSION: dict[str, Any] = {
    "department": "yunling-mzt",
    "expires": "2026-11-23T03:52:18.031Z",
    "official": "cs-7215",
    "role": "department",
    "whole_ledger": False,
}
BEGUN: dict[str, Any] = SESSION | {"token": "x" * 43}
REFUSAL_LIST: dict[str, Any] = {
    "next": None,
    "refusals": [
        {
            "code": "out_of_role",
            "digest": _DIGEST,
            "keyid": _DIGEST,
            "number": 7,
            "refused_at": "2026-11-23T02:52:18.031Z",
        }
    ],
}
HEALTH = {"status": "alive"}
READY: dict[str, Any] = {
    "projected_size": 43,
    "published_size": 43,
    "registry_size": 43,
    "size": 43,
    "status": "ready",
}
BATCH_REQUEST = orjson.dumps(STATEMENT, option=orjson.OPT_SORT_KEYS).decode() + "\n"


def problem_example(code: str, language: Language = "en") -> dict[str, Any]:
    """Return a problem document of *code* as an answer would show it."""
    words = Words("what is wrong, where, and what to do", "说明问题所在及处理办法")
    return document(Problem(code, words), language)


BATCH_ANSWER = "".join(
    orjson.dumps(line, option=orjson.OPT_SORT_KEYS).decode() + "\n"
    for line in (
        {"receipt": RECEIPT, "status": 201},
        {"problem": problem_example("schema"), "status": 422},
    )
)
GRANT_FILE: dict[str, Any] = {
    "as_of": 43,
    "at": "2026-11-03T02:00:00.000Z",
    "checkpoint": None,
    "complete": False,
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
    "determinations": [],
    "evidence": [],
    "outward": [_OUTWARD],
    "people": [],
}
IMPACT: dict[str, Any] = {
    "as_of": 43,
    "asked": {"item": "yunling-gat/I-1"},
    "at": "2026-11-03T02:00:00.000Z",
    "counts": {"acts": 0, "departments": 0},
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
