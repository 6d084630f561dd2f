"""The page to try the API: Swagger UI, from the files that a Python package ships.

Nothing is fetched from elsewhere and no script stands in the page: the little
that starts Swagger UI is a file of ours, so that the page's policy is "self".
"""

from flask import Response, render_template
from flask_smorest import Blueprint

from api.answers import ASK_AGAIN
from api.files import DOCS_FILES, file_answer
from api.languages import page_language
from api.operations import DOCS, DOCS_FILE
from api.parameters import query_language, takes
from api.security import POLICY, TRIAL

blp = Blueprint("docs", __name__, description="Pages to try the API")


@blp.route("/api/docs")
@blp.doc(**DOCS)
@takes("lang")
def get_docs() -> Response:
    """Answer the page."""
    language = page_language(query_language())
    response = Response(render_template("docs.html", language=language))
    response.headers[POLICY] = TRIAL
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = ASK_AGAIN
    return response


@blp.route("/api/docs/<name>")
@blp.doc(**DOCS_FILE)
def get_docs_file(name: str) -> Response:
    """Answer one of the page's files, from a closed list."""
    return file_answer(name, DOCS_FILES)
