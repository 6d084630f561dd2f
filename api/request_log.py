"""Log what was answered with a problem, and where the service itself failed.

One JSON object a line on standard error: method, route (the pattern, never the
address that was asked), status, code, milliseconds. Never a body, a key, a query
or an error's text: those may hold what must never be stored.
"""

import sys
import time
import traceback

import orjson
import structlog
from flask import Flask, Response, current_app, g, request


def install_request_log(app: Flask) -> None:
    """Have *app* log each answer whose status is 400 or above."""
    app.extensions["zelian.log"] = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_to_json),
        ],
    )
    app.before_request(_note_start)
    app.after_request(_log_problem)


def log_failure(error: Exception) -> None:
    """Log where *error* was raised, as module, line and function; never what it says."""
    frames = [
        f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    code, instance = _problem()
    current_app.extensions["zelian.log"].error(
        "failure", error=type(error).__qualname__, where=frames[-12:], code=code, instance=instance
    )


def _to_json(members: dict[str, object], **_: object) -> str:
    return orjson.dumps(members, default=str).decode()


def _note_start() -> None:
    g.started = time.perf_counter()


def _log_problem(response: Response) -> Response:
    if response.status_code >= 400:
        code, instance = _problem()
        current_app.extensions["zelian.log"].info(
            "answered",
            method=request.method[:10],
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            code=code,
            milliseconds=round((time.perf_counter() - g.started) * 1000, 1),
            instance=instance,
        )
    return response


def _problem() -> tuple[str | None, str | None]:
    problem: tuple[str | None, str | None] = g.get("problem", (None, None))
    return problem
