"""Batches over HTTP: a line in, a line out."""

import json

import orjson
import pytest

from api.statements import MAX_BATCH, MAX_LINES
from crypto.canonical import write_canonical
from crypto.checkpoint import open_checkpoint
from crypto.receipt import verify_receipt
from ledger.errors import ReadOnly
from tests.integration.api.conftest import ServedWorld


def answers_of(data: bytes) -> list[dict]:
    assert data.endswith(b"\n")
    return [json.loads(line) for line in data.splitlines()]


def test_each_line_is_answered_in_order(served: ServedWorld) -> None:
    """Good, repeated and bad lines, each as if it had been posted alone."""
    raws = served.uses(5)
    served.post(raws[1])
    lines = [*raws[:3], b'{"payload":"x"}', *raws[3:]]
    answer = served.batch(b"\n".join(lines) + b"\n")
    assert (answer.status_code, answer.content_type) == (200, "application/x-ndjson")
    said = answers_of(answer.data)
    assert [line["status"] for line in said] == [201, 200, 201, 400, 201, 201]
    assert said[3]["problem"]["code"] == "malformed"
    log = served.ledger.parts.log
    for line, raw in zip(said, lines, strict=True):
        if "receipt" in line:
            receipt = write_canonical(line["receipt"])
            verify_receipt(receipt, raw, lambda note: open_checkpoint(note, log))


def test_keys_of_each_line_are_sorted(served: ServedWorld) -> None:
    data = served.batch(b"\n".join([served.use(), b"{}"])).data
    for line in data.splitlines():
        assert line == orjson.dumps(orjson.loads(line), option=orjson.OPT_SORT_KEYS)


def test_compact_receipts_leave_the_proof_to_one_checkpoint(served: ServedWorld) -> None:
    raws = served.uses(3)
    said = answers_of(served.batch(b"\n".join([*raws, b"{}"]), "?receipts=compact").data)
    assert [sorted(line) for line in said] == [["receipt", "status"]] * 3 + [
        ["problem", "status"],
        ["checkpoint"],
    ]
    assert all(sorted(line["receipt"]) == ["chains", "header"] for line in said[:3])
    covered = open_checkpoint(said[-1]["checkpoint"], served.ledger.parts.log).size
    assert covered > max(json.loads(line["receipt"]["header"])["index"] for line in said[:3])


def test_a_batch_of_nothing_but_refusals_has_no_checkpoint(served: ServedWorld) -> None:
    assert answers_of(served.batch(b"{}", "?receipts=compact").data)[-1] == {"checkpoint": None}


def test_an_empty_line_in_the_middle_is_a_malformed_line(served: ServedWorld) -> None:
    first, second = served.uses(2)
    said = answers_of(served.batch(first + b"\n\n" + second + b"\n").data)
    assert [line["status"] for line in said] == [201, 400, 201]
    assert said[1]["problem"]["code"] == "malformed"


def test_one_line_feed_ends_a_batch_and_no_more(served: ServedWorld) -> None:
    """Empty lines before the first and after the last are lines."""
    said = answers_of(served.batch(b"\n" + served.use() + b"\n\n").data)
    assert [line["status"] for line in said] == [400, 201, 400]


def test_carriage_returns_belong_to_the_line(served: ServedWorld) -> None:
    assert answers_of(served.batch(served.use() + b"\r\n").data)[0]["status"] == 400


@pytest.mark.parametrize("raw", [b"", b"\n"])
def test_an_empty_batch_is_malformed(served: ServedWorld, raw: bytes) -> None:
    answer = served.batch(raw)
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")


def test_a_thousand_lines_are_the_most(served: ServedWorld) -> None:
    full = served.batch(b"{}\n" * MAX_LINES)
    assert len(answers_of(full.data)) == MAX_LINES
    over = served.batch(b"{}\n" * (MAX_LINES + 1))
    assert (over.status_code, over.json["code"]) == (413, "too_large")


def test_sixteen_mebibytes_are_the_most(served: ServedWorld) -> None:
    """The largest batch is read; its one line is a statement that is too large."""
    largest = served.batch(b" " * MAX_BATCH)
    assert answers_of(largest.data)[0]["problem"]["code"] == "too_large"
    over = served.batch(b" " * (MAX_BATCH + 1))
    assert (over.status_code, over.json["code"]) == (413, "too_large")


@pytest.mark.parametrize("media_type", ["application/json", "text/plain"])
def test_a_batch_is_ndjson(served: ServedWorld, media_type: str) -> None:
    answer = served.batch(served.use(), content_type=media_type)
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


def test_gzip_is_refused(served: ServedWorld) -> None:
    answer = served.batch(served.use(), headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


def test_receipts_takes_two_words_only(served: ServedWorld) -> None:
    answer = served.batch(served.use(), "?receipts=none")
    assert (answer.status_code, answer.json["code"]) == (400, "bad_parameter")
    assert answer.json["parameter"] == "receipts"
    assert served.batch(served.use(), "?receipts=full").status_code == 200


def test_lines_speak_the_asked_language(served: ServedWorld) -> None:
    english = served.batch(b"{}", headers={"Accept-Language": "en"})
    assert answers_of(english.data)[0]["problem"]["title"] == "Malformed"
    assert english.headers["Content-Language"] == "en"
    chinese = served.batch(b"{}", headers={"Accept-Language": "zh"})
    assert answers_of(chinese.data)[0]["problem"]["title"] == "格式有误"


def test_a_ledger_that_takes_no_entries_refuses_the_whole_batch(fresh: ServedWorld) -> None:
    fresh.ledger.parts.sequencer.failure = ReadOnly("damaged", "damaged", "损坏")
    answer = fresh.batch(b"\n".join(fresh.uses(2)))
    assert (answer.status_code, answer.json["code"]) == (503, "read_only")
    assert answer.headers["Retry-After"]
