"""Stories of clocks as plain text: what was said when, and what an obligation was worth then.

Lines of a story; times are those of China, ``2025-09-26_09:00``:

    == title
    place GA 990000                       GA lies in that division
    TIME SOURCE type name=value …         refs and members; the rest as in the type's example
    TIME~CLAIMED SOURCE type …            recorded then, and said to have happened at CLAIMED
    ? TIME NAME state [day or T]          how the obligation stood then, and when it was due

``@3`` in a value is the digest of entry 3, counted from 0 in each story; a time in a
value becomes a T; ``null`` leaves a member out. NAME is ``GA/O1-1``: who owes, and the entry.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec import convert

from crypto.notation import format_time, parse_time
from ledger.builtin_packs import built_in
from ledger.events.declare import REF_NAMES
from ledger.events.types import EVENT_TYPES
from ledger.sharing.machine import Body, Said, fold
from ledger.sharing.touched import MACHINES, touched
from ledger.supervision import fixture
from ledger.supervision.instruments import TYPES, Instruments, adopted
from ledger.supervision.obligation import Status, status
from ledger.supervision.obligations import take
from ledger.supervision.periods import day_of
from ledger.supervision.seen import Seen
from tests.unit.sharing.tale import ROLES, digest_of, example

FOLDER = Path(__file__).with_name("clocks")
_TIME = re.compile(r"\A\d{4}-\d\d-\d\d_\d\d:\d\d\Z")


@dataclass
class Expected:
    """How an obligation stood at a T, by its line in the file."""

    line: str
    at: str
    ref: str
    state: str
    due: str | None


@dataclass
class Story:
    """One story: what was said, where departments lie, what is expected."""

    title: str
    said: list[Said] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    expected: list[Expected] = field(default_factory=list)


class Places:
    """Departments of a story; the authority of all of them is SJ."""

    def __init__(self, places: dict[str, str]) -> None:
        self._places = places

    def region(self, department: str, /) -> str | None:
        return self._places.get(department)

    def authority(self, department: str, /) -> str | None:
        return None if department == "LONELY" else "SJ"


class Kept(fixture.Kept):
    """A store; what goes in comes out as JSON would bring it."""

    def put(self, name: str, body: Body, /) -> None:
        self[name] = json.loads(json.dumps(body))


class Clocks:
    """Folds things and obligations, statement by statement."""

    def __init__(self, story: Story) -> None:
        self._story, self.store = story, Kept()
        self._things: dict[tuple[str, str], Body] = {}
        self._places = Places(story.places)
        self._instruments: Instruments = built_in()
        self._adopted: list[Body] = []

    def tell(self, said: Iterable[Said]) -> "Clocks":
        for one in said:
            for kind, ref in touched(one.event):
                body = self._things.get((kind, ref))
                self._things[kind, ref] = fold(MACHINES[kind], ref, [one], body)[0]
            if one.type in TYPES:
                kept = adopted(one, self._places.region(one.source))
                self._adopted.append(kept)
                self._instruments = self._instruments.with_adopted(kept)
            take(one, self.seen, self.store)
        return self

    def interrupted(self) -> "Clocks":
        """Return what goes on from what was kept, as text, of these."""
        kept = json.loads(json.dumps([self.store, [*self._things.items()], self._adopted]))
        other = Clocks(self._story)
        other.store = Kept(kept[0])
        other._things = {(kind, ref): body for (kind, ref), body in kept[1]}
        other._adopted = kept[2]
        other._instruments = built_in().with_all(kept[2])
        return other

    @property
    def seen(self) -> Seen:
        def thing(kind: str, ref: str) -> Body | None:
            body = self._things.get((kind, ref))
            return None if body is None or body["opened"] is None else body

        packs, calendar = self._instruments.packs, self._instruments.calendar
        return Seen(thing, self._places, packs, calendar)

    def obligation(self, ref: str) -> Body | None:
        return self.store.get(f"obligation/{ref}")

    def obligations(self) -> list[Body]:
        return [body for name, body in sorted(self.store.items()) if name.startswith("obligation/")]


def stories(name: str) -> list[Story]:
    """Return the stories of one file."""
    found: list[Story] = []
    for line in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        words = line.split("#")[0].split()
        if words[:1] == ["=="]:
            found.append(Story(line[3:]))
        elif words:
            _add(found[-1], line, words)
    return found


def wrong(story: Story) -> list[str]:
    """Return the lines of a story that do not hold."""
    clocks = Clocks(story).tell(story.said)
    return [
        f"{one.line}  but: {now and (now.state, _day(now))}"
        for one in story.expected
        if not _holds(one, now := standing(clocks, one.ref, one.at))
    ]


def standing(clocks: Clocks, ref: str, at: str) -> Status | None:
    body = clocks.obligation(ref)
    return None if body is None else status(body, at)


def _holds(one: Expected, now: Status | None) -> bool:
    if one.state == "unknown":
        return now is None
    if now is None or now.state != one.state:
        return False
    return one.due is None or one.due in (_day(now), now.due)


def _day(now: Status) -> str | None:
    return now.missing or ("stopped" if now.stopped else now.due and str(day_of(now.due)))


def _add(story: Story, line: str, words: list[str]) -> None:
    if words[0] == "place":
        story.places[words[1]] = words[2]
    elif words[0] == "?":
        due = _value(words[4]) if len(words) > 4 else None
        story.expected.append(Expected(line, time_of(words[1]), words[2], words[3], due))
    else:
        members = dict(word.split("=", 1) for word in words[3:])
        story.said.append(_said(len(story.said), words[0], words[1], words[2], members))


def _said(index: int, time: str, source: str, kind: str, members: dict[str, str]) -> Said:
    given = {name: _value(value) for name, value in members.items()}
    declared = EVENT_TYPES[f"zelian.{kind}.v1"]
    known = declared.data.members
    refs = {name: value for name, value in given.items() if name in REF_NAMES and name not in known}
    more = {name: value for name, value in given.items() if name not in refs}
    data = example(kind) | {"refs": refs, "parents": [], "signers": ["0" * 64]} | more
    data = {name: value for name, value in data.items() if value is not None}
    convert(data, declared.data.wire)
    assert declared.data.beyond is None or declared.data.beyond(data), (kind, members)
    recorded, _, claimed = time.partition("~")
    at = time_of(recorded)
    event = {
        "type": f"zelian.{kind}.v1", "source": f"/departments/{source}",
        "time": time_of(claimed or recorded),
        "official": "li", "tier": "handler", "data": data,
    }  # fmt: skip
    role = ROLES.get(source, "department")
    return Said(index, at, event, digest_of(index), role, "signed", frozenset({source}))


def _value(text: str) -> Any:
    if text.startswith("@"):
        return digest_of(int(text[1:]))
    if _TIME.match(text):
        return time_of(text)
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return json.loads(_inside(text)) if isinstance(value, list | dict) else value


def _inside(text: str) -> str:
    """Turn times and digests inside a JSON value."""
    text = re.sub(r'"(\d{4}-\d\d-\d\d_\d\d:\d\d)"', lambda m: f'"{time_of(m[1])}"', text)
    return re.sub(r'"@(\d+)"', lambda m: f'"{digest_of(int(m[1]))}"', text)


def time_of(china: str) -> str:
    """Return the T of a time in China."""
    day, clock = china.split("_")
    hour, minute = map(int, clock.split(":"))
    return format_time(parse_time(f"{day}T00:00:00.000Z") + ((hour - 8) * 60 + minute) * 60_000)
