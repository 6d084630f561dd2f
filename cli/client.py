"""Talk to a ledger over HTTP; nothing that it says is believed here.

Only the standard library is used. Redirects are not followed: a statement goes
where it was sent. No key ever passes through here; a session's token goes with
reading alone, for writing needs none. Whatever goes wrong on the way is exit code 4;
what the server refuses keeps its own code.

Units: timeouts in seconds, sizes in bytes.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from http.client import HTTPException, HTTPResponse
from itertools import islice
from typing import Any, NoReturn
from urllib.parse import quote, urlencode, urlsplit

from cli.cited import read_citations
from cli.derived_reads import PAGE, DerivedReads
from cli.door import Chained, CompactAnswer, Found, Logged, Proven, Shown
from cli.failures import UNREACHABLE, Failure, usage
from cli.speech import language
from crypto.canonical import read_canonical, write_canonical
from crypto.checkpoint import parse_checkpoint
from crypto.errors import CryptoError
from crypto.notation import read_b64, read_hex
from crypto.note import parse_note
from ledger.errors import (
    REFUSAL_STATUS,
    BadRequest,
    LedgerError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    ReadOnly,
    ReasonNeeded,
    Refused,
    TooMany,
)
from ledger.evidence.question import Question

TIMEOUT_S = 60.0
MAX_ANSWER = 256 * 1024 * 1024
MAX_BATCH = 16 * 1024 * 1024
MAX_LINES = 1_000
_SAID = ("state_label", "message")  # of a finding, in two languages


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Follow nothing."""


