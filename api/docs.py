"""The page to try the API: Swagger UI, from the files that a Python package ships.

Nothing is fetched from elsewhere and no script stands in the page: the little
that starts Swagger UI is a file of ours, so that the page's policy is "self".
"""

from pathlib import Path

from flask import Response, render_template, send_from_directory
from flask_smorest import Blueprint
from swagger_ui_bundle import swagger_ui_path

from api.languages import Words, page_language
from api.operations import DOCS, DOCS_FILE
from api.parameters import query_language, takes
from api.problems import not_found
from api.security import POLICY, TRIAL

_OURS = Path(__file__).parent / "static"
_FILES = {
    "swagger-ui.css": Path(swagger_ui_path),
    "swagger-ui-bundle.js": Path(swagger_ui_path),
    "favicon-32x32.png": Path(swagger_ui_path),
    "start.js": _OURS,
    "docs.css": _OURS,
}

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
    response.headers["Cache-Control"] = "public, no-cache"
    return response


@blp.route("/api/docs/<name>")
@blp.doc(**DOCS_FILE)
def get_docs_file(name: str) -> Response:
    """Answer one of the page's files, from a closed list."""
    folder = _FILES.get(name)
    if folder is None:
        raise not_found(Words("the page has no such file", "页面没有此文件"))
    return send_from_directory(folder, name)
