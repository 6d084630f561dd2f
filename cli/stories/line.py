"""One line of a story: who says what, when, relying on which lines before.

Nothing is signed or dated here. Times count from the stories' first Monday, in
China's time, so that the same stories can be set in another year.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.stories.departments import DEPARTMENTS, REGISTRAR
from cli.stories.officials import official

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class At:
    """An instant: days after the first Monday, and the time of day, in milliseconds."""

    offset_ms: int


def at(text: str) -> At:
    """Return the instant of ``<day> HH:MM:SS``; day 0 is the first Monday."""
    day, _, clock = text.partition(" ")
    hours, minutes, seconds = map(int, clock.split(":"))
    return At(int(day) * DAY_MS + ((hours * 60 + minutes) * 60 + seconds) * 1_000)


@dataclass(frozen=True, slots=True)
class Person:
    """A citizen whom only the using department can tell from another."""

    department: str
    case: str


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of the statement that the line of that name became."""

    line: str


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: for a department, perhaps naming an official, with certain keys."""

    department: str
    keys: tuple[str, ...]
    official: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What one statement will say.

    Attributes:
        name: unique among all lines; the event's id follows from it.
        kind: ``<noun>.<verb>`` of the event's type.
        subject: the chain that it is about.
        time: when it happened, as the speaker claims.
        data: the type's own members, in which At, Digest and Person stand for themselves.
        parents: names of the lines on which it relies.
        about_key: the key that it enrols or revokes.
        story, act: to which story and which act it belongs, if to any.
        told: when it is said to the ledger; None: at its own time.
    """

    name: str
    kind: str
    voice: Voice
    time: At
    subject: str
    refs: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    parents: tuple[str, ...] = ()
    about_key: str | None = None
    story: str | None = None
    act: str | None = None
    told: At | None = None

    @property
    def when(self) -> At:
        """When the ledger is told."""
        return self.time if self.told is None else self.told

    @property
    def id(self) -> str:
        """The event's id."""
        return f"demo-{self.name}"


def in_order(lines: Iterable[Line]) -> list[Line]:
    """Return *lines* in the order of telling, which is that of their times but for late ones."""
    return sorted(lines, key=lambda line: line.when.offset_ms)


def voice(text: str) -> Voice:
    """Return who is meant by *text*.

    ``ga-3071`` is that official with his own key; ``ga`` is the department's gateway;
    ``ga:ga-3071`` is the gateway, which attests what that official did; and there is
    ``registrar``.
    """
    department, _, attested = text.partition(":")
    if attested:
        return Voice(department, (department,), attested)
    if text in {REGISTRAR, *(known.key for known in DEPARTMENTS)}:
        return Voice(text, (text,))
    found = official(text)
    return Voice(found.department, (text,), text, found.tiers[0])
