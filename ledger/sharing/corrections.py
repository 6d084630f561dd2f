"""A correction: asked for, confirmed or not, told to all who had the data, acknowledged, closed.

It is closed when every department that was told has answered and each act that
those named has been examined anew. Whether it is overdue hangs on a term that the
rules know, so that the caller says when it was due.

Source: decree 809, article 26.
"""

from ledger.sharing.hands import countersign
from ledger.sharing.machine import (
    AUTHORITIES,
    PARTIES,
    Act,
    Body,
    Machine,
    Said,
    counterparty,
    states,
)

_CONFIRMED = states("confirmed", "notifying", "all_acked")
# Answers that leave the matter where it was.
_NO_ANSWER = "being_checked"


def _open(said: Said) -> Body:
    data = said.data
    return {
        "state": "open",
        "counterparty": data["provider"],
        "item": said.refs["item"],
        "defect": data["defect"],
        "received_at": data["received_at"],
        "answering": [data["provider"]],
        "results": [],
        "told": {},
        "acts": {},
    }


def _result(body: Body, said: Said) -> str | None:
    data = said.data
    result = {"index": said.index, "result": data["result"], "reason": data.get("reason")}
    body["results"].append(result)
    if data["result"] == "referred_to_source":
        body["answering"].append(data["referred_to"])
        return None
    body["state"] = "rejected" if data["result"] == "not_confirmed" else "confirmed"
    body["reason"] = data.get("reason")
    return None


def _tell(body: Body, said: Said) -> str | None:
    for consumer in said.data["consumers"]:
        body["told"].setdefault(consumer, None)
    body["due"] = said.data.get("due", body.get("due"))
    _settle(body)
    return None


def _acknowledge(body: Body, said: Said) -> str | None:
    whose = sorted(said.stands_for & body["told"].keys())
    if not whose:
        return "not_told"
    for act in said.data.get("affected_acts", ()):
        body["acts"].setdefault(act, None)
    if said.data["outcome"] != _NO_ANSWER:
        for consumer in whose:
            body["told"][consumer] = said.index
    _settle(body)
    return None


def _reexamine(body: Body, said: Said) -> str | None:
    act = said.refs["act"]
    if act not in body["acts"]:
        return "act_not_named"
    if said.data["outcome"] != "pending":
        body["acts"][act] = said.index
    _settle(body)
    return None


def _settle(body: Body) -> None:
    """Set the state that the answers and the acts make."""
    if None in body["told"].values():
        body["state"] = "notifying"
    else:
        body["state"] = "all_acked" if None in body["acts"].values() else "closed"
        body["due"] = None


def _answers(body: Body, said: Said) -> bool:
    return not said.stands_for.isdisjoint(body["answering"])


def _anybody(_body: Body, _said: Said) -> bool:
    """Whom a notice reached the act itself finds out."""
    return True


def overdue_at(body: Body, due: str | None, at: str) -> bool:
    """Whether an answer that was *due* at a T has not come at the T *at*."""
    return body["state"] == "open" and due is not None and at > due


CORRECTION = Machine(
    "correction",
    states("correction.requested"),
    _open,
    {
        "correction.resulted": Act((_answers,), states("open", "rejected"), _result),
        "notice.issued": Act((_answers,), _CONFIRMED, _tell),
        "recall.issued": Act((_answers,), _CONFIRMED, _tell),
        "notice.acknowledged": Act((_anybody,), states("notifying"), _acknowledge),
        "act.reexamined": Act((_anybody,), states("notifying", "all_acked"), _reexamine),
        "statement.countersigned": Act((*PARTIES, *AUTHORITIES), do=countersign),
        "feedback.acknowledged": Act((counterparty,)),
    },
)
