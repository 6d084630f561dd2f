"""Sign in by a key, ask who one is, sign out.

The token comes in the answer, for programs, and as a cookie that scripts cannot
read, for browsers; the service keeps neither. The address of the peer counts
attempts in memory and is not kept.

Source: spec 2; design, "HTTP API".
"""

from typing import TYPE_CHECKING, Any

from flask import Response, request
from flask_smorest import Blueprint

from api.answers import json_answer
from api.bodies import read_body
from api.context import served
from api.guard import COOKIE
from api.peers import is_this_machine
from api.reading import session
from api.session_operations import CHALLENGE, SESSION, SIGN_IN, SIGN_OUT
from crypto.envelope import MAX_BODY
from crypto.notation import write_b64
from ledger.errors import LedgerError, NotSignedIn, TooMany

if TYPE_CHECKING:
    from ledger.access.reader import Reader

SIGN_IN_TYPES = ("application/json", "application/vnd.dsse.envelope.v1+json")
NO_STORE = "no-store"

blp = Blueprint("sessions", __name__, description="Signing in, to read")


@blp.route("/api/v1/sessions/challenge", methods=["POST"])
@blp.doc(**CHALLENGE)
def post_challenge() -> Response:
    """Answer a nonce that serves once, within five minutes."""
    try:
        nonce = served().ledger.desk.sessions.challenge(_peer())
    except TooMany:
        served().metrics.count_sign_in("limited")
        raise
    return json_answer({"nonce": write_b64(nonce)}, NO_STORE)


@blp.route("/api/v1/sessions", methods=["POST"])
@blp.doc(**SIGN_IN)
def post_session() -> Response:
    """Open a session by a signed sign-in."""
    raw = read_body(MAX_BODY, SIGN_IN_TYPES)
    here = served()
    try:
        begun = here.ledger.desk.sessions.begin(raw, _peer())
    except LedgerError as error:
        here.metrics.count_sign_in("limited" if isinstance(error, TooMany) else "refused")
        raise
    here.metrics.count_sign_in("opened")
    members = {"token": begun.token, "expires": begun.expires, **_who(begun.reader)}
    response = json_answer(members, NO_STORE)
    response.status_code = 201
    _set_cookie(response, begun.token)
    return response


@blp.route("/api/v1/sessions/current")
@blp.doc(**SESSION)
def get_session() -> Response:
    """Answer who is signed in, and until when."""
    current = _current()
    return json_answer({"expires": current.expires, **_who(current.reader)}, NO_STORE)


@blp.route("/api/v1/sessions/current", methods=["DELETE"])
@blp.doc(**SIGN_OUT)
def delete_session() -> Response:
    """End the session."""
    served().ledger.desk.sessions.end(_current().token_sha256)
    response = Response(status=204)
    response.headers["Cache-Control"] = NO_STORE
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Strict")
    return response


def _current() -> Any:
    """The session; the guard let nobody without one come here."""
    current = session()
    if current is None:
        raise NotSignedIn("nobody is signed in", "尚未登录")
    return current


def _who(reader: "Reader") -> dict[str, Any]:
    return {
        "department": reader.department,
        "official": reader.official,
        "role": reader.role,
        "whole_ledger": reader.sees_all,
    }


def _peer() -> str:
    return request.remote_addr or "?"


def _set_cookie(response: Response, token: str) -> None:
    """No longer than the browser's own session; over plain HTTP only on this machine."""
    secure = not is_this_machine()
    response.set_cookie(COOKIE, token, path="/", secure=secure, httponly=True, samesite="Strict")
