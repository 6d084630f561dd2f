"""Read what somebody searches for: ``type:use.recorded -department:GA after:2026-11-01``.

Filters stand apart by spaces and all of them must hold; ``-`` before one turns it
round. A value may stand in double quotes. What cannot be read is refused with the
place where it stands, never guessed at: a search that silently asks something else
would pass for an answer. No clock and no table is asked.

A date is a day in China (UTC+8): ``after:`` is from its beginning on, ``before:``
up to its beginning. Times are compared with when entries were recorded.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from crypto import notation
from crypto.canonical import JsonValue, write_canonical
from crypto.errors import Malformed
from ledger.access.terms import VOICES, short_of
from ledger.errors import BadRequest
from ledger.events.declare import REF_NAMES
from ledger.events.families import FAMILIES
from ledger.events.types import EVENT_TYPES
from ledger.events.wording import Wording

MAX_LENGTH = 1_000  # characters
MAX_FILTERS = 32

_FILTER = re.compile(
    r'(?P<not>-?)(?P<field>[^\s:"]*):(?:"(?P<quoted>(?:[^"\\]|\\["\\])*)"|(?P<bare>[^\s"]*))'
)
_CHINA = timezone(timedelta(hours=8))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{3})?)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})"
)


class QueryError(BadRequest):
    """A search that cannot be read.

    Args:
        position: of the character where it goes wrong, from 1.
    """

    def __init__(self, en: str, zh: str, position: int) -> None:
        super().__init__(f"at character {position}: {en}", f"第 {position} 个字符处：{zh}")
        self.position = position


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for; with nothing in it, everything.

    Attributes:
        all_of, none_of: terms that an entry has, and has not.
        since, until: T from which, and T before which, it was recorded.
    """

    all_of: frozenset[str] = frozenset()
    none_of: frozenset[str] = frozenset()
    since: str | None = None
    until: str | None = None

    @property
    def digest(self) -> str:
        """16 hex digits of what is asked, however it was written."""
        said: dict[str, JsonValue] = {
            "all_of": [*sorted(self.all_of)],
            "none_of": [*sorted(self.none_of)],
            "since": self.since or "",
            "until": self.until or "",
        }
        return hashlib.sha256(write_canonical(said)).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Field:
    """How values of one field are read: into what, and what they must be."""

    read: Callable[[str], str | None]
    expected: Wording


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    return lambda text: text if pattern.match(text) else None


def _one_of(words: Mapping[str, object] | frozenset[str]) -> Callable[[str], str | None]:
    return lambda text: text if text in words else None


def _type(text: str) -> str | None:
    short = short_of(text)
    return short if f"zelian.{short}.v1" in EVENT_TYPES else None


