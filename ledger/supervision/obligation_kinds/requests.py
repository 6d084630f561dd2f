"""O1 a reply, O2 the sharing itself, O14 the return flow to the lower level.

Source: decree 809, articles 21, 22, 24 and 39(4), (5).
"""

from collections.abc import Iterator

from ledger.events.wording import Wording
from ledger.sharing.machine import Body, Said
from ledger.supervision.obligation import due_of
from ledger.supervision.obligation_kinds.kind import Case, Kind, Start, did, last, opened
from ledger.supervision.seen import Seen


def _asked(said: Said, seen: Seen) -> Iterator[Start]:
    request = opened(said, seen, "request")
    if request is not None:
        item = seen.thing("item", request["item"])
        # Of an item that nobody published here nothing is known: then the longer term.
        attribute = None if item is None else item.get("sharing_attribute")
        unconditional = attribute == "unconditional"
        yield Start(
            request["counterparty"],
            f"request/{request['ref']}",
            request["owner"],
            request["item"],
            "reply_unconditional" if unconditional else "reply_conditional",
            facts={"sharing_attribute": attribute},
        )


def _replied(case: Case) -> None:
    request = case.about()
    if request is not None and case.did(request.get("reply")):
        # SPEC: decree 809, article 21, from the receipt on, of which whoever replies tells.
        case.received(case.said.data.get("received_at"))
        case.fulfil()


def _withdrawn(case: Case) -> None:
    request = case.about()
    if request is not None and case.did(request.get("withdrawn")):
        case.cancel("withdrawn")


def _extended(case: Case) -> None:
    request = case.about()
    if request is not None and case.did(last(request["extensions"])):
        data, ceiling = case.said.data, case.value("extension_ceiling")
        case.extend(data["working_days"], ceiling, _uncounted(case))


def _uncounted(case: Case) -> str | None:
    """Return why an extension of a reply does not count, or None."""
    # SPEC: decree 809, article 21, the authority must have consented.
    if case.said.data.get("agreed_by") is None:
        return "no_consent"
    due = due_of(case.body)
    return "after_due" if due is not None and case.time > due else None


def _asked_for_more(case: Case) -> None:
    request = case.about()
    if request is None or not case.did(last(request["supplements"])):
        return
    case.received(case.said.data.get("received_at"))
    if case.value("supplement_stops_clock"):
        case.stop()


def _supplied(case: Case) -> None:
    if case.body["clock"]["stopped"] is not None:
        request = case.about()
        asked = None if request is None else last(request["supplements"])
        if asked is not None and case.did(asked["supplied"]):
            case.go_on()


REPLY = Kind(
    "O1",
    "reply",
    Wording("Reply to a request", "答复共享申请"),
    "sharing_office",
    "office_head",
    excusable=True,
    starts={"request.made": _asked},
    moves={
        "request.replied": _replied,
        "request.withdrawn": _withdrawn,
        "request.extended": _extended,
        "request.supplement_required": _asked_for_more,
        "request.supplemented": _supplied,
    },
)


def _agreed(said: Said, seen: Seen) -> Iterator[Start]:
    request = seen.thing("request", said.refs["request"])
    fits = request is not None and (seen.anew or did(said, request.get("reply")))
    if request is not None and fits and said.data["decision"] != "refuse":
        yield _provide(said, request, {"promised": said.data.get("provide_by")})


def _awarded(said: Said, seen: Seen) -> Iterator[Start]:
    """A dispute about a refusal that ends with sharing: what was decided is owed like a consent."""
    request = seen.thing("request", said.refs["request"]) if "request" in said.refs else None
    if request is None or not did(said, request.get("concluded")):
        return
    if request["state"] == "approved":
        yield _provide(said, request, {"dispute": said.refs["dispute"]})


def _provide(said: Said, request: Body, facts: Body) -> Start:
    grant = said.refs.get("grant")
    return Start(
        request["counterparty"],
        f"request/{request['ref']}",
        request["owner"],
        request["item"],
        "provide",
        watch=() if grant is None else (f"grant/{grant}",),
        facts=facts,
    )


def _granted(case: Case) -> None:
    grant = opened(case.said, case.seen, "grant")
    if grant is not None and f"request/{grant['request']}" == case.body["thing"]:
        case.watch(f"grant/{grant['ref']}")


def _sent(case: Case) -> None:
    if case.by_owing:
        case.fulfil(final=False)


def _arrived(case: Case) -> None:
    delivery = case.seen.thing("delivery", case.said.refs["delivery"])
    receipt = None if delivery is None else delivery["receipt"]
    if case.by_other and receipt is not None and case.did(receipt):
        if receipt["result"] == "rejected" or receipt["same"] is False:
            case.reopen("not_received")
        else:
            case.fulfil()


def _called(case: Case) -> None:
    if case.said.data["count"]:
        case.fulfil()


def _broken_off(case: Case) -> None:
    grant = case.seen.thing("grant", case.said.refs["grant"])
    if grant is not None and case.did(grant.get("ending")):
        case.cancel("grant_ended")


PROVIDE = Kind(
    "O2",
    "provide",
    Wording("Share what was agreed to", "按答复共享数据"),
    "sharing_office",
    "office_head",
    excusable=True,
    starts={
        "request.replied": _agreed,
        "dispute.decided": _awarded,
        "dispute.settled": _awarded,
    },
    moves={
        "grant.issued": _granted,
        "delivery.sent": _sent,
        "delivery.received": _arrived,
        "window.recorded": _called,
        "grant.terminated": _broken_off,
    },
)


def _return_asked(said: Said, _seen: Seen) -> Iterator[Start]:
    grant = said.refs.get("grant")
    names = [f"item/{said.refs['item']}"] + ([] if grant is None else [f"grant/{grant}"])
    yield Start(
        said.data["provider"],
        f"request/{said.refs['request']}",
        said.source,
        said.refs["item"],
        "return",
        watch=tuple(names),
        facts={"region": said.data["region"], "grant": grant},
    )


def _returned(case: Case) -> None:
    data, refs = case.said.data, case.said.refs
    same = refs["item"] == case.body["item"] and data["consumer"] == case.body["to"]
    flow = data.get("direction") == "down" or refs.get("grant") == case.facts["grant"] is not None
    if same and flow and case.by_owing:
        case.fulfil()


def _not_wanted(case: Case) -> None:
    if f"request/{case.said.refs['request']}" == case.body["thing"] and case.by_other:
        case.cancel("withdrawn")


RETURN = Kind(
    "O14",
    "return",
    Wording("Return data to the lower level", "向下级部门回流数据"),
    "sharing_office",
    "office_head",
    starts={"return.requested": _return_asked},
    moves={"delivery.sent": _returned, "request.withdrawn": _not_wanted},
)

KINDS = (REPLY, PROVIDE, RETURN)
