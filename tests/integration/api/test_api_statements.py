"""Statements over HTTP: receipts, repeats, what is refused before and after reading."""

import io
import json
from hashlib import sha256
from typing import Any

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from crypto.checkpoint import open_checkpoint
from crypto.receipt import verify_receipt
from crypto.refusal import open_refusal
from crypto.statement import MAX_BODY, sign_statement
from tests.integration.api.conftest import POST, ServedWorld
from tests.world import seed


def test_a_statement_gets_a_receipt_that_verifies(served: ServedWorld) -> None:
    """201, the canonical receipt, and the address of the entry."""
    raw = served.use()
    answer = served.post(raw)
    assert answer.status_code == 201
    assert answer.content_type == "application/json"
    log = served.ledger.parts.log
    verified = verify_receipt(answer.data, raw, lambda note: open_checkpoint(note, log))
    assert answer.headers["Location"] == f"/api/v1/entries/{verified.header.index}"
    assert answer.headers["Cache-Control"] == "no-store"
    shown = served.client.get(answer.headers["Location"])
    assert shown.json["statement"].encode() == raw


def test_the_same_bytes_again_are_answered_200_with_the_same_entry(served: ServedWorld) -> None:
    raw = served.use()
    first, again = served.post(raw), served.post(raw)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.json["header"] == first.json["header"]


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "Application/JSON; charset=UTF-8",
        "application/vnd.dsse.envelope.v1+json",
        None,
    ],
)
def test_a_statement_is_taken_as_json_dsse_or_untyped(
    served: ServedWorld, media_type: str | None
) -> None:
    assert served.post(served.use(), content_type=media_type).status_code == 201


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=gbk",
        "application/x-ndjson",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        ";",
        "\u00e9",
    ],
)
def test_other_media_types_are_refused(served: ServedWorld, media_type: str) -> None:
    raw = served.use()
    answer = served.post(raw, content_type=media_type)
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")
    assert "application/json" in answer.headers["Accept-Post"]
    assert served.post(raw).status_code == 201, "nothing of it was logged"


@pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip", "x"])
def test_encoded_bodies_are_refused(served: ServedWorld, coding: str) -> None:
    answer = served.post(served.use(), headers={"Content-Encoding": coding})
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")
    assert answer.headers["Accept-Encoding"] == "identity"


class _Counted(io.BytesIO):
    """A body that says how much of it was asked for."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        part = super().read(size)
        self.taken += len(part)
        return part


def _streamed(
    served: ServedWorld, stream: io.BytesIO, **environ: str
) -> tuple[int, dict[str, Any]]:
    """Post *stream* as a server hands a chunked body over: no length, an end."""
    given = create_environ(POST, method="POST", content_type="application/json")
    given |= {"wsgi.input": stream, "wsgi.input_terminated": True, **environ}
    parts, status, _ = run_wsgi_app(served.app.wsgi_app, given)
    return int(status.split()[0]), json.loads(b"".join(parts))


def test_a_chunked_statement_is_read_to_its_end(served: ServedWorld) -> None:
    status, _ = _streamed(served, io.BytesIO(served.use()))
    assert status == 201


def test_no_more_than_one_byte_over_the_limit_is_read(served: ServedWorld) -> None:
    stream = _Counted(b" " * 10_000_000)
    status, problem = _streamed(served, stream)
    assert (status, problem["code"]) == (413, "too_large")
    assert stream.taken == MAX_BODY + 1


def test_a_body_shorter_than_announced_is_refused(served: ServedWorld) -> None:
    raw = served.use()
    status, problem = _streamed(served, io.BytesIO(raw[:-1]), CONTENT_LENGTH=str(len(raw)))
    assert (status, problem["code"]) == (400, "bad_request")


@pytest.mark.parametrize("length", ["-1", "+5", "1_0", "٣", "9" * 30, "0x10"])
def test_a_strange_content_length_is_refused(served: ServedWorld, length: str) -> None:
    status, problem = _streamed(served, io.BytesIO(b"{}"), CONTENT_LENGTH=length)
    assert (status, problem["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 10,
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"a":' * 20_000,
        b'{"payload":1e999}',
        b'"' + "\u202e".encode() + b'"',
        b"9" * 100_000,
    ],
    ids=["empty", "nul", "utf16", "deep list", "deep object", "huge float", "bidi", "huge int"],
)
def test_hostile_bodies_are_malformed(served: ServedWorld, raw: bytes) -> None:
    before = served.ledger.state().size
    answer = served.post(raw)
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")
    assert served.ledger.state().size == before


def test_the_pointer_names_the_member_at_fault(served: ServedWorld) -> None:
    event = served.world.use()
    event["data"]["reliance"] = "somewhat"
    answer = served.post(sign_statement(event, [served.world.zhang]))
    assert (answer.status_code, answer.json["code"]) == (422, "schema")
    assert answer.json["pointer"] == "/data/reliance"


def test_a_conflict_names_the_entry_in_the_way(served: ServedWorld) -> None:
    event = served.world.use()
    first = served.post(sign_statement(event, [served.world.zhang]))
    event["data"]["reliance"] = "supporting"
    answer = served.post(sign_statement(event, [served.world.zhang]))
    assert (answer.status_code, answer.json["code"]) == (409, "conflict")
    assert answer.json["index"] == json.loads(first.json["header"])["index"]


def test_who_is_refused_gets_the_logs_note_on_it(served: ServedWorld) -> None:
    """Where the statement is authentic: digest, code and time, signed, and nothing else."""
    world = served.world
    event = world.use(90) | {"official": "wang"}
    raw = sign_statement(event, [world.zhang])
    answer = served.post(raw)
    assert (answer.status_code, answer.json["code"]) == (403, "out_of_role")
    said = open_refusal(answer.json["note"], served.ledger.parts.log)
    assert (said.digest, said.code) == (sha256(raw).hexdigest(), "out_of_role")
    batch = served.client.post(
        "/api/v1/statements/batch", data=raw, content_type="application/x-ndjson"
    )
    line = json.loads(batch.data.splitlines()[0])
    assert open_refusal(line["problem"]["note"], served.ledger.parts.log).digest == said.digest


def test_what_is_not_authentic_gets_no_note(served: ServedWorld) -> None:
    """Else anybody could have the log's key sign something in another's name."""
    world = served.world
    event = world.use(91) | {"official": "wang"}
    stranger = sign_statement(event, [seed(98)])
    envelope = json.loads(sign_statement(event, [world.zhang]))
    envelope["signatures"][0]["sig"] = json.loads(stranger)["signatures"][0]["sig"]
    forged = json.dumps(envelope, separators=(",", ":"), sort_keys=True).encode()
    for raw in (stranger, forged, b"{}"):
        answer = served.post(raw)
        assert answer.status_code in (400, 403)
        assert "note" not in answer.json
