"""Two hands: who had to agree to a statement besides its speaker, and who did.

Each hand is shown as there, by the entry that shows it, or as missing; none is
refused for want of one. An official agrees by a statement of his own, which names
the first among its parents; one that objects is kept, and is no agreement.

Source: decree 809, articles 20 and 21 (consent of the head of the office).
"""

from typing import Any

from ledger.sharing.machine import Body, Said

HEAD = "office_head"


def hand(said: Said, department: str) -> Body:
    """Return the hand of *department*'s office head over the statement *said*, as it speaks."""
    return {
        "department": department,
        "tier": HEAD,
        "digest": said.digest,
        "index": said.index if _is_head(said) and department in said.stands_for else None,
    }


def party(said: Said, department: str) -> Body:
    """Return the hand of *department* as a party to the statement *said*, as it speaks."""
    return {
        "department": department,
        "tier": None,
        "digest": said.digest,
        "index": said.index if department in said.stands_for else None,
    }


def countersign(body: Body, said: Said) -> str | None:
    """Take a countersigning in: what it agrees to gets its hand, what it objects to is kept."""
    if said.data["decision"] == "object":
        dissent = {"index": said.index, "department": said.source, "tier": said.event.get("tier")}
        body.setdefault("dissents", []).append(dissent)
        return None
    for one in body.get("hands", {}).values():
        if one["index"] is None and _gives(said, one):
            one["index"] = said.index
    return None


def missing(body: Body) -> tuple[str, ...]:
    """Return which hands nobody has shown yet."""
    hands = body.get("hands", {})
    return tuple(sorted(name for name, one in hands.items() if one["index"] is None))


def _gives(said: Said, one: dict[str, Any]) -> bool:
    ranks = one["tier"] is None or _is_head(said)
    return ranks and one["department"] in said.stands_for and one["digest"] in said.data["parents"]


def _is_head(said: Said) -> bool:
    return said.event.get("tier") == HEAD
