"""What holds on every address: problems in two languages, methods, headers, silence about us."""

import hashlib
import json
import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from api.application import build_app
from api.problem_kinds import KINDS
from crypto.canonical import write_canonical
from crypto.keys import PrivateKey
from crypto.notation import format_time, write_b64
from crypto.statement import PAYLOAD_TYPE, prepare_event, sign_payload, sign_statement
from ledger.errors import NotProjected, ReadOnly
from tests.citing import citing, lies
from tests.integration.api.conftest import ServedWorld
from tests.signing_in import CHALLENGE, sign_in
from tests.world import ORIGIN, seed

Make = Callable[[ServedWorld], TestResponse]


def _edited(served: ServedWorld, key: PrivateKey | None = None, **top: object) -> TestResponse:
    event = served.world.use() | top
    return served.post(sign_statement(event, [key or served.world.zhang]))


def _with_data(served: ServedWorld, **data: object) -> TestResponse:
    event = served.world.use()
    event["data"] |= data
    return served.post(sign_statement(event, [served.world.zhang]))


def _bad_signature(served: ServedWorld) -> TestResponse:
    envelope = json.loads(served.use())
    envelope["signatures"][0]["sig"] = write_b64(bytes(64))
    return served.post(write_canonical(envelope))


def _weak_key(served: ServedWorld) -> TestResponse:
    """The identity point, under which one signature fits every message."""
    spki = bytes.fromhex("302a300506032b6570032100" + "01" + "00" * 31)
    weak, registrar = hashlib.sha256(spki).hexdigest(), served.world.registrar
    data = {"department": "MZ", "public_key": write_b64(spki)}
    event = served.world.registry("key.enrolled", "department/MZ", data)
    payload = prepare_event(event, [weak, registrar.key_id])
    signatures = [(weak, bytes([1]) + bytes(63)), sign_payload(payload, registrar)]
    envelope = {
        "payload": write_b64(payload),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": k, "sig": write_b64(s)} for k, s in sorted(signatures)],
    }
    return served.post(write_canonical(envelope))


def _revoked_key(served: ServedWorld) -> TestResponse:
    key = seed(77)
    served.post(served.world.enrolment("MZ", key, "zhang"))
    served.post(served.world.revocation("MZ", key, "zhang"))
    return _edited(served, key)


def _conflict(served: ServedWorld) -> TestResponse:
    event = served.world.use(id="the-same")
    served.post(sign_statement(event, [served.world.zhang]))
    event["data"]["reliance"] = "supporting"
    return served.post(sign_statement(event, [served.world.zhang]))


def _unknown_reference(served: ServedWorld) -> TestResponse:
    data = {
        "appointee": "x",
        "appointment": "app-x",
        "department": "NOWHERE",
        "ends": "2027-01-01T00:00:00.000Z",
    }
    event = served.world.registry("official.released", "official/x", data)
    return served.post(sign_statement(event, [served.world.registrar]))


def _bad_citation(served: ServedWorld) -> TestResponse:
    event = citing(served.world.use(), lies()[0][1])
    return served.post(sign_statement(event, [served.world.zhang]))


def _failing(served: ServedWorld) -> TestResponse:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(served.ledger), "entry", lambda *_: 1 / 0)
        return served.client.get("/api/v1/entries/0")


def _too_many(served: ServedWorld) -> TestResponse:
    """From an address of its own, so that nobody else is held up."""
    elsewhere = {"REMOTE_ADDR": "10.0.0.7"}
    for _ in range(served.ledger.settings.signins):
        served.client.post(CHALLENGE, environ_overrides=elsewhere)
    return served.client.post(CHALLENGE, environ_overrides=elsewhere)


def _without_reason(served: ServedWorld) -> TestResponse:
    client = served.app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = served.client.environ_base["HTTP_ACCEPT_LANGUAGE"]
    auditor = seed(78)
    if served.ledger.parts.judge.registry.key(auditor.key_id) is None:
        served.world.register("SJ", "云岭省审计厅", kind="audit")
        served.world.enrol("SJ", auditor)
    sign_in(client, auditor, ORIGIN, served.world.clock())
    return client.get("/api/v1/entries/0")


def _behind(served: ServedWorld) -> TestResponse:
    def reach(*_: object) -> None:
        raise NotProjected("not projected that far: ask again", "派生表尚未到达：请稍后再试")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(served.ledger.look_up), "reach", reach)
        return served.client.get("/api/v1/entries?q=type%3Ause.recorded&as_of=1")


