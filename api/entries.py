"""Show entries: their headers to everybody, the statements behind them to readers.

Source: design "HTTP API".
"""

from typing import TYPE_CHECKING

from flask import Response, g
from flask_smorest import Blueprint

from api.answers import ASK_AGAIN_PRIVATE, TEXT, json_answer, tagged
from api.context import ledger
from api.cursors import Cursor, read_cursor, write_cursor
from api.entry_members import members_of, proven_of, stamped_of
from api.findings import raised_by
from api.formats import asked_format, list_answer
from api.languages import asked_language
from api.operations import ENTRIES, ENTRY, PROOF
from api.parameters import bad_parameter, path_number, query_choice, query_number, takes
from api.places import asked_limit
from api.search import found_answer

if TYPE_CHECKING:
    from ledger.entries import Entry

blp = Blueprint("entries", __name__, description="What the ledger holds")


@blp.route("/api/v1/entries")
@blp.doc(**ENTRIES)
@takes("q", "cursor", "limit", "as_of", "order", "format", "wait_for", "reason")
def list_entries() -> Response:
    """Answer one page of the entries, oldest or newest first, or of those searched for."""
    if "q" in g.query:
        return found_answer()
    _refuse_wait()
    limit, asked = asked_limit(), asked_format()
    here = _asked_cursor()
    entries = ledger().entries(here.start, limit, here.as_of, here.newest_first)
    language = asked_language()
    following = _following(here, len(entries))
    answer = {
        "as_of": here.as_of,
        "entries": [members_of(entry, language) for entry in entries],
        "next": write_cursor(following) if following else None,
    }
    response = list_answer(answer, asked, language)
    if following:
        form = f"&format={g.query['format']}" if "format" in g.query else ""
        link = f"/api/v1/entries?cursor={write_cursor(following)}&limit={limit}{form}"
        response.headers["Link"] = f'<{link}>; rel="next"'
    return response


def _refuse_wait() -> None:
    if "wait_for" in g.query:
        raise bad_parameter(
            "wait_for",
            "wait_for is for searches, with q: this list waits for nothing",
            "wait_for 仅用于带 q 的查询：此列表无须等待",
        )


def _asked_cursor() -> Cursor:
    """Return where the page starts: the cursor's place, or the first of a new list."""
    text = g.query.get("cursor")
    size = ledger().size()
    if text is None:
        as_of = query_number("as_of")
        as_of = size if as_of is None else as_of
        newest_first = query_choice("order", ("asc", "desc")) == "desc"
        cursor = Cursor(as_of, max(as_of - 1, 0) if newest_first else 0, newest_first)
    elif "as_of" in g.query or "order" in g.query:
        raise bad_parameter(
            "cursor",
            "the cursor fixes as_of and order: leave both out",
            "游标已固定 as_of 与 order：请勿再给出",
        )
    else:
        cursor = read_cursor(text)
    if cursor.as_of > size:
        raise bad_parameter(
            "cursor" if text else "as_of",
            f"the ledger has {size} entries: as_of cannot be larger",
            f"账本现有 {size} 个记录：as_of 不能更大",
        )
    return cursor


def _following(here: Cursor, given: int) -> Cursor | None:
    """Return where the page after one of *given* entries starts, or None after the last."""
    start = here.start - given if here.newest_first else here.start + given
    return here._replace(start=start) if given and 0 <= start < here.as_of else None


@blp.route("/api/v1/entries/<index>")
@blp.doc(**ENTRY)
@takes("reason")
def get_entry(index: str) -> Response:
    """Answer one entry."""
    return entry_answer(ledger().entry(path_number(index)))


@blp.route("/api/v1/entries/<index>/proof")
@blp.doc(**PROOF)
@takes("size")
def get_proof(index: str) -> Response:
    """Answer the tlog-proof of one entry, under the published checkpoint or that of a size."""
    number, size = path_number(index), query_number("size")
    return tagged(ledger().inclusion_proof(number, size).encode(), TEXT, ASK_AGAIN_PRIVATE)


def entry_answer(entry: "Entry") -> Response:
    """Return the answer that shows one entry."""
    language = asked_language()
    members = members_of(entry, language) | proven_of(ledger().interval(entry.index))
    members |= stamped_of(ledger().anchors.around(entry.index))
    if "event" in members and (found := raised_by(entry.index)) is not None:
        members["findings"] = found
    return json_answer(members, ASK_AGAIN_PRIVATE, language)
