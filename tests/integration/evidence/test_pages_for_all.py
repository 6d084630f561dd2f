"""The pages keep nobody out: axe finds nothing, no console complains, nothing is too wide."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from crypto.archive import read_archive
from crypto.policy import format_policy
from ledger.access.sight import EVERYTHING
from ledger.evidence.bundle import PAGE
from ledger.evidence_maker import Made
from ledger.trace_page import trace_page
from ledger.traces import Asked, responsibility
from tests.integration.evidence.browser import Reader, chromium
from tests.integration.evidence.conftest import ACT, Case
from tests.integration.evidence.pictures import LANGUAGES, Shown, prepared, tampered

NARROWEST = 320  # CSS pixels (WCAG 2.2, 1.4.10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def look_over(page: Page) -> None:
    """Wide and narrow, axe finds nothing, and only what scrolls by itself is wider."""
    for width in (1280, NARROWEST):
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= width
        found = Axe().run(page).response["violations"]
        told = [(one["id"], one["nodes"][0]["html"][:200]) for one in found]
        assert told == []


def look_over_file(browser: Browser, file: Path) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(file.as_uri())
    assert complaints == []
    look_over(page)
    context.close()


def test_report_and_trace_keep_nobody_out(
    browser: Browser, case: Case, made: Made, tmp_path: Path
) -> None:
    report, trace = tmp_path / "report.html", tmp_path / "trace.html"
    report.write_bytes(read_archive(made.raw)[PAGE])
    reader = Reader(browser, report)
    look_over(reader.page)
    shown = reader.trust(format_policy(case.policy), case.identity.hex())
    assert shown.verdict == "verified"
    look_over(reader.page)
    assert (reader.requests, reader.errors) == ([], [])
    reader.close()
    found = responsibility(case.ledger, EVERYTHING, ACT.text, Asked(case.ledger.size()))
    trace.write_bytes(trace_page(found))
    look_over_file(browser, trace)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    return prepared(tmp_path_factory.mktemp("shown"))


@pytest.mark.long
@pytest.mark.parametrize("locale", LANGUAGES.values())
def test_in_either_language_whatever_the_verdict(
    browser: Browser, shown: Shown, locale: str
) -> None:
    reader = Reader(browser, shown.report, locale=locale)
    look_over(reader.page)
    assert reader.trust(shown.policy, shown.identity).verdict == "verified"
    look_over(reader.page)
    reader.page.locator("#support > summary").click()
    reader.page.locator("#answer .raw > summary").first.click()
    look_over(reader.page)
    assert reader.open(tampered(shown.bundle)).verdict == "failed"
    look_over(reader.page)
    assert (reader.requests, reader.errors) == ([], [])
    reader.close()


@pytest.mark.long
def test_a_large_trace_and_a_grants_file(browser: Browser, shown: Shown) -> None:
    look_over_file(browser, shown.trace)
    look_over_file(browser, shown.grant)
