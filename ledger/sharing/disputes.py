"""A dispute: talked over by its parties, then rung by rung until it is settled or decided.

Whoever is called upon at a rung mediates and decides there; the parties may settle
at any. Which authority is competent is not judged here: it is the one addressed.

Source: decree 809, article 28.
"""

from ledger.sharing.hands import countersign
from ledger.sharing.machine import (
    AUTHORITIES,
    Act,
    Body,
    Machine,
    Said,
    counterparty,
    owner,
    states,
)

# The state in which each rung of ``ledger.events.disputes`` has a dispute.
RUNG_STATES = {
    "parties": "negotiating",
    "same_level_authority": "at_authority",
    "common_superior": "at_superior",
    "government": "at_government",
}
_OPEN = states(*RUNG_STATES.values())
_UP = _OPEN - {"negotiating"}


def _open(said: Said) -> Body:
    data = said.data
    respondents = data["respondents"]
    about = {name: ref for name, ref in said.refs.items() if name != "dispute"}
    return {
        "state": "negotiating",
        # The other side of a dispute of two; with more of them the list tells.
        "counterparty": respondents[0],
        "respondents": respondents,
        "item": said.refs["item"],
        "about": about,
        "subject": data["subject"],
        "wanted": data["wanted"],
        "due": data.get("due"),
        "rungs": [{"index": said.index, "rung": "parties", "to": None, "due": data.get("due")}],
        "mediations": [],
    }


def _escalate(body: Body, said: Said) -> str | None:
    data = said.data
    if RUNG_STATES[data["from_rung"]] != body["state"]:
        return "wrong_rung"
    body["state"], body["due"] = RUNG_STATES[data["to_rung"]], data.get("due")
    body["addressed"] = data["to"]
    rung = {"rung": data["to_rung"], "to": data["to"], "due": data.get("due")}
    body["rungs"].append({"index": said.index, **rung})
    return None


def _mediate(body: Body, said: Said) -> str | None:
    if RUNG_STATES[said.data["rung"]] != body["state"]:
        return "wrong_rung"
    body["mediations"].append({"index": said.index, "outcome": said.data["outcome"]})
    body["due"] = said.data.get("due", body["due"])
    return None


def _settle(body: Body, said: Said) -> str | None:
    return _end(body, said, "settled")


def _decide(body: Body, said: Said) -> str | None:
    return _end(body, said, "decided")


def _end(body: Body, said: Said, state: str) -> str | None:
    if RUNG_STATES[said.data["rung"]] != body["state"]:
        return "wrong_rung"
    body["state"], body["due"] = state, said.data.get("due")
    body["outcome"] = {
        "index": said.index,
        "remedies": said.data["remedies"],
        "for": said.data.get("for"),
    }
    return None


def _respondent(body: Body, said: Said) -> bool:
    return not said.stands_for.isdisjoint(body["respondents"])


def _addressed(body: Body, said: Said) -> bool:
    return body.get("addressed") in said.stands_for


_SIDES = (owner, counterparty, _respondent)

DISPUTE = Machine(
    "dispute",
    states("dispute.opened"),
    _open,
    {
        "consultation.held": Act(_SIDES),
        "dispute.escalated": Act(_SIDES, _OPEN - {"at_government"}, _escalate),
        "dispute.mediated": Act((_addressed,), _UP, _mediate),
        "dispute.settled": Act(_SIDES, _OPEN, _settle),
        "dispute.decided": Act((_addressed,), _UP, _decide),
        "statement.countersigned": Act((*_SIDES, *AUTHORITIES), do=countersign),
    },
)
