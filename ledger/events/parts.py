"""What many event types are made of: a law cited, a period, evidence, what a defect touched.

A part is made anew for each type that has it, by a function. The rules here say
when a member is needed and when it has no place.

Source: spec 9.
"""

from collections.abc import Mapping
from typing import Any

from ledger.events.fields import (
    Choice,
    Hex,
    Id,
    Integer,
    Kind,
    ListOf,
    Object,
    Ref,
    Region,
    Rule,
    Text,
    Time,
    later,
)
from ledger.events.wording import Wording

DEFECTS = ("wrong", "missing", "stale", "duplicate", "format", "mismatch", "other", "not_stated")

# What data goes through, from its collection to its end (decree 809, article 18).
STAGES = ("collection", "storage", "processing", "transmission", "sharing", "use", "destruction")

KPIS = (
    "scope", "quantity", "frequency", "time", "quality", "effect", "reuse", "return_flow",
    "provider_timeliness", "provider_quality", "consumer_application", "consumer_security",
    "feedback_completion", "purpose_fit", "act_binding", "repeated_collection",
    "corrections_confirmed", "recording_coverage",
)  # fmt: skip

INNOVATIONS = ("capability_fusion", "function_linkage", "gap_filling", "reuse")


def laws(least: int = 0, *, optional: bool = False) -> ListOf:
    """Articles that were breached, or that a body decides by: each must be named.

    What something is done on the ground of is ``terms.legal_basis``, and has the form of
    spec 9 wherever it stands: it may be a document, and names its article as it is cited.
    """
    law = {"law": Text(), "article": Text(), "item": Text(optional=True)}
    return ListOf(Object(law), least, optional=optional)


def period(*, open_ended: bool = True, optional: bool = False) -> Object:
    """From a time to a later one or, where that is allowed, without end."""
    members = {"from": Time(), "to": Time(optional=open_ended)}
    return Object(members, [later("from", "to")], optional=optional)


def evidence(*, optional: bool = True) -> ListOf:
    """Pieces of evidence outside the ledger; what is in it stands among the parents.

    ``sha256`` is the digest of a file that the speaker keeps, never of a row that
    could be guessed.
    """
    piece = {
        "kind": Choice("document", "record", "screen", "log", "inspection", "testimony", "other"),
        "document": Text(optional=True),
        "sha256": Hex(optional=True),
    }
    return ListOf(Object(piece), optional=optional)


def touched() -> dict[str, Kind]:
    """What of an item a defect, a correction or a recall is about."""
    return {
        "affected_versions": ListOf(Text(), optional=True),
        "affected_windows": ListOf(period(open_ended=False), optional=True),
        "affected_deliveries": ListOf(Ref(), optional=True),
        "affected_fields": ListOf(Text(), optional=True),
        "affected_records": Integer(0, optional=True),
    }


def adopted() -> dict[str, Kind]:
    """What every instrument says of itself that an authority adopts.

    ``supersedes`` and ``consultations`` are digests of statements.
    """
    return {
        "version": Id(),
        "layer": Choice("national", "local"),
        "region": Region(optional=True),
        "effective": period(),
        "supersedes": Hex(optional=True),
        "consultations": ListOf(Hex(), optional=True),
    }


def needed_when(member: str, name: str, *words: str) -> Rule:
    """Return the rule that *member* is there where *name* is one of *words*."""

    def holds(members: Mapping[str, Any]) -> bool:
        return members.get(name) not in words or member in members

    listed = ", ".join(words)
    return Rule(
        member,
        holds,
        Wording(f"is needed where {name} is {listed}", f"在 {name} 为 {listed} 时必须填写"),
    )


def only_when(member: str, name: str, *words: str) -> Rule:
    """Return the rule that *member* is there only where *name* is one of *words*."""

    def holds(members: Mapping[str, Any]) -> bool:
        return member not in members or members.get(name) in words

    listed = ", ".join(words)
    return Rule(
        member,
        holds,
        Wording(f"has a place only where {name} is {listed}", f"仅在 {name} 为 {listed} 时填写"),
    )


# What is local says where it holds.
LOCAL_REGION = needed_when("region", "layer", "local")
