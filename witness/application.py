"""A witness over HTTP: two addresses, and plain text.

``POST /add-checkpoint`` under the submission prefix and
``GET /<origin hash>/checkpoint`` under the monitoring prefix, which here are one.
Nobody is asked who he is: the log's signature on the checkpoint is what counts.
An error's body says why in English and in Chinese; but for 409 the protocol
leaves it free.

Source: C2SP tlog-witness.
"""

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from crypto.add_checkpoint import MAX_REQUEST
from witness.errors import Stale, WitnessError
from witness.witness import Witness

TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
MONITOR_S = 5  # how long a copy of the monitoring path may be kept; the protocol allows an hour


def build_witness(witness: Witness) -> Flask:
    """Return the application that answers for *witness*."""
    app = Flask("witness", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST

    @app.post("/add-checkpoint")
    def add_checkpoint() -> Response:
        return _text(200, witness.add_checkpoint(request.get_data(cache=False)))

    @app.get("/<origin_hash>/checkpoint")
    def checkpoint(origin_hash: str) -> Response:
        answer = _text(200, witness.checkpoint(origin_hash))
        answer.headers["Cache-Control"] = f"max-age={MONITOR_S}"
        return answer

    app.register_error_handler(WitnessError, _refuse)
    app.register_error_handler(HTTPException, _not_here)
    return app


def _text(status: int, body: str, kind: str = TEXT) -> Response:
    answer = Response(body, status, content_type=kind)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _refuse(error: WitnessError) -> Response:
    # SPEC: the body of a 409 MUST be the size and a newline, its type text/x.tlog.size.
    if isinstance(error, Stale):
        return _text(error.status, f"{error.size}\n", SIZE)
    return _text(error.status, f"{error.en}\n{error.zh}\n")


def _not_here(error: HTTPException) -> Response:
    """Answer what never came to the witness: another address, method or size."""
    return _text(error.code or 500, f"{error.name}\n")
