"""What a reconciliation comes to: differences, what failed, and how much was recorded.

A difference is a fact about two sources, not about anybody's conduct: the platform's
file may be incomplete as well as the ledger.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from crypto.notation import format_time

# What differs, in the order in which it is listed.
NOT_RECORDED = "not_recorded"  # exchanged, and one party recorded nothing
NOT_EXCHANGED = "not_exchanged"  # recorded, and the platform knows of no exchange
ONE_SIDE = "one_side"  # one side's platform tells of it, the other's does not
FEWER_RECORDED = "fewer_recorded"
MORE_RECORDED = "more_recorded"
NOT_COUNTED = "not_counted"  # recorded, and in no window that the platform counts
TIME_DIFFERS = "time_differs"
GRANT_DIFFERS = "grant_differs"
STRADDLES = "straddles"  # a window of the ledger that lies across one of the platform's
UNKNOWN_GRANT = "unknown_grant"
UNMAPPED = "unmapped"  # the platform's name of it has no name in the mapping
KINDS = (
    NOT_RECORDED, NOT_EXCHANGED, ONE_SIDE, FEWER_RECORDED, MORE_RECORDED, NOT_COUNTED,
    TIME_DIFFERS, GRANT_DIFFERS, STRADDLES, UNKNOWN_GRANT, UNMAPPED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in which the platform and the ledger differ.

    Attributes:
        kind: one of ``KINDS``.
        party: whose word is missing or differs: ``provider`` or ``consumer``.
        since, until: of a window; ``at``: of one exchange. Milliseconds.
        calls: on the gateway; ``recorded``: in the ledger; None: not known.
        id: what the platform calls the exchange.
        entry: of the ledger.
        theirs: the platform's own name of what is told of.
        source: file and place in it.
    """

    kind: str
    party: str | None = None
    provider: str | None = None
    consumer: str | None = None
    item: str | None = None
    grant: str | None = None
    at: int | None = None
    since: int | None = None
    until: int | None = None
    calls: int | None = None
    recorded: int | None = None
    id: str | None = None
    entry: int | None = None
    theirs: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """What the platform says did not succeed: no data were exchanged, and none are missing."""

    at: int
    side: str
    theirs: str | None
    id: str | None
    fault: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Recording coverage: how many of the calls on the gateway have their statement.

    Attributes:
        of: ``department`` or ``grant``.
        name: its id or ref; None: calls that the mapping gives no grant.
        party: as whom the department is counted; of a grant, ``consumer``.
    """

    of: str
    name: str | None
    party: str
    recorded: int
    calls: int


@dataclass(slots=True)
class Count:
    """Adds up coverage."""

    recorded: int = 0
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """All of it.

    Attributes:
        since, until: what the platform's file is about, milliseconds.
        platform, ledger: what was counted on either side, by name.
    """

    since: int
    until: int
    platform: Mapping[str, int]
    ledger: Mapping[str, int]
    differences: tuple[Difference, ...]
    failed: tuple[Failed, ...]
    coverage: tuple[Coverage, ...] = field(default=())


def in_listing_order(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    """Return *differences* by kind, then by time, then by what they are about."""
    return tuple(
        sorted(
            differences,
            key=lambda one: (
                KINDS.index(one.kind),
                one.at if one.at is not None else one.since or 0,
                one.party or "",
                one.id or "",
                one.entry if one.entry is not None else -1,
                one.theirs or one.grant or "",
            ),
        )
    )


def coverage_of(counts: Mapping[tuple[str, str | None, str], Count]) -> tuple[Coverage, ...]:
    """Return coverage by (of, name, party): departments first, then grants, by name."""
    return tuple(
        Coverage(of, name, party, one.recorded, one.calls)
        for (of, name, party), one in sorted(
            counts.items(), key=lambda pair: (pair[0][0], pair[0][1] or "", pair[0][2])
        )
    )


_TIMES = ("at", "since", "until")


def members(one: Difference | Failed | Coverage) -> dict[str, Any]:
    """Return *one* as members, times as T; what is not there is left out."""
    found = {each.name: getattr(one, each.name) for each in fields(one)}
    return {
        name: format_time(value) if name in _TIMES else value
        for name, value in found.items()
        if value is not None
    }
