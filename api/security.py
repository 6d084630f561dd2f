"""Set the headers that keep a browser from doing more than a page asks.

They go on every answer, at the WSGI edge, so that none can be forgotten. A page
that needs more than nothing brings its own Content-Security-Policy, made of
"self" alone: no script, style, font or picture of another host, nothing inline.
"""

from collections.abc import Callable, Iterable
from typing import Any

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

POLICY = "Content-Security-Policy"
NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PAGE = NOTHING + "; style-src 'self'"
# Swagger UI draws its icons as data: pictures; it loads its own script and our description.
TRIAL = PAGE + "; script-src 'self'; img-src 'self' data:; connect-src 'self'"

_ALWAYS = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
]
_ALWAYS_AND_NOTHING = [*_ALWAYS, (POLICY, NOTHING)]


def secured(application: Application) -> Application:
    """Return *application* with the headers on each of its answers."""

    def edge(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            own = any(name == POLICY for name, _ in headers)
            ours = _ALWAYS if own else _ALWAYS_AND_NOTHING
            return start_response(status, headers + ours, *rest)

        return application(environ, start)

    return edge
