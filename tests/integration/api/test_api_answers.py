"""What a claim code opens, over HTTP and on the page; and that nothing else does."""

import hashlib
import json
import re
from typing import Any

import pytest

from crypto.statement import sign_statement
from ledger.access.sessions import MINUTE_MS
from tests.erasures import ERASED, WITHHELD, remove
from tests.integration.api.conftest import JSON, ServedWorld
from tests.unit.sharing.tale import example
from tests.world import GA, MZ

ASK, PAGE = "/api/v1/answers", "/answers"
CODE, OTHER, NOTHING = "7Q2M-X4TZ-9KPD", "AAAA-BBBB-CCCC", "no such code"
FORM = "application/x-www-form-urlencoded"
SECRET = "只有投诉人自己知道的话"


def told(world: Any, kind: str, number: int, code: str, **members: Any) -> bytes:
    """A statement that the intake system of MZ, or an official of it, makes."""
    claim = hashlib.sha256(code.encode()).hexdigest()
    data = example(f"complaint.{kind}")
    data |= {"refs": {"complaint": f"{MZ}/TS-{number}"}, "claim_code_sha256": claim}
    data |= {"parents": []} | members
    data.pop("signers", None)
    data = {name: value for name, value in data.items() if value is not None}
    event = world.event(MZ, f"complaint.{kind}", f"department/{MZ}", data)
    return sign_statement(event, [world.mz_system])


def received(world: Any, number: int, code: str) -> bytes:
    members = {"mode": "anonymous", "association": None, "description": SECRET, "against": [GA]}
    return told(world, "received", number, code, **members)


@pytest.fixture
def asked(fresh: ServedWorld) -> ServedWorld:
    """Two complaints, one of them passed on and then answered."""
    world = fresh.world
    lines = [
        received(world, 1, CODE),
        received(world, 2, OTHER),
        told(world, "answered", 1, CODE, disposition="referred", referred_to=GA, answer="已转办"),
        told(world, "answered", 1, CODE, disposition="upheld", referred_to=None, answer="已更正"),
    ]
    for line in lines:
        assert fresh.post(line).status_code == 201
    fresh.ledger.catch_up()
    return fresh


def ask(served: ServedWorld, code: Any, **options: Any) -> Any:
    """Ask as somebody who has not signed in."""
    body = json.dumps({"code": code})
    return served.app.test_client().post(ASK, data=body, content_type=JSON, **options)


def form(served: ServedWorld, code: str, language: str = "en") -> Any:
    return served.app.test_client().post(f"{PAGE}?lang={language}", data={"code": code})


def without_instance(answer: Any) -> dict[str, Any]:
    return {**answer.json, "instance": ""}


def test_the_code_opens_its_own_complaint_and_no_other(asked: ServedWorld) -> None:
    answer = ask(asked, f"  {CODE}\n")
    assert answer.status_code == 200, answer.json
    assert answer.headers["Cache-Control"] == "no-store"
    [complaint] = answer.json["complaints"]
    assert (complaint["complaint"], complaint["state"]) == (f"{MZ}/TS-1", "answered")
    assert complaint["label"] == {"en": "answered", "zh": "已答复"}
    first, last = complaint["answers"]
    assert first["referred_to"] == {"id": GA, "zh": "云岭省公安厅", "en": None}
    assert (last["answer"], last["disposition"]) == ("已更正", "upheld")
    # With the index and the digest the holder can have the answer proved to him.
    shown = asked.client.get(f"/api/v1/statements/{last['statement']}").json
    assert shown["index"] == last["index"]
    assert ask(asked, OTHER).json["complaints"][0]["state"] == "received"
    text = answer.data.decode() + ask(asked, OTHER).data.decode()
    for hidden in (SECRET, "zhang", "signers", hashlib.sha256(CODE.encode()).hexdigest()):
        assert hidden not in text


def test_a_wrong_code_and_an_unknown_one_look_alike(asked: ServedWorld) -> None:
    nothing = ask(asked, NOTHING)
    assert (nothing.status_code, nothing.json["code"]) == (404, "not_found")
    claim = hashlib.sha256(CODE.encode()).hexdigest()
    for code in (CODE[:-1], CODE.lower(), claim, "", " ", "x" * 257, f"{MZ}/TS-1"):
        answer = ask(asked, code)
        assert without_instance(answer) == without_instance(nothing), code


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b'{"code":1}', b'{"code":"a","x":1}', b"{}", b" " * 5_000]
)
def test_what_is_no_code_is_not_repeated(asked: ServedWorld, body: bytes) -> None:
    answer = asked.app.test_client().post(ASK, data=body, content_type=JSON)
    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")
    assert "5000" not in answer.text
    assert asked.app.test_client().get(f"{ASK}?code={CODE}").status_code == 405
    assert asked.app.test_client().post(f"{ASK}?code={CODE}").json["code"] == "unknown_parameter"


