"""Turn every error that leaves a view into a problem document.

Flask's and flask-smorest's own error pages never show: whatever they raise is
mapped to our closed list of codes, flask-smorest's 422 to a plain 400.
"""

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from api.languages import Words
from api.problems import Problem, answer, internal_problem, not_found, problem_of
from api.request_log import log_failure
from ledger.errors import LedgerError

_NO_ADDRESS = Words(
    "there is nothing at this address; /api/openapi.json lists every address",
    "此地址没有内容；/api/openapi.json 列出所有地址",
)


def install_handlers(app: Flask) -> None:
    """Register the handlers with *app*, after flask-smorest's so that ours win."""
    app.register_error_handler(Problem, answer)
    app.register_error_handler(LedgerError, _ledger_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _failure)


def _ledger_error(error: LedgerError) -> Response:
    problem = problem_of(error)
    if problem.code == "internal":
        return _failure(error)
    return answer(problem)


def _http_error(error: HTTPException) -> Response:
    return answer(_problem_of_http(error))


def _problem_of_http(error: HTTPException) -> Problem:
    status = error.code or 500
    if status == 404:
        return not_found(_NO_ADDRESS)
    if isinstance(error, MethodNotAllowed):
        return _method_problem(error)
    if status < 500:
        return Problem(
            "bad_request",
            Words(
                "the request cannot be read; compare it with /api/openapi.json",
                "无法读取该请求；请对照 /api/openapi.json",
            ),
        )
    return internal_problem()


def _method_problem(error: MethodNotAllowed) -> Problem:
    allowed = ", ".join(sorted(error.valid_methods or ()))
    return Problem(
        "method_not_allowed",
        Words(f"this address takes {allowed} only", f"此地址只接受 {allowed}"),
        "",
        {"Allow": allowed},
    )


def _failure(error: Exception) -> Response:
    response = answer(internal_problem())
    log_failure(error)
    return response
