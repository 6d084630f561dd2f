"""Answer ``GET /api/v1/chains/{kind}/{name}``: a chain from its first entry on, whole.

Each entry comes with what links it, so that whoever reads it can check that none is
missing: ``seq`` without a gap, each ``prev`` the leaf hash of the one before, and the
chain's id from its name and salt.

Source: spec 4.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from flask import Response
from flask_smorest import Blueprint

from api.answers import ASK_AGAIN_PRIVATE, json_answer
from api.context import ledger
from api.entry_members import members_of
from api.languages import Language, Words, asked_language
from api.look_up_operations import CHAIN
from api.parameters import takes
from api.places import Place, asked_limit, asked_place, write_place
from api.problems import not_found
from api.reading import ask_for, sight
from api.search import asked_size
from crypto import notation
from ledger.access.chain_sight import KINDS, THINGS
from ledger.projections.lists import ENTRIES

if TYPE_CHECKING:
    from ledger.look_up import ChainPage

blp = Blueprint("chains", __name__, description="Chains: all that concerns one thing")

_NAMES = {
    **dict.fromkeys(THINGS, notation.REF),
    "official": notation.ID,
    "department": notation.DEPARTMENT_ID,
    "registry": notation.DEPARTMENT_ID,
}


@blp.route("/api/v1/chains/<kind>/<path:name>")
@blp.doc(**CHAIN)
@takes("cursor", "limit", "as_of", "wait_for", "reason")
def get_chain(kind: str, name: str) -> Response:
    """Answer one page of a chain, oldest first."""
    if kind not in _NAMES or not _NAMES[kind].match(name):
        raise _no_name()
    full, limit = f"{kind}/{name}", asked_limit()
    place = asked_place(full)
    as_of = asked_size(place, ENTRIES)
    start = 0 if place is None else place.after + 1
    if kind in THINGS:
        ask_for({kind: name})
    page = ledger().look_up.chain(sight(), full, as_of, start, limit + 1)
    language = asked_language()
    answer: dict[str, Any] = {
        "as_of": as_of,
        "entries": _entries(page, limit, language),
        "id": page.chain.id.hex(),
        "length": page.length,
        "name": full,
        "next": None,
        "projected": ledger().look_up.projected(ENTRIES),
        "salt": page.chain.salt.hex(),
    }
    if len(page.links) > limit:
        answer["next"] = write_place(Place(as_of, page.links[limit - 1][0], full))
    response = json_answer(answer, ASK_AGAIN_PRIVATE, language)
    if answer["next"]:
        following = urlencode({"limit": limit, "cursor": answer["next"]})
        response.headers["Link"] = f'</api/v1/chains/{quote(full)}?{following}>; rel="next"'
    return response


def _entries(page: "ChainPage", limit: int, language: Language) -> list[dict[str, Any]]:
    links = page.links[:limit]
    entries = ledger().entries_of([index for index, _ in links])
    return [
        members_of(entry, language) | {"link": {"prev": link.prev.hex(), "seq": link.seq}}
        for entry, (_, link) in zip(entries, links, strict=True)
    ]


def _no_name() -> Exception:
    kinds = ", ".join(KINDS)
    return not_found(
        Words(
            f"no chain has such a name: <kind>/<name>, where kind is one of {kinds}",
            f"没有这样的链名：应为“类别/名称”，类别为 {'、'.join(KINDS)} 之一",
        )
    )
