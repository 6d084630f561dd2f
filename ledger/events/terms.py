"""The terms of a share: what is asked for, agreed, granted and amended is said in one form.

So a reader can lay a grant beside its request, or a use beside its grant, and
see by codes alone where one goes beyond the other.

Source: decree 809, articles 14, 15, 20 and 22; spec 9.
"""

from collections.abc import Mapping
from typing import Any

from ledger.events.fields import (
    Choice,
    DepartmentId,
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

PROVIDER = Wording("the providing department", "提供部门")
CONSUMER = Wording("the using department", "使用部门")
EITHER = Wording("either party of the share", "共享任一方")
SHARING_AUTHORITY = Wording("the sharing authority", "共享主管部门")

# SPEC: decree 809, article 22 names the first three and leaves the list open.
CHANNELS = ("api", "batch", "file", "shared_platform", "joint_database", "not_stated")

ATTRIBUTES = ("unconditional", "conditional", "not_shared")

# How often data is brought up to date, or delivered.
CYCLES = (
    "real_time", "minute", "hourly", "daily", "weekly", "monthly", "quarterly", "half_yearly",
    "termly", "yearly", "irregular", "not_stated",
)  # fmt: skip

# From the least that is told of anybody to the most: an answer beyond its grant goes further down.
GRANULARITIES = ("verdict", "total", "group", "subject", "bulk", "not_stated")

DIRECTIONS = ("lateral", "up", "down")

# How much hangs on the data.
RELIANCE = ("decisive", "supporting", "checked_only", "not_stated")

BENEFITS = (
    "time_saved",
    "materials_saved",
    "certificates_saved",
    "loss_prevented",
    "decision_improved",
)

REFUSAL_REASONS = (
    "not_shared_item", "no_duty", "no_legal_basis", "scope_excessive", "purpose_unfit",
    "security_inadequate", "secrecy_risk", "personal_information", "data_not_held",
    "duplicate_request", "other", "not_stated",
)  # fmt: skip


def legal_basis(least: int = 0, *, optional: bool = False) -> ListOf:
    """Laws, or documents with the force to found a duty, each with what it cites (spec 9)."""
    law = {"article": Text(optional=True), "document": Text(optional=True), "law": Text()}
    return ListOf(Object(law), least, optional=optional)


def channel() -> Choice:
    """One channel."""
    return Choice(*CHANNELS)


def fields(least: int = 0, *, optional: bool = False) -> ListOf:
    """Names of data fields of an item."""
    return ListOf(Text(), least, optional=optional)


def conditions(least: int = 0, *, optional: bool = False) -> ListOf:
    """Conditions of use, by code, so that one added later can be told from those listed."""
    kind = Choice("scope", "purpose", "security", "procedure", "feedback", "other")
    return ListOf(
        Object({"code": Id(), "kind": kind, "text": Text(optional=True)}), least, optional=optional
    )


def scope(*, optional: bool = False) -> Object:
    """The whole of what may be done: a snapshot, never a difference to an earlier one."""
    most = {"per": Choice("minute", "hour", "day", "week", "month", "year"), "times": Integer(1)}
    members: dict[str, Kind] = {
        "purpose_codes": ListOf(Id(), 1),
        "fields": fields(1),
        "granularity": Choice(*GRANULARITIES),
        "channels": ListOf(channel(), 1),
        "from": Time(),
        "to": Time(),
        "max_frequency": Object(most, optional=True),
        "max_records": Integer(1, optional=True),
        "regions": ListOf(Region(), optional=True),
        "onward": _onward(),
    }
    return Object(members, [later("from", "to")], optional=optional)


def _onward() -> ListOf:
    """SPEC: decree 809, article 25: to whom else it may go, which the provider must consent to."""
    return ListOf(
        Object(
            {
                "kind": Choice("third_party", "contractor", "open_publication"),
                "department": DepartmentId(optional=True),
                "purpose_code": Id(optional=True),
                "secrecy_review": Ref(optional=True),
            }
        ),
        optional=True,
    )


def schedule() -> Object:
    """Deliveries that are promised."""
    return Object({"cycle": Choice(*CYCLES), "first": Time(optional=True)}, optional=True)


def benefits(*, optional: bool = False) -> ListOf:
    """What the share is expected to be good for."""
    benefit = {"kind": Choice(*BENEFITS), "text": Text(optional=True)}
    return ListOf(Object(benefit), 1, optional=optional)


def safeguards(*, optional: bool = False) -> ListOf:
    """What protects the data where it is used."""
    return ListOf(
        Choice(
            "access_control",
            "encryption",
            "masking",
            "audit_log",
            "minimisation",
            "isolation",
            "training",
            "contractor_supervision",
            "incident_plan",
            "deletion_plan",
            "other",
        ),
        1,
        optional=optional,
    )


def pilot() -> Object:
    """The document that lets a reform be tried, and until when."""
    return Object({"document": Text(), "ends": Time()}, optional=True)


def log_digest() -> dict[str, Kind]:
    """A log that stays where it is, by number of its lines and the root of a tree over them."""
    return {
        "count": Integer(0),
        "log_root": Hex(),
        "log_algorithm": Choice("rfc9162_sha256"),
    }


def about_something(*names: str) -> Rule:
    """Return the rule that ``refs`` has one of *names* at least."""

    def holds(data: Mapping[str, Any]) -> bool:
        return not set(names).isdisjoint(data["refs"])

    listed = ", ".join(names)
    return Rule(
        "refs", holds, Wording(f"must name one of: {listed}", f"须至少含下列之一：{listed}")
    )
