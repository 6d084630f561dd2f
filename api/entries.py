"""Show entries: their headers to everybody, the statements behind them to readers.

Header and statement are given as text, byte for byte what was hashed and
signed; ``event`` repeats the statement's payload for convenience and proves
nothing. ``said`` keeps apart what an official signed himself, what a system
attested in an official's name, and what a system said.

Source: design "HTTP API"; spec 3, 8.
"""

from typing import TYPE_CHECKING, Any

from flask import Response, g
from flask_smorest import Blueprint

from api.answers import ASK_AGAIN_PRIVATE, TEXT, json_answer, tagged
from api.context import ledger
from api.cursors import Cursor, read_cursor, write_cursor
from api.languages import Language, Words, asked_language
from api.operations import ENTRIES, ENTRY, PROOF
from api.parameters import bad_parameter, path_number, query_choice, query_number, takes
from api.reading import may_read, reader, show, why_not_shown

if TYPE_CHECKING:
    from ledger.service import Entry

MAX_PAGE = 1_000
DEFAULT_PAGE = 100

blp = Blueprint("entries", __name__, description="What the ledger holds")

_MISSING = Words(
    "the statement is not in the ledger's database, though its header and proofs are: "
    "ask the operator to run `zelian fsck`",
    "该陈述不在账本数据库中，但其记录头与证明仍在：请联系运维人员运行 `zelian fsck`",
)


@blp.route("/api/v1/entries")
@blp.doc(**ENTRIES)
@takes("cursor", "limit", "as_of", "order", "reason")
def list_entries() -> Response:
    """Answer one page of the entries, oldest or newest first."""
    limit = query_number("limit", 1, MAX_PAGE) or DEFAULT_PAGE
    here = _asked_cursor()
    entries = ledger().entries(here.start, limit, here.as_of, here.newest_first)
    language = asked_language()
    following = _following(here, len(entries))
    answer = {
        "as_of": here.as_of,
        "entries": [_members(entry, language) for entry in entries],
        "next": write_cursor(following) if following else None,
    }
    response = json_answer(answer, ASK_AGAIN_PRIVATE, language)
    if following:
        link = f"/api/v1/entries?cursor={write_cursor(following)}&limit={limit}"
        response.headers["Link"] = f'<{link}>; rel="next"'
    return response


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
    members = _members(entry, language)
    return json_answer(members, ASK_AGAIN_PRIVATE, language)


def _members(entry: "Entry", language: Language) -> dict[str, Any]:
    members: dict[str, Any] = {
        "header": entry.header.decode(),
        "index": entry.index,
        "leaf_hash": entry.leaf.hex(),
    }
    if entry.envelope is None and reader() is not None:
        absent = {"detail": _MISSING.spoken(language), "reason": "missing"}
        return members | {"absent": absent}
    if entry.envelope is None or not may_read(entry):
        return members | {"absent": why_not_shown(language)}
    show(entry)
    return members | {
        "event": entry.event,
        "said": _said(entry),
        "statement": entry.envelope.decode(),
    }


def _said(entry: "Entry") -> str:
    """Return who is behind the statement: an official's own key, or a system's."""
    if "official" not in (entry.event or {}):
        return "system"
    return "attested" if entry.attested else "signed"
