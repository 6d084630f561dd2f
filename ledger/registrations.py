"""What the registrar can say of departments, posts, keys and peers, as kind, subject and members.

One place for all who say it: the command line, an import, the opening of a ledger.
Members that are not given are left out. Source: spec 9.1.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from crypto.keys import PublicKey
from crypto.notation import write_b64


class Registration(NamedTuple):
    """One thing to be registered.

    Args:
        kind: ``<noun>.<verb>`` of spec 9.1.
        subject: the chain that it is about.
        data: the type's own members.
    """

    kind: str
    subject: str
    data: dict[str, Any]


def registered(
    department: str,
    kind: str,
    name_zh: str,
    name_en: str | None = None,
    region: str | None = None,
    level: str | None = None,
) -> Registration:
    """A department."""
    data = {
        "department": department,
        "kind": kind,
        "level": level,
        "name": _given({"en": name_en, "zh": name_zh}),
        "region": region,
    }
    return Registration("department.registered", f"department/{department}", _given(data))


def peered(origin: str, policy: str | None) -> Registration:
    """Another ledger, and the policy by which its receipts are judged; None: none any more."""
    data = _given({"origin": origin, "policy": policy})
    return Registration("peer.registered", "department/registrar", data)


def appointed(
    official: str,
    department: str,
    appointment: str,
    post: str,
    tiers: Sequence[str],
    starts: str,
    **more: Any,
) -> Registration:
    """An official's post; *more*: ``acting``, ``duty``, ``ends``, ``unit``."""
    data = {
        "appointee": official,
        "appointment": appointment,
        "department": department,
        "post": post,
        "starts": starts,
        "tiers": list(tiers),
        **more,
    }
    return Registration("official.appointed", f"official/{official}", _given(data))


def released(official: str, department: str, appointment: str, ends: str) -> Registration:
    """The end of a post."""
    data = {
        "appointee": official,
        "appointment": appointment,
        "department": department,
        "ends": ends,
    }
    return Registration("official.released", f"official/{official}", data)


def enrolled(
    key: PublicKey, department: str, holder: str | None = None, expires: str | None = None
) -> Registration:
    """A key: an official's, or without *holder* a system's of the department."""
    data = {
        "department": department,
        "expires": expires,
        "holder": holder,
        "public_key": write_b64(key.spki),
    }
    return Registration("key.enrolled", _of(department, holder), _given(data))


def revoked(
    key_id: str, department: str, holder: str | None, reason: str, since: str | None = None
) -> Registration:
    """A key that cannot sign any more."""
    data = {
        "department": department,
        "holder": holder,
        "keyid": key_id,
        "reason": reason,
        "since": since,
    }
    return Registration("key.revoked", _of(department, holder), _given(data))


def _of(department: str, holder: str | None) -> str:
    """The chain that a key is about."""
    return f"department/{department}" if holder is None else f"official/{holder}"


def _given(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
