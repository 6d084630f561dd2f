"""Whether a sight opens a chain as a whole, from its name alone.

A chain is shown whole or not at all: one with holes would tell of what lies in
them. So the right to it comes from whose it is, never from some statement on it: a
thing's chain is opened by its owner and by a scope over the thing, a department's
by that department, an official's by every department that he has had a post in.

Source: spec 4 (naming a thing gives no right to read its chain).
"""

from collections.abc import Iterator

from ledger.access.sight import Sight
from ledger.access.terms import SIGNED_IN, areas_of, owner_of
from ledger.registry.state import Registry

THINGS = ("act", "grant", "item")
KINDS = (*THINGS, "department", "official", "registry")


def opens_chain(sight: Sight, name: str, registry: Registry, at: int) -> bool:
    """Whether the chain *name* may be asked for; what is on it is looked at beside this.

    Args:
        name: ``<kind>/<name>`` as in spec 4.
        at: the registry's state that counts.
    """
    kind, _, rest = name.partition("/")
    if sight.any_of is None:
        return True
    if kind in THINGS:
        return name in sight.any_of or _opens(sight, owner_of(rest), registry, at)
    if kind == "department":
        return _opens(sight, rest, registry, at)
    if kind == "registry":
        return SIGNED_IN in sight.any_of
    departments = registry.departments_of(rest, at)
    return bool(departments) and all(_opens(sight, one, registry, at) for one in departments)


def _opens(sight: Sight, department: str, registry: Registry, at: int) -> bool:
    """Whether all statements of a department's are in the sight."""
    opened = sight.any_of or frozenset()
    return not opened.isdisjoint(_terms(department, registry, at))


def _terms(department: str, registry: Registry, at: int) -> Iterator[str]:
    yield f"reader/{department}"
    yield from areas_of(department, registry, at)
