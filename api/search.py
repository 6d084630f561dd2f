"""Answer ``GET /api/v1/entries?q=``: what is found in the asker's sight, newest first.

Whatever lies outside the sight is not found, counted or paged over. A list is taken
at a tree size that its first page fixes, and it is whole up to there: what is not
projected that far is waited for.
"""

from typing import Any
from urllib.parse import urlencode

from flask import Response, g

from api.context import ledger
from api.entry_members import members_of
from api.formats import asked_format, list_answer
from api.languages import Language, Words, asked_language
from api.parameters import bad_parameter, query_number
from api.places import Place, asked_limit, asked_place, write_place
from api.problems import Problem
from api.reading import may_read, sight
from ledger.projections.lists import ALL, ENTRIES, Reads
from ledger.projections.query import Query, QueryError, parse_query


def found_answer() -> Response:
    """Answer one page of what is searched for."""
    query, limit, asked = _asked_query(), asked_limit(), asked_format()
    place = asked_place(query.digest)
    as_of = asked_size(place, ENTRIES)
    after = None if place is None else place.after
    look_up = ledger().look_up
    found = look_up.find(sight(), query, as_of, after, limit + 1)
    language = asked_language()
    answer: dict[str, Any] = {
        "as_of": as_of,
        "entries": _entries(found[:limit], language),
        "next": None,
        "projected": look_up.projected(ENTRIES),
    }
    if len(found) > limit:
        answer["next"] = write_place(Place(as_of, found[limit - 1], query.digest))
    response = list_answer(answer, asked, language)
    if answer["next"]:
        kept = {name: g.query[name] for name in ("q", "format", "reason") if name in g.query}
        following = urlencode({**kept, "limit": limit, "cursor": answer["next"]})
        response.headers["Link"] = f'</api/v1/entries?{following}>; rel="next"'
    return response


def _asked_query() -> Query:
    if "order" in g.query:
        raise bad_parameter(
            "order",
            "what is found comes newest first: leave order out",
            "查询结果总是最新在前：请勿给出 order",
        )
    try:
        return parse_query(g.query["q"])
    except QueryError as error:
        words = Words(error.en, error.zh)
        raise Problem("bad_parameter", words, parameter="q", position=error.position) from None


def asked_size(place: Place | None, of: Reads = ALL) -> int:
    """Return the tree size at which a list is taken, once what it reads has come that far."""
    look_up, size = ledger().look_up, ledger().size()
    awaited = query_number("wait_for")
    if awaited is not None:
        _check_size("wait_for", awaited, size)
        look_up.wait_for(awaited, of)
    as_of = query_number("as_of") if place is None else place.as_of
    if as_of is None:
        return look_up.projected(of)
    _check_size("as_of" if place is None else "cursor", as_of, size)
    look_up.reach(as_of, of)
    return as_of


def _check_size(name: str, asked: int, size: int) -> None:
    if asked > size:
        raise bad_parameter(
            name,
            f"the ledger has {size} entries: {name} cannot be larger",
            f"账本现有 {size} 个记录：{name} 不能更大",
        )


def _entries(indexes: list[int], language: Language) -> list[dict[str, Any]]:
    """Show the entries; one whose statement was withheld this moment is not found either."""
    found = ledger().entries_of(indexes)
    return [members_of(entry, language) for entry in found if may_read(entry)]
