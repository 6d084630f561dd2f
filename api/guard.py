"""Stand before every view: who asks, may he ask this, and does he say why.

The table of rights (``ledger.access.rights``) decides; an address that is not in
it answers nobody. What everybody gets is answered without looking for a session.
An inspector's answer leaves only once the ledger has recorded that it was given.

Source: design, "Identity and roles"; RFC 6750 for the bearer token.
"""

import re

from flask import Flask, Response, g, request

from api.context import ledger
from api.problems import answer, problem_of
from api.reading import is_recorded, reader, session, shown
from ledger.access.reader import PUBLIC
from ledger.access.readings import Asked
from ledger.access.rights import ANYBODY, Word, right_to
from ledger.errors import LedgerError, NotAllowed, NotSignedIn, ReasonNeeded
from ledger.events.records import GIVEN_REASONS

COOKIE = "zelian_session"
REASON_HEADER = "X-Zelian-Reason"
# Answers to one address differ by who asks; a cache must never hand one to another.
PERSONAL = "Authorization, Cookie"

_PARAMETER = re.compile(r"<(?:[^:>]*:)?([a-z_]+)>")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")
# What an event calls a question, by the part of the address that tells it.
_QUERIES = {
    "entries": "search",
    "statements": "statement",
    "chains": "chain",
    "matters": "matter",
}


def install_guard(app: Flask) -> None:
    """Guard every address of *app*; it comes after the query has been read."""
    app.before_request(_admit)
    app.after_request(_record)


def named(rule: str) -> str:
    """Return the pattern of an address as the table of rights writes it."""
    return _PARAMETER.sub(r"{\1}", rule)


def route_of_request() -> str:
    """Name the address asked, as the table of rights does."""
    path = named(request.url_rule.rule) if request.url_rule else ""
    method = "GET" if request.method == "HEAD" else request.method
    searched = "?q=" if path == "/api/v1/entries" and "q" in g.query else ""
    return f"{method} {path}{searched}"


def _admit() -> None:
    if request.endpoint is None or request.method == "OPTIONS":
        return
    right = right_to(route_of_request())
    if right is ANYBODY:
        return
    g.session = _session()
    asker = reader()
    g.word = right[PUBLIC if asker is None else asker.role]
    if g.word == "none":
        raise _sign_in_first() if asker is None else _not_for(asker.role)
    if g.word == "reasoned":
        g.reason = _reason()


def _session() -> object:
    """Return the session of the bearer token, or of the cookie; None without either."""
    given = request.headers.get("Authorization")
    if given is not None:
        scheme, _, token = given.partition(" ")
        if scheme.lower() != "bearer" or not _TOKEN.match(token):
            raise NotSignedIn(
                "Authorization must be `Bearer` and a token that this service gave out",
                "Authorization 应为 `Bearer` 加本服务发放的令牌",
            )
        return ledger().desk.sessions.find(token)
    return _session_of_cookie(request.cookies.get(COOKIE, ""))


def _session_of_cookie(token: str) -> object:
    """A browser goes on sending a cookie whose session has ended: then nobody is signed in."""
    if not _TOKEN.match(token):
        return None
    try:
        return ledger().desk.sessions.find(token)
    except NotSignedIn:
        return None


def given_reason() -> str:
    """Return why somebody says he reads; "" where he does not say."""
    return request.headers.get(REASON_HEADER) or g.query.get("reason") or ""


def _reason() -> str:
    reason = given_reason()
    if reason not in GIVEN_REASONS:
        listed = ", ".join(GIVEN_REASONS)
        raise ReasonNeeded(
            f"say why you read, in the header {REASON_HEADER} or as ?reason=, by one of: {listed}",
            f"请在标头 {REASON_HEADER} 或参数 ?reason= 中说明查阅理由，取值为："
            + "、".join(GIVEN_REASONS),
        )
    return reason


def _sign_in_first() -> NotSignedIn:
    return NotSignedIn(
        "sign in to read this: ask POST /api/v1/sessions/challenge for a nonce, "
        "or use `zelian login`",
        "请先登录：向 POST /api/v1/sessions/challenge 获取随机数，或使用 `zelian login`",
    )


def _not_for(role: str) -> NotAllowed:
    return NotAllowed(
        f"this is not for the role {role}: `zelian roles` prints who reads what",
        f"角色 {role} 无权读取：`zelian roles` 可列出各角色的读取范围",
    )


def _record(response: Response) -> Response:
    """Have an inspector's reading recorded; without that the answer does not leave."""
    word: Word | None = g.get("word")
    if word is None:
        return response
    response.vary.update(PERSONAL.split(", "))
    current = session()
    if word != "reasoned" or response.status_code != 200 or current is None or is_recorded():
        return response
    try:
        ledger().desk.readings.record(current, _asked(), shown())
    except LedgerError as error:
        return answer(problem_of(error))
    return response


def _asked() -> Asked:
    """Tell in the event's words what was asked for."""
    parts = route_of_request().split("/")
    query = _QUERIES.get(parts[3].partition("?")[0], "share")
    if query == "search" and len(parts) > 4:
        query = "entry"
    if parts[-1] in ("file", "responsibility", "impact"):
        query = parts[-1]
    what = "statements" if query in ("entry", "statement", "search", "chain") else "report"
    return Asked(query, what, g.reason, ledger().size(), g.get("asked_for", {}))