class Client(DerivedReads):
    """One server's API, with the calls of :class:`cli.door.Door`.

    Args:
        url: where the service stands, without ``/api/v1``.
        timeout_s: how long to wait for each answer.
        reason: why an inspector reads, a word of the ledger's.

    ``token`` is that of an open session, or None.
    """

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S, reason: str | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise usage(
                "--server takes a URL such as http://127.0.0.1:8000",
                "--server 应为形如 http://127.0.0.1:8000 的地址",
            )
        self.url = url.rstrip("/")
        self._timeout_s, self._reason = timeout_s, reason
        self.token: str | None = None
        self._opener = urllib.request.build_opener(_NoRedirect)
        self._origin: str | None = None

    @property
    def origin(self) -> str:
        """The origin that the published checkpoint claims."""
        if self._origin is None:
            try:
                self._origin = parse_checkpoint(parse_note(self.checkpoint()).text).origin
            except CryptoError:
                raise self._strange() from None
        return self._origin

    def challenge(self) -> object:
        """Return a nonce to sign in with, as the server gives it."""
        return self._object(self._call("POST", "/api/v1/sessions/challenge", b"")[1]).get("nonce")

    def begin_session(self, raw: bytes) -> dict[str, Any]:
        """Post a sign-in; return the session with its token."""
        answer = self._call("POST", "/api/v1/sessions", raw, "application/json")[1]
        session = self._object(answer)
        texts = ("token", "expires", "department", "role")
        if not all(type(session.get(name)) is str for name in texts):
            raise self._strange()
        return {"official": None, **session}

    def sees_all(self) -> bool:
        """Whether the session, if there is any, is shown every statement."""
        if self.token is None:
            return False
        return self._get("/api/v1/sessions/current").get("whole_ledger") is True

    def end_session(self) -> None:
        """End the session of this client's token."""
        self._call("DELETE", "/api/v1/sessions/current")

    def submit(self, raw: bytes) -> Logged:
        """Post one statement."""
        status, answer = self._call("POST", "/api/v1/statements", raw, "application/json")
        return self._logged(self._object(answer), answer, created=status == 201)

    def submit_batch(self, lines: Sequence[bytes]) -> list[Logged | LedgerError]:
        """Post statements in as few batches as the server's limits allow."""
        answers: list[Logged | LedgerError] = []
        for part in _parts(lines):
            answers.extend(map(self._line, self._batch(part, len(part))))
        return answers

    def submit_compact(self, lines: Sequence[bytes]) -> CompactAnswer:
        """Post statements in one batch."""
        *results, last = self._batch(lines, len(lines) + 1, "?receipts=compact")
        note = self._object(last).get("checkpoint")
        if note is not None and type(note) is not str:
            raise self._strange()
        return CompactAnswer([self._line(result) for result in results], note)

    def _batch(self, lines: Sequence[bytes], wanted: int, query: str = "") -> list[bytes]:
        """Post one batch; return the lines of its answer, of which there must be *wanted*."""
        path = f"/api/v1/statements/batch{query}"
        _, raw = self._call("POST", path, b"\n".join(lines) + b"\n", "application/x-ndjson")
        results = raw.splitlines()
        if len(results) != wanted:
            raise self._strange()
        return results

    def size(self) -> int:
        """The size of the list of entries, as the server fixes it now."""
        return self._number(self._get("/api/v1/entries", limit=1), "as_of")

    def entry(self, index: int) -> Shown:
        """Return one entry."""
        return self._shown(self._get(f"/api/v1/entries/{index}"))

    def entry_of(self, digest: str) -> Shown:
        """Return the entry of a statement."""
        return self._shown(self._get(f"/api/v1/statements/{digest}"))

    def entries(self, as_of: int, limit: int, newest_first: bool) -> Iterator[Shown]:
        """Yield entries page by page."""
        asked: dict[str, Any] = {"as_of": as_of, "order": "desc" if newest_first else "asc"}
        while limit > 0:
            page = self._get("/api/v1/entries", limit=min(limit, PAGE), **asked)
            found = page.get("entries")
            if not isinstance(found, list):
                raise self._strange()
            yield from map(self._shown, found)
            limit -= len(found)
            if not found or page.get("next") is None:
                return
            asked = {"cursor": page["next"]}

    def find(self, query: str, as_of: int | None, limit: int) -> Found:
        """Search; without a size, among all entries that there are now."""
        size = self.size() if as_of is None else as_of
        asked = {"q": query, "as_of": size, "limit": min(limit, PAGE)}
        return Found(size, islice(self._paged("/api/v1/entries", asked, "as_of"), limit))

    def chain(self, name: str, as_of: int) -> Chained:
        """Return a chain; a missing one costs its caller one call."""
        path = f"/api/v1/chains/{quote(name)}"
        asked = {"as_of": as_of, "limit": PAGE}
        first = self._get(path, as_of=as_of, limit=1)
        try:
            salt, identity = (read_hex(first.get(m), m, n) for m, n in (("salt", 16), ("id", 32)))
        except CryptoError:
            raise self._strange() from None
        length = self._number(first, "length")
        entries = self._paged(path, asked, "as_of")
        return Chained(name, salt, identity, length, as_of, entries)

    def evidence(self, question: Question, as_of: int | None) -> bytes:
        """Return an evidence bundle; nothing of it is verified."""
        asked = question.entries[0] if question.kind == "entry" else question.text
        query = {question.kind: asked} | ({} if as_of is None else {"as_of": as_of})
        return self._call("GET", f"/api/v1/evidence?{urlencode(query)}")[1]

    def proof(self, index: int, size: int) -> str:
        """Return a proof file."""
        return self._call("GET", f"/api/v1/entries/{index}/proof?size={size}")[1].decode(
            "utf-8", "replace"
        )

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the consistency proof between two sizes; raise Malformed for what is none."""
        proof = self._get("/api/v1/proofs/consistency", old=old, new=new).get("proof")
        if not isinstance(proof, list):
            raise self._strange()
        return [read_b64(digest) for digest in proof]

    def _paged(self, path: str, asked: dict[str, Any], fixed: str) -> Iterator[Shown]:
        """Yield the entries of all pages; a cursor takes the place of the parameter *fixed*."""
        while True:
            page = self._get(path, **asked)
            found = page.get("entries")
            if not isinstance(found, list):
                raise self._strange()
            yield from map(self._shown, found)
            if not found or page.get("next") is None:
                return
            asked = {n: v for n, v in asked.items() if n != fixed} | {"cursor": page["next"]}

    def checkpoint(self) -> str:
        """Return the published checkpoint's note."""
        return self._call("GET", "/log/checkpoint")[1].decode("utf-8", "replace")

    def certificate(self, digest: str) -> bytes:
        """Return the certificate of what was withheld or erased."""
        return self._call("GET", f"/api/v1/statements/{digest}/removal")[1]

    def tile(self, path: str) -> bytes:
        """Return a published file."""
        return self._call("GET", f"/log/{path}")[1]

    def _get(self, path: str, **query: Any) -> dict[str, Any]:
        asked = f"{path}?{urlencode(query)}" if query else path
        return self._object(self._call("GET", asked)[1])

    def _call(
        self, method: str, path: str, body: bytes | None = None, media_type: str = ""
    ) -> tuple[int, bytes]:
        request = urllib.request.Request(self.url + path, body, method=method)
        request.add_header("Accept-Language", "zh-CN" if language() == "zh" else "en")
        if media_type:
            request.add_header("Content-Type", media_type)
        if self.token is not None and method != "POST":
            request.add_header("Authorization", f"Bearer {self.token}")
        if self._reason is not None:
            request.add_header("X-Zelian-Reason", self._reason)
        try:
            with self._opener.open(request, timeout=self._timeout_s) as response:
                return response.status, self._body(response)
        except urllib.error.HTTPError as error:
            self._refuse(error.code, self._error_body(error))
        except (OSError, HTTPException) as error:
            raise self._unreachable(error) from None

    def _body(self, response: HTTPResponse) -> bytes:
        raw = response.read(MAX_ANSWER + 1)
        if len(raw) > MAX_ANSWER:
            raise self._strange()
        return raw

    def _error_body(self, error: urllib.error.HTTPError) -> bytes:
        try:
            return error.read(MAX_ANSWER)
        except (OSError, HTTPException) as failure:
            raise self._unreachable(failure) from None

    def _refuse(self, status: int, raw: bytes) -> NoReturn:
        try:
            problem = json.loads(raw)
        except (ValueError, RecursionError):
            problem = None
        if not isinstance(problem, dict) or not isinstance(problem.get("code"), str):
            raise self._strange(status)
        raise error_of(status, problem)

    def _line(self, raw: bytes) -> Logged | LedgerError:
        answer = self._object(raw)
        status = answer.get("status")
        if isinstance(answer.get("problem"), dict) and type(status) is int:
            return error_of(status, answer["problem"])
        receipt = answer.get("receipt")
        try:
            written = write_canonical(receipt)
        except CryptoError:
            raise self._strange() from None
        return self._logged(receipt, written, created=status == 201)

    def _logged(self, receipt: Any, raw: bytes, *, created: bool) -> Logged:
        """Return what a receipt says; it is verified where it is kept."""
        try:
            header = read_canonical(receipt["header"].encode())
            return Logged(header["index"], created, raw)  # type: ignore[index, call-overload, arg-type]
        except (CryptoError, LookupError, TypeError, AttributeError):
            raise self._strange() from None

    def _shown(self, answer: Any) -> Shown:
        try:
            statement, absent = answer.get("statement"), answer.get("absent")
            proven, stamped = answer.get("proven"), answer.get("stamped")
            return Shown(
                index=self._number(answer, "index"),
                header=answer["header"].encode(),
                envelope=None if statement is None else statement.encode(),
                event=answer.get("event"),
                said=answer.get("said"),
                absent=None if absent is None else str(absent["detail"]),
                proven=None if proven is None else _ends(proven["after"], proven["before"]),
                stamped=None if stamped is None else _stamps(stamped),
                findings=_findings(answer.get("findings")),
                citations=read_citations(answer.get("citations", [])),
            )
        except (LookupError, TypeError, AttributeError, UnicodeEncodeError):
            raise self._strange() from None

    def _object(self, raw: bytes) -> dict[str, Any]:
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            raise self._strange() from None
        if not isinstance(value, dict):
            raise self._strange()
        return value

    def _number(self, answer: dict[str, Any], name: str) -> int:
        value = answer.get(name)
        if type(value) is not int or value < 0:
            raise self._strange()
        return value

    def _unreachable(self, error: Exception) -> Failure:
        reason = getattr(error, "reason", error)
        return Failure(
            UNREACHABLE,
            f"{self.url} cannot be reached ({reason}): start it or correct --server; "
            "what was sent may be sent again",
            f"无法访问 {self.url}（{reason}）：请启动服务或更正 --server；已发送的内容可以重发",
        )

    def _strange(self, status: int | None = None) -> Failure:
        said = "" if status is None else f" {status}"
        return Failure(
            UNREACHABLE,
            f"{self.url} does not answer as a Zelian ledger does{said}: correct --server",
            f"{self.url} 的应答{said}不像责链账本：请更正 --server",
        )


