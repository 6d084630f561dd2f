"""F10, F26, F27, F39: an act, what it rests on, and when it was due.

Source: decree 809, articles 25 and 34; law on administrative penalties, as the demands
S11, S12, S16 and S22 have it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.events.wording import Wording
from ledger.sharing.machine import Body
from ledger.sharing.uses import QUESTIONING
from ledger.supervision.findings import OVER
from ledger.supervision.keeping import HANDLING, corrected
from ledger.supervision.rule import Found, Rule, types
from ledger.supervision.scene import Scene


def _linked(scene: Scene) -> Iterator[Found]:
    """Told once an act, when one source more makes them many."""
    said, ref = scene.said, scene.said.refs.get("act")
    if ref is None:
        return
    notes = scene.notes("act", ref)
    sources = notes.get("sources", ())
    if len(sources) < scene.value("F10", "sources") or notes.get("F10"):
        return
    matter = said.refs.get("matter")
    if "linkage" in scene.notes("matter", matter):
        return
    scene.note("act", ref)["F10"] = said.index
    facts = {"act": ref, "matter": matter or "—", "count": len(sources), "sources": list(sources)}
    yield Found(said.source, facts)


def _cited(scene: Scene) -> Iterator[tuple[str, Body | None]]:
    """Yield each use that a decision cites, as it is by now."""
    for one in scene.said.data["evidence"]:
        if "use" in one:
            yield one["use"], scene.thing("use", one["use"])


def _decided_before(scene: Scene) -> Iterator[Found]:
    said, step = scene.said, scene.step("act")
    if step is None or not step.fits:
        return
    for ref, use in _cited(scene):
        used_at = scene.notes("use", ref).get("time", scene.time)
        if use is None or used_at > scene.time:
            why = "use_unknown" if use is None else "use_later"
            facts = {"act": said.refs["act"], "use": ref, "why": why, "at": scene.time}
            yield Found(said.source, facts, () if use is None else (use["opened"],))


def _lawfulness_questioned(scene: Scene) -> Iterator[Found]:
    """A question and no conclusion: what a use was found to be is itself to be checked."""
    said, step = scene.said, scene.step("act")
    if step is None or not step.fits:
        return
    for ref, use in _cited(scene):
        open_ = []
        for name in scene.notes("use", ref).get("found", ()):
            finding = scene.finding(name)
            if finding is not None and finding["rule"] in QUESTIONING:
                open_ += [name] if finding["state"] not in OVER else []
        if open_ and use is not None:
            facts = {"act": said.refs["act"], "use": ref, "findings": open_}
            yield Found(said.source, facts, (use["opened"],))


def _after_due(scene: Scene) -> Iterator[Found]:
    """What belongs to the handling of an act; what follows a decision in time does not.

    Who says only afterwards that an act was opened, and until when it was due, tells it of
    all that was recorded of it before.
    """
    said, ref = scene.said, scene.said.refs.get("act")
    notes = scene.notes("act", ref)
    due = notes.get("due")
    if ref is None or due is None:
        return
    if said.type == _OPENED:
        yield from _opened_after(scene, ref, notes, due)
    elif _is_late(notes, due, scene.time):
        act = scene.thing("act", ref)
        facts = {"act": ref, "due": due, "at": scene.time}
        yield Found(said.source, facts, () if act is None else (act["opened"],))


def _opened_after(scene: Scene, act: str, notes: Mapping[str, Any], due: str) -> Iterator[Found]:
    if "earlier" not in notes:
        return
    for entry, digest, source, time in scene.note("act", act).pop("earlier"):
        if _is_late(notes, due, time) and not scene.memory(corrected(digest)):
            facts = {"act": act, "due": due, "at": time}
            yield Found(source, facts, (entry,), said=digest)


def _is_late(notes: Mapping[str, Any], due: str, time: str) -> bool:
    return time > due and notes.get("decided", time) > due


_OPENED = "act.opened"
_DECISIONS = types("act.decided", "act.revised")

RULES = (
    Rule(
        "F10", "evidence", "medium", "policy", ("809:25", "S16"),
        Wording("Many sources joined without an assessment", "多源汇聚未见关联评估"),
        Wording(
            "act {act} joins {count} sources ({sources}); no linkage assessment was recorded for "
            "matter {matter}",
            "行政行为 {act} 汇聚 {count} 个来源（{sources}）；事项 {matter} 未见汇聚关联评估记录",
        ),
        _linked, _DECISIONS | {"use.recorded", "use.bound"}, ("sources",),
    ),
    Rule(
        "F26", "evidence", "medium", "policy", ("S11", "S12"),
        Wording("Decided before the use it cites", "行政行为早于所引用的使用"),
        Wording(
            "act {act} of {at} cites use {use}: {why}",
            "行政行为 {act}（{at}）引用使用 {use}：{why}",
        ),
        _decided_before, _DECISIONS,
    ),
    Rule(
        "F27", "evidence", "high", "policy", ("S12", "809:25"),
        Wording("Lawfulness of the source to be examined", "来源合法性待审查"),
        Wording(
            "act {act} cites use {use}, of which is to be checked: {findings}",
            "行政行为 {act} 引用使用 {use}，该使用有待核事项：{findings}",
        ),
        _lawfulness_questioned, _DECISIONS,
    ),
    Rule(
        "F39", "evidence", "low", "policy", ("S19", "S11"),
        Wording("After the act was due", "晚于行政行为期限"),
        Wording(
            "act {act} was due at {due}; this happened at {at}",
            "行政行为 {act} 应于 {due} 前办结；本事件发生于 {at}",
        ),
        _after_due, HANDLING | {_OPENED}, version="2",
    ),
)  # fmt: skip
