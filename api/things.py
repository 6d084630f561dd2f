"""Answer the lists of requests, grants, items and the rest, and each with its history.

Everything is taken at a tree size and, for what follows from time alone, at a T. A
thing that the asker may not see is not listed, not counted, and not found.
"""

from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, g
from flask_smorest import Blueprint

from api.context import ledger
from api.formats import asked_format
from api.languages import Words
from api.parameters import bad_parameter, query_choice, takes
from api.places import Place, asked_limit, asked_place, write_place
from api.problems import not_found
from api.reading import ask_for, may_read, reader, show, sight
from api.search import asked_size
from api.thing_members import listed_answer
from api.thing_operations import LIST_TAKES, SHOW_TAKES, list_of, show_of
from crypto import notation
from ledger.projections.lists import THINGS
from ledger.share_members import (
    COLUMNS,
    STEP_COLUMNS,
    Members,
    listed,
    of_steps,
    step_members,
    thing_members,
)
from ledger.shares_views import PLURALS, VIEWS
from ledger.sharing.words import STATES
from ledger.shown import Asked

blp = Blueprint("things", __name__, description="Requests, grants, disputes …: what they came to")

_ASKED = ("state", "department", "item", "view", "at")


def _add(plural: str, kind: str) -> None:
    """Route the list and the page of one kind."""

    @takes(*LIST_TAKES)
    def many() -> Response:
        return _list(plural, kind)

    @takes(*SHOW_TAKES)
    def one(department: str, id: str) -> Response:
        return _show(plural, kind, department, id)

    many.__name__, one.__name__ = f"list_{plural}", f"get_{kind}"
    blp.route(f"/api/v1/{plural}")(blp.doc(**list_of(plural))(many))
    blp.route(f"/api/v1/{plural}/<department>/<id>")(blp.doc(**show_of(kind))(one))


for _plural, _kind in PLURALS.items():
    _add(_plural, _kind)


def _list(plural: str, kind: str) -> Response:
    view = query_choice("view", tuple(name for name, one in VIEWS.items() if plural in one.at))
    limit = asked_limit()
    filters = {name: g.query[name] for name in _ASKED if name in g.query}
    name = urlencode({"of": plural, **filters})
    place = asked_place(name)
    as_of, at = asked_size(place, THINGS), asked_time(place)
    after = None if place is None else place.after
    asked = Asked(
        kind, as_of, at, query_choice("state", tuple(STATES)), g.query.get("department"),
        g.query.get("item"),
    )  # fmt: skip
    found, last = listed(ledger(), sight(), asked, view, after, limit)
    _note(found)
    answer: dict[str, Any] = _beside(as_of, at) | {"things": found}
    if last is not None:
        answer["next"] = write_place(Place(as_of, last, name, at))
    return _paged(answer, f"/api/v1/{plural}", filters, "things", COLUMNS)


def _beside(as_of: int, at: str) -> dict[str, Any]:
    projected = ledger().look_up.projected(THINGS)
    return {"as_of": as_of, "at": at, "next": None, "projected": projected}


def _note(things: list[Members]) -> None:
    """Note for an inspector's record which statements opened what he is shown."""
    asker = reader()
    if asker is not None and asker.inspects:
        for one in things:
            if "opened" in one:
                show(ledger().entry(one["opened"]))


def _show(plural: str, kind: str, department: str, id: str) -> Response:
    ref = f"{department}/{id}"
    if not notation.REF.match(ref):
        raise not_found(
            Words(
                f"no {kind} has such a name: it is <department>/<id>",
                "没有这样的名称：应为“部门/编号”",
            )
        )
    limit, filters = asked_limit(), {name: g.query[name] for name in ("at",) if name in g.query}
    name = urlencode({"of": f"{kind}/{ref}", **filters})
    place = asked_place(name)
    as_of, at = asked_size(place, THINGS), asked_time(place)
    ask_for({kind: ref})
    shares = ledger().shares
    shown = shares.one(sight(), kind, ref, as_of, at)
    start = 0 if place is None else place.after + 1
    steps = shares.steps(shown, as_of, start, limit + 1)
    entries = [(step, ledger().entry(step.entry)) for step in steps[:limit]]
    history = []
    of_it = of_steps(ledger(), sight(), [entry for _, entry in entries], as_of)
    for step, entry in entries:
        if may_read(entry):  # one that was withheld this moment is not there
            show(entry)
            said_of = [one for one in of_it.get(entry.index, ()) if may_read(one)]
            for one in said_of:
                show(one)
            history.append(step_members(step, entry, said_of))
    answer: dict[str, Any] = _beside(as_of, at) | {
        "details": shown.details,
        "history": history,
        "thing": thing_members(shown),
    }
    if len(steps) > limit:
        answer["next"] = write_place(Place(as_of, steps[limit - 1].entry, name, at))
    return _paged(answer, f"/api/v1/{plural}/{quote(ref)}", filters, "history", STEP_COLUMNS)


def _paged(
    answer: dict[str, Any],
    address: str,
    kept: dict[str, str],
    rows: str,
    columns: tuple[str, ...],
) -> Response:
    response = listed_answer(answer, rows, columns, asked_format())
    if answer["next"]:
        said = {name: g.query[name] for name in ("format", "reason") if name in g.query}
        following = urlencode({**kept, **said, "limit": asked_limit(), "cursor": answer["next"]})
        response.headers["Link"] = f'<{address}?{following}>; rel="next"'
    return response


def asked_time(place: Place | None = None) -> str:
    """Return the T of the page before; else the one asked for, or that of this moment."""
    if place is not None and place.at:
        return place.at
    asked: str | None = g.query.get("at")
    if asked is None:
        return ledger().shares.now()
    if not notation.TIME.match(asked):
        raise bad_parameter(
            "at",
            "at must be a time in UTC as 2026-11-01T00:00:00.000Z",
            "at 须为 UTC 时间，如 2026-11-01T00:00:00.000Z",
        )
    return asked
