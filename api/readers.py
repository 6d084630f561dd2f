"""The one place where it is decided whether an asker may read statements.

Headers, proofs and checkpoints are public; statements, events and whatever is
taken from them are not. The rule itself is ``ledger.access.readers``; here it is
only told where the request came from.
"""

import re

from flask import request

from api.languages import Language, Words
from ledger.access.readers import PROXY_HEADERS, may_read_statements

_LOOPBACK_NAME = re.compile(
    r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE
)

_NOT_SHOWN = Words(
    "statements are confidential and, until sign-in exists, are read only on the ledger's own "
    "machine and not through a proxy; the header and the proofs are public",
    "陈述内容保密；在登录功能启用之前，只能在账本所在主机上读取，且不得经由代理；"
    "记录头与证明是公开的",
)


def asker_may_read() -> bool:
    """Whether the statements behind entries may be in the answer to this request."""
    if not _names_this_machine(request.environ.get("HTTP_HOST", "")):
        return False
    through_proxy = any(name in request.headers for name in PROXY_HEADERS)
    return may_read_statements(request.remote_addr, through_proxy=through_proxy)


def _names_this_machine(host: str) -> bool:
    """Whether *host*, a Host header, is localhost or a loopback address.

    A browser on this machine can be led here under a name of another's (DNS
    rebinding), whose pages would then read what it reads; it sends that name.
    """
    return _LOOPBACK_NAME.fullmatch(host) is not None


def why_not_shown(language: Language) -> dict[str, str]:
    """What stands in place of a statement that the asker may not read."""
    return {"detail": _NOT_SHOWN.spoken(language), "reason": "not_allowed"}
