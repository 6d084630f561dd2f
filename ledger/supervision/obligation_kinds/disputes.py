"""O7: each rung of a dispute has its time, the talks of the parties first.

Source: decree 809, articles 28 and 41(2).
"""

from collections.abc import Iterator

from ledger.events.wording import Wording
from ledger.sharing.machine import Said
from ledger.supervision.obligation_kinds.kind import Case, Kind, Start, did, last, opened
from ledger.supervision.seen import Seen


def _opened(said: Said, seen: Seen) -> Iterator[Start]:
    dispute = opened(said, seen, "dispute")
    for respondent in () if dispute is None else dispute["respondents"]:
        yield _rung(said, respondent, "parties")


def _climbed(said: Said, seen: Seen) -> Iterator[Start]:
    dispute = seen.thing("dispute", said.refs["dispute"])
    if dispute is not None and did(said, last(dispute["rungs"])):
        yield _rung(said, said.data["to"], said.data["to_rung"])


def _rung(said: Said, department: str, rung: str) -> Start:
    due = said.data.get("due")
    return Start(
        department,
        f"dispute/{said.refs['dispute']}",
        said.source,
        said.refs["item"],
        None if due else rung,
        stated=due,
        facts={"rung": rung},
    )


def _escalated(case: Case) -> None:
    dispute = case.about()
    if dispute is not None and case.did(last(dispute["rungs"])):
        case.cancel("moved_up")


def _talked(case: Case) -> None:
    data, whose = case.said.data, case.body["department"]
    answered = data["outcome"] != "no_answer" and (case.by_owing or whose in data["participants"])
    if case.facts["rung"] == "parties" and answered:
        case.fulfil(final=False)


def _mediated(case: Case) -> None:
    dispute = case.about()
    fits = dispute is not None and case.did(last(dispute["mediations"]))
    if fits and case.said.data["outcome"] != "pending":
        case.fulfil(final=False)


def _concluded(case: Case) -> None:
    dispute = case.about()
    if dispute is not None and case.did(dispute.get("outcome")):
        case.fulfil()


RUNG = Kind(
    "O7",
    "dispute",
    Wording("Handle a dispute at its rung", "在本层级处理争议"),
    "sharing_office",
    "office_head",
    starts={"dispute.opened": _opened, "dispute.escalated": _climbed},
    moves={
        "dispute.escalated": _escalated,
        "consultation.held": _talked,
        "dispute.mediated": _mediated,
        "dispute.settled": _concluded,
        "dispute.decided": _concluded,
    },
)

KINDS = (RUNG,)
