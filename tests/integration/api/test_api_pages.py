"""Pages for people: two languages, nobody else's files, no claim that anything was checked."""

import re

import pytest

from api.problem_kinds import KINDS
from tests.integration.api.conftest import ServedWorld

PAGES = ["/", "/api/problems", "/api/problems/schema", "/api/docs"]
OWN = ["/", "/api/problems", "/api/problems/schema"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", None, "zh-CN"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "fr", "zh-CN"),
        ("", "zh-TW, en;q=0.5", "zh-CN"),
        ("?lang=en", "zh-CN", "en"),
        ("?lang=zh-CN", "en", "zh-CN"),
    ],
)
def test_a_page_speaks_the_asked_language(
    served: ServedWorld, page: str, query: str, header: str | None, language: str
) -> None:
    headers = {"Accept-Language": header} if header else {}
    answer = served.client.get(page + query, headers=headers)
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]
    assert bool(re.search("[\u4e00-\u9fff]", answer.text.replace("中文", ""))) == (
        language == "zh-CN"
    )


@pytest.mark.parametrize("query", ["?lang=fr", "?lang=", "?lang=en&lang=en"])
def test_another_language_is_refused(served: ServedWorld, query: str) -> None:
    answer = served.client.get("/" + query)
    assert (answer.status_code, answer.json["code"]) == (400, "bad_parameter")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_home_page_shows_the_ledger(served: ServedWorld, language: str) -> None:
    served.ledger.catch_up()
    text = served.client.get(f"/?lang={language}").text
    assert served.ledger.origin in text
    assert served.ledger.identity in text
    assert served.ledger.published().rstrip("\n") in text.replace("&#43;", "+")
    assert str(served.ledger.state().size) in text
    assert "zelian verify ledger --server http://localhost --policy" in text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_no_page_says_that_anything_was_verified(
    served: ServedWorld, page: str, language: str
) -> None:
    text = served.client.get(f"{page}?lang={language}").text.lower()
    for claim in ("verified", "已验证", "已核验", "验证通过", "✓", "✔"):
        assert claim not in text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_nothing_from_elsewhere_and_nothing_inline(
    served: ServedWorld, page: str, language: str
) -> None:
    answer = served.client.get(f"{page}?lang={language}")
    text = answer.text.replace("http://localhost", "")
    assert "://" not in text
    assert not re.search(r'(?:src|href|action)="//', text)
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", text)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    for address in re.findall(r'(?:src|href)="(/[^"]*)"', text):
        assert served.client.get(address).status_code == 200, address


@pytest.mark.parametrize("page", OWN)
def test_our_own_pages_run_no_script(served: ServedWorld, page: str) -> None:
    answer = served.client.get(page)
    assert "<script" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "style-src 'self'" in policy


@pytest.mark.parametrize("page", OWN)
def test_a_page_can_be_read_by_keyboard_and_on_paper(served: ServedWorld, page: str) -> None:
    text = served.client.get(page).text
    assert 'class="skip" href="#main"' in text
    assert 'id="main"' in text
    assert text.count("<h1>") == 1
    style = served.client.get("/static/zelian.css").text
    assert "@media print" in style
    assert "prefers-contrast: more" in style
    assert "url(" not in style


def test_demo_mode_is_said_on_every_own_page(served: ServedWorld) -> None:
    for page in OWN:
        assert "Demo mode." in served.client.get(f"{page}?lang=en").text
        assert "演示模式" in served.client.get(page).text


def test_without_a_registrar_key_no_page_speaks_of_demo(fresh: ServedWorld) -> None:
    fresh.ledger.parts.home.registrar_key.unlink()
    for page in OWN:
        assert "演示模式" not in fresh.client.get(page).text


@pytest.mark.parametrize(
    "host", ["evil.example;rm -rf", "$(id)", '"><script>', "a b", "x" * 300, "[::1", "a:b:c"]
)
def test_a_host_that_is_no_name_is_not_repeated(served: ServedWorld, host: str) -> None:
    answer = served.client.get("/", headers={"Host": host})
    assert host not in answer.text
    assert answer.status_code == 400 or "--server URL" in answer.text


def test_a_ledger_before_its_first_checkpoint_has_a_page(fresh: ServedWorld) -> None:
    (fresh.ledger.parts.home.tiles / "checkpoint").unlink()
    answer = fresh.client.get("/")
    assert (answer.status_code, "尚未公布检查点" in answer.text) == (200, True)
    assert fresh.client.get("/log/checkpoint").json["code"] == "no_checkpoint"


@pytest.mark.parametrize("code", KINDS)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_problem_type_is_a_page(served: ServedWorld, code: str, language: str) -> None:
    text = served.client.get(f"/api/problems/{code}?lang={language}").text
    assert f"<code>{code}</code>" in text
    title = KINDS[code].title
    assert (title.en if language == "en" else title.zh) in text.replace("&#39;", "'")


@pytest.mark.parametrize(
    "address",
    [
        "/api/problems/nothing",
        "/api/problems/..%2f",
        "/static/../app.py",
        "/static/start.js",
        "/static/%2e%2e%2fapplication.py",
        "/api/docs/index.html",
        "/api/docs/../application.py",
        "/api/docs/swagger-ui-bundle.js.map",
    ],
)
def test_no_other_file_is_served(served: ServedWorld, address: str) -> None:
    answer = served.client.get(address)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_the_files_of_the_trial_page_have_their_types(served: ServedWorld) -> None:
    types = {
        "swagger-ui.css": "text/css",
        "swagger-ui-bundle.js": "text/javascript",
        "start.js": "text/javascript",
        "favicon-32x32.png": "image/png",
    }
    for name, wanted in types.items():
        answer = served.client.get(f"/api/docs/{name}")
        assert answer.status_code == 200
        assert answer.content_type.startswith(wanted)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
