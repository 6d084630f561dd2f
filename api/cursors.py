"""The opaque cursor of a list: where the next page starts, in which list.

It fixes the tree size and the order of the first page, so that paging on gives
the same list however the ledger grows. It is no secret and no right: whoever
makes one up reads what he could have asked for.
"""

import base64
import binascii
import re
from typing import NamedTuple

from api.parameters import MAX_NUMBER, bad_parameter
from api.problems import Problem

_TEXT = re.compile(r"1:(asc|desc):(0|[1-9][0-9]{0,18}):(0|[1-9][0-9]{0,18})")


class Cursor(NamedTuple):
    """A place in a list.

    Args:
        as_of: tree size that the whole list is taken at.
        start: index of the first entry of the page, ``0 <= start < as_of``
            but for an empty list, where both are 0.
        newest_first: whether indexes fall from page to page.
    """

    as_of: int
    start: int
    newest_first: bool


def write_cursor(cursor: Cursor) -> str:
    """Return *cursor* as URL-safe text."""
    order = "desc" if cursor.newest_first else "asc"
    text = f"1:{order}:{cursor.as_of}:{cursor.start}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """Return the cursor that *text* writes.

    Raises:
        Problem: ``bad_parameter``: no server of ours wrote it.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        match = _TEXT.fullmatch(raw.decode("ascii"))
    except (ValueError, binascii.Error):
        raise _bad_cursor() from None
    if match is None:
        raise _bad_cursor()
    cursor = Cursor(int(match[2]), int(match[3]), match[1] == "desc")
    if not cursor.start < cursor.as_of <= MAX_NUMBER or write_cursor(cursor) != text:
        raise _bad_cursor()
    return cursor


def _bad_cursor() -> Problem:
    return bad_parameter(
        "cursor",
        "cursor must be one that the page before gave: follow its rel=next link",
        "cursor 须为上一页给出的游标：请使用其 rel=next 链接",
    )
