"""Where a department lies and which sharing authority is its own, as the registry knew then.

Source: decree 809, articles 8, 16 and 21 (the authority of the same level).
"""

from typing import Protocol

from ledger.registry.state import Registry
from ledger.supervision.regions import around


class Departments(Protocol):
    """What the registry knew of departments before the entry."""

    def region(self, department: str, /) -> str | None:
        """Return a division code; None: of the whole country, or not registered."""

    def authority(self, department: str, /) -> str | None:
        """Return the sharing authority at the department's level, or the nearest above."""


class Registered:
    """:class:`Departments` of a registry before the entry *at*."""

    __slots__ = ("_at", "_registry")

    def __init__(self, registry: Registry, at: int) -> None:
        self._registry, self._at = registry, at

    def region(self, department: str, /) -> str | None:
        known = self._registry.department(department, self._at)
        return None if known is None else known.region

    def authority(self, department: str, /) -> str | None:
        region = self.region(department)
        found = {
            one.region: one.department
            for one in reversed(self._registry.departments(self._at))
            if one.kind == "sharing_authority"
        }
        return next((found[code] for code in around(region) if code in found), None)
