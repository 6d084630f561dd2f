"""Decide in which of the two languages an answer speaks.

Problems follow ``Accept-Language``; pages may be told by ``?lang=`` first.
Whoever asks for neither language gets Chinese, the language of the trade.
"""

from typing import Literal, NamedTuple

from flask import request

Language = Literal["zh-CN", "en"]
LANGUAGES: tuple[Language, Language] = ("zh-CN", "en")
_SPOKEN: dict[str, Language] = {"zh": "zh-CN", "en": "en"}
MAX_HEADER = 500  # characters; a longer Accept-Language is no browser's


class Words(NamedTuple):
    """One text in both languages."""

    en: str
    zh: str

    def spoken(self, language: Language) -> str:
        return self.en if language == "en" else self.zh


def asked_language() -> Language:
    """Return the language that the request's ``Accept-Language`` asks for."""
    header = request.environ.get("HTTP_ACCEPT_LANGUAGE", "")
    if not header or len(header) > MAX_HEADER:
        return LANGUAGES[0]
    for tag, quality in request.accept_languages:  # the best liked first
        if quality > 0 and (language := _SPOKEN.get(tag.partition("-")[0].lower())):
            return language
    return LANGUAGES[0]


def page_language(chosen: str | None) -> Language:
    """Return the language of a page: *chosen* (``?lang=``, checked before) or as asked."""
    if chosen is None:
        return asked_language()
    return "en" if chosen == "en" else "zh-CN"
