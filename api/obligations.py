"""Answer what is due or overdue, of everybody or of one department, and one obligation.

Everything is taken at a tree size and told for a T. An obligation that the asker may
not see is not listed, not counted, not found.
"""

from typing import Any, Literal
from urllib.parse import urlencode

from flask import Response, g, request
from flask_smorest import Blueprint

from api.answers import ASK_AGAIN_PRIVATE, json_answer, tagged
from api.context import ledger
from api.formats import FORMATS, asked_format
from api.languages import asked_language
from api.obligation_operations import (
    LIST,
    LIST_OF_DEPARTMENT,
    LIST_TAKES,
    RULE_IDS,
    SHOW,
    SHOW_TAKES,
    TAKES_OF_DEPARTMENT,
)
from api.parameters import query_choice, takes
from api.places import Place, asked_limit, asked_place, write_place
from api.reading import ask_for, reader, show, sight
from api.search import asked_size
from api.thing_members import listed_answer
from api.things import asked_time
from ledger.obligations_view import VIEWS, Asked
from ledger.projections.lists import SUPERVISION
from ledger.supervision.icalendar import icalendar
from ledger.supervision.obligation_members import COLUMNS, Members
from ledger.supervision.obligation_words import STATES

blp = Blueprint("obligations", __name__, description="What is due, and what is overdue")

CALENDAR = "text/calendar; charset=utf-8"
_FORMATS = (*FORMATS, "ics")
_ASKED = ("rule", "department", "state", "view", "at")


@blp.route("/api/v1/obligations")
@blp.doc(**LIST)
@takes(*LIST_TAKES)
def list_obligations() -> Response:
    """List obligations."""
    return _list("/api/v1/obligations", g.query.get("department"))


@blp.route("/api/v1/departments/<id>/obligations")
@blp.doc(**LIST_OF_DEPARTMENT)
@takes(*TAKES_OF_DEPARTMENT)
def list_department_obligations(id: str) -> Response:
    """List what one department owes."""
    return _list(f"/api/v1/departments/{id}/obligations", id)


@blp.route("/api/v1/obligations/<department>/<id>")
@blp.doc(**SHOW)
@takes(*SHOW_TAKES)
def get_obligation(department: str, id: str) -> Response:
    """Show one obligation."""
    ref, at = f"{department}/{id}", asked_time()
    as_of = asked_size(None, SUPERVISION)
    ask_for({"finding": ref})
    found = ledger().obligations.one(sight(), ref, Asked(as_of, at))
    _note([found])
    return json_answer(_beside(as_of, at) | {"obligation": found}, ASK_AGAIN_PRIVATE)


def _list(address: str, department: str | None) -> Response:
    limit = asked_limit()
    filters = {name: g.query[name] for name in _ASKED if name in g.query}
    name = urlencode({"of": address, **filters})
    place = asked_place(name)
    as_of, at = asked_size(place, SUPERVISION), asked_time(place)
    now = place is None and "at" not in g.query
    asked = Asked(as_of, at, now, query_choice("rule", RULE_IDS), department, _states())
    after = None if place is None else place.after
    found, last = ledger().obligations.listed(sight(), asked, after, limit)
    _note(found)
    answer: dict[str, Any] = _beside(as_of, at) | {
        "next": None,
        "obligations": found,
        "service": ledger().obligations.of_service(),
    }
    if last is not None:
        answer["next"] = write_place(Place(as_of, last, name, at))
    response = _formed(answer)
    if answer["next"]:
        said = {name: g.query[name] for name in ("format", "reason") if name in g.query}
        following = urlencode({**filters, **said, "limit": limit, "cursor": answer["next"]})
        response.headers["Link"] = f'<{address}?{following}>; rel="next"'
    return response


def _states() -> tuple[str, ...]:
    """Return the states that are asked for, by name or by a view of several."""
    state, view = query_choice("state", tuple(STATES)), query_choice("view", tuple(VIEWS))
    if state is not None:
        return (state,) if view is None or state in VIEWS[view] else ("none",)
    return () if view is None else VIEWS[view]


def _formed(answer: dict[str, Any]) -> Response:
    if not _asks_for_calendar():
        return listed_answer(answer, "obligations", COLUMNS, asked_format())
    language: Literal["zh", "en"] = "en" if asked_language() == "en" else "zh"
    found: list[Members] = answer["obligations"]
    text = icalendar(found, answer["at"], ledger().origin, language)
    response = tagged(text, CALENDAR, ASK_AGAIN_PRIVATE)
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["X-Zelian-As-Of"] = str(answer["as_of"])
    response.headers["X-Zelian-Projected"] = str(answer["projected"])
    return response


def _asks_for_calendar() -> bool:
    chosen = query_choice("format", _FORMATS)
    if chosen is not None:
        return chosen == "ics"
    return request.accept_mimetypes.best_match(["application/json", "text/calendar"]) == (
        "text/calendar"
    )


def _beside(as_of: int, at: str) -> dict[str, Any]:
    return {"as_of": as_of, "at": at, "projected": ledger().look_up.projected(SUPERVISION)}


def _note(obligations: list[Members]) -> None:
    """Note for an inspector's record which statements started what he is shown."""
    asker = reader()
    if asker is not None and asker.inspects:
        for one in obligations:
            show(ledger().entry(one["entry"]))
