"""What is recorded of an inspector's reading, in clear or under a seal.

An authorisation may ask for sealed reading: then only the approval and a
commitment are logged, and whom the reading was about is told when it is unsealed.
Everything here is computed; salts, ids and times come in as arguments.

Source: spec 9; ``ledger.events.records`` for the commitment.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from crypto.canonical import write_canonical
from ledger.access.reader import Reader
from ledger.access.scopes import Scope

SEALED = "zelian.access.sealed.v1"
SEAL = b"zelian/seal/v1\n"
SALT_SIZE = 32
BUNDLE_MADE = "zelian.bundle.made.v1"
MAX_NAMED = 64  # departments that one entry can name


@dataclass(frozen=True, slots=True)
class Given:
    """One statement that was shown: who said it, what it names, its terms."""

    department: str
    refs: Mapping[str, str]
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asked for, and why.

    Attributes:
        query, what: words of the event's declaration.
        reason: one of its reasons.
        refs: the thing that was asked for by its name, if any.
        as_of: tree size of the answer.
    """

    query: str
    what: str
    reason: str
    as_of: int
    refs: Mapping[str, str]


def relied_on(reader: Reader, given: Sequence[Given]) -> Scope | None:
    """Return the scope that opened any of what was shown; a sealed one before any other.

    Where nothing was shown, a sealed scope still keeps secret what was looked for.
    """
    live = sorted(reader.scopes, key=lambda scope: not scope.sealed)
    if not given:
        return next((scope for scope in live if scope.sealed), None)
    return next((scope for scope in live if _opened_any(scope, given)), None)


def _opened_any(scope: Scope, given: Iterable[Given]) -> bool:
    return scope.opens is None or any(scope.opens & one.terms for one in given)


def clear(
    reader: Reader, session_sha256: bytes, asked: Asked, given: Sequence[Given]
) -> dict[str, Any]:
    """Return the members ``reading`` and ``refs`` that tell one request."""
    scope = relied_on(reader, given)
    reading: dict[str, Any] = {
        "as_of": asked.as_of,
        "entries": len(given),
        "query": asked.query,
        "reader": reader.department,
        "reason": asked.reason,
        "result": "given",
        "session_sha256": session_sha256.hex(),
        "what": asked.what,
    }
    if reader.official is not None:
        reading["official"] = reader.official
    if scope is not None:
        reading |= {"scope": scope.digest, "document": scope.document}
    reading |= _concerned({one.department for one in given})
    refs = dict(given[0].refs) if len(given) == 1 else dict(asked.refs)
    return {"reading": reading, "refs": refs}


@dataclass(frozen=True, slots=True)
class Bundled:
    """An evidence bundle that was made: hashes in hex, the tree size, entries with a statement."""

    question_sha256: str
    bundle_sha256: str
    as_of: int
    entries: int


def making(
    reader: Reader,
    session_sha256: bytes,
    bundled: Bundled,
    reason: str,
    refs: Mapping[str, str],
    given: Sequence[Given],
) -> dict[str, Any]:
    """Return the members ``made`` and ``refs`` that tell the making of one bundle.

    Args:
        refs: the thing that was asked for by its name, if any.
        given: the statements in the bundle.
    """
    scope = relied_on(reader, given)
    made: dict[str, Any] = {
        "as_of": bundled.as_of,
        "bundle_sha256": bundled.bundle_sha256,
        "entries": bundled.entries,
        "question_sha256": bundled.question_sha256,
        "reader": reader.department,
        "reason": reason,
        "session_sha256": session_sha256.hex(),
    }
    if reader.official is not None:
        made["official"] = reader.official
    if scope is not None:
        made |= {"scope": scope.digest, "document": scope.document}
    return {"made": made, "refs": dict(refs)}


def _concerned(departments: set[str]) -> dict[str, Any]:
    """Name whose statements were read, so that they see that they were."""
    named = sorted(departments)[:MAX_NAMED]
    if len(named) == 1:
        return {"of_department": named[0]}
    return {"of_departments": named} if named else {}


def commitment(salt: bytes, members: Mapping[str, Any]) -> str:
    """Return what a seal commits to: *members* are ``refs`` and ``reading`` or ``made``."""
    return sha256(SEAL + salt + write_canonical(dict(members))).hexdigest()


def event(
    kind: str, data: Mapping[str, Any], *, origin: str, source: str, id_: str, time: str
) -> dict[str, Any]:
    """Return an event of the service's own; *kind* is ``access.recorded`` or its like."""
    return {
        "data": {"parents": [], "refs": {}, **data},
        "datacontenttype": "application/json",
        "id": id_,
        "ledger": origin,
        "source": f"/departments/{source}",
        "specversion": "1.0",
        "subject": f"department/{source}",
        "time": time,
        "type": f"zelian.{kind}.v1",
    }
