"""Read requests more strictly than the server does; those it cannot read get problem documents.

Such a request never becomes one of the application's: its start line, headers
or length are wrong. The server's own words are English text without a code.

A body whose end is told in two ways is refused, for a proxy in front may believe
the other one, and take the rest for somebody else's request. Whoever sends a request
or takes an answer slower than ``RATE`` is cut off once the time is over that a connection
may be idle.

Source: RFC 9112, 6.1 and 6.3.
"""

import time
import uuid
from typing import Any

import orjson
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask

from api.languages import Words
from api.problems import MEDIA_TYPE, Problem, document

RATE = 16_384  # bytes a second; the largest batch takes minutes at this rate

_TOO_LARGE = frozenset({413, 431})
_WORDS = Words(
    "the request cannot be read as HTTP/1.1 within the limits: see `status`; mend it, or send less",
    "无法按 HTTP/1.1 读取此请求或其超出限度：见 `status`；请更正或缩减后再发",
)


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """A request as it comes in."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head; raise ParsingError, also where the server's own code stumbles."""
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # of an address or a length that Python does not take
            raise ParsingError(str(error)) from None
        both = self.chunked and "CONTENT_LENGTH" in self.headers
        # Of HTTP/1.0 the server leaves the header where it is, and reads no body.
        if both or "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("the body's end is told in two ways")


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
    parser_class = Parser
    last_activity: float  # in seconds since 1970
    owing_since: float | None = None  # from when on there is an answer that is not all sent
    sent = 0  # bytes since then

    def handle_read(self) -> None:
        """Read on; within a request only so much time is won as its bytes are worth."""
        request, last = self.request, self.last_activity
        before = _received(request)
        super().handle_read()
        if request is not None and self.request is request:
            self.last_activity = min(
                self.last_activity, last + (_received(request) - before) / RATE
            )

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send, and count."""
        sent: int = super().send(data, do_close)
        self.sent += sent
        return sent

    def readable(self) -> bool:
        """Say whether to read on; cut off whoever does not take the answers that he asked for.

        The server itself would wait for him for ever, and keep a thread for him.
        """
        if not self.total_outbufs_len:
            self.owing_since, self.sent = None, 0
        elif self.owing_since is None:
            self.owing_since = time.time()
        elif time.time() > self.owing_since + self.adj.channel_timeout + self.sent / RATE:
            self.handle_close()  # such a socket is never writable again: it is not waited for
            return False
        return bool(super().readable())


def _received(request: Any) -> int:
    """How many bytes of a request there are."""
    if request is None:
        return 0
    received: int = request.header_bytes_received + request.body_bytes_received
    return received


def problem_body(kind: str, status: int) -> bytes:
    """The document; no language could be read, so it has both."""
    spoken: dict[str, Any] = document(Problem(kind, _WORDS), "zh-CN")
    spoken |= {
        "detail": f"{_WORDS.zh} / {_WORDS.en}",
        "instance": f"urn:uuid:{uuid.uuid4()}",
        "status": status,
    }
    return orjson.dumps(spoken, option=orjson.OPT_SORT_KEYS)
