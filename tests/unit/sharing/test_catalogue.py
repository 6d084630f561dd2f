"""Items, deliveries, acts and matters, as the share sees them."""

import pytest

from tests.unit.sharing.tale import ACT, AUTHORITY, DELIVERY, ITEM, C, P, Tale, X


def test_an_item_is_published_amended_reviewed_and_withdrawn() -> None:
    tale, refs = Tale("item", ITEM), {"item": ITEM}
    assert tale.say("item.published", P, refs, provider=P, item_version="1").fits
    assert tale.say("item.published", P, refs).reason == "opened_before"
    assert tale.say("item.amended", X, refs).reason == "no_party"
    assert tale.say("item.amended", P, refs, provider=P, item_version="2").fits
    assert tale.body["item_version"] == "2"
    assert tale.body["versions"] == [{"item_version": "1", "until": 3}]
    assert tale.say("item.reviewed", P, refs).reason == "no_party"
    assert tale.say("item.reviewed", AUTHORITY, refs).fits
    assert tale.body["review"]["by"] == AUTHORITY
    assert tale.say("use.recorded", C, refs | {"use": f"{C}/U-1"}).fits
    assert tale.say("item.withdrawn", P, refs).fits
    assert tale.state == "withdrawn"
    assert tale.say("item.withdrawn", P, refs).reason == "unfit_state"


@pytest.mark.parametrize(
    ("arrived", "result", "state", "same"),
    [
        ("a" * 64, "accepted", "received", True),
        ("b" * 64, "partial", "received", False),
        (None, "rejected", "rejected", None),
    ],
)
def test_a_delivery_is_received_or_rejected(
    arrived: str | None, result: str, state: str, same: bool | None
) -> None:
    tale, refs = Tale("delivery", DELIVERY), {"delivery": DELIVERY, "item": ITEM}
    tale.say("delivery.sent", P, refs, consumer=C, content_sha256="a" * 64)
    assert tale.state == "sent"
    receipt = {"provider": P, "content_sha256": arrived, "result": result}
    assert tale.say("delivery.received", X, refs, **receipt).reason == "no_party"
    assert tale.say("delivery.received", C, refs, **receipt).fits
    assert tale.state == state
    assert tale.body["receipt"]["same"] is same


def test_an_act_is_opened_decided_revised_and_revoked() -> None:
    tale, refs = Tale("act", ACT), {"act": ACT}
    tale.say("act.opened", C, refs)
    assert tale.state == "open"
    assert tale.say("act.revised", C, refs).reason == "unfit_state"
    assert tale.say("act.decided", C, refs).fits
    assert tale.state == "decided"
    tale.say("act.revised", C, refs)
    assert tale.state == "revised"
    assert tale.say("act.reexamined", C, refs | {"item": ITEM}, outcome="upheld").fits
    tale.say("act.revoked", C, refs)
    assert tale.state == "revoked"


def test_an_act_may_begin_with_its_decision() -> None:
    tale = Tale("act", ACT)
    tale.say("act.decided", C, {"act": ACT})
    assert tale.state == "decided"
    assert tale.say("act.opened", C, {"act": ACT}).reason == "opened_before"


def test_who_provides_for_an_act_speaks_of_it_before_and_after() -> None:
    tale, about = Tale("act", ACT), {"item": ITEM, "delivery": DELIVERY, "act": ACT}
    assert tale.say("delivery.sent", P, about, consumer=C).fits
    assert tale.body["opened"] is None
    tale.say("act.decided", C, {"act": ACT})
    assert tale.say("delivery.sent", P, about, consumer=C).fits
    assert tale.say("delivery.sent", P, about, consumer=X).reason == "no_party"
    credit = {"feedback": f"{C}/F-1", "act": ACT}
    assert tale.say("feedback.acknowledged", P, credit, consumer=C).fits


def test_a_matter_is_there_once_its_owner_names_it() -> None:
    matter = f"{C}/M-1"
    tale = Tale("matter", matter)
    about = {"matter": matter, "item": ITEM, "use": f"{C}/U-1"}
    assert tale.say("use.recorded", X, about).reason == "no_party"
    assert tale.body["opened"] is None
    tale.say("use.recorded", C, about)
    assert tale.state == "named"
