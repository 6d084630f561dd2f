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
    "state_label": {"en": "active", "zh": "共享中"},
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