def _while_damaged(served: ServedWorld, ask: Make) -> TestResponse:
    sequencer = served.ledger.parts.sequencer
    sequencer.failure = ReadOnly("damaged", "damaged: run fsck", "已损坏：请运行 fsck")
    try:
        return ask(served)
    finally:
        sequencer.failure = None


REACH: dict[str, Make] = {
    "too_large": lambda s: s.post(b" " * 200_000),
    "malformed": lambda s: s.post(b"{"),
    "wrong_ledger": lambda s: _edited(s, ledger="other.example/1"),
    "unknown_type": lambda s: _edited(s, type="zelian.no.such.v1"),
    "weak_key": _weak_key,
    "unknown_key": lambda s: _edited(s, seed(99)),
    "revoked_key": _revoked_key,
    "bad_signature": _bad_signature,
    "schema": lambda s: _with_data(s, extra=1),
    "forbidden_content": lambda s: _with_data(s, purpose="联系电话13812345678"),
    "unknown_reference": _unknown_reference,
    "bad_citation": _bad_citation,
    "out_of_role": lambda s: _edited(s, tier="approver"),
    "from_the_future": lambda s: _edited(s, time=format_time(s.world.clock.now_ms + 3_600_000)),
    "lapsed": lambda s: _edited(s, notafter=format_time(s.world.clock.now_ms - 3_600_000)),
    "conflict": _conflict,
    "bad_request": lambda s: s.client.get("/api/v1/proofs/consistency?old=5&new=3"),
    "bad_parameter": lambda s: s.client.get("/api/v1/entries?limit=x"),
    "unknown_parameter": lambda s: s.client.get("/healthz?x=1"),
    "reason_needed": _without_reason,
    "not_signed_in": lambda s: s.client.get(
        "/api/v1/sessions/current", headers={"Authorization": f"Bearer {'x' * 43}"}
    ),
    "not_allowed": lambda s: s.client.get("/api/v1/refusals"),
    "not_found": lambda s: s.client.get("/nowhere"),
    "no_checkpoint": lambda s: s.client.get("/api/v1/entries/3/proof?size=3"),
    "method_not_allowed": lambda s: s.client.delete("/api/v1/entries/0"),
    "unsupported_media_type": lambda s: s.post(b"{}", content_type="text/plain"),
    "too_many": _too_many,
    "internal": _failing,
    "read_only": lambda s: _while_damaged(s, lambda s: s.post(s.use())),
    "not_projected": _behind,
    "not_ready": lambda s: _while_damaged(s, lambda s: s.client.get("/readyz")),
}


def test_every_code_has_a_way_to_reach_it() -> None:
    assert REACH.keys() == KINDS.keys()


@pytest.mark.parametrize("code", KINDS)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_problem_is_reached_and_speaks_both_languages(
    served: ServedWorld, code: str, language: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(served.client.environ_base, "HTTP_ACCEPT_LANGUAGE", language)
        answer = REACH[code](served)
    assert answer.status_code == KINDS[code].status
    assert answer.content_type == "application/problem+json"
    problem = json.loads(answer.data)
    assert {"code", "detail", "instance", "status", "title", "type"} <= problem.keys()
    assert (problem["code"], problem["status"]) == (code, answer.status_code)
    assert problem["title"] == KINDS[code].title.spoken(language)  # type: ignore[arg-type]
    assert bool(re.search("[\u4e00-\u9fff]", problem["detail"])) == (language == "zh-CN")
    assert problem["type"] == f"/api/problems/{code}"
    assert served.client.get(problem["type"]).status_code == 200
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "no-store"
    if answer.status_code == 503:
        assert int(answer.headers["Retry-After"]) > 0
        assert problem.get("reason") == (None if code == "not_projected" else "damaged")


def _addresses(served: ServedWorld) -> list[tuple[str, set[str]]]:
    filled = {
        "kind": "item",
        "department": "GA",
        "id": "I-1",
        "index": "0",
        "digest": "0" * 64,
        "path": "0/000",
        "name": "zelian.css",
        "code": "schema",
        "period": "2026-11",
    }
    found: dict[str, set[str]] = {}
    for rule in served.app.url_map.iter_rules():
        address = re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda m: filled[m[1]], rule.rule)
        found.setdefault(address, set()).update(rule.methods or ())
    return list(found.items())


