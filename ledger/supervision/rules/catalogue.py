"""F14, F16, F31, F35: the catalogue, and what is collected beside it.

Source: decree 809, articles 14, 15, 19, 39 to 41; seed S17.
"""

from collections.abc import Iterator

from ledger.events.wording import Wording
from ledger.supervision.departments import Registered
from ledger.supervision.rule import Found, Rule, types
from ledger.supervision.scene import Scene, Spoken

_MOST = 50  # items of one classification that are remembered
_COULD_HAVE = frozenset({"available_not_used", "not_checked", "not_stated", "not_in_catalogue"})
_FROM_PUBLIC = frozenset({"citizen", "legal_person", "other_organisation"})


def _offered(said: Spoken) -> Iterator[str]:
    yield f"F14/{said.data['classification']}"


def _collected_again(scene: Scene) -> Iterator[Found]:
    """Collected from the public what another department offers, by classification.

    What was asked for and refused, is pending or unfit does not suffice, as the
    department says; what it did not check, it could have had.
    """
    said, data = scene.said, scene.said.data
    name = f"F14/{data['classification']}"
    if said.type != "collection.recorded":
        _offer(scene, name)
        return
    offered = scene.memory(name).get("items", {})
    others = sorted(item for item, owner in offered.items() if owner not in said.stands_for)
    named = said.refs.get("item")
    if named is not None and data["sharing"] == "available_not_used":
        others = [named]
    if data["collected_from"] in _FROM_PUBLIC and data["sharing"] in _COULD_HAVE and others:
        facts = {
            "classification": data["classification"], "sharing": data["sharing"],
            "items": others[:5], "from": data["collected_from"],
        }  # fmt: skip
        yield Found(said.source, facts)


def _offer(scene: Scene, name: str) -> None:
    step, data, item = scene.step("item"), scene.said.data, scene.said.refs["item"]
    if step is None or not step.fits:
        return
    offered = scene.keep(name).setdefault("items", {})
    if data["sharing_attribute"] == "not_shared":
        offered.pop(item, None)
    elif len(offered) < _MOST:
        offered[item] = data["provider"]


_FOUNDING = frozenset({"law", "administrative_regulation", "state_council_decision"})


def _unfounded(scene: Scene) -> Iterator[Found]:
    data, step = scene.said.data, scene.step("item")
    if data["sharing_attribute"] != "not_shared" or step is None or not step.fits:
        return
    levels = {one["level"] for one in data["not_shared"]["basis"]}
    if levels.isdisjoint(_FOUNDING):
        laws = [one["law"] for one in data["not_shared"]["basis"]]
        yield Found(scene.said.source, {"item": scene.said.refs["item"], "basis": laws})


def _sources(said: Spoken) -> Iterator[str]:
    yield f"F35/{said.data['classification']}"


def _no_source(scene: Scene) -> Iterator[Found]:
    """Concerns the sharing authority of the second department; without one, nobody is concerned.

    Items made from others' are no collection of their own.
    """
    said, data = scene.said, scene.said.data
    name = f"F35/{data['classification']}"
    if said.type == "source.designated":
        scene.keep(name)["source"] = data["source_department"]
        return
    step = scene.step("item")
    social = data["origin"] == "social"
    if step is None or not step.fits or social or "derived_from" in data:
        return
    providers = scene.memory(name).get("providers", {})
    if data["provider"] in providers or len(providers) >= _MOST:
        return
    kept = scene.keep(name)
    kept["providers"] = {**providers, data["provider"]: said.index}
    authority = Registered(scene.registry, said.index).authority(data["provider"])
    if providers and "source" not in kept and authority is not None:
        facts = {
            "classification": data["classification"], "providers": sorted(kept["providers"]),
        }  # fmt: skip
        yield Found(authority, facts, tuple(sorted(providers.values())))


def _named(said: Spoken) -> Iterator[str]:
    source = said.source if said.type == "dispute.opened" else said.data["source_department"]
    yield f"F31/{source}"


def _unsupported(scene: Scene) -> Iterator[Found]:
    """A source department takes a contributor to the authority over what it is the source of.

    That it was not supported is what it says itself; nobody has judged it yet.
    """
    said, data = scene.said, scene.said.data
    [name] = _named(said)
    if said.type == "source.designated":
        kept = scene.keep(name).setdefault("contributors", {})
        kept.update({one: said.index for one in sorted(data["contributors"])})
        return
    step, known = scene.step("dispute"), scene.memory(name).get("contributors", {})
    if data["subject"] != "source" or step is None or not step.fits:
        return
    for respondent in data["respondents"]:
        if respondent in known:
            facts = {"source": said.source, "dispute": said.refs["dispute"]}
            yield Found(respondent, {**facts, "wanted": data["wanted"]}, (known[respondent],))


_VERSIONS = types("item.published", "item.amended")

RULES = (
    Rule(
        "F14", "catalogue", "medium", "law", ("809:19", "809:40", "S17"),
        Wording("Collected again", "重复收集"),
        Wording(
            "{classification} was collected from {from} ({sharing}), while others share it: "
            "{items}",
            "向 {from} 收集 {classification}（{sharing}），而已有共享条目：{items}",
        ),
        _collected_again, _VERSIONS | {"collection.recorded"}, (), _offered,
    ),
    Rule(
        "F16", "catalogue", "high", "law", ("809:14", "809:15"),
        Wording("Not shared without a basis in law", "不予共享缺少依据"),
        Wording(
            "{item} is not shared; it names no law, administrative regulation or decision of the "
            "State Council: {basis}",
            "{item} 列为不予共享；未列明法律、行政法规或者国务院决定：{basis}",
        ),
        _unfounded, _VERSIONS,
    ),
    Rule(
        "F31",
        "catalogue",
        "medium",
        "law",
        ("809:19", "809:39"),
        Wording("The source department says it is not supported", "数源部门反映未获配合"),
        Wording(
            "source department {source} opened dispute {dispute} against a department that is to "
            "contribute; wanted: {wanted}",
            "数源部门 {source} 就配合事宜提出争议 {dispute}，对方为应当配合的部门；要求：{wanted}",
        ),
        _unsupported,
        types("source.designated", "dispute.opened"),
        (),
        _named,
    ),
    Rule(
        "F35", "catalogue", "low", "law", ("809:19", "809:41"),
        Wording("No source department named", "未明确数源部门"),
        Wording(
            "several departments collect {classification} ({providers}); none is named its source",
            "多个部门收集 {classification}（{providers}）；未见明确数源部门",
        ),
        _no_source, types("item.published", "source.designated"), (), _sources,
    ),
)  # fmt: skip
