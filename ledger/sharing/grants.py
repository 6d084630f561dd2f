"""A grant: papers, first delivery, changes, suspension, its end, and what becomes of the data.

What it says of its scope is kept whole, version by version. That its time is over
nobody says: it follows from the scope, or from the sunset of an emergency, at
whatever time one asks. Once it has ended, what the provider asks to be disposed of
closes it, and the time for which its records are kept starts.

Source: decree 809, articles 20, 22, 25, 27 and 29.
"""

from typing import Any

from ledger.sharing.hands import countersign, hand
from ledger.sharing.machine import (
    AUTHORITIES,
    PARTIES,
    Act,
    Body,
    Machine,
    Said,
    counterparty,
    owner,
    states,
)

_WAITING = states("approved", "ready")
_LIVE = _WAITING | {"active"}
_HELD = _LIVE | {"suspended"}
_ENDED = states("terminated", "ended", "superseded", "expired", "closing")
# Papers that make a grant ready; a missing one is shown, and stops nothing.
_PAPERS = ("agreement", "assessment")
_TERMS = (
    "consumer", "scope", "conditions", "schedule", "item_version", "feedback_days", "officials",
    "systems", "matter_codes",
)  # fmt: skip
# Why a grant ends that has run its course; whatever else ends one breaks it off.
_COURSE = frozenset(
    {"purpose_achieved", "purpose_impossible", "not_needed", "asked_by_consumer", "item_withdrawn"}
)


def _open(said: Said) -> Body:
    data = said.data
    emergency = data.get("emergency")
    body: Body = {
        "state": "active" if emergency else "approved",
        "counterparty": data["consumer"],
        "item": said.refs["item"],
        "request": said.refs.get("request"),
        "emergency": emergency,
        "versions": [],
        "papers": dict.fromkeys(_PAPERS),
        "sent": {},
        "suspensions": [],
        "disposals": {},
        "deliveries": 0,
        "uses": 0,
        "hands": {"provider_office_head": hand(said, said.source)},
    }
    _add_version(body, said, said.recorded_at)
    _add_papers(body, said)
    return body


def _add_version(body: Body, said: Said, effective: str) -> None:
    terms = {name: said.data[name] for name in _TERMS if name in said.data}
    number = len(body["versions"]) + 1
    body["versions"].append(
        {"version": number, "index": said.index, "effective": effective, **terms}
    )
    body["due"] = _until(body)


def _until(body: Body) -> str:
    """Return until when it holds: the scope's end, or an earlier sunset."""
    scope_ends: str = body["versions"][-1]["scope"]["to"]
    emergency = body["emergency"]
    return scope_ends if emergency is None else min(scope_ends, emergency.get("sunset", scope_ends))


def _add_papers(body: Body, said: Said) -> str | None:
    for name in _PAPERS:
        body["papers"][name] = body["papers"][name] or said.refs.get(name)
    if body["state"] == "approved" and None not in body["papers"].values():
        body["state"] = "ready"
    return None


def _send(body: Body, said: Said) -> str | None:
    body["deliveries"] += 1
    if body["state"] in _WAITING:
        body["sent"][said.refs["delivery"]] = said.data.get("content_sha256")
    return None


def _receive(body: Body, said: Said) -> str | None:
    """The first delivery that arrived as it was sent makes the grant active."""
    if body["state"] not in _WAITING:
        return None
    delivery, arrived = said.refs["delivery"], said.data.get("content_sha256")
    if delivery not in body["sent"]:
        return "nothing_sent"
    sent = body["sent"][delivery]
    if sent is not None and arrived is not None and sent != arrived:
        return "hash_differs"
    if said.data["result"] != "rejected":
        body["state"], body["sent"], body["active_since"] = "active", {}, said.index
    return None


def _use(body: Body, _said: Said) -> str | None:
    body["uses"] += 1
    return None


def _amend(body: Body, said: Said) -> str | None:
    _add_version(body, said, said.data["effective"])
    body["counterparty"] = said.data["consumer"]
    return _add_papers(body, said)


def _review(body: Body, said: Said) -> str | None:
    data = said.data
    body["reviewed"] = {"index": said.index, "kind": data["kind"], "outcome": data["outcome"]}
    if data["kind"] == "emergency" and data["outcome"] == "regularise" and body["emergency"]:
        # From here on it is a grant like others: its scope's own end holds.
        body["emergency"] = body["emergency"] | {"regularised": said.index}
        body["emergency"].pop("sunset", None)
        body["due"] = _until(body)
    return None


def _suspend(body: Body, said: Said) -> str | None:
    data = said.data
    body["suspensions"].append(
        {
            "index": said.index,
            "by": said.source,
            "reason": data["reason"],
            "effective": data["effective"],
            "cure_due": data.get("cure_due"),
            "fields": data.get("fields"),
            "from": body["state"],
            "cure": None,
            "resumed": None,
        }
    )
    body["state"], body["due"] = "suspended", data.get("cure_due", body["due"])
    return None


