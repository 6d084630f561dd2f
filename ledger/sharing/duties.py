"""Which departments have a duty to share that a unit has been given, as the statements say.

Source: decree 809, article 11; the seed, on assigning duties to units and posts.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ledger.access.terms import short_of

SHARING = "share"  # of the kinds of duties


def sharing_duties(events: Iterable[Mapping[str, Any]], at: str) -> dict[str, str]:
    """Return ``assigned`` or ``no_unit`` for each department with a duty to share at the T *at*.

    Args:
        events: of ``duty.assigned`` and ``unit.recorded``, in any order.
    """
    duties, units = [], set()
    for event in events:
        data = event["data"]
        if not (data["starts"] <= at and ("ends" not in data or at < data["ends"])):
            continue
        if short_of(event["type"]) == "unit.recorded":
            units.add((data["department"], data["unit"]))
        elif data["kind"] == SHARING:
            duties.append((data["department"], data["unit"]))
    found = {department: "no_unit" for department, _ in duties}
    return found | {duty[0]: "assigned" for duty in duties if duty in units}
