"""What is noted with things because several rules ask for it, and no machine keeps it.

Machines keep what a thing's state needs. Beside it rules need times as the
statements say them, what was assessed, which versions were called back. It is noted
here, once, before the rules look; each note is small and bounded.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ledger.access.terms import owner_of
from ledger.supervision.rule import types
from ledger.supervision.scene import Scene, Spoken

MOST_NOTICES = 20  # of one item; older ones were long heeded, or never will be
MOST_EARLIER = 200  # statements of one act that wait for its opening to say until when it was due
# What belongs to the handling of an act, and has to happen before it is due.
HANDLING = types(
    "act.decided", "act.revised", "delivery.sent", "delivery.received", "use.recorded", "use.bound",
    "feedback.effect", "feedback.quality",
)  # fmt: skip
_ASSESSED = ("grant", "item", "matter", "request")


def names(said: Spoken) -> list[str]:
    """Return the names of memories that are asked for here."""
    found = []
    if "assessment" in said.refs:
        found.append(_paper(said.refs["assessment"]))
    if said.type == "statement.corrected":
        found.append(corrected(said.data["target"]))
    return found


def corrected(digest: str) -> str:
    """Return under which name it is kept that a statement was corrected by who said it."""
    return f"corrected/{digest}"


def _paper(ref: str) -> str:
    return f"assessed/{ref}"


def keep(scene: Scene) -> None:
    """Note what this statement tells, before the rules look."""
    said = scene.said
    keeper = _KEEPERS.get(said.type)
    if keeper is not None:
        keeper(scene)
    if said.type in HANDLING and "act" in said.refs:
        _handled(scene, said.refs["act"])


def _used(scene: Scene) -> None:
    said = scene.said
    scene.note("use", said.refs["use"])["time"] = scene.time
    if "act" in said.refs:
        _joined(scene, said.refs["act"], [said.refs["item"]])


def _bound(scene: Scene) -> None:
    _joined(scene, scene.said.refs["act"], [scene.said.refs["item"]])


def _joined(scene: Scene, act: str, items: list[str]) -> None:
    """Note which items of others an act rests on."""
    sources = scene.note("act", act).setdefault("sources", [])
    new = {item for item in items if item not in sources}
    if new:
        sources += sorted(new)


def _act_opened(scene: Scene) -> None:
    """Note until when an act was due, null where nothing is said of that; the first word counts.

    A decision opens an act too; then its opening, recorded after it, still tells.
    """
    said, act = scene.said, scene.said.refs["act"]
    if owner_of(act) in said.stands_for and "due" not in scene.notes("act", act):
        notes = scene.note("act", act)
        notes["due"] = said.data.get("due")
        if notes["due"] is None:
            notes.pop("earlier", None)


def _handled(scene: Scene, act: str) -> None:
    """Note a statement of an act whose opening was not recorded yet."""
    if "due" in scene.notes("act", act):
        return
    said = scene.said
    earlier = scene.note("act", act).setdefault("earlier", [])
    if len(earlier) < MOST_EARLIER:
        earlier.append([said.index, said.digest, said.source, scene.time])


def _corrected(scene: Scene) -> None:
    scene.keep(corrected(scene.said.data["target"]))["entry"] = scene.said.index


def _act_decided(scene: Scene) -> None:
    act = scene.said.refs["act"]
    step = scene.step("act")
    if step is None or not step.fits:
        return
    scene.note("act", act).setdefault("decided", scene.time)
    evidence = scene.said.data["evidence"]
    items = [one["item"] for one in evidence if one["source"] == "shared" and "item" in one]
    _joined(scene, act, items)


def _catalogued(scene: Scene) -> None:
    step, data = scene.step("item"), scene.said.data
    if step is None or not step.fits:
        return
    notes = scene.note("item", scene.said.refs["item"])
    notes["personal"] = data["personal_data"]
    notes["conditions"] = sorted(one["code"] for one in data.get("conditions", ()))


def _assessed(scene: Scene) -> None:
    said = scene.said
    scene.keep(_paper(said.refs["assessment"]))["kind"] = said.data["kind"]
    _note_papers(scene, {said.data["kind"]})


def _named_papers(scene: Scene) -> None:
    """Note with a request or a grant what the assessment that it names was of."""
    refs, found = scene.said.refs, set()
    if "assessment" in refs:
        found.add(scene.memory(_paper(refs["assessment"])).get("kind", "not_recorded"))
    if "grant" in refs and "request" in refs:
        found |= set(scene.notes("request", refs["request"]).get("assessed", ()))
    _note_papers(scene, found)


def _note_papers(scene: Scene, kinds: set[str]) -> None:
    for kind in _ASSESSED:
        ref = scene.said.refs.get(kind)
        if ref is not None and kinds:
            notes = scene.note(kind, ref)
            notes["assessed"] = sorted(kinds.union(notes.get("assessed", ())))


def _linked(scene: Scene) -> None:
    scene.note("matter", scene.said.refs["matter"])["linkage"] = scene.said.index


def _called_back(scene: Scene) -> None:
    """Note which versions of an item its consumers were told not to use."""
    data = scene.said.data
    if data.get("kind", "superseded") not in ("corrected", "superseded", "withdrawn"):
        return
    notices = scene.note("item", scene.said.refs["item"]).setdefault("notices", [])
    notices.append(
        {"entry": scene.said.index, "at": scene.said.recorded_at,
         "versions": data.get("affected_versions", []), "consumers": data["consumers"]}
    )  # fmt: skip
    del notices[:-MOST_NOTICES]


def _sent(scene: Scene) -> None:
    refs, data = scene.said.refs, scene.said.data
    kept = {name: data[name] for name in ("data_as_of", "records") if name in data}
    if kept:
        scene.note("delivery", refs["delivery"]).update(kept)


def _resumed(scene: Scene) -> None:
    step = scene.step("grant")
    if step is not None and step.fits:
        notes = scene.note("grant", scene.said.refs["grant"])
        notes.setdefault("resumed", []).append(scene.said.data["effective"])


def _told_of_grant(word: str) -> Callable[[Scene], None]:
    """Return what notes with a grant that something was recorded of it, by which entry."""

    def note(scene: Scene) -> None:
        if "grant" in scene.said.refs:
            scene.note("grant", scene.said.refs["grant"])[word] = scene.said.index

    return note


def _effect(scene: Scene) -> None:
    """Note the effect with each grant that the uses it credits rest on."""
    grants = {scene.said.refs.get("grant")}
    for one in scene.said.data["contributions"]:
        use = scene.thing("use", one.get("use"))
        grants.add(None if use is None else use["grant"])
    for grant in sorted(ref for ref in grants if ref is not None):
        if scene.thing("grant", grant) is not None:
            scene.note("grant", grant)["effect"] = scene.said.index


_KEEPERS: Mapping[str, Callable[[Scene], Any]] = {
    "use.recorded": _used,
    "use.bound": _bound,
    "act.opened": _act_opened,
    "act.decided": _act_decided,
    "act.revised": _act_decided,
    "item.published": _catalogued,
    "item.amended": _catalogued,
    "assessment.recorded": _assessed,
    "request.made": _named_papers,
    "request.supplemented": _named_papers,
    "grant.issued": _named_papers,
    "grant.amended": _named_papers,
    "statement.corrected": _corrected,
    "linkage.assessed": _linked,
    "notice.issued": _called_back,
    "recall.issued": _called_back,
    "delivery.sent": _sent,
    "grant.resumed": _resumed,
    "consultation.held": _told_of_grant("consulted"),
    "filing.made": _told_of_grant("filed"),
    "storage.recorded": _told_of_grant("stored"),
    "window.recorded": _told_of_grant("window"),
    "feedback.effect": _effect,
}
