"""While the database is away every address says so; what needs none goes on being served."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from crypto.statement import read_statement
from ledger.shares_views import PLURALS
from tests.integration.api.conftest import ServedWorld

# Asked of every address that there is: what stands for the parts of its path, and its query.
PARTS = {
    "code": "read_only",
    "digest": "0" * 64,
    "index": "0",
    "department": "MZ",
    "id": "X-1",
    "kind": "department",
    "path": "entries/000.p/5",
    "name": "none",
    "period": "2026-11",
}
QUERIES = {
    "/api/v1/evidence": "?chain=department/MZ",
    "/api/v1/proofs/consistency": "?old=1&new=2",
}
PAGE = 4_096  # bytes, of an SQLite file
THINGS = tuple(PLURALS)
NEED_IT = {
    *(f"/api/v1/{things}" for things in THINGS),
    *(f"/api/v1/{things}/<department>/<id>" for things in THINGS),
    "/api/v1/grants/<department>/<id>/file",
    "/api/v1/acts/<department>/<id>/responsibility",
    "/api/v1/items/<department>/<id>/impact",
    "/api/v1/evidence",
    "/api/v1/reports/<period>",
    "/api/v1/findings",
    "/api/v1/findings/<department>/<id>",
    "/api/v1/obligations",
    "/api/v1/obligations/<department>/<id>",
    "/api/v1/departments/<id>/obligations",
    "/api/v1/refusals",
    "/api/v1/sessions/current",
    "/api/v1/entries",
    "/api/v1/entries/<index>",
    "/api/v1/entries/<index>/proof",
    "/api/v1/chains/<kind>/<path:name>",
    "/api/v1/departments",
    "/api/v1/officials",
    "/api/v1/keys",
    "/api/v1/proofs/consistency",
    "/api/v1/statements/<string(length=64):digest>",
    "/api/v1/statements/<string(length=64):digest>/removal",
}


@contextmanager
def away(served: ServedWorld) -> Iterator[None]:
    """No connection to any database of the ledger can be had."""

    def connect(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("connect", None, Exception("server closed the connection"))

    with pytest.MonkeyPatch.context() as patch:
        parts, desk = served.ledger.parts, served.ledger.desk
        for engine in (parts.engine, parts.projection_engine, desk.engine):
            patch.setattr(engine, "connect", connect)
        yield


def addresses(served: ServedWorld) -> dict[str, str]:
    """Each address that takes GET, with something to ask there."""
    return {
        rule.rule: re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: PARTS[found[1]], rule.rule)
        + QUERIES.get(rule.rule, "")
        for rule in served.app.url_map.iter_rules()
        if "GET" in (rule.methods or set())
    }


def test_no_read_fails_where_the_database_is_away(served: ServedWorld) -> None:
    """The same problem as for statements that are sent, and when to ask again."""
    with away(served):
        answers = {rule: served.client.get(url) for rule, url in addresses(served).items()}
    stopped = {rule for rule, answer in answers.items() if answer.status_code == 503}
    assert stopped == NEED_IT | {"/readyz"}
    assert all(answer.status_code in (200, 404, 503) for answer in answers.values())
    for rule in NEED_IT:
        answer = answers[rule]
        assert (answer.json["code"], answer.json["reason"]) == ("read_only", "database_lost")
        assert answer.headers["Retry-After"] == "5"


def test_no_code_is_said_to_be_wrong_where_it_cannot_be_looked_up(served: ServedWorld) -> None:
    with away(served):
        asked = served.client.post("/api/v1/answers", json={"code": "7Q2M"})
        page = served.client.post("/answers", data={"code": "7Q2M"})
    assert (asked.status_code, asked.json["code"]) == (503, "read_only")
    assert page.status_code == 503
    assert 'role="alert"' in page.text


def test_a_list_of_no_known_length_is_not_an_empty_one(served: ServedWorld) -> None:
    """Neither are the entries said to be none, nor a size to be too large."""
    with away(served):
        for query in ("", "?as_of=3", "?order=desc", "?q=", "?q=&as_of=3", "?q=&wait_for=2"):
            assert served.client.get(f"/api/v1/entries{query}").status_code == 503


def test_a_known_statement_is_said_to_be_out_of_reach(served: ServedWorld) -> None:
    raw = served.use()
    served.post(raw)
    with away(served):
        answer = served.client.get(f"/api/v1/statements/{read_statement(raw).digest.hex()}")
    assert answer.json["code"] == "read_only"


def test_a_reader_is_not_told_to_send_anything_again(served: ServedWorld) -> None:
    """In both languages; who sent a statement is."""
    raw = served.use()
    served.ledger.parts.sequencer.close()  # so that it connects anew
    for language, ask, send in (
        ("en", "ask again", "send the same bytes"),
        ("zh-CN", "请稍后再试", "重发"),
    ):
        spoken = {"Accept-Language": language}
        with away(served):
            read = served.client.get("/api/v1/entries/0", headers=spoken)
            sent = served.post(raw, headers=spoken)
        assert ask in read.json["detail"]
        assert send not in read.json["detail"]
        assert send in sent.json["detail"]


def test_a_damaged_page_in_the_midst_of_a_list(fresh: ServedWorld) -> None:
    """SQLite meets it only when the first rows have been read."""
    fresh.log(30)
    parts = fresh.ledger.parts
    header = fresh.ledger.entry(20).header
    parts.sequencer.close()
    parts.engine.dispose()  # with the last connection everything is moved into the file
    file = parts.settings.home / "ledger.db"
    raw = bytearray(file.read_bytes())
    page = raw.index(header) // PAGE * PAGE
    raw[page : page + 8] = b"\xff" * 8
    file.write_bytes(raw)
    answer = fresh.client.get("/api/v1/entries")
    assert (answer.status_code, answer.json["reason"]) == (503, "damaged")
    assert (
        "zelian fsck"
        in fresh.client.get("/api/v1/entries", headers={"Accept-Language": "en"}).json["detail"]
    )
