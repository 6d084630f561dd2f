"""Whether a sight opens a chain as a whole, from its name alone.

A chain is shown whole or not at all: one with holes would tell of what lies in
them, and one that closes when something joins it would tell of that. So the right to
it comes from whose it is, never from some statement on it: a thing's chain is opened
by its owner and by a scope over the thing, a department's by that department, an
official's by every department that he has had a post in. An area opens none: what is
in the making about persons has no area, and may join any of its chains.

Source: spec 4 (naming a thing gives no right to read its chain).
"""

from ledger.access.sight import Sight
from ledger.access.terms import SIGNED_IN, owner_of
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
        return name in sight.any_of or _opens(sight, owner_of(rest))
    if kind == "department":
        return _opens(sight, rest)
    if kind == "registry":
        return SIGNED_IN in sight.any_of
    departments = registry.departments_of(rest, at)
    return bool(departments) and all(_opens(sight, one) for one in departments)


def sees_all_of(sight: Sight, name: str) -> bool:
    """Whether whatever may join the chain *name* is in the sight, so that none need be looked at.

    What joins a thing's chain names the thing among its refs; what joins a department's it says
    itself, or the registrar says of it: all have the terms (``ledger.access.terms``).
    """
    kind, _, rest = name.partition("/")
    if sight.any_of is None or sight.none_of:
        return False
    if kind in THINGS:
        return name in sight.any_of or _opens(sight, owner_of(rest))
    return kind == "department" and _opens(sight, rest)


def _opens(sight: Sight, department: str) -> bool:
    """Whether all that a department may read is in the sight."""
    return sight.any_of is not None and f"reader/{department}" in sight.any_of
