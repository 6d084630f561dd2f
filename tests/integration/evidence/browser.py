"""A real Chromium that reads report.html as somebody without network does.

Where no Chromium is found the tests are skipped, or fail where one is demanded. It is
looked for in ``ZELIAN_TEST_CHROMIUM`` and on the path (Debian: ``apt-get install chromium``);
nothing is downloaded.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]
WAIT_MS = 20_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser once, for many pages."""
    given = os.environ.get("ZELIAN_TEST_CHROMIUM")
    path = given or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        why = "no Chromium: install one, or name it in ZELIAN_TEST_CHROMIUM"
        if os.environ.get("ZELIAN_TEST_BROWSER") == "required":
            pytest.fail(why)
        pytest.skip(why)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Shown:
    """What a page says: the verdict, that of each check, and each statement's signed text."""

    verdict: str
    checks: dict[str, str]
    payloads: dict[int, str]


class Reader:
    """One page, opened from a file by somebody who is offline.

    Attributes:
        requests: what the page tried to fetch; the file itself apart.
        errors: what the browser's console complained of.
    """

    def __init__(self, browser: Browser, file: Path, **options: Any) -> None:
        self.context = browser.new_context(offline=True, **{"locale": "zh-CN", **options})
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self._turn = 0
        self.page.on("request", self._note_request)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.load(file)

    def _note_request(self, request: Request) -> None:
        if not request.is_navigation_request():
            self.requests.append(request.url)

    def load(self, file: Path) -> Shown:
        """Open a page; it checks the bundle that it holds, trusting nothing yet."""
        self._turn = 0
        self.page.goto(file.as_uri())
        return self._shown()

    def trust(self, policy: str, identity: str) -> Shown:
        """Give what the reader trusts."""
        self.page.fill("#policy", policy)
        self.page.fill("#identity", identity)
        self.page.click("#check")
        return self._shown()

    def open(self, raw: bytes) -> Shown:
        """Have the page check another bundle."""
        file: Any = {"name": "bundle.zip", "mimeType": "application/zip", "buffer": raw}
        self.page.set_input_files("#bundle_file", file)
        return self._shown()

    def _shown(self) -> Shown:
        self._turn += 1
        self.page.wait_for_selector(f'#verdict[data-turn="{self._turn}"]', timeout=WAIT_MS)
        told: dict[str, Any] = self.page.evaluate(
            """() => ({
              verdict: document.getElementById("verdict").dataset.verdict,
              checks: Object.fromEntries([...document.querySelectorAll("[data-check]")]
                .map((row) => [row.dataset.check, row.dataset.verdict])),
              payloads: [...document.querySelectorAll("[data-shown=true]")].map(
                (block) => [Number(block.dataset.entry), block.querySelector("pre").textContent]),
            })"""
        )
        return Shown(told["verdict"], told["checks"], dict(told["payloads"]))

    def close(self) -> None:
        self.context.close()
