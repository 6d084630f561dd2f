"""O5 feedback on a use, O9 disposal, O13 suspension after use beyond the grant, O16 a cure.

Source: decree 809, articles 25, 27, 29 and 39 to 41.
"""

from collections.abc import Iterator

from ledger.access.terms import owner_of
from ledger.events.wording import Wording
from ledger.sharing.grants import state_at
from ledger.sharing.machine import Body, Said
from ledger.supervision.obligation_kinds.kind import Case, Kind, Start, did, last, opened
from ledger.supervision.seen import Seen


def _used(said: Said, seen: Seen) -> Iterator[Start]:
    use = opened(said, seen, "use")
    grant = None if use is None or use["grant"] is None else seen.thing("grant", use["grant"])
    if use is not None and grant is not None and grant["versions"]:
        agreed = grant["versions"][-1].get("feedback_days")
        yield Start(
            use["owner"],
            f"use/{use['ref']}",
            grant["owner"],
            use["item"],
            None if agreed else "feedback",
            days=agreed,
            facts={"grant": grant["ref"]},
        )


def _fed_back(case: Case) -> None:
    use = case.about()
    if use is not None and case.said.index in use["feedback"]:
        case.fulfil()


FEEDBACK = Kind(
    "O5",
    "feedback",
    Wording("Report what a use achieved", "反馈使用成效"),
    "business",
    "handler",
    starts={"use.recorded": _used},
    moves={"feedback.effect": _fed_back, "feedback.quality": _fed_back},
)


def _disposal_asked(said: Said, _seen: Seen) -> Iterator[Start]:
    # SPEC: decree 809, article 27, disposal follows the provider's demand.
    if owner_of(said.refs["disposal"]) in said.stands_for:
        yield Start(
            said.data["consumer"],
            f"disposal/{said.refs['disposal']}",
            said.source,
            said.refs["item"],
            stated=said.data["due"],
            facts={"method": said.data["method"], "grant": said.refs.get("grant")},
        )


def _disposed(case: Case) -> None:
    if case.by_owing:
        case.fulfil(final=False)


def _judged(case: Case) -> None:
    data = case.said.data
    if not case.by_other:
        return
    if data["result"] == "accepted":
        case.fulfil()
    else:
        case.reopen(data["result"])
        case.set_anew(data.get("due"), "dispose")


DISPOSE = Kind(
    "O9",
    "dispose",
    Wording("Dispose of the data", "按要求妥善处置数据"),
    "business",
    "unit_head",
    starts={"disposal.required": _disposal_asked},
    moves={"disposal.done": _disposed, "disposal.accepted": _judged},
)

# Findings of use beyond the grant: its time, its purpose, its scope, another's hands.
_BEYOND = frozenset({"F2", "F3", "F4", "F9"})
# A grant that has run out holds no permission that could be suspended.
_OVER = (
    "terminated", "ended", "superseded", "suspended", "expired", "closing", "closed",
)  # fmt: skip


def _confirmed(said: Said, seen: Seen) -> Iterator[Start]:
    grant = _grant_of(said, seen)
    if said.data["rule"] not in _BEYOND or grant is None:
        return
    if state_at(grant, said.recorded_at) not in _OVER:
        finding = f"finding/{said.refs['finding']}"
        yield Start(
            grant["owner"],
            f"grant/{grant['ref']}",
            grant["counterparty"],
            grant["item"],
            "suspend",
            watch=(finding,),
            facts={"finding": said.refs["finding"], "rule": said.data["rule"]},
        )


def _grant_of(said: Said, seen: Seen) -> Body | None:
    """Return the grant that a confirmed finding is about, by its own word or its use's."""
    ref = said.refs.get("grant")
    use = seen.thing("use", said.refs["use"]) if ref is None and "use" in said.refs else None
    ref = ref if use is None else use["grant"]
    return None if ref is None else seen.thing("grant", ref)


def _suspended(case: Case) -> None:
    grant = case.about()
    if grant is not None and case.did(last(grant["suspensions"])):
        case.fulfil()


def _ended(case: Case) -> None:
    grant = case.about()
    if grant is not None and case.did(grant.get("ending")):
        case.fulfil()


def _cleared(case: Case) -> None:
    if case.said.refs["finding"] == case.facts["finding"]:
        case.cancel("cleared")


SUSPEND = Kind(
    "O13",
    "suspend",
    Wording("Suspend after confirmed use beyond the grant", "确认超范围使用后暂停共享权限"),
    "sharing_office",
    "office_head",
    starts={"finding.confirmed": _confirmed},
    moves={
        "grant.suspended": _suspended,
        "grant.terminated": _ended,
        "finding.cleared": _cleared,
    },
)


def _ordered(said: Said, _seen: Seen) -> Iterator[Start]:
    yield Start(
        said.data["department"],
        f"statement/{said.digest}",
        said.source,
        said.refs.get("item"),
        stated=said.data["due"],
        facts={"side": said.data["side"], "measures": said.data["measures"]},
    )


def _cured(case: Case) -> None:
    """The department says that it has cured; whoever ordered it may find that it has not."""
    data = case.said.data
    if data["department"] != case.body["department"] or not (case.by_owing or case.by_other):
        return
    if data["result"] == "cured":
        on = data.get("cured_at") if case.by_other else None
        case.fulfil(final=case.by_other, on=on)
    elif case.by_other:
        case.reopen(data["result"])
        case.note(data["result"])
    else:
        case.note(data["result"])


CURE = Kind(
    "O16",
    "cure",
    Wording("Cure what was ordered", "按责令改正要求整改"),
    "sharing_office",
    "leader_in_charge",
    starts={"cure.ordered": _ordered},
    moves={"cure.resulted": _cured},
)

_TO_CURE = ("beyond_scope", "beyond_purpose", "third_party", "safeguards_lacking")


def _to_cure(said: Said, seen: Seen) -> Iterator[Start]:
    grant = seen.thing("grant", said.refs["grant"])
    fits = grant is not None and did(said, last(grant["suspensions"]))
    due = said.data.get("cure_due")
    if grant is not None and fits and (due or said.data["reason"] in _TO_CURE):
        yield Start(
            grant["counterparty"],
            f"grant/{grant['ref']}",
            said.source,
            grant["item"],
            None if due else "cure",
            stated=due,
            facts={"reason": said.data["reason"]},
        )


def _resumed(case: Case) -> None:
    grant = case.about()
    suspension = None if grant is None else last(grant["suspensions"])
    if suspension is not None and case.did({"index": suspension["resumed"]}):
        case.fulfil()


def _stopped(case: Case) -> None:
    grant = case.about()
    if grant is not None and case.did(grant.get("ending")):
        case.cancel("grant_ended")


CURE_USE = Kind(
    "O16",
    "cure_use",
    Wording("Cure while sharing is suspended", "暂停共享期间限期整改"),
    "sharing_office",
    "office_head",
    starts={"grant.suspended": _to_cure},
    moves={"cure.resulted": _cured, "grant.resumed": _resumed, "grant.terminated": _stopped},
)

KINDS = (FEEDBACK, DISPOSE, SUSPEND, CURE, CURE_USE)
