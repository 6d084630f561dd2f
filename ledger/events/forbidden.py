"""Refuse what must never be in a statement, where a machine can recognise it.

Looked for, in members of kind *text* alone, are numbers of three sorts:

* identity cards: 18 digits, the last perhaps X, with a birthday that exists
  and a right check digit (GB 11643);
* mobile telephones: 11 digits from 13 to 19, perhaps after +86, 0086 or 86;
* bank cards: 16 to 19 digits with a right Luhn digit (ISO/IEC 7812), of a
  length and first digit under which banks issue cards.

Digits may be of any script, full-width among them, and stand in up to eight
groups with spaces or hyphens between. A number that is part of a longer run of
digits, or that a Latin letter follows, is another number: unified social credit
codes, serials and 文号 stay allowed. Not recognised, so left to those who write:
licence plates, names, addresses, 15-digit identity numbers, landlines. A refusal
never repeats what it found.

Source: spec 9, last paragraph; spec 6, row ``forbidden_content``.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from ledger.errors import Refused
from ledger.events.fields import Kind, ListOf, Object, Text
from ledger.events.types import event_type
from ledger.events.wording import Wording

SHORTEST = 11  # digits of a mobile number
LONGEST = 19  # digits of a bank card; a mobile number after 0086 has fewer
MOST_GROUPS = 8  # in which one number is written; it bounds the work on long rows

# Spaces and hyphens of all widths, up to three between two groups of digits.
_GAP = "[ \u00a0\u2002-\u200a\u202f\u3000\u2010-\u2015\u2212\ufe63\uff0d-]{1,3}"
# \d is wanted here, for once: people type digits of other widths and scripts.
_LONG_ENOUGH = re.compile(rf"\d(?:(?:{_GAP})?\d){{{SHORTEST - 1}}}")
_GROUPS = re.compile(rf"\d+(?:{_GAP}\d+)*")
_GROUP = re.compile(r"\d+")
_CHECK_X = re.compile(rf"(?:{_GAP})?[XxＸｘ](?![0-9A-Za-z])")
_LATIN = re.compile("[A-Za-zＡ-Ｚａ-ｚ]")

_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}\Z")
# How people break a mobile number: the sizes of the groups after the first.
_MOBILE_BREAKS = ((), (4, 4), (3, 5), (4, 3), (8,))
_IDENTITY = re.compile(r"[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9X]\Z")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"  # by the weighted sum modulo 11
# 18 digits from 1, 5 or 9 are a social credit code: there, only 6 begins a card.
_CARD = re.compile(r"(?:[3459](?:[0-9]{15,16}|[0-9]{18})|2[2-7][0-9]{14}|6[0-9]{15,18})\Z")
_CARD_SMALLEST_GROUP = 3  # digits, of all groups but the last: dates have smaller ones
_LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def check_forbidden(event: Mapping[str, Any]) -> None:
    """Refuse *event* if a text in it holds a number that must never be stored.

    Args:
        event: one that :meth:`EventType.check` accepted.

    Raises:
        Refused: ``forbidden_content``, with a pointer to the text; or ``unknown_type``.
    """
    declared, data = event_type(event["type"]).data, event["data"]
    if _names_of_texts(declared).isdisjoint(data):
        return
    if _LONG_ENOUGH.search("\n".join(_said(declared, data))) is None:
        return  # as in nearly every event; where a text stands is found out for the others
    for pointer, text in _texts(declared, data, "/data"):
        found = _recognise(text)
        if found is not None:
            raise Refused(
                "forbidden_content",
                f"{pointer} seems to hold {found}, which must never be in a statement; "
                "remove it, and sign again",
                f"{pointer} 疑似含有{found.zh}，此类内容不得写入陈述；请删除后重新签名",
                pointer,
            )


def _said(kind: Kind, value: Any) -> list[str]:
    """Return every text in *value*, which is of *kind*."""
    if isinstance(kind, Object):
        found: list[str] = []
        for name, member in _members_with_text(kind):
            if name in value:
                found += [value[name]] if type(member) is Text else _said(member, value[name])
        return found
    if isinstance(kind, ListOf):
        return [text for item in value for text in _said(kind.item, item)]
    return [value]


def _texts(kind: Kind, value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield every text in *value*, which is of *kind*, and where it stands."""
    if isinstance(kind, Text):
        yield pointer, value
    elif isinstance(kind, ListOf):
        for index, item in enumerate(value):
            yield from _texts(kind.item, item, f"{pointer}/{index}")
    elif isinstance(kind, Object):
        for name, member in _members_with_text(kind):
            if name in value:
                yield from _texts(member, value[name], f"{pointer}/{name}")


@cache
def _members_with_text(kind: Object) -> tuple[tuple[str, Kind], ...]:
    return tuple((name, member) for name, member in kind.members.items() if _has_text(member))


@cache
def _names_of_texts(kind: Object) -> frozenset[str]:
    return frozenset(name for name, _ in _members_with_text(kind))


def _has_text(kind: Kind) -> bool:
    if isinstance(kind, ListOf):
        return _has_text(kind.item)
    if isinstance(kind, Object):
        return bool(_members_with_text(kind))
    return isinstance(kind, Text)


def _recognise(text: str) -> Wording | None:
    """Return what kind of number *text* holds, if any."""
    for groups in _candidates(text):
        number = "".join(groups)
        if _is_identity(number):
            return Wording("an identity card number", "身份证号码")
        if _is_mobile(number, groups):
            return Wording("a mobile telephone number", "手机号码")
        if _is_card(number, groups):
            return Wording("a bank card number", "银行卡号")
    return None


def _candidates(text: str) -> Iterator[list[str]]:
    """Yield each row of neighbouring groups of digits that may be one number."""
    for groups in _runs(text):
        for first in range(len(groups)):
            for last in range(first + 1, min(first + MOST_GROUPS, len(groups)) + 1):
                length = sum(map(len, groups[first:last]))
                if length > LONGEST:
                    break
                if length >= SHORTEST:
                    yield groups[first:last]


def _runs(text: str) -> Iterator[list[str]]:
    """Yield each run of groups with nothing but gaps between them, in ASCII digits.

    A group is never split: digits inside a longer run are another number, and
    so is a group that a Latin letter follows, unless it is the check digit X.
    """
    for run in _GROUPS.finditer(text):
        groups = [_in_ascii(group) for group in _GROUP.findall(run[0])]
        if _LATIN.match(text, run.end()) is not None:
            last_group = groups.pop()
            if _CHECK_X.match(text, run.end()) is not None:
                groups.append(last_group + "X")
        elif _CHECK_X.match(text, run.end()) is not None:
            groups.append("X")
        yield groups


def _in_ascii(digits: str) -> str:
    return "".join(str(unicodedata.decimal(digit)) for digit in digits)


def _is_identity(number: str) -> bool:
    if _IDENTITY.match(number) is None:
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(
        weight * int(digit) for weight, digit in zip(_IDENTITY_WEIGHTS, number, strict=False)
    )
    return number[17] == _IDENTITY_CHECKS[total % 11]


def _is_mobile(number: str, groups: list[str]) -> bool:
    return tuple(map(len, groups[1:])) in _MOBILE_BREAKS and _MOBILE.match(number) is not None


def _is_card(number: str, groups: list[str]) -> bool:
    if _CARD.match(number) is None:
        return False
    if any(len(group) < _CARD_SMALLEST_GROUP for group in groups[:-1]):
        return False
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[::2]) + sum(_LUHN_DOUBLED[digit] for digit in digits[1::2])) % 10 == 0
