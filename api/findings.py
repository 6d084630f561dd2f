"""Answer what the rules found, and one finding with what became of it.

Everything is taken at a tree size; what may be shown above the department concerned is
told for a T. A finding that the asker may not see is not listed, not counted, not found.
"""

from typing import Any
from urllib.parse import urlencode

from flask import Response, g
from flask_smorest import Blueprint

from api.answers import ASK_AGAIN_PRIVATE, json_answer
from api.context import ledger
from api.finding_operations import LIST, LIST_TAKES, RULE_IDS, SHOW, SHOW_TAKES
from api.formats import asked_format
from api.parameters import MAX_NUMBER, query_choice, query_number, takes
from api.places import Place, asked_limit, asked_place, write_place
from api.reading import ask_for, reader, show, sight
from api.search import asked_size
from api.thing_members import listed_answer
from api.things import asked_time
from ledger.findings_view import COLUMNS, Asked, Members
from ledger.integrity import of_service
from ledger.projections.lists import SUPERVISION
from ledger.store.supervision_rows import PLACES, Filters
from ledger.supervision.findings import STATES
from ledger.supervision.rule import BASES, SEVERITIES

blp = Blueprint("findings", __name__, description="What the rules found, to be checked")

_ASKED = ("rule", "department", "state", "severity", "basis", "entry", "at")


@blp.route("/api/v1/findings")
@blp.doc(**LIST)
@takes(*LIST_TAKES)
def list_findings() -> Response:
    """List findings."""
    limit = asked_limit()
    filters = {name: g.query[name] for name in _ASKED if name in g.query}
    asked_for = _filters()
    name = urlencode({"of": "findings", **filters})
    place = asked_place(name)
    as_of, at = asked_size(place, SUPERVISION), _by_now(asked_time(place))
    asked = _asked(as_of, at, asked_for, query_choice("state", STATES))
    after = None if place is None else place.after
    found = ledger().findings.listed(sight(), asked, after, limit + 1)
    page = [members for _, members in found[:limit]]
    _note(page)
    answer: dict[str, Any] = _beside(as_of, at) | {
        "findings": page,
        "integrity": of_service(ledger()),
        "next": None,
    }
    if len(found) > limit:
        answer["next"] = write_place(Place(as_of, found[limit - 1][0], name, at))
    response = listed_answer(answer, "findings", COLUMNS, asked_format())
    if answer["next"]:
        said = {name: g.query[name] for name in ("format", "reason") if name in g.query}
        following = urlencode({**filters, **said, "limit": limit, "cursor": answer["next"]})
        response.headers["Link"] = f'</api/v1/findings?{following}>; rel="next"'
    return response


@blp.route("/api/v1/findings/<department>/<id>")
@blp.doc(**SHOW)
@takes(*SHOW_TAKES)
def get_finding(department: str, id: str) -> Response:
    """Show one finding."""
    ref, at = f"{department}/{id}", _by_now(asked_time())
    as_of = asked_size(None, SUPERVISION)
    ask_for({"finding": ref})
    found = ledger().findings.one(sight(), ref, _asked(as_of, at, Filters(), None))
    _note([found])
    return json_answer(_beside(as_of, at) | {"finding": found}, ASK_AGAIN_PRIVATE)


def raised_by(entry: int) -> list[Members] | None:
    """Return what the rules found at an entry, for whoever asks; None: it is not judged yet."""
    as_of, at = ledger().look_up.projected(SUPERVISION), ledger().shares.now()
    if entry >= as_of:
        return None
    asked = _asked(as_of, at, Filters(entry=entry), None)
    found = ledger().findings.listed(sight(), asked, None, PLACES)
    return [members for _, members in reversed(found)]


def _asked(as_of: int, at: str, filters: Filters, state: str | None) -> Asked:
    asker = reader()
    if asker is None:
        return Asked(as_of, at, "", filters, state)
    return Asked(as_of, at, asker.department, filters, state, asker.inherited)


def _by_now(at: str) -> str:
    """Return *at*, or this moment where it lies ahead: nobody's time to explain ends before."""
    return min(at, ledger().shares.now())


def _filters() -> Filters:
    return Filters(
        query_choice("rule", RULE_IDS),
        g.query.get("department"),
        query_choice("severity", tuple(SEVERITIES)),
        query_choice("basis", tuple(BASES)),
        query_number("entry", 0, MAX_NUMBER),
    )


def _beside(as_of: int, at: str) -> dict[str, Any]:
    return {"as_of": as_of, "at": at, "projected": ledger().look_up.projected(SUPERVISION)}


def _note(findings: list[Members]) -> None:
    """Note for an inspector's record which statements raised what he is shown."""
    asker = reader()
    if asker is not None and asker.inspects:
        for one in findings:
            show(ledger().entry(one["entry"]))
