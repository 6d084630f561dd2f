"""What the registrar says: the ledger, its departments, officials, posts and keys.

Only members and their limits are declared here. Whether a department or an
appointment is known is the registry's to judge; whether a public key is one,
and a strong one, is decided before any schema is looked at.

Source: spec 9.1.
"""

from collections.abc import Mapping
from typing import Any

from crypto.keys import key_id_of
from crypto.notation import read_b64
from crypto.policy import parse_policy
from ledger.events.declare import declare
from ledger.events.fields import (
    Base64,
    BilingualName,
    Boolean,
    Choice,
    DepartmentId,
    Hex,
    Id,
    Integer,
    ListOf,
    Origin,
    PolicyText,
    Region,
    Rule,
    Text,
    Time,
    VKey,
    later,
)
from ledger.events.wording import Wording

# SPEC: spec 9.1, what a department can be.
DEPARTMENT_KINDS = (
    "gov", "authorised_org", "sharing_authority", "people_government", "party_organ", "npc",
    "cppcc", "supervisory", "procuratorate", "court", "audit", "staffing_office", "cyberspace",
    "secrecy", "grassroots_org", "association", "enterprise", "platform_operator",
    "ledger_operator",
)  # fmt: skip

# SPEC: spec 1, from the one who handles a matter up to the one who answers for the body.
TIERS = (
    "handler", "reviewer", "approver", "office_head", "unit_head", "leader_in_charge",
    "principal_leader",
)  # fmt: skip

MAX_REGISTRAR_KEYS = 8
MAX_THRESHOLD = 6

_REGISTRAR = Wording("the registrar", "登记机关")


def _threshold_within_keys(data: Mapping[str, Any]) -> bool:
    threshold: int = data["registrar_threshold"]
    return threshold <= len(data["registrar_keys"])


LEDGER_OPENED = declare(
    "ledger.opened",
    "registry",
    en="Ledger opened",
    zh="账本启用",
    speaker=_REGISTRAR,
    serves=("spec:8",),
    voice="registrar",
    members={
        "origin": Origin(),
        "log_key": VKey(),
        "chain_commitment": Hex(),
        "registrar_keys": ListOf(
            Base64(), 1, MAX_REGISTRAR_KEYS, ascending_by=lambda spki: key_id_of(read_b64(spki))
        ),
        "registrar_threshold": Integer(1, MAX_THRESHOLD),
        "spec": Choice("zelian/1"),
        "note": Text(optional=True),
    },
    rules=[
        Rule(
            "registrar_threshold",
            _threshold_within_keys,
            Wording(
                "must not exceed the number of registrar_keys", "不得超过 registrar_keys 的个数"
            ),
        )
    ],
)

DEPARTMENT_REGISTERED = declare(
    "department.registered",
    "registry",
    en="Department registered",
    zh="部门登记",
    speaker=_REGISTRAR,
    serves=("spec:8",),
    parties=("department",),
    voice="registrar",
    members={
        "department": DepartmentId(),
        "name": BilingualName(),
        "kind": Choice(*DEPARTMENT_KINDS),
        "region": Region(optional=True),
        "level": Choice("national", "province", "city", "county", "township", optional=True),
    },
)

OFFICIAL_APPOINTED = declare(
    "official.appointed",
    "registry",
    en="Official appointed",
    zh="人员任职",
    speaker=_REGISTRAR,
    serves=("spec:8", "S48"),
    parties=("department",),
    voice="registrar",
    members={
        "appointment": Id(),
        "appointee": Id(),
        "department": DepartmentId(),
        "unit": Text(optional=True),
        "post": Text(),
        "tiers": ListOf(Choice(*TIERS), 1, len(TIERS)),
        "duty": Id(optional=True),
        "acting": Boolean(optional=True),
        "starts": Time(),
        "ends": Time(optional=True),
    },
    rules=[later("starts", "ends")],
)

OFFICIAL_RELEASED = declare(
    "official.released",
    "registry",
    en="Official released",
    zh="人员离任",
    speaker=_REGISTRAR,
    serves=("spec:8",),
    parties=("department",),
    voice="registrar",
    members={
        "appointment": Id(),
        "appointee": Id(),
        "department": DepartmentId(),
        "ends": Time(),
    },
)

KEY_ENROLLED = declare(
    "key.enrolled",
    "registry",
    en="Key enrolled",
    zh="密钥登记",
    speaker=_REGISTRAR,
    serves=("spec:8",),
    parties=("department",),
    voice="registrar",
    cosigned_by_new_key=True,
    members={
        "department": DepartmentId(),
        "holder": Id(optional=True),
        "public_key": Base64(),
        "expires": Time(optional=True),
    },
)

KEY_REVOKED = declare(
    "key.revoked",
    "registry",
    en="Key revoked",
    zh="密钥吊销",
    speaker=_REGISTRAR,
    serves=("spec:8",),
    parties=("department",),
    voice="registrar",
    members={
        "keyid": Hex(),
        "department": DepartmentId(),
        "holder": Id(optional=True),
        "reason": Choice("lost", "compromised", "superseded", "left_post"),
        "since": Time(optional=True),
    },
)


def _policy_of_the_peer(data: Mapping[str, Any]) -> bool:
    if "policy" not in data:
        return True
    logs = parse_policy(data["policy"]).logs
    return bool(logs) and all(log.key.name == data["origin"] for log in logs)


POLICY_OF_THE_PEER = Rule(
    "policy",
    _policy_of_the_peer,
    Wording("must name a log, and none but those of origin", "须写明日志，且只能是 origin 的日志"),
)

PEER_REGISTERED = declare(
    "peer.registered",
    "registry",
    en="Peer ledger registered",
    zh="对等账本登记",
    speaker=_REGISTRAR,
    serves=("S35", "spec:6"),
    voice="registrar",
    members={
        "origin": Origin(),
        # By what its receipts are judged from here on; absent: by nothing any more.
        "policy": PolicyText(optional=True),
    },
    rules=[POLICY_OF_THE_PEER],
)

REGISTRATION = (
    LEDGER_OPENED,
    DEPARTMENT_REGISTERED,
    OFFICIAL_APPOINTED,
    OFFICIAL_RELEASED,
    KEY_ENROLLED,
    KEY_REVOKED,
    PEER_REGISTERED,
)
