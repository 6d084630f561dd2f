"""Which terms a statement has: one vocabulary for search and for sight.

A term is ``kind/value``. Terms for search say what a statement is and names:
``type/…``, ``family/…``, ``department/…`` (its source), ``official/…``, ``voice/…``,
``purpose/…``, ``subject/…``, ``claim/…``, and ``item/…``, ``act/…`` and so on for each ref, also
for those inside the members that its type declares. Terms for sight say who may
read it: ``reader/<department>``, and ``area/<division code>`` for where those
departments stood when it was recorded. What the registrar says of the registry is
read by everybody signed in: ``reader/*``. What tells the function that it is of has
``function/<department>/<matter code>`` for each who may read it, so that whoever goes
on with that function reads it in his place. What the catalogue has of an item has
``catalogue/*``, which opens it to every department, and ``catalogue/<item>``. A correction
and a countersigning have ``of/<digest>`` of each statement that they are of.

Who may read follows from the statement and the registry alone, so naming another's
thing opens the statement to that other, and nothing of his to whoever named it.

Source: spec 4 and 9; design, "Identity and roles".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from ledger.access.inherited import function_term
from ledger.access.speak import signed_or_attested
from ledger.events.declare import REF_NAMES
from ledger.events.fields import DepartmentId, Kind, ListOf, Object, Ref
from ledger.events.types import EVENT_TYPES
from ledger.registry.state import Registry

Path = tuple[str, ...]

SIGNED_IN = "reader/*"
CATALOGUE = "catalogue/*"
VOICES = ("voice/attested", "voice/signed", "voice/system")
REGISTRY_FAMILY = "registry"

_SOURCE = "/departments/"
_PURPOSES = ("purpose_code", "purpose_codes")
_SUBJECT = "subject_ref"
_CLAIM = "claim_code_sha256"
_TARGETS = {"statement.corrected": "target", "statement.countersigned": "parents"}
_FUNCTIONS = ("matter_code", "matter_codes")

# SPEC: design, roles: who reads for an area does not read determinations of persons in the
# making, but for those in which his own department takes part.
IN_THE_MAKING = frozenset(
    {"determination.proposed", "hearing.held", "inquiry.opened", "inquiry.closed"}
)

# SPEC: decree 809, article 16: the catalogue is made known to all departments. Who else named
# an item in a statement of these types chose to be read.
NOTIFIED = frozenset({"item.published", "item.amended", "item.withdrawn", "item.reviewed"})

# What a member that holds a ref refers to, where its name is not that of a kind of ref.
_KINDS = {
    "affected_acts": "act",
    "affected_deliveries": "delivery",
    "deliveries": "delivery",
    "findings": "finding",
    "grants": "grant",
    "items": "item",
    "matters": "matter",
    "personal_information": "assessment",
    "related_items": "item",
    "secrecy": "assessment",
    "secrecy_review": "assessment",
    "sources": "item",
}
# A thing of the same kind as what the statement is about: an item's, a grant's, an agreement's.
_ALIKE = ("copied_from", "superseded_by")


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where one type keeps what terms are made of; paths lie in ``data``."""

    constant: tuple[str, ...]
    texts: tuple[tuple[str, Path], ...]  # refs, purposes, subjects, claims: (kind of term, where)
    departments: tuple[Path, ...]  # parties by their id
    owners: tuple[Path, ...]  # parties by a thing of theirs
    functions: tuple[Path, ...]  # the statement's own matter codes
    in_the_making: bool
    notified: bool


def terms_of(event: Mapping[str, Any], registry: Registry, at: int) -> frozenset[str]:
    """Return the terms of the statement *event*, recorded as entry *at*.

    Args:
        event: one that was admitted.
        registry: folded up to *at* or further.
        at: index of its entry; departments count as registered before it.

    Raises:
        LookupError: the registry does not reach the entry, so its key is unknown.
    """
    plan = _plan_of(event["type"])
    voice = signed_or_attested(event, registry)
    found = {*plan.constant, f"voice/{voice}"}
    found.update(_named(event, plan))
    functions = {code for path in plan.functions for code in _values(event["data"], path)}
    readers = _readers(event, plan)
    if voice == "attested" and not registry.posts(source_of(event), event["official"], at):
        # What is said in somebody's name elsewhere stands on his chain: his department reads it.
        readers.update(registry.departments_of(event["official"], at))
    for department in readers:
        found.add(f"reader/{department}")
        found.update([function_term(department, code) for code in functions])
        if not plan.in_the_making:
            found.update(areas_of(department, registry, at))
    if plan.notified:
        found.update((CATALOGUE, catalogue_term(event["data"]["refs"]["item"])))
    return frozenset(found)


def catalogue_term(item: str) -> str:
    """Return the term of what the catalogue has of an item, by its ref."""
    return f"catalogue/{item}"


