"""Sentences in two languages that travel through marshmallow as one string.

marshmallow hands messages on as plain strings and calls ``format`` on some of
them. A :class:`Wording` is the English sentence and keeps its Chinese twin on
the way. It never holds a value that somebody sent: what is refused may be the
very thing that must not be repeated in an answer or a log file.
"""

from typing import Any


class Wording(str):
    """An English sentence, or part of one, that knows itself in Chinese.

    Args:
        en: the sentence in English; it is the value of the string.
        zh: the same in Chinese.
    """

    __slots__ = ("zh",)
    zh: str

    def __new__(cls, en: str, zh: str) -> "Wording":
        wording = super().__new__(cls, en)
        wording.zh = zh
        return wording

    def format(self, *_args: Any, **_values: Any) -> "Wording":
        """Return the wording as it is: a plain string would lose the Chinese."""
        return self

    def both(self) -> dict[str, str]:
        """Return the wording as members of JSON, ``en`` and ``zh``."""
        return {"en": str(self), "zh": self.zh}

    def missing(self) -> "Wording":
        """Say that what this phrase describes is not there."""
        return Wording(f"is missing; write {self}", f"缺失；应填写：{self.zh}")

    def expected(self) -> "Wording":
        """Say that something other than this phrase was found."""
        return Wording(f"must be {self}", f"应为：{self.zh}")


UNLISTED = Wording(
    "is not a member that this type of event has here; remove it",
    "不是此类事件在此处的成员；请删除",
)
