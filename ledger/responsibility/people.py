"""Who spoke in a chain: officials by tier, in the post and duty that they had then.

One line for each official, tier and voice: what he signed himself stands apart from what his
department's system attests of him. His post is that of the registry as of the entry, so
that a later release changes nothing; where he claims a time at which he had no such post,
that is a line of its own. Operation duty stands apart from business duty.

Source: domain, 4.1 and 4.6, step 3.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.events.types import EVENT_TYPES
from ledger.registry.records import Appointment
from ledger.responsibility.chain import Chain, Members, official_of, time_of
from ledger.responsibility.lines import line
from ledger.responsibility.words import DUTIES, SIDES, TIERS
from ledger.sharing.machine import Said

_TIER = {
    "handler": "direct",
    "reviewer": "supervisory",
    "approver": "supervisory",
    "office_head": "supervisory",
    "unit_head": "supervisory",
    "leader_in_charge": "supervisory",
    "principal_leader": "leadership",
}
_OPERATING_UNITS = ("information_centre", "contractor")
_Key = tuple[str, str | None, str | None, str]


@dataclass(slots=True)
class Person:
    """One official in one tier and voice, or a department's system; all that he said.

    Attributes:
        sides: on which sides of shares his department stands.
    """

    department: str
    official: str | None
    tier: str | None
    voice: str
    sides: frozenset[str]
    said: list[Said] = field(default_factory=list)

    @property
    def layer(self) -> str | None:
        """The tier of responsibility that the tier belongs to."""
        return None if self.tier is None else _TIER[self.tier]

    @property
    def types(self) -> set[str]:
        """Short names of the types that he said."""
        return {one.type for one in self.said}


def people_of(said: Iterable[Said], sides: Mapping[str, frozenset[str]]) -> list[Person]:
    """Return who spoke, in the order in which each first did."""
    found: dict[_Key, Person] = {}
    for one in said:
        key = (one.source, official_of(one), one.event.get("tier"), one.voice)
        if key not in found:
            beside = frozenset(
                {"sharing_authority" if one.role == "sharing_authority" else "other"}
            )
            found[key] = Person(*key, sides.get(one.source, beside))
        found[key].said.append(one)
    return list(found.values())


def person_lines(chain: Chain, people: Sequence[Person]) -> list[Members]:
    """Return a line for each, and one wherever somebody was not in his post."""
    return [one for person in people for one in _lines(chain, person)]


def _lines(chain: Chain, person: Person) -> Iterable[Members]:
    post = None if person.official is None else _post(chain, person, person.said[0])
    duty = _duty(chain, person, post)
    duties = [] if post is None else _duties(chain, person, post)
    entries = [one.index for one in person.said] + [one.index for one in duties]
    yield line(
        3,
        person.voice,
        [*entries, *([post.appointed_at] if post is not None else [])],
        department=person.department,
        official=person.official,
        tier=person.tier,
        layer=person.layer,
        layer_label=None if person.layer is None else TIERS[person.layer].both(),
        sides=sorted(person.sides),
        sides_label=[SIDES[side].both() for side in sorted(person.sides)],
        post=None if post is None else _told(post),
        duty=duty,
        duty_label=DUTIES[duty].both(),
        duties=[one.data["duty"] for one in duties] or None,
        did=[_did(one) for one in person.said],
    )
    for one in person.said:
        if person.official is not None and not _in_post(chain, person, one):
            yield line(
                3, "not_in_post", [one.index], department=person.department,
                official=person.official, tier=person.tier, time=time_of(one),
            )  # fmt: skip


def _did(said: Said) -> Members:
    kind = EVENT_TYPES[said.event["type"]]
    found: dict[str, Any] = {"entry": said.index, "type": said.type}
    found["label"] = {"en": kind.label_en, "zh": kind.label_zh}
    if said.type == "statement.countersigned":
        found["decision"] = said.data["decision"]
    return found


def _posts(chain: Chain, person: Person, said: Said) -> tuple[Appointment, ...]:
    """The posts that he had by what the registry knew then, those of the tier first."""
    posts = chain.registry.posts(person.department, person.official or "", said.index)
    return tuple(sorted(posts, key=lambda one: (person.tier not in one.tiers, -one.appointed_at)))


def _post(chain: Chain, person: Person, said: Said) -> Appointment | None:
    posts = _posts(chain, person, said)
    held = [one for one in posts if one.is_held(said.recorded_at)]
    return next(iter(held or posts), None)


def _in_post(chain: Chain, person: Person, said: Said) -> bool:
    return any(one.is_held(time_of(said)) for one in _posts(chain, person, said))


def _told(post: Appointment) -> Members:
    found = {
        "acting": True if post.acting else None,
        "appointment": post.appointment,
        "entry": post.appointed_at,
        "post": post.post,
        "starts": post.starts,
        "unit": post.unit,
    }
    return {name: value for name, value in found.items() if value is not None}


def _duties(chain: Chain, person: Person, post: Appointment) -> list[Said]:
    """Duties that were given to his unit or post and held when he first spoke."""
    first = person.said[0]
    return [
        one
        for one in _held(chain, "duty.assigned", person.department, first)
        if one.data["unit"] == post.unit or one.data.get("post") == post.post
    ]


def _held(chain: Chain, kind: str, department: str, then: Said) -> list[Said]:
    return [
        one
        for one in chain.of(kind)
        if one.index < then.index
        and one.data["department"] == department
        and one.data["starts"] <= then.recorded_at
        and then.recorded_at < one.data.get("ends", "9")
    ]


def _duty(chain: Chain, person: Person, post: Appointment | None) -> str:
    """Whether he answers for the business or for what runs the exchange, where that is told."""
    known = chain.registry.department(person.department, person.said[0].index)
    if person.official is None or (known is not None and known.kind == "platform_operator"):
        return "operation"
    if post is None:
        return "not_recorded"
    units = _held(chain, "unit.recorded", person.department, person.said[0])
    kinds = {one.data["kind"] for one in units if one.data["unit"] == post.unit}
    duties = {one.data["kind"] for one in _duties(chain, person, post)}
    if not kinds.isdisjoint(_OPERATING_UNITS) or duties == {"operation"}:
        return "operation"
    return "business" if kinds or duties else "not_recorded"
