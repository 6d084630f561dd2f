"""Items, deliveries, acts and matters: what they have come to, as the share sees them.

An item and a delivery are opened by their owner. A matter is opened by whatever of
its owner's names it first, for nothing else says that there is one.

Source: decree 809, articles 12 to 17 and 22.
"""

from ledger.access.terms import short_of
from ledger.events.types import EVENT_TYPES
from ledger.sharing.hands import countersign
from ledger.sharing.machine import AUTHORITIES, PARTIES, Act, Body, Machine, Said, owner, states


def _open_item(said: Said) -> Body:
    return {"state": "published", "versions": [], "review": None} | _version(said)


def _version(said: Said) -> Body:
    data = said.data
    return {
        "item_version": data["item_version"],
        "name": data["name"],
        "sharing_attribute": data["sharing_attribute"],
        "provider": data["provider"],
        "update_cycle": data["update_cycle"],
        "source_department": data.get("source_department"),
    }


def _amend(body: Body, said: Said) -> str | None:
    body["versions"].append({"item_version": body["item_version"], "until": said.index})
    body |= _version(said)
    return None


def _withdraw(body: Body, said: Said) -> str | None:
    data = said.data
    body["state"] = "withdrawn"
    body["withdrawn"] = {
        "index": said.index,
        "reason": data["reason"],
        "effective": data["effective"],
        "superseded_by": data.get("superseded_by"),
    }
    return None


def _review(body: Body, said: Said) -> str | None:
    data = said.data
    body["review"] = {
        "index": said.index, "by": said.source, "item_version": data["item_version"],
        "decision": data["decision"],
    }  # fmt: skip
    return None


# What of an item is nobody's act in particular: anyone may speak of it.
_ANY = Act((lambda _body, _said: True,))

ITEM = Machine(
    "item",
    states("item.published"),
    _open_item,
    {
        **{short_of(name): _ANY for name in EVENT_TYPES},
        "item.published": Act((owner,), do=lambda _body, _said: "opened_before"),
        "item.amended": Act((owner,), states("published"), _amend),
        "item.withdrawn": Act((owner,), states("published"), _withdraw),
        "item.reviewed": Act(AUTHORITIES, do=_review),
    },
)


def _open_delivery(said: Said) -> Body:
    return {
        "state": "sent",
        "counterparty": said.data["consumer"],
        "item": said.refs["item"],
        "grant": said.refs.get("grant"),
        "content_sha256": said.data.get("content_sha256"),
        "receipt": None,
    }


def _receive(body: Body, said: Said) -> str | None:
    sent, arrived = body["content_sha256"], said.data.get("content_sha256")
    body["receipt"] = {
        "index": said.index,
        "result": said.data["result"],
        "same": None if sent is None or arrived is None else sent == arrived,
    }
    body["state"] = "rejected" if said.data["result"] == "rejected" else "received"
    return None


def _receiver(body: Body, said: Said) -> bool:
    return body["counterparty"] in said.stands_for


DELIVERY = Machine(
    "delivery",
    states("delivery.sent"),
    _open_delivery,
    {"delivery.received": Act((_receiver,), do=_receive)},
)


def _open_act(said: Said) -> Body:
    data = said.data
    decided = said.type == "act.decided"
    return {
        "state": "decided" if decided else "open",
        "act_kind": data["act_kind"],
        "matter_code": data["matter_code"],
        "decision_no": data.get("decision_no"),
        "due": None if decided else data.get("due"),
        "reexaminations": [],
    }


def _decide(body: Body, said: Said) -> str | None:
    body["state"], body["decision_no"], body["due"] = "decided", said.data["decision_no"], None
    return None


def _revise(body: Body, said: Said) -> str | None:
    body["state"], body["decision_no"] = "revised", said.data["decision_no"]
    return None


def _revoke(body: Body, said: Said) -> str | None:
    body["state"], body["decision_no"] = "revoked", said.data["decision_no"]
    return None


def _reexamine(body: Body, said: Said) -> str | None:
    body["reexaminations"].append({"index": said.index, "outcome": said.data["outcome"]})
    return None


def _provides(body: Body, said: Said) -> bool:
    """Whether the speaker provided to the department that acts, as it says itself."""
    return bool(said.data["consumer"] == body["owner"])


_DECIDED = states("decided", "revised")

ACT = Machine(
    "act",
    states("act.opened", "act.decided"),
    _open_act,
    {
        "act.decided": Act((owner,), states("open"), _decide),
        "act.revised": Act((owner,), _DECIDED, _revise),
        "act.revoked": Act((owner,), _DECIDED, _revoke),
        "act.reexamined": Act((owner,), do=_reexamine),
        "delivery.sent": Act((owner, _provides), before=True),
        "feedback.acknowledged": Act((owner, _provides), before=True),
        "statement.countersigned": Act((*PARTIES, *AUTHORITIES), do=countersign),
    },
)

MATTER = Machine(
    "matter",
    frozenset(short_of(name) for name in EVENT_TYPES),
    lambda _said: {"state": "named"},
    {short_of(name): _ANY for name in EVENT_TYPES},
)
