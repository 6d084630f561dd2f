"""F21: feedback that looks like exchange rather than effect.

Source: seed S55, S57.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson

from ledger.access.terms import owner_of
from ledger.events.wording import Wording
from ledger.supervision.rule import Found, Rule, types
from ledger.supervision.scene import Scene, Spoken

_MOST = 200  # wordings of one department that are counted


def _pair(one: str, other: str) -> str:
    return "F21/" + "+".join(sorted((one, other)))


def _credited(said: Spoken) -> list[str]:
    owners = {owner_of(one["item"]) for one in said.data["contributions"]}
    return sorted(owners - {said.source})


def _names(said: Spoken) -> Iterator[str]:
    yield f"F21/{said.source}"
    yield from (_pair(said.source, owner) for owner in _credited(said))


def _exchanged(scene: Scene) -> Iterator[Found]:
    yield from _templated(scene)
    said = scene.said
    for owner in _credited(said):
        kept = scene.keep(_pair(said.source, owner))
        kept[said.source] = kept.get(said.source, 0) + 1
        least = scene.value("F21", "reciprocal")
        if kept[said.source] == least and kept.get(owner, 0) >= least:
            facts = {"why": "reciprocal", "with": owner, "count": kept[said.source]}
            yield Found(said.source, facts)


def _templated(scene: Scene) -> Iterator[Found]:
    """The same words or figures again and again; what says nothing is no template."""
    said, data = scene.said, scene.said.data
    if data["benefit"] == "not_stated" or not (data["metrics"] or data.get("narrative")):
        return
    words = [data["benefit"], data["metrics"], data.get("narrative")]
    name = hashlib.sha256(orjson.dumps(words, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
    kept = scene.keep(f"F21/{said.source}")
    told: list[list[Any]] = kept.setdefault("told", [])
    count = next((one[1] for one in told if one[0] == name), 0) + 1
    # The newest stands last; what was told long ago is let go.
    kept["told"] = [*(one for one in told if one[0] != name), [name, count]][-_MOST:]
    if count == scene.value("F21", "templated"):
        yield Found(said.source, {"why": "templated", "with": "—", "count": count})


RULES = (
    Rule(
        "F21", "feedback", "low", "seed", ("S55", "S57"),
        Wording("Feedback exchanged or from a template", "互相反馈或者套用反馈"),
        Wording(
            "{why} (with {with}), {count} times",
            "{why}（对方 {with}），共 {count} 次",
        ),
        _exchanged, types("feedback.effect"), ("reciprocal", "templated"), _names,
    ),
)  # fmt: skip
