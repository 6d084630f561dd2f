"""The opaque cursor of a list that was asked for: where its next page starts.

It fixes the tree size of the first page, and its T where what follows from time alone
is told, and carries a digest of what was asked, so that it serves that list alone. It
is no secret and no right: a page is searched anew in the sight of whoever asks, whoever
was given the cursor.
"""

import base64
import binascii
from typing import NamedTuple

from flask import g

from api.parameters import MAX_NUMBER, bad_parameter, query_number
from api.problems import Problem
from crypto.canonical import read_canonical, write_canonical
from crypto.errors import CryptoError
from crypto.notation import TIME

MAX_PAGE = 1_000
DEFAULT_PAGE = 100
_MEMBERS = {"after": int, "as_of": int, "asked": str, "at": str}


class Place(NamedTuple):
    """A place in a list.

    Args:
        as_of: tree size that the whole list is taken at.
        after: the last index, or number, of the page before.
        asked: digest of what was asked.
        at: T that the whole list is told for; empty where it is told for none.
    """

    as_of: int
    after: int
    asked: str
    at: str = ""


def asked_limit() -> int:
    """Return how many a page is to have."""
    return query_number("limit", 1, MAX_PAGE) or DEFAULT_PAGE


def asked_place(asked: str) -> Place | None:
    """Return where the page starts, or None where it is the first.

    Raises:
        Problem: ``bad_parameter``: the cursor is none of this list's.
    """
    text = g.query.get("cursor")
    if text is None:
        return None
    if "as_of" in g.query:
        raise bad_parameter(
            "cursor", "the cursor fixes as_of: leave it out", "游标已固定 as_of：请勿再给出"
        )
    place = _read(text)
    if place is None or place.asked != asked or write_place(place) != text:
        raise _bad_cursor()
    return place


def write_place(place: Place) -> str:
    """Return *place* as URL-safe text."""
    raw = write_canonical(dict(place._asdict()))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read(text: str) -> Place | None:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        said = read_canonical(raw)
    except (ValueError, binascii.Error, CryptoError):
        return None
    if not isinstance(said, dict) or {n: type(v) for n, v in said.items()} != _MEMBERS:
        return None
    place = Place(**said)  # type: ignore[arg-type]
    if place.at and not TIME.match(place.at):
        return None
    return place if 0 <= place.after <= MAX_NUMBER and 0 <= place.as_of <= MAX_NUMBER else None


def _bad_cursor() -> Problem:
    return bad_parameter(
        "cursor",
        "cursor must be one that the page before gave, for the same question: follow its "
        "rel=next link",
        "cursor 须为同一查询上一页给出的游标：请使用其 rel=next 链接",
    )
