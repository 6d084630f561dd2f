"""flask-smorest, set up for this project: it writes the API description, nothing else.

Its decorators that parse or serialise are not used: requests are read by our
strict readers and answers are bytes. What an operation takes and gives is
declared beside it with ``@blp.doc(**…)`` from ``api.operations``.
"""

from typing import Any

import flask_smorest
from flask import Flask

from api.entry_schemas import ProblemSchema
from api.schemas import SCHEMAS

VERSION = "1.0.0"

_ABOUT = (
    "A transparency log of signed statements about shared government data. Statements go in, "
    "receipts come out; whatever this service says can be recomputed from signed bytes against "
    "a checkpoint. 政务数据共享责任账本：提交签名陈述，取得回执；"
    "服务所言均可由签名字节与检查点复算。"
    "\n\nErrors are RFC 9457 problem documents with a stable `code`, in Chinese or English by "
    "`Accept-Language`. Unknown query parameters are refused. Every answer to GET also answers "
    "HEAD."
)


class Api(flask_smorest.Api):  # type: ignore[misc]
    """The API description of one application; our problem handlers replace smorest's."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave errors to ``api.handlers``."""


def describe(app: Flask) -> Api:
    """Return the description to which blueprints are then added."""
    spec: dict[str, Any] = {
        "title": "Zelian",
        "version": VERSION,
        "openapi_version": "3.1.0",
        "info": {"description": _ABOUT},
    }
    api = Api(app, spec_kwargs=spec)
    for name, schema in SCHEMAS.items():
        if name not in api.spec.components.schemas:  # smorest registers problems itself
            api.spec.components.schema(name, schema=schema)
    return api