def test_each_address_takes_its_methods_only(served: ServedWorld) -> None:
    for address, methods in _addresses(served):
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "X"} - methods:
            answer = served.client.open(address, method=method)
            assert answer.status_code == 405, (method, address)
            assert set(answer.headers["Allow"].split(", ")) == methods
        options = served.client.options(address)
        assert (options.status_code, options.data) == (200, b"")
        assert set(options.headers["Allow"].split(", ")) == methods


def test_head_is_get_without_a_body(served: ServedWorld) -> None:
    for address in ("/", "/log/checkpoint", "/api/v1/entries/0", "/readyz", "/nowhere"):
        head, get = served.client.head(address), served.client.get(address)
        assert head.data == b""
        assert head.status_code == get.status_code
        assert head.headers.get("ETag") == get.headers.get("ETag")


def test_no_address_takes_an_unknown_parameter(served: ServedWorld) -> None:
    for address, methods in _addresses(served):
        method = "POST" if "POST" in methods else "GET"
        answer = served.client.open(f"{address}?nobody=1", method=method)
        assert (answer.status_code, answer.json["code"]) == (400, "unknown_parameter"), address


def test_every_answer_carries_the_same_safe_headers(served: ServedWorld) -> None:
    answers = [served.client.get(address) for address, _ in _addresses(served)]
    answers += [REACH[code](served) for code in ("internal", "malformed", "not_found")]
    answers.append(served.client.options("/"))
    for answer in answers:
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert len(headers.getlist("Content-Security-Policy")) == 1
        assert "Server" not in headers, "waitress would add who stands behind it"
        assert "Set-Cookie" not in headers


def test_a_failure_says_nothing_about_itself(
    served: ServedWorld, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """The asker gets an id; the log has the id and the place, and not the error's text."""

    def fail(*_: object) -> None:
        raise RuntimeError("SELECT secret FROM /srv/ledger.db")

    client = build_app(served.ledger).test_client()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(served.ledger), "entry", fail)
        answer = client.get("/api/v1/entries/0")
    assert (answer.status_code, answer.json["code"]) == (500, "internal")
    for word in (b"SELECT", b"/srv", b"Runtime", b"Traceback", b"entries.py"):
        assert word not in answer.data
    failure, answered = map(json.loads, capsys.readouterr().err.splitlines())
    assert failure["error"] == "RuntimeError"
    assert any(place.startswith("api.entries:") for place in failure["where"])
    assert failure["instance"] == answered["instance"] == answer.json["instance"]
    for log in (json.dumps([failure, answered]), caplog.text):
        assert "SELECT" not in log


@pytest.mark.parametrize(
    "address",
    [
        "/%00",
        "/api/v1/entries/%0d%0aSet-Cookie:x=1",
        "/api/v1/entries/0%0d%0aX: y",
        "/api/v1//entries",
        "/api/v1/entries/0/../0",
        "/%ff%fe",
        "/\u4e2d\u6587",
        "/" + "a" * 20_000,
        "/api/v1/entries;x=1",
        "/log/tile/",
        "/log",
    ],
)
def test_strange_addresses_are_not_found(served: ServedWorld, address: str) -> None:
    answer = served.client.get(address)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert "Location" not in answer.headers
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "language",
    ["x" * 5_000, "zh" + ",en" * 150, ";;;q=", "\u00ff", "*", "en;q=0", "-", "zh;q=x", "EN-us"],
)
def test_strange_languages_are_answered(served: ServedWorld, language: str) -> None:
    answer = served.client.get("/nowhere", headers={"Accept-Language": language})
    assert answer.headers["Content-Language"] == ("en" if language == "EN-us" else "zh-CN")


def test_the_log_has_route_and_code_and_nothing_that_was_sent(
    fresh: ServedWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    client = build_app(fresh.ledger).test_client()
    client.post("/api/v1/statements", data=b"13812345678", content_type="application/json")
    client.get("/api/v1/entries/secret-path?secret=query")
    client.get("/healthz")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(one["route"], one["status"], one["code"]) for one in lines] == [
        ("/api/v1/statements", 400, "malformed"),
        ("/api/v1/entries/<index>", 400, "unknown_parameter"),
    ]
    for one in lines:
        assert one.keys() == {
            "code",
            "event",
            "instance",
            "level",
            "method",
            "milliseconds",
            "route",
            "status",
            "timestamp",
        }
    for sent in ("secret", "13812345678"):
        assert sent not in json.dumps(lines)
    assert "138" not in json.dumps(
        [{k: v for k, v in one.items() if k == "route"} for one in lines]
    )
