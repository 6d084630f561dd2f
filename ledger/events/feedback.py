"""What a consumer gives back: what the data was good for, and what was wrong with it.

Effect and defect stand side by side: the same mechanism credits the provider
and holds it to account.

Source: spec 9.2.
"""

from ledger.events.declare import declare
from ledger.events.fields import Choice, DepartmentId, Integer, ListOf, Object, Ref, Text
from ledger.events.parts import DEFECTS, INNOVATIONS, needed_when
from ledger.events.speakers import BODIES
from ledger.events.terms import BENEFITS, CONSUMER, PROVIDER

EFFECT = declare(
    "feedback.effect",
    "feedback",
    en="Effect reported",
    zh="成效反馈",
    speaker=CONSUMER,
    serves=("809:29", "S55", "S56", "S18", "S19"),
    # Whoever provided is credited and reads for what; a use is the speaker's own.
    parties=("contributions.item",),
    mentions=("contributions.use",),
    refs=("feedback",),
    refs_optional=("grant", "act", "matter"),
    members={
        "contributions": ListOf(Object({"item": Ref(), "use": Ref(optional=True)}), 1),
        "benefit": Choice(*BENEFITS, "not_stated"),
        "innovation": Choice(*INNOVATIONS, optional=True),
        "metrics": ListOf(
            Object(
                {
                    "baseline": Integer(optional=True),
                    "method": Text(optional=True),
                    "name": Text(),
                    "unit": Text(optional=True),
                    "value": Integer(),
                }
            )
        ),
        "narrative": Text(optional=True),
    },
)

QUALITY = declare(
    "feedback.quality",
    "feedback",
    en="Defect reported",
    zh="质量反馈",
    speaker=CONSUMER,
    serves=("809:26",),
    refs=("feedback", "item"),
    refs_optional=("delivery", "use", "grant", "act"),
    members={
        "defect": Choice(*DEFECTS),
        "affected_records": Integer(0, optional=True),
        "description": Text(),
    },
)

ACKNOWLEDGED = declare(
    "feedback.acknowledged",
    "feedback",
    en="Feedback acknowledged",
    zh="确认反馈",
    speaker=PROVIDER,
    serves=("S55",),
    speakers=BODIES,
    parties=("consumer",),
    refs=("feedback",),
    refs_optional=("item", "grant", "use", "correction", "act", "matter"),
    members={
        "consumer": DepartmentId(),
        "decision": Choice("accepted", "questioned", "rejected"),
        "reason_code": Choice(
            "not_own_data",
            "no_such_delivery",
            "metric_unsupported",
            "overstated",
            "duplicate",
            "defect_not_found",
            "other",
            optional=True,
        ),
    },
    rules=(needed_when("reason_code", "decision", "questioned", "rejected"),),
)

WITHDRAWN = declare(
    "feedback.withdrawn",
    "feedback",
    en="Feedback withdrawn",
    zh="撤回反馈",
    speaker=CONSUMER,
    serves=("S55",),
    speakers=BODIES,
    # Whoever was credited, or blamed, learns that it no longer stands.
    parties=("providers",),
    refs=("feedback",),
    refs_optional=("item", "grant", "use", "act", "matter"),
    members={
        "providers": ListOf(DepartmentId(), 1),
        "reason": Choice(
            "mistaken",
            "duplicate",
            "other_item",
            "metric_wrong",
            "use_challenged",
            "act_revoked",
            "made_anew",
            "other",
        ),
    },
)

FEEDBACK = (EFFECT, QUALITY, ACKNOWLEDGED, WITHDRAWN)
