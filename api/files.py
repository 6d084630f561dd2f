"""The files that pages need, from a closed list: ours, and those of Swagger UI's package."""

import mimetypes
from collections.abc import Mapping
from pathlib import Path

from flask import Response
from swagger_ui_bundle import swagger_ui_path

from api.answers import ASK_AGAIN, tagged
from api.languages import Words
from api.problems import not_found

_OURS = Path(__file__).parent / "static"
_SWAGGER = Path(swagger_ui_path)

STATIC_FILES = {"zelian.css": _OURS}
DOCS_FILES = {
    "docs.css": _OURS,
    "favicon-32x32.png": _SWAGGER,
    "start.js": _OURS,
    "swagger-ui-bundle.js": _SWAGGER,
    "swagger-ui.css": _SWAGGER,
}


def file_answer(name: str, files: Mapping[str, Path]) -> Response:
    """Return the file *name*, which must be one of *files*, from its folder."""
    folder = files.get(name)
    if folder is None:
        raise not_found(Words("there is no such file", "没有此文件"))
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    text = "" if media_type.startswith("image/") else "; charset=utf-8"
    return tagged((folder / name).read_bytes(), media_type + text, ASK_AGAIN)
