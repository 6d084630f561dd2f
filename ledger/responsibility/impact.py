"""From an item, a version of it or one delivery to all that relied on it: the trace turned round.

    impact(fetched, asked) -> members

Every use with the act that it was for and the department that answers for it, decisive ones
first; who was told of an error, who acknowledged, who used it or decided afterwards, and
which acts were examined anew.

Source: decree 809, article 26; design, HTTP API.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ledger.responsibility.branches import DECISIONS
from ledger.responsibility.chain import Chain, Fetched, Members, official_of, time_of
from ledger.responsibility.lines import line
from ledger.responsibility.reach import Search
from ledger.sharing.machine import Said

_GRADES = ("decisive", "supporting", "checked_only", "not_stated")
_TELLING = ("notice.issued", "recall.issued")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: an item, and perhaps one version of it or one delivery."""

    item: str
    version: str | None = None
    delivery: str | None = None


@dataclass(frozen=True, slots=True)
class Relied:
    """A use, how much hung on it, and the acts that it was for."""

    use: Said
    grade: str
    acts: Mapping[str, list[int]]  # by ref: entries that tie the use to it
    way: tuple[str, ...] = ()  # items from the one that was asked about to the one used


def first(asked: Asked) -> list[Search]:
    """Return the searches to begin with."""
    return _of_item(asked.item)


def further(chain: Chain, asked: Asked) -> list[Search]:
    """Return the searches for what was derived from it and for the acts that relied on it."""
    derived = [one for item in _ways(chain, asked.item) for one in _of_item(item)]
    acts = sorted({act for one in _all_relied(chain, asked) for act in one.acts})
    return [*derived, *(Search(tuple(sorted((f"act/{act}", "family/acts")))) for act in acts)]


def _of_item(name: str) -> list[Search]:
    item = f"item/{name}"
    kinds = (
        "item.published", "item.amended", "use.recorded", "use.bound", "delivery.sent",
        "delivery.received", *DECISIONS,
    )  # fmt: skip
    found = [Search(tuple(sorted((item, f"type/{kind}")))) for kind in kinds]
    return [*found, Search(tuple(sorted((item, "family/corrections"))))]


def _ways(chain: Chain, item: str) -> dict[str, tuple[str, ...]]:
    """The items that were derived from one, and by which way; never round in a circle."""
    made: dict[str, list[str]] = {}
    for said in chain.of("item.published", "item.amended"):
        for source in said.data.get("derived_from", ()):
            made.setdefault(source["item"], []).append(said.refs["item"])
    found: dict[str, tuple[str, ...]] = {item: (item,)}
    waiting = [item]
    while waiting:
        source = waiting.pop(0)
        for name in made.get(source, ()):
            if name not in found:
                found[name] = (*found[source], name)
                waiting.append(name)
    return found


def impact(fetched: Fetched, asked: Asked) -> Members:
    """Return what relied on an item; LookupError where nothing is said of it."""
    chain = Chain(fetched)
    if not chain.about("item", asked.item):
        raise LookupError(f"{asked.item}: nothing was said of it")
    ways = _ways(chain, asked.item)
    relied = _all_relied(chain, asked)
    told = [
        one
        for item in ways
        for one in chain.about("item", item, *_TELLING)
        if one.refs["item"] == item and (item != asked.item or _about(chain, one, asked))
    ]
    lines = [_line(chain, one, _concerning(chain, one.use, told)) for one in relied]
    users = {one.use.source for one in relied}
    found: Members = {
        "as_of": chain.size,
        "asked": {
            name: value
            for name, value in (
                ("delivery", asked.delivery), ("item", asked.item), ("version", asked.version)
            )
            if value is not None
        },
        "at": chain.at,
        "counts": _counts(relied),
        "derived": [_derived(chain, way) for way in ways.values() if way[1:]],
        "told": [one for said in told for one in _told(chain, said)],
        "unused": list(_unused(chain, asked)),
        "untold": [
            line(
                10, "not_told", [one.use.index for one in relied if one.use.source == name],
                department=name,
            )
            for name in sorted(users)
            if not any(name in said.data["consumers"] for said in told)
        ],
        "uses": lines,
    }  # fmt: skip
    return found


def _counts(relied: list[Relied]) -> Members:
    acts = {act for one in relied for act in one.acts}
    return {
        "acts": len(acts),
        "departments": len({one.use.source for one in relied}),
        **{grade: sum(one.grade == grade for one in relied) for grade in _GRADES},
    }


def _derived(chain: Chain, way: tuple[str, ...]) -> Members:
    """An item that was made from it, at once or by others; whether it has the error is open."""
    said = [
        one
        for one in chain.about("item", way[-1], "item.published", "item.amended")
        if one.refs["item"] == way[-1]
        and any(source["item"] == way[-2] for source in one.data.get("derived_from", ()))
    ]
    return line(
        10, "derived_item", [one.index for one in said], ref=way[-1],
        department=said[-1].data["provider"], way=list(way),
    )  # fmt: skip


