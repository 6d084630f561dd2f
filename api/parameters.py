"""Read query parameters and numbers strictly.

An unknown or repeated parameter is refused rather than ignored, on every
address. A number is plain ASCII decimal digits, no sign, no leading zero, at
most 2^53 − 1 as in spec 1; ``int`` alone would take ``+5``, ``1_000`` and Arabic-Indic digits.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from flask import Flask, current_app, g, request

from api.languages import LANGUAGES, Words
from api.problems import Problem, not_found

MAX_NUMBER = 2**53 - 1
MAX_QUERY = 4_096  # characters
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
_TAKES = "zelian_takes"

View = TypeVar("View", bound=Callable[..., Any])


def takes(*names: str) -> Callable[[View], View]:
    """Declare which query parameters a view takes; a view without this takes none."""

    def mark(view: View) -> View:
        setattr(view, _TAKES, names)
        return view

    return mark


def taken_by(view: Callable[..., Any]) -> tuple[str, ...]:
    """Return the parameters that *view* declared."""
    names: tuple[str, ...] = getattr(view, _TAKES, ())
    return names


def install_parameters(app: Flask) -> None:
    """Check each request's query before its view runs; ``g.query`` holds it after."""
    app.before_request(_check_query)


def _check_query() -> None:
    if request.endpoint is None:
        return  # no such address: that is what will be said
    g.query = {}
    text = request.environ.get("QUERY_STRING", "")
    if text:
        g.query = _read_query(text, taken_by(current_app.view_functions[request.endpoint]))


def _read_query(text: str, allowed: tuple[str, ...]) -> dict[str, str]:
    query: dict[str, str] = {}
    for name, value in _pairs(text):
        if name not in allowed:
            raise Problem("unknown_parameter", _unknown(allowed))
        if name in query:
            raise bad_parameter(name, f"{name} is given twice", f"{name} 重复出现")
        query[name] = value
    return query


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        if len(text) > MAX_QUERY:
            raise ValueError
        return parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=32
        )
    except ValueError:
        raise Problem(
            "bad_parameter",
            Words(
                "the query is not of the form name=value&name=value in percent-encoded UTF-8",
                "查询部分须形如 name=value&name=value，并以 UTF-8 百分号编码",
            ),
        ) from None


def _unknown(allowed: tuple[str, ...]) -> Words:
    if not allowed:
        return Words("this address takes no query parameter", "此地址不接受查询参数")
    names = ", ".join(allowed)
    return Words(f"this address takes {names} only", f"此地址只接受参数 {'、'.join(allowed)}")


def bad_parameter(name: str, en: str, zh: str) -> Problem:
    """Return the problem that query parameter *name* is at fault."""
    return Problem("bad_parameter", Words(en, zh), parameter=name)


def query_number(name: str, low: int = 0, high: int = MAX_NUMBER) -> int | None:
    """Return parameter *name* as a number, ``low <= number <= high``; None where it is absent."""
    text = g.query.get(name)
    if text is None:
        return None
    number = _to_number(text)
    if number is None or not low <= number <= high:
        raise bad_parameter(
            name,
            f"{name} must be a whole number from {low} to {high}, in plain decimal digits",
            f"{name} 须为 {low} 到 {high} 的整数，以十进制数字书写",
        )
    return number


def needed_number(name: str) -> int:
    """Return parameter *name* as a number.

    Raises:
        Problem: ``bad_parameter``: it is absent or no number.
    """
    number = query_number(name)
    if number is None:
        raise bad_parameter(name, f"{name} is missing", f"缺少参数 {name}")
    return number


def query_choice(name: str, choices: tuple[str, ...]) -> str | None:
    """Return parameter *name*, one of *choices*; None where it is absent."""
    text: str | None = g.query.get(name)
    if text is not None and text not in choices:
        listed = ", ".join(choices)
        raise bad_parameter(
            name,
            f"{name} must be one of: {listed}",
            f"{name} 须为其中之一：{'、'.join(choices)}",
        )
    return text


def query_language() -> str | None:
    """Return parameter ``lang`` of a page."""
    return query_choice("lang", LANGUAGES)


def path_number(text: str) -> int:
    """Return a number that is part of an address; anything else is no address of ours."""
    number = _to_number(text)
    if number is None:
        raise not_found(
            Words(
                "an entry's index is a whole number from 0, in plain decimal digits",
                "记录序号是从 0 起的整数，以十进制数字书写",
            )
        )
    return number


def _to_number(text: str) -> int | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = int(text)
    return number if number <= MAX_NUMBER else None
