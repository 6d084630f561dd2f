"""Answer requests that the server could not read, as problem documents too.

Such a request never becomes one of the application's: its start line, headers
or length are wrong. The server's own words are English text without a code.
"""

import uuid
from typing import Any

import orjson
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from api.languages import Words
from api.problems import MEDIA_TYPE, Problem, document

_TOO_LARGE = frozenset({413, 431})
_WORDS = Words(
    "the request cannot be read as HTTP/1.1 within the limits: see `status`; mend it, or send less",
    "无法按 HTTP/1.1 读取此请求或其超出限度：见 `status`；请更正或缩减后再发",
)


class UnreadTask(ErrorTask):  # type: ignore[misc]
    """Says what the server found wrong, in the form of every other problem."""

    def execute(self) -> None:
        code = self.request.error.code
        kind = "too_large" if code in _TOO_LARGE else "bad_request"
        body = problem_body(kind, code)
        self.status = f"{code} {self.request.error.reason}"
        self.response_headers.append(("Content-Type", MEDIA_TYPE))
        self.response_headers.append(("Cache-Control", "no-store"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose unreadable requests get problem documents."""

    error_task_class = UnreadTask


def problem_body(kind: str, status: int) -> bytes:
    """The document; no language could be read, so it has both."""
    spoken: dict[str, Any] = document(Problem(kind, _WORDS), "zh-CN")
    spoken |= {
        "detail": f"{_WORDS.zh} / {_WORDS.en}",
        "instance": f"urn:uuid:{uuid.uuid4()}",
        "status": status,
    }
    return orjson.dumps(spoken, option=orjson.OPT_SORT_KEYS)
