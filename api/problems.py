"""Shape whatever went wrong as an RFC 9457 problem document.

``Problem`` is the edge's only error; ``problem_of`` turns the ledger's errors
into it. The text of an unexpected failure never reaches the asker: no stack
trace, SQL or path of the machine is in any answer.

Source: RFC 9457; design "HTTP API"; spec 6 for the codes of refusals.
"""

import uuid
from typing import Any

import orjson
from flask import Response, g

from api.languages import Language, Words, asked_language
from api.problem_kinds import KINDS
from ledger.errors import (
    BadRequest,
    LedgerError,
    NotAllowed,
    NotFound,
    NotProjected,
    NotSignedIn,
    ReadOnly,
    ReasonNeeded,
    Refused,
    TooMany,
)

MEDIA_TYPE = "application/problem+json"

# Seconds after which asking again may help, by why the ledger takes no entries.
_RETRY_AFTER = {"busy": 1, "clock_ran_back": 5, "database_lost": 5, "disk_full": 15}
_RETRY_AFTER_REPAIR = 60


class Problem(Exception):
    """One thing wrong with one request.

    Args:
        code: a key of ``KINDS``.
        words: what is wrong, where, and what to do.
        pointer: JSON pointer to the member at fault, or "".
        headers: further headers of the answer.
        extra: further members of the document.
    """

    def __init__(
        self,
        code: str,
        words: Words,
        pointer: str = "",
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(words.en)
        self.code = code
        self.words = words
        self.pointer = pointer
        self.headers = headers or {}
        self.extra = extra

    @property
    def status(self) -> int:
        return KINDS[self.code].status


def problem_of(error: LedgerError) -> Problem:
    """Return the problem that says what *error* says; an unknown code is a failure of ours."""
    words = Words(error.en, error.zh)
    match error:
        case Refused(code=code) if code in KINDS:
            return Problem(code, words, error.pointer, **error.extra)
        case ReadOnly(reason=reason):
            after = _RETRY_AFTER.get(reason, _RETRY_AFTER_REPAIR)
            return Problem("read_only", words, "", {"Retry-After": str(after)}, reason=reason)
        case NotProjected():
            return Problem("not_projected", words, "", {"Retry-After": "1"})
        case NotFound(code=code) if code in KINDS:
            return Problem(code, words)
        case NotSignedIn():
            return Problem("not_signed_in", words, "", {"WWW-Authenticate": "Bearer"})
        case TooMany():
            return Problem("too_many", words, "", {"Retry-After": "60"})
        case ReasonNeeded():
            return Problem("reason_needed", words)
        case NotAllowed():
            return Problem("not_allowed", words)
        case BadRequest(pointer=pointer):
            return Problem("bad_request", words, pointer)
    return internal_problem()


def internal_problem() -> Problem:
    """What the asker is told of a failure that is not his: nothing about its cause."""
    return Problem(
        "internal",
        Words(
            "the service failed on this request; send it again, and give the operator the "
            "`instance` of this answer if it fails again",
            "服务处理此请求时出错；请重试，如再次出错，请将本答复的 `instance` 告知运维人员",
        ),
    )


def not_found(words: Words) -> Problem:
    return Problem("not_found", words)


def document(problem: Problem, language: Language) -> dict[str, Any]:
    """Return the members of *problem* in *language*, but for ``instance``."""
    members = {
        **problem.extra,
        "code": problem.code,
        "detail": problem.words.spoken(language),
        "status": problem.status,
        "title": KINDS[problem.code].title.spoken(language),
        "type": f"/api/problems/{problem.code}",
    }
    if problem.pointer:
        members["pointer"] = problem.pointer
    return members


def answer(problem: Problem) -> Response:
    """Return the HTTP answer; ``instance`` is also in the log line of this request."""
    language = asked_language()
    instance = f"urn:uuid:{uuid.uuid4()}"
    body = orjson.dumps(
        document(problem, language) | {"instance": instance}, option=orjson.OPT_SORT_KEYS
    )
    response = Response(body, problem.status, problem.headers, content_type=MEDIA_TYPE)
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-store"
    g.problem = (problem.code, instance)  # for the request log
    return response