def _cure(body: Body, said: Said) -> str | None:
    """Whether a cure sufficed is said here; only a resumption opens the data again."""
    cure = {"index": said.index, "by": said.source, "result": said.data["result"]}
    body["suspensions"][-1]["cure"] = cure
    return None


def _resume(body: Body, said: Said) -> str | None:
    body["suspensions"][-1]["resumed"] = said.index
    body["state"], body["due"] = body["suspensions"][-1]["from"], _until(body)
    return None


def _end(body: Body, said: Said) -> str | None:
    data = said.data
    reason = data["reason"]
    body["ending"] = {
        "index": said.index,
        "recorded_at": said.recorded_at,
        "by": said.source,
        "reason": reason,
        "effective": data["effective"],
        "superseded_by": data.get("superseded_by"),
        "consultation": data.get("consultation"),
        "filing": data.get("filing"),
    }
    course = "ended" if reason in _COURSE else "terminated"
    body["state"] = "superseded" if reason == "superseded" else course
    body["due"] = None
    return None


def _require_disposal(body: Body, said: Said) -> str | None:
    data = said.data
    asked = {"required": said.index, "method": data["method"], "due": data["due"]}
    body["disposals"][said.refs["disposal"]] = {**asked, "done": None, "accepted": None}
    body["due"] = data["due"]
    return None


def _dispose(body: Body, said: Said) -> str | None:
    unasked = {"required": None, "method": said.data["method"], "due": None, "accepted": None}
    disposal = body["disposals"].setdefault(said.refs["disposal"], unasked)
    disposal["done"] = said.index
    return None


def _accept(body: Body, said: Said) -> str | None:
    disposal = body["disposals"].get(said.refs["disposal"])
    if disposal is None or disposal["done"] is None:
        return "nothing_done"
    if said.data["result"] != "accepted":
        disposal["done"], disposal["due"] = None, said.data.get("due", disposal["due"])
        body["due"] = disposal["due"]
        return None
    disposal["accepted"], body["due"] = said.index, None
    # The time for which records are kept starts with the closing, which is not before its end.
    body["accepted_at"] = said.recorded_at
    return None


def state_at(body: Body, at: str) -> str:
    """Return the state at the T *at*, by the statements that were folded."""
    state: str = body["state"]
    if state in _HELD:
        if at < _until(body):
            return state
        state = "expired"
    disposals = body["disposals"].values()
    if not disposals:
        return state
    return "closed" if all(one["accepted"] is not None for one in disposals) else "closing"


def state_with_item(body: Body, at: str, item: Body | None) -> str:
    """Return the state at *at*, given what its item has come to: what is withdrawn ends shares."""
    state = state_at(body, at)
    withdrawn: Any = (item or {}).get("withdrawn")
    gone = withdrawn is not None and withdrawn["effective"] <= at
    return "ended" if state in _HELD and gone else state


def retention_from(body: Body, at: str) -> str | None:
    """Return the T from which its records are kept on, or None as long as it is not closed."""
    if state_at(body, at) != "closed":
        return None
    over = body["ending"]["recorded_at"] if "ending" in body else _until(body)
    accepted: str = body["accepted_at"]
    return max(accepted, over)


GRANT = Machine(
    "grant",
    states("grant.issued"),
    _open,
    {
        "assessment.recorded": Act(PARTIES, _HELD, _add_papers),
        "delivery.sent": Act((owner,), _LIVE, _send),
        "delivery.received": Act((counterparty,), _LIVE, _receive),
        "use.recorded": Act((counterparty,), _LIVE, _use),
        "use.bound": Act((counterparty,)),
        "grant.amended": Act((owner,), _HELD, _amend),
        # An emergency's review that comes after its sunset is late, and still the review.
        "grant.reviewed": Act((owner, *AUTHORITIES), _HELD | {"expired"}, _review),
        "grant.suspended": Act((owner, *AUTHORITIES), _LIVE, _suspend),
        "cure.resulted": Act((*PARTIES, *AUTHORITIES), states("suspended"), _cure),
        "grant.resumed": Act((owner, *AUTHORITIES), states("suspended"), _resume),
        "grant.terminated": Act((owner, *AUTHORITIES), _HELD, _end),
        "disposal.required": Act((owner,), _HELD | _ENDED | {"closed"}, _require_disposal),
        "disposal.done": Act((counterparty,), _HELD | _ENDED, _dispose),
        "disposal.accepted": Act((owner,), _HELD | _ENDED, _accept),
        "statement.countersigned": Act((*PARTIES, *AUTHORITIES), do=countersign),
    },
    state_at,
)
