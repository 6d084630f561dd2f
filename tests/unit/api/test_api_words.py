"""Problem kinds, their words, and what becomes of the ledger's errors."""

import pytest
from flask import Flask

from api.languages import asked_language
from api.problem_kinds import KINDS
from api.problems import document, problem_of
from ledger.errors import (
    REFUSAL_STATUS,
    BadRequest,
    LedgerError,
    NotAllowed,
    NotFound,
    ReadOnly,
    Refused,
)


def test_every_refusal_has_its_status_and_words() -> None:
    for code, status in REFUSAL_STATUS.items():
        assert KINDS[code].status == status


@pytest.mark.parametrize("code", KINDS)
def test_words_are_in_their_languages(code: str) -> None:
    kind = KINDS[code]
    for words in (kind.title, kind.meaning):
        assert words.en.isascii()
        assert any("\u4e00" <= sign <= "\u9fff" for sign in words.zh)
        assert words.spoken("en") == words.en
        assert words.spoken("zh-CN") == words.zh


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (Refused("conflict", "e", "z", index=4), "conflict", 409),
        (Refused("schema", "e", "z", "/data/x"), "schema", 422),
        (Refused("no_such_code", "e", "z"), "internal", 500),
        (ReadOnly("damaged", "e", "z"), "read_only", 503),
        (NotFound("e", "z"), "not_found", 404),
        (NotFound("e", "z", "no_checkpoint"), "no_checkpoint", 404),
        (NotFound("e", "z", "no_such_code"), "internal", 500),
        (NotAllowed("e", "z"), "not_allowed", 403),
        (BadRequest("e", "z", "/x"), "bad_request", 400),
        (LedgerError("e", "z"), "internal", 500),
    ],
)
def test_errors_become_problems(error: LedgerError, code: str, status: int) -> None:
    problem = problem_of(error)
    assert (problem.code, problem.status) == (code, status)
    members = document(problem, "en")
    assert (members["detail"] == "e") == (code != "internal")
    assert members.get("pointer", "") == getattr(error, "pointer", "") * (code != "internal")


def test_extra_members_never_replace_ours() -> None:
    problem = problem_of(Refused("conflict", "e", "z", index=4, status=200, title="x"))
    members = document(problem, "zh-CN")
    assert members["index"] == 4
    assert (members["status"], members["title"]) == (409, KINDS["conflict"].title.zh)


def test_who_is_busy_is_asked_again_sooner_than_who_is_broken() -> None:
    soon, late = (
        int(problem_of(ReadOnly(reason, "e", "z")).headers["Retry-After"])
        for reason in ("busy", "damaged")
    )
    assert soon < late


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh-CN"),
        ("", "zh-CN"),
        ("en", "en"),
        ("en-GB", "en"),
        ("zh", "zh-CN"),
        ("zh-Hant-TW", "zh-CN"),
        ("fr, en;q=0.1", "en"),
        ("en;q=0.3, zh;q=0.4", "zh-CN"),
        ("en;q=0, fr", "zh-CN"),
        ("english", "zh-CN"),
        ("*", "zh-CN"),
    ],
)
def test_the_language_asked_for(header: str | None, language: str) -> None:
    headers = {} if header is None else {"Accept-Language": header}
    with Flask("t").test_request_context(headers=headers):
        assert asked_language() == language
