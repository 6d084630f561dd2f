"""Who reads, and which statements that opens to him: a table of roles and terms.

A reader is judged anew at every request: by his key, his department and his posts
as the registry has them then, and by the scopes that are live then. The registry
is asked; nothing else is touched.

Source: design, "Identity and roles"; spec 3, 8.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ledger.access.inherited import NOTHING_INHERITED, Inherited
from ledger.access.scopes import Scope
from ledger.access.sight import EVERYTHING, NOTHING, Sight
from ledger.access.speak import role_of
from ledger.access.terms import CATALOGUE
from ledger.events.speakers import INSPECTORS, REGISTRAR, ROLES
from ledger.registry.state import Registry

PUBLIC = "public"  # who has not signed in
READERS = (PUBLIC, *ROLES)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who signed in. ``official`` is None for a system, and for the registrar.

    ``scopes`` are those that he may use now; ``inherited``: whom his department reads for.
    """

    department: str
    role: str
    official: str | None
    key_id: str
    scopes: tuple[Scope, ...] = ()
    inherited: Inherited = NOTHING_INHERITED

    @property
    def inspects(self) -> bool:
        """Whether he reads for a reason, and his readings are recorded."""
        return self.role in INSPECTORS

    @property
    def sees_all(self) -> bool:
        """Whether an authorisation opens the whole ledger to him."""
        return "scope" in SIGHTS[self.role] and any(scope.opens is None for scope in self.scopes)


def reader_of(key_id: str, registry: Registry, now: str) -> Reader | None:
    """Return whom a key speaks for at the T *now*, or None where it speaks for nobody any more.

    It must be live: enrolled, not revoked, not expired; and whom it is held by, in post.
    """
    key = registry.key(key_id)
    if key is None or not key.is_live(now):
        return None
    if key.holder is not None and not registry.posts_held(key.department, key.holder, None, now):
        return None
    role = role_of(key.department, registry, registry.size)
    return None if role is None else Reader(key.department, role, key.holder, key_id)


# The words of the table, and the terms that each puts into a sight.


def _said(reader: Reader, _registry: Registry) -> set[str]:
    return {f"department/{reader.department}"}


def _party(reader: Reader, _registry: Registry) -> set[str]:
    return {f"reader/{reader.department}"}


def _inherited(reader: Reader, _registry: Registry) -> set[str]:
    return set(reader.inherited.terms)


def _catalogue(_reader: Reader, _registry: Registry) -> set[str]:
    return {CATALOGUE}


def _registrations(_reader: Reader, _registry: Registry) -> set[str]:
    return {"reader/*"}


def _area(reader: Reader, registry: Registry) -> set[str]:
    """The division that the department stands for, at its level; none where none is registered."""
    department = registry.department(reader.department)
    if department is None:
        return set()
    if department.level == "national":
        return {f"area/{province}0000" for province in _PROVINCES}
    if department.region is None:
        return set()
    digits = _DIGITS.get(department.level, 6)
    return {f"area/{department.region[:digits]:0<6}"}


def _bodies(_reader: Reader, _registry: Registry) -> set[str]:
    return {"family/bodies"}


def _appraisal(_reader: Reader, _registry: Registry) -> set[str]:
    return {"family/appraisal"}


def _scope(reader: Reader, _registry: Registry) -> set[str]:
    return {term for scope in reader.scopes for term in scope.opens or ()}


# How many digits of a division code name the division itself.
_DIGITS: Mapping[str | None, int] = {"province": 2, "city": 4}
_PROVINCES = range(11, 83)  # GB/T 2260; some of these numbers are nobody's

TERMS: Mapping[str, Callable[[Reader, Registry], set[str]]] = {
    "said": _said,
    "party": _party,
    "inherited": _inherited,
    "catalogue": _catalogue,
    "registry": _registrations,
    "area": _area,
    "bodies": _bodies,
    "appraisal": _appraisal,
    "scope": _scope,
}

_PARTY = ("party", "inherited", "registry")
_SHARING = ("party", "inherited", "registry", "catalogue")  # bodies that share, ask and use
_INSPECTOR = (*_SHARING, "scope")

# Which words open statements to a role; one that is not here sees none.
SIGHTS: Mapping[str, tuple[str, ...]] = {
    PUBLIC: (),
    REGISTRAR: ("registry",),
    "department": _SHARING,
    "social": _PARTY,
    "court": _SHARING,
    "cyberspace": _SHARING,
    "secrecy": _SHARING,
    "people_government": _SHARING,
    "sharing_authority": (*_SHARING, "area"),
    "audit": _INSPECTOR,
    "supervisory": _INSPECTOR,
    "procuratorate": _INSPECTOR,
    "staffing_office": (*_SHARING, "bodies", "appraisal"),
    "npc": ("said",),
    "cppcc": ("said",),
    "platform_operator": ("said", "registry"),
    "ledger_operator": (),
}


def sight_of(reader: Reader | None, registry: Registry) -> Sight:
    """Return which statements *reader* sees; None: who has not signed in."""
    if reader is None:
        return NOTHING
    if reader.sees_all:
        return EVERYTHING
    words = SIGHTS[reader.role]
    return Sight(frozenset().union(*(TERMS[word](reader, registry) for word in words)))


def as_party(sight: Sight) -> Sight:
    """Return a sight without what it has only because the catalogue is made known to all.

    What the rules found of an item, what is owed for it and whether it was ever shared
    does not go with the notice.
    """
    if sight.any_of is None:
        return sight
    return Sight(sight.any_of - {CATALOGUE}, sight.none_of)