def opening(terms: Iterable[str]) -> frozenset[str]:
    """Return those of a statement's *terms* by which sights of parties, areas and scopes open it.

    What else a sight may hold opens few things as a whole.
    """
    return frozenset([term for term in terms if term.startswith(_OPENING)])


_OPENING = ("reader/", "area/", "item/", "matter/")


def areas_of(department: str, registry: Registry, at: int) -> tuple[str, ...]:
    """Return the area terms of a department: its division code's, its city's, its province's."""
    known = registry.department(department, at)
    return () if known is None or known.region is None else _areas(known.region)


@lru_cache(maxsize=4096)  # a province has fewer divisions
def _areas(code: str) -> tuple[str, ...]:
    return f"area/{code}", f"area/{code[:4]}00", f"area/{code[:2]}0000"


def claim_term(claim: str) -> str:
    """Return the term of what a claim code opens; *claim* is the code's SHA-256, hex."""
    return f"claim/{claim}"


def of_term(digest: str) -> str:
    """Return the term of what corrects or countersigns the statement of a digest, hex."""
    return f"of/{digest}"


def source_of(event: Mapping[str, Any]) -> str:
    """Return the id of the department that speaks."""
    source: str = event["source"]
    return source.removeprefix(_SOURCE)


def owner_of(ref: str) -> str:
    """Return the department that a ref says it is of."""
    return ref.partition("/")[0]


def _named(event: Mapping[str, Any], plan: _Plan) -> Iterator[str]:
    data = event["data"]
    yield f"department/{source_of(event)}"
    if "official" in event:
        yield f"official/{event['official']}"
    for kind, ref in data["refs"].items():
        yield f"{kind}/{ref}"
    for kind, path in plan.texts:
        for value in _values(data, path):
            yield f"{kind}/{value}"


def _readers(event: Mapping[str, Any], plan: _Plan) -> set[str]:
    """Return the departments that may read *event*: its source and its parties."""
    data = event["data"]
    found = {source_of(event), *map(owner_of, data["refs"].values())}
    if "on_behalf_of" in data:
        found.add(data["on_behalf_of"])
    for path in plan.departments:
        found.update(_values(data, path))
    for path in plan.owners:
        found.update(map(owner_of, _values(data, path)))
    return found


def _values(data: Mapping[str, Any], path: Path) -> Sequence[str]:
    """Return the texts at *path*; a list on the way stands for each of its values."""
    found: list[Any] = [data]
    for name in path:
        found = [one[name] for one in found if name in one]
        if not found:
            return ()
        while any(type(one) is list for one in found):
            found = [one for some in found for one in (some if type(some) is list else [some])]
    return found


@cache
def _plan_of(name: str) -> _Plan:
    kind = EVENT_TYPES[name]
    leaves = [leaf for leaf in _leaves(kind.data) if leaf[0][0] != "refs"]
    parties = [(path, leaf) for path, leaf in leaves if ".".join(path) in kind.parties]
    noun = name.split(".")[1]
    return _Plan(
        (
            f"type/{short_of(name)}",
            f"family/{kind.family}",
            *([SIGNED_IN] if kind.family == REGISTRY_FAMILY else []),
        ),
        (
            *((_ref_kind(path, noun), path) for path, leaf in leaves if isinstance(leaf, Ref)),
            *(("purpose", path) for path, _ in leaves if path[-1] in _PURPOSES),
            *(("subject", path) for path, _ in leaves if path[-1] == _SUBJECT),
            *(("claim", path) for path, _ in leaves if path[-1] == _CLAIM),
            *(("of", path) for path, _ in leaves if path == (_TARGETS.get(short_of(name)),)),
        ),
        tuple(path for path, leaf in parties if isinstance(leaf, DepartmentId)),
        tuple(path for path, leaf in parties if isinstance(leaf, Ref)),
        tuple(path for path, _ in leaves if len(path) == 1 and path[0] in _FUNCTIONS),
        short_of(name) in IN_THE_MAKING,
        short_of(name) in NOTIFIED,
    )


@lru_cache(maxsize=1024)  # names come from anywhere; those of the closed list are 116
def short_of(name: str) -> str:
    """Return ``use.recorded`` of ``zelian.use.recorded.v1``."""
    return name.removeprefix("zelian.").removesuffix(".v1")


def _leaves(kind: Kind, path: Path = ()) -> Iterator[tuple[Path, Kind]]:
    if isinstance(kind, ListOf):
        yield from _leaves(kind.item, path)
    elif isinstance(kind, Object):
        for name, member in kind.members.items():
            yield from _leaves(member, (*path, name))
    else:
        yield path, kind


def _ref_kind(path: Sequence[str], noun: str) -> str:
    """Return the kind of thing that the ref at *path* names; *noun* is of the event's type."""
    name = path[-1]
    if name in _ALIKE:
        return noun
    kind = _KINDS.get(name, name)
    if kind not in REF_NAMES:  # a test asks for every type, so none is ever logged so
        raise LookupError(f"{'.'.join(path)}: of what kind is this ref?")
    return kind
