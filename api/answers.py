"""Shape answers that are not problems: JSON, text, bytes, entity tags, caching.

An entity tag is the hash of the body, so that a repaired file is never taken for
the damaged one. What the log has published never changes: it is cached for long.
"""

import hashlib
from typing import Any

import orjson
from flask import Response, request

from api.languages import Language

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"

FOR_EVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"  # never changes either, but may be taken away
A_MOMENT = "public, max-age=1"
ASK_AGAIN = "public, no-cache"
ASK_AGAIN_PRIVATE = "private, no-cache"


def tagged(body: bytes, media_type: str, caching: str) -> Response:
    """Return 200 with *body* and its entity tag, or 304 to one who holds it."""
    response = Response(body, content_type=media_type)
    response.headers["Cache-Control"] = caching
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.make_conditional(request.environ)
    return response


def json_answer(value: Any, caching: str, language: Language | None = None) -> Response:
    """Return *value* as JSON with sorted keys; *language* where its words have one."""
    response = tagged(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), JSON, caching)
    if language:
        response.headers["Content-Language"] = language
        response.headers["Vary"] = "Accept-Language"
    return response
