"""Answer who answers for an act, and what relied on an item: as JSON; a trace as a page too.

Source: domain, 4.6; decree 809, article 26.
"""

from flask import Response, g, request
from flask_smorest import Blueprint

from api import derived_examples
from api.answers import ASK_AGAIN_PRIVATE, json_answer, tagged
from api.context import ledger
from api.operation_parts import answer, content, json, operation, path, query
from api.operations import READING, REASON, TAGGED, UNCHANGED, WAIT_FOR
from api.parameters import bad_parameter, query_choice, takes
from api.reading import ask_for, reader, show, sight
from api.search import asked_size
from api.security import PAGE, POLICY
from api.thing_operations import COUNTS
from crypto import notation
from ledger.access.inherited import NOTHING_INHERITED
from ledger.events.determinations import DEFECT_ROWS
from ledger.impacts import item_impact
from ledger.responsibility.graph import graph_of
from ledger.responsibility.graph_mermaid import mermaid
from ledger.responsibility.graph_svg import svg
from ledger.responsibility.impact import Asked as AskedImpact
from ledger.responsibility.lines import Members
from ledger.responsibility.trace import lines_of
from ledger.trace_page import trace_page
from ledger.traces import Asked, responsibility

blp = Blueprint("traces", __name__, description="Who answers for an act; what relied on an item")

_SVG, _MERMAID = "image/svg+xml", "text/vnd.mermaid; charset=utf-8"
_FORMATS = ("json", "html", "svg", "mermaid")
_ACCEPTED = {"application/json": "json", "text/html": "html", _SVG: "svg"}
_AS_OF = query("as_of", "tree size that it is taken at", {"type": "integer", "minimum": 0})
_T = {"type": "string"}
TRACE = operation(
    "getResponsibility",
    "Trace an act: who stands behind it on both sides of each share, in which role and post.",
    {
        "200": answer(
            "the report",
            {
                **json("Responsibility", derived_examples.RESPONSIBILITY),
                **content("text/html", {"type": "string"}),
                **content(_SVG, {"type": "string"}),
                **content("text/vnd.mermaid", {"type": "string"}),
            },
            {**COUNTS, **TAGGED},
        ),
        **UNCHANGED,
    },
    (*READING, "not_found", "not_projected", "read_only"),
    (
        path("department", "whose act it is", {"type": "string", "examples": ["yunling-mzt"]}),
        path("id", "its id there", {"type": "string", "examples": ["A-1"]}),
        _AS_OF,
        query("defect", "a row of the matrix of responsibility", {"enum": [*DEFECT_ROWS]}),
        query("item", "the item that is defective, with `defect`: `<department>/<id>`", _T),
        WAIT_FOR,
        query("format", "form of the answer; else by `Accept`", {"enum": [*_FORMATS]}),
        REASON,
    ),
    description=(
        "Nine steps, each line with the entries on which it rests and why it stands there. Taken "
        "at a tree size and told at the time of its last entry, so that the same asker gets the "
        "same bytes again. A finding is to be checked, never a verdict; what is outside the "
        "asker's sight is as if it did not exist."
    ),
)
IMPACT = operation(
    "getImpact",
    "List every use, act and department that relied on an item, decisive ones first.",
    {
        "200": answer("the list", json("Impact", derived_examples.IMPACT), {**COUNTS, **TAGGED}),
        **UNCHANGED,
    },
    (*READING, "not_found", "not_projected", "read_only"),
    (
        path("department", "whose item it is", {"type": "string", "examples": ["yunling-gat"]}),
        path("id", "its id there", {"type": "string", "examples": ["I-1"]}),
        _AS_OF,
        query("version", "only of this version", _T),
        query("delivery", "only of this delivery, `<department>/<id>`", _T),
        WAIT_FOR,
        REASON,
    ),
    description=(
        "Who was told of an error, who acknowledged, who used it or decided afterwards, which "
        "acts were examined anew; and who received it without a use on record."
    ),
)


@blp.route("/api/v1/acts/<department>/<id>/responsibility")
@blp.doc(**TRACE)
@takes("as_of", "defect", "item", "wait_for", "format", "reason")
def get_responsibility(department: str, id: str) -> Response:
    """Trace an act."""
    ref = f"{department}/{id}"
    ask_for({"act": ref})
    form = _asked_format()
    asker = reader()
    asked = Asked(
        asked_size(None),
        "" if asker is None else asker.department,
        query_choice("defect", DEFECT_ROWS),
        _asked_item(),
        NOTHING_INHERITED if asker is None else asker.inherited,
    )
    found = responsibility(ledger(), sight(), ref, asked)
    _note([entry for line in lines_of(found) for entry in line["entries"]])
    response = _formed(found, form)
    response.headers["Vary"] = "Accept"
    return _counted(response, found)


@blp.route("/api/v1/items/<department>/<id>/impact")
@blp.doc(**IMPACT)
@takes("as_of", "version", "delivery", "wait_for", "reason")
def get_impact(department: str, id: str) -> Response:
    """List what relied on an item."""
    ref = f"{department}/{id}"
    ask_for({"item": ref})
    version, delivery = g.query.get("version"), g.query.get("delivery")
    if delivery is not None and not notation.REF.match(delivery):
        raise bad_parameter("delivery", "must be <department>/<id>", "应为“部门/编号”")
    asked = AskedImpact(ref, version, delivery)
    found = item_impact(ledger(), sight(), asked, asked_size(None))
    named = ("derived", "told", "untold", "unused", "uses")
    lines = (line for name in named for line in found[name])
    _note([entry for line in lines for entry in line["entries"]])
    return _counted(json_answer(found, ASK_AGAIN_PRIVATE), found)


def _formed(found: Members, form: str) -> Response:
    if form == "html":
        page = trace_page(found, "/static/zelian.css")
        response = tagged(page, "text/html; charset=utf-8", ASK_AGAIN_PRIVATE)
        response.headers[POLICY] = PAGE
        return response
    if form == "svg":
        return tagged(svg(graph_of(found)).encode(), _SVG, ASK_AGAIN_PRIVATE)
    if form == "mermaid":
        return tagged(mermaid(graph_of(found)).encode(), _MERMAID, ASK_AGAIN_PRIVATE)
    return json_answer(found, ASK_AGAIN_PRIVATE)


def _asked_item() -> str | None:
    item: str | None = g.query.get("item")
    if item is not None and "defect" not in g.query:
        raise bad_parameter("item", "goes with defect", "须与 defect 同用")
    if item is not None and not notation.REF.match(item):
        raise bad_parameter("item", "must be <department>/<id>", "应为“部门/编号”")
    return item


def _asked_format() -> str:
    chosen = query_choice("format", _FORMATS)
    if chosen is not None:
        return chosen
    found = request.accept_mimetypes.best_match(list(_ACCEPTED), "application/json")
    return _ACCEPTED[found]


def _counted(response: Response, found: Members) -> Response:
    response.headers["X-Zelian-As-Of"] = str(found["as_of"])
    response.headers["X-Zelian-Projected"] = str(ledger().look_up.projected())
    return response


def _note(entries: list[int]) -> None:
    """Note for an inspector's record which statements he is shown."""
    asker = reader()
    if asker is not None and asker.inspects:
        for index in sorted(set(entries)):
            show(ledger().entry(index))
