"""What a platform calls things, and what the ledger calls them.

Nothing is guessed: what has no name here is shown as the platform calls it, and is
not compared. Several of a platform's names may be one thing here (a department has
many subsystems), so an answer always shows the platform's own names too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Names:
    """The ledger's names by the platform's.

    Attributes:
        subsystems: ``INSTANCE/CLASS/CODE[/SUBSYSTEM]`` → department id.
        services: ``<provider>/<service code>[/<version>]`` → ref of an item.
        grants: ``<client> > <service>``, or what a platform's counts call a grant →
            ref of a grant.
        passed_over: services that share no data: their calls are not compared.
    """

    subsystems: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    grants: Mapping[str, str] = field(default_factory=dict)
    passed_over: frozenset[str] = frozenset()


def relation(client: str, service: str) -> str:
    """Return how :attr:`Names.grants` calls the calls of *service* by *client*."""
    return f"{client} > {service}"
