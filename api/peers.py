"""Tell whether a request stays on this machine, with no proxy between.

It opens nothing: it decides only whether a cookie may go over plain HTTP, which a
browser allows for its own machine alone.
"""

import re
from ipaddress import ip_address

from flask import request

# The presence of any of these says that the peer is a proxy; their values are never believed.
PROXY_HEADERS = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
)
_LOOPBACK_NAME = re.compile(
    r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE
)


def is_this_machine() -> bool:
    """Whether peer and name asked for are this machine's own, and no proxy stands between."""
    if any(name in request.headers for name in PROXY_HEADERS):
        return False
    if not _LOOPBACK_NAME.fullmatch(request.environ.get("HTTP_HOST", "")):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