def test_tries_of_one_address_are_limited(asked: ServedWorld) -> None:
    limit = asked.ledger.settings.signins
    here = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
    codes = [ask(asked, f"guess-{n}", **here).status_code for n in range(limit)]
    assert set(codes) == {404}
    # From now on the right code is answered no differently from a wrong one.
    right, wrong = ask(asked, CODE, **here), ask(asked, NOTHING, **here)
    assert (right.status_code, right.json["code"]) == (429, "too_many")
    assert without_instance(right) == without_instance(wrong)
    assert right.headers["Retry-After"] == "60"
    assert ask(asked, CODE).status_code == 200
    asked.world.clock.turn(MINUTE_MS)
    assert ask(asked, CODE, **here).status_code == 200


@pytest.mark.parametrize(("order", "how"), [(WITHHELD, "withheld"), (ERASED, "erased")])
def test_what_was_taken_away_says_so(asked: ServedWorld, order: str, how: str) -> None:
    last = ask(asked, CODE).json["complaints"][0]["answers"][1]
    raw = asked.ledger.entry(last["index"]).envelope
    assert raw is not None
    by = remove(asked.world, raw, order).index
    asked.ledger.catch_up()
    found = ask(asked, CODE).json
    assert found["complaints"][0]["state"] == "removed"
    assert len(found["complaints"][0]["answers"]) == 1
    [gone] = found["removed"]
    assert (gone["index"], gone["by"], gone["removed"]) == (last["index"], by, how)
    assert gone["statement"] == last["statement"]
    for index in (found["complaints"][0]["received"]["index"], last["index"] - 1):
        raw = asked.ledger.entry(index).envelope
        assert raw is not None
        remove(asked.world, raw, order)
    asked.ledger.catch_up()
    found = ask(asked, CODE).json
    assert (found["complaints"], len(found["removed"])) == ([], 3)
    asked.ledger.rebuild()
    assert ask(asked, CODE).json == found
    assert "已更正" not in form(asked, CODE, "zh-CN").text
    assert ask(asked, NOTHING).status_code == 404


def test_the_page_does_the_same_in_two_languages(asked: ServedWorld) -> None:
    client = asked.app.test_client()
    for language, words in (("en", "passed on to another body"), ("zh-CN", "转交其他机关")):
        empty = client.get(f"{PAGE}?lang={language}")
        assert empty.status_code == 200
        assert 'method="post"' in empty.text
        answer = form(asked, CODE, language)
        assert answer.status_code == 200
        assert words in answer.text
        assert "已更正" in answer.text
        assert CODE not in answer.text
        assert SECRET not in answer.text
        for page in (empty, answer):
            policy = page.headers["Content-Security-Policy"]
            assert "form-action 'self'" in policy
            assert "default-src 'none'" in policy
            assert "script" not in policy + page.text
            assert page.headers["Cache-Control"] == "no-store"
            assert page.headers["Referrer-Policy"] == "no-referrer"
            assert not re.search(r"<style|\sstyle=|\son\w+=|://", page.text)


def test_the_page_says_what_is_wrong_in_a_page(asked: ServedWorld) -> None:
    for code in (NOTHING, '"><script>alert(1)</script>'):
        answer = form(asked, code)
        assert answer.status_code == 404
        assert answer.content_type.startswith("text/html")
        assert 'role="alert"' in answer.text
        assert code not in answer.text
    client = asked.app.test_client()
    for data in (b"", b"code=a&code=b", b"other=a", b"code=%ff", b"code=" + b"x" * 5_000):
        answer = client.post(PAGE, data=data, content_type=FORM)
        assert answer.status_code == 400, data
        assert answer.content_type.startswith("text/html")
    assert client.post(PAGE, data=b"{}", content_type=JSON).status_code == 415
    limit = asked.ledger.settings.signins
    codes = {form(asked, NOTHING).status_code for _ in range(limit)}
    assert codes == {404, 429}
