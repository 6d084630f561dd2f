"""A determination: proposed, heard, issued; appealed, then upheld, changed or withdrawn.

Nothing here determines. Whoever does not read what is in the making meets it once it
is issued, so an issuing opens it too. An appeal is made by a department of whom it was
determined, to the body that it names; that body, or the one that issued, decides.

Source: decree 809, articles 39 to 42; law on sanctions for public officials, articles
43 to 45 and 55 to 59.
"""

from ledger.sharing.hands import countersign
from ledger.sharing.machine import Act, Body, Machine, Said, owner, states

_MAKING = states("proposed", "heard")
_STANDING = states("issued", "appealed", "upheld", "revised")
_HEARERS = frozenset({"audit", "supervisory", "procuratorate"})


def _open(said: Said) -> Body:
    body: Body = {"state": "proposed", "hearings": [], "appeals": [], "decisions": []}
    if said.type == "determination.proposed":
        _about(body, said)
        body["due"] = said.data.get("comment_until")
    else:
        _issue(body, said)
    return body


def _about(body: Body, said: Said) -> None:
    """Of which departments it is determined, by the newest word."""
    named = (*said.data.get("persons", ()), *said.data.get("bodies", ()))
    body["concerned"] = list(dict.fromkeys(one["department"] for one in named))
    others = [one for one in body["concerned"] if one not in said.stands_for]
    body["counterparty"] = others[0] if others else None
    body["item"] = said.refs.get("item")


def _hear(body: Body, said: Said) -> str | None:
    body["hearings"].append({"index": said.index, "statement": said.data["statement"]})
    body["state"] = "heard"
    return None


def _issue(body: Body, said: Said) -> str | None:
    _about(body, said)
    body["state"], body["due"] = "issued", said.data.get("review_until")
    _decided(body, said, "issued")
    return None


def _decided(body: Body, said: Said, decision: str) -> None:
    one = {"index": said.index, "by": said.source, "decision": decision}
    one["document"] = said.data["document"]
    if "exemption" in said.data:
        one["exemption"] = said.data["exemption"]["result"]
    body["decisions"].append(one)


def _appeal(body: Body, said: Said) -> str | None:
    data = said.data
    appeal = {"index": said.index, "by": said.source, "to": data["to"], "remedy": data["remedy"]}
    body["appeals"].append(appeal)
    body["state"], body["due"] = "appealed", None
    return None


def _revise(body: Body, said: Said) -> str | None:
    decision = said.data["decision"]
    if decision == "upheld":
        if body["state"] != "appealed":
            return "unfit_state"  # nothing was asked for that could be upheld against it
        body["state"] = "upheld"
    else:
        _about(body, said)
        body["state"] = "revised"
    _decided(body, said, decision)
    body["due"] = None
    return None


def _withdraw(body: Body, said: Said) -> str | None:
    body["state"], body["due"] = "withdrawn", None
    _decided(body, said, "withdrawn")
    return None


def _hearer(_body: Body, said: Said) -> bool:
    return said.role in _HEARERS


def _concerned(body: Body, said: Said) -> bool:
    return not said.stands_for.isdisjoint(body["concerned"])


def _addressed(body: Body, said: Said) -> bool:
    return any(one["to"] in said.stands_for for one in body["appeals"])


_DECIDERS = (owner, _addressed)

DETERMINATION = Machine(
    "determination",
    states("determination.proposed", "determination.issued"),
    _open,
    {
        "hearing.held": Act((owner, _hearer), _MAKING, _hear),
        "determination.proposed": Act((owner,), do=lambda _body, _said: "opened_before"),
        "determination.issued": Act((owner,), _MAKING, _issue),
        "determination.appealed": Act((_concerned,), _STANDING, _appeal),
        "determination.revised": Act(_DECIDERS, _STANDING, _revise),
        "determination.withdrawn": Act(_DECIDERS, _MAKING | _STANDING, _withdraw),
        "statement.countersigned": Act((owner, _concerned), do=countersign),
    },
)
