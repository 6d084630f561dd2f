"""Pages for people: what this ledger is and how to check it, and what problems mean.

Plain HTML with our own style sheet, no script. A page shows what the service
says and how to check it; it never says that anything was checked, for only a
verifier that was obtained elsewhere counts.
"""

import re
from typing import Any

from flask import Response, render_template, request
from flask_smorest import Blueprint

from api.answers import ASK_AGAIN_PRIVATE
from api.context import ledger
from api.files import STATIC_FILES, file_answer
from api.languages import Words, page_language
from api.operations import HOME, KIND, KIND_LIST, STATIC
from api.parameters import query_language, takes
from api.problem_kinds import KINDS
from api.problems import not_found
from api.security import PAGE, POLICY
from ledger.errors import NotFound

# What may stand in a command that people copy; the header is the asker's to write.
_HOST = re.compile(r"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")

blp = Blueprint("pages", __name__, description="Pages for people")


@blp.route("/")
@blp.doc(**HOME)
@takes("lang")
def get_home() -> Response:
    """Answer the page about this ledger."""
    here = ledger()
    state = here.state()
    return rendered(
        "home",
        checkpoint=_published(),
        identity=here.identity,
        origin=here.origin,
        server=_server(),
        state=state,
    )


def _published() -> str | None:
    try:
        return ledger().published()
    except NotFound:
        return None


def _server() -> str:
    """Return this service's address as the asker knows it, or a word to fill in."""
    host = request.environ.get("HTTP_HOST", "")
    return f"{request.scheme}://{host}" if _HOST.fullmatch(host) else "URL"


@blp.route("/api/problems")
@blp.doc(**KIND_LIST)
@takes("lang")
def get_kinds() -> Response:
    """Answer the list of every problem code."""
    return rendered("problems", kinds=KINDS)


@blp.route("/api/problems/<code>")
@blp.doc(**KIND)
@takes("lang")
def get_kind(code: str) -> Response:
    """Answer the page that a problem's ``type`` names."""
    kind = KINDS.get(code)
    if kind is None:
        raise not_found(
            Words(
                "there is no such problem code; /api/problems lists them",
                "没有此问题代码；全部代码见 /api/problems",
            )
        )
    return rendered("problems", kinds={code: kind})


@blp.route("/static/<name>")
@blp.doc(**STATIC)
def get_static(name: str) -> Response:
    """Answer one of our own files."""
    return file_answer(name, STATIC_FILES)


def rendered(name: str, **values: Any) -> Response:
    """Return one of our own pages in the language that is asked for."""
    language = page_language(query_language())
    text = render_template(
        f"{name}.{language}.html",
        demo=ledger().demo,
        here=request.path,
        language=language,
        **values,
    )
    response = Response(text)
    response.headers[POLICY] = PAGE
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = ASK_AGAIN_PRIVATE
    return response
