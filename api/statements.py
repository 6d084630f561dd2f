"""Take statements in: one, or a batch of lines.

The body goes to the ledger as it came; nothing is parsed here. This is the
service's hot path: no schema, no serialising, a receipt's bytes are passed on.

Source: spec 6; design "HTTP API".
"""

from typing import TYPE_CHECKING

import orjson
from flask import Response
from flask_smorest import Blueprint

from api.answers import JSON
from api.bodies import read_body
from api.context import Served, ledger, served
from api.entries import entry_answer
from api.languages import Language, Words, asked_language
from api.operations import BATCH, POST, REMOVAL, STATEMENT
from api.parameters import query_choice, takes
from api.problems import Problem, document, not_found, problem_of
from crypto.statement import MAX_BODY
from ledger.errors import LedgerError, ReadOnly, Refused

if TYPE_CHECKING:
    from ledger.service import Submitted

STATEMENT_TYPES = ("application/json", "application/vnd.dsse.envelope.v1+json")
BATCH_TYPES = ("application/x-ndjson",)
NDJSON = "application/x-ndjson"
MAX_LINES = 1_000
MAX_BATCH = 16 * 1024 * 1024  # bytes

blp = Blueprint("statements", __name__, description="Statements in, receipts out")


@blp.route("/api/v1/statements", methods=["POST"])
@blp.doc(**POST)
def post_statement() -> Response:
    """Log one statement and answer its receipt."""
    raw = read_body(MAX_BODY, STATEMENT_TYPES)
    here = served()
    try:
        submitted = here.ledger.submit(raw)
    except (Refused, ReadOnly) as error:
        problem = problem_of(error)
        here.metrics.count_problem(problem.code)
        raise problem from None
    here.metrics.count_answers(int(submitted.created), int(not submitted.created))
    return Response(
        submitted.receipt,
        201 if submitted.created else 200,
        {"Location": f"/api/v1/entries/{submitted.index}", "Cache-Control": "no-store"},
        content_type=JSON,
    )


@blp.route("/api/v1/statements/batch", methods=["POST"])
@blp.doc(**BATCH)
@takes("receipts")
def post_batch() -> Response:
    """Log a batch of statements and answer each line by a line."""
    compact = query_choice("receipts", ("compact", "full")) == "compact"
    lines = _lines(read_body(MAX_BATCH, BATCH_TYPES))
    here = served()
    here.metrics.count_batch(len(lines))
    answer = here.ledger.submit_batch(lines, compact=compact)
    language = asked_language()
    answered = [_line(here, line, language) for line in answer.lines]
    made = [line.created for line in answer.lines if not isinstance(line, LedgerError)]
    here.metrics.count_answers(sum(made), len(made) - sum(made))
    if compact:
        answered.append(orjson.dumps({"checkpoint": answer.checkpoint}))
    answered.append(b"")
    return Response(
        b"\n".join(answered),
        200,
        {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"},
        content_type=NDJSON,
    )


def _lines(raw: bytes) -> list[bytes]:
    """Split a batch. A last line feed ends the last line; any other empty line is a line."""
    if len(raw) > MAX_BATCH:
        raise Problem(
            "too_large",
            Words(
                f"a batch has at most {MAX_BATCH} bytes: split it",
                f"一批不超过 {MAX_BATCH} 字节：请拆分",
            ),
        )
    lines = raw.removesuffix(b"\n").split(b"\n", MAX_LINES)
    if len(lines) > MAX_LINES:
        raise Problem(
            "too_large",
            Words(
                f"a batch has at most {MAX_LINES} lines: split it",
                f"一批不超过 {MAX_LINES} 行：请拆分",
            ),
        )
    if lines == [b""]:
        raise Problem(
            "malformed",
            Words(
                "the batch is empty: send one statement a line",
                "批量内容为空：请每行发送一份陈述",
            ),
        )
    return lines


def _line(here: Served, answer: "Submitted | LedgerError", language: Language) -> bytes:
    """Return one line of the answer, its keys sorted; a receipt's bytes are put in as they are."""
    if isinstance(answer, LedgerError):
        problem = problem_of(answer)
        here.metrics.count_problem(problem.code)
        said = {"problem": document(problem, language), "status": problem.status}
        return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    status = b"201" if answer.created else b"200"
    return b'{"receipt":' + answer.receipt + b',"status":' + status + b"}"


@blp.route("/api/v1/statements/<string(length=64):digest>")
@blp.doc(**STATEMENT)
@takes("reason")
def get_statement(digest: str) -> Response:
    """Answer the entry of the statement with this digest."""
    _check_digest(digest)
    return entry_answer(ledger().entry_of(digest))


@blp.route("/api/v1/statements/<string(length=64):digest>/removal")
@blp.doc(**REMOVAL)
def get_removal(digest: str) -> Response:
    """Answer a certificate that this statement was withheld or erased."""
    _check_digest(digest)
    return Response(
        ledger().certificate(digest), headers={"Cache-Control": "no-store"}, content_type=JSON
    )


def _check_digest(digest: str) -> None:
    if not set(digest) <= set("0123456789abcdef"):
        raise not_found(
            Words(
                "a statement digest is 64 lower-case hexadecimal digits",
                "陈述摘要为 64 位小写十六进制数字",
            )
        )