def _all_relied(chain: Chain, asked: Asked) -> list[Relied]:
    """The uses of it and of what was derived from it, decisive first, then by their entries."""
    found = [
        replace(_reliance(chain, use), way=way)
        for item, way in _ways(chain, asked.item).items()
        for use in chain.about("item", item, "use.recorded")
        if use.refs["item"] == item and (way[1:] or _is_asked(chain, use, asked))
    ]
    return sorted(found, key=lambda one: (_GRADES.index(one.grade), one.use.index))


def _is_asked(chain: Chain, use: Said, asked: Asked) -> bool:
    delivery = use.refs.get("delivery")
    if asked.delivery is not None:
        return delivery == asked.delivery
    return asked.version is None or asked.version in _versions(chain, use, delivery)


def _versions(chain: Chain, use: Said, delivery: str | None) -> set[object]:
    """Which versions a use is of, by itself and by its delivery."""
    sent = chain.first("delivery", delivery, "delivery.sent")
    return {one.data.get("item_version") for one in (use, sent) if one is not None} - {None}


def _reliance(chain: Chain, use: Said) -> Relied:
    ref, grade = use.refs["use"], use.data["reliance"]
    acts: dict[str, list[int]] = {use.refs["act"]: [use.index]} if "act" in use.refs else {}
    for said in chain.about("use", ref, "use.bound", *DECISIONS):
        acts.setdefault(said.refs["act"], []).append(said.index)
        grade = said.data.get("reliance", grade)
        for piece in said.data.get("evidence", ()):
            if piece.get("use") == ref:
                grade = piece.get("reliance", grade)
    return Relied(use, grade, acts)


def _concerning(chain: Chain, use: Said, told: list[Said]) -> list[Said]:
    """The notices to the department of a use, of the version that it used."""
    versions = _versions(chain, use, use.refs.get("delivery"))
    return [
        one
        for one in told
        if use.source in one.data["consumers"]
        and (
            one.refs["item"] != use.refs["item"]  # of what it was derived from
            or not versions
            or not one.data.get("affected_versions")
            or not versions.isdisjoint(one.data["affected_versions"])
        )
    ]


def _line(chain: Chain, one: Relied, told: list[Said]) -> Members:
    use = one.use
    rests = [use.index, *(entry for tied in one.acts.values() for entry in tied)]
    before = [said.index for said in told if said.index < use.index]
    return line(
        10, "relied", [*rests, *before], ref=use.refs["use"], department=use.source,
        official=official_of(use), voice=use.voice, time=time_of(use), grade=one.grade,
        purpose_code=use.data["purpose_code"], delivery=use.refs.get("delivery"),
        item_version=next(iter(sorted(map(str, _versions(chain, use, use.refs.get("delivery"))))),
                          None),
        state=chain.body("use", use.refs["use"])["state"] or None,
        used_after_told=before or None, way=list(one.way) if one.way[1:] else None,
        acts=[_act(chain, act, told) for act in sorted(one.acts)],
    )  # fmt: skip


def _act(chain: Chain, act: str, told: list[Said]) -> Members:
    decided = chain.about("act", act, *DECISIONS)
    anew = [one.index for one in chain.about("act", act, "act.reexamined")]
    since = [one.index for one in told]
    after = [one.index for one in decided if since and one.index > since[0]]
    found = {
        "decided": [one.index for one in decided] or None,
        "decided_after_told": after or None,
        "examined_anew": anew or None,
        "ref": act,
        "state": chain.body("act", act)["state"] or None,
        "to_examine": True if since and decided and not anew else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _about(chain: Chain, said: Said, asked: Asked) -> bool:
    """Whether a notice is of what is asked about; one that names nothing is of all of it."""
    versions = said.data.get("affected_versions", ())
    deliveries = said.data.get("affected_deliveries", ())
    if asked.delivery is not None:
        sent = chain.first("delivery", asked.delivery, "delivery.sent")
        version = None if sent is None else sent.data.get("item_version")
        named = asked.delivery in deliveries or (version is not None and version in versions)
        return named or not (versions or deliveries)
    return asked.version is None or not versions or asked.version in versions


def _told(chain: Chain, said: Said) -> Iterator[Members]:
    """Yield for each department that a notice names, whether it answered."""
    heard = [one for one in chain.about("item", said.refs["item"], "notice.acknowledged")
             if said.digest in one.data["parents"]]  # fmt: skip
    for name in said.data["consumers"]:
        answers = [one for one in heard if name in one.stands_for]
        yield line(
            10, "told", [said.index, *(one.index for one in answers)], department=name,
            by=said.source, official=official_of(said), type=said.type, due=said.data.get("due"),
            acknowledged=[one.index for one in answers] or None,
            outcome=answers[-1].data["outcome"] if answers else None,
        )  # fmt: skip
        if not answers:
            yield line(10, "notice_unanswered", [said.index], department=name)


def _unused(chain: Chain, asked: Asked) -> Iterator[Members]:
    """Yield the deliveries of it of which no use is on record: who has it may rely on it."""
    used = {one.refs.get("delivery") for one in chain.of("use.recorded")}
    for said in chain.about("item", asked.item, "delivery.sent"):
        ref = said.refs["delivery"]
        asked_for = asked.delivery in (None, ref)
        version = asked.version in (None, said.data.get("item_version"))
        if asked_for and version and ref not in used:
            yield line(10, "received_unused", [said.index], ref=ref,
                       department=said.data["consumer"])  # fmt: skip
