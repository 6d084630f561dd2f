"""How several rules read the same: which grant holds, what time has passed, whose a thing is."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from crypto.notation import parse_time
from ledger.access.terms import owner_of
from ledger.sharing.machine import Body
from ledger.supervision.scene import Spoken

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

# How long each update cycle is, in hours; what is not here has no length that can be compared.
CYCLE_HOURS: Mapping[str, int] = {
    "hourly": 1, "daily": 24, "weekly": 7 * 24, "monthly": 31 * 24, "quarterly": 92 * 24,
    "termly": 184 * 24, "half_yearly": 184 * 24, "yearly": 366 * 24,
}  # fmt: skip


def hours_between(since: str, until: str) -> int:
    """Return how many whole hours lie between two T's; negative where they stand crosswise."""
    return (parse_time(until) - parse_time(since)) // HOUR_MS


def days_between(since: str, until: str) -> int:
    return (parse_time(until) - parse_time(since)) // DAY_MS


def own(said: Spoken, ref: str) -> bool:
    """Whether a thing belongs to the department that speaks, or to one that it stands for."""
    return owner_of(ref) in said.stands_for


def version_at(grant: Body, time: str) -> Mapping[str, Any]:
    """Return the version of a grant that was effective at a T; before the first, the first."""
    version: Mapping[str, Any] = grant["versions"][0]
    for version in reversed(grant["versions"]):
        if version["effective"] <= time:
            break
    return version


def beyond(named: Iterable[str], allowed: Collection[str]) -> list[str]:
    """Return what is named and not allowed, in order."""
    return sorted({one for one in named if one not in allowed})
