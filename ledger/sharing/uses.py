"""A use: recorded, bound to an act, answered by feedback; challenged, then upheld or tainted.

A challenge never wipes out what stood before it: where it fails, the use stands as
it stood. Whether feedback is owed of it clock O5 tells (``ledger.supervision.use_state``).

Source: decree 809, articles 25, 26 and 29.
"""

from ledger.access.terms import owner_of
from ledger.sharing.hands import countersign
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

_STANDING = states("recorded", "bound", "feedback_given", "upheld")
# SPEC: domain 4.5, F27; decree 809, articles 20, 25, 27: findings that say that a use was without
# a grant, or beyond one in time, purpose, extent or to whom it went. What other rules find of
# a use (late, not bound, without feedback) leaves it what it was.
QUESTIONING = frozenset({"F1", "F2", "F3", "F4", "F9"})

_TAINTING = frozenset({"limit_use", "dispose", "return_data", "withdraw"})


def _open(said: Said) -> Body:
    data, refs = said.data, said.refs
    return {
        "state": "bound" if "act" in refs else "recorded",
        "counterparty": owner_of(refs["item"]),
        "item": refs["item"],
        "grant": refs.get("grant"),
        "delivery": refs.get("delivery"),
        "act": refs.get("act"),
        "purpose_code": data["purpose_code"],
        "reliance": data["reliance"],
        "feedback": [],
        "challenge": None,
    }


def _bind(body: Body, said: Said) -> str | None:
    body["act"], body["reliance"] = said.refs["act"], said.data["reliance"]
    if body["state"] == "recorded":
        body["state"] = "bound"
    return None


def _give(body: Body, said: Said) -> str | None:
    body["feedback"].append(said.index)
    if body["state"] in ("recorded", "bound"):
        body["state"] = "feedback_given"
    return None


def _challenge(body: Body, said: Said) -> str | None:
    body["challenge"] = {"index": said.index, "by": said.source, "from": body["state"]}
    body["state"] = "challenged"
    return None


def _confirm(body: Body, said: Said) -> str | None:
    if not _questions(said):
        return None
    if body["state"] == "tainted":
        return "unfit_state"
    return _judge(body, said, tainted=True)


def _clear(body: Body, said: Said) -> str | None:
    if not _questions(said):
        return None
    if body["state"] != "challenged":
        return "unfit_state"
    return _judge(body, said, tainted=False)


def _questions(said: Said) -> bool:
    return said.data["rule"] in QUESTIONING


def _result(body: Body, said: Said) -> str | None:
    """What a correction found of the data that was used."""
    result = said.data["result"]
    if result == "referred_to_source":
        return None
    return _judge(body, said, tainted=result != "not_confirmed")


def _decide(body: Body, said: Said) -> str | None:
    return _judge(body, said, tainted=not _TAINTING.isdisjoint(said.data["remedies"]))


def _judge(body: Body, said: Said, *, tainted: bool) -> str | None:
    body["judged"] = {"index": said.index, "by": said.source}
    body["state"] = "tainted" if tainted else "upheld"
    return None


def _finder(_body: Body, said: Said) -> bool:
    """Who confirms findings or clears them; admission saw to it that he may."""
    return said.role in ("audit", "supervisory", "procuratorate")


_CHALLENGED, _TAINTED = states("challenged"), states("tainted")
_JUDGES = (*AUTHORITIES, _finder)

USE = Machine(
    "use",
    states("use.recorded"),
    _open,
    {
        "use.bound": Act((owner,), _STANDING | _CHALLENGED, _bind),
        # Of a tainted use too it is to be told what came of it; that credits nobody.
        "feedback.effect": Act((owner,), _STANDING | _CHALLENGED | _TAINTED, _give),
        "feedback.quality": Act((owner,), _STANDING | _CHALLENGED | _TAINTED, _give),
        "correction.requested": Act((owner,), _STANDING, _challenge),
        "dispute.opened": Act(PARTIES, _STANDING, _challenge),
        "finding.confirmed": Act(_JUDGES, do=_confirm),
        "finding.cleared": Act(_JUDGES, do=_clear),
        "correction.resulted": Act((counterparty,), _CHALLENGED, _result),
        "dispute.settled": Act(PARTIES, _CHALLENGED, _decide),
        "dispute.decided": Act(AUTHORITIES, _CHALLENGED, _decide),
        "statement.countersigned": Act((*PARTIES, *AUTHORITIES), do=countersign),
    },
)
