"""A request: asked, completed once, extended, answered or withdrawn; refused, then disputed.

Whose terms run out is not decided here: the extensions are summed as they were
said, and who agreed to each stands beside it.

Source: decree 809, articles 20, 21 and 28.
"""

from ledger.sharing.disputes import RUNG_STATES
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

_PENDING = states("requested", "supplement_required")
_LADDER = states(*RUNG_STATES.values())
# What a decision must give for the request to have been met in the end.
_MET = frozenset({"share", "share_narrowed", "drop_conditions"})


def _open(said: Said) -> Body:
    data = said.data
    return {
        "state": "requested",
        "counterparty": data["provider"],
        "item": said.refs["item"],
        "scope": data["scope"],
        "item_version": data.get("item_version"),
        "supplements": [],
        "extensions": [],
        "extended_working_days": 0,
        "hands": {"consumer_office_head": hand(said, said.source)},
    }


def _require(body: Body, said: Said) -> str | None:
    # SPEC: decree 809, article 21, what is missing is told once and at one time.
    if body["supplements"]:
        return "second_supplement"
    asked = {"index": said.index, "missing": said.data["missing"], "supplied": None}
    body["supplements"].append(asked)
    body["state"], body["due"] = "supplement_required", said.data.get("due")
    return None


def _supplement(body: Body, said: Said) -> str | None:
    asked = body["supplements"][-1]
    asked["supplied"] = {"index": said.index, "supplied": said.data["supplied"]}
    body["scope"] = said.data.get("scope", body["scope"])
    body["state"] = "requested"
    body["due"] = None
    return None


def _extend(body: Body, said: Said) -> str | None:
    data = said.data
    body["extensions"].append(
        {
            "index": said.index,
            "working_days": data["working_days"],
            "agreed_by": data.get("agreed_by"),
            "told_at": data.get("told_at"),
        }
    )
    body["extended_working_days"] += data["working_days"]
    return None


def _reply(body: Body, said: Said) -> str | None:
    data = said.data
    body["reply"] = {
        "index": said.index,
        "decision": data["decision"],
        "reason_code": data.get("reason_code"),
        "scope": data.get("scope"),
        "grant": said.refs.get("grant"),
    }
    body["hands"]["provider_office_head"] = hand(said, body["counterparty"])
    body["state"] = "refused" if data["decision"] == "refuse" else "approved"
    body["due"] = None
    return None


def _withdraw(body: Body, said: Said) -> str | None:
    body["state"], body["due"] = "withdrawn", None
    body["withdrawn"] = {"index": said.index, "reason": said.data["reason"]}
    return None


def _dispute(body: Body, said: Said) -> str | None:
    """A dispute about a refusal goes up its ladder; one about anything else only stands beside."""
    if body["state"] == "refused":
        body["dispute"], body["addressed"] = said.refs["dispute"], None
        body["state"] = RUNG_STATES["parties"]
    return None


def _escalate(body: Body, said: Said) -> str | None:
    if not _climbs(body, said):
        return None
    if RUNG_STATES[said.data["from_rung"]] != body["state"]:
        return "wrong_rung"
    body["state"], body["addressed"] = RUNG_STATES[said.data["to_rung"]], said.data["to"]
    return None


def _decide(body: Body, said: Said) -> str | None:
    if _climbs(body, said) and body["addressed"] not in said.stands_for:
        return "no_party"
    return _conclude(body, said)


def _conclude(body: Body, said: Said) -> str | None:
    if not _climbs(body, said):
        return None
    if RUNG_STATES[said.data["rung"]] != body["state"]:
        return "wrong_rung"
    body["state"] = "refused_final" if _MET.isdisjoint(said.data["remedies"]) else "approved"
    body["concluded"] = {"index": said.index, "remedies": said.data["remedies"]}
    return None


def _climbs(body: Body, said: Said) -> bool:
    """Whether this is the dispute that the request itself is in."""
    return body["state"] in _LADDER and said.refs["dispute"] == body["dispute"]


REQUEST = Machine(
    "request",
    states("request.made"),
    _open,
    {
        "request.supplement_required": Act((counterparty,), states("requested"), _require),
        "request.supplemented": Act((owner,), states("supplement_required"), _supplement),
        "request.extended": Act((counterparty,), _PENDING, _extend),
        "request.replied": Act((counterparty,), _PENDING, _reply),
        "request.withdrawn": Act((owner,), _PENDING, _withdraw),
        "dispute.opened": Act(PARTIES, do=_dispute),
        "dispute.escalated": Act(PARTIES, do=_escalate),
        "dispute.mediated": Act(AUTHORITIES),
        "dispute.settled": Act(PARTIES, do=_conclude),
        "dispute.decided": Act(AUTHORITIES, do=_decide),
        "statement.countersigned": Act((*PARTIES, *AUTHORITIES), do=countersign),
        "agreement.made": Act(PARTIES),
        "grant.issued": Act((counterparty,)),
    },
)