def _time(text: str) -> str | None:
    """Return the T that a date's beginning in China, or an instant, is."""
    try:
        if _DATE.fullmatch(text):
            instant = datetime.fromisoformat(text).replace(tzinfo=_CHINA)
        elif _INSTANT.fullmatch(text):
            instant = datetime.fromisoformat(text)
        else:
            return None
        since_epoch = max(instant - _EPOCH, timedelta())
        return notation.format_time(since_epoch // timedelta(milliseconds=1))
    except (ValueError, OverflowError, Malformed):
        return None


_VOICE_WORDS = frozenset(voice.partition("/")[2] for voice in VOICES)
_ID = Wording("an id, as hukou-01", "标识，如 hukou-01")
_REF = Wording("a ref <department>/<id>, as GA/I-1", "引用“部门/编号”，如 GA/I-1")
_TIME = Wording(
    "a date as 2026-11-01, or a time as 2026-11-01T08:00+08:00",
    "日期（如 2026-11-01）或时间（如 2026-11-01T08:00+08:00）",
)
_TIMES = ("after", "before")
_FIELDS: Mapping[str, _Field] = {
    "type": _Field(
        _type,
        Wording(
            "a type of the closed list, as use.recorded: see `zelian event types`",
            "清单内的事件类型，如 use.recorded：见 `zelian event types`",
        ),
    ),
    "family": _Field(
        _one_of(FAMILIES),
        Wording(f"one of: {', '.join(FAMILIES)}", f"下列之一：{'、'.join(FAMILIES)}"),
    ),
    "department": _Field(_matching(notation.DEPARTMENT_ID), Wording("a department id", "部门标识")),
    "official": _Field(_matching(notation.ID), _ID),
    "voice": _Field(
        _one_of(_VOICE_WORDS),
        Wording("one of: attested, signed, system", "下列之一：attested、signed、system"),
    ),
    "purpose": _Field(_matching(notation.ID), _ID),
    "subject": _Field(_matching(notation.HEX32), Wording("64 hex digits", "64 位十六进制数字")),
    **{name: _Field(_matching(notation.REF), _REF) for name in REF_NAMES},
    **{name: _Field(_time, _TIME) for name in _TIMES},
}
FIELDS = tuple(_FIELDS)


def parse_query(text: str) -> Query:
    """Return what *text* asks for.

    Raises:
        QueryError: it cannot be read, or asks for what is not there yet.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"a search has at most {MAX_LENGTH} characters",
            f"查询最多 {MAX_LENGTH} 个字符",
            MAX_LENGTH + 1,
        )
    found: dict[str, list[str]] = {"all_of": [], "none_of": [], "after": [], "before": []}
    for count, match in enumerate(_filters(text), 1):
        if count > MAX_FILTERS:
            raise QueryError(
                f"a search has at most {MAX_FILTERS} filters",
                f"查询最多 {MAX_FILTERS} 个条件",
                match.start() + 1,
            )
        where, value = _filter(match)
        found[where].append(value)
    return Query(
        frozenset(found["all_of"]),
        frozenset(found["none_of"]),
        max(found["after"], default=None),
        min(found["before"], default=None),
    )


def _filters(text: str) -> list[re.Match[str]]:
    """Cut *text* into filters; whatever is none is refused."""
    matches = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _FILTER.match(text, at)
        end = match.end() if match else at
        if match is None or (end < len(text) and not text[end].isspace()):
            raise _no_filter(text, at if match is None else end)
        matches.append(match)
        at = end
    return matches


def _no_filter(text: str, at: int) -> QueryError:
    if '"' in text[at:].split(maxsplit=1)[0]:
        return QueryError(
            "a quote must open right after the colon and be closed before a space",
            "引号须紧接冒号开始，并在空格之前结束",
            at + 1,
        )
    return QueryError(
        "a filter is field:value, as type:use.recorded or -department:GA",
        "条件须写作“字段:值”，如 type:use.recorded 或 -department:GA（冒号为半角）",
        at + 1,
    )


def _filter(match: re.Match[str]) -> tuple[str, str]:
    """Return where a filter belongs, and its term or time."""
    name, turned = match["field"], bool(match["not"])
    field = _field(name, match.start("field") + 1)
    quoted = match["quoted"]
    said = match["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    value = field.read(said)
    if value is None:
        raise QueryError(
            f"{name}: takes {field.expected}",
            f"{name}: 的值须为{field.expected.zh}",
            match.end("field") + 2,
        )
    if name not in _TIMES:
        return ("none_of" if turned else "all_of"), f"{name}/{value}"
    if turned:
        raise QueryError(
            "after: and before: are not turned round: use the other one",
            "after: 与 before: 不能加“-”：请改用另一个",
            match.start() + 1,
        )
    return name, value


def _field(name: str, position: int) -> _Field:
    if name not in _FIELDS:
        listed = ", ".join(FIELDS)
        raise QueryError(
            f"there is no field of that name: there are {listed}",
            f"没有此字段：可用字段为 {'、'.join(FIELDS)}",
            position,
        )
    return _FIELDS[name]
