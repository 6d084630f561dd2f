"""F37: an error that is known and not reported.

Source: decree 809, article 26.
"""

from collections.abc import Iterator
from typing import Any

from ledger.events.wording import Wording
from ledger.supervision.reading import days_between
from ledger.supervision.rule import Found, Rule, types
from ledger.supervision.scene import Scene

_MOST = 20  # departments that know of an error of one item at a time


def _unreported(scene: Scene) -> Iterator[Found]:
    """Told by the first later statement of the same department on the item that shows it late.

    A use that contradicted the data, and a defect that was fed back, are knowledge; a
    request to correct ends it.
    """
    said, item = scene.said, scene.said.refs.get("item")
    if item is None:
        return
    kept, how = scene.notes("item", item).get("F37", {}), _learnt(scene)
    if not kept and how is None:
        return
    known: dict[str, Any] = dict(kept)
    mine = known.get(said.source)
    if mine is not None:
        days = days_between(mine["at"], said.recorded_at)
        if days > scene.value("F37", "report"):
            known.pop(said.source)
            facts = {"item": item, "known": mine["at"], "days": days, "how": mine["how"]}
            yield Found(said.source, facts, (mine["entry"],))
    if said.type == "correction.requested":
        known.pop(said.source, None)
    elif how is not None and said.source not in known and len(known) < _MOST:
        known[said.source] = {"entry": said.index, "at": said.recorded_at, "how": how}
    if known != kept:
        scene.note("item", item)["F37"] = known


def _learnt(scene: Scene) -> str | None:
    said = scene.said
    if said.refs["item"].partition("/")[0] in said.stands_for:
        return None  # its own data it corrects itself
    if said.type == "feedback.quality":
        return "reported_defect"
    contradicted = said.data.get("verification") == "contradicted"
    return "contradicted" if contradicted and said.type == "use.recorded" else None


RULES = (
    Rule(
        "F37", "corrections", "medium", "law", ("809:26",),
        Wording("A known error not reported", "发现错误未提出校核申请"),
        Wording(
            "an error in {item} is known since {known} ({how}); {days} days later no correction "
            "had been asked for",
            "{known} 已知 {item} 有误（{how}）；{days} 天后仍未提出校核申请",
        ),
        _unreported,
        types(
            "use.recorded", "use.bound", "feedback.quality", "correction.requested",
            "delivery.received", "storage.recorded", "window.recorded",
        ),
        ("report",),
    ),
)  # fmt: skip
