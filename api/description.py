"""Serve the OpenAPI description, written once when the application is built."""

import orjson
from flask import Flask, Response, current_app
from flask_smorest import Blueprint

from api.answers import ASK_AGAIN, JSON, tagged
from api.operations import OPENAPI
from api.smorest import Api

_KEY = "zelian.description"

blp = Blueprint("description", __name__, description="The API's own description")


def freeze(app: Flask, api: Api) -> None:
    """Write the description of everything that was registered with *api*."""
    app.extensions[_KEY] = orjson.dumps(api.spec.to_dict(), option=orjson.OPT_INDENT_2)


@blp.route("/api/openapi.json")
@blp.doc(**OPENAPI)
def get_description() -> Response:
    """Answer the OpenAPI 3.1 document."""
    return tagged(current_app.extensions[_KEY], JSON, ASK_AGAIN)