def error_of(status: int, problem: dict[str, Any]) -> LedgerError:
    """Return the error that a problem document tells; both its texts are the one given."""
    code, detail = str(problem.get("code")), str(problem.get("detail") or problem.get("title"))
    pointer = str(problem.get("pointer") or "")
    if code in REFUSAL_STATUS:
        extra = {"index": problem["index"]} if type(problem.get("index")) is int else {}
        if isinstance(problem.get("note"), str):
            extra["note"] = problem["note"]
        return Refused(code, detail, detail, pointer, **extra)
    if code == "not_allowed":
        return NotAllowed(detail, detail)
    if code == "not_signed_in":
        return NotSignedIn(detail, detail)
    if code == "reason_needed":
        return ReasonNeeded(detail, detail)
    if code == "too_many":
        return TooMany(detail, detail)
    if status == 404:
        return NotFound(detail, detail, code)
    if status >= 500:
        return ReadOnly(str(problem.get("reason") or code), detail, detail)
    return BadRequest(detail, detail, pointer)


def _parts(lines: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Cut a batch where it would exceed the server's limits."""
    part: list[bytes] = []
    size = 0
    for line in lines:
        if part and (len(part) == MAX_LINES or size + len(line) + 1 > MAX_BATCH):
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line) + 1
    if part:
        yield part


def _findings(found: Any) -> list[dict[str, Any]] | None:
    """Return findings with what is printed of them there; else raise as a strange answer does."""
    if found is not None:
        for one in found:
            said = [one["ref"], *(one[words][name] for words in _SAID for name in ("en", "zh"))]
            if not all(isinstance(text, str) for text in said):
                raise TypeError
    return None if found is None else list(found)


def _ends(*ends: Any) -> Proven:
    after, before = (None if end is None else str(end) for end in ends)
    return after, before


def _stamps(stamped: Any) -> Proven:
    ends = (stamped["after"], stamped["before"])
    return _ends(*(None if end is None else end["at"] for end in ends))
