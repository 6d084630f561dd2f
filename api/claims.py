"""Answer holders of claim codes: programs in JSON, people on a page without a script.

A code comes in the body of a POST, never in an address; it is written into no log, no
counter and no problem, and whatever is answered by it is kept in no cache. The address
of the peer counts tries in memory and is not kept.

Source: decree 809, article 37.
"""

from typing import Any
from urllib.parse import parse_qsl

from flask import Response, request
from flask_smorest import Blueprint

from api.answers import json_answer
from api.bodies import read_body
from api.claim_operations import ASK, FORM, FORM_ASK
from api.context import ledger
from api.languages import Words, page_language
from api.pages import rendered
from api.parameters import query_language, takes
from api.problem_kinds import KINDS
from api.problems import Problem, problem_of
from api.security import PAGE, POLICY
from ledger.answers import read_code
from ledger.errors import LedgerError
from ledger.sharing import complaints

MAX_BODY = 4_096
NO_STORE = "no-store"
FORM_TYPE = "application/x-www-form-urlencoded"
# The one page of ours that sends something, to ourselves.
ASKING = PAGE.replace("form-action 'none'", "form-action 'self'")

blp = Blueprint("claims", __name__, description="What a claim code opens")


@blp.route("/api/v1/answers", methods=["POST"])
@blp.doc(**ASK)
def post_answers() -> Response:
    """Answer what a claim code opens."""
    code = read_code(_body("application/json"))
    if code is None:
        raise _unreadable()
    return json_answer(_labelled(ledger().answers.opened_by(code, _peer())), NO_STORE)


@blp.route("/answers")
@blp.doc(**FORM)
@takes("lang")
def get_form() -> Response:
    """Answer the page that asks for a code."""
    return _page(None, None)


@blp.route("/answers", methods=["POST"])
@blp.doc(**FORM_ASK)
@takes("lang")
def post_form() -> Response:
    """Answer the page with what a code opens, or why it opens nothing."""
    try:
        found = ledger().answers.opened_by(_code_of_form(), _peer())
    except LedgerError as error:
        return _page(None, problem_of(error))
    except Problem as problem:
        return _page(None, problem)
    return _page(found, None)


def _code_of_form() -> str:
    try:
        text = _body(FORM_TYPE).decode("ascii")
        [(name, code)] = parse_qsl(text, True, True, errors="strict", max_num_fields=1)
    except ValueError:
        raise _unreadable() from None
    if name != "code":
        raise _unreadable()
    return code


def _body(media_type: str) -> bytes:
    raw = read_body(MAX_BODY, (media_type,))
    if len(raw) > MAX_BODY:
        raise _unreadable()
    return raw


def _unreadable() -> Problem:
    return Problem(
        "bad_request",
        Words(
            'send the code alone: {"code":…} as JSON, or the page\'s own form',
            '请只提交查询码：以 JSON 提交 {"code":…}，或使用页面上的表单',
        ),
    )


def _labelled(found: dict[str, Any]) -> dict[str, Any]:
    """Put words in both languages beside each code."""
    for one in found["complaints"]:
        one["label"] = _words(complaints.STATES, one["state"])
        for answer in one["answers"]:
            answer["label"] = _words(complaints.DISPOSITIONS, answer["disposition"])
    for one in found["removed"]:
        one["label"] = _words(complaints.REMOVALS, one["removed"])
    return found


def _words(listed: Any, name: str) -> dict[str, str]:
    return {"en": str(listed[name]), "zh": listed[name].zh}


def _page(found: dict[str, Any] | None, problem: Problem | None) -> Response:
    language = page_language(query_language())

    def spoken(listed: Any, name: str) -> str:
        return str(listed[name]) if language == "en" else str(listed[name].zh)

    response = rendered(
        "answers",
        complaints=complaints,
        found=found,
        problem=None if problem is None else problem.words.spoken(language),
        spoken=spoken,
        title=None if problem is None else KINDS[problem.code].title.spoken(language),
    )
    response.headers[POLICY] = ASKING
    response.headers["Cache-Control"] = NO_STORE
    if problem is not None:
        response.status_code = problem.status
        response.headers.update(problem.headers)
    return response


def _peer() -> str:
    return request.remote_addr or "?"
