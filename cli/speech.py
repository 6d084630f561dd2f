"""Decide in which of the two languages the command line speaks.

``--lang`` wins, then ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` as POSIX ranks
them: a locale that begins with ``zh`` means Chinese, any other English. Only
words are chosen here; nothing is printed.
"""

import os
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]

_spoken: ContextVar[Language | None] = ContextVar("zelian_language", default=None)


def speak(language: Language | None) -> None:
    """Speak *language* from now on; None returns to what the environment says."""
    _spoken.set(language)


def language() -> Language:
    """Return the language that is spoken now."""
    return _spoken.get() or environment_language(os.environ)


def environment_language(environment: Mapping[str, str]) -> Language:
    """Return the language that the locale variables ask for."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((environment[name] for name in names if environment.get(name)), "")
    return "zh" if locale.lower().startswith("zh") else "en"


def pick(en: str, zh: str) -> str:
    """Return the one of two texts that is in the language spoken now."""
    return zh if language() == "zh" else en


class Words(NamedTuple):
    """One text in both languages."""

    en: str
    zh: str

    def spoken(self) -> str:
        """Return the text in the language spoken now."""
        return pick(self.en, self.zh)
