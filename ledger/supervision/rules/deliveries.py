"""F7, F18: what was delivered, how old it is, and whether what arrived is what was sent.

Source: decree 809, articles 18, 19 and 22; seed S09, S20.
"""

from collections.abc import Iterator

from ledger.access.terms import owner_of
from ledger.events.wording import Wording
from ledger.supervision.reading import CYCLE_HOURS, hours_between
from ledger.supervision.rule import Found, Rule, types
from ledger.supervision.scene import Scene


def _stale(scene: Scene) -> Iterator[Found]:
    """A delivery concerns who provides it; a use, who used what he was told is so old.

    A cycle without a length that can be compared (real time, a minute, irregular, not
    stated) is not judged.
    """
    said = scene.said
    dated = said.data.get("data_as_of")
    if dated is None and said.type == "use.recorded":
        dated = scene.notes("delivery", said.refs.get("delivery")).get("data_as_of")
    if dated is None:
        return
    item = scene.thing("item", said.refs["item"])
    if item is None or item["update_cycle"] not in CYCLE_HOURS:
        return
    cycle = item["update_cycle"]
    age = hours_between(dated, scene.time)
    if age > CYCLE_HOURS[cycle] * scene.value("F7", "cycles"):
        facts = {
            "item": said.refs["item"], "data_as_of": dated, "at": scene.time,
            "hours": age, "cycle": cycle,
        }  # fmt: skip
        kind = "use" if said.type == "use.recorded" else "delivery"
        yield Found(said.source, facts, (item["opened"],), ((kind, said.refs[kind]),))


def _receipt(scene: Scene) -> Iterator[Found]:
    said, ref = scene.said, scene.said.refs.get("delivery")
    if ref is None:
        return
    if said.type == "use.recorded":
        yield from _used_unreceived(scene, ref)
        return
    delivery = scene.thing("delivery", ref)
    if delivery is None:
        yield Found(said.source, {"delivery": ref, "why": "not_sent"})
        return
    why = _differs(scene, ref)
    if why is not None:
        yield Found(owner_of(ref), {"delivery": ref, "why": why}, (delivery["opened"],))


def _differs(scene: Scene, ref: str) -> str | None:
    delivery, data = scene.thing("delivery", ref), scene.said.data
    receipt = None if delivery is None else delivery["receipt"]
    if receipt is None or receipt["index"] != scene.said.index:
        return None  # somebody else's word
    if receipt["same"] is False:
        return "hash_differs"
    if receipt["result"] == "rejected":
        return "rejected"
    sent = scene.notes("delivery", ref).get("records")
    arrived = data.get("records")
    differs = sent is not None and arrived is not None and sent != arrived
    return "records_differ" if differs else None


def _used_unreceived(scene: Scene, ref: str) -> Iterator[Found]:
    delivery = scene.thing("delivery", ref)
    if delivery is None:
        return  # a use may name a delivery that is told later
    if delivery["receipt"] is None and delivery["counterparty"] in scene.said.stands_for:
        facts = {"delivery": ref, "why": "no_receipt"}
        yield Found(scene.said.source, facts, (delivery["opened"],))


RULES = (
    Rule(
        "F7", "deliveries", "medium", "policy", ("809:18", "809:19", "S20"),
        Wording("Data older than its cycle", "数据早于更新周期"),
        Wording(
            "{item} as of {data_as_of}, {hours} hours old at {at}; its cycle is {cycle}",
            "{item} 的数据截至 {data_as_of}，至 {at} 已 {hours} 小时；更新周期为 {cycle}",
        ),
        _stale, types("delivery.sent", "use.recorded"), ("cycles",),
    ),
    Rule(
        "F18", "deliveries", "medium", "policy", ("S09", "S37"),
        Wording("Delivery and receipt do not agree", "交付与回执不一致"),
        Wording("delivery {delivery}: {why}", "交付 {delivery}：{why}"),
        _receipt, types("delivery.received", "use.recorded"),
    ),
)  # fmt: skip
