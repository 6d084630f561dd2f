"""What a consumer gives back: what the data was good for, and what was wrong with it.

Effect and defect stand side by side: the same mechanism credits the provider
and holds it to account.

Source: spec 9.2.
"""

from ledger.events.declare import declare
from ledger.events.fields import Choice, Integer, ListOf, Object, Ref, Text
from ledger.events.sharing import CONSUMER

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
        "benefit": Choice(
            "time_saved",
            "materials_saved",
            "certificates_saved",
            "loss_prevented",
            "decision_improved",
            "not_stated",
        ),
        "innovation": Choice(
            "capability_fusion", "function_linkage", "gap_filling", "reuse", optional=True
        ),
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
        "defect": Choice(
            "wrong", "missing", "stale", "duplicate", "format", "mismatch", "other", "not_stated"
        ),
        "affected_records": Integer(0, optional=True),
        "description": Text(),
    },
)

FEEDBACK = (EFFECT, QUALITY)
