"""O4 a correction, O6 the answer to a notice, O15 the report of an incident, O8 a complaint.

Source: decree 809, articles 26, 35 and 37.
"""

from collections.abc import Iterator, Sequence

from ledger.access.terms import owner_of
from ledger.events.wording import Wording
from ledger.sharing.machine import Said
from ledger.supervision.obligation_kinds.kind import Case, Kind, Start, last, opened
from ledger.supervision.seen import Seen


def _requested(said: Said, seen: Seen) -> Iterator[Start]:
    correction = opened(said, seen, "correction")
    if correction is not None:
        yield Start(
            correction["counterparty"],
            f"correction/{correction['ref']}",
            correction["owner"],
            correction["item"],
            "correct",
            # SPEC: decree 809, article 26, from the day of receipt on.
            since=said.data["received_at"],
            unit=said.data.get("receiving_office"),
            facts={"defect": correction["defect"]},
        )


def _resulted(case: Case) -> None:
    correction, data = case.about(), case.said.data
    if correction is None or not case.did(last(correction["results"])):
        return
    if data["result"] == "referred_to_source" or data.get("reason") == "being_checked":
        case.note(data["result"], to=data.get("referred_to"))
    else:
        case.fulfil()


CORRECT = Kind(
    "O4",
    "correct",
    Wording("Verify, correct and answer", "核实、更正并反馈校核处理结果"),
    "sharing_office",
    "office_head",
    starts={"correction.requested": _requested},
    moves={"correction.resulted": _resulted},
)


def _told(said: Said, seen: Seen) -> Iterator[Start]:
    correction = said.refs.get("correction")
    about = None if correction is None else seen.thing("correction", correction)
    tellers = {owner_of(said.refs["item"]), *((about or {}).get("answering", ()))}
    if tellers.isdisjoint(said.stands_for):
        return
    due = said.data.get("due")
    for consumer in said.data["consumers"]:
        yield Start(
            consumer,
            f"statement/{said.digest}",
            said.source,
            said.refs["item"],
            None if due else "acknowledge",
            stated=due,
            watch=() if correction is None else (f"correction/{correction}",),
            facts={"type": said.type, "correction": correction},
        )


def _acknowledged(case: Case) -> None:
    if case.by_owing and case.said.data["outcome"] != "being_checked":
        case.fulfil()


ACKNOWLEDGE = Kind(
    "O6",
    "acknowledge",
    Wording("Acknowledge a notice", "对告知作出回执"),
    "sharing_office",
    "office_head",
    starts={"notice.issued": _told, "recall.issued": _told},
    moves={"notice.acknowledged": _acknowledged},
)


def _complained(said: Said, _seen: Seen) -> Iterator[Start]:
    yield _answer(said, said.source)


def _passed_on(said: Said, _seen: Seen) -> Iterator[Start]:
    if "referred_to" in said.data:
        yield _answer(said, said.data["referred_to"])


def _answer(said: Said, department: str) -> Start:
    return Start(
        department,
        f"complaint/{said.refs['complaint']}",
        item=said.refs.get("item"),
        parameter="answer",
        facts={"mode": said.data.get("mode")},
    )


def _answered(case: Case) -> None:
    if case.by_owing:
        case.fulfil()


ANSWER = Kind(
    "O8",
    "answer",
    Wording("Answer a complaint", "处理并答复投诉举报"),
    "intake",
    "unit_head",
    starts={"complaint.received": _complained, "complaint.answered": _passed_on},
    moves={"complaint.answered": _answered},
)


def _reported(said: Said, _seen: Seen, earlier: Sequence[Case]) -> Iterator[Start]:
    """The first report meets it: before there was one, nobody could know that it was owed."""
    if not any(case.by_owing for case in earlier):
        yield Start(
            said.source,
            f"incident/{said.refs['incident']}",
            said.data["reported_to"][0],
            said.refs.get("item"),
            "report",
            since=said.data["found_at"],
            facts={"severity": said.data["severity"]},
            met=True,
        )


REPORT = Kind(
    "O15",
    "report",
    Wording("Report an incident", "报告安全事件"),
    "sharing_office",
    "leader_in_charge",
    together={"incident.reported": _reported},
)

KINDS = (CORRECT, ACKNOWLEDGE, ANSWER, REPORT)
