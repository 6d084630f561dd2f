"""Answer the file of a grant: as JSON, as a table, as a page to print.

Source: decree 809, article 29, paragraph 2.
"""

from typing import Any

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
from api.thing_members import listed_answer
from api.thing_operations import AT, COUNTS
from api.things import asked_time
from crypto import notation
from ledger.access.inherited import NOTHING_INHERITED
from ledger.grant_file_page import grant_file_page
from ledger.grant_files import COLUMNS, Asked, Members, file_rows, grant_file

blp = Blueprint("grant_files", __name__, description="What a using department has recorded")

_TAKES = ("at", "as_of", "after", "before", "proofs", "wait_for", "format", "reason")
_FORMATS = ("json", "csv", "html")
_ACCEPTED = {"application/json": "json", "text/csv": "csv", "text/html": "html"}
_T = {"type": "string"}
SHOW = operation(
    "getGrantFile",
    "Show the file of a grant: use scenario, use process, effect, storage, disposal, and gaps.",
    {
        "200": answer(
            "the file",
            {
                **json("GrantFile", derived_examples.GRANT_FILE),
                **content("text/csv", {"type": "string"}),
                **content("text/html", {"type": "string"}),
            },
            {**COUNTS, **TAGGED},
        ),
        **UNCHANGED,
    },
    (*READING, "not_found", "not_projected", "read_only"),
    (
        path("department", "whose grant it is", {"type": "string", "examples": ["yunling-gat"]}),
        path("id", "its id there", {"type": "string", "examples": ["G-1"]}),
        AT,
        query("as_of", "tree size that the file is taken at", {"type": "integer", "minimum": 0}),
        query("after", "statements recorded from this T on", _T),
        query("before", "statements recorded before this T", _T),
        query("proofs", "whether each line brings its inclusion proof", {"enum": ["yes", "no"]}),
        WAIT_FOR,
        query("format", "form of the answer; else by `Accept`", {"enum": [*_FORMATS]}),
        REASON,
    ),
    description=(
        "Five kinds of records, each with its statements, and what is missing since when. A "
        "statement outside the asker's sight is not in the file."
    ),
)


@blp.route("/api/v1/grants/<department>/<id>/file")
@blp.doc(**SHOW)
@takes(*_TAKES)
def get_grant_file(department: str, id: str) -> Response:
    """Show the file of a grant."""
    ref = f"{department}/{id}"
    ask_for({"grant": ref})
    form = _asked_format()
    asker = reader()
    asked = Asked(
        asked_size(None),
        asked_time(),
        "" if asker is None else asker.department,
        _time("after"),
        _time("before"),
        query_choice("proofs", ("yes", "no")) == "yes",
        NOTHING_INHERITED if asker is None else asker.inherited,
    )
    found = grant_file(ledger(), sight(), ref, asked)
    _note(found)
    response = _formed(found, form)
    response.headers["Vary"] = "Accept"
    response.headers["X-Zelian-As-Of"] = str(found["as_of"])
    response.headers["X-Zelian-Projected"] = str(found["projected"])
    return response


def _formed(found: Members, form: str) -> Response:
    if form == "csv":
        return listed_answer({**found, "rows": file_rows(found)}, "rows", COLUMNS, form)
    if form == "html":
        page = grant_file_page(found, "/static/zelian.css")
        response = tagged(page, "text/html; charset=utf-8", ASK_AGAIN_PRIVATE)
        response.headers[POLICY] = PAGE
        return response
    return json_answer(found, ASK_AGAIN_PRIVATE)


def _asked_format() -> str:
    chosen = query_choice("format", _FORMATS)
    if chosen is not None:
        return chosen
    found = request.accept_mimetypes.best_match(list(_ACCEPTED), "application/json")
    return _ACCEPTED[found]


def _time(name: str) -> str | None:
    asked: str | None = g.query.get(name)
    if asked is not None and not notation.TIME.match(asked):
        raise bad_parameter(
            name,
            "must be a time in UTC as 2026-11-01T00:00:00.000Z",
            "应为 UTC 时间，如 2026-11-01T00:00:00.000Z",
        )
    return asked


def _note(found: dict[str, Any]) -> None:
    """Note for an inspector's record which statements he is shown."""
    asker = reader()
    if asker is not None and asker.inspects:
        for part in found["parts"]:
            for line in part["lines"]:
                show(ledger().entry(line["index"]))
