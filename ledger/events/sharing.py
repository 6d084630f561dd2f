"""What is said of deliveries, of each use of the data, and of calls at a gate.

A use without a grant is exactly what must be on record, so ``grant`` is
optional throughout: what does not fit becomes a finding, never a refusal.

Source: spec 9.2.
"""

from ledger.events import terms
from ledger.events.declare import declare
from ledger.events.fields import Choice, DepartmentId, Hex, Id, Integer, ListOf, Object, Text, Time
from ledger.events.parts import period
from ledger.events.speakers import BODIES, PLATFORM
from ledger.events.terms import CONSUMER, DIRECTIONS, PROVIDER, RELIANCE
from ledger.events.wording import Wording

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
        "channel": terms.channel(),
        "data_as_of": Time(optional=True),
        "direction": Choice(*DIRECTIONS, optional=True),
        "fields": terms.fields(optional=True),
        "item_version": Text(optional=True),
        "window": period(open_ended=False, optional=True),
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
        "reliance": Choice(*RELIANCE),
        "verification": Choice(
            "none", "matched", "contradicted", "subject_confirmed", optional=True
        ),
        "fields": terms.fields(optional=True),
        "records": Integer(0, optional=True),
        "data_as_of": Time(optional=True),
        "item_version": Text(optional=True),
        "legal_basis": terms.legal_basis(optional=True),
        "call_ref": Text(optional=True),
        "subject_ref": Hex(optional=True),
    },
)

USE_BOUND = declare(
    "use.bound",
    "sharing",
    en="Use bound to an act",
    zh="使用关联行政行为",
    speaker=CONSUMER,
    serves=("S51",),
    speakers=BODIES,
    refs=("item", "use", "act"),
    refs_optional=("grant", "delivery", "matter"),
    members={
        "reliance": Choice(*RELIANCE),
        "matter_code": Id(optional=True),
        "decision_no": Text(optional=True),
    },
)

WINDOW_RECORDED = declare(
    "window.recorded",
    "sharing",
    en="Window of calls recorded",
    zh="调用窗口记录",
    speaker=Wording("either side, or the platform operator", "共享任一方或平台运行方"),
    serves=("S33",),
    speakers=BODIES | PLATFORM,
    parties=("provider", "consumer"),
    refs=("item",),
    # Where the calls are uses, the window is one use in the consumer's own counting.
    refs_optional=("use", "delivery", "grant", "act", "matter"),
    members={
        "provider": DepartmentId(),
        "consumer": DepartmentId(),
        "counted_by": Choice("provider", "consumer", "platform"),
        "window": period(open_ended=False),
        **terms.log_digest(),
        "denied": Integer(0, optional=True),
        "records": Integer(0, optional=True),
        "subjects": Integer(0, optional=True),
        "channel": terms.channel(),
        "purposes": ListOf(Object({"purpose_code": Id(), "count": Integer(0)}), optional=True),
        "fields": terms.fields(optional=True),
        "data_as_of": Time(optional=True),
        "item_version": Text(optional=True),
    },
)

ACCESS_DENIED = declare(
    "access.denied",
    "sharing",
    en="Access denied",
    zh="拒绝访问记录",
    speaker=Wording("whoever runs the gate", "接口或平台的运行方"),
    serves=("809:34", "S65"),
    speakers=BODIES | PLATFORM,
    parties=("consumer",),
    refs=("item",),
    refs_optional=("grant", "use", "incident", "act", "matter"),
    members={
        "consumer": DepartmentId(),
        "caller": Id(optional=True),
        "system": Id(optional=True),
        "reason": Choice(
            "no_grant",
            "before_start",
            "expired",
            "suspended",
            "beyond_purpose",
            "beyond_fields",
            "beyond_frequency",
            "caller_not_listed",
            "not_authenticated",
            "sealed",
            "other",
            "not_stated",
        ),
        "count": Integer(1),
        "purpose_code": Id(optional=True),
        "fields": terms.fields(optional=True),
        "channel": terms.channel(),
        "call_ref": Text(optional=True),
        "window": period(open_ended=False, optional=True),
    },
)

SHARING = (
    DELIVERY_SENT,
    DELIVERY_RECEIVED,
    USE_RECORDED,
    USE_BOUND,
    WINDOW_RECORDED,
    ACCESS_DENIED,
)
