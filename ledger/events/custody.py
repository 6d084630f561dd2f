"""What becomes of shared data where it lies: how it is kept, and how it is returned or destroyed.

Two of the five records of article 29. Disposal follows what the provider asks
for: without a demand nobody is late, and without an acceptance nothing is closed.

Source: decree 809, articles 27 and 29; spec 9.
"""

from ledger.events import terms
from ledger.events.declare import declare
from ledger.events.fields import Choice, DepartmentId, Hex, Id, Integer, ListOf, Ref, Text, Time
from ledger.events.parts import needed_when
from ledger.events.speakers import BODIES
from ledger.events.terms import CONSUMER, PROVIDER

METHODS = ("return", "destroy", "seal")

PROOFS = (
    "certificate", "deletion_log", "media_record", "witness", "contractor_statement", "inspection",
)  # fmt: skip

DISPOSAL_REQUIRED = declare(
    "disposal.required",
    "sharing",
    en="Disposal required",
    zh="要求处置",
    speaker=PROVIDER,
    serves=("809:27",),
    speakers=BODIES,
    parties=("consumer",),
    mentions=("deliveries",),
    refs=("disposal", "item"),
    refs_optional=("grant", "delivery", "incident", "matter"),
    members={
        "consumer": DepartmentId(),
        "reason": Choice(
            "purpose_achieved",
            "purpose_impossible",
            "not_needed",
            "terminated",
            "recalled",
            "beyond_grant",
            "law_changed",
        ),
        "method": Choice(*METHODS),
        "due": Time(),
        "proofs": ListOf(Choice(*PROOFS)),
        "deliveries": ListOf(Ref(), optional=True),
        "fields": terms.fields(1, optional=True),
    },
)

DISPOSAL_DONE = declare(
    "disposal.done",
    "sharing",
    en="Disposal done",
    zh="完成处置",
    speaker=CONSUMER,
    serves=("809:27", "809:29"),
    speakers=BODIES,
    parties=("provider",),
    refs=("disposal", "item"),
    refs_optional=("grant", "delivery", "incident", "matter"),
    members={
        "provider": DepartmentId(),
        "method": Choice(*METHODS),
        "completed_at": Time(),
        "copies": Integer(0),
        "records": Integer(0, optional=True),
        "systems": ListOf(Id(), optional=True),
        "contractor_copies": Choice("none", "disposed", "left", "not_stated"),
        "residual_copies": Integer(0),
        "residual_reason": Choice(
            "act_file", "evidence", "archive_law", "backup_cycle", "other", optional=True
        ),
        "proofs": ListOf(Choice(*PROOFS)),
        "proof_sha256": Hex(optional=True),
    },
)

DISPOSAL_ACCEPTED = declare(
    "disposal.accepted",
    "sharing",
    en="Disposal judged",
    zh="处置验收",
    speaker=PROVIDER,
    serves=("809:27", "809:29"),
    speakers=BODIES,
    parties=("consumer",),
    refs=("disposal", "item"),
    refs_optional=("grant", "delivery", "incident", "matter"),
    members={
        "consumer": DepartmentId(),
        "result": Choice("accepted", "inadequate", "refused"),
        "checked_by": Choice("documents", "on_site", "remote", "sample", "not_checked"),
        "lacking": ListOf(Choice(*PROOFS, "copies_left", "method"), 1, optional=True),
        "due": Time(optional=True),
    },
    rules=(needed_when("lacking", "result", "inadequate"),),
)

STORAGE_RECORDED = declare(
    "storage.recorded",
    "sharing",
    en="Storage recorded",
    zh="存储情况记录",
    speaker=CONSUMER,
    serves=("809:29",),
    speakers=BODIES,
    parties=("provider",),
    mentions=("contractor",),
    refs=("item",),
    refs_optional=("grant", "delivery", "matter"),
    members={
        "provider": DepartmentId(),
        "as_of": Time(),
        "stored": Choice("none", "cached", "stored"),
        "copies": Integer(0),
        "records": Integer(0, optional=True),
        "systems": ListOf(Id(), optional=True),
        "locations": ListOf(
            Choice(
                "own_room",
                "government_cloud",
                "platform",
                "contractor",
                "terminal",
                "removable_media",
                "not_stated",
            )
        ),
        "encryption": Choice("all", "part", "none", "not_stated"),
        "safeguards": terms.safeguards(optional=True),
        "contractor": DepartmentId(optional=True),
        "keep_until": Time(optional=True),
        "item_version": Text(optional=True),
    },
)

CUSTODY = (DISPOSAL_REQUIRED, DISPOSAL_DONE, DISPOSAL_ACCEPTED, STORAGE_RECORDED)
