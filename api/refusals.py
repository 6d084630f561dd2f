"""List the refused submissions of known keys, to those who supervise.

What was sent is not kept, so it is not here: time, key, code and digest alone.

Source: design, "What bad input gets".
"""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from api.answers import ASK_AGAIN_PRIVATE, json_answer
from api.context import ledger
from api.parameters import query_number, takes
from api.session_operations import REFUSALS
from crypto.notation import format_time

MAX_PAGE = 1_000
DEFAULT_PAGE = 100

blp = Blueprint("refusals", __name__, description="What known keys had refused")


@blp.route("/api/v1/refusals")
@blp.doc(**REFUSALS)
@takes("before", "limit")
def list_refusals() -> Response:
    """Answer one page of the refusals, newest first."""
    limit = query_number("limit", 1, MAX_PAGE) or DEFAULT_PAGE
    found = ledger().desk.refusals.newest(query_number("before", 1), limit)
    answer: dict[str, Any] = {
        "next": found[-1][0] if len(found) == limit else None,
        "refusals": [
            {
                "code": code,
                "digest": digest.hex(),
                "keyid": key_id,
                "number": number,
                "refused_at": format_time(refused_ms),
            }
            for number, (refused_ms, key_id, code, digest) in found
        ],
    }
    return json_answer(answer, ASK_AGAIN_PRIVATE)
