"""What an authorisation opens to the body that it names, and until when.

A scope is a statement like any other: logged, signed, chained. It opens nothing
where the body gave it to itself, or where the granter had no role to give one when
it was said. That it was said is recorded all the same: record, don't gate.

Units: ``starts`` and ``expires`` are T's; a scope is live for starts <= T < expires.

Source: design, "Identity and roles"; spec 9.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.access.speak import role_of
from ledger.events.speakers import AUTHORITY, INSPECTORS
from ledger.registry.state import Registry

GRANTED = "zelian.scope.granted.v1"
GRANTERS = AUTHORITY | INSPECTORS


@dataclass(frozen=True, slots=True)
class Scope:
    """One authorisation that has effect.

    Attributes:
        digest: of the statement that grants it, hex.
        officials: who of the body may use it; empty: all of it.
        opens: the terms that it adds to a sight; None: every statement.
        sealed: readings under it are recorded sealed.
    """

    digest: str
    granter: str
    body: str
    officials: frozenset[str]
    opens: frozenset[str] | None
    sealed: bool
    document: str
    starts: str
    expires: str

    def is_live(self, official: str | None, now: str) -> bool:
        """Whether *official*, or the body's system (None), may use it at the T *now*."""
        named = not self.officials or official in self.officials
        return named and self.starts <= now < self.expires


def fold(
    granted: Iterable[tuple[int, str, Mapping[str, Any]]], registry: Registry
) -> tuple[Scope, ...]:
    """Return the scopes that have effect, in order.

    Args:
        granted: index, statement digest and event of each ``scope.granted``, in order.
        registry: folded at least as far.
    """
    found = (_scope(event, digest, registry, index) for index, digest, event in granted)
    return tuple(scope for scope in found if scope is not None)


def _scope(event: Mapping[str, Any], digest: str, registry: Registry, at: int) -> Scope | None:
    """Return what one statement grants, or None where it has no effect."""
    data = event["data"]
    granter: str = event["source"].removeprefix("/departments/")
    if granter == data["body"] or role_of(granter, registry, at) not in GRANTERS:
        return None
    return Scope(
        digest=digest,
        granter=granter,
        body=data["body"],
        officials=frozenset(data.get("officials", ())),
        opens=_opened(data["over"]),
        sealed=data.get("sealed_reading", False),
        document=data["document"],
        starts=data["starts"],
        expires=data["expires"],
    )


def _opened(over: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the terms that stand on what a scope is over."""
    if over.get("whole_ledger"):
        return None
    terms = [
        *(f"reader/{department}" for department in over.get("departments", ())),
        *(f"item/{item}" for item in over.get("items", ())),
        *(f"matter/{matter}" for matter in over.get("matters", ())),
    ]
    if "region" in over:
        terms.append(f"area/{over['region']}")
    return frozenset(terms)
