"""The closed list of event types: what this ledger can be told, and nothing else.

Source: spec 9.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ledger.errors import Refused
from ledger.events.acts import ACTS
from ledger.events.agreements import AGREEMENTS
from ledger.events.appraisal import APPRAISAL
from ledger.events.bodies import BODIES_TYPES
from ledger.events.catalogue import CATALOGUE
from ledger.events.complaints import COMPLAINTS
from ledger.events.corrections import CORRECTIONS
from ledger.events.custody import CUSTODY
from ledger.events.declare import EventType
from ledger.events.determinations import DETERMINATIONS
from ledger.events.disputes import DISPUTES
from ledger.events.families import FAMILIES
from ledger.events.feedback import FEEDBACK
from ledger.events.findings import FINDINGS
from ledger.events.grants import GRANTS
from ledger.events.incidents import INCIDENTS
from ledger.events.packs import PACKS
from ledger.events.protection import PROTECTION
from ledger.events.records import RECORDS
from ledger.events.registration import REGISTRATION
from ledger.events.requests import REQUESTS
from ledger.events.sharing import SHARING
from ledger.events.statements import STATEMENTS
from ledger.events.supervision import SUPERVISION

EVENT_TYPES: Mapping[str, EventType] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            *REGISTRATION,
            *CATALOGUE,
            *REQUESTS,
            *AGREEMENTS,
            *GRANTS,
            *SHARING,
            *CUSTODY,
            *ACTS,
            *FEEDBACK,
            *COMPLAINTS,
            *CORRECTIONS,
            *INCIDENTS,
            *DISPUTES,
            *PROTECTION,
            *BODIES_TYPES,
            *STATEMENTS,
            *RECORDS,
            *SUPERVISION,
            *DETERMINATIONS,
            *FINDINGS,
            *PACKS,
            *APPRAISAL,
        )
    }
)


def event_type(name: str) -> EventType:
    """Return the event type of that full name.

    Raises:
        Refused: ``unknown_type``.
    """
    try:
        return EVENT_TYPES[name]
    except KeyError:
        raise Refused(
            "unknown_type",
            "/type is not in this ledger's closed list; `zelian event types` prints it",
            "/type 不在本账本的事件类型清单内；用 `zelian event types` 查看清单",
            "/type",
        ) from None


def describe() -> list[dict[str, Any]]:
    """Return the closed list for people, in its order, family by family.

    Each is ``{"name", "family", "family_label": {"en", "zh"}, "label": {"en", "zh"},
    "speaker": {"en", "zh"}, "speakers": [role], "voice", "by_author", "serves": [word],
    "refs": {"required": [name], "optional": [name]}, "parties": [path], "mentions": [path]}``.
    """
    return [_described(kind) for kind in EVENT_TYPES.values()]


def _described(kind: EventType) -> dict[str, Any]:
    return {
        "name": kind.name,
        "family": kind.family,
        "family_label": FAMILIES[kind.family].both(),
        "label": {"en": kind.label_en, "zh": kind.label_zh},
        "speaker": kind.speaker.both(),
        "speakers": sorted(kind.speakers),
        "voice": kind.voice,
        "by_author": kind.by_author,
        "serves": list(kind.serves),
        "refs": {
            "required": sorted(kind.refs_required),
            "optional": sorted(kind.refs_optional),
        },
        "parties": list(kind.parties),
        "mentions": list(kind.mentions),
    }
