"""Pictures of the pages as people meet them: ``python -m tests.integration.evidence.pictures F``.

A demo ledger is made in a folder of its own, and from it a bundle, the page of its trace and
the file of a grant. Chromium opens each from a file, offline, and writes PNGs into the folder F:
``report.html`` verified, tampered with, and before anybody said what he trusts, in Chinese and
English; the page of the trace and the file of the grant, wide and narrow.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize

from crypto.archive import read_archive
from crypto.canonical import write_canonical
from crypto.notation import read_b64, write_b64
from crypto.statement import read_statement
from ledger.evidence.bundle_reader import read_contents, read_manifest
from tests.integration.evidence.browser import Reader, chromium
from tests.integration.evidence.lies import rewritten

ACT = "11990100MB990943XB/SL-2026-00318"  # a company is registered; seven bodies provide
GRANT = "11990000MB9904698J/SQ-2026-0015"
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
WIDTHS = {"wide": 1280, "narrow": 390}
HEIGHT = 2200  # what is met first; whole pages are longer than anybody looks at


@dataclass(frozen=True)
class Shown:
    """What is opened: pages as files, a bundle, and what its reader trusts."""

    report: Path
    trace: Path
    grant: Path
    bundle: bytes
    policy: str
    identity: str


def prepared(folder: Path) -> Shown:
    """Make the ledger and what is taken from it by the commands that anybody has."""
    home = folder / "home"
    _zelian("demo", "--home", home)
    report, trace, grant = (folder / f"{name}.html" for name in ("report", "trace", "grant"))
    bundle = folder / "act.zip"
    _zelian("evidence", ACT, "--output", bundle, "--page", report, "--home", home)
    _zelian("trace", ACT, "--html", trace, "--home", home)
    _zelian("file", GRANT, "--html", grant, "--home", home)
    policy, identity = (home / name for name in ("trust-policy", "identity"))
    return Shown(
        report,
        trace,
        grant,
        bundle.read_bytes(),
        policy.read_text("utf-8"),
        identity.read_text("utf-8").strip(),
    )


def _zelian(*arguments: object) -> None:
    program = "from cli.main import main; main()"
    command = [sys.executable, "-c", program, *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def tampered(raw: bytes) -> bytes:
    """The bundle with a use made less weighty than its official signed; the rest made to fit."""
    members = read_archive(raw)
    contents = read_contents(members, read_manifest(members))
    entries = tuple(replace(one, statement=_lighter(one.statement)) for one in contents.entries)
    return rewritten(replace(contents, entries=entries))


def _lighter(envelope: bytes | None) -> bytes | None:
    if envelope is None or read_statement(envelope).type != "zelian.use.recorded.v1":
        return envelope
    value = json.loads(envelope)
    payload = read_b64(value["payload"]).replace(b'"decisive"', b'"supporting"')
    return write_canonical(value | {"payload": write_b64(payload)})


def taken(browser: Browser, shown: Shown, into: Path) -> Iterator[Path]:
    """Take each picture, and yield where it lies."""
    for language, locale in LANGUAGES.items():
        reader = Reader(browser, shown.report, locale=locale, viewport=_size("wide"))
        yield _take(reader, into / f"report-unasked-{language}.png")
        reader.trust(shown.policy, shown.identity)
        for name in WIDTHS:
            reader.page.set_viewport_size(_size(name))
            yield _take(reader, into / f"report-verified-{name}-{language}.png")
        reader.page.set_viewport_size(_size("wide"))
        graph = into / f"report-graph-{language}.png"
        reader.page.locator("#graph").screenshot(path=graph)
        yield graph
        reader.open(tampered(shown.bundle))
        yield _take(reader, into / f"report-tampered-{language}.png")
        reader.close()
    for name, page in (("trace", shown.trace), ("grant", shown.grant)):
        for width in WIDTHS:
            context = browser.new_context(viewport=_size(width), offline=True)
            opened = context.new_page()
            opened.goto(page.as_uri())
            path = into / f"{name}-{width}.png"
            opened.screenshot(path=path)
            context.close()
            yield path


def _size(name: str) -> ViewportSize:
    return {"width": WIDTHS[name], "height": HEIGHT}


def _take(reader: Reader, path: Path) -> Path:
    reader.page.evaluate("() => scrollTo(0, 0)")
    reader.page.screenshot(path=path)
    return path


def main(into: Path) -> None:
    """Write all pictures into a folder, and print their names."""
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zelian-pictures-") as name, chromium() as browser:
        for path in taken(browser, prepared(Path(name)), into):
            print(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
