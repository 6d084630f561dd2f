"""What each role gets at each address: one table, asked before every answer.

An address that is not in the table answers nobody. What a word means for the
statements behind it is decided by the sight (``ledger.access.reader``).

Source: design, "Identity and roles", "HTTP API".
"""

from collections.abc import Mapping
from typing import Literal

from ledger.access.reader import PUBLIC, READERS
from ledger.events.speakers import INSPECTORS

# all: what everybody gets. header: headers alone. sight: the statements within the role's
# sight too. reasoned: the same, for a reason, and recorded. scope: only what follows from
# statements within the sight, all else as if it did not exist. aggregate: counts without a
# name, of all the ledger. registry, refused, self: the
# registry, the refused submissions, the reader's own session. none: nothing.
Word = Literal[
    "all",
    "header",
    "sight",
    "reasoned",
    "scope",
    "aggregate",
    "registry",
    "refused",
    "self",
    "none",
]
Right = Mapping[str, Word]


def _right(public: Word, signed_in: Word, **others: Word) -> Right:
    """Return what each role gets; *inspectors* stands for the three of them."""
    inspectors = others.pop("inspectors", signed_in)
    right: dict[str, Word] = {role: signed_in for role in READERS}
    right |= {role: inspectors for role in INSPECTORS}
    return right | {PUBLIC: public} | others


ANYBODY = _right("all", "all")
STATEMENTS = _right("header", "sight", inspectors="reasoned", ledger_operator="header")
DERIVED = _right("none", "scope", inspectors="reasoned", ledger_operator="none")
AGGREGATE = _right("none", "aggregate", ledger_operator="none")
REGISTRY = _right("none", "registry", ledger_operator="none")
# SPEC: design, roles: npc and cppcc read no officials.
OFFICIALS = _right("none", "registry", ledger_operator="none", npc="none", cppcc="none")
REFUSALS = _right("none", "none", inspectors="refused", sharing_authority="refused")
OWN_SESSION = _right("none", "self")

_THINGS = (
    "requests", "grants", "agreements", "deliveries", "uses", "corrections", "disputes", "items",
    "acts", "matters", "determinations",
)  # fmt: skip
_DERIVED = (
    "/entries?q=",
    "/chains/{kind}/{name}",
    *(f"/{things}" for things in _THINGS),
    *(f"/{things}/{{department}}/{{id}}" for things in _THINGS),
    "/grants/{department}/{id}/file",
    "/acts/{department}/{id}/responsibility",
    "/items/{department}/{id}/impact",
    "/findings",
    "/findings/{department}/{id}",
    "/obligations",
    "/obligations/{department}/{id}",
    "/departments/{id}/obligations",
    "/evidence",
)
_PUBLIC = (
    "POST /api/v1/statements",
    "POST /api/v1/statements/batch",
    "GET /api/v1/entries/{index}/proof",
    "GET /api/v1/statements/{digest}/removal",
    "POST /api/v1/answers",
    "POST /api/v1/sessions/challenge",
    "POST /api/v1/sessions",
    "GET /api/v1/proofs/consistency",
    "GET /log/checkpoint",
    "GET /log/tile/{path}",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /",
    "GET /answers",
    "POST /answers",
    "GET /api/openapi.json",
    "GET /api/docs",
    "GET /api/docs/{name}",
    "GET /api/problems",
    "GET /api/problems/{code}",
    "GET /static/{name}",
)

RIGHTS: Mapping[str, Right] = {
    **dict.fromkeys(_PUBLIC, ANYBODY),
    "GET /api/v1/entries": STATEMENTS,
    "GET /api/v1/entries/{index}": STATEMENTS,
    "GET /api/v1/statements/{digest}": STATEMENTS,
    **{f"GET /api/v1{path}": DERIVED for path in _DERIVED},
    "GET /api/v1/reports/{period}": AGGREGATE,
    "GET /api/v1/departments": REGISTRY,
    "GET /api/v1/departments/{id}": REGISTRY,
    "GET /api/v1/officials": OFFICIALS,
    "GET /api/v1/officials/{id}": OFFICIALS,
    "GET /api/v1/keys": OFFICIALS,
    "GET /api/v1/keys/{id}": OFFICIALS,
    "GET /api/v1/refusals": REFUSALS,
    "GET /api/v1/sessions/current": OWN_SESSION,
    "DELETE /api/v1/sessions/current": OWN_SESSION,
}

NOBODY = _right("none", "none")


def right_to(route: str) -> Right:
    """Return what each role gets at *route*, such as ``GET /api/v1/entries/{index}``."""
    return RIGHTS.get(route, NOBODY)
