"""Fixtures of rules: short stories, and what a rule must find in them.

A line is ``[head]`` or ``[head, data]``. The head says when, who, what and about which
things: ``2026-07-01T09:00 MZ.zhang.handler use.recorded use=MZ/U-1 item=GA/I-1``; after the
time may stand when it was recorded, ``@2026-07-03T09:00``, and who speaks without an
official is the department's system. What the data does not say stands in it as usual for
its type; a member that is null is left out. In data, a time to the minute is one in UTC,
``#2`` the digest of line 2, and ``key:MZ.zhang`` the id of that official's key.

Line n is entry 100 + n. All departments are invented; who speaks is in post, unless the
story gives his posts.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.events.speakers import ROLE_OF_KIND
from ledger.registry.records import APPOINTED, REGISTERED, RELEASED
from ledger.registry.state import Registry
from ledger.sharing.machine import Body, Said
from ledger.supervision.instruments import Instruments
from ledger.supervision.rule import Rule
from ledger.supervision.supervisor import Supervisor

FIRST = 100  # entries before the first line: they register the cast
REGION = "530000"
CAST: Mapping[str, str] = {
    "GA": "gov", "MZ": "gov", "TY": "gov", "SW": "gov", "SJ": "sharing_authority",
    "ZF": "people_government", "SH": "audit", "BB": "staffing_office", "WB": "enterprise",
    "ZB": "ledger_operator",
}  # fmt: skip
IN_POST_FROM = "2020-01-01T00:00:00.000Z"
_REGISTERING = frozenset({REGISTERED, APPOINTED, RELEASED})  # no keys: nothing is verified here
_MINUTE = re.compile(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d\Z")
_LINE = re.compile(r"\A#(\d+)\Z")
_KEY = re.compile(r"\Akey:([A-Z]+(?:\.[a-z]+)?)\Z")

Line = Sequence[Any]
Usual = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Story:
    """One story.

    Attributes:
        found: what the rule must find: ``line``, ``department``, ``facts`` of each; none: nothing.
        posts: by ``MZ.wang``, from when to when an official is in post.
    """

    en: str
    zh: str
    say: Sequence[Line]
    found: Sequence[Mapping[str, Any]] = ()
    posts: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fixture:
    """The stories of one rule."""

    rule: str
    positive: tuple[Story, ...]
    negative: tuple[Story, ...]


def fixture_of(data: Mapping[str, Any]) -> Fixture:
    """Return the fixture that a file holds."""
    positive, negative = (
        tuple(Story(**story) for story in data[name]) for name in ("positive", "negative")
    )
    return Fixture(data["rule"], positive, negative)


def told(story: Story, usual: Usual) -> list[Said]:
    """Return the statements of a story.

    Args:
        usual: data of each type, for what a line does not say.
    """
    return [
        _said(FIRST + number, line, usual) for number, line in enumerate(story.say, 1)
    ]  # fmt: skip


def registry_of(story: Story, said: Iterable[Said]) -> Registry:
    """Return the registry of the cast, and of what the story registers."""
    registry = Registry()
    for index, (department, kind) in enumerate(CAST.items(), 1):
        data = {"department": department, "kind": kind, "name": {"zh": department}}
        event = {"type": REGISTERED, "data": {**data, "region": REGION, "level": "province"}}
        registry.apply(index, IN_POST_FROM, event)
    for name in sorted(_officials(said)):
        department, _, official = name.partition(".")
        posts = [_minute(time) for time in story.posts.get(name, (IN_POST_FROM,))]
        times = dict(zip(("starts", "ends"), posts, strict=False))
        data = {
            "appointment": name, "appointee": official, "department": department,
            "post": "经办岗", "tiers": ["handler"],
        }  # fmt: skip
        event = {"type": APPOINTED, "data": {**data, **times}}
        registry.apply(registry.size, IN_POST_FROM, event)
    registry.advance(FIRST + 1)
    return registry


def _officials(said: Iterable[Said]) -> set[str]:
    return {f"{one.source}.{one.event['official']}" for one in said if "official" in one.event}


def found_in(
    story: Story, usual: Usual, rules: Iterable[Rule], built_in: Instruments
) -> list[Body]:
    """Return what *rules* find in a story, as they found it."""
    said = told(story, usual)
    registry = registry_of(story, said)
    supervisor = Supervisor(Kept(), rules, built_in)
    raised: list[Body] = []
    for one in said:
        if one.event["type"] in _REGISTERING:
            registry.apply(one.index, one.recorded_at, one.event)
        else:
            registry.advance(one.index + 1)
        raised += supervisor.take(one, registry).raised
    return raised


class Kept(dict[str, Body]):
    """A store in memory."""

    def put(self, name: str, body: Body, /) -> None:
        self[name] = body

    def owed(self) -> list[Body]:
        return [
            body
            for name, body in sorted(self.items())
            if name.startswith("obligation/") and body["open"]
        ]


def _said(index: int, line: Line, usual: Usual) -> Said:
    time, *words = line[0].split()
    recorded = words.pop(0)[1:] if words[0].startswith("@") else time
    who, type_, *refs = words
    source, *person = who.split(".")
    data = {
        **usual.get(type_, {}), "parents": [], "signers": [_key(who)],
        **(line[1] if len(line) > 1 else {}),
        "refs": dict(ref.split("=") for ref in refs),
    }  # fmt: skip
    event = {
        "type": f"zelian.{type_}.v1",
        "source": f"/departments/{source}",
        "time": _minute(time),
        **dict(zip(("official", "tier"), person, strict=False)),
        "data": {name: _settled(value) for name, value in data.items() if value is not None},
    }
    voice = ("system", "attested", "signed")[len(person)]
    role = ROLE_OF_KIND[CAST[source]] if source in CAST else source
    return Said(
        index, _minute(recorded), event, _digest(index), role, voice, frozenset({source})
    )  # fmt: skip


def _settled(value: Any) -> Any:
    """Return a value of data with its times, digests and keys written out."""
    if isinstance(value, dict):
        return {name: _settled(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_settled(inner) for inner in value]
    if not isinstance(value, str):
        return value
    if line := _LINE.match(value):
        return _digest(FIRST + int(line[1]))
    if key := _KEY.match(value):
        return _key(key[1])
    return _minute(value)


def _minute(text: str) -> str:
    return f"{text}:00.000Z" if _MINUTE.match(text) else text


def _digest(index: int) -> str:
    return hashlib.sha256(f"line {index}".encode()).hexdigest()


def _key(who: str) -> str:
    """Return a key id: of ``MZ.zhang`` whatever tier he speaks in."""
    return hashlib.sha256(f"key of {'.'.join(who.split('.')[:2])}".encode()).hexdigest()
