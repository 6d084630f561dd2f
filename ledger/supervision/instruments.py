"""Packs, calendars and adjustments of law as they are adopted, entry by entry.

What was adopted is kept as a list of bodies, canonical JSON, of which the value is
made again wherever a fold goes on.

Source: spec 9; domain, 0A "Rules"; S66.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ledger.sharing.machine import Body, Said
from ledger.supervision.calendar import WorkCalendar, calendar_of
from ledger.supervision.pack_values import adjustment_of, pack_of
from ledger.supervision.packs import Packs
from ledger.supervision.regions import covers

TYPES = frozenset({"rules.adopted", "law.adjusted", "calendar.adopted"})


@dataclass(frozen=True, slots=True)
class Instruments:
    """What is in force and what has been; start from ``ledger.builtin_packs.built_in()``."""

    packs: Packs
    calendar: WorkCalendar

    def with_adopted(self, adopted: Body) -> "Instruments":
        """Return these with what one statement adopted; it must come after all others."""
        data = adopted["data"]
        if adopted["type"] == "calendar.adopted":
            if "region" in data and not covers(adopted["region"], data["region"]):
                return self  # another division's days are not its own to set
            year = calendar_of(data, adopted["index"])
            return replace(self, calendar=self.calendar.with_year(year))
        if adopted["type"] == "rules.adopted":
            return replace(self, packs=self.packs.with_pack(pack_of(data, adopted)))
        return replace(self, packs=self.packs.with_adjustment(adjustment_of(data, adopted)))

    def with_all(self, adopted: Iterable[Body]) -> "Instruments":
        """Return these with what statements adopted, in the order of their entries."""
        known = self
        for one in adopted:
            known = known.with_adopted(one)
        return known


def adopted(said: Said, region: str | None) -> Body:
    """Return what is kept of a statement whose type is one of ``TYPES``.

    Args:
        region: division code of the department that said it; None: of the whole country.
    """
    return {
        "index": said.index,
        "type": said.type,
        "digest": said.digest,
        "source": said.source,
        "region": region,
        "data": dict(said.data),
    }
