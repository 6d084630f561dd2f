"""How an error in shared data is asked about, settled, told to all who had it, and recalled.

Source: decree 809, article 26; spec 9.
"""

from ledger.events.declare import declare
from ledger.events.fields import Choice, DepartmentId, Hex, Id, ListOf, Ref, Text, Time
from ledger.events.parts import DEFECTS, evidence, needed_when, only_when, touched
from ledger.events.speakers import BODIES
from ledger.events.terms import CONSUMER, PROVIDER

CORRECTION_REQUESTED = declare(
    "correction.requested",
    "corrections",
    en="Correction requested",
    zh="校核申请",
    speaker=CONSUMER,
    serves=("809:26",),
    speakers=BODIES,
    parties=("provider", "affected_deliveries"),
    refs=("correction", "item"),
    refs_optional=("delivery", "use", "feedback", "grant", "act", "matter", "complaint"),
    members={
        "provider": DepartmentId(),
        # The ten working days run from the receipt, which may be later than the asking.
        "received_at": Time(),
        "receiving_office": Id(optional=True),
        "defect": Choice(*DEFECTS),
        "description": Text(optional=True),
        **touched(),
        "evidence": evidence(),
    },
)

CORRECTION_RESULTED = declare(
    "correction.resulted",
    "corrections",
    en="Correction result",
    zh="校核处理结果",
    speaker=PROVIDER,
    serves=("809:26",),
    speakers=BODIES,
    parties=("consumer", "referred_to", "affected_deliveries"),
    refs=("correction", "item"),
    refs_optional=("delivery", "use", "feedback", "grant", "act", "matter", "complaint"),
    members={
        "consumer": DepartmentId(),
        "result": Choice("corrected", "partly", "not_confirmed", "referred_to_source"),
        "verified_by": Id(),
        "defect": Choice(*DEFECTS, optional=True),
        # Where the error arose: whose work is looked at first hangs on it.
        "cause": Choice(
            "collection",
            "entry",
            "processing",
            "transmission",
            "linkage",
            "source_changed",
            "consumer",
            "no_error",
            "not_found",
            optional=True,
        ),
        "reason": Choice(
            "agrees_with_source",
            "evidence_lacking",
            "outside_item",
            "not_own_data",
            "being_checked",
            optional=True,
        ),
        "corrected_at": Time(optional=True),
        "corrected_version": Text(optional=True),
        "corrected_content_sha256": Hex(optional=True),
        "referred_to": DepartmentId(optional=True),
        **touched(),
        "evidence": evidence(),
    },
    rules=[
        needed_when("reason", "result", "partly", "not_confirmed"),
        needed_when("referred_to", "result", "referred_to_source"),
        only_when("referred_to", "result", "referred_to_source"),
    ],
)

RECALL_ISSUED = declare(
    "recall.issued",
    "corrections",
    en="Recall issued",
    zh="数据召回",
    speaker=PROVIDER,
    serves=("809:26",),
    speakers=BODIES,
    parties=("consumers", "affected_deliveries"),
    refs=("item",),
    refs_optional=("correction", "delivery", "grant", "incident", "matter"),
    members={
        "consumers": ListOf(DepartmentId(), 1),
        "reason": Choice(
            "defect",
            "delivered_beyond_grant",
            "collected_unlawfully",
            "reclassified",
            "court",
            "other",
        ),
        "action": Choice("stop_using", "replace", "recheck_acts", "dispose"),
        **touched(),
        "replacement_version": Text(optional=True),
        "replacement_content_sha256": Hex(optional=True),
        "due": Time(optional=True),
    },
)

NOTICE_ISSUED = declare(
    "notice.issued",
    "corrections",
    en="Notice to consumers",
    zh="告知使用部门",
    speaker=PROVIDER,
    serves=("809:26",),
    speakers=BODIES,
    parties=("consumers", "affected_deliveries"),
    refs=("item",),
    refs_optional=("correction", "delivery", "grant", "incident", "dispute", "matter"),
    members={
        "consumers": ListOf(DepartmentId(), 1),
        "kind": Choice(
            "suspected",
            "corrected",
            "superseded",
            "delayed",
            "service_changed",
            "withdrawn",
            "incident",
        ),
        **touched(),
        "current_version": Text(optional=True),
        "content_sha256": Hex(optional=True),
        "due": Time(optional=True),
    },
)

# Parents: the notice or the recall, for neither has a name of its own.
NOTICE_ACKNOWLEDGED = declare(
    "notice.acknowledged",
    "corrections",
    en="Notice acknowledged",
    zh="告知回执",
    speaker=CONSUMER,
    serves=("809:26",),
    speakers=BODIES,
    parties=("provider",),
    # The acts are the speaker's own.
    mentions=("affected_acts",),
    parents_least=1,
    refs=("item",),
    refs_optional=("correction", "delivery", "grant", "incident", "act", "matter"),
    members={
        "provider": DepartmentId(),
        "outcome": Choice(
            "use_stopped", "replaced", "acts_rechecked", "disposed", "not_used", "being_checked"
        ),
        # Whether one is examined anew is said on its own chain.
        "affected_acts": ListOf(Ref(), optional=True),
    },
)

CORRECTIONS = (
    CORRECTION_REQUESTED,
    CORRECTION_RESULTED,
    RECALL_ISSUED,
    NOTICE_ISSUED,
    NOTICE_ACKNOWLEDGED,
)
