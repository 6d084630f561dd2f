"""Answer what the registry holds at a tree size: departments, officials' posts, keys.

All of it follows from the registrar's statements; nothing of it is kept apart.

Source: spec 8, 9.1.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Response, g
from flask_smorest import Blueprint

from api.answers import ASK_AGAIN_PRIVATE, json_answer
from api.context import ledger
from api.look_up_operations import DEPARTMENTS, KEYS, OFFICIALS
from api.parameters import bad_parameter, query_number, takes
from api.places import Place, asked_limit, asked_place, write_place
from crypto.notation import write_b64
from ledger.registry.records import Appointment, Department, KeyRecord
from ledger.registry.state import Registry

blp = Blueprint("registry", __name__, description="Departments, officials and keys")

Item = dict[str, Any]
TAKES = ("department", "cursor", "limit", "as_of")


@blp.route("/api/v1/departments")
@blp.doc(**DEPARTMENTS)
@takes(*TAKES)
def list_departments() -> Response:
    """Answer one page of the departments, in the order of their registration."""
    return _list("departments", lambda registry, at: map(_department, registry.departments(at)))


@blp.route("/api/v1/officials")
@blp.doc(**OFFICIALS)
@takes(*TAKES)
def list_officials() -> Response:
    """Answer one page of the posts that officials were ever given, in that order."""
    return _list("officials", lambda registry, at: map(_post, registry.appointments(at)))


@blp.route("/api/v1/keys")
@blp.doc(**KEYS)
@takes(*TAKES)
def list_keys() -> Response:
    """Answer one page of the keys that were ever enrolled, in that order."""
    return _list("keys", lambda registry, at: map(_key, registry.keys(at)))


def _list(name: str, items_of: Callable[[Registry, int], Any]) -> Response:
    only, limit = g.query.get("department"), asked_limit()
    asked = name if only is None else f"{name} of {only}"
    place = asked_place(asked)
    as_of = _size(place)
    found = list(items_of(ledger().look_up.registry(as_of), as_of))
    if only is not None:
        found = [item for item in found if item["department"] == only]
    start = 0 if place is None else place.after + 1
    answer: Item = {"as_of": as_of, name: found[start : start + limit], "next": None}
    if len(found) > start + limit:
        answer["next"] = write_place(Place(as_of, start + limit - 1, asked))
    response = json_answer(answer, ASK_AGAIN_PRIVATE)
    if answer["next"]:
        kept = {} if only is None else {"department": only}
        following = urlencode({**kept, "limit": limit, "cursor": answer["next"]})
        response.headers["Link"] = f'</api/v1/{name}?{following}>; rel="next"'
    return response


def _size(place: Place | None) -> int:
    """Return the tree size at which the registry is asked."""
    size = ledger().size()
    asked = query_number("as_of") if place is None else place.as_of
    if asked is not None and asked > size:
        raise bad_parameter(
            "as_of" if place is None else "cursor",
            f"the ledger has {size} entries: as_of cannot be larger",
            f"账本现有 {size} 个记录：as_of 不能更大",
        )
    return size if asked is None else asked


def _department(one: Department) -> Item:
    return _given(
        department=one.department,
        kind=one.kind,
        level=one.level,
        name=_given(en=one.name_en, zh=one.name_zh),
        region=one.region,
        registered_at=None if one.registered_at < 0 else one.registered_at,
    )


def _post(one: Appointment) -> Item:
    return _given(
        acting=one.acting,
        appointed_at=one.appointed_at,
        appointment=one.appointment,
        department=one.department,
        duty=one.duty,
        ends=one.ends,
        official=one.appointee,
        post=one.post,
        released_at=one.released_at,
        starts=one.starts,
        tiers=sorted(one.tiers),
        unit=one.unit,
    )


def _key(one: KeyRecord) -> Item:
    return _given(
        department=one.department,
        enrolled_at=one.enrolled_at,
        expires=one.expires,
        holder=one.holder,
        keyid=one.key_id,
        public_key=write_b64(one.spki),
        reason=one.reason,
        revoked_at=one.revoked_at,
        since=one.since,
    )


def _given(**members: object) -> Item:
    return {name: value for name, value in members.items() if value is not None}
