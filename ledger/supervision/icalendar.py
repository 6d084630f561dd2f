"""Obligations as an iCalendar file, so that a department sees its days where it looks.

A to-do for each: its name, its end, whether it is done. What is overdue, due or not
determined is told in words, for a calendar knows none of that. No official's name
stands in it, nor what a statement says.

Source: RFC 5545, sections 3.1 (folding), 3.3.11 (escaping), 3.6.2 (to-dos).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

PRODUCT = "-//Zelian//Obligations//ZH"
_FOLD = 75  # octets of a line, its end not counted
# Control characters, and what is invisible, parts lines or turns the direction of text.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_STATUS = {"fulfilled": "COMPLETED", "fulfilled_late": "COMPLETED", "cancelled": "CANCELLED",
           "never_came": "CANCELLED"}  # fmt: skip


def icalendar(
    obligations: Iterable[Mapping[str, Any]],
    at: str,
    origin: str,
    language: Literal["zh", "en"] = "zh",
) -> bytes:
    """Return the calendar of *obligations*, as their members say, at the T *at*.

    Args:
        origin: of the ledger; it makes the name of each to-do unique in the world.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    for one in obligations:
        lines += _todo(one, at, origin, language)
    lines.append("END:VCALENDAR")
    return b"".join(fold_line(line) for line in lines)


def fold_line(line: str) -> bytes:
    """Return a content line with its end, cut so that no part exceeds 75 octets.

    A cut falls between characters; what goes on begins with one space. What no line of
    text holds, such as a line's end, is left out.
    """
    parts: list[bytes] = []
    part = b""
    for character in _UNFIT.sub("", line):
        octets = character.encode()
        room = _FOLD - (1 if parts else 0)
        if len(part) + len(octets) > room:
            parts.append(part)
            part = b""
        part += octets
    return b"\r\n ".join([*parts, part]) + b"\r\n"


def escape(text: str) -> str:
    """Return *text* as the value of a property of type TEXT."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text


def _todo(one: Mapping[str, Any], at: str, origin: str, language: str) -> Iterator[str]:
    state = one["state"]
    yield "BEGIN:VTODO"
    yield f"UID:{escape(one['ref'])}@{escape(origin)}"
    yield f"DTSTAMP:{_time(at)}"
    yield f"SUMMARY:{escape(one['label'][language])}"
    yield f"DESCRIPTION:{escape(_told(one, language))}"
    if one.get("due") is not None:
        yield f"DUE:{_time(one['due'])}"
    yield f"STATUS:{_STATUS.get(state, 'NEEDS-ACTION')}"
    if state.startswith("fulfilled"):
        yield f"COMPLETED:{_time(one['ended_at'])}"
    yield f"CATEGORIES:{escape(one['rule'])},{escape(state)}"
    yield "END:VTODO"


def _told(one: Mapping[str, Any], language: str) -> str:
    """Return in words how it stands and what it is about."""
    state = one["state_label"][language]
    lines = [state, one["ref"], one["thing"]]
    period = one["period"]
    if "article" in period:
        lines.append(f"{period['law']} {period['article']}")
    else:
        lines.append(period["basis_label"][language])
    if one.get("missing_calendar"):
        lines.append(one["missing_calendar"])
    return "\n".join(lines)


def _time(at: str) -> str:
    """Return a T in the form of a date with UTC time."""
    return at[:19].replace("-", "").replace(":", "") + "Z"
