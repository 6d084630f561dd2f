"""What auditors ask first, by name: each is a list within the sight of whoever asks.

What is not seen is not counted: to who sees little, much looks as if it were absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ledger.access.sight import Sight
from ledger.projections.query import Query
from ledger.sharing.duties import sharing_duties
from ledger.shown import Asked

if TYPE_CHECKING:
    from ledger.service import Ledger

BATCH = 1_000

# The lists that there are, and of which kind of things each is.
PLURALS: Mapping[str, str] = {
    "requests": "request",
    "grants": "grant",
    "agreements": "agreement",
    "deliveries": "delivery",
    "uses": "use",
    "corrections": "correction",
    "disputes": "dispute",
    "items": "item",
    "acts": "act",
    "matters": "matter",
    "determinations": "determination",
}


@dataclass(frozen=True, slots=True)
class View:
    """One view.

    Attributes:
        at: the lists that it is a view of.
        kind: of things that it lists; None: departments.
        stored: states in which such a thing is.
    """

    at: tuple[str, ...]
    kind: str | None = None
    stored: tuple[str, ...] = ()
    never_shared: bool = False

    def of(self, asked: Asked) -> Asked:
        """Return what is asked for, narrowed to this view."""
        kind = self.kind or asked.kind
        return replace(asked, kind=kind, stored=self.stored, never_shared=self.never_shared)


VIEWS: Mapping[str, View] = {
    "never_shared": View(("items",), "item", ("published",), never_shared=True),
    "no_sharing_duty": View(("items",)),
    "islands": View(("grants",)),
    "deliveries_without_receipt": View(("grants", "deliveries"), "delivery", ("sent",)),
    "uses_without_feedback": View(("grants", "uses"), "use", ("recorded", "bound")),
}


def departments_in(
    ledger: "Ledger", view: str, sight: Sight, as_of: int, at: str
) -> list[tuple[str, str]]:
    """Return (department, why) of a view that lists departments, in the order of registration."""
    if view == "islands":
        return [(one, "no_exchange") for one in ledger.shares.islands(sight, as_of)]
    duties = _duties(ledger, sight, as_of, at)
    registry = ledger.look_up.registry(as_of)
    return [
        (one.department, duties.get(one.department, "no_duty"))
        for one in registry.departments(as_of)
        if duties.get(one.department) != "assigned"
    ]


def _duties(ledger: "Ledger", sight: Sight, as_of: int, at: str) -> dict[str, str]:
    events = []
    for name in ("duty.assigned", "unit.recorded"):
        query, after = Query(frozenset({f"type/{name}"})), None
        while found := ledger.look_up.find(sight, query, as_of, after, BATCH):
            events += [ledger.entry(index).event for index in found]
            after = found[-1]
    return sharing_duties((event for event in events if event is not None), at)
