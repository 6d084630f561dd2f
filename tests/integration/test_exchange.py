"""Strangers who drip, never end, or break off: the asking thread is free again in its time."""

from contextlib import closing

import pytest

from crypto.timestamp import MAX_TOKEN
from ledger.anchoring.authority import Authority
from ledger.exchange import Answer, Stranger, Unanswered
from ledger.witnessing.ask import Asker
from tests.strangers import LENGTH, OK, SHORT_S, dripping, sending, stranger

BODY = b"x" * 20
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
DRIPS = {
    "status line": dripping(b"", OK + LENGTH + BODY),
    "header": dripping(OK, b"X-Slow: slowly\r\n" + LENGTH + BODY),
    "interim answers": dripping(b"HTTP/1.1 100 C\r\n\r\n" * 3, OK + LENGTH + BODY),
    "body": dripping(OK + LENGTH, BODY),
    "chunks": dripping(CHUNKED, b"1\r\nx\r\n" * 4 + b"0\r\n\r\n"),
    "until the end": dripping(OK + b"Connection: close\r\n\r\n", BODY),
}


@pytest.mark.parametrize("where", DRIPS)
def test_whoever_drips_is_given_up(where: str) -> None:
    with (
        stranger(DRIPS[where]) as url,
        closing(Stranger(url, SHORT_S, 100)) as asked,
        pytest.raises(Unanswered, match="TimeoutError"),
    ):
        asked.ask("GET", "/", None)


def test_whoever_drips_before_anything_is_said_is_given_up() -> None:
    """The first record of TLS, of 16 KiB."""
    with (
        stranger(dripping(b"\x16\x03\x03\x40\x00", BODY)) as url,
        closing(Stranger(url.replace("http", "https"), SHORT_S, 100)) as asked,
        pytest.raises(Unanswered, match="TimeoutError"),
    ):
        asked.ask("GET", "/", None)


@pytest.mark.parametrize("where", ["interim answers", "chunks", "until the end"])
def test_the_same_answer_is_whole_to_whoever_waits(where: str) -> None:
    """What was given up is given up for its time alone."""
    with stranger(DRIPS[where]) as url, closing(Stranger(url, 60, 100)) as asked:
        answer = asked.ask("GET", "/", None)
    assert answer.status == 200
    assert set(answer.body) == set(b"x")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (OK + b"Content-Length: 101\r\n\r\n" + b"x" * 101, "more than 100 bytes"),
        (OK + b"Connection: close\r\n\r\n" + b"x" * 1_000, "more than 100 bytes"),
        (OK + b"Content-Length: 100\r\n\r\n" + b"x" * 99, "cut short"),
        (OK + b"X: " + b"x" * 70_000 + b"\r\n\r\n", "LineTooLong"),
        (OK + b"X: x\r\n" * 200 + b"\r\n", "HTTPException"),
        (b"SSH-2.0-x\r\n", "BadStatusLine"),
    ],
)
def test_what_is_no_answer_within_the_limit_is_none(answer: bytes, why: str) -> None:
    with (
        stranger(sending(answer)) as url,
        closing(Stranger(url, 60, 100)) as asked,
        pytest.raises(Unanswered, match=why),
    ):
        asked.ask("GET", "/", None)


def test_an_answer_of_just_the_limit_is_read() -> None:
    body = b"x" * 100
    answer = sending(OK + b"Content-Length: 100\r\n\r\n" + body)
    with stranger(answer) as url, closing(Stranger(url, 60, 100)) as asked:
        assert asked.ask("GET", "/", None) == Answer(200, body)


def test_a_kept_connection_that_ended_is_made_anew() -> None:
    answer = sending(OK + b"Content-Length: 1\r\n\r\nx")
    with stranger(answer, answer) as url, closing(Stranger(url, 60, 100)) as asked:
        assert asked.ask("GET", "/", None).body == b"x"
        assert asked.ask("GET", "/", None).body == b"x"


def test_to_ask_anew_gives_no_more_time() -> None:
    """The second connection drips; what was kept ended at once."""
    answer = sending(OK + b"Content-Length: 1\r\n\r\nx")
    with stranger(answer, DRIPS["body"]) as url, closing(Stranger(url, SHORT_S, 100)) as asked:
        assert asked.ask("GET", "/", None).body == b"x"
        with pytest.raises(Unanswered, match="TimeoutError"):
            asked.ask("GET", "/", None)


def test_an_authority_that_drips_or_never_ends_gives_no_time_stamp() -> None:
    with stranger(DRIPS["body"]) as url, pytest.raises(Unanswered, match="TimeoutError"):
        Authority(f"{url}/tsa", SHORT_S).stamp(b"query")
    endless = sending(OK + b"Connection: close\r\n\r\n", b"x" * (MAX_TOKEN + 1))
    with stranger(endless) as url, pytest.raises(Unanswered, match=f"more than {MAX_TOKEN}"):
        Authority(f"{url}/tsa").stamp(b"query")


def test_a_witness_that_drips_is_given_up() -> None:
    with (
        stranger(DRIPS["header"]) as url,
        closing(Asker(url, SHORT_S)) as asker,
        pytest.raises(Unanswered, match="TimeoutError"),
    ):
        asker.add_checkpoint("old 0\n")
