"""Gathers the lines of a story in the order in which they are told."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from cli.stories.departments import department_id
from cli.stories.line import Line, at, voice

Members = Mapping[str, Any]
Speaker = tuple[str, str]  # a voice and a time, as ``voice`` and ``at`` read them

_SUBJECTS = ("act", "grant", "item")


class Script:
    """Lines of one story, of which ids begin with the same name.

    Args:
        story: the story's name; None: none, but what holds for all of them.
        name: unique among all scripts.
    """

    def __init__(self, story: str | None, name: str) -> None:
        self.lines: list[Line] = []
        self._story, self._name = story, name

    def say(
        self,
        name: str,
        kind: str,
        speaker: Speaker,
        members: Members | None = None,
        *,
        refs: Mapping[str, str] | None = None,
        after: Iterable[str] = (),
        about: str | None = None,
        act: str | None = None,
        told: str | None = None,
    ) -> str:
        """Add one line; return its name.

        Args:
            name: what tells it from the script's others.
            after: names of the lines on which it relies.
            about: its subject; None: the act, grant or item among *refs*, or else the speaker.
            act: the act to which it belongs.
            told: when the ledger is told, where that is later than it happened.
        """
        who, when = speaker
        spoken, refs = voice(who), refs or {}
        named = (f"{thing}/{refs[thing]}" for thing in _SUBJECTS if thing in refs)
        line = Line(
            name=f"{self._name}-{name}",
            kind=kind,
            voice=spoken,
            time=at(when),
            subject=about or next(named, f"department/{department_id(spoken.department)}"),
            refs=refs,
            data=members or {},
            parents=tuple(after),
            story=self._story,
            act=act,
            told=None if told is None else at(told),
        )
        self.lines.append(line)
        return line.name


def digest(label: str) -> str:
    """Return a digest for a file that exists in the story alone."""
    return hashlib.sha256(f"zelian demo file: {label}".encode()).hexdigest()


def law(name: str, article: str | None = None) -> dict[str, str]:
    """Return an act of law, and an article of it, as statements name them."""
    return {"law": name} if article is None else {"article": article, "law": name}


def sharing_law(article: str) -> dict[str, str]:
    """Return an article of decree 809."""
    return law("政务数据共享条例", article)


def evidence(kind: str, label: str) -> list[dict[str, str]]:
    """Return one piece of evidence, by its digest."""
    return [{"kind": kind, "sha256": digest(label)}]
