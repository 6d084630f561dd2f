"""What the holder of a claim code is told, of each state, and what he is never told."""

import hashlib
import json
from typing import Any, get_args

import pytest

from ledger.events.complaints import ANSWERED, RECEIVED
from ledger.sharing.complaints import (
    CLAIM,
    DISPOSITIONS,
    MEASURES,
    STATES,
    Claimed,
    claim_of,
    told,
)
from tests.unit.sharing.tale import C, P, digest_of, example

CODE = "查询码 7Q2M"
COMPLAINT = f"{C}/TS-1"


def said(index: int, kind: str, source: str, ref: str = COMPLAINT, **members: Any) -> Claimed:
    data = example(f"complaint.{kind}") | {"refs": {"complaint": ref}, "signers": []} | members
    event = {
        "type": f"zelian.complaint.{kind}.v1",
        "source": f"/departments/{source}",
        "official": "li-0417",
        "tier": "handler",
        "data": {name: value for name, value in data.items() if value is not None},
    }
    return Claimed(index, f"2026-11-0{index}T00:00:00.000Z", digest_of(index), event)


def gone(index: int, how: str) -> Claimed:
    at = f"2026-11-0{index}T00:00:00.000Z"
    return Claimed(index, at, digest_of(index), None, how, 9)


def answer(index: int, disposition: str, **members: Any) -> Claimed:
    return said(index, "answered", C, disposition=disposition, referred_to=None, **members)


def test_a_claim_is_the_digest_of_the_codes_text() -> None:
    assert claim_of(CODE) == hashlib.sha256(CODE.encode()).hexdigest()


@pytest.mark.parametrize(
    ("disposition", "state"),
    [
        ("upheld", "answered"),
        ("not_upheld", "answered"),
        ("not_accepted", "not_accepted"),
        ("withdrawn", "withdrawn"),
    ],
)
def test_the_last_answer_makes_the_state(disposition: str, state: str) -> None:
    [taken_in] = told([said(1, "received", C)])["complaints"]
    assert (taken_in["state"], taken_in["answers"]) == ("received", [])
    referred = said(2, "answered", C, disposition="referred", referred_to=P)
    [passed_on] = told([said(1, "received", C), referred])["complaints"]
    assert passed_on["state"] == "referred"
    assert passed_on["answers"][0]["referred_to"] == P
    done = told([answer(3, disposition), said(1, "received", C), referred])
    assert [one["state"] for one in done["complaints"]] == [state]
    assert [one["index"] for one in done["complaints"][0]["answers"]] == [2, 3]


def test_what_is_gone_is_told_as_that() -> None:
    found = told([said(1, "received", C), gone(2, "erased")])
    assert found["complaints"][0]["state"] == "removed"
    assert found["removed"][0]["removed"] == "erased"
    assert found["removed"][0]["by"] == 9
    only = told([gone(1, "withheld")])
    assert (only["complaints"], len(only["removed"])) == ([], 1)
    answered = told([gone(1, "withheld"), answer(2, "upheld")])
    assert answered["complaints"][0]["received"] is None
    assert answered["complaints"][0]["state"] == "answered"


def test_two_complaints_of_one_code_are_apart() -> None:
    other = said(2, "received", P, f"{P}/TS-9")
    found = told([said(1, "received", C), other, answer(3, "upheld")])
    assert [(one["complaint"], one["state"]) for one in found["complaints"]] == [
        (COMPLAINT, "answered"),
        (f"{P}/TS-9", "received"),
    ]


def test_no_official_no_party_and_no_claim_is_told() -> None:
    received = said(1, "received", C, against=["D-X"], association="XH-1")
    text = json.dumps(told([received, answer(2, "upheld")]), ensure_ascii=False)
    for hidden in ("li-0417", "handler", "D-X", "XH-1", CLAIM, received.event["data"][CLAIM]):
        assert hidden not in text, hidden
    assert received.event["data"]["description"] not in text


def test_every_word_of_the_types_has_words() -> None:
    answered = ANSWERED.data.members
    assert set(get_args(answered["disposition"].wire)) == DISPOSITIONS.keys()
    assert set(get_args(answered["measures"].item.wire)) == MEASURES.keys()
    assert CLAIM in RECEIVED.data.members
    for words in (*STATES.values(), *DISPOSITIONS.values()):
        assert words
        assert words.zh
