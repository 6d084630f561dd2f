"""What follows from an impact, as events to sign: the provider tells, each department looks anew.

    prepared(found) -> [(name, event)]

Nothing is said by this: an event is a draft until somebody signs it. What only its signer knows
has the word that claims least, ``suspected`` and ``pending``, and is his to change.

Source: decree 809, article 26.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.access.terms import owner_of

Members = Mapping[str, Any]
Event = dict[str, Any]


def prepared(found: Members) -> list[tuple[str, Event]]:
    """Return a notice to those who were not told, and a re-examination of each act that waits.

    Args:
        found: the members that ``impact`` returned.
    """
    return [*_notices(found), *_examinations(found)]


def _notices(found: Members) -> Iterator[tuple[str, Event]]:
    asked = found["asked"]
    untold = sorted({one["department"] for one in found["untold"]})
    if not untold:
        return
    data: dict[str, Any] = {"consumers": untold, "kind": "suspected"}
    if "version" in asked:
        data["affected_versions"] = [asked["version"]]
    if "delivery" in asked:
        data["affected_deliveries"] = [asked["delivery"]]
    item = asked["item"]
    yield "notice", _event("notice.issued", owner_of(item), f"item/{item}", {"item": item}, data)


def _examinations(found: Members) -> Iterator[tuple[str, Event]]:
    seen: set[str] = set()
    for use in found["uses"]:
        for act in use["acts"]:
            if act["ref"] in seen or "decided" not in act or "examined_anew" in act:
                continue
            seen.add(act["ref"])
            data = {"cause": "notice", "outcome": "pending", "reliance": use["grade"]}
            refs = {"act": act["ref"], "item": found["asked"]["item"], "use": use["ref"]}
            speaker = owner_of(act["ref"])
            event = _event("act.reexamined", speaker, f"act/{act['ref']}", refs, data)
            yield f"reexamine-{len(seen)}", event


def _event(
    kind: str, source: str, subject: str, refs: dict[str, str], data: dict[str, Any]
) -> Event:
    return {
        "data": {"parents": [], "refs": refs, **data},
        "source": f"/departments/{source}",
        "subject": subject,
        "type": f"zelian.{kind}.v1",
    }
