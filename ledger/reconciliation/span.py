"""The time that a comparison is about, and by how much two clocks may differ."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """What a comparison is about: times from ``since`` to ``until``, with a tolerance; ms."""

    since: int
    until: int
    tolerance: int

    def holds(self, at: int) -> bool:
        """Whether *at* lies in it, its ends too."""
        return self.since <= at <= self.until
