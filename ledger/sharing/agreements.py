"""An agreement: which of its parties have put their hand to it, and whether it stands.

Source: decree 809, article 20; design, "Record, don't gate".
"""

from ledger.sharing.hands import countersign, party
from ledger.sharing.machine import Act, Body, Machine, Said, owner, states


def _open(said: Said) -> Body:
    body: Body = {"state": "made", "counterparty": None, "amended": [], "ending": None}
    _terms(body, said)
    others = [one for one in body["parties"] if one not in said.stands_for]
    body["counterparty"] = others[0] if others else None
    return body


def _terms(body: Body, said: Said) -> None:
    """Each version is agreed to anew: a hand over the one before is none over this one."""
    body["parties"] = list(dict.fromkeys(one["department"] for one in said.data["parties"]))
    body["period"] = said.data["period"]
    body["due"] = said.data["period"].get("to")
    body["hands"] = {department: party(said, department) for department in body["parties"]}


def _amend(body: Body, said: Said) -> str | None:
    _terms(body, said)
    body["amended"].append(said.index)
    return None


def _end(body: Body, said: Said) -> str | None:
    body["state"], body["due"] = "ended", None
    body["ending"] = {"index": said.index, "reason": said.data["reason"]}
    return None


def state_at(body: Body, at: str) -> str:
    """Return the state at the T *at*: the period of an agreement ends by itself."""
    over = body["state"] == "made" and body["due"] is not None and at >= body["due"]
    return "expired" if over else str(body["state"])


def _party(body: Body, said: Said) -> bool:
    return not said.stands_for.isdisjoint(body["parties"])


_PARTIES = (owner, _party)

AGREEMENT = Machine(
    "agreement",
    states("agreement.made"),
    _open,
    {
        "agreement.amended": Act(_PARTIES, states("made"), _amend),
        "agreement.ended": Act(_PARTIES, states("made", "expired"), _end),
        "statement.countersigned": Act(_PARTIES, do=countersign),
    },
    state_at,
)
