"""Read a request's body: its media type, and at most so many bytes of it.

A body is never decoded, decompressed or parsed here: the ledger judges the
very bytes that were sent. One byte more than the limit is read, so that the
judge sees that it is too large; the rest stays unread.
"""

from flask import request

from api.languages import Words
from api.problems import Problem

_CHUNK = 1 << 20  # bytes asked of the server at a time


def read_body(limit: int, media_types: tuple[str, ...]) -> bytes:
    """Return the body, or its first ``limit + 1`` bytes where it is longer.

    Raises:
        Problem: ``unsupported_media_type``, or ``bad_request`` where the body
            ended before its announced length.
    """
    environ = request.environ
    if (given := environ.get("CONTENT_TYPE")) and given not in media_types:
        _check_media_type(given, media_types)
    if "HTTP_CONTENT_ENCODING" in environ:
        _check_encoding(environ["HTTP_CONTENT_ENCODING"])
    announced = environ.get("CONTENT_LENGTH")
    wanted = limit + 1
    if announced:
        wanted = min(wanted, _length(announced))
    raw = _read(wanted)
    if announced and len(raw) < wanted:
        raise Problem(
            "bad_request",
            Words(
                "the body ended before its Content-Length; send it again",
                "请求体短于 Content-Length；请重新发送",
            ),
        )
    return raw


def _read(wanted: int) -> bytes:
    stream = request.environ["wsgi.input"]
    first: bytes = stream.read(min(wanted, _CHUNK))
    if len(first) == wanted or not first:
        return first
    parts, left = [first], wanted - len(first)
    while left and (part := stream.read(min(left, _CHUNK))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _length(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise Problem(
            "bad_request", Words("Content-Length is no number", "Content-Length 不是数字")
        )
    return int(text)


def _check_media_type(given: str, accepted: tuple[str, ...]) -> None:
    """Take a missing type and a charset that is UTF-8; a wrong one is said at once."""
    name = given.partition(";")[0]
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if name.strip().lower() in accepted and charset in ("utf-8", "utf8"):
        return
    listed = ", ".join(accepted)
    raise Problem(
        "unsupported_media_type",
        Words(f"set Content-Type to {listed} (UTF-8)", f"请将 Content-Type 设为 {listed}（UTF-8）"),
        "",
        {"Accept-Post": listed},
    )


def _check_encoding(given: str) -> None:
    if given.strip().lower() not in ("", "identity"):
        raise Problem(
            "unsupported_media_type",
            Words(
                "send the body without Content-Encoding: the signed bytes as they are",
                "请求体请勿使用 Content-Encoding：原样发送所签名的字节",
            ),
            "",
            {"Accept-Encoding": "identity"},
        )
