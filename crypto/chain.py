"""Decide which chains an entry continues, and under which ids they are public.

A name says what is concerned; its id hides that behind a salt, so that headers
disclose nothing to those who were not given the name and the salt. Nothing here
knows where a chain stands: that is the ledger's.

Sizes: the secret is 32 bytes, a salt 16, an id 32.

Source: spec 4.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

SALT_SIZE = 16

REGISTRY_TYPES = frozenset(
    {
        "zelian.ledger.opened.v1",
        "zelian.department.registered.v1",
        "zelian.official.appointed.v1",
        "zelian.official.released.v1",
        "zelian.key.enrolled.v1",
        "zelian.key.revoked.v1",
        "zelian.peer.registered.v1",
    }
)

_CHAINED_REFS = ("act", "grant", "item")
_SOURCE = "/departments/"


def chain_names(event: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the chains that *event* joins, sorted, none twice.

    Args:
        event: one that :func:`crypto.statement.read_statement` read, at least.
    """
    data: Mapping[str, Any] = event["data"]
    refs: Mapping[str, Any] = data["refs"]
    names = ["department/" + event["source"].removeprefix(_SOURCE)]
    names += [f"{kind}/{refs[kind]}" for kind in _CHAINED_REFS if kind in refs]
    if "official" in event:
        names.append(f"official/{event['official']}")
    if event["type"] in REGISTRY_TYPES:
        names = list({*names, *_registry_names(data)})
    return tuple(sorted(names))


def salt_of(secret: bytes, name: str) -> bytes:
    """Return the salt of the chain *name*, 16 bytes, under the ledger's *secret* (32 bytes)."""
    return hmac.digest(secret, name.encode(), "sha256")[:SALT_SIZE]


def chain_id(salt: bytes, name: str) -> bytes:
    """Return the public id, 32 bytes, of the chain *name* under its *salt* (16 bytes)."""
    return hashlib.sha256(b"zelian/chain/v1\n" + salt + name.encode()).digest()


def commitment(secret: bytes) -> str:
    """Return entry 0's ``chain_commitment``, 64 hex digits, to the ledger's *secret*."""
    return hashlib.sha256(b"zelian/chain-secret/v1\n" + secret).hexdigest()


def _registry_names(data: Mapping[str, Any]) -> set[str]:
    """Return the chains of what a registry event names in its data."""
    names = set()
    if "department" in data:
        names |= {f"registry/{data['department']}", f"department/{data['department']}"}
    for member in ("appointee", "holder"):
        if member in data:
            names.add(f"official/{data[member]}")
    return names
