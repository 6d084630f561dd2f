"""What provider and consumer say of one delivery and of each use of the data.

A use without a grant is exactly what must be on record, so ``grant`` is
optional throughout: what does not fit becomes a finding, never a refusal.

Source: spec 9.2.
"""

from ledger.events.declare import declare
from ledger.events.fields import (
    Choice,
    DepartmentId,
    Hex,
    Id,
    Integer,
    ListOf,
    Object,
    Text,
    Time,
    later,
)
from ledger.events.wording import Wording

PROVIDER = Wording("the providing department", "提供部门")
CONSUMER = Wording("the using department", "使用部门")

DELIVERY_SENT = declare(
    "delivery.sent",
    "sharing",
    en="Delivery sent",
    zh="数据交付",
    speaker=PROVIDER,
    serves=("809:22", "S09"),
    parties=("consumer",),
    refs=("item", "delivery"),
    refs_optional=("grant", "act", "matter"),
    members={
        "consumer": DepartmentId(),
        "records": Integer(0, optional=True),
        "content_sha256": Hex(optional=True),
        "channel": Choice(
            "api", "batch", "file", "shared_platform", "joint_database", "not_stated"
        ),
        "data_as_of": Time(optional=True),
        "direction": Choice("lateral", "up", "down", optional=True),
        "fields": ListOf(Text(), optional=True),
        "item_version": Text(optional=True),
        "window": Object({"from": Time(), "to": Time()}, [later("from", "to")], optional=True),
    },
)

DELIVERY_RECEIVED = declare(
    "delivery.received",
    "sharing",
    en="Delivery received",
    zh="交付回执",
    speaker=CONSUMER,
    serves=("809:22", "S37"),
    parties=("provider",),
    refs=("item", "delivery"),
    refs_optional=("grant", "act", "matter"),
    members={
        "provider": DepartmentId(),
        "records": Integer(0, optional=True),
        "content_sha256": Hex(optional=True),
        "result": Choice("accepted", "partial", "rejected"),
    },
)

USE_RECORDED = declare(
    "use.recorded",
    "sharing",
    en="Use recorded",
    zh="使用记录",
    speaker=CONSUMER,
    serves=("809:25", "809:26", "809:29", "S51"),
    refs=("item", "use"),
    refs_optional=("grant", "delivery", "act", "matter"),
    members={
        "purpose_code": Id(),
        "purpose": Text(optional=True),
        "use_kind": Choice(
            "act",
            "statistics",
            "supervision",
            "derivation",
            "onward_third_party",
            "open_publication",
            "not_stated",
        ),
        "reliance": Choice("decisive", "supporting", "checked_only", "not_stated"),
        "verification": Choice(
            "none", "matched", "contradicted", "subject_confirmed", optional=True
        ),
        "fields": ListOf(Text(), optional=True),
        "records": Integer(0, optional=True),
        "data_as_of": Time(optional=True),
        "item_version": Text(optional=True),
        "legal_basis": ListOf(
            Object(
                {"article": Text(optional=True), "document": Text(optional=True), "law": Text()}
            ),
            optional=True,
        ),
        "call_ref": Text(optional=True),
        "subject_ref": Hex(optional=True),
    },
)

SHARING = (DELIVERY_SENT, DELIVERY_RECEIVED, USE_RECORDED)
