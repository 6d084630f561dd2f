"""As much of HTTP/1.1 as the benchmark's client and responder need: prepared bytes, one length.

Everything is kept alive and has a Content-Length; anything else is refused.
"""

from benchmarks.errors import BenchError

STATEMENTS = "/api/v1/statements"
BATCH = "/api/v1/statements/batch"


def post(path: str, body: bytes, media_type: str = "application/json") -> bytes:
    """Return a POST as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {media_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def post_batch(lines: list[bytes], compact: bool) -> bytes:
    """Return the POST of a batch."""
    path = f"{BATCH}?receipts={'compact' if compact else 'full'}"
    return post(path, b"\n".join([*lines, b""]), "application/x-ndjson")


def get(path: str, *headers: str) -> bytes:
    """Return a GET as it goes over the wire; *headers* are lines beside ``Host``."""
    lines = "".join(f"{line}\r\n" for line in (f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *headers))
    return f"{lines}\r\n".encode()


def message_length(received: bytearray) -> int:
    """Return how long the message is of which *received* is the beginning; 0: not known yet."""
    head_end = received.find(b"\r\n\r\n")
    if head_end < 0:
        return 0
    head = received[:head_end].lower()
    at = head.find(b"\r\ncontent-length: ")
    if at < 0:
        raise BenchError(f"a message without Content-Length: {bytes(head[:80])!r}")
    value = head[at + 18 :].partition(b"\r")[0]
    return head_end + 4 + int(value)
